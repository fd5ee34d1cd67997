"""A questionnaire file as text: header, cells, and where each row stood. Nothing is interpreted yet.

Columns are dictionary-encoded, so the steps after this one look at the distinct values of a column, not at its cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, overload

import numpy as np
import numpy.typing as npt

from mande.errors import Problem
from mande.folding import folded
from mande.stats.counts import IntArray

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "Column",
    "Table",
    "as_text",
    "bytes_of",
    "coded",
    "coded_by_letter",
    "coded_bytes",
    "column_letters",
    "counted_places",
    "encoded",
    "numbers",
    "texts",
]

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The cells of one file, or of one sheet or member of it.

    header: one name a column, as it stood. labels: a second name of each column ("" if there is none), such as the
    variable label of SPSS. columns: one dictionary-encoded text array a column, each of length n.
    row: row number in the file (the first row is 1), shape (n,). rows_read: rows below the header, set aside or not.
    value_labels: by column, the label that the file itself gives to a value. declared_missing: by column, values that
    the file itself declares to be no answers.
    """

    file: str
    digest: str
    header: tuple[str, ...]
    columns: tuple[pa.DictionaryArray | pa.ChunkedArray, ...]
    row: IntArray
    rows_read: int
    problems: tuple[Problem, ...] = ()
    part: str = ""
    how: str = ""
    labels: tuple[str, ...] = ()
    value_labels: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    declared_missing: Mapping[int, frozenset[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.row)

    def coded(self, column: int) -> tuple[pa.StringArray, npt.NDArray[np.integer]]:
        """The distinct values of a column, and for each row the position of its value among them."""
        import pyarrow as pa

        array = self.columns[column]
        if not isinstance(array, pa.ChunkedArray):
            return array.dictionary, numbers(array.indices)
        if not array.num_chunks:
            return texts([]), np.empty(0, dtype=np.int64)
        if array.num_chunks > 1:
            array = array.unify_dictionaries()
        position = [numbers(chunk.indices) for chunk in array.chunks]
        return array.chunk(0).dictionary, position[0] if len(position) == 1 else np.concatenate(position)

    def distinct(self, column: int) -> tuple[list[str], npt.NDArray[np.integer]]:
        """As `coded`, the values as Python's."""
        values, position = self.coded(column)
        return values.to_pylist(), position

    def is_blank(self, column: int) -> bool:
        """Whether nothing stands in the whole column."""
        return all(not value.strip() for value in self.distinct(column)[0])

    def filled_twice(self, columns: Sequence[int]) -> int:
        """Rows in which more than one of these columns is filled."""
        filled = np.sum([~self.cells(column).are_blank() for column in columns], axis=0)
        return int((filled > 1).sum())

    def joining(self, columns: Sequence[int]) -> Table:
        """The table with the first of these columns filled from the others, and called by all their names."""
        joined = self.cells(columns[0])
        for column in columns[1:]:
            joined = _first_filled(joined, self.cells(column))
        first, names = columns[0], dict.fromkeys(self.name_of(column) for column in columns)
        cells = coded(joined.position.astype(np.int32), joined.values)
        return replace(
            self,
            columns=tuple(cells if i == first else own for i, own in enumerate(self.columns)),
            header=tuple(" + ".join(names) if i == first else own for i, own in enumerate(self.header)),
        )

    def cells(self, column: int | None) -> Column:
        """The cells of a column; empty ones if there is no such column."""
        if column is None:
            return Column(texts([""]), np.zeros(len(self), dtype=np.int32))
        return Column(*self.coded(column))

    def labelled(self, column: int) -> Column:
        """The cells of a column by the labels that the file itself gives to its values, where it gives any."""
        cells, labels = self.cells(column), self.value_labels.get(column, {})
        if not labels:
            return cells
        return Column(texts([labels.get(value, value).strip() for value in cells.distinct()]), cells.position)

    def dropping(self, columns: set[int]) -> Table:
        """The table with nothing left in these columns but their headings."""
        if not columns:
            return self
        empty = coded(np.zeros(len(self), dtype=np.int32), texts([""]))
        return replace(self, columns=tuple(empty if i in columns else own for i, own in enumerate(self.columns)))

    def name_of(self, column: int) -> str:
        """The column's heading, or its letter in a spreadsheet if it has none."""
        return self.header[column] or f"(column {column_letters(column)})"

    def label_of(self, column: int) -> str:
        return self.labels[column] if self.labels else ""


class Column(Sequence[str]):
    """The cells of a column without the spaces around them; a text is made when it is asked for.

    What is asked of all rows is asked of the distinct values: most columns have few. For those that have one a row (the
    respondents' codes) the bytes at both ends of a value rule out most values before any text is made.
    """

    def __init__(self, values: pa.StringArray, position: npt.NDArray[np.integer]) -> None:
        self.values, self.position = values, position
        self._distinct: list[str] | None = None
        self._folded: list[str] | None = None
        self._ends: tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]] | None = None

    @classmethod
    def of(cls, cells: Sequence[str]) -> Column:
        array = encoded(cells)
        return cls(array.dictionary, numbers(array.indices))

    def __len__(self) -> int:
        return len(self.position)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return [self[i] for i in range(len(self))[index]]
        return str(self.values[int(self.position[index])].as_py().strip())

    def __iter__(self) -> Iterator[str]:
        stripped = self.distinct()
        return (stripped[i] for i in self.position.tolist())

    def distinct(self) -> list[str]:
        """The distinct values; two of them may be alike but for the spaces that were around them."""
        if self._distinct is None:
            self._distinct = [value.strip() for value in self.values.to_pylist()]
        return self._distinct

    def folded(self) -> list[str]:
        """The distinct values as they are folded; spellings of one text are alike."""
        if self._folded is None:
            self._folded = [folded(text) for text in self.distinct()]
        return self._folded

    def where(self, wanted: Callable[[str], bool], likely: BoolArray | None = None) -> BoolArray:
        """Whose cell is wanted, shape (n,). likely: of the distinct values, those that may be; all by default."""
        hits = np.zeros(len(self.values), dtype=bool)
        for i in range(len(hits)) if likely is None else np.flatnonzero(likely).tolist():
            hits[i] = wanted(self.values[i].as_py().strip())
        found: BoolArray = hits[self.position] if hits.any() else np.zeros(len(self), dtype=bool)
        return found

    def are_blank(self) -> BoolArray:
        """Whose cell is empty, shape (n,)."""
        first, _ = self.ends()
        return self.where(lambda text: not text, (first <= ord(" ")) | (first > ord("~")))

    def ends(self) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        """First and last byte of each distinct value, 0 of an empty one."""
        if self._ends is None:
            offset, content = _bytes_of(self.values)
            filled = offset[1:] > offset[:-1]
            first, last = np.zeros((2, len(filled)), dtype=np.uint8)
            if content.size:
                first, last = (content.take(at, mode="clip") * filled for at in (offset[:-1], offset[1:] - 1))
            self._ends = first, last
        return self._ends

    def counts(self, rows: BoolArray | None = None) -> Counter[str]:
        """Rows by text, in the order of the distinct values; of those in `rows`, if given."""
        position = self.position if rows is None or rows.all() else self.position[rows]
        counts = np.bincount(position, minlength=len(self.values)).tolist()
        found = Counter(dict(zip(self.distinct(), counts, strict=True)))
        if len(found) == len(counts) and all(counts):  # no two values alike, each in some row
            return found
        found.clear()
        for text, count in zip(self.distinct(), counts, strict=True):
            if count:
                found[text] += count
        return found


