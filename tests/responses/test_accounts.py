"""Whatever is in a file, rows and cells add up, and the same answers come out however the file was written."""

import csv
import io
from zipfile import ZipFile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mande.errors import DataProblems, Effect
from mande.instrument import load_instrument
from mande.responses import ColumnNames, read_responses
from mande.responses.accounts import Cells, Flow
from mande.responses.missing import Missing

INSTRUMENT = """\
id: tiny
version: "1"
title: {en: Tiny}
respondent: parent
waves: [then, now]
status: {wording: own, key: provisional}
licence: CC-BY-4.0
answers:
  often: [{code: 1, label: {en: Never, ru: Никогда}}, {code: 2, label: {en: Often, ru: Часто}}, {code: 3, label: {en: Always, ru: Всегда}}]
  not_answers: [{code: 98, label: {en: I do not know, ru: Не знаю}, kind: dont-know}]
items:
  - {id: p1, text: {en: I listen., ru: Я слушаю.}, answers: often}
  - {id: p2, text: {en: I shout at him., ru: Я кричу.}, answers: often, reversed: true}
constructs:
  - {id: calm, title: {en: Calm}, items: [p1, p2], better: higher}
"""  # noqa: E501
HEADER = ["code", "p1_then", "p2_then", "p1_now", "p2_now"]
NAMES = ColumnNames(id="code")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    path = tmp_path_factory.mktemp("instrument") / "tiny.yaml"
    path.write_text(INSTRUMENT, encoding="utf-8")
    return load_instrument(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("files")


def written(rows, separator=",", quoting=csv.QUOTE_MINIMAL, end="\n"):
    out = io.StringIO()
    csv.writer(out, delimiter=separator, quoting=quoting, lineterminator=end).writerows(rows)
    return out.getvalue()


def codes_of(responses):
    return {wave: codes.tolist() for wave, codes in responses.codes.items()}


cell = st.sampled_from(
    ["", "1", "2", "3", "98", "Часто", "3.0", "2,0", "Никогда", "7", "x", " 1 ", "3 - Всегда", "1. Часто", "n/a"]
)
form = st.tuples(st.text("AB12", min_size=0, max_size=2), cell, cell, cell, cell)
LAX = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def check_accounts(responses):
    flow, cells = responses.flow, responses.flow.cells
    rows_aside = sum(flow.rows_set_aside.values())
    assert flow.rows_read == flow.rows_used + rows_aside
    assert flow.rows_used == len(responses)
    parts = (
        cells.answered + cells.blank + sum(cells.not_answers_by_kind.values()) + sum(cells.set_aside_by_reason.values())
    )
    assert cells.read == parts == flow.rows_read * 4
    answered = sum(int(Missing.is_answer(codes).sum()) for codes in responses.codes.values())
    assert cells.answered == answered
    assert cells.blank == sum(int((codes == Missing.BLANK).sum()) for codes in responses.codes.values())
    aside = sum(int((codes == Missing.SET_ASIDE).sum()) for codes in responses.codes.values())
    assert sum(cells.set_aside_by_reason.values()) == aside + 4 * rows_aside
    said_rows = [p for p in responses.problems if p.effect is Effect.ROW_SET_ASIDE]
    assert len(said_rows) == rows_aside
    rows_of_said = {p.place.row for p in said_rows}
    said_cells = [
        p for p in responses.problems if p.effect is Effect.CELL_SET_ASIDE and p.place.row not in rows_of_said
    ]
    assert len(said_cells) == aside


@LAX
@given(rows=st.lists(form, min_size=1, max_size=12), ragged=st.lists(st.integers(0, 11), max_size=3))
def test_rows_and_cells_reconcile_for_any_cells(tiny, folder, rows, ragged):
    rows = [[*row, "odd"] if i in ragged else list(row) for i, row in enumerate(rows)]
    path = folder / "any.csv"
    path.write_text(written([HEADER, *rows]), encoding="utf-8")
    responses = read_responses(path, tiny, NAMES)
    check_accounts(responses)
    assert responses.flow.rows_read == len(rows)


@LAX
@given(
    rows=st.lists(form, min_size=1, max_size=8),
    order=st.permutations(range(5)),
    separator=st.sampled_from(list(",;\t|^~")),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r", "cp866"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_the_way_a_file_is_written_does_not_matter(tiny, folder, rows, order, separator, encoding, quoting, end):
    rows = [["Часто Всегда", "Часто", "Часто", "Всегда", "Никогда"], *rows]  # enough letters to tell the encoding
    plain, other = folder / "plain.csv", folder / "other.csv"
    plain.write_text(written([HEADER, *rows]), encoding="utf-8")
    turned = [[row[i] for i in order] for row in [HEADER, *rows]]
    other.write_bytes(written(turned, separator, quoting, end).encode(encoding))
    one, two = read_responses(plain, tiny, NAMES), read_responses(other, tiny, NAMES)
    assert codes_of(one) == codes_of(two)
    assert one.flow == two.flow
    assert one.row.tolist() == two.row.tolist()
    assert {(p.code, p.place.row, p.value) for p in one.problems} == {
        (p.code, p.place.row, p.value) for p in two.problems
    }


def test_accounts_that_do_not_add_up_cannot_be_made():
    with pytest.raises(AssertionError, match="cells do not reconcile"):
        Cells(read=5, answered=4, adjusted=0, blank=0, not_answers_by_kind={}, set_aside_by_reason={})
    nothing = Cells(0, 0, 0, 0, {}, {})
    with pytest.raises(AssertionError, match="rows do not reconcile"):
        Flow(3, 2, {}, nothing)


def said(responses):
    return [str(problem) for problem in responses.problems]


@pytest.fixture
def read(tmp_path, tiny):
    def reading(text, **names):
        path = tmp_path / "p.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_responses(path, tiny, ColumnNames(**{"id": "code", **names}))

    return reading


def test_cells_of_a_second_form_are_set_aside_with_it(read):
    responses = read("code,p1_then,p2_then,p1_now,p2_now\nA,1,2,3,1\nA,1,9,,1\n")
    assert responses.flow.cells == Cells(8, 4, 0, 0, {}, {"R-020": 4})
    assert "R-020 p.csv row 3: The respondent of this row also stands in row 2" in said(responses)[0]


@pytest.mark.parametrize(
    ("second", "remedy"),
    [
        ("A,1,2,3,1,x", "The two rows are the same in every cell: delete one of them."),
        ("A,1,2,3,1,y", "Every answer is the same in both. Keep the right form of the two and delete the other."),
        ("A,1,2,3,2,x", "Keep the right form of the two and delete the other."),
    ],
)
def test_of_two_forms_of_one_respondent_it_is_said_whether_they_differ(read, second, remedy):
    responses = read(f"code,p1_then,p2_then,p1_now,p2_now,note\nB,1,1,1,2,x\nA,1,2,3,1,x\n{second}\n")
    (problem,) = [problem for problem in responses.problems if problem.code == "R-020"]
    assert (problem.place.row, problem.remedy) == (4, remedy)


@pytest.mark.parametrize(
    ("value", "code", "message"),
    [
        ("7", Missing.SET_ASIDE, 'R-014 p.csv row 2, column "p1_then": "7" is not an answer of this item (1, 2, 3).'),
        ("Chasto", Missing.SET_ASIDE, 'R-014 p.csv row 2, column "p1_then": "(6 letters, not shown)" is not an answer'),
        (
            "Часта",
            Missing.SET_ASIDE,
            '"Часта" is not an answer of this item (Никогда, Часто, Всегда; perhaps "Часто").',
        ),
        ("3 - Часто", Missing.SET_ASIDE, 'R-018 p.csv row 2, column "p1_then": "3 - Часто" says two answers at once'),
        ("01.фев", Missing.SET_ASIDE, "R-019 p.csv row 2"),
        ("2026-02-01", Missing.SET_ASIDE, "R-019 p.csv row 2"),
        ("2 – Часто", 2, '"2 – Часто" was read as 2 in 1 cell.'),
        ("Всегда (3)", 3, "was read as 3"),
        ("2.0", 2, "was read as 2"),
        ("ЧАСТО ", 2, ""),
        ("Часто / Often", 2, "was read as 2"),
        ("Часто / Always", Missing.SET_ASIDE, '"Часто / Always" is not one answer but several ("Часто", "Always").'),
        ("2,3", Missing.SET_ASIDE, '"2,3" is not one answer but several ("2", "3").'),
        ("1 и 2", Missing.SET_ASIDE, "R-044"),
        ("2 2", Missing.SET_ASIDE, "R-044"),
        ("1.3", Missing.SET_ASIDE, "R-044"),
        ("Часто; Всегда", Missing.SET_ASIDE, "R-044"),
        ("98", Missing.DONT_KNOW, ""),
        ("не знаю.", Missing.DONT_KNOW, ""),
        ("n/a", Missing.BLANK, "R-016"),
        ("None", Missing.SET_ASIDE, "R-014"),
        ("NA", Missing.SET_ASIDE, "R-014"),
        ("2.5", Missing.SET_ASIDE, "R-014"),
        ("anna@example.org", Missing.SET_ASIDE, '"(personal data)" is not an answer'),
    ],
)
def test_what_a_cell_means(read, value, code, message):
    responses = read(written([HEADER, ["A", value, "1", "2", "1"]]))
    assert responses.codes["then"][0, 0] == code
    assert not message or any(message in text for text in said(responses))
    check_accounts(responses)


@pytest.mark.parametrize(
    ("value", "said"), [("2,3", "2.3"), ("1.3", "1.3"), ("2, 3", None), ("1 и 3", None), ("2/3", None)]
)
def test_two_numbers_with_a_comma_between_them_may_be_one(read, value, said):
    (problem,) = [p for p in read(written([HEADER, ["A", value, "1", "2", "1"]])).problems if p.code == "R-044"]
    assert ("or the number" in problem.remedy) == (said is not None)
    assert said is None or f"(or the number {said}, which is no answer here), leave the cell empty" in problem.remedy


def test_what_the_evaluator_says_of_values(read):
    text = written([HEADER, ["A", "-9", "нет ответа", "A2", "NA"]])
    missing = {"-9": "blank", "нет ответа": "refused", "NA": "not-applicable"}
    responses = read(text, missing=missing, answers={"A2": 2})
    assert codes_of(responses) == {"then": [[Missing.BLANK, Missing.REFUSED]], "now": [[2, Missing.NOT_APPLICABLE]]}
    assert responses.flow.cells.not_answers_by_kind == {"refused": 1, "not-applicable": 1}


REFUSED = {
    "R-002": b"",
    "R-003": b"code,p1_then,p2_then,p1_now,p2_now\n",
    "R-004": b"code,p1_then,p1_then,p2_then,p1_now,p2_now\nA,1,1,1,1,1\n",
    "R-007": "code;p1_then;p2_then;p1_now;p2_now\nA;?ар доим;о?з;1;1\n".encode("cp1251"),
    "R-008": b"code,p1,,p2,\n,then,now,then,now\nA,1,2,3,1\n",
    "R-008 ": "№,ТОГДА,,СЕЙЧАС,\ncode,1,2,1,2\nA,1,2,3,1\n".encode(),
    "R-009": b"id,x,y\n1,2,3\n",
    "R-010": b"code,p1_then,p2_then,p1_now\nA,1,1,1\n",
    "R-011": b"kode,p1_then,p2_then,p1_now,p2_now\nA,1,1,1,1\n",
    "R-012": b"code,p1_then. I shout at him.,p2_then,p1_now,p2_now\nA,1,1,1,1\n",
    "R-013": b"code,p1_then,x/p1_then,p2_then,p1_now,p2_now\nA,1,1,1,1,1\n",
    "R-054": b'code,p1_then,p2_then,p1_now,p2_now\nA,1,1,1,1\nB,1,"1,1,1\nC,1,1,1,1\nD,1,1,1,1\n',
    "R-055": "code,p1_then,p2_then,p1_now,p2_now,Возраст\nA,1,1,1,1,3\n".encode().decode("cp1251").encode(),
    "R-062": b"code,p1,p2,p1_now,p2_now\nA,1,1,1,1\n",
    "R-064": ("code,p1_then,p2_then,p1_now,p2_now\n" + "A,0,1,2,1\n" * 5).encode(),
    "R-001": b"<!DOCTYPE html><html>",
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(read, code):
    with pytest.raises(DataProblems) as caught:
        read(REFUSED[code])
    assert code.strip() in {problem.code for problem in caught.value.problems}
    assert all(problem.what and problem.remedy for problem in caught.value.problems)


def test_all_missing_columns_are_said_at_once_with_near_misses(read):
    with pytest.raises(DataProblems) as caught:
        read(b"code,p1_then,p2then_,pl_now,q2_now\nA,1,1,1,1\n")
    (problem,) = caught.value.problems
    assert problem.what == "No column for 2 of the 2 items: p1 (now), p2 (now)."
    assert 'Did you mean the column "pl_now" for p1_now, "q2_now" for p2_now?' in problem.remedy
    assert 'columns = { p1_now = "pl_now", p2_now = "q2_now" }' in problem.remedy


def test_a_list_of_columns_that_is_cut_short_says_so(read):
    others = [f"x{i}" for i in range(20)]
    header = ["p1_then", "p2_then", "p1_now", "p2_now", *others]
    with pytest.raises(DataProblems, match=r"There is no column \"code\".* x6, x7 … and 12 more\."):
        read(written([header, ["1"] * len(header)]))


def test_of_several_tables_the_one_that_lacks_the_fewest_columns_is_spoken_of(tmp_path):
    items = [f"p{i:02d}_{wave}" for i in range(1, 21) for wave in ("then", "now")]
    tables = {"old": ["code", *items[:20]], "new": ["kode", *items[1:]]}
    with ZipFile(tmp_path / "forms.zip", "w") as file:
        for name, header in tables.items():
            file.writestr(f"{name}.csv", written([header, ["1"] * len(header)]))
    with pytest.raises(DataProblems) as caught:
        read_responses(tmp_path / "forms.zip", "sfp-10-14-parent", ColumnNames(id="code"))
    assert [p.code for p in caught.value.problems] == ["R-010", "R-011"]
    assert 'No column for the item "p01" (then).' in str(caught.value)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (ColumnNames(id="code", wave="baseline"), "add an empty column f05_baseline: its area then has no change"),
        (ColumnNames(id="code", wave_column="wave"), "add an empty column f05: its area then rests on the other"),
    ],
    ids=["of one time", "of every time"],
)
def test_what_to_do_about_a_lost_column_is_said(tmp_path, names, said):
    items = [f"f{i:02d}" for i in range(1, 23) if i != 5]
    rows = [[f"P{i}", "baseline", *["1"] * len(items)] for i in range(3)]
    (tmp_path / "forms.csv").write_text(written([["code", "wave", *items], *rows]), encoding="utf-8")
    with pytest.raises(DataProblems, match=said):
        read_responses(tmp_path / "forms.csv", "fast-parent", names)


def test_a_duplicate_heading_that_is_no_item_is_only_said(read):
    responses = read("code,p1_then,p2_then,p1_now,p2_now,note,note\nA,1,1,1,2,x,y\n")
    assert [problem.code for problem in responses.problems] == ["R-051"]


@pytest.mark.parametrize(
    "content", [b"\x00" * 100, b"PK\x03\x04" + b"x" * 50, b"$FL2" + b"y" * 200, b"\xd0\xcf\x11\xe0junk"]
)
def test_damaged_files_are_refused(read, content):
    with pytest.raises(DataProblems):
        read(content)


def test_bombs_are_refused(tmp_path, tiny):
    import zipfile

    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"1" * (100 << 20))
    with pytest.raises(DataProblems, match="it would unpack to 100 MB"):
        read_responses(path, tiny)
    path.rename(tmp_path / "bomb.xlsx")
    with pytest.raises(DataProblems, match="it would unpack to 100 MB"):
        read_responses(tmp_path / "bomb.xlsx", tiny)


