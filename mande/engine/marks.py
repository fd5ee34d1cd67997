"""Marks of all rows of a file, on disk: who stands there twice is found one bucket of marks after the other.

The first bits of a mark say its bucket, so rows with the same mark meet in one, however many rows there are.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from mande.errors import OutputNotWritable
from mande.responses.seen import Marks, repeats
from mande.stats.counts import IntArray

__all__ = ["MarkFile", "copies_among"]

BUCKETS = 64
WRITTEN_TOGETHER = 1 << 18
"""Marks that are gathered before they are written."""

Records = npt.NDArray[np.uint64]
"""A mark in two columns, and its row."""


class MarkFile:
    """Marks in the order of the rows, 24 bytes each, in files that go with their folder. known: rows with a mark."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / f"marks-{secrets.token_hex(8)}"
        self._pending: list[Records] = []
        self.rows = self.known = self._written = 0

    def add(self, marks: Iterable[Marks]) -> None:
        """Keep the marks of the next rows. Raises OutputNotWritable if the disk is full."""
        for own in marks:
            known = np.flatnonzero(own[:, 0])
            self._pending.append(np.column_stack([own[known], (known + self.rows).astype(np.uint64)]))
            self.rows += len(own)
            self.known += len(known)
        if self.known - self._written >= WRITTEN_TOGETHER:
            self._write()

    def _write(self) -> None:
        records, self._pending, self._written = np.concatenate(self._pending), [], self.known
        bucket = (records[:, 0] >> np.uint64(64 - BUCKETS.bit_length() + 1)).astype(np.uint8)
        order = np.argsort(bucket, kind="stable")
        ends = np.cumsum(np.bincount(bucket, minlength=BUCKETS))
        try:
            self._folder.mkdir(exist_ok=True)
            for i, own in enumerate(np.split(records[order], ends[:-1])):
                with self._appended(i) as file:
                    file.write(own.tobytes())
        except OSError as error:
            raise OutputNotWritable(
                f"Cannot write to {self._folder.parent}: {error.strerror}. Free space there, or set TMPDIR elsewhere."
            ) from error

    def _appended(self, bucket: int) -> BinaryIO:
        return (self._folder / str(bucket)).open("ab")

    def buckets(self, without: IntArray | None = None) -> Iterator[tuple[IntArray, Marks]]:
        """Rows, in their order, and marks of one bucket after the other, but for the rows in `without`."""
        if self._pending:
            self._write()
        for i in range(BUCKETS):
            path = self._folder / str(i)
            records = np.fromfile(path, dtype=np.uint64) if self.known else np.empty(0, dtype=np.uint64)
            marks = records.reshape(-1, 3)
            if without is not None and len(without):
                marks = marks[~np.isin(marks[:, 2], without.astype(np.uint64))]
            yield marks[:, 2].astype(np.int64), marks[:, :2]

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
