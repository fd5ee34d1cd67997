"""What every paired statistic reads: how many people gave which pair of scores.

A score is an integer. A construct scored as the mean of k items is kept on the common denominator L = lcm(1..k): the
integer is the mean times L, so that two people with the same change tie exactly, which floating means do not. Functions
that report points take `steps_per_point` = L (1 for sum scores) and divide once, at the end, from exact integers.

A table of counts adds up: chunks of a file, schools and countries merge without a shared row, and no figure depends on
the order of rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mande.errors import NotTestable, Reason

__all__ = ["ChangeCounts", "Estimate", "IntArray", "PairCounts"]

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval. `confidence` is the share of samples whose interval holds the true value (0.95)."""

    value: float
    low: float
    high: float
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class PairCounts:
    """People counted by earlier and later score.

    earlier, later: integer scores, shape (m,). count: people at each cell, shape (m,), not negative.
    Cells may come repeated and in any order; they are kept merged and sorted, empty ones dropped, and cannot be
    written to. Only people with both scores belong here. Raises ValueError for other shapes, fractions, or negative
    counts.

    >>> pairs = PairCounts.of(earlier=[12, 14, 12], later=[14, 14, 14])
    >>> pairs.earlier, pairs.later, pairs.count
    (array([12, 14]), array([14, 14]), array([2, 1]))
    >>> (pairs + pairs.swapped()).n
    6
    """

    earlier: IntArray
    later: IntArray
    count: IntArray

    def __post_init__(self) -> None:
        cells, count = _merged(np.column_stack([_whole(self.earlier), _whole(self.later)]), _whole(self.count))
        _keep(self, earlier=cells[:, 0], later=cells[:, 1], count=count)

    @classmethod
    def of(cls, earlier: npt.ArrayLike, later: npt.ArrayLike) -> PairCounts:
        """Count people from their integer scores at the two waves, one entry a person, shape (n,)."""
        x, y = _whole(earlier), _whole(later)
        if x.shape != y.shape:
            raise ValueError(f"{len(x)} earlier scores but {len(y)} later ones")
        cells, count = cells_of([x, y])
        return cls(cells[:, 0], cells[:, 1], count)

    @property
    def n(self) -> int:
        """People."""
        return int(self.count.sum())

    def swapped(self) -> PairCounts:
        """The same people with the waves exchanged."""
        return PairCounts(self.later, self.earlier, self.count)

    def changes(self) -> ChangeCounts:
        """People counted by later minus earlier."""
        return ChangeCounts(self.later - self.earlier, self.count)

    def without_earlier(self, score: int) -> PairCounts:
        """The people whose earlier score was another one: those who could still improve, if `score` is the best."""
        other = self.earlier != score
        return PairCounts(self.earlier[other], self.later[other], self.count[other])

    def __add__(self, other: PairCounts) -> PairCounts:
        both = [(self.earlier, other.earlier), (self.later, other.later), (self.count, other.count)]
        return PairCounts(*(np.concatenate(pair) for pair in both))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PairCounts):
            return NotImplemented
        return (
            np.array_equal(self.earlier, other.earlier)
            and np.array_equal(self.later, other.later)
            and np.array_equal(self.count, other.count)
        )

    __hash__ = None  # type: ignore[assignment]  # holds arrays


@dataclass(frozen=True, slots=True, eq=False)
class ChangeCounts:
    """People counted by change (later minus earlier), merged, sorted, without empty cells.

    change: integers, shape (m,). count: people at each, shape (m,), not negative.
    Raises ValueError as `PairCounts` does.

    >>> changes = ChangeCounts(np.array([2, -1, 2]), np.array([1, 3, 4]))
    >>> changes.change, changes.count, changes.n
    (array([-1,  2]), array([3, 5]), 8)
    """

    change: IntArray
    count: IntArray

    def __post_init__(self) -> None:
        cells, count = _merged(_whole(self.change)[:, np.newaxis], _whole(self.count))
        _keep(self, change=cells[:, 0], count=count)

    @classmethod
    def of(cls, change: npt.ArrayLike) -> ChangeCounts:
        """Count people from their integer changes, one entry a person, shape (n,)."""
        values = _whole(change)
        return cls(values, np.ones_like(values))

    @property
    def n(self) -> int:
        """People."""
        return int(self.count.sum())

    def __add__(self, other: ChangeCounts) -> ChangeCounts:
        return ChangeCounts(np.concatenate([self.change, other.change]), np.concatenate([self.count, other.count]))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ChangeCounts):
            return NotImplemented
        return np.array_equal(self.change, other.change) and np.array_equal(self.count, other.count)

    __hash__ = None  # type: ignore[assignment]  # holds arrays


