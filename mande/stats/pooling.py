"""Several evaluations taken together, without their rows.

Where instruments match, tallies add up (`Tally.__add__`), and the sum is analysed as one evaluation, clustered by
school. Where they do not (other questionnaires, other wordings), the results are combined here, in a unit that they
share: per cent of the range (POMP), or d_av.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mande.errors import NotTestable, Reason
from mande.stats._distributions import shown_p, t_quantile, t_two_sided
from mande.stats.counts import Estimate

__all__ = ["Heterogeneity", "Pooled", "pool_results", "standard_error_of", "t_interval"]

FloatArray = npt.NDArray[np.float64]

LARGEST_TAU = 100.0  # in ranges of the results: the likelihood has no maximum beyond


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """How much true results differ: their variance tau², its share I² of all variance, Cochran's Q with its p."""

    tau2: float
    i2: float
    q: float
    df: int
    p: float


@dataclass(frozen=True, slots=True)
class Pooled:
    """Mean of the true results with its Knapp-Hartung interval, and the t test that it is zero.

    prediction: where the true result of one more evaluation would lie; None for two results only.
    weights: of each result, adding up to 1.
    """

    mean: Estimate
    t: float
    df: int
    p: float
    heterogeneity: Heterogeneity
    prediction: Estimate | None
    weights: tuple[float, ...]


def pool_results(values: Sequence[float], standard_errors: Sequence[float], *, confidence: float = 0.95) -> Pooled:
    """Random-effects summary of k results: REML, with the Knapp-Hartung interval and a prediction interval.

    values: one mean change (or effect) an evaluation, all in the same unit. standard_errors: theirs, above 0.
    True results are taken to vary normally with variance tau², which maximises the restricted likelihood (at 0 or
    above); weights are 1 / (seᵢ² + tau²). With q = Σ wᵢ(yᵢ − mean)² / (k − 1), the interval is
    mean ± t(k − 1) √(q / Σw). The prediction interval adds tau² to that variance. I² is tau² / (tau² + typical within
    variance).
    Few results: with two the interval is very wide, and rightly so. If results agree better than their errors allow,
    Knapp-Hartung can be narrower than the common-effect interval; it is not widened here.
    Raises NotTestable: NO_DATA, TOO_FEW (one result), ALL_EQUAL (all results the same, so the interval has no width).
    Raises ValueError if a standard error is not above 0, or lengths differ.
    Viechtbauer (2005), doi:10.3102/10769986030003261; Knapp & Hartung (2003), doi:10.1002/sim.1482; Higgins & Thompson
    (2002), doi:10.1002/sim.1186; Higgins, Thompson & Spiegelhalter (2009), doi:10.1111/j.1467-985X.2008.00552.x.
    Agrees with R `metafor::rma(method="REML", test="knha")` and its `predict`: tests/reference/pooling.R.

    >>> pooled = pool_results([0.3, 0.5, 0.1, 0.6], [0.1, 0.12, 0.09, 0.2])
    >>> round(pooled.mean.value, 4), round(pooled.mean.low, 4), round(pooled.mean.high, 4)
    (0.3412, -0.0035, 0.686)
    """
    y, v = np.asarray(values, dtype=np.float64), np.asarray(standard_errors, dtype=np.float64) ** 2
    _check(y, v)
    tau2, df = _reml(y, v), y.size - 1
    weights = 1 / (v + tau2)
    mean, total = float(np.average(y, weights=weights)), float(weights.sum())
    variance = float(weights @ (y - mean) ** 2) / (df * total)
    t, critical = mean / math.sqrt(variance), t_quantile(confidence, df)
    return Pooled(
        _around(mean, critical * math.sqrt(variance), confidence),
        t,
        df,
        t_two_sided(t, df),
        _heterogeneity(y, v, tau2),
        _around(mean, critical * math.sqrt(variance + tau2), confidence) if df > 1 else None,
        tuple((weights / total).tolist()),
    )


def standard_error_of(estimate: Estimate, df: float) -> float:
    """The standard error behind a t interval: half its width over the t quantile of its degrees of freedom.

    >>> round(standard_error_of(Estimate(1.0, -1.2992, 3.2992, 0.95), df=3), 4)
    0.7225
    """
    return (estimate.high - estimate.low) / 2 / t_quantile(estimate.confidence, df)


def t_interval(value: float, standard_error: float, df: float, *, confidence: float = 0.95) -> Estimate:
    """The t interval of a value with this standard error: `standard_error_of` the other way round.

    >>> found = t_interval(1.0, 0.7225, df=3)
    >>> round(found.low, 3), round(found.high, 3)
    (-1.299, 3.299)
    """
    return _around(value, t_quantile(confidence, df) * standard_error, confidence)


def _around(value: float, half_width: float, confidence: float) -> Estimate:
    return Estimate(value, value - half_width, value + half_width, confidence)


def _check(y: FloatArray, v: FloatArray) -> None:
    if y.shape != v.shape or y.ndim != 1 or not (np.isfinite(y).all() and np.isfinite(v).all() and (v > 0).all()):
        raise ValueError("each result is a number with a standard error above 0")
    if y.size < 2:
        raise NotTestable(Reason.TOO_FEW if y.size else Reason.NO_DATA)
    if np.ptp(y) <= 1e-12 * np.abs(y).max():
        raise NotTestable(Reason.ALL_EQUAL)


def _heterogeneity(y: FloatArray, v: FloatArray, tau2: float) -> Heterogeneity:
    from scipy.special import chdtrc

    weights, df = 1 / v, y.size - 1
    total = weights.sum()
    q = float(weights @ (y - np.average(y, weights=weights)) ** 2)
    typical = df * total / (total**2 - weights @ weights)
    return Heterogeneity(tau2, float(tau2 / (tau2 + typical)), q, df, shown_p(float(chdtrc(df, q))))


def _reml(y: FloatArray, v: FloatArray) -> float:
    """The tau² of the highest restricted likelihood: the best of its stationary points and zero."""
    from scipy.optimize import brentq

    scale = float(max(np.var(y), v.min()))
    grid = np.concatenate([[0.0], scale * np.logspace(-8, math.log10(LARGEST_TAU), 200)])
    slopes = _slopes(grid, y, v)
    peaks = np.flatnonzero((slopes[:-1] > 0) & (slopes[1:] <= 0))
    found = [float(brentq(_slope, grid[k], grid[k + 1], args=(y, v), xtol=1e-300, rtol=1e-14)) for k in peaks]
    return max([0.0, *found], key=lambda tau2: _likelihood(tau2, y, v))


def _likelihood(tau2: float, y: FloatArray, v: FloatArray) -> float:
    """Restricted log likelihood, up to a constant."""
    weights = 1 / (v + tau2)
    away = y - np.average(y, weights=weights)
    return float(np.log(weights).sum() - np.log(weights.sum()) - weights @ away**2) / 2


def _slope(tau2: float, y: FloatArray, v: FloatArray) -> float:
    return float(_slopes(np.array([tau2]), y, v)[0])


def _slopes(tau2: FloatArray, y: FloatArray, v: FloatArray) -> FloatArray:
    """Twice the derivative of the restricted log likelihood, at each tau²."""
    weights = 1 / (v + tau2[:, np.newaxis])
    total, squared = weights.sum(axis=1), weights * weights
    away = y - ((weights @ y) / total)[:, np.newaxis]
    slopes: FloatArray = (squared * away**2).sum(axis=1) - total + squared.sum(axis=1) / total
    return slopes
