"""`mande reach`: plain tables, files that no spreadsheet takes for formulas, and an exit code that says what to do."""

import json
import zipfile

from mande.catalog import Room, room_folder
from mande.cli import main
from tests.reach.test_ledger import HEADER, row

SAMPLE = room_folder(Room.SAMPLES) / "central-asia-2019"


def run(capsys, *arguments: object) -> tuple[int, str, str]:
    code = main(["reach", *map(str, arguments)])
    output = capsys.readouterr()
    return code, output.out, output.err


def test_it_prints_the_tables_and_ends_with_0_when_nobody_needs_to_look(capsys):
    code, out, _ = run(capsys, SAMPLE / "ledger.csv")
    assert code == 0
    assert "19 read = 19 used + 0 set aside" in out
    sums = next(line for line in out.splitlines() if line.startswith("sfp-10-14") and " all " in line)
    assert sums.split() == ["sfp-10-14", "all", "1,771", "43,935", "4,337"]


def test_a_printed_total_that_does_not_fit_ends_with_1(capsys, tmp_path):
    code, out, _ = run(capsys, SAMPLE / "ledger.csv", "--results", SAMPLE / "results.toml", "-o", tmp_path / "out")
    assert code == 1
    assert "1,700 people_trained are stated" in out
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["reach.csv", "reach.json", "reach.xlsx"]
    saved = json.loads((tmp_path / "out" / "reach.json").read_text())
    assert saved["delivered"]["tables"]["total"][0]["figures"]["families"]["value"] == 54531


def test_text_of_a_ledger_never_becomes_a_formula(capsys, tmp_path):
    ledger = tmp_path / "ledger.csv"
    ledger.write_text(f"{HEADER}\n{row(region='=HYPERLINK(1)', families=4)}\n")
    run(capsys, ledger, "-o", tmp_path)
    with zipfile.ZipFile(tmp_path / "reach.xlsx") as book:
        sheets = "".join(book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/"))
    assert "<f>" not in sheets
    assert ",'=HYPERLINK(1)," in (tmp_path / "reach.csv").read_text(encoding="utf-8-sig")


def test_a_ledger_that_cannot_be_used_ends_with_1_and_a_missing_framework_with_2(capsys, tmp_path):
    (tmp_path / "ledger.csv").write_text("a,b\n1,2\n")
    assert run(capsys, tmp_path / "ledger.csv")[0] == 1
    assert run(capsys, SAMPLE / "ledger.csv", "--results", tmp_path / "no.toml")[0] == 2
    assert run(capsys, tmp_path / "no.csv")[0] == 1


def test_check_says_the_problems_of_ledger_and_register_too(capsys, evaluation_file, tmp_path):
    from tests.small import forms

    (tmp_path / "ledger.csv").write_text(f"{HEADER}\n{row(families=-4)}\n")
    code = main(
        ["check", str(evaluation_file(forms(5), {"smallest_cell = 1": 'smallest_cell = 1\nledger = "ledger.csv"'}))]
    )
    out = capsys.readouterr().out
    assert code == 1
    assert "M-010  1 × cell set aside" in out
    assert 'ledger.csv row 2, column "families": "-4" is not a whole number of 0 or more.' in out
