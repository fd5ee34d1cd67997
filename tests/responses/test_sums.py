"""Rows that add others up are no questionnaires, whether a word says so or only their numbers do."""

import pytest

from mande import ColumnNames, read_responses
from tests.small import HEADER

FORMS = [
    ["A", "Юг", 1, 2, 5, 4, 3, 4, 2, 2],
    ["B", "Юг", 2, 2, 4, 4, 5, 4, 1, 1],
    ["C", "Север", 3, 1, 4, 5, 5, 4, 3, 2],
    ["D", "Север", 3, 3, 3, 4, 5, 5, 4, 4],
]
SUMS = [sum(column) for column in zip(*(form[2:] for form in FORMS), strict=True)]
MEANS = [total / 4 for total in SUMS]


@pytest.fixture
def read(tmp_path, mini):
    def reading(*below, forms=FORMS):
        path = tmp_path / "forms.csv"
        path.write_text("\n".join(";".join(map(str, row)) for row in [HEADER, *forms, *below]), encoding="utf-8")
        return read_responses(path, mini, ColumnNames(id="code", groups={"place": HEADER[1]}))

    return reading


def set_aside(responses):
    return [(problem.place.row, problem.value) for problem in responses.problems if problem.code == "R-024"]


@pytest.mark.parametrize(
    ("below", "said"),
    [
        (["Итого", "", *SUMS], "Итого"),
        (["Всего по школе:", "", *SUMS], "8 of 8 numbers are no answers"),
        (["Ср. знач.", "", *MEANS], "Ср. знач."),
        (["", "", *SUMS], "8 of 8 numbers are no answers"),
        (["", "", *(str(mean).replace(".", ",") for mean in MEANS)], "6 of 8 numbers are no answers"),
        (["", "", *(f"{mean:.1f}" for mean in MEANS)], "6 of 8 numbers are no answers"),
        (["", "", *(f"{7 + k}%" for k in range(8))], "8 of 8 numbers are no answers"),
    ],
)
def test_a_row_below_the_forms_that_adds_them_up_is_no_form(read, below, said):
    responses = read(below)
    assert set_aside(responses) == [(6, said)]
    assert responses.flow.rows_set_aside == {"R-024": 1}
    assert len(responses) == 4
    assert {"R-014", "R-044"}.isdisjoint(problem.code for problem in responses.problems)


def test_sums_and_means_below_each_other_are_both_told(read):
    responses = read(["", "", *SUMS], [""] * 10, ["", "", *MEANS], ["Количество", "", *[4] * 8])
    assert [row for row, _ in set_aside(responses)] == [6, 8, 9]
    assert len(responses) == 4


def test_formulas_of_a_row_of_sums_are_not_told_of_the_columns(tmp_path, mini):
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "forms.xlsx") as book:
        sheet = book.add_worksheet()
        for i, row in enumerate([HEADER, *FORMS]):
            sheet.write_row(i, 0, row)
        for k in range(2, 10):
            sheet.write_formula(5, k, f"=SUM({chr(65 + k)}2:{chr(65 + k)}5)", None, SUMS[k - 2])
        sheet.write_formula(1, 9, "=1+1", None, 2)
    responses = read_responses(tmp_path / "forms.xlsx", mini, ColumnNames(id="code"))
    assert [(problem.code, problem.place.column) for problem in responses.problems] == [
        ("R-061", "b1_now"),
        ("R-024", None),
    ]


def test_a_person_with_a_code_is_never_taken_for_a_sum(read):
    responses = read(["E", "", *SUMS])
    assert not set_aside(responses)
    assert len(responses) == 5


def test_a_form_without_a_code_whose_answers_are_answers_is_a_form(read):
    responses = read(["", "Юг", *[3] * 8])
    assert not set_aside(responses)
    assert len(responses) == 5


def test_a_place_that_begins_like_a_sum_is_a_place_where_the_row_has_a_code(read):
    responses = read(["E", "Средняя школа 5", *[3, 2, 4, 4, 1, 5, 2, 3]])
    assert not set_aside(responses)
