"""The workbook: every figure unrounded, no text a formula, nothing withheld, the same bytes each time."""

import io

import openpyxl
import pytest

from mande.change import COLUMNS
from mande.report.workbook import render_workbook
from mande.report.workbook.columns import MEANING
from mande.report.workbook.tables import tables_of
from tests.report.conftest import NARRATIVE, steady_forms


@pytest.fixture(scope="module")
def book(small):
    return openpyxl.load_workbook(io.BytesIO(render_workbook(small)))


def sheet(book, name: str) -> list[dict]:
    head, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_there_is_a_sheet_for_each_table(book):
    assert book.sheetnames == [
        *("Read me", "Summary", "Changes", "Questions", "Reliability", "Soundness", "Files", "Codebook", "Areas"),
        "Provenance",
    ]


def test_changes_have_every_column_of_the_frame_at_full_precision(small, book):
    rows = sheet(book, "Changes")
    assert tuple(rows[0]) == COLUMNS
    for row, change in zip(rows, small.changes, strict=True):
        assert (row["construct"], row["n"]) == (change.construct, change.n)
        assert row["mean_change"] == pytest.approx(change.mean_change.value, rel=1e-15)
        assert row["p_adjusted"] == pytest.approx(change.p_adjusted, rel=1e-14)


def test_the_questionnaire_s_own_qualities_are_there_with_their_intervals(small, book):
    row = next(row for row in sheet(book, "Reliability") if row["construct"] == "harmony")
    reliability = next(c for c in small.changes if c.construct == "harmony").reliability
    for name in ("alpha_earlier", "alpha_later", "omega_earlier", "omega_later"):
        estimate = getattr(reliability, name)
        found = [row.get(name), row.get(f"{name}_low"), row.get(f"{name}_high")]
        assert found == ([estimate.value, estimate.low, estimate.high] if estimate else [None] * 3)
    assert reliability.alpha_earlier is not None
    question = next(row for row in sheet(book, "Questions") if (row["item"], row["wave"]) == ("a1", "then"))
    assert (question["lowest_share"], question["floor"], question["ceiling"]) == (0, False, False)


def test_every_column_is_explained_and_nothing_else(book):
    assert tuple(MEANING) == COLUMNS
    explained = [row[0] for row in book["Read me"].iter_rows(values_only=True)]
    assert {*COLUMNS} <= {*explained}


def test_rows_read_are_rows_used_and_set_aside(book):
    for row in sheet(book, "Files"):
        aside = sum(value or 0 for name, value in row.items() if name.startswith("rows_set_aside"))
        assert row["rows_read"] == row["rows_used"] + aside


def test_text_that_looks_like_a_formula_stays_text(evaluation_of):
    evil = '=HYPERLINK("http://x.example","go")'
    plan = NARRATIVE + "\n"
    evaluation = evaluation_of(steady_forms(20), narrative=plan, replaced={'"A test"': f"'{evil}'"})
    made = openpyxl.load_workbook(io.BytesIO(render_workbook(evaluation)))
    assert made["Read me"]["A1"].value == evil
    cells = [cell for name in made.sheetnames for row in made[name].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "b"}
    assert not any(cell.hyperlink for cell in cells)


def test_sheets_can_be_read_and_printed(book):
    changes = book["Changes"]
    assert changes.freeze_panes == "C2"
    assert changes.print_title_rows == "$1:$1"
    assert changes.page_setup.orientation == "landscape"
    assert changes["N2"].number_format == "0.000"
    assert changes.column_dimensions["B"].width > 8


def test_a_withheld_change_is_empty(evaluation_of):
    evaluation = evaluation_of(steady_forms(12, answered=3))
    made = openpyxl.load_workbook(io.BytesIO(render_workbook(evaluation)))
    (row,) = [row for row in sheet(made, "Changes") if row["construct"] == "quarrels"]
    says = {name for name, value in row.items() if value is not None}
    assert says == {"respondent", "construct", "earlier", "later", "group", "note"}
    assert row["note"] == "all: withheld"
    assert not [item for item in sheet(made, "Questions") if item["item"] == "b1"]


def test_the_same_evaluation_gives_the_same_bytes(small):
    assert render_workbook(small) == render_workbook(small)


def test_tables_have_one_cell_a_column(small):
    for table in tables_of(small, "en"):
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert len(set(table.columns)) == len(table.columns)
