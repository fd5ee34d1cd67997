"""How large a change is, in standard deviations, in ranks, in per cent of the answer range.

Three standardised mean changes go by the name of Cohen's d in paired data; they answer different questions, so each is
named (Lakens 2013, doi:10.3389/fpsyg.2013.00863):

    d_z   in standard deviations of the change: how sure the direction is; grows with r
    d_av  in the average standard deviation of the two waves: how far people moved; comparable with two-group studies
    d_rm  d_z corrected for r; equals d_av if both waves have the same standard deviation

All take the sign of the change and have no unit, so none needs `steps_per_point`. A verdict (small, medium, large) is
not given here: it needs a named rule.
"""

from __future__ import annotations

import math
from fractions import Fraction

from mande.errors import NotTestable, Reason
from mande.stats._distributions import checked_confidence, noncentrality, normal_quantile
from mande.stats.counts import ChangeCounts, Estimate, PairCounts, require_varied_change
from mande.stats.paired import Moments, co_spread, describe

__all__ = ["d_av", "d_rm", "d_z", "hedges_correction", "percent_change", "pomp", "rank_biserial"]


def d_z(changes: ChangeCounts, *, confidence: float = 0.95) -> Estimate:
    """Mean change in standard deviations of the change, t / √n, with its noncentral-t interval.

    changes: people by integer change. The interval holds every true value under which a t as far out as the one
    observed is not rarer than (1 - confidence) / 2 on either side; exact for normal changes.
    Raises NotTestable: NO_DATA, TOO_FEW (one person), NO_CHANGE (all zero), ALL_EQUAL (all the same).
    Steiger & Fouladi (1997); Cumming & Finch (2001), doi:10.1177/0013164401614002.
    Agrees with R `effectsize::cohens_d(changes)`, and its interval with the roots of R `pt(t, df, ncp)`:
    tests/reference/effect.R.

    >>> estimate = d_z(ChangeCounts.of([0, 1, 1, 2]))
    >>> round(estimate.value, 6), round(estimate.low, 4), round(estimate.high, 4)
    (1.224745, -0.1702, 2.5335)
    """
    require_varied_change(changes)
    checked_confidence(confidence)
    moments = Moments.of(changes.change, changes.count)
    t, df, root_n = moments.t(), moments.n - 1, math.sqrt(moments.n)
    low, high = (noncentrality(t, df, share) / root_n for share in ((1 + confidence) / 2, (1 - confidence) / 2))
    return Estimate(t / root_n, low, high, confidence)


def d_av(pairs: PairCounts, *, confidence: float = 0.95) -> Estimate:
    """Mean change in the root mean variance of the two waves, with Bonett's interval.

    pairs: people by earlier and later integer score. d = mean change / s, s² = (s₁² + s₂²) / 2, and the interval is
    d ± z √var with, s₁₂ being the covariance, s_d² the variance of the change and df = n − 1,

        var = d² (s₁⁴ + s₂⁴ + 2 s₁₂²) / (8 df s⁴)  +  s_d² / (df s²)

    Equal variances are not assumed. It is a large-sample interval; in simulation (normal scores, 8 to 500 people, d 0
    to 1.2, r .2 to .8, standard deviations up to 1 : 1.5) it held the true value in 93.5 to 96.5 % of samples
    throughout: tests/reference/simulations/. The estimate is not corrected for bias; `hedges_correction` is apart.
    Raises NotTestable: NO_DATA, TOO_FEW (one person), NO_CHANGE (all zero), ALL_EQUAL (all changes the same).
    Bonett (2008), doi:10.1037/1082-989X.13.2.99. Agrees with the example printed for R `statpsych::ci.stdmean.ps`
    and, written out in R, with tests/reference/effect.R.

    >>> estimate = d_av(PairCounts.of([1, 2, 3, 2], [1, 3, 4, 4]))
    >>> round(estimate.value, 4), round(estimate.low, 4), round(estimate.high, 4)
    (0.866, -0.171, 1.903)
    """
    changes = pairs.changes()
    require_varied_change(changes)
    earlier, later = Moments.of(pairs.earlier, pairs.count), Moments.of(pairs.later, pairs.count)
    value = _in_mean_variance(later.total - earlier.total, pairs.n, earlier.spread + later.spread)
    scale = pairs.n * (pairs.n - 1)
    covariance = co_spread(pairs, earlier, later) / scale
    variance = bonett_variance(value, earlier.spread / scale, later.spread / scale, covariance, pairs.n - 1)
    half_width = normal_quantile(confidence) * math.sqrt(variance)
    return Estimate(value, value - half_width, value + half_width, confidence)


