"""What the answers to one item, or to all items of a form, tell against the instrument that was named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

import numpy as np
import numpy.typing as npt

from mande.errors import NotTestable, Place, Problem
from mande.model import AnswerScale, Construct, Instrument, Item
from mande.responses.missing import CodeArray, Missing
from mande.responses.result import Responses
from mande.stats.measurement import Suspect, unreversed_items
from mande.stats.reliability import ItemSums

__all__ = ["AnswersOnScale", "against_the_others", "on_each_scale", "only_the_lowest"]

BoolArray = npt.NDArray[np.bool_]

ENOUGH_PEOPLE, ENOUGH_ANSWERS = 10, 100
"""With fewer, it is chance that nobody chose one of the offered answers."""

SURE, HANGS_TOGETHER = 0.999, 0.5
"""So sure must be the sign of an item's correlation, since one in twenty is odd by chance; and so large must alpha be
once the item is turned: items with less in common have no odd one among them."""

OFFERED_FROM, USED_AT_MOST = 5, 3
"""A form with three answers is looked for where five or more are offered."""


class AnswersOnScale:
    """The answers of all items that share one answer scale, at one wave: code by person and item."""

    def __init__(self, responses: Responses, wave: str, scale: AnswerScale) -> None:
        items = responses.instrument.rated_items
        self.wave, self.scale = wave, scale
        self.codes: CodeArray = responses.codes[wave][
            :, [k for k, item in enumerate(items) if item.answers == scale.id]
        ]

    @cached_property
    def answered(self) -> BoolArray:
        found: BoolArray = Missing.is_answer(self.codes)
        return found

    def count(self, people: BoolArray | slice = slice(None)) -> Mapping[int, int]:
        """Answers by code, those offered that nobody gave included."""
        codes = self.codes[people][self.answered[people]]
        return {code: int((codes == code).sum()) for code in self.scale.codes}

    def people(self, people: BoolArray | slice = slice(None)) -> int:
        return int(self.answered[people].any(axis=1).sum())


def on_each_scale(responses: Responses) -> Iterator[AnswersOnScale]:
    for wave in responses.codes:
        for scale in responses.instrument.answer_scales.values():
            yield AnswersOnScale(responses, wave, scale)


def only_the_lowest(own: AnswersOnScale, people: BoolArray | slice = slice(None)) -> tuple[int, int] | None:
    """How many answers of how many people, if all are among the three lowest codes of five or more; else None."""
    counts = own.count(people)
    total, used = sum(counts.values()), [code for code, count in counts.items() if count]
    lowest = set(sorted(own.scale.codes)[:USED_AT_MOST])
    enough = total >= ENOUGH_ANSWERS and own.people(people) >= ENOUGH_PEOPLE
    if len(own.scale.codes) < OFFERED_FROM or not enough or not set(used) <= lowest:
        return None
    return total, own.people(people)


def against_the_others(responses: Responses, file_of: Callable[[str], str]) -> Iterator[Problem]:
    """Items whose answers run against the other items of their construct, beyond chance. file_of: by wave."""
    instrument = responses.instrument
    column = {item.id: k for k, item in enumerate(instrument.rated_items)}
    for construct in instrument.constructs:
        own = [column[item] for item in construct.items if item in column]
        for wave, codes in responses.codes.items():
            scored = _complete(codes[:, own], construct, instrument)
            for suspect in _suspects(scored):
                item = instrument.item_by_id[construct.items[suspect.item]]
                yield _problem(suspect, item, construct, wave, file_of(wave))


def _complete(codes: CodeArray, construct: Construct, instrument: Instrument) -> npt.NDArray[np.int64]:
    """What the answers count, of those who answered every item of the construct."""
    complete = codes[Missing.is_answer(codes).all(axis=1)]
    scored = np.zeros(complete.shape, dtype=np.int64)
    for k, name in enumerate(construct.items):
        for code, points in instrument.points(instrument.item_by_id[name]).items():
            scored[complete[:, k] == code, k] = points
    return scored


def _suspects(scored: npt.NDArray[np.int64]) -> list[Suspect]:
    if scored.shape[1] < 3:  # of two items that disagree, it cannot be told which is the wrong one
        return []
    try:
        found = unreversed_items(ItemSums.of(scored), confidence=SURE)
        return [suspect for suspect in found if suspect.certain and suspect.alpha_if_reversed >= HANGS_TOGETHER]
    except NotTestable:
        return []


def _problem(suspect: Suspect, item: Item, construct: Construct, wave: str, file: str) -> Problem:
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
