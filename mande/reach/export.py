"""Reach as files: CSV, a workbook, JSON. Text from a ledger stays text: no cell becomes a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from mande.reach.delivered import Delivered
from mande.reach.measuring import Reach
from mande.reach.places import country_name
from mande.reach.tables import TABLES, Figure, ReachRow

__all__ = ["SHEETS", "csv_text", "files", "table_rows", "workbook"]

Cell = str | int | float
SHEETS = ("programme_countries", "programmes", "countries", "programme_periods", "regions", "schools")
"""The tables that are written, in order; the totals are the last rows of the first one."""

_KEYS = ("programme", "country", "region", "school", "period")
_ALL = "all"
_NOTES = (
    "A sum is at least what is given where entries lack the number (column “… missing”).",
    "Withheld: fewer children than the smallest cell, or a number from which such a one could be found.",
    "Families, people and schools of several programmes, cycles or years may be the same ones (column “may repeat”).",
)


def files(reach: Reach) -> dict[str, bytes]:
    """Contents by file name: JSON of everything, and CSV and workbook of a ledger's tables."""
    contents = {"reach.json": reach.to_json().encode()}
    if reach.delivered is not None:
        contents |= {
            "reach.csv": csv_text(reach.delivered).encode("utf-8-sig"),
            "reach.xlsx": workbook(reach.delivered),
        }
    return contents


def table_rows(reach: Delivered, table: str) -> list[list[Cell]]:
    """One table with its header; the first table ends with the totals of each programme and of all."""
    tables = reach.tables
    rows: Sequence[ReachRow] = getattr(tables, table)
    keys = [key for key in _KEYS if key in TABLES[table]]
    if table == "programme_countries":
        rows = [*rows, *tables.programmes, *tables.total]
    head: list[Cell] = [*keys, "entries", *tables.measures, "cost", "lower bounds", "may repeat"]
    return [head, *([*_row_cells(reach, row, keys)] for row in rows)]


def _row_cells(reach: Delivered, row: ReachRow, keys: Sequence[str]) -> Iterator[Cell]:
    for key in keys:
        yield key_text(reach, key, getattr(row, key))
    yield row.entries
    for measure in reach.tables.measures:
        yield figure_cell(row.figures[measure])
    yield "; ".join(f"{amount:f} {currency}".strip() for currency, amount in sorted(row.costs.items()))
    yield " ".join(name for name, figure in row.figures.items() if figure.at_least)
    yield " ".join(name for name, figure in row.figures.items() if figure.may_repeat)


def key_text(reach: Delivered, column: str, key: str | None) -> str:
    """A row's key as people read it."""
    if key is None:
        return _ALL
    if not key:
        return "not given"
    return country_name(key) if column == "country" else reach.label(column, key)


def figure_cell(figure: Figure) -> Cell:
    if figure.withheld:
        return "withheld"
    return "" if figure.value is None else figure.value


def csv_text(reach: Delivered) -> str:
    """All tables in one CSV, told apart by its first column; a key a table does not have is "all"."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    measures = reach.tables.measures
    writer.writerow(["table", *_KEYS, "entries", *measures, "cost", "lower bounds", "may repeat"])
    for table in (name for name in TABLES if name != "blocks"):
        for row in getattr(reach.tables, table):
            writer.writerow([table, *map(_no_formula, _row_cells(reach, row, _KEYS))])
    return out.getvalue()


def _no_formula(cell: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula, marked as text."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def workbook(reach: Delivered) -> bytes:
    """One sheet a table, then the stated totals and what the columns mean. The same reach gives the same bytes."""
    from datetime import UTC, datetime

    from xlsxwriter import Workbook

    out = io.BytesIO()
    with Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})  # or the same reach would give other bytes
        bold = book.add_format({"bold": True})
        for name, rows in _sheets(reach).items():
            sheet = book.add_worksheet(name.replace("_", " "))
            sheet.freeze_panes(1, 0)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    look = bold if i == 0 else None
                    if isinstance(cell, str):
                        sheet.write_string(i, j, cell, look)
                    else:
                        sheet.write_number(i, j, cell, look)
            sheet.autofit()
    return out.getvalue()


def _sheets(reach: Delivered) -> Mapping[str, list[list[Cell]]]:
    sheets = {name: table_rows(reach, name) for name in SHEETS if getattr(reach.tables, name)}
    if reach.stated:
        sheets["stated totals"] = stated_rows(reach)
    notes: list[list[Cell]] = [["Notes"]]
    notes += [[note] for note in _NOTES]
    return {**sheets, "notes": notes}


def stated_rows(reach: Delivered) -> list[list[Cell]]:
    """Stated numbers beside the sums."""
    rows: list[list[Cell]] = [["stated", "of", "measure", "counted", "difference", "agreement", "printed in"]]
    for check in reach.stated:
        scope = ", ".join(key_text(reach, column, key) for column, key in check.where.items()) or _ALL
        counted = figure_cell(check.counted)
        difference = "" if check.difference is None else check.difference
        measures = " + ".join(check.measures)
        agreement = "counts something else" if check.expect == "other-scope" else check.agreement.value
        rows.append([check.stated, scope, measures, counted, difference, agreement, check.said])
    return rows
