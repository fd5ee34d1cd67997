"""One group at two waves: means, the mean change with its interval, and Student's paired t test.

Direction is later minus earlier, everywhere. Whether higher is better changes words, never a sign.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from mande.errors import NotTestable, Reason
from mande.stats._distributions import t_quantile, t_two_sided
from mande.stats.counts import ChangeCounts, Estimate, IntArray, PairCounts, exact_dot, require_varied_change

__all__ = ["Description", "TTest", "describe", "mean_change", "paired_t"]


@dataclass(frozen=True, slots=True)
class Description:
    """Both waves of the people with both scores, in points; None where a figure has no value."""

    n: int
    mean_earlier: float
    mean_later: float
    mean_change: float
    sd_earlier: float | None  # None for one person
    sd_later: float | None
    sd_change: float | None
    r: float | None  # None for one person, or if a wave has one value only


@dataclass(frozen=True, slots=True)
class TTest:
    """Student's t, its degrees of freedom, and the two-sided p."""

    t: float
    df: int
    p: float


@dataclass(frozen=True, slots=True)
class Moments:
    """Exact sums: n, Σx and n·Σx² − (Σx)², so that the variance is `spread` / (n (n − 1))."""

    n: int
    total: int
    spread: int

    @classmethod
    def of(cls, values: IntArray, count: IntArray) -> Moments:
        n, total = int(count.sum()), exact_dot(count, values)
        return cls(n, total, n * exact_dot(count * values, values) - total * total)

    def mean(self, steps_per_point: int = 1) -> float:
        return self.total / (self.n * steps_per_point)

    def sd(self, steps_per_point: int = 1) -> float | None:
        """Standard deviation with n - 1; None for one person."""
        if self.n == 1:
            return None
        return math.sqrt(Fraction(self.spread, self.n * (self.n - 1) * steps_per_point**2))

    def standard_error(self, steps_per_point: int = 1) -> float:
        """Of the mean, for two people or more."""
        return math.sqrt(Fraction(self.spread, self.n**2 * (self.n - 1) * steps_per_point**2))

    def t(self) -> float:
        """Mean over its standard error; needs some spread."""
        return math.copysign(math.sqrt(Fraction(self.total**2 * (self.n - 1), self.spread)), self.total)


def describe(pairs: PairCounts, *, steps_per_point: int = 1) -> Description:
    """Means, standard deviations (n - 1) and Pearson's r of the two waves, and of the change.

    pairs: people by earlier and later integer score, `steps_per_point` steps to a point. Only people with both scores
    are in it, so both means are of the same people. Figures that need two people, or variance, are None without them.
    Raises NotTestable (NO_DATA) if nobody has both scores.
    Agrees with R `mean`, `sd`, `cor`: tests/reference/paired.R.

    >>> described = describe(PairCounts.of([1, 2, 3], [2, 4, 3]))
    >>> described.mean_earlier, described.mean_later, described.mean_change, described.sd_earlier, described.r
    (2.0, 3.0, 1.0, 1.0, 0.5)
    """
    if pairs.n == 0:
        raise NotTestable(Reason.NO_DATA)
    waves = (pairs.earlier, pairs.later, pairs.later - pairs.earlier)
    earlier, later, change = (Moments.of(values, pairs.count) for values in waves)
    return Description(
        pairs.n,
        earlier.mean(steps_per_point),
        later.mean(steps_per_point),
        change.mean(steps_per_point),
        earlier.sd(steps_per_point),
        later.sd(steps_per_point),
        change.sd(steps_per_point),
        _pearson(pairs, earlier, later),
    )


def co_spread(pairs: PairCounts, earlier: Moments, later: Moments) -> int:
    """n·Σxy − Σx·Σy, exact: the covariance times n (n − 1)."""
    return pairs.n * exact_dot(pairs.count * pairs.earlier, pairs.later) - earlier.total * later.total


def _pearson(pairs: PairCounts, earlier: Moments, later: Moments) -> float | None:
    if earlier.spread == 0 or later.spread == 0:
        return None
    shared = co_spread(pairs, earlier, later)
    return math.copysign(math.sqrt(Fraction(shared**2, earlier.spread * later.spread)), shared)


def mean_change(changes: ChangeCounts, *, steps_per_point: int = 1, confidence: float = 0.95) -> Estimate:
    """Mean of later minus earlier, in points, with its t interval.

    changes: people by integer change, `steps_per_point` steps to a point.
    Raises NotTestable: NO_DATA, TOO_FEW (one person), NO_CHANGE (all zero), ALL_EQUAL (all the same).
    Student (1908), doi:10.1093/biomet/6.1.1.
    Agrees with R `t.test(later, earlier, paired=TRUE)`: tests/reference/paired.R.

    >>> estimate = mean_change(ChangeCounts.of([0, 1, 1, 2]))
    >>> estimate.value, round(estimate.low, 4), round(estimate.high, 4)
    (1.0, -0.2992, 2.2992)
    """
    require_varied_change(changes)
    moments = Moments.of(changes.change, changes.count)
    value = moments.mean(steps_per_point)
    half_width = t_quantile(confidence, moments.n - 1) * moments.standard_error(steps_per_point)
    return Estimate(value, value - half_width, value + half_width, confidence)


def paired_t(changes: ChangeCounts) -> TTest:
    """Student's paired t test of no mean change, two-sided. It has no unit, so it needs no `steps_per_point`.

    changes: people by integer change. Raises NotTestable as `mean_change` does. A p too small for floating point is the
    smallest positive number, never 0.
    Student (1908), doi:10.1093/biomet/6.1.1.
    Agrees with R `t.test(later, earlier, paired=TRUE)`: tests/reference/paired.R.

    >>> paired_t(ChangeCounts.of([0, 1, 1, 2]))
    TTest(t=2.449489742783178, df=3, p=0.0917211133115...)
    """
    require_varied_change(changes)
    moments = Moments.of(changes.change, changes.count)
    t, df = moments.t(), moments.n - 1
    return TTest(t, df, t_two_sided(t, df))
