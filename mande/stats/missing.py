"""How a mean change moves when those without both questionnaires are not left out; and who they are.

The default everywhere is complete pairs. It is right if leaving has nothing to do with the change. Each alternative
here states instead what those left out would have done; the truth is bounded by the worst and the best case.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from mande.errors import NotTestable, Reason
from mande.stats._distributions import t_quantile
from mande.stats.counts import ChangeCounts, Estimate, PairCounts
from mande.stats.paired import Moments, mean_change
from mande.stats.shares import wilson

__all__ = ["Alternative", "Attrition", "LeftOutScores", "attrition", "under_alternative"]

ScoreCounts = Mapping[int, int]
"""People by integer score."""


class Alternative(StrEnum):
    """What is supposed of people without both scores."""

    COMPLETE_PAIRS = "complete_pairs"  # they are left out
    NO_CHANGE = "no_change"  # they did not change
    WORST_CASE = "worst_case"  # the missing score is the one that makes their change worst
    BEST_CASE = "best_case"  # the missing score is the one that makes their change best


@dataclass(frozen=True, slots=True)
class LeftOutScores:
    """People without both scores: with the earlier one only and the later one only, by score; and with neither."""

    earlier_only: ScoreCounts = field(default_factory=dict)
    later_only: ScoreCounts = field(default_factory=dict)
    neither: int = 0


@dataclass(frozen=True, slots=True)
class Attrition:
    """Those who stayed against those who left, by their baseline score, in points.

    share_left: with Wilson's interval. difference: left less stayed, with Welch's interval; standardised: in the root
    mean variance of both. None where a figure needs more people, or variance.
    """

    n_stayed: int
    n_left: int
    share_left: Estimate
    mean_stayed: float | None
    mean_left: float | None
    difference: Estimate | None
    standardised: float | None


def under_alternative(
    pairs: PairCounts,
    left_out: LeftOutScores,
    alternative: Alternative,
    *,
    worst: int,
    best: int,
    steps_per_point: int = 1,
    confidence: float = 0.95,
) -> Estimate:
    """Mean change with its t interval if the people left out had done as `alternative` states, in points.

    pairs: people by earlier and later integer score. worst, best: the possible scores at the worse and the better end,
    in steps (best is the lower number if lower is better). Earlier score x only: the change is worst − x or best − x.
    Later score y only: y − best or y − worst. Neither: worst − best or best − worst. `NO_CHANGE` gives all of them 0
    (the baseline carried forward). The interval treats what is supposed as if it had been seen; read the two extreme
    cases together: whatever those left out did, the mean change lies between them, up to chance
    (complete pairs need not, if those left out began near an end).
    Raises NotTestable as `mean_change` does; ValueError for a score outside of worst to best.
    Horowitz & Manski (2000), doi:10.1080/01621459.2000.10473902; Hollis & Campbell (1999),
    doi:10.1136/bmj.319.7211.670. Agrees with R `t.test` of the filled-in changes: tests/reference/missing.R.

    >>> pairs, left = PairCounts.of([2, 3, 2, 3], [3, 4, 4, 3]), LeftOutScores(earlier_only={4: 1}, neither=1)
    >>> [round(under_alternative(pairs, left, case, worst=1, best=5).value, 4) for case in Alternative]
    [1.0, 0.6667, -0.5, 1.5]
    """
    changes = pairs.changes()
    if alternative is not Alternative.COMPLETE_PAIRS:
        changes = changes + _supposed(left_out, alternative, worst, best)
    return mean_change(changes, steps_per_point=steps_per_point, confidence=confidence)


def _supposed(left_out: LeftOutScores, alternative: Alternative, worst: int, best: int) -> ChangeCounts:
    """Changes of the people left out."""
    known = {*left_out.earlier_only, *left_out.later_only}
    if any(not min(worst, best) <= score <= max(worst, best) for score in known):
        raise ValueError(f"a score lies outside of {worst} to {best}")
    end, start = (worst, best) if alternative is Alternative.WORST_CASE else (best, worst)
    moved = [(end - score, people) for score, people in left_out.earlier_only.items()]
    moved += [(score - start, people) for score, people in left_out.later_only.items()]
    moved += [(end - start, left_out.neither)]
    if alternative is Alternative.NO_CHANGE:
        moved = [(0, people) for _, people in moved]
    change, count = np.array(moved, dtype=np.int64).T
    return ChangeCounts(change, count)


def attrition(
    stayed: ScoreCounts, left: ScoreCounts, *, steps_per_point: int = 1, confidence: float = 0.95
) -> Attrition:
    """Who was lost: how many of those with a first questionnaire, and how their first score differed.

    stayed, left: people by integer baseline score, with and without a later one, `steps_per_point` steps to a point. A
    difference says that leaving was not by chance alone; no difference does not say that it was.
    Raises NotTestable (NO_DATA) if nobody has a baseline score.
    Welch (1947), doi:10.1093/biomet/34.1-2.28; Austin (2009), doi:10.1002/sim.3697 (standardised difference).
    Agrees with R `t.test(left, stayed)`, `prop.test`: tests/reference/missing.R.

    >>> found = attrition({2: 3, 3: 5}, {1: 2, 2: 2})
    >>> found.share_left.value, found.difference.value, round(found.difference.low, 4), round(found.standardised, 4)
    (0.3333333333333333, -1.125, -1.9795, -2.0519)
    """
    n_stayed, n_left = sum(stayed.values()), sum(left.values())
    if n_stayed + n_left == 0:
        raise NotTestable(Reason.NO_DATA)
    here, gone = _moments(stayed), _moments(left)
    difference, standardised = _welch(gone, here, steps_per_point, confidence)
    return Attrition(
        n_stayed,
        n_left,
        wilson(n_left, n_stayed + n_left, confidence=confidence),
        here.mean(steps_per_point) if n_stayed else None,
        gone.mean(steps_per_point) if n_left else None,
        difference,
        standardised,
    )


def _moments(scores: ScoreCounts) -> Moments:
    table = np.array(sorted(scores.items()), dtype=np.int64).reshape(-1, 2)
    return Moments.of(table[:, 0], table[:, 1])


def _welch(first: Moments, second: Moments, unit: int, confidence: float) -> tuple[Estimate | None, float | None]:
    if first.n < 2 or second.n < 2 or (first.spread == 0 and second.spread == 0):
        return None, None
    value = first.mean(unit) - second.mean(unit)
    errors = [group.standard_error(unit) ** 2 for group in (first, second)]
    df = sum(errors) ** 2 / sum(e**2 / (group.n - 1) for e, group in zip(errors, (first, second), strict=True))
    half_width = t_quantile(confidence, df) * math.sqrt(sum(errors))
    variances = [e * group.n for e, group in zip(errors, (first, second), strict=True)]
    estimate = Estimate(value, value - half_width, value + half_width, confidence)
    return estimate, value / math.sqrt(sum(variances) / 2)
