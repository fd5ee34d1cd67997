"""Answers to each question, counted over the people whose change is compared.

The same people stand behind a question and behind its area: nobody can subtract one from the other and be left with the
answers of the few who are in one of them only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mande.plan import Analysis
from mande.responses.missing import CodeArray, Missing
from mande.scoring import Scores, has_score
from mande.splits import Split
from mande.stats.counts import IntArray

__all__ = ["AreaKey", "AreaPeople", "ItemCounts", "ItemKey", "count_items", "counted"]

BoolArray = NDArray[np.bool_]


class ItemKey(NamedTuple):
    instrument: str
    item: str
    wave: str


class AreaKey(NamedTuple):
    instrument: str
    construct: str
    wave: str


class AreaPeople(NamedTuple):
    """People compared in an area, and those of them who are missing from the table of one of its questions or more."""

    compared: int
    partly: int

    def __add__(self, other: object) -> AreaPeople:
        if not isinstance(other, AreaPeople):
            return NotImplemented
        return AreaPeople(self.compared + other.compared, self.partly + other.partly)


class ItemCounts(NamedTuple):
    """answers: people by what their answer counts, or its kind of missing. areas: the people behind each area."""

    answers: Mapping[ItemKey, Mapping[int, int]]
    areas: Mapping[AreaKey, AreaPeople]


def count_items(scores: Scores, analysis: Analysis, everyone: Split) -> ItemCounts:
    """Count every rated item at every wave, over those of `everyone` who are compared in all areas it belongs to.

    A wave belongs to the first comparison that names it. An item of no area, and a wave that is never compared, have
    no area's figures that theirs could be subtracted from: there everybody counts.
    """
    instrument = scores.instrument
    answers: dict[ItemKey, Mapping[int, int]] = {}
    areas: dict[AreaKey, AreaPeople] = {}
    for wave, codes in scores.items.items():
        compared = _compared(scores, wave, analysis, everyone)
        column = {item.id: everyone.apart(own)[0] for item, own in zip(instrument.rated_items, codes, strict=True)}
        answered = {
            item.id: everyone.apart(scores.answered[wave][:, k])[0] for k, item in enumerate(instrument.rated_items)
        }
        behind = {item: _in_all(people for own, people in compared.values() if item in own) for item in column}
        for item in instrument.rated_items:
            members, known = behind[item.id], [*dict.fromkeys(instrument.points(item).values()), *Missing]
            own = column[item.id] if members is None else column[item.id][members]
            answers[ItemKey(instrument.id, item.id, wave)] = counted(own, known)
        for construct, (items, people) in compared.items():
            whole = _in_all(_both(answered[item], behind[item]) for item in items)
            partly = int(np.count_nonzero(people & ~whole)) if whole is not None else 0
            areas[AreaKey(instrument.id, construct, wave)] = AreaPeople(int(np.count_nonzero(people)), partly)
    return ItemCounts(answers, areas)


def _compared(
    scores: Scores, wave: str, analysis: Analysis, everyone: Split
) -> dict[str, tuple[tuple[str, ...], BoolArray]]:
    """Items and people of each area that has items, by construct; nothing for a wave that is not compared."""
    pair = next((pair for pair in analysis.compared_in(scores.waves) if wave in pair), None)
    if pair is None:
        return {}
    return {
        construct.id: (
            construct.items,
            np.logical_and(*(has_score(everyone.apart(scores.values[construct.id, side])[0]) for side in pair)),
        )
        for construct in scores.instrument.constructs
        if construct.items
    }


def _both(answered: BoolArray, members: BoolArray | None) -> BoolArray:
    """Who is in the item's table with an answer."""
    return answered if members is None else answered & members


def _in_all(parts: Iterable[BoolArray]) -> BoolArray | None:
    """Who is in every part; None if there is no part, or if that is everybody."""
    whole: BoolArray | None = None
    for part in parts:
        whole = part if whole is None else whole & part
    return None if whole is None or whole.all() else whole


def counted(codes: CodeArray | IntArray, known: Sequence[int] = ()) -> dict[int, int]:
    """People by code. Looking for each known code is quicker than sorting; anything else is sorted after all."""
    counts: dict[int, int] = {}
    for code in known:
        counts[int(code)] = int(np.count_nonzero(codes == code))
        if sum(counts.values()) == codes.size:
            return {code: count for code, count in sorted(counts.items()) if count}
    values, sizes = np.unique(codes, return_counts=True)
    return dict(zip(values.tolist(), sizes.tolist(), strict=True))