def _first_filled(one: Column, other: Column) -> Column:
    """The cells of one column, those of the other where it is empty."""
    blank = one.are_blank()
    values = [*one.distinct(), *other.distinct()]
    position = np.where(blank, other.position.astype(np.int64) + len(one.values), one.position)
    return Column(texts(values), position)


def bytes_of(values: pa.StringArray) -> tuple[IntArray, npt.NDArray[np.uint8]]:
    """Where each text begins and the last one ends, shape (n + 1,), in the bytes of all."""
    offset, content = _bytes_of(values)
    return offset.astype(np.int64), content


def _bytes_of(values: pa.StringArray) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """As `bytes_of`, without a copy."""
    _, offsets, data = values.buffers()
    if offsets is None or not len(values):
        return np.zeros(1, dtype=np.int32), np.empty(0, dtype=np.uint8)
    offset = np.frombuffer(offsets, dtype=np.int32)[values.offset : values.offset + len(values) + 1]
    return offset, np.frombuffer(data if data is not None else b"", dtype=np.uint8)


def encoded(cells: Sequence[str]) -> pa.DictionaryArray:
    """A column of text, dictionary-encoded."""
    position: dict[str, int] = {}
    place = np.array([position.setdefault(cell, len(position)) for cell in cells], dtype=np.int32)
    return coded(place, texts(list(position)))


