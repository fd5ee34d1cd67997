"""Where the header of a file stands: below title rows, above HXL tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mande.errors import DataProblems, Place, Problem
from mande.responses.decoding import garbled, lost_letters
from mande.responses.text import shortened

__all__ = ["HeadingRow", "find_heading_row", "looked_over"]

LOOKED_AT = 30


class HeadingRow(NamedTuple):
    """header: of the header among the rows, from 0. first: of the first row of answers. problems: what was passed."""

    header: int
    first: int
    problems: tuple[Problem, ...]


def find_heading_row(file: str, rows: Sequence[Sequence[str]]) -> HeadingRow:
    """The first row that is at least half as full as the fullest of the first rows. Raises DataProblems if all empty.

    Rows above it (a title, the name of the school) hold a cell or two; they are passed over and said.
    """
    looked_at = rows[:LOOKED_AT]
    filled = [_filled(row) for row in looked_at]
    fullest = max(filled, default=0)
    if not fullest:
        raise DataProblems([Problem("R-002", Place(file))])
    index = next(i for i, count in enumerate(filled) if 2 * count >= fullest)
    problems = list(_passed_over(file, looked_at[:index]))
    first = index + 1
    if first < len(rows) and _are_tags(rows[first]):
        problems.append(Problem("R-053", Place(file), details={"row": str(first + 1)}))
        first += 1
    return HeadingRow(index, first, tuple(problems))


def looked_over(file: str, header: Sequence[str]) -> None:
    """Refuse a header whose letters are lost or garbled: every label below it would be, too."""
    for name in header:
        if word := lost_letters(name):
            raise DataProblems([Problem("R-007", Place(file), word)])
    damaged = [(name, was) for name in header if not name.isascii() and (was := garbled(name)) is not None]
    if damaged:
        value, was = damaged[0]
        raise DataProblems([Problem("R-055", Place(file), shortened(value, 30), {"was": shortened(was, 30)})])


def _passed_over(file: str, rows: Sequence[Sequence[str]]) -> list[Problem]:
    """What stands there is not said: a title, or who filled in the sheet."""
    titles = "\n".join(" ".join(cell for cell in row if cell.strip()) for row in rows)
    details = {"row": str(len(rows) + 1), "count": str(len(rows)), "titles": titles}
    return [Problem("R-052", Place(file), details=details)] if rows else []


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def _are_tags(row: Sequence[str]) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    return bool(cells) and all(cell.startswith("#") and not cell.endswith("!") for cell in cells)
