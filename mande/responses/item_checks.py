"""What the answers to one item, or to all items of a form, tell against the instrument that was named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from operator import and_

import numpy as np
import numpy.typing as npt

from mande.errors import NotTestable, Place, Problem
from mande.model import AnswerScale, Construct, Instrument, Item
from mande.responses.evidence import Evidence, GroupTable, take
from mande.responses.missing import CodeArray, Missing, counting_as
from mande.responses.result import Responses
from mande.stats.counts import IntArray
from mande.stats.measurement import Suspect, unreversed_items
from mande.stats.reliability import ItemSums

__all__ = ["above_the_lowest", "answers_to", "count_answers", "judge_items", "only_the_lowest"]

ENOUGH_PEOPLE, ENOUGH_ANSWERS = 10, 100
"""With fewer, it is chance that nobody chose one of the offered answers."""

SURE, HANGS_TOGETHER = 0.999, 0.5
"""So sure must be the sign of an item's correlation, since one in twenty is odd by chance; and so large must alpha be
once the odd items are turned: items with less in common have no odd one among them."""

OFFERED_FROM, USED_AT_MOST = 5, 3
"""A form with three answers is looked for where five or more are offered."""

_FIRST = 100
"""Forms among which somebody has nearly always marked something, so that the others need not be looked at."""

BoolArray = npt.NDArray[np.bool_]

FileOf = Callable[[str], str]
"""The file that holds a wave."""


def count_answers(responses: Responses, answered: Mapping[str, BoolArray], evidence: Evidence) -> None:
    """Add to `evidence` the answers by answer scale, grouping and code, sums of items by construct, items marked.

    answered: by wave, where there is an answer, shape (n, k).
    """
    instrument = responses.instrument
    for wave, codes in responses.codes.items():
        take(evidence.given, {wave: _given(codes)})
        for scale in instrument.answer_scales.values():
            own = np.array([item.answers == scale.id for item in instrument.rated_items])
            if own.any():
                asked = slice(None) if own.all() else own
                answering: BoolArray = np.any(answered[wave][:, asked], axis=1)
                _count_scale(responses, (wave, scale.id), scale, codes[:, asked], answering, evidence)
        for construct in instrument.constructs:
            if len(construct.items) > 2:  # of two items that disagree, it cannot be told which is the wrong one
                sums = _sums(codes, answered[wave], construct, instrument)
                take(evidence.items, {(construct.id, wave): sums})


def _given(codes: CodeArray) -> IntArray:
    """How many people have a form, and for each item 1 if anything is marked on any of them, shape (1 + k,)."""
    forms = np.count_nonzero(codes[:, :1] != Missing.NO_FORM)
    return np.array([forms, *(_any_marked(column[:_FIRST]) or _any_marked(column) for column in codes.T)])


def _any_marked(column: CodeArray) -> bool:
    return bool(((column != Missing.BLANK) & (column != Missing.NO_FORM)).any())


def _count_scale(
    responses: Responses,
    key: tuple[str, str],
    scale: AnswerScale,
    codes: CodeArray,
    answering: BoolArray,
    evidence: Evidence,
) -> None:
    """codes: of the items on this scale, shape (n, k). answering: who answers any of them, shape (n,)."""
    given = (np.count_nonzero(codes == code) for code in scale.codes)
    found = {(*key, ""): GroupTable.of_all(np.count_nonzero(answering), *given)}
    if responses.instrument.other_versions:  # which alone are looked for group by group
        by_person = [answering, *((codes == code).sum(axis=1, dtype=np.int16) for code in scale.codes)]
        for name, grouping in responses.groups.items():
            sums = [np.bincount(grouping.position, own, len(grouping.labels)) for own in by_person]
            found[*key, name] = GroupTable(grouping.labels, np.column_stack(sums).astype(np.int64))
    take(evidence.answers, found)


def answers_to(evidence: Evidence, wave: str, scale: AnswerScale) -> Sequence[int]:
    """People who gave an answer at a wave, and their answers by code, in the order of the scale."""
    of_all = evidence.answers.get((wave, scale.id, ""))
    return [0] * (1 + len(scale.codes)) if of_all is None else of_all.counts[0].tolist()


def only_the_lowest(scale: AnswerScale, found: Sequence[int]) -> bool:
    """Whether many answers are all among the three lowest codes of five or more. found: as `answers_to` gives it."""
    if len(scale.codes) < OFFERED_FROM:
        return False
    people, *answers = found
    enough = sum(answers) >= ENOUGH_ANSWERS and people >= ENOUGH_PEOPLE
    return enough and sum(above_the_lowest(scale, answers)) == 0


def above_the_lowest(scale: AnswerScale, answers: Sequence[int]) -> list[int]:
    """The answers above the three lowest codes. answers: by code, in the order of the scale."""
    lowest = sorted(scale.codes)[:USED_AT_MOST]
    return [n for code, n in zip(scale.codes, answers, strict=True) if code not in lowest]


def judge_items(evidence: Evidence, responses: Responses, file_of: FileOf) -> Iterator[Problem]:
    """What the answers of all forms tell; of the responses, only waves and instrument are looked at."""
    instrument = responses.instrument
    yield from _unanswered(evidence, instrument, file_of)
    for (name, wave), sums in evidence.items.items():
        construct = instrument.construct_by_id[name]
        for suspect in _suspects(sums):
            item = instrument.item_by_id[construct.items[suspect.item]]
            yield _against_the_others(suspect, item, construct, wave, file_of(wave))
    for wave in responses.codes:
        for scale in instrument.answer_scales.values():
            found = answers_to(evidence, wave, scale)
            if only_the_lowest(scale, found):
                people, *answers = found
                offered = sorted(scale.codes)
                details = {"count": str(sum(answers)), "people": str(people), "wave": wave.upper()}
                details |= {"highest": str(offered[2]), "offered": ", ".join(map(str, offered))}
                yield Problem("R-047", Place(file_of(wave)), scale.id, details)


def _unanswered(evidence: Evidence, instrument: Instrument, file_of: FileOf) -> Iterator[Problem]:
    """Waves, and items of the others, on which nobody marked anything.

    Items that are skipped where another one says so may well be skipped by all.
    """
    skipped = {item for construct in instrument.constructs if construct.zero_if for item in construct.items}
    for wave, counts in evidence.given.items():
        forms, *given = counts.tolist()
        place, details = Place(file_of(wave)), {"people": str(forms), "wave": wave.upper()}
        if forms and not any(given):
            yield Problem("R-070", place, details=details)
        elif forms >= ENOUGH_PEOPLE:
            for item, marked in zip(instrument.rated_items, given, strict=True):
                if not marked and item.id not in skipped:
                    yield Problem("R-069", place, item.id, details)


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
