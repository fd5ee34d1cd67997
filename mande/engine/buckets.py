"""Rows apart by the code of their person, on disk: whatever the waves and files, a person is in one bucket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from mande.engine.marks import Sorted, in_buckets, not_whole, not_writable
from mande.responses.blocks import Blocks
from mande.responses.column_names import Layout
from mande.responses.delimited import Usual, in_one_piece
from mande.responses.row_checks import submission_column
from mande.responses.seen import Key, marks_of
from mande.responses.splitting import Piece
from mande.responses.table import Column, Table
from mande.responses.text import as_typed_alike
from mande.stats.counts import IntArray

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Apart", "Apportioning", "Buckets", "rows_apart"]


@dataclass(frozen=True, slots=True)
class Apportioning:
    """How the rows of a file are told apart. rows: of Parquet that are held at a time."""

    blocks: Blocks
    layout: Layout
    key: Key
    rows: int
    buckets: int


@dataclass(frozen=True, slots=True)
class Apart:
    """The rows of a piece by bucket, each as an Arrow stream, b"" where there is none.

    problems: of rows that could not be read, by code. submissions: marks of the submission numbers; apart: such marks
    that differ from bucket to bucket.
    """

    rows: tuple[bytes, ...]
    problems: Counter[str]
    submissions: tuple[Sorted, ...]
    submissions_apart: tuple[Sorted, ...]


def rows_apart(how: Apportioning, piece: Piece) -> Apart:
    """Tell the rows of a piece apart. Codes that are typed alike are in one bucket; who has none is in any."""
    import pyarrow as pa

    sinks = [pa.BufferOutputStream() for _ in range(how.buckets)]
    problems: Counter[str] = Counter()
    submissions, apart = [], []
    for table in how.blocks.tables(piece, how.rows):
        problems.update(problem.code for problem in table.problems)
        bucket = _bucket_of(table.cells(how.layout.id), table.row, how.buckets)
        column = submission_column(table, how.layout)
        if column is not None:
            marks = marks_of(table.cells(column), how.key)
            submissions.append(in_buckets(marks))
            own = marks ^ bucket.astype(np.uint64)[:, None] * (marks > 0)
            apart.append(in_buckets(own))
        _write(sinks, table, bucket)
    rows = tuple(sink.getvalue().to_pybytes() for sink in sinks)
    return Apart(rows, problems, tuple(submissions), tuple(apart))


def _bucket_of(ids: Column, row: IntArray, buckets: int) -> IntArray:
    of_text = [crc32(as_typed_alike(text).encode()) if text else -1 for text in ids.distinct()]
    number = np.array(of_text, dtype=np.int64)[ids.position]
    bucket: IntArray = np.where(number < 0, row, number) % buckets
    return bucket


def _write(sinks: Sequence[pa.BufferOutputStream], table: Table, bucket: IntArray) -> None:
    import pyarrow as pa

    cells = [Column(*table.coded(i)) for i in range(len(table.header))]
    plain = [pa.DictionaryArray.from_arrays(pa.array(own.position), own.values).dictionary_decode() for own in cells]
    whole = pa.table([*plain, pa.array(table.row)], names=[str(i) for i in range(len(plain) + 1)])
    order = np.argsort(bucket, kind="stable")
    whole, ends = whole.take(pa.array(order)), np.cumsum(np.bincount(bucket, minlength=len(sinks))).tolist()
    for sink, start, end in zip(sinks, [0, *ends], ends, strict=False):
        if end > start:
            with pa.ipc.new_stream(sink, whole.schema) as stream:
                stream.write_table(whole.slice(start, end - start))


class Buckets:
    """The rows of a file by bucket, in files that go with their folder."""

    def __init__(self, folder: Path, table: Table, usual: Usual) -> None:
        folder.mkdir()
        self._folder, self._file, self._header, self._usual = folder, table.file, table.header, usual
        self._bytes: Counter[int] = Counter()  # of each bucket

    def add(self, rows: Sequence[bytes]) -> None:
        """Rows of the next piece. Raises OutputNotWritable if the disk is full."""
        try:
            for i, own in enumerate(rows):
                if own:
                    with (self._folder / str(i)).open("ab") as file:
                        self._bytes[i] += file.write(own)
        except OSError as error:
            raise not_writable(self._folder, error) from error

    def table(self, bucket: int) -> Table:
        """The rows of a bucket, in the order of the file. Raises MandeError if they are not all there any more."""
        import pyarrow as pa

        width, path, parts = len(self._header), self._folder / str(bucket), []
        size = self._bytes[bucket]
        if size and not (path.exists() and path.stat().st_size == size):
            raise not_whole(path)
        if size:
            with path.open("rb") as file:
                while file.tell() < size:
                    parts.append(pa.ipc.open_stream(file).read_all())
        schema = pa.schema([*((str(i), pa.string()) for i in range(width)), (str(width), pa.int64())])
        whole = pa.concat_tables(parts) if parts else schema.empty_table()
        row = whole.column(width).to_numpy()
        cells = in_one_piece(whole.columns[:width], self._usual.different)
        return Table(self._file, "", self._header, tuple(cells.columns), row, whole.num_rows)
