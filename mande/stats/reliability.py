"""Whether the items of a construct measure one thing, and how large one person's change must be to be more than noise.

Everything but the reliable change is computed from sums over complete cases: people who answered every item of the
construct at that wave. Items come keyed: a reversed item is already turned round.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from mande.errors import NotTestable, Reason
from mande.stats._distributions import checked_confidence, f_quantile
from mande.stats.counts import ChangeCounts, Estimate, IntArray
from mande.stats.shares import Better, Directions, direction_shares

__all__ = [
    "ItemSums",
    "Omega",
    "alpha_if_deleted",
    "cronbach_alpha",
    "item_rest_correlations",
    "omega_total",
    "reliable_change",
    "reliable_change_index",
    "standard_error_of_measurement",
]

FloatArray = npt.NDArray[np.float64]

LARGEST_COMMUNALITY = 0.995  # an item cannot be all factor; the bound of psych::fa


@dataclass(frozen=True, slots=True, eq=False)
class ItemSums:
    """Sums over the n complete cases of k items: of answers, shape (k,), and of products of two answers, shape (k, k).

    Integers, and they add up over parts of a file. Raises ValueError for other shapes or fractions.

    >>> first, second = ItemSums.of([[1, 2], [3, 4]]), ItemSums.of([[5, 5]])
    >>> (first + second).n, (first + second).sums, (first + second).products
    (3, array([ 9, 11]), array([[35, 39],
           [39, 45]]))
    """

    n: int
    sums: IntArray
    products: IntArray

    def __post_init__(self) -> None:
        sums, products = np.array(self.sums), np.array(self.products)
        if sums.ndim != 1 or products.shape != (sums.size, sums.size) or (products != products.T).any():
            raise ValueError(f"sums of shape {sums.shape} with products of shape {products.shape}, or not symmetric")
        for name, array in (("sums", sums), ("products", products)):
            if array.size and not np.issubdtype(array.dtype, np.integer):
                raise ValueError(f"answers are integers, got {array.dtype}")
            kept = array.astype(np.int64)
            kept.setflags(write=False)
            object.__setattr__(self, name, kept)

    @classmethod
    def of(cls, answers: npt.ArrayLike) -> ItemSums:
        """Sum the integer answers of complete cases, shape (n, k)."""
        rows = np.asarray(answers)
        if rows.size and not np.issubdtype(rows.dtype, np.integer):
            raise ValueError(f"answers are integers, got {rows.dtype}")
        return cls.of_columns(list(rows.T))

    @classmethod
    def of_columns(
        cls, answers: Sequence[npt.NDArray[np.integer]], people: npt.NDArray[np.bool_] | None = None
    ) -> ItemSums:
        """As `of`, from one array an item, shape (n,) each. Quicker for many people. people: who counts, shape (n,)."""
        k, n = len(answers), len(answers[0]) if answers else 0
        rows = np.ones((k + 1, n), dtype=np.int64 if _are_wide(answers) else np.float32)
        for row, column in zip(rows, answers, strict=False):
            row[:] = column
        if people is not None:
            rows *= people
        products = _exact_products(rows)
        return cls(int(products[k, k]), products[k, :k], products[:k, :k])

    @property
    def items(self) -> int:
        """Items, k."""
        return int(self.sums.size)

    def without(self, item: int) -> ItemSums:
        """The same people without the item at that place."""
        kept = np.arange(self.items) != item
        return ItemSums(self.n, self.sums[kept], self.products[np.ix_(kept, kept)])

    def spread(self) -> npt.NDArray[np.object_]:
        """Covariances times n (n - 1), shape (k, k), exact Python integers."""
        sums = self.sums.astype(object)
        spread: npt.NDArray[np.object_] = self.n * self.products.astype(object) - np.outer(sums, sums)
        return spread

    def __add__(self, other: ItemSums) -> ItemSums:
        if self.items != other.items:
            raise ValueError(f"{self.items} items and {other.items} items do not add up")
        return ItemSums(self.n + other.n, self.sums + other.sums, self.products + other.products)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ItemSums):
            return NotImplemented
        same_sums = self.n == other.n and np.array_equal(self.sums, other.sums)
        return same_sums and np.array_equal(self.products, other.products)

    __hash__ = None  # type: ignore[assignment]  # holds arrays


def _exact_products(rows: npt.NDArray[np.integer | np.floating]) -> IntArray:
    """`rows @ rows.T` of integers, by BLAS where it adds them without a loss, which the sums of squares tell.

    They only grow: one that comes out below the integer up to which all are held exactly was below it all the time. So
    was every sum of products, since no part of one exceeds the larger of its two sums of squares.
    """
    for floats, exact in ((np.float32, 2**24), (np.float64, 2**53)):
        own = rows.astype(floats, copy=False)
        products: FloatArray = np.dot(own, own.T)  # unlike @, it lets other threads work meanwhile
        if products.diagonal().max(initial=0) < exact:
            return products.astype(np.int64)
    whole: IntArray = rows.astype(np.int64)
    return whole @ whole.T


def _are_wide(answers: Sequence[npt.NDArray[np.integer]]) -> bool:
    """Whether single precision could not hold every answer."""
    return any(column.dtype.itemsize > 2 for column in answers)


@dataclass(frozen=True, slots=True)
class Omega:
    """McDonald's omega total of a one-factor model, and the item loadings it rests on."""

    value: float
    loadings: tuple[float, ...]


