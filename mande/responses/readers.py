"""From a questionnaire file to a `Table` of text, by kind of file."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from mande.errors import DataProblems, Place, Problem
from mande.responses.table import Table, table_of

__all__ = ["read_table"]

SEPARATORS = ";,\t|"
WORKBOOKS = {".xlsx", ".xls", ".xlsb", ".ods"}


def read_table(path: Path) -> Table:
    """Read delimited text or the first sheet of a workbook. Raises DataProblems if the file cannot be read at all."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _refused(path, "R-001", detail=str(error.strerror), remedy="Check the path and the rights.") from error
    rows = _workbook_rows(path, content) if path.suffix.lower() in WORKBOOKS else _text_rows(path, content)
    return _checked(path.name, hashlib.sha256(content).hexdigest(), rows)


def _refused(path: Path, code: str, **details: str) -> DataProblems:
    return DataProblems([Problem(code, Place(path.name), details=details)])


def _workbook_rows(path: Path, content: bytes) -> list[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    except (CalamineError, IndexError) as error:
        raise _refused(
            path, "R-001", detail=str(error), remedy="Open it in Excel and save it as .xlsx or CSV UTF-8."
        ) from error
    return [[_cell_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]


def _cell_text(cell: object) -> str:
    """A whole number typed into a sheet is stored as 5.0; it is shown, and meant, as 5."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _text_rows(path: Path, content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        remedy = 'Save it as "CSV UTF-8" or as .xlsx.'
        raise _refused(path, "R-001", detail="its text is not in Unicode", remedy=remedy) from error
    lines = io.StringIO(text, newline="")
    return list(csv.reader(lines, delimiter=_separator(text), strict=False))


def _separator(text: str, lines: int = 20) -> str:
    """The candidate that stands most often outside quotes in the first lines, a comma if none does."""
    counts: Counter[str] = Counter({",": 0})
    quoted = False
    for character in "".join(text.splitlines(keepends=True)[:lines]):
        if character == '"':
            quoted = not quoted
        elif not quoted and character in SEPARATORS:
            counts[character] += 1
    return max(SEPARATORS, key=lambda separator: counts[separator]) if counts.total() else ","


def _checked(file: str, digest: str, rows: Sequence[Sequence[str]]) -> Table:
    """Header and rows apart; empty rows passed over, rows of another length set aside, each with its number."""
    if not any(map(_filled, rows)):
        raise DataProblems([Problem("R-002", Place(file))])
    header = [name.strip() for name in rows[0]]
    while (
        header and not header[-1] and not any(len(row) >= len(header) and row[len(header) - 1].strip() for row in rows)
    ):
        header.pop()
    kept, numbers, problems = [], [], []
    for number, row in enumerate(rows[1:], start=2):
        cells = list(row)
        while len(cells) > len(header) and not cells[-1].strip():
            cells.pop()
        if not _filled(cells):
            problems.append(Problem("R-006", Place(file, row=number)))
        elif len(cells) != len(header):
            counts = {"cells": str(len(cells)), "columns": str(len(header))}
            problems.append(Problem("R-005", Place(file, row=number), details=counts))
        else:
            kept.append(cells)
            numbers.append(number)
    if not kept and not problems:
        raise DataProblems([Problem("R-003", Place(file))])
    return table_of(file, digest, header, kept, numbers, rows_read=len(rows) - 1, problems=problems)


def _filled(row: Iterable[str]) -> bool:
    return any(cell.strip() for cell in row)
