"""What the answers to one item, or to all items of a form, tell against the instrument that was named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from operator import and_

import numpy as np
import numpy.typing as npt

from mande.errors import NotTestable, Place, Problem
from mande.model import AnswerScale, Construct, Instrument, Item
from mande.responses.evidence import Evidence, add_by_label
from mande.responses.missing import CodeArray, counting_as
from mande.responses.result import Responses
from mande.stats.measurement import Suspect, unreversed_items
from mande.stats.reliability import ItemSums

__all__ = ["answers_by_code", "count_answers", "judge_items", "only_the_lowest"]

ENOUGH_PEOPLE, ENOUGH_ANSWERS = 10, 100
"""With fewer, it is chance that nobody chose one of the offered answers."""

SURE, HANGS_TOGETHER = 0.999, 0.5
"""So sure must be the sign of an item's correlation, since one in twenty is odd by chance; and so large must alpha be
once the odd items are turned: items with less in common have no odd one among them."""

OFFERED_FROM, USED_AT_MOST = 5, 3
"""A form with three answers is looked for where five or more are offered."""

BoolArray = npt.NDArray[np.bool_]

FileOf = Callable[[str], str]
"""The file that holds a wave."""


def count_answers(responses: Responses, answered: Mapping[str, BoolArray], evidence: Evidence) -> None:
    """Add the answers by answer scale, grouping and code to `evidence`, and sums of items by construct.

    answered: by wave, where there is an answer, shape (n, k).
    """
    instrument = responses.instrument
    for wave, codes in responses.codes.items():
        for scale in instrument.answer_scales.values():
            own = np.array([item.answers == scale.id for item in instrument.rated_items])
            if own.any():
                asked = slice(None) if own.all() else own
                answering: BoolArray = np.any(answered[wave][:, asked], axis=1)
                _count_scale(responses, (wave, scale.id), scale, codes[:, asked], answering, evidence)
        for construct in instrument.constructs:
            if len(construct.items) > 2:  # of two items that disagree, it cannot be told which is the wrong one
                evidence.take_items((construct.id, wave), _sums(codes, answered[wave], construct, instrument))


def _count_scale(
    responses: Responses,
    key: tuple[str, str],
    scale: AnswerScale,
    codes: CodeArray,
    answering: BoolArray,
    evidence: Evidence,
) -> None:
    """codes: of the items on this scale, shape (n, k). answering: who answers any of them, shape (n,)."""
    add_by_label(evidence.answering, {(*key, ""): {"": int(np.count_nonzero(answering))}})
    given = {code: int(np.count_nonzero(codes == code)) for code in scale.codes}
    add_by_label(evidence.answers, {(*key, "", code): {"": n} for code, n in given.items()})
    if not responses.instrument.other_versions:  # which alone are looked for group by group
        return
    by_person = {code: (codes == code).sum(axis=1, dtype=np.int16) for code in scale.codes}
    for name, grouping in responses.groups.items():
        labels, position = grouping.labels, grouping.position
        people = np.bincount(position[answering], minlength=len(labels)).tolist()
        add_by_label(evidence.answering, {(*key, name): dict(zip(labels, people, strict=True))})
        for code, n in by_person.items():
            cells = np.bincount(position, weights=n, minlength=len(labels)).astype(np.int64).tolist()
            add_by_label(evidence.answers, {(*key, name, code): dict(zip(labels, cells, strict=True))})


def answers_by_code(
    evidence: Evidence, wave: str, scale: AnswerScale, grouping: str = "", label: str = ""
) -> Mapping[int, int]:
    """Answers by code at a wave, of everybody or of one group; those offered that nobody gave are among them."""
    by_code = {code: evidence.answers.get((wave, scale.id, grouping, code), Counter[str]()) for code in scale.codes}
    return {code: by_label[label] for code, by_label in by_code.items()}


def only_the_lowest(
    evidence: Evidence, wave: str, scale: AnswerScale, grouping: str = "", label: str = ""
) -> tuple[int, int] | None:
    """How many answers of how many people, if all are among the three lowest codes of five or more; else None."""
    if len(scale.codes) < OFFERED_FROM:
        return None
    counts = answers_by_code(evidence, wave, scale, grouping, label)
    people = evidence.answering.get((wave, scale.id, grouping), Counter[str]())[label]
    total, lowest = sum(counts.values()), sorted(scale.codes)[:USED_AT_MOST]
    enough = total >= ENOUGH_ANSWERS and people >= ENOUGH_PEOPLE
    return (total, people) if enough and sum(counts[code] for code in lowest) == total else None


def judge_items(evidence: Evidence, responses: Responses, file_of: FileOf) -> Iterator[Problem]:
    """What the answers of all forms tell; of the responses, only waves and instrument are looked at."""
    instrument = responses.instrument
    for (name, wave), sums in evidence.items.items():
        construct = instrument.construct_by_id[name]
        for suspect in _suspects(sums):
            item = instrument.item_by_id[construct.items[suspect.item]]
            yield _against_the_others(suspect, item, construct, wave, file_of(wave))
    for wave in responses.codes:
        for scale in instrument.answer_scales.values():
            if found := only_the_lowest(evidence, wave, scale):
                offered = sorted(scale.codes)
                details = {"count": str(found[0]), "people": str(found[1]), "wave": wave.upper()}
                details |= {"highest": str(offered[2]), "offered": ", ".join(map(str, offered))}
                yield Problem("R-047", Place(file_of(wave)), scale.id, details)


def _sums(codes: CodeArray, answered: BoolArray, construct: Construct, instrument: Instrument) -> ItemSums:
    """Sums of what the answers count, of those who answered every item of the construct."""
    column = {item.id: k for k, item in enumerate(instrument.rated_items)}
    own = [codes[:, column[name]] for name in construct.items]
    complete = reduce(and_, (answered[:, column[name]] for name in construct.items))
    points = (instrument.points(instrument.item_by_id[name]) for name in construct.items)
    return ItemSums.of_columns([counting_as(*both) for both in zip(own, points, strict=True)], complete)


def _suspects(sums: ItemSums) -> list[Suspect]:
    try:
        found = unreversed_items(sums, confidence=SURE)
    except NotTestable:
        return []
    hangs_together = bool(found) and found[-1].alpha_if_reversed >= HANGS_TOGETHER  # once all of them are turned
    return [suspect for suspect in found if suspect.certain] if hangs_together else []


def _against_the_others(suspect: Suspect, item: Item, construct: Construct, wave: str, file: str) -> Problem:
    details = {
        "construct": construct.id,
        "wave": wave.upper(),
        "r": f"{suspect.item_rest:.2f}".replace("-", "−"),
        "alpha": f"{suspect.alpha:.2f}".replace("-", "−"),
        "turned": f"{suspect.alpha_if_reversed:.2f}",
        "remedy": (
            "mande turns this question before scoring: enter the answers as they were given, not turned already."
            if item.reversed
            else "Look at the paper form: where its question is worded the other way round, the instrument must say "
            '"reversed: true".'
        ),
    }
    return Problem("R-048", Place(file), item.id, details)
