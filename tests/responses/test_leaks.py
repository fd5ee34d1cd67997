"""A name typed where an answer belongs comes into no message, page or table: its row and column find it at home."""

import pytest
from python_calamine import CalamineWorkbook

from mande.cli import main

NAME = "Каримова Нигора"
EVALUATION = """\
title = "T"
analysis = "retrospective-pretest"
smallest_cell = 1
[programme]
id = "p"
name = "P"
[[source]]
file = "parents.csv"
instrument = "sfp-10-14-parent"
id = "code"
"""
ITEMS = [f"p{i:02d}" for i in range(1, 21)]
HEADER = ["code", "возраст", *[f"{i}_then" for i in ITEMS], *[f"{i}_now" for i in ITEMS]]


def form(code="A1", age="34", **cells):
    answers = {name: str(1 + (k * 7) % 5) for k, name in enumerate(HEADER[2:])}
    return [code, age, *(answers | cells).values()]


@pytest.fixture
def everything_said(tmp_path, capsys):
    """All that `mande check` prints and writes of a file."""

    def check(*lines, more="", name="evaluation.toml"):
        (tmp_path / "parents.csv").write_text("\n".join(";".join(line) for line in lines), encoding="utf-8")
        (tmp_path / name).write_text(EVALUATION + more, encoding="utf-8")
        main(["check", str(tmp_path / name), "-o", str(tmp_path / "out")])
        printed = capsys.readouterr()
        written = [path.read_text("utf-8-sig") for path in (tmp_path / "out").iterdir() if path.suffix != ".xlsx"]
        sheets = [CalamineWorkbook.from_path(path) for path in (tmp_path / "out").glob("*.xlsx")]
        cells = [str(sheet.get_sheet_by_index(0).to_python()) for sheet in sheets]
        return "\n".join([printed.out, printed.err, *written, *cells])

    return check


def test_a_name_in_an_answer_cell_is_told_by_place_and_length_only(everything_said):
    said = everything_said(HEADER, form(), form("A2", p03_now=NAME))
    assert 'R-014 parents.csv row 3, column "p03_now"' not in said  # the listing groups by code
    assert 'parents.csv row 3, column "p03_now": "(15 letters, not shown)" is not an answer of this item' in said
    assert "Каримова" not in said


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([HEADER, form(), form("A2", NAME)], id="age"),
        pytest.param([["Заполнила", NAME], HEADER, form(), form("A2")], id="title row"),
        pytest.param([[*HEADER[:2], "p01", *HEADER[3:]], form("A1", NAME)], id="the first form, under a broken header"),
        pytest.param([[NAME, *form()[1:]], form(), form("A2")], id="no header"),
        pytest.param([HEADER, form(p01_now="К?римова"), form("A2")], id="a name with a lost letter"),
        pytest.param([HEADER, form(p01_now="Karimova 1985"), form("A2")], id="name and year"),
        pytest.param([HEADER, form(p01_now="<Karimova>"), form("A2")], id="name in angle brackets"),
        pytest.param([["дата", *HEADER], ["Итого: Каримова", *form("")], ["", *form()]], id="a sum with a name"),
    ],
)
def test_a_name_elsewhere_is_not_said_either(everything_said, lines):
    said = everything_said(*lines).casefold()
    assert "parents.csv" in said
    assert not any(part in said for part in ("каримова", "нигора", "римова", "karimova"))


def test_a_name_in_the_column_of_waves_is_not_said(everything_said):
    header = ["code", "визит", *ITEMS]
    row = [str(1 + k % 5) for k in range(20)]
    more = 'wave_column = "визит"\n'
    said = everything_said(header, ["A", "до", *row], ["A", "после", *row[::-1]], ["B", NAME, *row], more=more)
    assert '"(15 letters, not shown)" is none of the waves (then, now)' in said
    assert "Каримова" not in said


def test_misspelt_answers_and_usual_words_stay_readable(everything_said):
    cells = {"p01_now": "Иногд", "p02_now": "нет ответа", "p03_now": "77", "p04_now": "?"}
    said = everything_said(HEADER, form(**cells))
    assert all(f'"{text}" is not an answer of this item' in said for text in cells.values())


def test_the_answers_are_offered_in_the_words_that_people_typed(everything_said):
    words = ["Никогда", "Редко", "Иногда", "Часто", "Всегда"]
    rows = [form(f"A{n}", p01_now=words[n % 5]) for n in range(9)]
    said = everything_said(HEADER, *rows, form("A9", p01_now="Часта"))
    assert '"Часта" is not an answer of this item (Никогда, Редко, Иногда, Часто, Всегда; perhaps "Часто")' in said


@pytest.mark.parametrize("typed", ["7", "+", "иногда да, иногда нет"])
def test_a_file_in_words_is_offered_its_own_words_for_whatever_stands_among_them(everything_said, typed):
    words = ["Никогда", "Редко", "Иногда", "Часто", "Всегда"]
    rows = [form(f"A{n}", p01_now=words[n % 5]) for n in range(9)]
    said = everything_said(HEADER, *rows, form("A9", p01_now=f'"{typed}"'))
    assert "is not an answer of this item (Никогда, Редко, Иногда, Часто, Всегда)" in said
    assert "is not an answer of this item (1, 2, 3, 4, 5)" not in said


def test_a_file_in_numbers_is_offered_numbers_though_one_cell_holds_a_word(everything_said):
    rows = [form(f"A{n}", p01_now="Часто" if n == 3 else "4") for n in range(9)]
    said = everything_said(HEADER, *rows, form("A9", p01_now="7"))
    assert '"7" is not an answer of this item (1, 2, 3, 4, 5)' in said
