"""Scores at two times are compared only where they rest on the same questions.

A question on which nobody marked an answer at one of the times was not asked then, or its answers were lost. The mean
of the others would stand for it then and not at the other time, and their difference would count as change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import permutations

import numpy as np

from mande.model import Construct, Instrument
from mande.responses.missing import Missing
from mande.scoring import NO_SCORE, Scores
from mande.stats.counts import PairCounts
from mande.tally import ChangeKey, CourseKey, CrossKey, ScoreKey, Tally, Unpaired

__all__ = ["with_like_scores", "without_unlike_scores"]


def with_like_scores(counts: Tally) -> Tally:
    """The same, nobody having a score that rests on fewer questions than one it is compared with (`Tally.unlike`).

    To be asked of a whole tally only: in a part of it a question may happen to be unanswered.
    """
    unlike = frozenset(_unlike(counts))
    if not unlike:
        return counts
    nobody = PairCounts.of([], [])

    def lacks(key: ChangeKey | CourseKey | CrossKey, *waves: str) -> bool:
        return any(ScoreKey(key.instrument, key.construct, wave) in unlike for wave in waves)

    def is_unlike(key: ChangeKey | CrossKey) -> bool:
        return lacks(key, key.earlier, key.later)

    return replace(
        counts,
        pairs={key: nobody if is_unlike(key) else pairs for key, pairs in counts.pairs.items()},
        unpaired={
            key: _left_out(counts.pairs[key], own, no_earlier=lacks(key, key.earlier), no_later=lacks(key, key.later))
            for key, own in counts.unpaired.items()
        },
        item_sums={key: sums for key, sums in counts.item_sums.items() if not is_unlike(key)},
        clusters={key: sums for key, sums in counts.clusters.items() if not is_unlike(key)},
        lost={key: sums for key, sums in counts.lost.items() if not is_unlike(key)},
        courses={key: sums for key, sums in counts.courses.items() if not lacks(key, key.baseline, *key.waves)},
        crossed={key: cells for key, cells in counts.crossed.items() if not is_unlike(key)},
        shifts={key: own for key, own in counts.shifts.items() if key not in {score[:2] for score in unlike}},
        unlike=counts.unlike | unlike,
    )


def without_unlike_scores(scores: Iterable[Scores], counts: Tally) -> list[Scores]:
    """The same scores but for those that `with_like_scores` took out of their counts."""
    return [_without(own, counts) for own in scores]


def _without(scores: Scores, counts: Tally) -> Scores:
    values = {
        (construct, wave): np.full_like(column, NO_SCORE)
        if ScoreKey(scores.instrument.id, construct, wave) in counts.unlike
        else column
        for (construct, wave), column in scores.values.items()
    }
    return replace(scores, values=values)


def _unlike(counts: Tally) -> Iterator[ScoreKey]:
    """Scores of a wave that lacks a question on which somebody marked something at a wave it is compared with.

    Where nobody at all is compared it cannot be told, and there is nothing to compare.
    """
    nothing = {int(kind) for kind in (Missing.BLANK, Missing.NO_FORM, Missing.SET_ASIDE)}
    marked: dict[tuple[str, str], set[str]] = {}
    unmarked: dict[tuple[str, str], set[str]] = {}
    for (name, item, wave), people in counts.answers.items():
        found = marked if any(n for code, n in people.items() if code not in nothing) else unmarked
        if sum(people.values()):
            found.setdefault((name, wave), set()).add(item)
    for name, construct, wave, other in _compared(counts) if unmarked else ():
        instrument = counts.instruments[name]
        lacking = _questions(instrument.construct_by_id[construct], instrument) & unmarked.get((name, wave), set())
        if lacking & marked.get((name, other), set()):
            yield ScoreKey(name, construct, wave)


def _compared(counts: Tally) -> Iterator[tuple[str, str, str, str]]:
    """Instrument, construct, and two waves whose scores are held against each other, in both orders."""
    for key in counts.pairs:
        yield key.instrument, key.construct, key.earlier, key.later
        yield key.instrument, key.construct, key.later, key.earlier
    for name, construct in counts.shifts:
        waves = dict.fromkeys(key.wave for key in counts.answers if key.instrument == name)
        yield from ((name, construct, *two) for two in permutations(waves, 2))


def _questions(construct: Construct, instrument: Instrument) -> set[str]:
    """Those of a construct, and of those that it is made of; where one says that the others are skipped, that one."""
    if construct.zero_if is not None:
        return {construct.zero_if.item}
    parts = (_questions(instrument.construct_by_id[name], instrument) for name in construct.of)
    return {*construct.items}.union(*parts)


def _left_out(pairs: PairCounts, own: Unpaired, *, no_earlier: bool, no_later: bool) -> Unpaired:
    """People without both scores, once these are taken out."""
    if not (no_earlier or no_later):
        return own
    earlier, later, neither = dict(own.earlier_only), dict(own.later_only), own.neither
    for x, y, n in zip(pairs.earlier.tolist(), pairs.later.tolist(), pairs.count.tolist(), strict=True):
        if no_earlier and no_later:
            neither += n
        elif no_later:
            earlier[x] = earlier.get(x, 0) + n
        else:
            later[y] = later.get(y, 0) + n
    if no_earlier:
        earlier, neither = {}, neither + sum(own.earlier_only.values())
    if no_later:
        later, neither = {}, neither + sum(own.later_only.values())
    return Unpaired(dict(sorted(earlier.items())), dict(sorted(later.items())), neither)