def exact_dot(left: IntArray, right: IntArray) -> int:
    """Sum of products in Python integers, which do not overflow."""
    return int(np.dot(left.astype(object), right.astype(object)))


def require_change(changes: ChangeCounts) -> None:
    """Raise NotTestable unless somebody answered and somebody changed."""
    if changes.n == 0:
        raise NotTestable(Reason.NO_DATA)
    if not changes.change.any():
        raise NotTestable(Reason.NO_CHANGE)


def require_varied_change(changes: ChangeCounts) -> None:
    """Raise NotTestable unless two people or more changed by different amounts."""
    if changes.n == 1:
        raise NotTestable(Reason.TOO_FEW)
    require_change(changes)
    if changes.change.size == 1:
        raise NotTestable(Reason.ALL_EQUAL)


def _whole(values: npt.ArrayLike) -> IntArray:
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"expected one dimension, got shape {array.shape}")
    if array.size and not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"scores and counts are integers, got {array.dtype}")
    return array.astype(np.int64)


def _merged(cells: IntArray, count: IntArray) -> tuple[IntArray, IntArray]:
    if count.shape != cells.shape[:1]:
        raise ValueError(f"{len(cells)} cells but {len(count)} counts")
    if (count < 0).any():
        raise ValueError("a count of people is negative")
    occupied = count > 0
    if not occupied.all():
        cells, count = cells[occupied], count[occupied]
    return cells_of(list(cells.T), count)


def cells_of(columns: Sequence[IntArray], count: IntArray | None = None) -> tuple[IntArray, IntArray]:
    """The distinct cells, sorted, shape (m, columns), and the people at each. count: people of each entry, or one."""
    low, width = _extent(columns)
    size, places = math.prod(width), None
    if not 0 < size < 2**63:
        return _sorted_sums(np.column_stack(columns), count)
    place = columns[0] - low[0]
    for column, least, values in zip(columns[1:], low[1:], width[1:], strict=True):
        place = place * values + (column - least)
    if size > max(_SMALL_TABLE, 4 * len(place)):
        places, place = np.unique(place, return_inverse=True)
        size = places.size
    return _from_table(counted(place, count, size), places, low, width)


def counted(place: IntArray, count: IntArray | None, size: int) -> IntArray:
    """People at each of `size` places: those of `count`, or one an entry. Exact: doubles hold integers to 2⁵³."""
    if count is None:
        return np.bincount(place, minlength=size)
    if int(count.sum()) < 2**53:
        return np.bincount(place, weights=count, minlength=size).astype(np.int64)
    total = np.zeros(size, dtype=np.int64)
    np.add.at(total, place, count)
    return total


_SMALL_TABLE = 1 << 16
"""Cells of a table that may be laid out whole, though most are empty; quicker than sorting."""


def _extent(columns: Sequence[IntArray]) -> tuple[list[int], list[int]]:
    """Lowest value of each column, and how many values lie from it to the highest."""
    if not len(columns[0]):
        return [0] * len(columns), [0] * len(columns)
    low = [int(column.min()) for column in columns]
    return low, [int(column.max()) - least + 1 for column, least in zip(columns, low, strict=True)]


def _from_table(
    table: IntArray, places: IntArray | None, low: list[int], width: list[int]
) -> tuple[IntArray, IntArray]:
    """places: of the entries of the table among all cells; by default it is all cells, laid out."""
    occupied = np.flatnonzero(table)
    at = np.unravel_index(occupied if places is None else places[occupied], width)
    columns = [own + least for own, least in zip(at, low, strict=True)]
    return np.column_stack(columns).astype(np.int64), table[occupied]


def _sorted_sums(cells: IntArray, count: IntArray | None) -> tuple[IntArray, IntArray]:
    distinct, place = np.unique(cells, axis=0, return_inverse=True)
    total = np.zeros(len(distinct), dtype=np.int64)
    np.add.at(total, place.reshape(-1), 1 if count is None else count)
    return distinct, total


def _keep(frozen: object, **arrays: npt.NDArray[Any]) -> None:
    for name, array in arrays.items():
        kept = np.ascontiguousarray(array)
        kept.setflags(write=False)
        object.__setattr__(frozen, name, kept)
