"""A questionnaire file as text: header, cells, and where each row stood. Nothing is interpreted yet.

Columns are dictionary-encoded, so the steps after this one look at the distinct values of a column, not at its cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from mande.errors import Problem
from mande.stats.counts import IntArray

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Table", "column_letters", "encoded"]


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

    def distinct(self, column: int) -> tuple[list[str], IntArray]:
        """The distinct values of a column, and for each row the position of its value among them."""
        import pyarrow as pa

        array = self.columns[column]
        if isinstance(array, pa.ChunkedArray):
            if not array.num_chunks:
                return [], np.empty(0, dtype=np.int64)
            array = array.unify_dictionaries()
            position = np.concatenate([chunk.indices.to_numpy(zero_copy_only=False) for chunk in array.chunks])
            return array.chunk(0).dictionary.to_pylist(), position
        return array.dictionary.to_pylist(), array.indices.to_numpy(zero_copy_only=False)

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
        import pyarrow as pa

        empty = pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(self), dtype=np.int32)), pa.array([""]))
        return replace(self, columns=tuple(empty if i in columns else own for i, own in enumerate(self.columns)))

    def name_of(self, column: int) -> str:
        """The column's heading, or its letter in a spreadsheet if it has none."""
        return self.header[column] or f"(column {column_letters(column)})"

    def label_of(self, column: int) -> str:
        return self.labels[column] if self.labels else ""


def encoded(cells: Sequence[str]) -> pa.DictionaryArray:
    """A column of text, dictionary-encoded."""
    import pyarrow as pa

    return pa.array(cells, type=pa.string()).dictionary_encode()


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
