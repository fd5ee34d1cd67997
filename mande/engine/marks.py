"""Marks of all rows of a file: who stands there twice is found one bucket of marks after the other.

The first bits of a mark say its bucket, so rows with the same mark meet in one, however many rows there are. Each piece
comes with its marks in the order of their buckets, and they are read bucket by bucket. Those of a million rows are
held; where there are more, all are on disk.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import numpy.typing as npt

from mande.errors import OutputNotWritable
from mande.responses.seen import Marks, repeats
from mande.stats.counts import IntArray

__all__ = ["MarkFile", "Sorted", "copies_among", "in_buckets", "not_writable"]

BUCKETS = 64
MOST_HELD = 1 << 20
"""Rows whose marks stay in memory."""

Records = npt.NDArray[np.uint64]
"""A mark in two columns, of which the last half of the second is its row within its piece, shape (n, 2)."""

_ROW = np.uint64(2**32 - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Sorted:
    """The marks of a piece in the order of their buckets, and of their rows within. ends: of each bucket, among them.

    rows: of the piece, with a mark or without.
    """

    records: Records
    ends: IntArray
    rows: int


def in_buckets(marks: Marks) -> Sorted:
    """Marks of the rows of a piece, without those that say that a row has none."""
    known = np.flatnonzero(marks[:, 0])
    bucket = (marks[known, 0] >> np.uint64(64 - BUCKETS.bit_length() + 1)).astype(np.uint8)
    known = known.take(np.argsort(bucket, kind="stable"))
    records = marks.take(known, axis=0)
    records[:, 1] = records[:, 1] & ~_ROW | known.astype(np.uint64)
    return Sorted(records, np.cumsum(np.bincount(bucket, minlength=BUCKETS)), len(marks))


def not_writable(folder: Path, error: OSError) -> OutputNotWritable:
    return OutputNotWritable(f"Cannot write to {folder}: {error.strerror}. Free space there, or set TMPDIR elsewhere.")


class MarkFile:
    """Marks in the order of the pieces, 16 bytes each; on disk, if they are many, in a file that goes with its folder.

    known: rows with a mark.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"marks-{secrets.token_hex(8)}"
        self._pieces: list[_Piece] = []
        self._held: list[Records] = []
        self.rows = self.known = 0

    def add(self, marks: Iterable[Sorted]) -> None:
        """Keep the marks of the next pieces. Raises OutputNotWritable if the disk is full."""
        for own in marks:
            self._pieces.append(_Piece(self.known, self.rows, own.ends))
            self._held.append(own.records)
            self.rows += own.rows
            self.known += len(own.records)
        if self.known > MOST_HELD:
            self._write()

    def _write(self) -> None:
        try:
            with self._opened("ab") as file:
                for records in self._held:
                    file.write(records.data)
        except OSError as error:
            raise not_writable(self._path.parent, error) from error
        self._held = []

    def _opened(self, mode: str) -> BinaryIO:
        return cast(BinaryIO, self._path.open(mode))

    def buckets(self, without: IntArray | None = None) -> Iterator[tuple[IntArray, Marks]]:
        """Rows, in their order, and marks of one bucket after the other, but for the rows in `without`."""
        for i in range(BUCKETS):
            rows, marks = self._read(i)
            if without is not None and len(without):
                kept = ~np.isin(rows, without)
                rows, marks = rows[kept], marks[kept]
            yield rows, marks

    def _read(self, bucket: int) -> tuple[IntArray, Marks]:
        """The rows of a bucket among those of the whole file, and their marks."""
        places = [piece.of(bucket) for piece in self._pieces]
        records = np.empty((sum(end - start for start, end in places), 2), dtype=np.uint64)
        rows, at = np.empty(len(records), dtype=np.int64), 0
        for piece, (start, end), found in zip(self._pieces, places, self._found(places), strict=False):
            own = records[at : at + end - start]
            own[:] = found
            rows[at : at + len(own)] = (own[:, 1] & _ROW).astype(np.int64) + piece.row
            at += len(own)
        records[:, 1] &= ~_ROW
        return rows, records

    def _found(self, places: Sequence[tuple[int, int]]) -> Iterator[Records]:
        """The marks of each piece from one place to another."""
        if self._held or not self.known:
            yield from (records[start:end] for records, (start, end) in zip(self._held, places, strict=True))
            return
        with self._opened("rb") as file:
            for piece, (start, end) in zip(self._pieces, places, strict=True):
                file.seek(16 * (piece.start + start))
                yield np.frombuffer(file.read(16 * (end - start)), dtype=np.uint64).reshape(-1, 2)

    def repeats(self, without: IntArray | None = None) -> IntArray:
        """Rows whose mark an earlier row has, sorted. The rows in `without` count as if they had none."""
        found = [rows[repeats(marks)[0]] for rows, marks in self.buckets(without)]
        return np.sort(np.concatenate(found))

    def in_any(self, earlier: Sequence[MarkFile], without: IntArray) -> IntArray:
        """Rows whose mark stands in an earlier file, sorted. The rows in `without` count as if they had none."""
        found = [np.empty(0, dtype=np.int64)]
        others = (file.buckets() for file in earlier)
        for (rows, marks), *theirs in zip(self.buckets(without), *others, strict=True):
            before = np.concatenate([own for _, own in theirs]) if theirs else marks[:0]
            again, first = repeats(np.concatenate([before, marks]))
            found.append(rows[again[(first < len(before)) & (again >= len(before))] - len(before)])
        return np.sort(np.concatenate(found))


@dataclass(frozen=True, slots=True)
class _Piece:
    """Where the marks of a piece begin among all, the number of its first row, and the ends of its buckets."""

    start: int
    row: int
    ends: IntArray

    def of(self, bucket: int) -> tuple[int, int]:
        return int(self.ends[bucket - 1]) if bucket else 0, int(self.ends[bucket])


def copies_among(files: Sequence[MarkFile]) -> Counter[tuple[int, int]]:
    """For each earlier and later file, how many marks of the later one stand in the earlier one."""
    copies: Counter[tuple[int, int]] = Counter()
    for buckets in zip(*(file.buckets() for file in files), strict=True):
        marks = np.concatenate([own for _, own in buckets])
        source = np.repeat(np.arange(len(files)), [len(rows) for rows, _ in buckets])
        again, first = repeats(marks)
        alike = {i: Counter({int(source[i]): 1}) for i in np.unique(first).tolist()}
        for i, j in zip(again.tolist(), first.tolist(), strict=True):
            alike[j][int(source[i])] += 1
        for own in alike.values():
            for earlier, later in combinations(sorted(own), 2):
                copies[earlier, later] += own[later]
    return copies
