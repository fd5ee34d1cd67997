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

__all__ = ["Digest", "OnlyAtOnce", "Piece", "text_pieces"]

_LONGEST = 4
"""Pieces' lengths in which a row must end."""


class OnlyAtOnce(Exception):
    """Why a plan cannot be counted block by block; so it is read at once, if it is not too large."""


class Piece(NamedTuple):
    """Bytes of a text file, or row groups of Parquet: the first, how many, and the number of the first row."""

    start: int
    length: int
    row: int


@dataclass(slots=True)
class Digest:
    """SHA-256 of the bytes that have passed."""

    _hash: Any = field(default_factory=sha256)

    def update(self, content: bytes) -> None:
        self._hash.update(content)

    def hexdigest(self) -> str:
        return str(self._hash.hexdigest())


def text_pieces(file: BinaryIO, offset: int, row: int, separator: str, block: int, digest: Digest) -> Iterator[Piece]:
    """Pieces of about `block` bytes from `offset` on, each ending with a row; the first row is number `row`.

    `digest` takes in the whole file. Raises OnlyAtOnce if no row ends for long.
    """
    digest.update(file.read(offset))
    start, rest = offset, b""
    while content := file.read(block):
        digest.update(content)
        rest += content
        ends = _row_ends(rest, ord(separator))
        if ends is None:
            yield from _by_csv_module(file, rest, Piece(start, 0, row), separator, block, digest)
            return
        rows, end = ends
        if rows:
            yield Piece(start, end, row)
            start, row, rest = start + end, row + rows, rest[end:]
        elif len(rest) > _LONGEST * block:
            raise OnlyAtOnce("its rows do not end with a line feed, or a quotation mark is never closed")
    if rest:
        yield Piece(start, len(rest), row)


def _row_ends(content: bytes, separator: int) -> tuple[int, int] | None:
    """How many rows end in a text that begins with a row, and where the last does; None if marks stand oddly."""
    values: npt.NDArray[np.uint8] = np.frombuffer(content, dtype=np.uint8)
    if b'"' not in content:
        return int(np.count_nonzero(values == ord("\n"))), content.rfind(b"\n") + 1
    marks = np.flatnonzero(values == ord('"'))
    if not _are_regular(values, marks, separator):
        return None
    breaks = np.flatnonzero(values == ord("\n"))
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
