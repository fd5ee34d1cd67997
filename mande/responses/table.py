"""A questionnaire file as text: header, cells, and where each row stood. Nothing is interpreted yet.

Columns are dictionary-encoded, so the steps after this one look at the distinct values of a column, not at its cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mande.errors import Problem
from mande.stats.counts import IntArray

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Table", "table_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The cells of one file.

    header: one name a column, as it stood. columns: one dictionary-encoded text array a column, each of length n.
    row: row number in the file (the header is row 1), shape (n,). rows_read: rows below the header, set aside or not.
    """

    file: str
    digest: str
    header: tuple[str, ...]
    columns: tuple[pa.DictionaryArray, ...]
    row: IntArray
    rows_read: int
    problems: tuple[Problem, ...] = ()

    def __len__(self) -> int:
        return len(self.row)

    def distinct(self, column: int) -> tuple[list[str], IntArray]:
        """The distinct values of a column, and for each row the position of its value among them."""
        array = self.columns[column]
        return array.dictionary.to_pylist(), array.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def table_of(
    file: str, digest: str, header: Sequence[str], rows: Sequence[Sequence[str]], row: Sequence[int], *, rows_read: int,
    problems: Sequence[Problem] = (),
) -> Table:  # fmt: skip
    """A table from rows of text, each as long as the header."""
    import pyarrow as pa

    columns = zip(*rows, strict=True) if rows else ((),) * len(header)
    encoded = tuple(pa.array(column, type=pa.string()).dictionary_encode() for column in columns)
    return Table(file, digest, tuple(header), encoded, np.asarray(row, dtype=np.int64), rows_read, tuple(problems))
