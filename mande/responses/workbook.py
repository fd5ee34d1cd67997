"""Excel and OpenDocument workbooks to one `Table` a sheet, read by calamine."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np

from mande.errors import DataProblems, Place, Problem
from mande.responses.archive import check_size
from mande.responses.compound import has_endless_chain
from mande.responses.heading_row import find_heading_row, looked_over
from mande.responses.table import Table, encoded

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

__all__ = ["OLD_WORKBOOK", "read_workbook"]

OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"

Rows = Sequence[Sequence[object]]


def read_workbook(file: str, content: bytes, digest: str) -> list[Table]:
    """Every sheet with something in it. Raises DataProblems if the workbook cannot be read or all of it is empty."""
    is_zip = content[:2] == b"PK"
    if is_zip:
        check_size(file, content)
    tables: list[Table] = []
    problems: list[Problem] = []
    for name, rows in _sheets(file, content):
        formulas = _formula_texts(content, name) if is_zip and file.lower().endswith((".xlsx", ".xlsm")) else {}
        try:
            tables.append(_table(file, digest, name, rows, formulas))
        except DataProblems as error:
            problems += error.problems
    if not tables:
        raise DataProblems(problems or [Problem("R-002", Place(file))])
    return tables


def _sheets(file: str, content: bytes) -> Iterator[tuple[str, Rows]]:
    workbook = _opened(file, content)
    for name in workbook.sheet_names:
        try:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except BaseException as error:
            if not _is_fault_of_the_file(error):
                raise
            raise _unreadable(file, error) from error
        if any(cell != "" for row in rows for cell in row):
            yield name, rows


def _opened(file: str, content: bytes) -> CalamineWorkbook:
    from python_calamine import CalamineWorkbook

    if content[:4] == OLD_WORKBOOK and has_endless_chain(content):
        raise _unreadable(file, ValueError("it is damaged"))
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(content))
    except BaseException as error:
        if not _is_fault_of_the_file(error):
            raise
        raise _unreadable(file, error) from error


def _is_fault_of_the_file(error: BaseException) -> bool:
    """calamine says most faults by its own errors, some by a panic of Rust, which is no Exception."""
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"


def _unreadable(file: str, error: BaseException) -> DataProblems:
    remedy = "Open it in Excel, remove a password if there is one, and save it as .xlsx or CSV UTF-8."
    detail = " ".join(str(error).split())[:120] or "it is damaged"
    return DataProblems([Problem("R-001", Place(file), details={"detail": detail, "remedy": remedy})])


def _table(file: str, digest: str, sheet: str, rows: Rows, formulas: dict[tuple[int, int], str]) -> Table:
    texts = [[_cell_text(cell) for cell in row] for row in rows]
    computed = _with_formulas(texts, rows, formulas)
    place = find_heading_row(file, texts)
    header = [name.strip() for name in texts[place.header]]
    looked_over(file, header)
    while header and not header[-1] and not any(row[len(header) - 1].strip() for row in texts[place.first :]):
        header.pop()
    kept = [i for i in range(place.first, len(texts)) if any(cell.strip() for cell in texts[i])]
    blank = sorted(set(range(place.first, len(texts))) - set(kept))
    if len(texts) == place.first:
        raise DataProblems([Problem("R-003", Place(file))])
    problems = [*place.problems, *(Problem("R-006", Place(file, i + 1)) for i in blank)]
    for k in sorted(own for own in computed if own < len(header)):
        details = {"rows": " ".join(str(i + 1) for i in computed[k])}
        problems.append(Problem("R-061", Place(file, column=header[k] or None), details=details))
    return Table(
        file=file,
        digest=digest,
        header=tuple(header),
        columns=tuple(encoded([texts[i][k] for i in kept]) for k in range(len(header))),
        row=np.array(kept, dtype=np.int64) + 1,
        rows_read=len(texts) - place.first,
        problems=tuple(problems),
        part=sheet,
        how=f'sheet "{sheet}"',
    )


def _cell_text(cell: object) -> str:
    """A whole number typed into a sheet is stored as 5.0; it is shown, and meant, as 5."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell) if not isinstance(cell, timedelta) else f"{cell.total_seconds():g} s"


def _with_formulas(texts: list[list[str]], rows: Rows, formulas: dict[tuple[int, int], str]) -> dict[int, list[int]]:
    """Put back texts that begin with "=": an exporter wrote them as formulas, whose result is an empty 0.

    Returns the columns that hold formulas with a result of their own, and the rows of these.
    """
    computed: dict[int, list[int]] = {}
    for (row, column), formula in formulas.items():
        if row >= len(rows) or column >= len(rows[row]):
            continue
        if rows[row][column] in ("", 0, 0.0):
            texts[row][column] = formula
        else:
            computed.setdefault(column, []).append(row)
    return computed


def _formula_texts(content: bytes, sheet: str) -> dict[tuple[int, int], str]:
    """The formulas of a sheet by row and column from 0, if some sheet has any and openpyxl is there to read them."""
    if not _has_formulas(content):
        return {}
    try:
        from openpyxl import load_workbook

        workbook = load_workbook(io.BytesIO(content), read_only=True)
        return dict(_formulas(workbook[sheet].iter_rows(values_only=True)))
    except ImportError:
        return {}
    except Exception:  # noqa: BLE001 - calamine has read the file; its formulas alone are then taken as computed
        return {}


def _formulas(rows: Iterator[Sequence[object]]) -> Iterator[tuple[tuple[int, int], str]]:
    for i, row in enumerate(rows):
        for k, cell in enumerate(row):
            if isinstance(cell, str) and cell.startswith("="):
                yield (i, k), cell


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        return any(_holds(archive, name, (b"<f>", b"<f ")) for name in sheets)


def _holds(archive: zipfile.ZipFile, name: str, wanted: tuple[bytes, ...]) -> bool:
    tail = b""
    with archive.open(name) as stream:
        while block := stream.read(1 << 20):
            if any(mark in tail + block for mark in wanted):
                return True
            tail = block[-4:]
    return False
