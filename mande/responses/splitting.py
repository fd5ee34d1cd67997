"""A text file in pieces that end where a row ends, so that each can be read by itself, on any machine.

The file is passed over once, for its digest and for quotation marks: a line break inside quotes ends no row. Where
quotation marks stand as no CSV writer sets them, the csv module finds the rows instead, which is slower.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Digest", "OnlyAtOnce", "Piece", "Sizes", "text_pieces"]

_LONGEST = 4
"""Pieces' lengths in which a row must end."""

_STEP = 1 << 19
"""Bytes that are passed over at a time: as many as a processor keeps at hand."""


class OnlyAtOnce(Exception):
    """Why a plan cannot be counted block by block; so it is read at once, if it is not too large."""


class Piece(NamedTuple):
    """Bytes of a text file, or row groups of Parquet: the first, how many, and the number of the first row."""

    start: int
    length: int
    row: int


class Sizes(NamedTuple):
    """How large pieces of a text are to be, in bytes: about `block`, and half of it from byte `late` on.

    So workers have the same amount left to do when the file ends, and none waits long for another. A row group of
    Parquet is not cut: from group `late` on, each piece is counted by itself.
    """

    block: int
    late: int | None = None

    def is_late(self, start: int) -> bool:
        return self.late is not None and start >= self.late

    def at(self, start: int) -> int:
        return -(-self.block // 2) if self.is_late(start) else self.block


@dataclass(slots=True)
class Digest:
    """SHA-256 of the bytes that have passed."""

    _hash: Any = field(default_factory=sha256)

    def update(self, content: bytes | memoryview) -> None:
        self._hash.update(content)

    def hexdigest(self) -> str:
        return str(self._hash.hexdigest())


def text_pieces(file: BinaryIO, offset: int, row: int, separator: str, sizes: Sizes, digest: Digest) -> Iterator[Piece]:
    """Pieces from `offset` on, each ending with a row; the first row is number `row`.

    `digest` takes in the whole file. Raises OnlyAtOnce if no row ends for long.
    """
    block = sizes.block
    digest.update(file.read(offset))
    piece, rows, text, step = Piece(offset, 0, row), 0, _Text(), min(-(-block // 2), _STEP)
    while content := text.read(file, step):
        digest.update(content)
        ends = _row_ends(text.unfinished, ord(separator))
        if ends is None:
            if rows:
                yield piece
            after = Piece(piece.start + piece.length, 0, piece.row + rows)
            yield from _by_csv_module(file, bytes(text.unfinished), after, separator, block, digest)
            return
        text.leave(ends[1])
        rows, piece = rows + ends[0], piece._replace(length=piece.length + ends[1])
        left = len(text.unfinished)
        if left > _LONGEST * block:
            raise OnlyAtOnce("its rows do not end with a line feed, or a quotation mark is never closed")
        if piece.length + left >= sizes.at(piece.start) and rows:
            yield piece
            piece, rows = Piece(piece.start + piece.length, 0, piece.row + rows), 0
    if left := len(text.unfinished) + piece.length:
        yield piece._replace(length=left)


@dataclass(slots=True)
class _Text:
    """What has been read of a text and not been left yet, in memory that is used again: to ask for it anew is slow."""

    _room: bytearray = field(default_factory=bytearray)
    _end: int = 0

    @property
    def unfinished(self) -> memoryview:
        return memoryview(self._room)[: self._end]

    def read(self, file: BinaryIO, step: int) -> memoryview:
        """The next bytes, `step` at most; none at the end of the file."""
        if len(self._room) < self._end + step:
            self._room = self._room[: self._end] + bytes(2 * step)
        read = file.readinto(memoryview(self._room)[self._end : self._end + step])  # type: ignore[attr-defined]
        self._end += read
        return self.unfinished[self._end - read :]

    def leave(self, length: int) -> None:
        """Forget the first bytes."""
        self._room[: self._end - length] = self._room[length : self._end]
        self._end -= length


def _row_ends(content: memoryview, separator: int) -> tuple[int, int] | None:
    """How many rows end in a text that begins with a row, and where the last does; None if marks stand oddly."""
    values: npt.NDArray[np.uint8] = np.frombuffer(content, dtype=np.uint8)
    ends, text = values == ord("\n"), content.tobytes()
    if b'"' not in text:
        return int(np.count_nonzero(ends)), text.rfind(b"\n") + 1
    breaks, marks = np.flatnonzero(ends), np.flatnonzero(values == ord('"'))
    if not _are_regular(values, marks, separator):
        return None
    outside = breaks[np.searchsorted(marks, breaks) % 2 == 0]
    return len(outside), int(outside[-1]) + 1 if outside.size else 0


def _are_regular(values: npt.NDArray[np.uint8], marks: npt.NDArray[np.intp], separator: int) -> bool:
    """Whether every quotation mark opens a cell, closes one, or is doubled inside one; the text begins with a row.

    By induction: outside quotes, a mark that does not begin a cell shows; inside, one that neither ends the cell nor
    is doubled. So the marks can be counted to tell inside from outside.
    """
    before = np.concatenate([[ord("\n")], values])[marks]
    after = np.concatenate([values, [ord("\n")]])[marks + 1]
    edges = np.array([separator, ord('"'), *b"\r\n"], dtype=np.uint8)
    return bool(np.isin(before[::2], edges).all() and np.isin(after[1::2], edges).all())


def _by_csv_module(
    file: BinaryIO, rest: bytes, done: Piece, separator: str, block: int, digest: Digest
) -> Iterator[Piece]:
    """The pieces from the end of `done` on."""
    start, row, taken = done.start, done.row, 0

    def lines() -> Iterator[str]:
        nonlocal taken
        for line in _lines(file, rest, block, digest):
            taken += len(line)
            yield line.decode("utf-8", errors="replace")

    rows = length = 0
    try:
        for _ in csv.reader(lines(), delimiter=separator, strict=False):
            rows += 1
            if taken - length >= block:
                yield Piece(start + length, taken - length, row)
                length, row, rows = taken, row + rows, 0
    except csv.Error as error:
        raise OnlyAtOnce("a cell is too long, or a quotation mark is never closed") from error
    if taken > length:
        yield Piece(start + length, taken - length, row)


def _lines(file: BinaryIO, rest: bytes, block: int, digest: Digest) -> Iterator[bytes]:
    while True:
        *whole, rest = rest.split(b"\n")
        for line in whole:
            yield line + b"\n"
        content = file.read(block)
        digest.update(content)
        if not content:
            break
        rest += content
    if rest:
        yield rest
