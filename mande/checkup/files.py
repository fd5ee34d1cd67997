"""The problems as tables that can be sent back to the field. No cell of them can become a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from mande.errors import Problem
from mande.output import output_folder, write_whole

__all__ = ["PROBLEM_COLUMNS", "problem_rows", "write_problems"]

PROBLEM_COLUMNS = ("code", "effect", "file", "row", "column", "value", "what", "remedy")
_MOST_ROWS = 1_048_575
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def problem_rows(problems: Iterable[Problem]) -> list[tuple[str, ...]]:
    """A line of text for each problem, or for each of its places, in the order of `PROBLEM_COLUMNS`."""
    return [
        (
            problem.code,
            problem.effect.value,
            place.file,
            "" if place.row is None else str(place.row),
            place.column or "",
            problem.value,
            problem.what,
            problem.remedy,
        )
        for problem in problems
        for place in problem.places or (problem.place,)
    ]


def write_problems(problems: Iterable[Problem], folder: Path) -> list[Path]:
    """Write problems.csv and problems.xlsx. Raises OutputNotWritable."""
    rows = problem_rows(problems)
    output_folder(folder)
    return [
        write_whole(folder / "problems.csv", _as_csv(rows)),
        write_whole(folder / "problems.xlsx", _as_workbook(rows)),
    ]


def _as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with its mark, so that Excel reads the letters; a text that could be computed gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(PROBLEM_COLUMNS)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig", errors="replace")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def _as_workbook(rows: Sequence[Sequence[str]]) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("problems")
        bold = book.add_format({"bold": True, "bottom": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for k, (name, width) in enumerate(zip(PROBLEM_COLUMNS, (8, 15, 24, 7, 24, 24, 60, 60), strict=True)):
            sheet.set_column(k, k, width, wrapped)
            sheet.write_string(0, k, name, bold)
        for i, row in enumerate(rows[:_MOST_ROWS], start=1):
            for k, cell in enumerate(row):
                sheet.write_string(i, k, cell)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, min(len(rows), _MOST_ROWS)), len(PROBLEM_COLUMNS) - 1)
    return out.getvalue()