def cronbach_alpha(items: ItemSums, *, confidence: float = 0.95) -> Estimate:
    """Cronbach's raw alpha with Feldt's interval, of the complete cases in `items` (`items.n` of them).

    alpha = k / (k − 1) · (1 − Σ item variances / variance of the sum), from exact integers. The interval assumes normal
    answers and items that measure equally well; it is 1 − (1 − alpha) F with n − 1 and (n − 1)(k − 1) df.
    An item that all answered alike stays in (`psych::alpha` and SPSS drop it). Alpha may be negative.
    Raises NotTestable: TOO_FEW_ITEMS (fewer than two), NO_COMPLETE_CASES, TOO_FEW (one person), NO_VARIANCE (the sum
    is the same for all).
    Cronbach (1951), doi:10.1007/BF02310555; Feldt (1965), doi:10.1007/BF02289499.
    Agrees with R `psych::alpha(na.omit(x))` and its `feldt`: tests/reference/reliability.R.

    >>> estimate = cronbach_alpha(ItemSums.of([[1, 2], [2, 2], [3, 4], [5, 4]]))
    >>> round(estimate.value, 4), round(estimate.low, 4), round(estimate.high, 4)
    (0.8791, -0.8663, 0.9922)
    """
    value = _alpha(items)
    df = items.n - 1
    outside = (1 - checked_confidence(confidence)) / 2
    low, high = (1 - (1 - value) * f_quantile(p, df, df * (items.items - 1)) for p in (1 - outside, outside))
    return Estimate(value, low, high, confidence)


def alpha_if_deleted(items: ItemSums) -> list[float | None]:
    """Cronbach's alpha of the other items, for each item in turn; None where the others' sum does not vary.

    Raises NotTestable as `cronbach_alpha` does, and TOO_FEW_ITEMS below three items.
    Agrees with R `psych::alpha(x)$alpha.drop`: tests/reference/reliability.R.
    """
    if items.items < 3:
        raise NotTestable(Reason.TOO_FEW_ITEMS)
    _alpha(items)  # raises for people
    return [_value_or_none(items.without(item)) for item in range(items.items)]


def item_rest_correlations(items: ItemSums) -> list[float | None]:
    """Pearson's r of each item with the sum of the others; None for an item that all answered alike.

    Raises NotTestable as `cronbach_alpha` does.
    Agrees with R `psych::alpha(x)$item.stats$r.drop`: tests/reference/reliability.R.
    """
    _alpha(items)  # raises
    return [_item_rest(items.spread(), item) for item in range(items.items)]


def omega_total(items: ItemSums) -> Omega:
    """McDonald's omega total, of one factor fitted to the item correlations by least squares (minres).

    omega = (Σλ)² / ((Σλ)² + Σ(1 − λ²)), λ the loadings, which minimise the squared residual correlations off the
    diagonal. A communality stays within 0.995; where that binds, `psych::fa` may give a
    loading above 1. Unlike with alpha, items may measure unequally well. Complete cases.
    Raises NotTestable as `cronbach_alpha` does, TOO_FEW_ITEMS below three items (the model is not determined), and
    NO_VARIANCE if an item has one value only.
    McDonald (1999), Test Theory; Harman & Jones (1966), doi:10.1007/BF02289468.
    Agrees with the minimum found in R to 1e-9, and with R `psych::fa(nfactors=1)`, which stops iterating earlier, to
    1e-5: tests/reference/reliability.R.
    """
    if items.items < 3:
        raise NotTestable(Reason.TOO_FEW_ITEMS)
    _alpha(items)  # raises for people
    loadings = _minres(_correlations(items))
    common = loadings.sum() ** 2
    return Omega(float(common / (common + (1 - loadings**2).sum())), tuple(loadings.tolist()))


