"""People by two groupings at once. Never shown: it says what can be had by subtracting one table from another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mande.stats.counts import IntArray, cells_of

__all__ = ["Crossing"]


@dataclass(frozen=True, slots=True, eq=False)
class Crossing:
    """How many people have which two labels; it adds up.

    rows, columns: labels of the one grouping and of the other, sorted. row, column: of each cell in which anybody is,
    their positions, shape (m,), sorted. people: in each cell, shape (m,).
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    row: IntArray
    column: IntArray
    people: IntArray

    @classmethod
    def of(cls, cells: Mapping[tuple[str, str], int]) -> Crossing:
        """From people by their two labels.

        >>> girls_and_boys = Crossing.of({("A", "girl"): 20, ("A", "boy"): 2, ("B", "boy"): 30})
        >>> girls_and_boys.columns, list(girls_and_boys)
        (('boy', 'girl'), [('A', 'boy', 2), ('A', 'girl', 20), ('B', 'boy', 30)])
        """
        rows, columns = ([cell[side] for cell in cells] for side in (0, 1))
        return _relabelled(rows, columns, np.arange(len(rows)), np.arange(len(rows)), np.array([*cells.values()], int))

    @classmethod
    def of_people(cls, rows: Sequence[str], columns: Sequence[str], row: IntArray, column: IntArray) -> Crossing:
        """From the positions of each person's labels, shape (n,), among labels that are sorted."""
        return _merged(rows, columns, row, column, None)

    def __iter__(self) -> Iterator[tuple[str, str, int]]:
        for i, j, people in zip(self.row.tolist(), self.column.tolist(), self.people.tolist(), strict=True):
            yield self.rows[i], self.columns[j], people

    def turned(self) -> Crossing:
        """The same people with the groupings exchanged."""
        order = np.lexsort((self.row, self.column))
        return Crossing(self.columns, self.rows, self.column[order], self.row[order], self.people[order])

    def renamed(self, rows: Mapping[str, str], columns: Mapping[str, str]) -> Crossing:
        """The same people under other labels; a label that is not named keeps its own."""
        one, other = [rows.get(name, name) for name in self.rows], [columns.get(name, name) for name in self.columns]
        return _relabelled(one, other, self.row, self.column, self.people)

    def __add__(self, other: object) -> Crossing:
        if not isinstance(other, Crossing):
            return NotImplemented
        people = np.concatenate([self.people, other.people])
        if (self.rows, self.columns) == (other.rows, other.columns):
            row, column = np.concatenate([self.row, other.row]), np.concatenate([self.column, other.column])
            return _merged(self.rows, self.columns, row, column, people)
        row = np.concatenate([self.row, other.row + len(self.rows)])
        column = np.concatenate([self.column, other.column + len(self.columns)])
        return _relabelled((*self.rows, *other.rows), (*self.columns, *other.columns), row, column, people)


def _relabelled(
    rows: Sequence[str], columns: Sequence[str], row: IntArray, column: IntArray, people: IntArray
) -> Crossing:
    """Cells whose labels are neither sorted nor different."""
    (one, of_row), (other, of_column) = _numbered(rows), _numbered(columns)
    return _merged(one, other, of_row[row], of_column[column], people)


def _merged(
    rows: Sequence[str], columns: Sequence[str], row: IntArray, column: IntArray, people: IntArray | None
) -> Crossing:
    """Cells that come repeated and in any order. people: of each, one by default."""
    cells, sums = cells_of([row, column], people)
    return Crossing(tuple(rows), tuple(columns), cells[:, 0], cells[:, 1], sums)


def _numbered(labels: Sequence[str]) -> tuple[tuple[str, ...], IntArray]:
    """The distinct labels, sorted, and where each of those given stands among them."""
    known = tuple(sorted({*labels}))
    number = {name: i for i, name in enumerate(known)}
    return known, np.array([number[name] for name in labels], dtype=np.int64)
