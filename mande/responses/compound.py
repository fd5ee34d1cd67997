"""Workbooks of Excel 97 are files of sectors in chains. A damaged one may have a chain without an end.

calamine would follow it until memory ends, which ends the whole program; so chains are followed here first.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

__all__ = ["has_endless_chain"]

_LAST = 0xFFFFFFFA  # from here on a number is no sector, but the end of a chain, or nothing
_HEADER = 512
_ENTRY = 128
_IN_HEADER = 109  # sectors of the table of sectors that the header itself names


def has_endless_chain(content: bytes) -> bool:
    """Whether a chain of sectors comes back to itself, or the header says what no file can be.

    [MS-CFB], sections 2.2 to 2.6: header, table of sectors (FAT), its own table (DIFAT), directory, small sectors.
    """
    if len(content) < _HEADER:
        return False
    try:
        _Compound(content).follow_all()
    except _EndlessError:
        return True
    return False


class _EndlessError(Exception):
    """A chain came back to a sector that it had been at."""


@dataclass(frozen=True)
class _Compound:
    content: bytes

    def follow_all(self) -> None:
        """Follow the chains of the directory, of the small sectors, and of every stream."""
        directory = self._sectors(self._header(48))
        small = _numbers(self._sectors(self._header(60)))
        for i in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            kind = directory[i + 66]
            start, length = struct.unpack_from("<II", directory, i + 116)
            if kind:
                in_large = kind == 5 or length >= self._header(56)
                list(_chain(start, self._table if in_large else small))

    @cached_property
    def _size(self) -> int:
        (power,) = struct.unpack_from("<H", self.content, 30)
        if power not in (9, 12):
            raise _EndlessError
        return 1 << int(power)

    def _header(self, at: int) -> int:
        return int(struct.unpack_from("<I", self.content, at)[0])

    def _sector(self, number: int) -> bytes:
        return self.content[(number + 1) * self._size : (number + 2) * self._size]

    def _sectors(self, start: int) -> bytes:
        return b"".join(map(self._sector, _chain(start, self._table)))

    @cached_property
    def _table(self) -> Sequence[int]:
        """The sector after each sector."""
        named = list(struct.unpack_from(f"<{_IN_HEADER}I", self.content, 76))
        more, seen = self._header(68), set()
        while more < _LAST and (sector := self._sector(more)):
            if more in seen:
                raise _EndlessError
            seen.add(more)
            *own, more = _numbers(sector) or [_LAST]
            named += own
        return _numbers(b"".join(self._sector(number) for number in named if number < _LAST))


def _numbers(content: bytes) -> Sequence[int]:
    return struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4])


def _chain(start: int, following: Sequence[int]) -> Iterator[int]:
    """The sectors of a chain. Raises _EndlessError if it comes back to one of them."""
    seen = set()
    while start < len(following):
        if start in seen:
            raise _EndlessError
        seen.add(start)
        yield start
        start = following[start]
