"""A questionnaire file as text: header, cells, and where each row stood. Nothing is interpreted yet.

Columns are dictionary-encoded, so the steps after this one look at the distinct values of a column, not at its cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mande.errors import Problem
from mande.stats.counts import IntArray

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Table", "coded", "column_letters", "encoded", "numbers", "texts"]


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

    def distinct(self, column: int) -> tuple[list[str], npt.NDArray[np.integer]]:
        """The distinct values of a column, and for each row the position of its value among them."""
        import pyarrow as pa

        array = self.columns[column]
        if isinstance(array, pa.ChunkedArray):
            if not array.num_chunks:
                return [], np.empty(0, dtype=np.int64)
            array = array.unify_dictionaries()
            position = np.concatenate([numbers(chunk.indices) for chunk in array.chunks])
            return array.chunk(0).dictionary.to_pylist(), position
        return array.dictionary.to_pylist(), numbers(array.indices)

    def is_blank(self, column: int) -> bool:
        """Whether nothing stands in the whole column."""
        return all(not value.strip() for value in self.distinct(column)[0])

    def texts(self, column: int) -> list[str]:
        """The cells of a column without the spaces around them."""
        values, position = self.distinct(column)
        stripped = [value.strip() for value in values]
        return [stripped[i] for i in position.tolist()]

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


def encoded(cells: Sequence[str]) -> pa.DictionaryArray:
    """A column of text, dictionary-encoded."""
    position: dict[str, int] = {}
    place = np.array([position.setdefault(cell, len(position)) for cell in cells], dtype=np.int32)
    return coded(place, texts(list(position)))


def numbers(array: pa.Array) -> npt.NDArray[np.integer]:
    """Whole numbers without gaps as they lie in memory; `to_numpy` would import pandas."""
    if str(array.type) != "int32" or array.null_count:
        found: npt.NDArray[np.integer] = array.to_numpy(zero_copy_only=False)
        return found
    return np.frombuffer(array.buffers()[1] or b"", dtype=np.int32)[array.offset : array.offset + len(array)]


def texts(cells: Sequence[str]) -> pa.StringArray:
    """Cells as an array. `pyarrow.array` would import pandas, which takes longer than reading a small file."""
    import pyarrow as pa

    content = [cell.encode() for cell in cells]
    offset = np.cumsum([0, *map(len, content)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(content), pa.py_buffer(offset), pa.py_buffer(b"".join(content)))


def coded(place: npt.NDArray[np.int32], values: pa.StringArray) -> pa.DictionaryArray:
    """A column from the position of each cell's value among the distinct values."""
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(
        pa.Array.from_buffers(pa.int32(), len(place), [None, pa.py_buffer(place)]), values
    )


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
