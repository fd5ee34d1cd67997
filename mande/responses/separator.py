"""Which character separates the cells of a text file."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

__all__ = ["SEPARATORS", "Record", "find_separator", "records_of"]

SEPARATORS = ",;\t|^~"
_RECORDS = 50


class Record(NamedTuple):
    """The cells of one row, and where the next row begins, in characters."""

    cells: list[str]
    end: int


def find_separator(head: str) -> tuple[str, int]:
    """The separator, and how many characters a `sep=` line takes that says it.

    Candidates are tried on the first rows: the one that makes most rows as long as the longest heading wins, the one
    that makes more columns among equals. A comma inside a quoted label does not count.
    """
    first, _, _ = head.partition("\n")
    if first[:4].casefold() == "sep=" and len(first.rstrip("\r")) == 5:
        return first[4], len(first) + 1
    scores = {separator: _fit(_first_rows(head, separator, strict=True)) for separator in SEPARATORS}
    if not any(width for _, width in scores.values()):
        scores = {separator: _fit(_first_rows(head, separator, strict=False)) for separator in SEPARATORS}
    return max(SEPARATORS, key=lambda separator: scores[separator]), 0


def _first_rows(head: str, separator: str, *, strict: bool) -> list[Record]:
    """The first rows; none if they are to be read strictly and a quotation mark closes in the middle of a cell."""
    try:
        return list(records_of(head, separator, at_most=_RECORDS, strict=strict))
    except csv.Error:
        return []


def records_of(text: str, separator: str, *, at_most: int | None = None, strict: bool = False) -> Iterator[Record]:
    """The rows of a text with their ends. Raises csv.Error on a cell larger than the csv module's limit."""
    lines = _Lines(text)
    for number, cells in enumerate(csv.reader(lines, delimiter=separator, strict=strict), start=1):
        yield Record(cells, lines.end)
        if number == at_most:
            return


class _Lines:
    """Lines with their ends, however they are marked, and how far they have been read."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self.end = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.end += len(line)
        return line


def _fit(records: Sequence[Record]) -> tuple[float, int]:
    widths = [len(record.cells) for record in records if any(cell.strip() for cell in record.cells)]
    wide = [width for width in widths if width > 1]
    if not wide:
        return 0.0, 0
    usual, times = Counter(wide).most_common(1)[0]
    heading_fits = next((width for width in widths if 2 * width >= usual), 0) == usual
    return (times + (len(wide) if heading_fits else 0)) / (len(widths) + len(wide)), usual
