"""Counts of few children are withheld, and with them what would give them away by adding and subtracting."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

import numpy as np

__all__ = ["Line", "hidden_cells"]

Cell = TypeVar("Cell", bound=Hashable)

NEGLIGIBLE = 1e-7
"""A cell that moves less than this does not move: free ones move by about one over the cells they depend on."""


class Line(NamedTuple, Generic[Cell]):
    """A published total and the published parts that add up to it."""

    total: Cell
    parts: tuple[Cell, ...]


def hidden_cells(values: Mapping[Cell, int], lines: Sequence[Line[Cell]], smallest: int) -> set[Cell]:
    """The cells to withhold: those of 1 to `smallest` − 1, and as many others as keep them from being found.

    In every line the hidden parts are none, or at least two that hold `smallest` together, or the total is hidden too;
    and no hidden cell is fixed by all lines taken together (it is free in the null space of their equations).

    >>> table = {"all": 40, "A": 3, "B": 30, "C": 7}
    >>> sorted(hidden_cells(table, [Line("all", ("A", "B", "C"))], smallest=5))
    ['A', 'C']
    """
    hidden = {cell for cell, value in values.items() if 0 < value < smallest}
    touched = True
    while touched:
        before = len(hidden)
        for line in lines:
            while (more := _needed(line, values, hidden, smallest)) is not None:
                hidden.add(more)
        if len(hidden) == before:
            hidden.update(_beside(_found_by_algebra(lines, hidden), values, lines, hidden))
        touched = len(hidden) > before
    return hidden


def _needed(line: Line[Cell], values: Mapping[Cell, int], hidden: set[Cell], smallest: int) -> Cell | None:
    """One more cell of the line that must be hidden, or None."""
    inside = [cell for cell in line.parts if cell in hidden]
    if line.total in hidden:
        enough = bool(inside)
    else:
        enough = not inside or (len(inside) > 1 and sum(values[cell] for cell in inside) >= smallest)
    if enough:
        return None
    shown = [cell for cell in line.parts if cell not in hidden]
    return _smallest(shown, values) if shown else line.total


def _smallest(cells: Sequence[Cell], values: Mapping[Cell, int]) -> Cell:
    """Of the cells that hold somebody the smallest; the first of equal ones."""
    return min(cells, key=lambda cell: (values[cell] == 0, values[cell]))


def _found_by_algebra(lines: Sequence[Line[Cell]], hidden: set[Cell]) -> list[Cell]:
    """Hidden cells that the equations of all lines determine.

    A chance direction, projected on those that change no published number, moves every cell that is free, and no other.
    """
    order = {cell: i for i, cell in enumerate(sorted(hidden, key=repr))}
    equations = [line for line in lines if not hidden.isdisjoint((line.total, *line.parts))]
    if not equations:
        return []
    from scipy.sparse import coo_array
    from scipy.sparse.linalg import lsqr

    at = [
        (row, order[cell], sign)
        for row, line in enumerate(equations)
        for cell, sign in ((line.total, -1.0), *((part, 1.0) for part in line.parts))
        if cell in order
    ]
    rows, columns, signs = (np.array(values) for values in zip(*at, strict=True))
    matrix = coo_array((signs, (rows, columns)), shape=(len(equations), len(order))).tocsr()
    chance = np.random.default_rng(len(order)).uniform(1, 2, len(order))
    moved = chance - lsqr(matrix, matrix @ chance, atol=1e-13, btol=1e-13)[0]
    return [cell for cell, i in order.items() if abs(moved[i]) < NEGLIGIBLE]


def _beside(
    cells: Sequence[Cell], values: Mapping[Cell, int], lines: Sequence[Line[Cell]], hidden: set[Cell]
) -> set[Cell]:
    """For each cell the smallest one that is still shown in a line with it."""
    wanted = set(cells)
    beside: dict[Cell, list[Cell]] = {}
    for line in lines:
        own = (line.total, *line.parts)
        for cell in wanted.intersection(own):
            beside.setdefault(cell, []).extend(other for other in own if other not in hidden)
    return {_smallest(shown, values) for shown in beside.values() if shown}
