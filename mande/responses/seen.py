"""Who stands in the data twice, and which forms are alike, however many there are.

A respondent's code, or a form's answers, become a mark of 128 keyed bits. Marks are compared instead of texts: that two
different texts of a hundred million get the same mark has a chance below 10⁻²².
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from mande.responses.table import Column, bytes_of, texts
from mande.stats.counts import IntArray

__all__ = ["Key", "Marks", "marks_of", "marks_of_numbers", "new_key", "repeats"]

Marks = npt.NDArray[np.uint64]
"""Of each row a mark, shape (n, 2); a row that has none, or is not to be compared, has 0 in both places."""

Key = tuple[int, int]
Words = npt.NDArray[np.uint64]


def new_key() -> Key:
    return secrets.randbits(64), secrets.randbits(64)


def marks_of(cells: Column, key: Key) -> Marks:
    """Marks of the cells that are not empty."""
    values = cells.values
    if any(((end <= ord(" ")) & (end > 0) | (end > ord("~"))).any() for end in cells.ends()):
        values = texts(cells.distinct())  # without the spaces around them
    offset, content = bytes_of(values)
    length = np.diff(offset)
    marks = np.zeros((max(1, len(values)), 2), dtype=np.uint64)
    for size in np.flatnonzero(np.bincount(length, minlength=1)).tolist():
        if size:
            rows = np.flatnonzero(length == size)
            marks[rows] = _mixed(_words(content, offset[:-1][rows], size), key, size)
    return marks.take(cells.position, axis=0)


def marks_of_numbers(columns: Iterable[npt.NDArray[np.int16]], key: Key) -> Marks:
    """Marks of the rows of a table of small whole numbers, given column by column, shape (n,) each."""
    given = list(columns)
    return _mixed((_packed(given[i : i + 4]) for i in range(0, len(given), 4)), key, len(given))


def repeats(marks: Marks) -> tuple[IntArray, IntArray]:
    """Positions of rows whose mark an earlier row has, and of the first row that has it.

    >>> repeats(np.array([[7, 1], [8, 2], [0, 0], [7, 1], [0, 0], [7, 1]], dtype=np.uint64))
    (array([3, 5]), array([0, 0]))
    """
    alike = np.flatnonzero(marks[:, 0])
    for bits in (1, 33):  # the last bit is always 1
        alike = _sharing_a_slot(alike, marks[:, 0].take(alike) >> np.uint64(bits))
    alike = alike[np.lexsort((alike, marks[alike, 1], marks[alike, 0]))]
    new = np.ones(len(alike), dtype=bool)
    new[1:] = (marks[alike[1:]] != marks[alike[:-1]]).any(axis=1)
    first = alike[np.maximum.accumulate(np.where(new, np.arange(len(alike)), 0))]
    later = np.sort(alike[~new])
    return later, first[~new][np.argsort(alike[~new])]


def _sharing_a_slot(rows: IntArray, words: Words) -> IntArray:
    """The rows whose words share a slot of a table: those of equal words, and few others. Quicker than sorting."""
    slots = 1 << min(_MOST_SLOTS, (_SLOTS_A_ROW * len(rows)).bit_length())
    slot = (words & np.uint64(slots - 1)).astype(np.int64)
    place, kept = np.arange(len(rows), dtype=np.int32), np.empty(slots, dtype=np.int32)
    kept[slot] = place  # of several in a slot any one: which does not matter
    found = kept.take(slot)
    others = np.flatnonzero(found != place)
    sharing = np.zeros(len(rows), dtype=bool)
    sharing[others] = sharing[found.take(others)] = True
    return rows[sharing]


_SLOTS_A_ROW, _MOST_SLOTS = 8, 24


def _words(content: npt.NDArray[np.uint8], start: IntArray, size: int) -> list[Words]:
    """The bytes of texts of one length, eight at a time."""
    padded = np.zeros((len(start), -(-size // 8) * 8), dtype=np.uint8)
    if start[-1] - start[0] == (len(start) - 1) * size:  # one text after the other
        padded[:, :size] = content[start[0] : start[0] + len(start) * size].reshape(-1, size)
    else:
        padded[:, :size] = content[start[:, None] + np.arange(size)]
    return list(padded.view(np.uint64).T)


def _packed(columns: Sequence[npt.NDArray[np.int16]]) -> Words:
    """Four numbers of 16 bits side by side."""
    empty = [np.zeros(len(columns[0]), dtype=np.int16)] * (4 - len(columns))
    low, low_end, high, high_end = (column.astype(np.uint16).astype(np.uint32) for column in (*columns, *empty))
    low |= low_end << np.uint32(16)
    high |= high_end << np.uint32(16)
    return low.astype(np.uint64) | high.astype(np.uint64) << np.uint64(32)


def _mixed(words: Iterable[Words], key: Key, size: int) -> Marks:
    """words: one at a time, since all of them together take much memory."""
    halves: list[Words] = []
    for word in words:
        halves = halves or [np.full(len(word), own ^ size, dtype=np.uint64) for own in key]
        for half in halves:
            half ^= word
            _stir(half)
    marks = np.stack(halves, axis=1)
    marks[:, 0] |= np.uint64(1)  # so that no mark is 0
    return marks


def _stir(word: Words) -> None:
    """Every bit after depends on every bit before: the finaliser of MurmurHash3 (Austin Appleby, public domain)."""
    for step in (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)):
        word ^= word >> np.uint64(33)
        word *= step
    word ^= word >> np.uint64(33)
