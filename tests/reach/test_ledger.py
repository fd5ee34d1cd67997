"""A ledger is checked like a questionnaire file: every problem at once, with its remedy, and rows that reconcile."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mande import read_ledger
from mande.errors import CATALOGUE, DataProblems
from mande.plan import Period

COLUMNS = [
    *("entry", "corrects", "activity", "programme", "country", "region", "school", "cycle", "period_from", "period_to"),
    *("people_trained", "families", "schools", "girls", "boys", "children", "cost", "note"),
]
HEADER = ",".join(COLUMNS)
PERIOD = Period.model_validate({"from": date(2019, 1, 1), "to": date(2019, 12, 31)})


def row(**cells: object) -> str:
    filled = {"activity": "sessions", "programme": "sfp-10-14", "country": "Uzbekistan", "period_to": "2019", **cells}
    return ",".join(str(filled.get(column, "")) for column in COLUMNS)


def read(tmp_path, *rows: str, header: str = HEADER, period: Period | None = None):
    path = tmp_path / "ledger.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return read_ledger(path, period=period)


def found(ledger) -> list[str]:
    return [str(problem) for problem in ledger.problems]


def test_a_clean_ledger_has_no_problem_and_every_row_is_used(tmp_path):
    ledger = read(tmp_path, row(families=40, schools=4), row(country="KZ", families=10))
    assert found(ledger) == []
    assert [(entry.country, entry.counts) for entry in ledger.entries] == [
        ("UZ", {"families": 40, "schools": 4}),
        ("KZ", {"families": 10}),
    ]


@pytest.mark.parametrize("cell", ["-3", "1.5", "12a", "1.000", '"1,556"', "~40"])
def test_negative_fractional_or_ambiguous_people_are_set_aside_with_their_cell(tmp_path, cell):
    ledger = read(tmp_path, row(families=cell, schools=4))
    value = cell.strip('"')
    assert found(ledger) == [
        (
            f'M-010 ledger.csv row 2, column "families": "{value}" is not a whole number of 0 or more. '
            "Correct it, without separators for thousands; leave the cell empty if it is not known."
        )
    ]
    assert ledger.entries[0].counts == {"schools": 4}


@pytest.mark.parametrize("cell", ["1 556", "1\u00a0556", "1556.0"])
def test_other_notations_of_a_whole_number_are_read_and_told(tmp_path, cell):
    ledger = read(tmp_path, row(families=cell))
    assert ledger.entries[0].counts == {"families": 1556}
    assert [problem.code for problem in ledger.problems] == ["M-013"]


def test_a_country_spelled_three_ways_is_one_country(tmp_path):
    names = ["Uzbekistan", "Uzbekistan", "Узбекистан", "O‘zbekiston", "UZB"]
    ledger = read(tmp_path, *(row(country=name, families=10 + i) for i, name in enumerate(names)))
    assert {entry.country for entry in ledger.entries} == {"UZ"}
    assert [str(p) for p in ledger.problems if p.code == "M-022"] == [
        f'M-022 ledger.csv, column "country": "{name}" was read as Uzbekistan in 1 row. Nothing needs to be done.'
        for name in names[2:]
    ]


def test_an_unknown_country_is_suggested_never_guessed(tmp_path):
    ledger = read(tmp_path, row(country="Uzbekstan", families=10), row(country="", families=4), row(families=2))
    assert found(ledger) == [
        'M-020 ledger.csv row 2, column "country": "Uzbekstan" is no country that is known. Did you mean Uzbekistan?',
        'M-021 ledger.csv row 3, column "country": The row has no country. Enter it.',
    ]
    assert [entry.row for entry in ledger.entries] == [4]
    assert ledger.flow.rows_set_aside == {"M-020": 1, "M-021": 1}


def test_spellings_that_differ_in_dashes_and_case_are_one_programme_and_near_ones_are_noticed(tmp_path):
    ledger = read(
        tmp_path,
        *(row(programme="SFP 10–14", region="Samarkand", cycle=i, families=10) for i in range(3)),
        row(programme="sfp-10-14", region="Samarqand", cycle=7, families=10),
        row(programme="sfp-12-14", region="Samarkand", cycle=8, families=10),
    )
    assert {entry.programme for entry in ledger.entries} == {"sfp-10-14", "sfp-12-14"}
    assert ledger.label("programme", "sfp-10-14") == "SFP 10–14"
    assert found(ledger) == [
        (
            'M-023 ledger.csv row 5, column "region": "Samarqand" looks like "Samarkand" (4 rows), and is counted '
            "apart. If they are the same, write one name in all rows."
        )
    ]


def test_an_identical_row_is_set_aside_and_another_number_for_the_same_place_is_noticed(tmp_path):
    ledger = read(tmp_path, row(families=10), row(families=10), row(families=12), row(schools=3))
    assert [problem.code for problem in ledger.problems] == ["M-030", "M-031"]
    assert "row 3: The row says the same as row 2" in found(ledger)[0]
    assert [entry.counts for entry in ledger.entries] == [{"families": 10}, {"families": 12}, {"schools": 3}]


def test_girls_and_boys_that_are_not_the_children_are_noticed(tmp_path):
    ledger = read(tmp_path, row(girls=10, boys=12, children=25), row(girls=3, boys=4, cycle=2))
    assert found(ledger) == [
        (
            'M-040 ledger.csv row 2, column "children": 10 girls and 12 boys are not 25 children. '
            "Correct the wrong one; all three are used as they stand."
        )
    ]
    assert ledger.entries[1].count("children") == 7


def test_age_bands_larger_than_their_whole_are_noticed(tmp_path):
    header = HEADER + ",girls_10_12,girls_13_14"
    ledger = read(tmp_path, row(girls=10) + ",6,5", row(girls=11, cycle=2) + ",6,5", header=header)
    assert [(p.code, p.place.row) for p in ledger.problems] == [("M-041", 2)]


def test_dates_outside_of_the_period_impossible_dates_and_ambiguous_ones(tmp_path):
    ledger = read(
        tmp_path,
        row(families=1, period_from="2018-05-01", period_to="2019-06-30"),
        row(families=2, period_from="2019-09-01", period_to="2019-03-01"),
        row(families=3, period_to="03/04/2019", cycle=3),
        row(families=4, period_from="2019-02", period_to="28.02.2019"),
        period=PERIOD,
    )
    assert [(p.code, p.place.row, p.place.column) for p in ledger.problems] == [
        ("M-015", 2, "period_from"),
        ("M-014", 3, "period_to"),
        ("M-011", 4, "period_to"),
    ]
    assert [entry.period for entry in ledger.entries] == ["2018–2019", "", "", "2019"]


def test_a_later_row_corrects_an_earlier_one_which_stays_to_be_seen(tmp_path):
    ledger = read(
        tmp_path,
        row(entry="E1", families=10),
        row(entry="E2", corrects="E1", families=12),
        row(entry="E3", corrects="E2", families=13),
        row(entry="E4", families=5, cycle=2),
    )
    assert [(entry.id, entry.counts["families"]) for entry in ledger.entries] == [("E3", 13), ("E4", 5)]
    assert [entry.id for entry in ledger.superseded] == ["E1", "E2"]
    assert ledger.flow.rows_superseded == 2
    assert found(ledger) == []
    assert ledger.to_frame()["status"].tolist() == ["superseded", "superseded", "used", "used"]


@pytest.mark.parametrize(
    ("rows", "code", "used"),
    [
        ([{"entry": "E1"}, {"entry": "E1", "cycle": 2}], "M-032", 1),
        ([{"entry": "E1"}, {"corrects": "E7"}], "M-033", 1),
        ([{"entry": "E1", "corrects": "E1"}], "M-033", 0),
        ([{"entry": "E1"}, {"corrects": "E1"}, {"corrects": "E1", "note": "again"}], "M-034", 1),
        ([{"entry": "E1"}, {"corrects": "E1", "country": "Nowhere"}], "M-020", 1),
    ],
)
def test_corrections_that_cannot_be_are_set_aside_and_nothing_is_counted_twice(tmp_path, rows, code, used):
    ledger = read(tmp_path, *(row(families=10 + i, **cells) for i, cells in enumerate(rows)))
    assert [problem.code for problem in ledger.problems] == [code]
    assert len(ledger.entries) == used


def test_a_row_without_a_number_and_several_schools_under_one_name(tmp_path):
    ledger = read(tmp_path, row(note="nothing"), row(school="School 5", schools=3))
    assert [(p.code, p.place.row) for p in ledger.problems] == [("M-035", 2), ("M-036", 3)]


def test_a_file_without_numbers_or_with_a_column_twice_is_refused_with_all_its_problems(tmp_path):
    with pytest.raises(DataProblems) as caught:
        read(tmp_path, "a,b,c", header="country,famlies,Country")
    assert [problem.code for problem in caught.value.problems] == ["M-003", "M-001", "M-002"]
    assert 'Did you mean "families"?' in str(caught.value)


def test_a_misspelt_column_is_noticed_with_the_nearest(tmp_path):
    ledger = read(tmp_path, row(families=3) + ",7", header=HEADER + ",certficates")
    assert found(ledger) == ['M-002 ledger.csv: The column "certficates" is not used. Did you mean "certificates"?']


def test_an_excel_ledger_reads_the_same(tmp_path):
    from xlsxwriter import Workbook

    with Workbook(tmp_path / "ledger.xlsx") as book:
        sheet = book.add_worksheet()
        lines: list[list[object]] = [
            ["country", "families", "period_to"],
            ["Uzbekistan", 42900, date(2019, 12, 31)],
        ]
        for i, line in enumerate(lines):
            for j, cell in enumerate(line):
                if isinstance(cell, date):
                    sheet.write_datetime(i, j, cell, book.add_format({"num_format": "yyyy-mm-dd"}))
                else:
                    sheet.write(i, j, cell)
    ledger = read_ledger(tmp_path / "ledger.xlsx")
    assert [(e.country, e.counts, e.period) for e in ledger.entries] == [("UZ", {"families": 42900}, "2019")]


CELLS = st.fixed_dictionaries(
    {
        "entry": st.sampled_from(["", "E1", "E2"]),
        "corrects": st.sampled_from(["", "", "E1", "E2"]),
        "activity": st.sampled_from(["sessions", "stated total"]),
        "country": st.sampled_from(["UZ", "KZ", "Uzbekstan", ""]),
        "families": st.sampled_from(["", "3", "-1", "40"]),
    }
)


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(CELLS, min_size=1, max_size=8))
def test_rows_always_reconcile_and_every_problem_can_be_said(rows, tmp_path_factory):
    ledger = read(tmp_path_factory.mktemp("ledger"), *(row(**cells) for cells in rows))
    flow = ledger.flow
    kept = flow.rows_used + flow.rows_superseded + flow.stated_totals
    assert flow.rows_read == len(rows) == kept + sum(flow.rows_set_aside.values())
    assert all(str(problem) for problem in ledger.problems)
    assert {problem.code for problem in ledger.problems} <= CATALOGUE.keys()
