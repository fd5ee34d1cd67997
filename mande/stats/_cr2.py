"""Bias-reduced cluster-robust (CR2) variances and their degrees of freedom, from per-cluster cross-products only.

For least squares of y on X, cluster c contributes X_c' B_c e_c with B_c = (I − X_c M X_c')^(−1/2), M = (X'X)^(−1). For
any function f, X_c' f(X_c M X_c') = f(A_c M) X_c' with A_c = X_c' X_c. So B_c, as large as the cluster, is never
needed: with M = L L' and the symmetric K_c = L' A_c L,

    M X_c' B_c e_c = L (I − K_c)^(−1/2) L' s_c,    s_c = X_c' e_c

and everything is p × p, p being the columns of X. The degrees of freedom need Σ_jk P_jk² over pairs of clusters, where
P_jk = g_j [j = k] − h_j · h_k; it is summed as Σ g_j² − 2 Σ g_j |h_j|² + ‖Σ h_j h_j'‖², so memory grows with the number
of clusters, not with its square.

Arrays may have leading axes (many data sets at once, as the simulations do). A cluster of zeros changes nothing.
Bell & McCaffrey (2002), Survey Methodology 28, 169–181; Pustejovsky & Tipton (2018),
doi:10.1080/07350015.2016.1247004, whose working model here is independence with equal variances.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from mande.errors import NotTestable, Reason

__all__: list[str] = []

FloatArray = npt.NDArray[np.float64]
Whole = npt.NDArray[np.object_]  # Python integers

ALONE = 1e-10  # a direction that is fitted by one cluster alone has I − K = 0 there, up to rounding


@dataclass(frozen=True, slots=True, eq=False)
class Robust:
    """CR2 variance of q contrasts, shape (…, q, q), the df of their joint test, shape (…), and where it has none."""

    variance: FloatArray
    df: FloatArray
    rests_on_one_cluster: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquares:
    """An exact fit: coefficients β = `numerator` / `denominator`, shape (p,), and the residual sum of squares."""

    numerator: Whole
    denominator: int
    residual: Fraction

    def coefficient(self, place: int) -> Fraction:
        return Fraction(int(self.numerator[place]), self.denominator)

    def scores(self, gram: Whole, moment: Whole) -> FloatArray:
        """X_c' e_c of each cluster, shape (clusters, p), from gram (clusters, p, p) and moment (clusters, p)."""
        scaled = moment * self.denominator - np.einsum("cij,j->ci", gram, self.numerator)
        return np.asarray(scaled / self.denominator, dtype=float)


def fit(gram: Whole, moment: Whole, square: int) -> LeastSquares:
    """Solve the normal equations in rational numbers. gram: X'X (p, p), moment: X'y (p,), square: y'y.

    Raises NotTestable (NO_VARIANCE) if a column of X is a combination of the others.
    """
    solution = _solved([[Fraction(int(v)) for v in row] for row in gram], [Fraction(int(v)) for v in moment])
    denominator = int(np.lcm.reduce([value.denominator for value in solution], dtype=object))
    numerator = np.array([int(value * denominator) for value in solution], dtype=object)
    explained = sum((value * int(m) for value, m in zip(solution, moment, strict=True)), Fraction(0))
    return LeastSquares(numerator, denominator, square - explained)


def diagonal_inverse(gram: Whole, place: int) -> Fraction:
    """The entry (place, place) of (X'X)^(−1), exact."""
    unit = [Fraction(int(k == place)) for k in range(len(gram))]
    return _solved([[Fraction(int(v)) for v in row] for row in gram], unit)[place]


def _solved(matrix: list[list[Fraction]], right: list[Fraction]) -> list[Fraction]:
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for k in range(len(rows)):
        pivot = next((r for r in range(k, len(rows)) if rows[r][k]), None)
        if pivot is None:
            raise NotTestable(Reason.NO_VARIANCE)
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [value / rows[k][k] for value in rows[k]]
        for r, row in enumerate(rows):
            if r != k and row[k]:
                rows[r] = [value - row[k] * top for value, top in zip(row, rows[k], strict=True)]
    return [row[-1] for row in rows]