def test_a_cell_without_end_is_refused(read):
    rows = "A,1,1,1,1\n" * 10
    with pytest.raises(DataProblems, match=r"R-001 .*more than 4 million letters"):
        read(("code,p1_then,p2_then,p1_now,p2_now\n" + rows + "A,1,1,1," + "9" * 9_000_000).encode())


def test_personal_columns_are_dropped_and_listed(read):
    header = [*HEADER, "Телефон", "contact", "gps", "Name of school", "ФИО", "notes"]
    row = ["A", "1", "2", "1", "2", "90 123-45-67", "anna@example.org", "41.31 69.24", "School 5", "Анна К.", "ok"]
    responses = read(written([header, row]))
    assert set(responses.personal_columns) == {"Телефон", "contact", "gps", "ФИО"}
    assert responses.unused_columns == ("Name of school", "notes")


def test_groups_in_different_spelling_are_one(read):
    rows = [
        ["A", "1", "2", "1", "2", "Школа 5"],
        ["B", "1", "2", "1", "2", "школа  5 "],
        ["C", "1", "2", "1", "2", "Школа 5"],
    ]
    responses = read(written([[*HEADER, "school"], *rows]), groups={"school": "school"})
    assert responses.groups["school"].labels == ("Школа 5",)
    assert np.array_equal(responses.groups["school"].position, [0, 0, 0])
    assert "R-041" in {problem.code for problem in responses.problems}