def standard_error_of_measurement(sd: float, reliability: float) -> float:
    """Typical error of one person's score, sd · √(1 − reliability), in the points of `sd`.

    sd, reliability: of the baseline (or then) scores. A negative alpha counts as no reliability, 0.
    Raises ValueError if sd is negative or reliability above 1.

    >>> round(standard_error_of_measurement(0.8, 0.75), 4)
    0.4
    """
    if sd < 0 or reliability > 1:
        raise ValueError(f"sd {sd} with reliability {reliability}")
    return sd * math.sqrt(1 - max(0.0, reliability))


def reliable_change_index(sd: float, reliability: float, *, z: float = 1.96) -> float:
    """The change, in points, beyond which one person's change is more than measurement error: z · √2 · SEM.

    Arguments as for `standard_error_of_measurement`. With z = 1.96, 5 % of people who did not change lie beyond it.
    Jacobson & Truax (1991), doi:10.1037/0022-006X.59.1.12.

    >>> round(reliable_change_index(0.8, 0.75), 4)
    1.1087
    """
    return z * math.sqrt(2) * standard_error_of_measurement(sd, reliability)


def reliable_change(changes: ChangeCounts, threshold: float, better: Better, *, steps_per_point: int = 1) -> Directions:
    """People who reliably improved, did not change reliably, and got reliably worse.

    changes: people by integer change. threshold: points, of `reliable_change_index`; a change must exceed it.

    >>> reliable_change(ChangeCounts.of([3, 1, 0, -2]), threshold=1.1, better="higher")
    Directions(improved=1, same=2, worse=1)
    """
    if not threshold >= 0:
        raise ValueError(f"a threshold is not negative: {threshold}")
    direction = np.where(np.abs(changes.change) / steps_per_point > threshold, np.sign(changes.change), 0)
    return direction_shares(ChangeCounts(direction, changes.count), better)


def _alpha(items: ItemSums) -> float:
    if items.items < 2:
        raise NotTestable(Reason.TOO_FEW_ITEMS)
    if items.n < 2:
        raise NotTestable(Reason.TOO_FEW if items.n else Reason.NO_COMPLETE_CASES)
    spread = items.spread()
    of_sum = int(spread.sum())
    if of_sum == 0:
        raise NotTestable(Reason.NO_VARIANCE)
    return float(Fraction(items.items, items.items - 1) * (1 - Fraction(int(np.trace(spread)), of_sum)))


def _value_or_none(items: ItemSums) -> float | None:
    try:
        return _alpha(items)
    except NotTestable:
        return None


def _item_rest(spread: npt.NDArray[np.object_], item: int) -> float | None:
    own, with_all = int(spread[item, item]), int(spread[item].sum())
    shared = with_all - own
    of_rest = int(spread.sum()) - 2 * with_all + own
    if own == 0 or of_rest == 0:
        return None
    return math.copysign(math.sqrt(Fraction(shared**2, own * of_rest)), shared)


def _correlations(items: ItemSums) -> FloatArray:
    spread = items.spread().astype(np.float64)
    if (np.diag(spread) == 0).any():
        raise NotTestable(Reason.NO_VARIANCE)
    scale = np.sqrt(np.diag(spread))
    correlations: FloatArray = spread / np.outer(scale, scale)
    return correlations


def _minres(correlations: FloatArray) -> FloatArray:
    """One-factor loadings that leave the smallest squared residuals off the diagonal, signed so that they sum above 0.

    One loading at a time is set to its best value given the others (a regression on them), which cannot get worse.
    """
    values, vectors = np.linalg.eigh(correlations)
    bound = math.sqrt(LARGEST_COMMUNALITY)
    loadings: FloatArray = np.clip(vectors[:, -1] * math.sqrt(values[-1] / 2), -bound, bound)
    for _ in range(20_000):
        before = loadings.copy()
        for item in range(loadings.size):
            own = loadings[item]
            others = loadings @ loadings - own * own
            shared = correlations[item] @ loadings - own
            loadings[item] = np.clip(shared / others, -bound, bound) if others > 0 else 0.0
        if np.abs(loadings - before).max() < 1e-13:
            break
    return loadings if loadings.sum() >= 0 else -loadings
