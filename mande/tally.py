"""Scores become counts that add up: nothing after this step sees a person.

A tally of two halves equals the tally of the whole, so chunks of a file, schools, countries and machines merge by `+`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

import numpy as np

from mande.model import Construct, Instrument
from mande.responses.cleaning import CodeArray, Missing
from mande.scoring import Scores, has_score
from mande.stats.counts import IntArray, PairCounts
from mande.stats.reliability import ItemSums

__all__ = ["EVERYONE", "BothWaves", "ChangeKey", "ItemKey", "LeftOut", "Tally", "make_tally"]

EVERYONE = "all"
"""The name of the group that holds all respondents of a source."""

Key = TypeVar("Key")
Value = TypeVar("Value")


class ChangeKey(NamedTuple):
    respondent: str
    construct: str
    earlier: str
    later: str
    group: str


class BothWaves(NamedTuple):
    """Cross-products of a construct's items at each wave, of the same people: those complete at both."""

    earlier: ItemSums
    later: ItemSums

    def __add__(self, other: object) -> BothWaves:
        if not isinstance(other, BothWaves):
            return NotImplemented
        return BothWaves(self.earlier + other.earlier, self.later + other.later)


class ItemKey(NamedTuple):
    respondent: str
    item: str
    wave: str
    group: str


class LeftOut(NamedTuple):
    """People without a change, by the wave whose score they lack."""

    no_earlier: int
    no_later: int
    neither: int

    def __add__(self, other: object) -> LeftOut:
        return (
            LeftOut(*(a + b for a, b in zip(self, other, strict=True)))
            if isinstance(other, LeftOut)
            else NotImplemented
        )


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Counts of one or more sources.

    instruments: by respondent. pairs: people by earlier and later score, for those with both. left_out: the others.
    item_sums: cross-products of a construct's item scores, over people who answered all of them at both waves.
    answers: people by answer code, `Missing` ones included.
    """

    instruments: Mapping[str, Instrument] = field(default_factory=dict)
    pairs: Mapping[ChangeKey, PairCounts] = field(default_factory=dict)
    left_out: Mapping[ChangeKey, LeftOut] = field(default_factory=dict)
    item_sums: Mapping[ChangeKey, BothWaves] = field(default_factory=dict)
    answers: Mapping[ItemKey, Mapping[int, int]] = field(default_factory=dict)

    def __add__(self, other: Tally) -> Tally:
        for respondent in self.instruments.keys() & other.instruments.keys():
            if self.instruments[respondent] != other.instruments[respondent]:
                raise ValueError(f"two instruments for {respondent}: their scores cannot be added")
        return Tally(
            {**self.instruments, **other.instruments},
            _merged(self.pairs, other.pairs, PairCounts.__add__),
            _merged(self.left_out, other.left_out, LeftOut.__add__),
            _merged(self.item_sums, other.item_sums, BothWaves.__add__),
            _merged(self.answers, other.answers, _added),
        )


def make_tally(scores: Scores, comparisons: Iterable[tuple[str, str]] | None = None) -> Tally:
    """Count one source. comparisons: (earlier, later) waves; by default the first wave against each later one."""
    instrument = scores.instrument
    first, *others = scores.waves
    compared = list(comparisons) if comparisons is not None else [(first, later) for later in others]
    pairs: dict[ChangeKey, PairCounts] = {}
    left_out: dict[ChangeKey, LeftOut] = {}
    item_sums: dict[ChangeKey, BothWaves] = {}
    for construct in instrument.constructs:
        for earlier, later in compared:
            key = ChangeKey(instrument.respondent, construct.id, earlier, later, EVERYONE)
            pairs[key], left_out[key] = _pair(scores.values[construct.id, earlier], scores.values[construct.id, later])
            if construct.items:
                item_sums[key] = _item_sums(scores, construct, earlier, later)
    return Tally({instrument.respondent: instrument}, pairs, left_out, item_sums, dict(_answers(scores)))


def _pair(earlier: IntArray, later: IntArray) -> tuple[PairCounts, LeftOut]:
    at_earlier, at_later = has_score(earlier), has_score(later)
    both = at_earlier & at_later
    left_out = LeftOut(
        no_earlier=int((~at_earlier & at_later).sum()),
        no_later=int((at_earlier & ~at_later).sum()),
        neither=int((~at_earlier & ~at_later).sum()),
    )
    return PairCounts.of(earlier[both], later[both]), left_out


def _item_sums(scores: Scores, construct: Construct, earlier: str, later: str) -> BothWaves:
    column = {item.id: k for k, item in enumerate(scores.instrument.rated_items)}
    own = [column[item] for item in construct.items]
    at_earlier, at_later = scores.items[earlier][:, own], scores.items[later][:, own]
    complete = Missing.is_answer(at_earlier).all(axis=1) & Missing.is_answer(at_later).all(axis=1)
    return BothWaves(ItemSums.of(at_earlier[complete]), ItemSums.of(at_later[complete]))


def _answers(scores: Scores) -> Iterator[tuple[ItemKey, Mapping[int, int]]]:
    instrument = scores.instrument
    for wave, matrix in scores.items.items():
        for k, item in enumerate(instrument.rated_items):
            yield ItemKey(instrument.respondent, item.id, wave, EVERYONE), _counted(matrix[:, k])


def _counted(codes: CodeArray) -> dict[int, int]:
    values, counts = np.unique(codes, return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


def _merged(
    mine: Mapping[Key, Value], theirs: Mapping[Key, Value], add: Callable[[Value, Value], Value]
) -> dict[Key, Value]:
    merged = dict(mine)
    for key, value in theirs.items():
        merged[key] = add(merged[key], value) if key in merged else value
    return merged


def _added(mine: Mapping[int, int], theirs: Mapping[int, int]) -> dict[int, int]:
    return {code: mine.get(code, 0) + theirs.get(code, 0) for code in sorted({*mine, *theirs})}