def bonett_variance(d: float, var_earlier: float, var_later: float, covariance: float, df: int) -> float:
    """Sampling variance of d_av; see there."""
    mean_variance = (var_earlier + var_later) / 2
    var_change = max(0.0, var_earlier + var_later - 2 * covariance)
    of_standardiser = (var_earlier**2 + var_later**2 + 2 * covariance**2) / (8 * df * mean_variance**2)
    return d * d * of_standardiser + var_change / (df * mean_variance)


def _in_mean_variance(total_change: int, n: int, both_spreads: int) -> float:
    squared = Fraction(2 * (n - 1) * total_change**2, n * both_spreads)
    return math.copysign(math.sqrt(squared), total_change)


def d_rm(pairs: PairCounts) -> float:
    """Mean change in standard deviations of the change, corrected for r: d_z · √(2 (1 − r)).

    pairs: people by earlier and later integer score.
    Raises NotTestable as `d_z` does, and NO_VARIANCE if a wave has one value only, for then r has no value.
    Morris & DeShon (2002), doi:10.1037/1082-989X.7.1.105. Agrees with R, written out: tests/reference/effect.R.

    >>> round(d_rm(PairCounts.of([1, 2, 3, 2], [1, 3, 4, 4])), 4)
    0.634
    """
    changes = pairs.changes()
    require_varied_change(changes)
    described = describe(pairs)
    if described.r is None:
        raise NotTestable(Reason.NO_VARIANCE)
    moments = Moments.of(changes.change, changes.count)
    return moments.t() / math.sqrt(moments.n) * math.sqrt(2 * (1 - described.r))


def hedges_correction(df: int) -> float:
    """The factor J(df) that takes the small-sample bias out of a standardised mean difference, exact.

    J = Γ(df / 2) / (√(df / 2) Γ((df − 1) / 2)). For d_z multiply by J(n − 1) (then called g_z).
    Raises NotTestable (TOO_FEW) if df < 2.
    Hedges (1981), doi:10.3102/10769986006002107. Agrees with R `effectsize::hedges_g`: tests/reference/effect.R.

    >>> round(hedges_correction(19), 6)
    0.95991
    """
    from scipy.special import poch

    if df < 2:
        raise NotTestable(Reason.TOO_FEW)
    return float(poch((df - 1) / 2, 0.5)) / math.sqrt(df / 2)


def rank_biserial(w_plus: float, w_minus: float) -> float:
    """Matched-pairs rank-biserial correlation: the difference of the rank sums as a share of their total, -1 to 1.

    w_plus, w_minus: rank sums of `signed_rank` with zeros dropped. Raises NotTestable (NO_CHANGE) if both are zero.
    Kerby (2014), doi:10.2466/11.IT.3.1.
    Agrees with R `effectsize::rank_biserial(paired=TRUE)`: tests/reference/effect.R.

    >>> round(rank_biserial(99, 6), 4)
    0.8857
    """
    if w_plus + w_minus == 0:
        raise NotTestable(Reason.NO_CHANGE)
    return (w_plus - w_minus) / (w_plus + w_minus)


def pomp(mean_change: float, low: float, high: float) -> float:
    """Mean change in per cent of the range from the lowest to the highest possible score, all three in points.

    Does not depend on where the answers' zero is. Raises NotTestable (NO_SCALE_RANGE) if `high` is not above `low`.
    Cohen, Cohen, Aiken & West (1999), doi:10.1207/S15327906MBR3403_2.

    >>> pomp(1.2, low=1, high=5)
    30.0
    """
    if high <= low:
        raise NotTestable(Reason.NO_SCALE_RANGE)
    return mean_change / (high - low) * 100


def percent_change(mean_earlier: float, mean_later: float) -> float:
    """Later mean over earlier mean, less one, in per cent; only ever printed beside `pomp`, and named.

    It depends on where the answers' zero is: the same answers give another figure coded 1 to 5 and 0 to 4.
    Raises NotTestable (NO_BASE) unless the earlier mean is above zero: there is nothing to be a percentage of.

    >>> percent_change(2.0, 3.0), percent_change(1.0, 2.0)
    (50.0, 100.0)
    """
    if mean_earlier <= 0:
        raise NotTestable(Reason.NO_BASE)
    return (mean_later - mean_earlier) / mean_earlier * 100
