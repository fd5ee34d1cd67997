"""Marks of all rows of a file, on disk: who stands there twice is found a range of marks at a time."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mande.errors import OutputNotWritable
from mande.responses.seen import Marks, repeats
from mande.stats.counts import IntArray

__all__ = ["MarkFile", "copies_among"]

AT_ONCE = 1 << 19
"""Marks that are held in memory."""

_MARK = 16


class MarkFile:
    """Marks in the order of the rows, 16 bytes each, in a file that goes with its folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"marks-{secrets.token_hex(8)}"
        self._path.touch()
        self.rows = self.known = 0

    def add(self, marks: Iterable[Marks]) -> None:
        """Keep the marks of the next rows. Raises OutputNotWritable if the disk is full."""
        try:
            with self._path.open("ab") as file:
                for own in marks:
                    file.write(own.tobytes())
                    self.rows += len(own)
                    self.known += int(np.count_nonzero(own[:, 0]))
        except OSError as error:
            raise OutputNotWritable(
                f"Cannot write to {self._path.parent}: {error.strerror}. Free space there, or set TMPDIR elsewhere."
            ) from error

    def repeats(self, without: IntArray) -> IntArray:
        """Rows whose mark an earlier row has, sorted; the rows in `without` (sorted) count as if they had none."""
        if not self.known:
            return without[:0]
        found = []
        for rows, marks in self._ranges(self.known):
            marks[np.isin(rows, without)] = 0
            again, _ = repeats(marks)
            found.append(rows[again])
        return np.sort(np.concatenate(found))

    def in_any(self, earlier: Sequence[MarkFile], without: IntArray) -> IntArray:
        """Rows whose mark stands in an earlier file, sorted."""
        known = self.known + sum(file.known for file in earlier)
        if not self.known or known == self.known:
            return without[:0]
        found = []
        others = [file._ranges(known) for file in earlier]
        for (rows, marks), *theirs in zip(self._ranges(known), *others, strict=True):
            marks[np.isin(rows, without)] = 0
            before = np.concatenate([own for _, own in theirs])
            again, first = repeats(np.concatenate([before, marks]))
            again = again[(first < len(before)) & (again >= len(before))]
            found.append(rows[again - len(before)])
        return np.sort(np.concatenate(found))

    def _ranges(self, known: int) -> Iterator[tuple[IntArray, Marks]]:
        """Rows and marks, a range of marks after the other: as many ranges as `known` marks need."""
        ranges = max(1, -(-known // AT_ONCE))
        width = 2**64 // ranges
        for i in range(ranges):
            low, high = max(1, i * width), 2**64 - 1 if i == ranges - 1 else (i + 1) * width - 1
            rows, marks = [np.empty(0, dtype=np.int64)], [np.empty((0, 2), dtype=np.uint64)]
            for start, chunk in self._chunks():
                here = np.flatnonzero((chunk[:, 0] >= np.uint64(low)) & (chunk[:, 0] <= np.uint64(high)))
                rows.append(here + start)
                marks.append(chunk[here])
            yield np.concatenate(rows), np.concatenate(marks)

    def _chunks(self) -> Iterator[tuple[int, Marks]]:
        for start in range(0, self.rows, AT_ONCE):
            count = min(AT_ONCE, self.rows - start)
            flat: npt.NDArray[np.uint64] = np.fromfile(
                self._path, dtype=np.uint64, count=2 * count, offset=_MARK * start
            )
            yield start, flat.reshape(-1, 2)


def copies_among(files: Sequence[MarkFile]) -> Counter[tuple[int, int]]:
    """For each earlier and later file, how many marks of the later one stand in the earlier one."""
    copies: Counter[tuple[int, int]] = Counter()
    known = sum(file.known for file in files)
    for ranges in zip(*(file._ranges(known) for file in files), strict=True):
        marks = np.concatenate([own for _, own in ranges])
        source = np.repeat(np.arange(len(files)), [len(rows) for rows, _ in ranges])
        again, first = repeats(marks)
        alike = {i: Counter({int(source[i]): 1}) for i in np.unique(first).tolist()}
        for i, j in zip(again.tolist(), first.tolist(), strict=True):
            alike[j][int(source[i])] += 1
        for own in alike.values():
            for earlier, later in combinations(sorted(own), 2):
                copies[earlier, later] += own[later]
    return copies
