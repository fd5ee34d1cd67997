"""Do two people of one family see the same change? Read from a table of one person's change by the other's.

The table is a `PairCounts` whose "earlier" is the first person's change and whose "later" is the second's (a parent and
a youth, two parents), in the same unit: per cent of the range, or steps of the same scale. One pair a family.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from mande.errors import NotTestable, Reason
from mande.stats._distributions import checked_confidence, f_quantile, normal_quantile, t_quantile
from mande.stats.counts import Estimate, IntArray, PairCounts
from mande.stats.paired import Moments

__all__ = ["BlandAltman", "Icc", "bland_altman", "icc_agreement"]

LIMITS = 0.95
"""The share of families whose difference lies between the limits of agreement."""


@dataclass(frozen=True, slots=True)
class Icc:
    """agreement: ICC(A,1), do both give the same figure. consistency: ICC(C,1), do they rank families alike."""

    n: int
    agreement: Estimate
    consistency: Estimate


@dataclass(frozen=True, slots=True)
class BlandAltman:
    """Differences second less first: their mean (bias) and the limits between which 95 % of them lie, with intervals.

    mean, difference, families: the points of the figure, in points of the unit; cells of few families must be withheld.
    """

    n: int
    bias: Estimate
    sd: float
    lower_limit: Estimate
    upper_limit: Estimate
    mean: tuple[float, ...]
    difference: tuple[float, ...]
    families: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _MeanSquares:
    """Of the two-way analysis of variance, n families by 2 people: between families, between people, and the rest.

    Times 2n(n − 1), so exact integers.
    """

    n: int
    families: int
    people: int
    rest: int

    @classmethod
    def of(cls, pairs: PairCounts) -> _MeanSquares:
        n = pairs.n
        total, difference = (
            Moments.of(x, pairs.count) for x in (pairs.earlier + pairs.later, pairs.later - pairs.earlier)
        )
        return cls(n, total.spread, (n - 1) * difference.total**2, difference.spread)


def icc_agreement(pairs: PairCounts, *, confidence: float = 0.95) -> Icc:
    """Intraclass correlations of two people's changes, two-way, single: absolute agreement and consistency.

    pairs: families by first and second person's change. With mean squares of families R, people C and rest E, k = 2,
    ICC(A,1) = (R − E) / (R + (k − 1)E + k(C − E)/n) and ICC(C,1) = (R − E) / (R + (k − 1)E). Below zero: two people of
    a family are less alike than people of different families. ICC(A,1) falls where one of them always reports more.
    Intervals by F, with Satterthwaite's df for agreement; normal changes assumed (simulations, below).
    Raises NotTestable: NO_DATA, TOO_FEW (fewer than three families), NO_VARIANCE (everybody reports the same),
    ALL_EQUAL (the two always differ by the same, so there is no rest to judge by).
    McGraw & Wong (1996), doi:10.1037/1082-989X.1.1.30.
    Agrees with R `psych::ICC(lmer=FALSE)` (ICC2, ICC3): tests/reference/agreement.R.

    >>> found = icc_agreement(PairCounts.of([0, 1, 2, 1, 3], [1, 1, 3, 2, 3]))
    >>> round(found.agreement.value, 4), round(found.consistency.value, 4)
    (0.7692, 0.8696)
    """
    if pairs.n < 3:
        raise NotTestable(Reason.TOO_FEW if pairs.n else Reason.NO_DATA)
    squares = _MeanSquares.of(pairs)
    if squares.rest == 0:
        raise NotTestable(Reason.ALL_EQUAL if squares.families else Reason.NO_VARIANCE)
    outside = (1 - checked_confidence(confidence)) / 2
    return Icc(pairs.n, _agreement(squares, outside, confidence), _consistency(squares, outside, confidence))


def _consistency(squares: _MeanSquares, outside: float, confidence: float) -> Estimate:
    ratio, df = squares.families / squares.rest, squares.n - 1
    low, high = ratio / f_quantile(1 - outside, df, df), ratio * f_quantile(1 - outside, df, df)
    value = (squares.families - squares.rest) / (squares.families + squares.rest)
    return Estimate(value, (low - 1) / (low + 1), (high - 1) / (high + 1), confidence)


def _agreement(squares: _MeanSquares, outside: float, confidence: float) -> Estimate:
    n, r, c, e = squares.n, squares.families, squares.people, squares.rest
    value = float(Fraction(n * (r - e), n * (r + e) + 2 * (c - e)))
    ratio = c / e
    rest = n * (1 + value) - 2 * value
    df = float(n - 1)
    if c:  # else the rest cancels, which may be 0
        df *= (2 * value * ratio + rest) ** 2 / ((n - 1) * (2 * value * ratio) ** 2 + rest**2)
    df = max(1.0, df)  # where agreement is below zero the approximation can vanish
    upper, lower = f_quantile(1 - outside, n - 1, df), f_quantile(1 - outside, df, n - 1)
    both = 2 * c + (n - 2) * e  # of people and rest, as they enter the denominator
    low = n * (r - upper * e) / (upper * both + n * r)
    high = n * (lower * r - e) / (both + n * lower * r)
    return Estimate(value, low, high, confidence)


def bland_altman(pairs: PairCounts, *, steps_per_point: int = 1, confidence: float = 0.95) -> BlandAltman:
    """Bias between two people's changes and the limits of agreement, bias ± 1.96 SD, each with its interval.

    pairs: families by first and second person's change, `steps_per_point` steps to a point; differences are second less
    first. The bias has its t interval; the limits have exact ones for normal differences, from the noncentral t.
    Raises NotTestable: NO_DATA, TOO_FEW (one family), ALL_EQUAL (the two always differ by the same).
    Bland & Altman (1999), doi:10.1177/096228029900800204; Carkeet (2015), doi:10.1097/OPX.0000000000000513.
    Agrees with R `t.test`, and `qt(p, df, ncp)` for the limits: tests/reference/agreement.R.

    >>> found = bland_altman(PairCounts.of([0, 1, 2, 1, 3], [1, 1, 3, 2, 3]))
    >>> found.bias.value, round(found.lower_limit.value, 4), round(found.upper_limit.value, 4)
    (0.6, -0.4735, 1.6735)
    """
    if pairs.n < 2:
        raise NotTestable(Reason.TOO_FEW if pairs.n else Reason.NO_DATA)
    difference: IntArray = pairs.later - pairs.earlier
    moments = Moments.of(difference, pairs.count)
    sd = moments.sd(steps_per_point)
    if not sd:
        raise NotTestable(Reason.ALL_EQUAL)
    bias, error = moments.mean(steps_per_point), sd / math.sqrt(moments.n)
    half_width = t_quantile(confidence, moments.n - 1) * error
    near, far = _limit_factors(moments.n, confidence)
    reach = normal_quantile(LIMITS)
    return BlandAltman(
        moments.n,
        Estimate(bias, bias - half_width, bias + half_width, confidence),
        sd,
        Estimate(bias - reach * sd, bias - far * sd, bias - near * sd, confidence),
        Estimate(bias + reach * sd, bias + near * sd, bias + far * sd, confidence),
        tuple(((pairs.earlier + pairs.later) / (2 * steps_per_point)).tolist()),
        tuple((difference / steps_per_point).tolist()),
        tuple(pairs.count.tolist()),
    )


def _limit_factors(n: int, confidence: float) -> tuple[float, float]:
    """How many standard deviations from the bias the interval of a limit begins and ends."""
    from scipy.special import nctdtrit

    outside, shift = (1 - checked_confidence(confidence)) / 2, normal_quantile(LIMITS) * math.sqrt(n)
    near, far = (float(nctdtrit(n - 1, shift, share)) / math.sqrt(n) for share in (outside, 1 - outside))
    return near, far
