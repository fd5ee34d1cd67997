"""Counts of few children are withheld, and with them what would give them away by adding and subtracting."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["Line", "hidden_cells"]

Cell = TypeVar("Cell", bound=Hashable)


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
        touched = False
        for line in lines:
            while (more := _needed(line, values, hidden, smallest)) is not None:
                hidden.add(more)
                touched = True
        for cell in [] if touched else _found_by_algebra(lines, hidden):
            more = _neighbour(cell, values, lines, hidden)
            if more is not None:
                hidden.add(more)
                touched = True
                break
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
    """Hidden cells that the equations of all lines determine."""
    order = {cell: i for i, cell in enumerate(sorted(hidden, key=repr))}
    rows = [_equation(line, order) for line in lines if hidden & {line.total, *line.parts}]
    if not rows:
        return []
    _, sizes, directions = np.linalg.svd(np.array(rows), full_matrices=True)
    rank = int((sizes > 1e-9).sum())
    free = np.abs(directions[rank:]).max(axis=0, initial=0.0) > 1e-9
    return [cell for cell, i in order.items() if not free[i]]


def _equation(line: Line[Cell], order: Mapping[Cell, int]) -> NDArray[np.float64]:
    row = np.zeros(len(order))
    for cell, sign in [(line.total, -1.0), *((part, 1.0) for part in line.parts)]:
        if cell in order:
            row[order[cell]] += sign
    return row


def _neighbour(cell: Cell, values: Mapping[Cell, int], lines: Sequence[Line[Cell]], hidden: set[Cell]) -> Cell | None:
    """The smallest cell still shown in a line with this one."""
    beside = [c for line in lines if cell in (line.total, *line.parts) for c in (line.total, *line.parts)]
    shown = [c for c in dict.fromkeys(beside) if c not in hidden]
    return _smallest(shown, values) if shown else None
