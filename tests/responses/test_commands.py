"""`mande check` and `mande map` on files as they come: what they print, write, and their exit codes."""

import tomllib

import pytest
from python_calamine import CalamineWorkbook

from mande.cli import main
from mande.instrument import load_instrument

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


@pytest.fixture
def evaluation(tmp_path):
    def write(header, *rows, more=""):
        (tmp_path / "parents.csv").write_text("\n".join(",".join(row) for row in [header, *rows]), encoding="utf-8")
        (tmp_path / "evaluation.toml").write_text(EVALUATION + more)
        return str(tmp_path / "evaluation.toml")

    return write


HEADER = ["code", *[f"{i}_then" for i in ITEMS], *[f"{i}_now" for i in ITEMS], "phone", "notes"]


def row(code, value="3", story=""):
    return [code, value, *["3", "4"] * 9, "2", *["4", "5"] * 10, "+998901234567", story]


def test_check_says_everything_and_leaves_the_files(evaluation, tmp_path, capsys):
    path = evaluation(HEADER, row("A1", "=1+2"), row("A2", "<b>7</b>"), row("A3", "3.0"), row("A3"))
    assert main(["check", path, "-o", str(tmp_path / "out")]) == 1
    printed = capsys.readouterr().out
    assert "rows   4 read = 3 used + 1 set aside (R-020)" in printed
    assert (
        "cells  160 read = 118 answered (1 in another notation) + 0 blank + 2 set aside (R-014) + 40 set aside (R-020)"
        in printed
    )
    assert "  p01   p01_then  p01_now" in printed
    assert "dropped as personal data: phone" in printed
    assert "+998901234567" not in printed
    table = (tmp_path / "out/problems.csv").read_text(encoding="utf-8-sig")
    assert "R-014,cell set aside,parents.csv,2,p01_then,'=1+2," in table
    page = (tmp_path / "out/check.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;7&lt;/b&gt;" in page
    assert "<b>7</b>" not in page
    assert "(1 cell written in another notation)" in page
    assert "A1" not in page.replace("A4", "")
    cells = CalamineWorkbook.from_path(tmp_path / "out/problems.xlsx").get_sheet_by_index(0).to_python()
    assert cells[0][:5] == ["code", "effect", "file", "row", "column"]
    assert "=1+2" in [cell for line in cells for cell in line]


def test_the_check_ends_with_what_to_do_next(evaluation, tmp_path, capsys):
    path = evaluation(HEADER, row("A1", "7"), row("A2"))
    assert main(["check", path, "-o", str(tmp_path)]) == 1
    last = capsys.readouterr().out.splitlines()[-2:]
    assert last[0].startswith("To be looked at: R-014")
    assert last[0].endswith("What a code means: mande explain R-014")
    assert last[1].endswith(f"mande report {path}")


def test_a_named_column_is_offered_with_the_group_of_its_form(evaluation, tmp_path, capsys):
    path = evaluation(["intro/code", *HEADER[1:]], row("A1"))
    main(["check", path, "-o", str(tmp_path)])
    assert (
        'There is no column "code", which evaluation.toml names. Did you mean "intro/code"?' in capsys.readouterr().err
    )


def test_clean_data_exit_with_0(evaluation, tmp_path, capsys):
    then = [str(1 + (i * 7) % 5) for i in range(20)]
    now = [str(1 + (i * 7 + i % 3) % 5) for i in range(20)]
    path = evaluation(HEADER[:-2], ["A1", *then, *now], ["A2", *now[::-1], *then])
    assert main(["check", path, "-o", str(tmp_path)]) == 0
    assert capsys.readouterr().out.endswith(f"Nothing needs to be looked at. Next: mande report {path}\n")


def test_a_refused_file_still_leaves_its_problems(evaluation, tmp_path, capsys):
    path = evaluation(["code", *HEADER[2:]], row("A1")[1:])
    assert main(["check", path, "-o", str(tmp_path)]) == 1
    assert 'R-010 parents.csv: No column for the item "p01" (then)' in capsys.readouterr().err
    assert "R-010" in (tmp_path / "problems.csv").read_text(encoding="utf-8-sig")


def test_map_marks_its_guesses_and_its_proposal_is_read(evaluation, tmp_path, capsys):
    odd = ["code", "I stay calm (then)", *HEADER[2:20], *["P 20 back then", *HEADER[21:-2]]]
    odd[3] = "pO3_then"
    path = evaluation(odd, row("A1")[:-2])
    assert main(["map", path]) == 0
    printed = capsys.readouterr().out
    (source,) = tomllib.loads(printed)["source"]
    assert source["columns"]["p02_then"] == "p02_then"
    assert 'p03_then = "pO3_then"  # GUESS, please check: alike by' in printed
    assert '# p01_then = ""  # no heading is like it' in printed
    assert '#   "I stay calm (then)"' in printed
    columns = "[source.columns]\n" + "\n".join(
        f'{key} = "{name}"' for key, name in {**source["columns"], "p01_then": "I stay calm (then)"}.items()
    )
    path = evaluation(odd, row("A1")[:-2], more=columns)
    main(["check", path, "-o", str(tmp_path)])
    assert "p03   pO3_then (named)" in capsys.readouterr().out


NUMBERED = {
    "ru": ("Код", "Школа", "В{n} до", "В{n} после"),
    "en": ("Code", "School", "Q{n} before", "Q{n} after"),
    "uz": ("Kod", "Maktab", "{n}-savol (oldin)", "{n}-savol (hozir)"),
    "glued": ("код", "Школа", "в{n}до", "в{n}после"),
}


@pytest.mark.parametrize("language", NUMBERED)
def test_map_proposes_numbered_columns_and_what_it_prints_can_be_pasted(tmp_path, capsys, language):
    code, school, then, now = NUMBERED[language]
    header = [code, school, *(text.format(n=n) for n in range(1, 21) for text in (then, now))]
    rows = [[f"A{i}", "Юг", *(str(1 + (i + k) % 5) for k in range(40))] for i in range(6)]
    (tmp_path / "parents.csv").write_text("\n".join(";".join(row) for row in [header, *rows]), encoding="utf-8")
    path = tmp_path / "tashkent.toml"
    own = f'groups = {{ school = "{school}" }}\nmissing = {{ "-9" = "blank" }}\n'
    path.write_text(EVALUATION.replace('id = "code"', f'id = "{code}"') + own, encoding="utf-8")
    assert main(["check", str(path)]) == 1
    assert "mande map tashkent.toml" in capsys.readouterr().err
    assert main(["map", str(path)]) == 0
    printed = capsys.readouterr().out
    assert printed.count("GUESS, please check: only its number") == 40
    path.write_text(EVALUATION[: EVALUATION.index("[[source]]")] + printed, encoding="utf-8")
    main(["check", str(path), "-o", str(tmp_path / "out")])
    checked = capsys.readouterr().out
    assert "rows   6 read = 6 used" in checked
    assert f"p07   {then.format(n=7)} (named)" in checked
    assert "by school  Юг 6" in checked


def test_map_does_not_choose_between_columns_with_one_number(evaluation, capsys):
    header = ["code", "A1 до", "B1 до", *(f"A{n} до" for n in range(2, 21)), *(f"A{n} после" for n in range(1, 21))]
    path = evaluation(header, ["A", *["3"] * 40])
    assert main(["map", path]) == 0
    printed = capsys.readouterr().out
    assert '# p01_then = ""  # several have the number 1: "A1 до", "B1 до"' in printed
    assert 'p02_then = "A2 до"  # GUESS' in printed


def test_map_offers_code_and_groupings_that_are_not_named(evaluation, tmp_path, capsys):
    path = evaluation(["Код", "Пол", *HEADER[1:-2]], *(row(f"A{i}")[:-2] for i in range(3)))
    (tmp_path / "evaluation.toml").write_text(EVALUATION.replace('id = "code"\n', ""))
    assert main(["map", path]) == 0
    printed = capsys.readouterr().out
    assert '# id = "Код"  # GUESS' in printed
    assert '# groups = { sex = "Пол" }  # GUESS' in printed


def test_open_answers_are_quoted_only_when_released(evaluation, tmp_path):
    from mande import evaluate, load_plan
    from mande.errors import DataProblems

    rows = [row("A1", story="We talk more."), row("A2", story="Secret 5")]
    more = 'open = { best = "notes" }\nthemes = { talk = "notes" }\n'
    plan = load_plan(evaluation(HEADER, *rows, more=more))
    assert "We talk more" not in evaluate(plan).to_json()
    more += '[[narrative.released]]\nfile = "parents.csv"\nrow = 2\nquestion = "best"\nwho = "A mother"\n'
    result = evaluate(load_plan(evaluation(HEADER, *rows, more=more)))
    assert [(quote.text, quote.who) for quote in result.plan.narrative.quotes] == [("We talk more.", "A mother")]
    assert "Secret" not in result.to_json()
    with pytest.raises(DataProblems, match="L-010"):
        evaluate(load_plan(evaluation(HEADER, *rows, more=more.replace("row = 2", "row = 9"))))


GRID = "Отметьте ответ {wave} [{text}]"
REWORDED = "Я говорю ребёнку простыми словами, что чувствую."


def reworded_grid(evaluation, wave_names=("ТОГДА", "СЕЙЧАС")):
    """A Google Forms file in Russian whose question p07 was worded anew."""
    texts = [item.text["ru"] if item.id != "p07" else REWORDED for item in load_instrument("sfp-10-14-parent").items]
    header = ["code", *(f'"{GRID.format(wave=wave, text=text)}"' for wave in wave_names for text in texts[:20])]
    return evaluation(header, ["A1", *["3"] * 40])


def test_a_reworded_question_is_offered_its_column_of_the_same_wave(evaluation, tmp_path, capsys):
    main(["check", reworded_grid(evaluation), "-o", str(tmp_path)])
    (message,) = [line for line in capsys.readouterr().err.splitlines() if "R-010" in line]
    for key, wave in (("p07_then", "ТОГДА"), ("p07_now", "СЕЙЧАС")):
        assert f'{key} = "Отметьте ответ {wave} [{REWORDED}]"' in message


def test_questions_that_were_not_asked_are_said_once_with_what_can_be_done(evaluation, tmp_path, capsys):
    asked = [name for name in HEADER[:-2] if name[:3] not in ITEMS[4:]]
    path = evaluation(["code", *asked[1:], *(f"{i}_now" for i in ITEMS[4:7])], ["A1", *["3"] * 11])
    main(["check", path, "-o", str(tmp_path)])
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(
        "R-010 parents.csv: No column for 16 of the 20 items: p05 (then), p06 (then), p07 (then), p08 (then, now)"
    )
    assert " … and 4 more. If they were not on the printed form, name the instrument that was printed" in line
    assert line.endswith("mande map evaluation.toml")


def test_a_file_of_one_wave_alone_is_told_the_line_that_says_so(evaluation, tmp_path, capsys):
    path = evaluation(["code", *HEADER[21:41]], ["A1", *["3"] * 20])
    main(["check", path, "-o", str(tmp_path)])
    (line,) = capsys.readouterr().err.splitlines()
    assert 'If the file holds now only, write below its [[source]]: wave = "now".' in line


def test_map_guesses_a_reworded_question_at_each_wave_as_check_does(evaluation, capsys):
    assert main(["map", reworded_grid(evaluation)]) == 0
    printed = capsys.readouterr().out.splitlines()
    for wave, said in (("then", "ТОГДА"), ("now", "СЕЙЧАС")):
        (line,) = [line for line in printed if line.startswith(f"p07_{wave} = ")]
        assert f'"{GRID.format(wave=said, text=REWORDED)}"  # GUESS, please check: alike by' in line
