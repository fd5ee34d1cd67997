"""Delimited text to a `Table`: separator and header found, then pyarrow reads the rest at full speed."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from mande.errors import DataProblems, Place, Problem
from mande.responses.decoding import as_utf8
from mande.responses.heading_row import find_heading_row, looked_over
from mande.responses.separator import find_separator, records_of
from mande.responses.table import Column, Table, as_text, coded, coded_by_letter, numbers

if TYPE_CHECKING:
    import pyarrow as pa

    from mande.stats.counts import IntArray

__all__ = [
    "HEAD",
    "Start",
    "Usual",
    "find_start",
    "in_one_piece",
    "read_delimited",
    "rows_of",
    "rows_of_piece",
    "without_blank_rows",
]

HEAD = 1 << 20
"""Bytes in which the header must stand."""

_LONGEST_ROW = 1 << 22
"""A row of more bytes than this is no questionnaire: a quotation mark is missing, or somebody means harm."""

_LONGER = re.compile(r"CSV column #(\d+): .*fixed_size_binary")
"""What pyarrow says of a cell that is no single byte."""

_SEPARATOR_NAMES = {"\t": "tab", " ": "space"}


class Start(NamedTuple):
    """What the first rows say. offset: bytes before the first row of answers. row: the number of that row."""

    header: tuple[str, ...]
    separator: str
    offset: int
    row: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Ragged:
    """A row whose number of cells is not that of the header. index: among the rows of the body, from 0."""

    index: int
    cells: int
    text: str


def read_delimited(file: str, content: pa.Buffer, digest: str, *, part: str = "") -> Table:
    """Read the whole text. Raises DataProblems if it cannot be read, or nothing stands in it."""
    text, encoding = as_utf8(content, file)
    start = find_start(file, text)
    if text.size <= start.offset:
        raise DataProblems([Problem("R-003", Place(file))])
    table = rows_of(file, start, text[start.offset :], start.row)
    if not table.rows_read:
        raise DataProblems([Problem("R-003", Place(file))])
    width = _width(start.header, table)
    return replace(
        table,
        digest=digest,
        header=table.header[:width],
        columns=table.columns[:width],
        problems=(*start.problems, *table.problems),
        part=part,
        how=f'{encoding}, separator "{_SEPARATOR_NAMES.get(start.separator, start.separator)}"',
    )


def rows_of(file: str, start: Start, body: pa.Buffer, row: int) -> Table:
    """Whole rows of a text that begins as `start` says; the first is number `row`."""
    return _rows(file, start, body, row, _Way(threads=True))


class Usual(NamedTuple):
    """How cells mostly look. letters: columns of at most one letter. different: columns of a text for each row."""

    letters: frozenset[int] = frozenset()
    different: frozenset[int] = frozenset()


def rows_of_piece(file: str, start: Start, body: pa.Buffer, row: int, usual: Usual, longer: set[int]) -> Table:
    """As `rows_of`, in one thread. usual: what makes it quicker where it holds, and no difference where it does not.

    longer: columns in which a cell was longer than a letter; more are added, and are no letters in the next piece.
    Texts that are mostly different are not looked for among those that are known, so one may be there twice.
    """
    return _rows(file, start, body, row, _Way(threads=False, usual=usual, longer=longer))


@dataclass(frozen=True, slots=True)
class _Way:
    """How a text is read. usual: what its columns are read as first. quoted: whether it has quotation marks."""

    threads: bool
    usual: Usual = field(default_factory=Usual)
    longer: set[int] = field(default_factory=set)
    quoted: bool = True


def _rows(file: str, start: Start, body: pa.Buffer, row: int, way: _Way) -> Table:
    quoted = _has(b'"', body)
    table, ragged = _parsed(file, start, body, replace(way, quoted=quoted))
    number = _numbers(table.num_rows, ragged, row)
    table, number, problems = _ragged_rows(file, start, row, table, number, ragged)
    columns = table.columns
    del table  # so that the text of a column goes as soon as it is coded
    table = in_one_piece(columns, way.usual.different)
    if quoted:
        _refuse_swallowed_rows(file, start, table, number)
    rows_read = table.num_rows + len(problems)
    table, number, blank = without_blank_rows(file, table, number)
    return Table(file, "", start.header, tuple(table.columns), number, rows_read, (*problems, *blank))


def find_start(file: str, text: pa.Buffer) -> Start:
    """Separator and header of a text in UTF-8, of which the first `HEAD` bytes and one more are enough.

    Raises DataProblems if there is no header, or its letters are lost.
    """
    whole = text.size <= HEAD
    head = text[:HEAD].to_pybytes().decode("utf-8", errors="ignore")
    separator, skipped = find_separator(head)
    try:
        records = list(records_of(head[skipped:], separator, at_most=100))
    except csv.Error as error:
        raise _too_long(file) from error
    if not whole and records and records[-1].end >= len(head) - skipped:
        records.pop()
    if not whole and not records:
        raise _too_long(file)
    rows = [record.cells for record in records]
    place = find_heading_row(file, rows)
    end = records[place.first - 1].end
    offset = len(head[: skipped + end].encode())
    header = tuple(name.strip() for name in rows[place.header])
    looked_over(file, header)
    return Start(header, separator, offset, place.first + 1, place.problems)


def _parsed(file: str, start: Start, body: pa.Buffer, way: _Way) -> tuple[pa.Table, list[_Ragged]]:
    """The rows as long as the header, and the others. Rows are numbered only when there are others: it is slower."""
    from pyarrow import lib

    try:
        while letters := way.usual.letters - way.longer:
            try:
                return _parse(start, body, way, letters)
            except lib.ArrowInvalid as error:
                found = _LONGER.search(str(error))
                if found is None or int(found[1]) not in letters:
                    break
                way.longer.add(int(found[1]))
        table, ragged = _parse(start, body, way)
        return (table, ragged) if not (ragged and way.threads) else _parse(start, body, replace(way, threads=False))
    except lib.ArrowInvalid as error:
        if "straddling" in str(error):
            raise _too_long(file) from error
        detail, remedy = f"its rows cannot be told apart ({str(error)[:80]})", "Export it again as CSV UTF-8."
        raise DataProblems([Problem("R-001", Place(file), details={"detail": detail, "remedy": remedy})]) from error


def _parse(start: Start, body: pa.Buffer, way: _Way, letters: Collection[int] = ()) -> tuple[pa.Table, list[_Ragged]]:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    ragged: list[_Ragged] = []

    def set_aside(row: arrow_csv.InvalidRow) -> str:
        ragged.append(_Ragged((row.number or 1) - 1, row.actual_columns, row.text))
        return "skip"

    names = [str(i) for i in range(len(start.header))]
    kinds = dict.fromkeys(names, pa.dictionary(pa.int32(), pa.string()))
    kinds |= {str(i): pa.string() for i in way.usual.different} | {str(i): pa.binary(1) for i in letters}
    block = _LONGEST_ROW if _has_long_rows(body) else min(max(body.size + 1, 1 << 16), 1 << 20)
    table = arrow_csv.read_csv(
        pa.BufferReader(body),
        read_options=arrow_csv.ReadOptions(column_names=names, use_threads=way.threads, block_size=block),
        parse_options=arrow_csv.ParseOptions(
            delimiter=start.separator,
            newlines_in_values=way.quoted,
            ignore_empty_lines=False,
            invalid_row_handler=set_aside,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=kinds,
            null_values=[""],
            strings_can_be_null=False,
            quoted_strings_can_be_null=True,  # of letters: none is an empty cell, in quotes or not
            check_utf8=False,  # it was, when the encoding was found
        ),
    )
    return table, ragged


def in_one_piece(columns: list[pa.ChunkedArray], different: Collection[int] = ()) -> pa.Table:
    """Each column in one piece, dictionary-encoded. different: columns of a text for each row."""
    import pyarrow as pa

    for i, own in enumerate(columns):
        if pa.types.is_fixed_size_binary(own.type):
            cells = coded_by_letter(own)
        else:
            cells = own.chunk(0) if own.num_chunks == 1 else own.combine_chunks()
            if i in different:
                cells = coded(np.arange(len(cells), dtype=np.int32), cells)
            elif pa.types.is_string(cells.type):
                cells = cells.dictionary_encode()
        columns[i] = pa.chunked_array([cells])
    return pa.table(columns, names=[str(i) for i in range(len(columns))])


def _has(letter: bytes, body: pa.Buffer) -> bool:
    return any((part == ord(letter)).any() for part in _parts(body, HEAD))


def _has_long_rows(body: pa.Buffer) -> bool:
    """Whether some stretch of 256 KB holds no end of line: then rows may be longer than a block."""
    return not all((part == ord("\n")).any() for part in _parts(body, 1 << 18) if part.size == 1 << 18)


def _parts(body: pa.Buffer, size: int) -> Iterator[npt.NDArray[np.uint8]]:
    values = np.frombuffer(body, dtype=np.uint8)
    return (values[i : i + size] for i in range(0, values.size, size))


def _numbers(rows: int, ragged: list[_Ragged], first: int) -> IntArray:
    """Row numbers of the rows that were read; the numbers between belong to ragged ones."""
    number = np.arange(first, first + rows + len(ragged), dtype=np.int64)
    return np.delete(number, [row.index for row in ragged]) if ragged else number


def _ragged_rows(
    file: str, start: Start, first: int, table: pa.Table, number: IntArray, ragged: list[_Ragged]
) -> tuple[pa.Table, IntArray, list[Problem]]:
    """Rows that are too long only by empty cells are taken back; the others are set aside."""
    import pyarrow as pa

    width, problems = len(start.header), []
    rescued: list[list[str]] = []
    rescued_rows: list[int] = []
    for row in ragged:
        lines = row.text.splitlines(keepends=True)
        cells = next(csv.reader(lines, delimiter=start.separator), [])
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        place = Place(file, first + row.index)
        if len(cells) == width:
            rescued.append(cells)
            rescued_rows.append(first + row.index)
        elif not any(cell.strip() for cell in cells):
            problems.append(Problem("R-006", place))
        else:
            if len(lines) > 1 and _holds_rows(row.text, start.separator, width):
                raise _swallowed(file, first + row.index, len(lines))
            problems.append(Problem("R-005", place, details={"cells": str(row.cells), "columns": str(width)}))
    if rescued:
        own = [as_text(column) if pa.types.is_fixed_size_binary(column.type) else column for column in table.columns]
        columns = [pa.array(cells, type=pa.string()) for cells in zip(*rescued, strict=True)]
        for i, column in enumerate(own):
            columns[i] = columns[i] if pa.types.is_string(column.type) else columns[i].dictionary_encode()
        both = pa.concat_tables([pa.table(cells, names=table.column_names) for cells in (own, columns)])
        number = np.concatenate([number, rescued_rows])
        order = np.argsort(number, kind="stable")
        table, number = both.unify_dictionaries().take(pa.array(order)), number[order]
    return table, number, problems


def _refuse_swallowed_rows(file: str, start: Start, table: pa.Table, number: IntArray) -> None:
    """A quotation mark that is never closed puts the rows after it into one cell; no answer holds that many cells."""
    for column in table.columns:
        before = 0
        for chunk in column.chunks:
            values = chunk.dictionary.to_pylist()
            guilty = [
                i for i, v in enumerate(values) if "\n" in v and _holds_rows(v, start.separator, len(start.header))
            ]
            if guilty:
                position = numbers(chunk.indices)
                row = int(number[before + int(np.flatnonzero(position == guilty[0])[0])])
                raise _swallowed(file, row, values[guilty[0]].count("\n"))
            before += len(chunk)


def _holds_rows(text: str, separator: str, width: int) -> bool:
    """Whether a text with line breaks is made of cells rather than of sentences."""
    cells = text.count(separator)
    return width >= 3 and cells >= width - 1 and len(text) <= 25 * (cells + 1)


def without_blank_rows(file: str, table: pa.Table, number: IntArray) -> tuple[pa.Table, IntArray, list[Problem]]:
    """The rows in which anything stands, their numbers, and a problem for each of the others."""
    import pyarrow as pa

    blank = np.ones(table.num_rows, dtype=bool)
    for column in table.columns:
        if not blank.any():
            return table, number, []
        cells = [Column(chunk.dictionary, numbers(chunk.indices)).are_blank() for chunk in column.chunks]
        blank &= np.concatenate(cells) if cells else blank
    problems = [Problem("R-006", Place(file, row)) for row in number[blank].tolist()]
    return table.filter(pa.array(~blank)), number[~blank], problems


def _width(header: Sequence[str], table: Table) -> int:
    """How many columns there are without those at the end that have neither a name nor a cell."""
    width = len(header)
    while width and not header[width - 1] and table.is_blank(width - 1):
        width -= 1
    return width


def _swallowed(file: str, row: int, lines: int) -> DataProblems:
    return DataProblems([Problem("R-054", Place(file), details={"row": str(row), "lines": str(lines)})])


def _too_long(file: str) -> DataProblems:
    detail = f"a row or cell holds more than {_LONGEST_ROW // (1 << 20)} million letters"
    remedy = "Look for a quotation mark that is never closed, and remove it."
    return DataProblems([Problem("R-001", Place(file), details={"detail": detail, "remedy": remedy})])
