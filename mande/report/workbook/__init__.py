"""The evaluation as an Excel workbook: one sheet a table, figures unrounded, and no text ever a formula."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from mande.evaluation import Evaluation
from mande.report.attached import UNDATED
from mande.report.workbook.columns import MEANING
from mande.report.workbook.flat import Cell
from mande.report.workbook.tables import Table, tables_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = ["render_workbook"]

WIDEST, LONGEST = 60, 32_767  # Excel's column width that can still be read, and the most letters that a cell holds
LANDSCAPE_A4 = 9
FORMATS = {"count": "0", "figure": "0.000", "p": "0.0000", "share": "0.0%", "text": "@", "other": "General"}


def render_workbook(evaluation: Evaluation, *, language: str = "en") -> bytes:
    """The workbook. Cells show three decimals and hold them all. The same evaluation gives the same bytes."""
    import xlsxwriter

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as book:
        period = evaluation.plan.programme.period
        created = datetime.combine(period.to if period else UNDATED, time(), UTC).replace(tzinfo=None)
        book.set_properties({"title": evaluation.plan.title, "created": created, "comments": "Made by mande"})
        tables = tables_of(evaluation, language)
        _first_sheet(book, evaluation, tables)
        styles = {name: book.add_format({"num_format": code, "valign": "top"}) for name, code in FORMATS.items()}
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E8EEF0"})
        for table in tables:
            _sheet(book.add_worksheet(table.name), table, head, styles)
    return content.getvalue()


def _first_sheet(book: Workbook, evaluation: Evaluation, tables: Sequence[Table]) -> None:
    sheet = book.add_worksheet("Read me")
    bold = book.add_format({"bold": True})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, _text(evaluation.plan.title), bold)
    smallest = evaluation.plan.smallest_cell
    lines = [
        ("Programme", evaluation.plan.programme.name),
        ("Data", "Synthetic: invented, nobody's answers" if evaluation.plan.synthetic else "Answers of people"),
        ("Direction", "Every change is later less earlier; whether up is better stands on the sheet Areas."),
        ("Withheld", f"Results of fewer than {smallest} people, and those that would give them away, are empty."),
        ("", ""),
        ("Sheet", "What it holds"),
        *((table.name, table.about) for table in tables),
        ("", ""),
        ("Column of Changes", "What it is"),
        *MEANING.items(),
    ]
    for row, (name, meaning) in enumerate(lines, 1):
        sheet.write_string(row, 0, _text(name), bold)
        sheet.write_string(row, 1, _text(meaning), plain)
    _for_print(sheet)


def _sheet(sheet: Worksheet, table: Table, head: Format, styles: dict[str, Format]) -> None:
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column, head)
        cells = [row[place] for row in table.rows]
        for row, cell in enumerate(cells, 1):
            _write(sheet, row, place, cell, styles[_style(column, cell)])
        longest = max((len(str(cell)) for cell in cells if isinstance(cell, str)), default=9)
        sheet.set_column(place, place, min(max(longest, len(column) * 0.8, 9) + 2, WIDEST))
    sheet.freeze_panes(1, _frozen(table))
    sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    sheet.repeat_rows(0)
    _for_print(sheet)


def _frozen(table: Table) -> int:
    """How many columns stay in sight: those that say what a row is, where there are many others."""
    names = {"respondent", "instrument", "questionnaire", "construct", "area", "item", "file"}
    if len(table.columns) < 9:
        return 0
    return next((place for place, column in enumerate(table.columns) if column not in names), 0)


def _style(column: str, cell: Cell) -> str:
    if isinstance(cell, str):
        return "text"
    if not isinstance(cell, float):
        return "other" if isinstance(cell, bool) or cell is None else "count"
    if "share" in column or column.startswith("at_best"):
        return "share"
    return "p" if column == "p" or column.startswith("p_") or column.endswith("_p") else "figure"


def _write(sheet: Worksheet, row: int, column: int, cell: Cell, style: Format) -> None:
    if cell is None:
        sheet.write_blank(row, column, None, style)
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell, style)
    elif isinstance(cell, str):
        sheet.write_string(row, column, _text(cell), style)
    else:
        sheet.write_number(row, column, cell, style)


def _text(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


def _for_print(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(LANDSCAPE_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&R&P / &N")
