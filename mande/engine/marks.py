"""Marks of all rows of a file: who stands there twice is found one bucket of marks after the other.

The first bits of a mark say its bucket, so rows with the same mark meet in one, however many rows there are. Each piece
comes with its marks in the order of their buckets, and they are read bucket by bucket. Those of a file of up to a
million rows are held; where there are more, or another file comes, all are on disk.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from mande.errors import MandeError, OutputNotWritable
from mande.responses.seen import Marks, repeats
from mande.stats.counts import IntArray

if TYPE_CHECKING:
    from mande.engine.workers import Workers

__all__ = ["MarkFile", "Sorted", "copies_among", "in_buckets", "not_whole", "not_writable", "put_aside"]

BUCKETS = 256
ROWS_AT_ONCE = 1 << 16
"""Rows among which repeats are looked for quickest: what that takes stays near the processor."""

MOST_HELD = 1 << 20
"""Rows whose marks stay in memory."""

Records = npt.NDArray[np.uint64]
"""A mark in two columns, of which the last half of the second is its row within its piece, shape (n, 2)."""

_ROW = np.uint64(2**32 - 1)


class OnDisk(NamedTuple):
    """Records in a file from byte `start` on."""

    path: Path
    start: int


@dataclass(frozen=True, slots=True, eq=False)
class Sorted:
    """The marks of a piece in the order of their buckets, and of their rows within. ends: of each bucket, among them.

    rows: of the piece, with a mark or without.
    """

    records: Records | OnDisk
    ends: IntArray
    rows: int

    @property
    def known(self) -> int:
        """Rows with a mark."""
        return int(self.ends[-1])

    def of(self, buckets: range) -> slice:
        return slice(int(self.ends[buckets.start - 1]) if buckets.start else 0, int(self.ends[buckets[-1]]))


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


def not_whole(path: Path) -> MandeError:
    return MandeError(
        f"{path} was removed or cut short by another program while it was needed; nothing was written. Run the command "
        "again, with TMPDIR on a disk where nobody tidies up meanwhile."
    )


def put_aside(marks: Iterable[Sorted], path: Path) -> list[Sorted]:
    """The same with their records at the end of a file. Raises OutputNotWritable if the disk is full."""
    marks = list(marks)
    if all(isinstance(own.records, OnDisk) for own in marks):
        return marks
    try:
        with _opened(path, "ab") as file:
            return [_written(own, path, file) for own in marks]
    except OSError as error:
        raise not_writable(path.parent, error) from error


def _written(own: Sorted, path: Path, file: BinaryIO) -> Sorted:
    if isinstance(own.records, OnDisk):
        return own
    start = file.tell()
    file.write(own.records.data)
    return replace(own, records=OnDisk(path, start))


def _written_before(path: Path) -> BinaryIO:
    try:
        return _opened(path, "rb")
    except FileNotFoundError as error:
        raise not_whole(path) from error


def _opened(path: Path, mode: str) -> BinaryIO:
    return cast(BinaryIO, path.open(mode))


class MarkFile:
    """Marks in the order of the pieces, 16 bytes each; if they are many, in files that go with their folder.

    rows: of all pieces. known: those with a mark.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"marks-{secrets.token_hex(8)}"
        self._pieces: list[Sorted] = []
        self._aside = 0  # of them are on disk
        self.rows = self.known = 0

    def add(self, marks: Iterable[Sorted]) -> None:
        """Keep the marks of the next pieces. Raises OutputNotWritable if the disk is full."""
        for own in marks:
            self._pieces.append(own)
            self.rows += own.rows
            self.known += own.known
        if self.known > MOST_HELD:
            self.put_aside()

    def put_aside(self) -> None:
        """Write what is still held. Raises OutputNotWritable if the disk is full."""
        self._pieces[self._aside :] = put_aside(self._pieces[self._aside :], self._path)
        self._aside = len(self._pieces)

    def buckets(self, without: IntArray | None = None) -> Iterator[tuple[IntArray, Marks]]:
        """Rows, in their order, and marks of one bucket after the other, but for the rows in `without`, sorted."""
        return (self._read(range(i, i + 1), without) for i in range(BUCKETS))

    def _read(self, buckets: range, without: IntArray | None) -> tuple[IntArray, Marks]:
        """Rows among those of the whole file, and marks, of several buckets; those of equal marks in their order."""
        places = [piece.of(buckets) for piece in self._pieces]
        sizes = [place.stop - place.start for place in places]
        marks = self._records(places, sizes)
        first = np.cumsum([0, *(piece.rows for piece in self._pieces)])[:-1]  # row of each piece
        rows = (marks[:, 1] & _ROW).astype(np.int64) + np.repeat(first, sizes)
        marks[:, 1] &= ~_ROW
        if without is not None and len(without):
            at = np.minimum(np.searchsorted(without, rows), len(without) - 1)
            kept = without[at] != rows
            rows, marks = rows[kept], marks[kept]
        return rows, marks

    def _records(self, places: Sequence[slice], sizes: Sequence[int]) -> Records:
        """The records of all pieces, each at its place."""
        records, end = np.empty((sum(sizes), 2), dtype=np.uint64), 0
        with ExitStack() as stack:
            files: dict[str, BinaryIO] = {}  # a Path is slower to look up
            for piece, place, size in zip(self._pieces, places, sizes, strict=True):
                own, end = records[end : end + size], end + size
                if not isinstance(piece.records, OnDisk):
                    own[:] = piece.records[place]
                elif size:
                    path, start = piece.records
                    if (name := str(path)) not in files:
                        files[name] = stack.enter_context(_written_before(path))
                    files[name].seek(start + 16 * place.start)
                    if files[name].readinto(own.data.cast("B")) < own.nbytes:  # type: ignore[attr-defined]
                        raise not_whole(path)
        return records

    def repeats(self, without: IntArray | None = None, workers: Workers | None = None) -> IntArray:
        """Rows whose mark an earlier row has, sorted. The rows in `without` count as if they had none.

        workers: who may look for them, if they are many; this process does it otherwise.
        """
        if workers is None or not workers.see_the_disk or not self._aside:
            return np.sort(self.repeats_among(range(BUCKETS), without))
        shares = np.array_split(np.arange(BUCKETS), workers.number)
        tasks = [(self, range(own[0], own[-1] + 1), without) for own in shares if own.size]
        return np.sort(np.concatenate(list(workers.map(MarkFile.repeats_among, tasks))))

    def repeats_among(self, buckets: range, without: IntArray | None) -> IntArray:
        """Those in some buckets, a few of which are read at a time."""
        together = max(1, BUCKETS * ROWS_AT_ONCE // max(1, self.known))
        some = (buckets[i : i + together] for i in range(0, len(buckets), together))
        found = (self._read(own, without) for own in some)
        return np.concatenate([rows[repeats(marks)[0]] for rows, marks in found])

    def in_any(self, earlier: Sequence[MarkFile], without: IntArray) -> IntArray:
        """Rows whose mark stands in an earlier file, sorted. The rows in `without` count as if they had none."""
        found = [np.empty(0, dtype=np.int64)]
        if not earlier:
            return found[0]
        others = (file.buckets() for file in earlier)
        for (rows, marks), *theirs in zip(self.buckets(without), *others, strict=True):
            before = np.concatenate([own for _, own in theirs])
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
