"""A file as blocks of rows that can be read one by one: what its first rows say, then a `Table` for each piece."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from mande.errors import DataProblems, Place, Problem
from mande.model import Instrument
from mande.responses.archive import unpacked
from mande.responses.column_names import ColumnNames, Layout
from mande.responses.delimited import HEAD, Start, Usual, find_start, rows_of_piece
from mande.responses.parquet import HEADER_ROWS, PARQUET, groups_of, parquet_rows
from mande.responses.readers import SPSS, WORKBOOKS
from mande.responses.reading import lay_out_tables
from mande.responses.splitting import Digest, OnlyAtOnce, Piece, Sizes, text_pieces
from mande.responses.storage import StoredFile, opened, size_of
from mande.responses.table import Table

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["BLOCK", "Blocks", "first_rows", "laid_out"]

BLOCK = 17 << 20
"""Bytes of a text file in one block; a block of Parquet has as many rows as would take about as much memory."""

BYTES_A_ROW = 130
"""So many bytes of a text take as much memory as a row of Parquet."""

_FIRST = 1 << 16
_MANY_DIFFERENT = 100


@dataclass(frozen=True, slots=True)
class Blocks:
    """A file that can be read in blocks.

    start: of a text, what its first rows say; None for Parquet. usual: how cells of its columns look in those rows.
    longer: columns of letters in which a longer cell has been found since.
    """

    file: StoredFile
    start: Start | None
    usual: Usual = field(default_factory=Usual)
    longer: set[int] = field(default_factory=set, compare=False)

    def pieces(self, sizes: Sizes, digest: Digest) -> Iterator[Piece]:
        """Pieces of a text of about these sizes, of Parquet of about as many rows; `digest` takes in the whole file."""
        with opened(self.file) as source:
            if self.start is not None:
                start = self.start
                yield from text_pieces(source, start.offset, start.row, start.separator, sizes, digest)
                return
            yield from self._groups(source, sizes.block)
            source.seek(0)
            while content := source.read(BLOCK):
                digest.update(content)

    def last(self, pieces: int, block: int) -> int | None:
        """Where the last few pieces begin: of a text a byte, None if it has no more; of Parquet a row group, or 0."""
        if self.start is not None:
            start = size_of(self.file) - pieces * block
            return start if start > 0 else None
        with opened(self.file) as source:
            groups = [piece.start for piece in self._groups(source, block)]
        return groups[-pieces] if len(groups) > pieces else 0

    def _groups(self, source: BinaryIO, block: int) -> Iterator[Piece]:
        return _row_groups(groups_of(self.file.name, source), max(1, block // BYTES_A_ROW))

    def tables(self, piece: Piece, rows: int) -> Iterator[Table]:
        """The rows of a piece; of Parquet at most `rows` at a time. Raises DataProblems, or OnlyAtOnce if not UTF-8."""
        import pyarrow as pa

        unused = pa.default_memory_pool().release_unused  # else what the parser has held adds up from piece to piece
        if self.start is not None:
            found = [rows_of_piece(self.file.name, self.start, self._text(piece), piece.row, self.usual, self.longer)]
            unused()
            yield found.pop()  # so that its memory is free as soon as nobody else needs it
            return
        with opened(self.file) as source:
            groups = range(piece.start, piece.start + piece.length)
            yield from parquet_rows(self.file.name, source, groups, piece.row, rows, self.usual.different)
        unused()

    def _text(self, piece: Piece) -> pa.Buffer:
        import pyarrow as pa

        with opened(self.file) as source:
            source.seek(piece.start)
            content = source.read(piece.length)
        if len(content) != piece.length:
            details = {"detail": "it grew shorter while it was read", "remedy": "Wait until it is written, try again."}
            raise DataProblems([Problem("R-001", Place(self.file.name), details=details)])
        _require_utf8(content)
        return pa.py_buffer(content)


def _require_utf8(content: bytes) -> None:
    if not content.isascii():
        try:
            content.decode()
        except UnicodeDecodeError as error:
            raise OnlyAtOnce("it is not in UTF-8") from error


def _row_groups(groups: Sequence[int], rows: int) -> Iterator[Piece]:
    """First row group and number of row groups of each piece: about `rows` rows.

    >>> list(_row_groups([5, 5, 20, 3], rows=10))
    [Piece(start=0, length=2, row=2), Piece(start=2, length=1, row=12), Piece(start=3, length=1, row=32)]
    """
    start, held, row = 0, 0, HEADER_ROWS + 1
    for i, n in enumerate(groups):
        if i > start and held + n > rows:
            yield Piece(start, i - start, row)
            start, held, row = i, 0, row + held
        held += n
    if groups:
        yield Piece(start, len(groups) - start, row)


@dataclass(frozen=True, slots=True, eq=False)
class _FirstRows(Table):
    """The first rows of a file, from which its columns are laid out."""

    def is_blank(self, column: int) -> bool:
        if Table.is_blank(self, column):
            raise OnlyAtOnce(f'only the whole file tells whether the column "{self.name_of(column)}" is empty')
        return False

    def filled_twice(self, columns: Sequence[int]) -> int:
        raise OnlyAtOnce(f'only the whole file tells whether "{self.name_of(columns[0])}" stands there twice')


def laid_out(file: StoredFile, instrument: Instrument, names: ColumnNames, aside: Path) -> tuple[Blocks, Table, Layout]:
    """A file, the first rows of its table that fits the instrument, and the layout of its columns.

    aside: a folder for what is unpacked. Raises DataProblems if nothing fits, OnlyAtOnce if it cannot be told so early.
    """
    found = [first_rows(own) for own in _tables(file, aside)]
    table, layout = lay_out_tables([table for _, table in found], instrument, names)
    return next(blocks for blocks, own in found if own is table), table, layout


def _tables(file: StoredFile, aside: Path) -> Iterator[StoredFile]:
    if file.suffix != ".zip":
        yield file
        return
    yield from unpacked(file, aside)


def first_rows(file: StoredFile) -> tuple[Blocks, Table]:
    """A file as it can be read in blocks, and its first rows as a table."""
    with opened(file) as source:
        head = source.read(HEAD + 1)
        if head[:4] == b"PAR1" or file.suffix in PARQUET:
            blocks = Blocks(file, None)
            first = range(min(1, len(groups_of(file.name, source))))
            rows = next(parquet_rows(file.name, source, first, HEADER_ROWS + 1, 2 * _MANY_DIFFERENT), None)
            if rows is None:
                raise OnlyAtOnce("no row stands in it")
            return replace(blocks, usual=_usual(rows)), _as_first(rows, file)
    if file.suffix in WORKBOOKS | SPSS or b"\0" in head[:4096] or not head.strip():
        raise OnlyAtOnce("only text in UTF-8 and Parquet can be read in blocks")
    blocks = _text_blocks(file, head)
    piece = next(blocks.pieces(Sizes(_FIRST), Digest()), None)
    if piece is None:
        raise OnlyAtOnce("no row stands in it")
    rows = next(blocks.tables(piece, 0))
    return replace(blocks, usual=_usual(rows)), _as_first(rows, file, blocks.start)


def _usual(rows: Table) -> Usual:
    values = [rows.distinct(column)[0] for column in range(len(rows.header))]
    letters = (i for i, own in enumerate(values) if all(len(cell.encode()) < 2 for cell in own))
    different = (i for i, own in enumerate(values) if len(own) == len(rows) > _MANY_DIFFERENT)
    return Usual(frozenset(letters), frozenset(different))


def _text_blocks(file: StoredFile, head: bytes) -> Blocks:
    import pyarrow as pa

    _require_utf8(head[: head.rfind(b"\n") + 1] if len(head) > HEAD else head)
    mark = 3 if head[:3] == b"\xef\xbb\xbf" else 0
    start = find_start(file.name, pa.py_buffer(head[mark:]))
    if not start.header[-1]:
        raise OnlyAtOnce("only the whole file tells whether its last column, which has no name, is one")
    return Blocks(file, start._replace(offset=start.offset + mark))


def _as_first(table: Table, file: StoredFile, start: Start | None = None) -> Table:
    fields = {name: getattr(table, name) for name in table.__dataclass_fields__}
    problems = start.problems if start is not None else ()
    return _FirstRows(**{**fields, "part": file.part, "problems": problems})
