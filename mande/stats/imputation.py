"""Multiple imputation: the only statistics that need rows, because other answers tell about those missing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mande.errors import NotTestable, Reason
from mande.stats._distributions import t_quantile, t_two_sided
from mande.stats.counts import Estimate

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Imputed", "combine_imputations", "impute_change"]

FloatArray = npt.NDArray[np.float64]

FEWEST_COMPLETE = 10  # people with both scores, below which nothing is imputed
DONORS = 5
RIDGE = 1e-5


@dataclass(frozen=True, slots=True)
class Imputed:
    """A figure combined over imputations, with Barnard-Rubin df, and the share of its variance due to gaps."""

    estimate: Estimate
    df: float
    p: float
    missing_share: float
    imputations: int


def combine_imputations(
    values: Sequence[float], variances: Sequence[float], *, complete_df: float, confidence: float = 0.95
) -> Imputed:
    """Rubin's rules: one figure from its values in m completed data sets.

    values, variances: the figure and its squared standard error in each, m of them. complete_df: degrees of freedom
    that it would have had without anything missing. With within variance W, between variance B and T = W + (1 + 1/m)B,
    the interval is mean ± t(df)√T; `missing_share` is λ = (1 + 1/m)B / T; df is Barnard and Rubin's. Raises
    NotTestable: TOO_FEW (fewer than two imputations), NO_VARIANCE (W is zero).
    Rubin (1987), doi:10.1002/9780470316696; Barnard & Rubin (1999), doi:10.1093/biomet/86.4.948.
    Agrees with R `mice::pool.scalar`: tests/reference/missing.R.

    >>> found = combine_imputations([0.5, 0.6, 0.4], [0.01, 0.012, 0.011], complete_df=40)
    >>> round(found.estimate.low, 4), round(found.estimate.high, 4), round(found.df, 3)
    (0.0941, 0.9059, 4.805)
    """
    m = len(values)
    if m < 2:
        raise NotTestable(Reason.TOO_FEW)
    value, within = float(np.mean(values)), float(np.mean(variances))
    between = (1 + 1 / m) * float(np.var(values, ddof=1))
    total = within + between
    if not within > 0:
        raise NotTestable(Reason.NO_VARIANCE)
    share = between / total
    seen_df = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - share)
    df = (m - 1) * seen_df / ((m - 1) + share**2 * seen_df)  # 1/df = 1/old + 1/seen, old = (m − 1)/λ²
    half_width = t_quantile(confidence, df) * math.sqrt(total)
    estimate = Estimate(value, value - half_width, value + half_width, confidence)
    return Imputed(estimate, df, t_two_sided(value / math.sqrt(total), df), share, m)


def impute_change(
    frame: pd.DataFrame,
    *,
    earlier: str,
    later: str,
    seed: int,
    imputations: int = 20,
    rounds: int = 10,
    confidence: float = 0.95,
) -> Imputed:
    """Mean change over everybody, missing scores imputed by chained equations from the other columns.

    frame: one row a person, numbers only, NaN where missing: both scores in points, and whatever tells about them or
    about leaving (age, sex as 0/1, other constructs).
    In each of the `imputations`, gaps start as random values of their column; then, for `rounds` rounds, each column
    with gaps is regressed on all others, coefficients and variance are drawn from their posterior, and each gap takes
    the value of one of the five people whose prediction is nearest to its own (predictive mean matching, type 1): a
    value that somebody has.
    People with no value at all are not imputed. Right if, given the columns, leaving has nothing to do with the missing
    score; where that is doubtful, see `missing.under_alternative`. Clusters are ignored: not to be used where schools
    differ much.
    Why not `statsmodels.imputation.mice`: its matching uses the same drawn coefficients for both sides, so imputations
    differ too little (between-variance two fifths of that of R `mice`, in the data of missing.R; decision 011).
    Raises NotTestable: TOO_FEW (fewer than ten people with both scores, or with a value in some column), NO_VARIANCE (a
    score does not vary). ValueError if a column is absent, not numeric or infinite.
    van Buuren & Groothuis-Oudshoorn (2011), doi:10.18637/jss.v045.i03; Rubin (1987), doi:10.1002/9780470316696; Little
    (1988), doi:10.1080/07350015.1988.10509663.
    Near to R `mice(method="pmm")`, whose draws differ: tests/reference/missing.R.
    """
    rows = _checked_rows(frame, earlier, later)
    values = rows.to_numpy()
    first, second = ([*rows.columns].index(name) for name in (earlier, later))
    generator = np.random.default_rng(seed)
    completed = (_completed(values, rounds, generator) for _ in range(imputations))
    changes = [filled[:, second] - filled[:, first] for filled in completed]
    return combine_imputations(
        [float(change.mean()) for change in changes],
        [float(change.var(ddof=1)) / change.size for change in changes],
        complete_df=len(values) - 1,
        confidence=confidence,
    )


def _checked_rows(frame: pd.DataFrame, earlier: str, later: str) -> pd.DataFrame:
    absent = {earlier, later} - {*frame.columns}
    if absent:
        raise ValueError(f"no column {', '.join(sorted(absent))}")
    rows = frame.dropna(how="all").astype("float64")
    if np.isinf(rows.to_numpy()).any():
        raise ValueError("a value is infinite")
    if min(len(rows[[earlier, later]].dropna()), rows.notna().sum().min()) < FEWEST_COMPLETE:
        raise NotTestable(Reason.TOO_FEW)
    varied = rows.max() > rows.min()
    if not varied[[earlier, later]].all():
        raise NotTestable(Reason.NO_VARIANCE)
    return rows.loc[:, varied]


def _completed(values: FloatArray, rounds: int, generator: np.random.Generator) -> FloatArray:
    """The rows with every gap filled, shape as given; columns with fewer gaps first."""
    gaps = np.isnan(values)
    columns = [column for column in np.argsort(gaps.sum(axis=0), kind="stable") if gaps[:, column].any()]
    filled = values.copy()
    for column in columns:
        seen = values[~gaps[:, column], column]
        filled[gaps[:, column], column] = generator.choice(seen, gaps[:, column].sum())
    for _ in range(rounds if columns else 0):
        for column in columns:
            others = np.column_stack([np.ones(len(values)), np.delete(filled, column, axis=1)])
            missing = gaps[:, column]
            filled[missing, column] = _matched(others[~missing], values[~missing, column], others[missing], generator)
    return filled


def _matched(known: FloatArray, seen: FloatArray, wanted: FloatArray, generator: np.random.Generator) -> FloatArray:
    """A seen value for each row of `wanted`: of one of the people whose prediction is nearest."""
    fitted, drawn = _coefficients(known, seen, generator)
    shuffled = generator.permutation(seen.size)  # so that no one of equals is preferred
    predicted = (known @ fitted)[shuffled]
    order = np.argsort(predicted, kind="stable")
    predicted, donors = predicted[order], seen[shuffled][order]
    target = wanted @ drawn
    width = min(2 * DONORS, seen.size)
    start = np.clip(np.searchsorted(predicted, target) - DONORS, 0, seen.size - width)
    window = start[:, np.newaxis] + np.arange(width)
    nearest = np.argsort(np.abs(predicted[window] - target[:, np.newaxis]), axis=1, kind="stable")
    chosen = nearest[np.arange(target.size), generator.integers(0, DONORS, target.size)]
    found: FloatArray = donors[window[np.arange(target.size), chosen]]
    return found


def _coefficients(known: FloatArray, seen: FloatArray, generator: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Least-squares coefficients, and a draw from their posterior; a slight ridge lets columns determine each other."""
    products = known.T @ known
    inverse = np.linalg.inv(products + RIDGE * np.diag(np.diag(products)))
    fitted: FloatArray = inverse @ (known.T @ seen)
    residual = float(((seen - known @ fitted) ** 2).sum())
    sigma = math.sqrt(residual / generator.chisquare(max(1, seen.size - known.shape[1])))
    drawn: FloatArray = fitted + sigma * np.linalg.cholesky((inverse + inverse.T) / 2) @ generator.normal(
        size=fitted.size
    )
    return fitted, drawn
