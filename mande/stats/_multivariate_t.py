"""Probabilities of the multivariate t distribution: what several correlated t statistics do together.

Genz and Bretz's transformation to the unit cube, summed over a fixed lattice, so the same input gives the same digits.
Genz & Bretz (2002), doi:10.1198/106186002394; lattice: Richtmyer's √prime, folded (baker's transformation).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from mande.stats._distributions import shown_p, t_quantile, t_two_sided

__all__: list[str] = []

FloatArray = npt.NDArray[np.float64]

POINTS = 2**13  # within 0.0001 of the true probability; 0.001 for statistics that almost coincide
PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47)
MOST_STATISTICS = len(PRIMES)
FAR_OUT = 1e-4  # adjusted p below which Bonferroni's is the same for every purpose, and exact where a sum is not


def inside(size: float, correlation: FloatArray, df: float) -> float:
    """P(all |T_j| < size) for T multivariate t. correlation: shape (m, m), m up to 15."""
    from scipy.special import gammaincinv, ndtr, ndtri

    m = len(correlation)
    cube = np.arange(1, POINTS + 1)[:, np.newaxis] * np.sqrt(np.array(PRIMES[:m], dtype=float)) % 1
    cube = np.abs(2 * cube - 1)
    scale = np.sqrt(2 * gammaincinv(df / 2, cube[:, 0]) / df)
    root = np.linalg.cholesky(correlation + 1e-12 * np.eye(m))
    normal = np.zeros((POINTS, m))
    product = np.ones(POINTS)
    for j in range(m):
        shift = normal[:, :j] @ root[j, :j]
        low = ndtr((-size * scale - shift) / root[j, j])
        high = ndtr((size * scale - shift) / root[j, j])
        product *= high - low
        if j + 1 < m:
            between = low + cube[:, j + 1] * (high - low)
            normal[:, j] = ndtri(np.clip(between, 1e-300, 1 - 1e-16))
    return float(product.mean())


def simultaneous_quantile(confidence: float, correlation: FloatArray, df: float) -> float:
    """What all m |T_j| stay below with probability `confidence`; between the plain and Bonferroni's quantile."""
    from scipy.optimize import brentq

    m = len(correlation)
    lowest = t_quantile(confidence, df)
    highest = t_quantile(1 - (1 - confidence) / m, df)
    if m == 1 or inside(lowest, correlation, df) >= confidence:
        return lowest
    if inside(highest, correlation, df) <= confidence:
        return highest
    return float(brentq(lambda size: inside(size, correlation, df) - confidence, lowest, highest, xtol=1e-6))


def simultaneous_p(t: float, correlation: FloatArray, df: float) -> float:
    """P(the largest |T_j| is at least |t|): single-step adjusted; between the plain p and m times it."""
    plain, m = t_two_sided(t, df), len(correlation)
    if m == 1 or math.isinf(t) or m * plain < FAR_OUT:
        return shown_p(m * plain)
    return shown_p(min(m * plain, max(plain, 1 - inside(abs(t), correlation, df))))