def robust(gram: FloatArray, score: FloatArray, contrast: FloatArray) -> Robust:
    """CR2 variance of `contrast` @ β, and df: Satterthwaite's for one contrast, Hotelling's (HTZ) for several.

    gram: A_c, shape (…, clusters, p, p). score: s_c, shape (…, clusters, p). contrast: shape (q, p).
    """
    unit = 1 / np.sqrt(np.diagonal(gram.sum(axis=-3), axis1=-2, axis2=-1))  # columns of equal length, for accuracy
    gram = gram * unit[..., np.newaxis, :, np.newaxis] * unit[..., np.newaxis, np.newaxis, :]
    score = score * unit[..., np.newaxis, :]
    root = np.linalg.inv(np.linalg.cholesky(gram.sum(axis=-3)))  # L' of M = L L'
    whitened = (contrast * unit[..., np.newaxis, :]) @ _t(root)
    root = root[..., np.newaxis, :, :]
    leverage, directions = np.linalg.eigh(root @ gram @ _t(root))
    room = 1 - leverage
    alone = room < ALONE
    adjust = np.where(alone, 0.0, 1 / np.sqrt(np.where(alone, 1.0, room)))
    along = whitened[..., np.newaxis, :, :] @ directions * adjust[..., np.newaxis, :]  # (…, clusters, q, p)
    in_directions = _t(directions) @ (root @ score[..., np.newaxis])
    moved = (along @ in_directions)[..., 0]  # M X_c' B_c e_c, seen along the contrasts
    variance = np.einsum("...cs,...ct->...st", moved, moved)
    df = _df(along, leverage, along * leverage[..., np.newaxis, :] @ _t(directions))
    return Robust(variance, df, np.asarray(alone.any(axis=(-2, -1))))


def _df(along: FloatArray, leverage: FloatArray, h: FloatArray) -> FloatArray:
    """q (q + 1) over the sum of the total variances of the entries of the standardised variance estimate."""
    g = along * leverage[..., np.newaxis, :] @ _t(along)  # (…, clusters, q, q)
    standard = _inverse_root((g - h @ _t(h)).sum(axis=-3))[..., np.newaxis, :, :]
    g, h = standard @ g @ standard, standard @ h
    q, p = h.shape[-2:]
    hh = h @ _t(h)
    flat = h.reshape(*h.shape[:-2], q * p)
    crossed = (_t(flat) @ flat).reshape(*flat.shape[:-2], q, p, q, p)
    crossed = np.swapaxes(crossed, -3, -2)  # Σ_c h_sc h_tc', shape (…, q, q, p, p)
    same = g * g - 2 * g * hh
    g_ss, hh_ss = (np.diagonal(matrix, axis1=-2, axis2=-1) for matrix in (g, hh))
    outer = np.einsum("...cs,...ct->...st", g_ss, g_ss) - np.einsum("...cs,...ct->...st", g_ss, hh_ss)
    outer = outer - np.einsum("...cs,...ct->...st", hh_ss, g_ss)
    total = (
        same.sum(axis=-3) + outer + (crossed * crossed).sum(axis=(-2, -1)) + (crossed * _t(crossed)).sum(axis=(-2, -1))
    )
    with np.errstate(divide="ignore"):  # where all rests on one cluster
        df: FloatArray = q * (q + 1) / total.sum(axis=(-2, -1))
    return df


def _inverse_root(matrix: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(matrix)
    positive = values > ALONE * values[..., -1:]
    powers = np.where(positive, 1 / np.sqrt(np.where(positive, values, 1.0)), 0.0)
    root: FloatArray = (vectors * powers[..., np.newaxis, :]) @ _t(vectors)
    return root


def _t(matrix: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.swapaxes(matrix, -2, -1)
