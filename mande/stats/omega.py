"""The interval of omega, from the correlations of the items alone."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from mande.errors import NotTestable, Reason
from mande.stats._distributions import normal_quantile
from mande.stats.counts import Estimate
from mande.stats.measurement import correlations
from mande.stats.reliability import LARGEST_COMMUNALITY, ItemSums, omega_total

__all__ = ["omega_interval"]

FloatArray = npt.NDArray[np.float64]


def omega_interval(items: ItemSums, *, confidence: float = 0.95) -> Estimate:
    """Omega total of one factor with a delta-method interval, of the complete cases in `items`.

    The loadings are a function of the item correlations (they solve Σⱼ (rᵢⱼ − λᵢλⱼ) λⱼ = 0, j ≠ i), and so is omega;
    its gradient follows by implicit differentiation, exactly. With the large-sample covariance of correlations of
    normal answers (Olkin & Siotani) that gives a standard error, and the interval is 1 − (1 − ω) exp(± z · se / (1 −
    ω)), which stays below 1. An item at the largest communality allowed is held there. Coverage: simulations, below;
    answers on few steps are not normal, and their correlations are those of the answers, not of what lies beneath.
    Raises NotTestable as `omega_total` does, and NO_VARIANCE if omega is 1 or the loadings are not determined. Raykov
    (2002), doi:10.1207/S15327906MBR3701_04 (delta method); Olkin & Siotani (1976); Bonett (2002),
    doi:10.3102/10769986027004335 (the scale of the interval).
    Agrees with R, loadings by `optim` and the gradient by differences: tests/reference/measurement.R.

    >>> answers = [[1, 2, 1], [2, 2, 3], [3, 4, 3], [5, 4, 5], [4, 5, 3], [2, 1, 2], [3, 3, 4], [4, 3, 4]]
    >>> found = omega_interval(ItemSums.of(answers))
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.887, 0.642, 0.964)
    """
    found = omega_total(items)
    loadings, r = np.array(found.loadings), correlations(items)
    error = math.sqrt(max(0.0, _variance(loadings, r) / items.n))
    left = 1 - found.value
    if not (left > 0 and math.isfinite(error)):
        raise NotTestable(Reason.NO_VARIANCE)
    factor = math.exp(normal_quantile(confidence) * error / left)
    return Estimate(found.value, 1 - left * factor, 1 - left / factor, confidence)


def _variance(loadings: FloatArray, r: FloatArray) -> float:
    """n times the sampling variance of omega."""
    rows, columns = np.triu_indices(loadings.size, 1)
    by_loading = _by_loading(loadings)
    weight = _solved(loadings, r, by_loading)
    gradient = weight[rows] * loadings[columns] + weight[columns] * loadings[rows]
    return float(gradient @ _covariance(r, rows, columns) @ gradient)


def _by_loading(loadings: FloatArray) -> FloatArray:
    """Derivative of omega by each loading."""
    total, unique = loadings.sum(), (1 - loadings**2).sum()
    whole = total**2 + unique
    found: FloatArray = 2 * (total * unique + total**2 * loadings) / whole**2
    return found


def _solved(loadings: FloatArray, r: FloatArray, by_loading: FloatArray) -> FloatArray:
    """−J⁻¹ applied to the derivative, J being that of the equations which the free loadings solve."""
    free = np.abs(loadings) < math.sqrt(LARGEST_COMMUNALITY) - 1e-9
    jacobian = r - 2 * np.outer(loadings, loadings)
    np.fill_diagonal(jacobian, -(loadings @ loadings - loadings**2))
    weight = np.zeros_like(loadings)
    try:
        weight[free] = -np.linalg.solve(jacobian[np.ix_(free, free)].T, by_loading[free])
    except np.linalg.LinAlgError:
        raise NotTestable(Reason.NO_VARIANCE) from None
    return weight


def _covariance(r: FloatArray, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]) -> FloatArray:
    """n times the covariance of two sample correlations r_ij and r_kl of normal variables, for all pairs."""
    i, j, k, m = rows[:, np.newaxis], columns[:, np.newaxis], rows[np.newaxis], columns[np.newaxis]
    ij, km, ik, im, jk, jm = r[i, j], r[k, m], r[i, k], r[i, m], r[j, k], r[j, m]
    found: FloatArray = (
        ij * km * (ik**2 + im**2 + jk**2 + jm**2) / 2
        + ik * jm
        + im * jk
        - (ij * ik * im + ij * jk * jm + ik * jk * km + im * jm * km)
    )
    return found
