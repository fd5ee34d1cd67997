"""Parquet to text columns, as the same cells would stand in a CSV file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from mande.errors import DataProblems, Place, Problem
from mande.responses.delimited import without_blank_rows
from mande.responses.table import Table, texts

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

__all__ = ["HEADER_ROWS", "PARQUET", "groups_of", "parquet_rows", "read_parquet"]

PARQUET = {".parquet", ".pq"}
HEADER_ROWS = 1
"""Rows are numbered as in a CSV file, where the header is row 1."""

_ROWS_AT_ONCE = 1 << 16


def read_parquet(file: str, source: BinaryIO, digest: str) -> Table:
    """The whole file. Raises DataProblems if it is not whole, or nothing stands in it."""
    groups = groups_of(file, source)
    if not sum(groups):
        raise DataProblems([Problem("R-003", Place(file))])
    parts = list(parquet_rows(file, source, range(len(groups)), HEADER_ROWS + 1, _ROWS_AT_ONCE))
    import pyarrow as pa

    columns = [pa.chunked_array([part.columns[i].chunk(0) for part in parts if len(part)]) for i in _all(parts[0])]
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


def _all(table: Table) -> range:
    return range(len(table.header))


def groups_of(file: str, source: BinaryIO) -> list[int]:
    """Rows of each row group."""
    with _open(file, source) as parquet:
        return [parquet.metadata.row_group(i).num_rows for i in range(parquet.num_row_groups)]


def parquet_rows(file: str, source: BinaryIO, groups: Sequence[int], row: int, rows: int) -> Iterator[Table]:
    """Some row groups, at most `rows` rows at a time; the first row is number `row`. Raises DataProblems if damaged."""
    import pyarrow as pa

    with _open(file, source) as parquet:
        header = tuple(name.strip() for name in parquet.schema_arrow.names)
        for batch in parquet.iter_batches(rows, row_groups=list(groups)):
            table = pa.table([_as_text(column) for column in batch.columns], names=[str(i) for i in range(len(header))])
            number = np.arange(row, row + batch.num_rows, dtype=np.int64)
            table, number, blank = without_blank_rows(file, table, number)
            yield Table(file, "", header, tuple(table.columns), number, batch.num_rows, tuple(blank))
            row += batch.num_rows


@contextmanager
def _open(file: str, source: BinaryIO) -> Iterator[pq.ParquetFile]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        yield parquet.ParquetFile(source)
    except (pa.ArrowException, OSError) as error:
        details = {
            "detail": f"it is not a whole Parquet file ({str(error).splitlines()[0].rstrip('.')})",
            "remedy": "Copy or export it again.",
        }
        raise DataProblems([Problem("R-001", Place(file), details=details)]) from error


def _as_text(column: pa.Array) -> pa.DictionaryArray:
    """Cells as they would stand in a CSV: a whole number without decimals, nothing for null."""
    import pyarrow as pa

    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    values = [_cell_text(value) for value in encoded.dictionary.to_pylist()]
    place = encoded.indices.cast("int32").fill_null(len(values))
    return pa.DictionaryArray.from_arrays(place, texts([*values, ""]))


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