def numbers(array: pa.Array) -> npt.NDArray[np.integer]:
    """Whole numbers without gaps as they lie in memory; `to_numpy` would import pandas."""
    kind = _KINDS.get(str(array.type))
    if kind is None or array.null_count:
        found: npt.NDArray[np.integer] = array.to_numpy(zero_copy_only=False)
        return found
    return np.frombuffer(array.buffers()[1] or b"", dtype=kind)[array.offset : array.offset + len(array)]


_KINDS: dict[str, type[np.integer]] = {"int16": np.int16, "int32": np.int32, "uint8": np.uint8}


def counted_places(position: npt.NDArray[np.integer], values: int) -> list[int]:
    """How often each of so many values stands in a column."""
    if position.dtype == np.uint8 and values < _FEW:  # quicker, and other threads work meanwhile
        return [int(np.count_nonzero(position == i)) for i in range(values)]
    counts: list[int] = np.bincount(position, minlength=values).tolist()
    return counts


_FEW = 12

_FIRST = 500
"""Cells in which mostly every answer stands that a column has."""


def texts(cells: Sequence[str]) -> pa.StringArray:
    """Cells as an array. `pyarrow.array` would import pandas, which takes longer than reading a small file."""
    import pyarrow as pa

    content = [cell.encode() for cell in cells]
    offset = np.cumsum([0, *map(len, content)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(content), pa.py_buffer(offset), pa.py_buffer(b"".join(content)))


def coded(place: npt.NDArray[np.int32] | npt.NDArray[np.uint8], values: pa.StringArray) -> pa.DictionaryArray:
    """A column from the position of each cell's value among the distinct values."""
    import pyarrow as pa

    kind = pa.int32() if place.dtype == np.int32 else pa.uint8()
    return pa.DictionaryArray.from_arrays(pa.Array.from_buffers(kind, len(place), [None, pa.py_buffer(place)]), values)


def coded_by_letter(cells: pa.ChunkedArray) -> pa.DictionaryArray:
    """A column of single bytes, null where a cell is empty, dictionary-encoded.

    A table of all bytes is quicker than looking for each text among those that are known, and needs a quarter of the
    memory.
    """
    row = b"".join(_single_bytes(chunk) for chunk in cells.chunks)
    if 0 in row and row.count(0) > cells.null_count:  # a zero byte in a cell, which is not an empty one
        return as_text(cells).combine_chunks().dictionary_encode()
    return coded_bytes(row, lambda own: chr(own) if own else "")


def coded_bytes(row: bytes, text_of: Callable[[int], str]) -> pa.DictionaryArray:
    """A column of which each cell stands as a byte, 255 different ones at most, dictionary-encoded."""
    known = bytes(dict.fromkeys(row[:_FIRST]))
    position = _places(row, known)
    if position.max(initial=0) == _UNKNOWN:
        occurring = np.flatnonzero(np.bincount(np.frombuffer(row, dtype=np.uint8)))
        known = bytes(sorted(occurring.tolist(), key=row.index))
        position = _places(row, known)
    return coded(position, texts([text_of(own) for own in known]))


def _single_bytes(cells: pa.FixedSizeBinaryArray) -> memoryview:
    """0 where a cell is empty."""
    return memoryview(cells.buffers()[1] or b"")[cells.offset : cells.offset + len(cells)]


def _places(row: bytes, known: bytes) -> npt.NDArray[np.uint8]:
    """Where each byte of a row stands among the known ones."""
    table = bytearray([_UNKNOWN]) * 256
    for place, byte in enumerate(known):
        table[byte] = place
    return np.frombuffer(row.translate(table), dtype=np.uint8)


def as_text(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of single bytes as one of text."""
    return cells.cast("string").fill_null("")


_UNKNOWN = 255
"""Not a place."""


def column_letters(column: int) -> str:
    """The name that a spreadsheet gives a column counted from 0.

    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
