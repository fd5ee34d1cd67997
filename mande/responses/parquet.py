"""Parquet to text columns, as the same cells would stand in a CSV file."""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from io import BufferedReader
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from mande.errors import DataProblems, Place, Problem
from mande.responses.delimited import without_blank_rows
from mande.responses.table import Table, coded, coded_bytes, encoded, numbers, texts

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

__all__ = ["HEADER_ROWS", "PARQUET", "groups_of", "parquet_rows", "read_parquet"]

PARQUET = {".parquet", ".pq"}
HEADER_ROWS = 1
"""Rows are numbered as in a CSV file, where the header is row 1."""

_ROWS_AT_ONCE = 1 << 16
_STEP = 1 << 14
"""Rows that the reader is asked for at a time."""


def read_parquet(file: str, source: BinaryIO, digest: str) -> Table:
    """The whole file. Raises DataProblems if it is not whole, or nothing stands in it."""
    groups = groups_of(file, source)
    if not sum(groups):
        raise DataProblems([Problem("R-003", Place(file))])
    parts = list(parquet_rows(file, source, range(len(groups)), HEADER_ROWS + 1, _ROWS_AT_ONCE))
    import pyarrow as pa

    by_column = zip(*(part.columns for part in parts), strict=True)
    columns = [pa.chunked_array([_widely_coded(cells) for cells in of_parts]) for of_parts in by_column]
    return Table(
        file,
        digest,
        parts[0].header,
        tuple(columns),
        np.concatenate([part.row for part in parts]),
        sum(part.rows_read for part in parts),
        tuple(problem for part in parts for problem in part.problems),
        how="Parquet",
    )


def _widely_coded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """With room for the values of other parts."""
    import pyarrow as pa

    cells = column.combine_chunks()
    return pa.DictionaryArray.from_arrays(cells.indices.cast("int32"), cells.dictionary)


def groups_of(file: str, source: BinaryIO) -> list[int]:
    """Rows of each row group."""
    with _open(file, source) as parquet:
        return [parquet.metadata.row_group(i).num_rows for i in range(parquet.num_row_groups)]


def parquet_rows(
    file: str, source: BinaryIO, groups: Sequence[int], row: int, rows: int, different: Collection[int] = ()
) -> Iterator[Table]:
    """Some row groups, at most `rows` rows at a time; the first row is number `row`. Raises DataProblems if damaged.

    different: columns of a text for each row, mostly; these are not looked for, so one may be there twice.
    """
    import pyarrow as pa

    with _open(file, source) as parquet:
        header = tuple(name.strip() for name in parquet.schema_arrow.names)
        for read in _read(parquet, groups, rows):
            found = [_table(file, header, read, row, different)]
            row += len(read)
            del read
            pa.default_memory_pool().release_unused()
            yield found.pop()  # so that its memory is free as soon as nobody else needs it


def _read(parquet: pq.ParquetFile, groups: Sequence[int], rows: int) -> Iterator[pa.Table]:
    """At most `rows` rows at a time, read in equal steps: a reader keeps room for the rows of one in each column."""
    import pyarrow as pa

    whole = sum(parquet.metadata.row_group(i).num_rows for i in groups)
    step, steps = in_equal_steps(whole, rows, _STEP)
    batches = parquet.iter_batches(step, row_groups=list(groups), use_threads=False)
    while held := list(islice(batches, steps)):
        table = [pa.Table.from_batches(held)]
        held.clear()
        yield table.pop().combine_chunks()


def in_equal_steps(whole: int, rows: int, longest: int) -> tuple[int, int]:
    """Rows of a step, and steps of a part, so that parts of at most `rows` rows, and their steps, are about as long.

    >>> in_equal_steps(250_000, 137_000, 16_384)  # two parts of 125,000
    (15625, 8)
    """
    part = -(-whole // max(1, -(-whole // rows)))
    steps = max(1, -(-part // longest))
    return max(1, min(-(-part // steps), rows // steps)), steps


def _table(file: str, header: tuple[str, ...], read: pa.Table, row: int, different: Collection[int]) -> Table:
    """read: its columns in one piece each."""
    import pyarrow as pa

    columns = [_as_text(column.chunk(0), i in different) for i, column in enumerate(read.columns)]
    table = pa.table(columns, names=[str(i) for i in range(len(header))])
    table, number, blank = without_blank_rows(file, table, np.arange(row, row + len(read), dtype=np.int64))
    return Table(file, "", header, tuple(table.columns), number, len(read), tuple(blank))


@contextmanager
def _open(file: str, source: BinaryIO) -> Iterator[pq.ParquetFile]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        # what pyarrow reads by itself lies in its own memory, which it gives back
        with pa.OSFile(os.fsencode(source.name)) if isinstance(source, BufferedReader) else nullcontext(source) as own:
            yield parquet.ParquetFile(own)
    except (pa.ArrowException, OSError) as error:
        details = {
            "detail": f"it is not a whole Parquet file ({str(error).splitlines()[0].rstrip('.')})",
            "remedy": "Copy or export it again.",
        }
        raise DataProblems([Problem("R-001", Place(file), details=details)]) from error


def _as_text(column: pa.Array, different: bool) -> pa.DictionaryArray:
    """Cells as they would stand in a CSV: a whole number without decimals, nothing for null."""
    import pyarrow as pa

    column.validate(full=True)  # that text is UTF-8
    if pa.types.is_nested(column.type):
        return encoded([_cell_text(value) for value in column.to_pylist()])
    if _is_text(column.type):
        cells = column.cast("string").fill_null("")
        return coded(np.arange(len(cells), dtype=np.int32), cells) if different else cells.dictionary_encode()
    if pa.types.is_integer(column.type) and (codes := _as_bytes(column)) is not None:
        row, low = codes
        return coded_bytes(row, lambda own: str(own + low - 1) if own else "")
    distinct = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    known = distinct.dictionary
    values = [_cell_text(value) for value in (known.cast("string") if _is_text(known.type) else known).to_pylist()]
    place = distinct.indices.cast("int32").fill_null(len(values))
    return pa.DictionaryArray.from_arrays(place, texts([*values, ""]))


def _as_bytes(column: pa.Array) -> tuple[bytes, int] | None:
    """Numbers near each other, as answers are: 1 for the lowest and so on, 0 for null; and the lowest. Quicker so."""
    import pyarrow.compute as pc

    extremes = pc.min_max(column)
    low, high = extremes["min"].as_py() or 0, extremes["max"].as_py() or 0
    if high - low >= _NEAR or not -(2**15) < low <= high < 2**15:
        return None
    found = numbers(column.cast("int16").fill_null(low - 1)) - np.int16(low - 1)
    return found.astype(np.uint8).tobytes(), low


_NEAR = 250


def _is_text(kind: pa.DataType) -> bool:
    """Bytes are text, too: so older programs write it."""
    import pyarrow.types as of

    return any(is_one(kind) for is_one in (of.is_string, of.is_large_string, of.is_binary, of.is_large_binary))


def _cell_text(value: object) -> str:
    if not isinstance(value, float):
        return "" if value is None else str(value)
    if math.isnan(value):
        return ""
    if abs(value) >= _EXACT:  # it was rounded, and must look so: two codes may have become one number
        return f"{value:.16e}"
    return str(int(value)) if value.is_integer() else str(value)


_EXACT = 2**53
