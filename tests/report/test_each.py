"""A report for each school: whole or absent, resumable, and a failing one does not stop the others."""

import hashlib
import os
import re
from pathlib import Path
from typing import Any

import pytest

from mande import load_plan
from mande.catalog import find_sample
from mande.cli import main
from mande.errors import OutputNotWritable, WrongUse
from mande.report import each as each_module
from mande.report import render
from mande.report.each import Outcome, render_each
from mande.report.html import render_html
from mande.units import Units, evaluate_each
from mande.verify import verify
from tests.small import EVALUATION, INSTRUMENT, forms_text
from tests.test_units import forms

SIZES = {"Мактаб №1": 9, "a/b": 12, "C": 30, "small": 3}


@pytest.fixture(scope="module")
def plan_file(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("each")
    (folder / "mini.yaml").write_text(INSTRUMENT, encoding="utf-8")
    (folder / "forms.csv").write_text(forms_text(forms(SIZES)), encoding="utf-8")
    file = folder / "evaluation.toml"
    file.write_text(EVALUATION.replace("smallest_cell = 1", "smallest_cell = 5"), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def units(plan_file) -> Units:
    return evaluate_each(load_plan(plan_file), "school")


def outcomes(units, folder, **options) -> dict[str, Outcome]:
    asked: dict[str, Any] = {"formats": ["html"], "workers": 1} | options
    return {one.label: one.outcome for one in render_each(units, folder, **asked)}


def contents(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_every_unit_has_its_folder_and_the_small_one_none(units, tmp_path):
    assert outcomes(units, tmp_path) == {
        "Мактаб №1": Outcome.WITHHELD,  # with it, the small one could be had by subtraction
        "(5 letters, not shown)": Outcome.WITHHELD,  # "small": three people, and a word of no larger unit
        "a/b": Outcome.MADE,
        "C": Outcome.MADE,
    }
    made = {name for name in contents(tmp_path) if "/." not in name}
    odd = next(name for name in made if "a-b" in name).split("/")[1]
    assert made == {
        "by-school/index.html",
        "by-school/C/C-en.html",
        "by-school/C/evaluation.json",
        f"by-school/{odd}/{odd}-en.html",
        f"by-school/{odd}/evaluation.json",
    }


def test_a_unit_s_change_that_is_printed_as_zero_is_called_none_for_the_better(evaluation_file, tmp_path):
    """Of 150 people in a school one answered one of three questions a step higher: 0.002, printed as 0.00."""
    rows = [[f"P{i:03d}", "AB"[i % 2], 3, 3 + (i < 2), 2, 2, 4, 4, 3, 3] for i in range(300)]
    plan = load_plan(evaluation_file(rows, {"smallest_cell = 1": "smallest_cell = 5"}))
    outcomes(evaluate_each(plan, "school"), tmp_path)
    page = (tmp_path / "by-school" / "A" / "A-en.html").read_text("utf-8")
    assert "a change for the better in 0 of 2 areas" in page


def test_the_figure_has_the_numbers_of_its_axis(units, tmp_path):
    outcomes(units, tmp_path)
    page = (tmp_path / "by-school" / "C" / "C-en.html").read_text("utf-8")
    assert "Mean on a scale from 1 (Never) to 5 (Always)." in page
    head = page.partition("<title>Axis from 1 to 5</title>")[2].partition("</svg>")[0]
    assert re.findall(r">(\d)</text>", head) == ["1", "2", "3", "4", "5"]


def test_the_same_files_whatever_the_number_of_workers(units, tmp_path):
    outcomes(units, tmp_path / "one", workers=1)
    outcomes(units, tmp_path / "two", workers=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_what_is_whole_is_not_made_again(units, tmp_path):
    outcomes(units, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("C-en.html")}
    again = outcomes(units, tmp_path)
    assert again["C"] is again["a/b"] is Outcome.KEPT
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("C-en.html")} == before


@pytest.mark.parametrize("file", ["C-en.html", "evaluation.json", ".made-en.json"])
def test_what_was_cut_short_or_touched_is_made_again_and_the_rest_is_not(units, tmp_path, file):
    outcomes(units, tmp_path)
    whole = contents(tmp_path)
    path = tmp_path / "by-school" / "C" / file
    path.write_bytes(path.read_bytes()[:100])
    again = outcomes(units, tmp_path)
    assert (again["C"], again["a/b"]) == (Outcome.MADE, Outcome.KEPT)
    assert contents(tmp_path) == whole


def test_other_data_language_or_format_make_every_report_again(units, tmp_path):
    outcomes(units, tmp_path)
    assert outcomes(units, tmp_path, language="ru", draft=True)["C"] is Outcome.MADE
    assert outcomes(units, tmp_path)["C"] is Outcome.KEPT
    assert outcomes(units, tmp_path, formats=["html", "xlsx"])["C"] is Outcome.MADE


@pytest.mark.parametrize("smallest", [1, 2])
def test_no_report_on_single_people(capsys, plan_file, tmp_path, smallest):
    file = plan_file.with_name(f"smallest-{smallest}.toml")
    file.write_text(EVALUATION.replace("smallest_cell = 1", f"smallest_cell = {smallest}"), encoding="utf-8")
    code, _, err = run(capsys, "report", file, "--each", "school", "-o", tmp_path)
    assert code == 2
    assert "Write smallest_cell = 5 (at least 3)" in err
    assert not list(tmp_path.rglob("by-*"))
    with pytest.raises(WrongUse, match="single people"):
        next(render_each(evaluate_each(load_plan(file), "school"), tmp_path))


def test_check_says_when_little_is_withheld(capsys, plan_file, tmp_path):
    file = plan_file.with_name("smallest.toml")
    for smallest, is_said in ((2, True), (3, False)):
        file.write_text(EVALUATION.replace("smallest_cell = 1", f"smallest_cell = {smallest}"), encoding="utf-8")
        _, out, _ = run(capsys, "check", file, "-o", tmp_path)
        assert ("smallest_cell = 2: reports will show results of single people" in out) is is_said


PERSONAL = ("+998 90 123 45 67", "anna@example.org", "Каримова Нигора")


def test_a_label_that_could_name_a_person_is_in_no_output(capsys, plan_file, tmp_path):
    """A telephone number is no unit however many wrote it; a rare name is not either; a rare known word is told."""
    few = dict.fromkeys([f"Школа {number}" for number in range(12)], 1) | dict(zip(PERSONAL, (9, 1, 1), strict=True))
    plan_file.with_name("forms-2.csv").write_text(forms_text(forms({"Школа №45": 20, "Шклоа №45": 1} | few)), "utf-8")
    file = plan_file.with_name("personal.toml")
    file.write_text(plan_file.read_text("utf-8").replace("forms.csv", "forms-2.csv"), "utf-8")
    _, out, err = run(capsys, "report", file, "--each", "school", "-o", tmp_path, "--format", "html", "--workers", "1")
    assert "1 reports made, 0 there already, 16 withheld" in out, err
    assert "not printed): 3" in out
    index = (tmp_path / "by-school" / "index.html").read_text("utf-8")
    assert "1 report of 17" in index
    assert "3 labels are not printed" in index
    for said in (out, index):
        assert "Шклоа №45" in said
    written = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")]
    texts = [path.read_text("utf-8", errors="replace") for path in tmp_path.rglob("*") if path.is_file()]
    for label in PERSONAL:
        assert not [text for text in (out, *written, *texts) if label in text]


def test_a_unit_that_must_not_be_shown_any_more_loses_its_report(plan_file, units, tmp_path):
    file = plan_file.with_name("all.toml")
    file.write_text(EVALUATION.replace("smallest_cell = 1", "smallest_cell = 3"), encoding="utf-8")
    outcomes(evaluate_each(load_plan(file), "school"), tmp_path)
    assert "by-school/small/small-en.html" in contents(tmp_path)
    outcomes(units, tmp_path)
    assert not [name for name in contents(tmp_path) if "small" in name]


def fail_for_c(setting):
    """In place of what a worker does: one unit cannot be made."""
    make = original(setting)

    def work(job):
        if job.part.label == "C":
            raise WrongUse("C cannot be made")
        make(job)

    return work


original = each_module._begin


def test_a_failing_unit_is_named_and_does_not_stop_the_others(units, tmp_path, monkeypatch):
    monkeypatch.setattr(each_module, "_begin", fail_for_c)
    found = {one.label: one for one in render_each(units, tmp_path, formats=["html"], workers=1)}
    assert (found["C"].outcome, found["C"].fault) == (Outcome.FAILED, "C cannot be made")
    assert found["a/b"].outcome is Outcome.MADE
    assert "C: C cannot be made" in (tmp_path / "by-school" / "index.html").read_text()
    monkeypatch.undo()
    again = outcomes(units, tmp_path)
    assert (again["C"], again["a/b"]) == (Outcome.MADE, Outcome.KEPT)


def disk_is_full(setting):
    """In place of what a worker does: the first report is whole, the second finds no space for its last file."""
    make, fdopen = original(setting), os.fdopen

    def work(job):
        if job.part.label == "a/b":
            os.fdopen = no_space
        try:
            make(job)
        finally:
            os.fdopen = fdopen

    return work


def no_space(*_):
    raise OSError(28, "No space left on device")


def test_a_full_disk_stops_the_run_says_where_and_the_same_command_goes_on(units, tmp_path, monkeypatch):
    monkeypatch.setattr(each_module, "_begin", disk_is_full)
    monkeypatch.setattr(each_module, "LEAST_FREE", 1 << 60)
    says = (
        r"The disk of .*by-school is full \(Cannot write .*evaluation\.json: No space left.*give the same command again"
    )
    with pytest.raises(OutputNotWritable, match=says):
        outcomes(units, tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and "a-b" in path.as_posix()]
    monkeypatch.undo()
    assert outcomes(units, tmp_path)["a/b"] is Outcome.MADE


def test_a_template_that_speaks_of_no_unit_is_refused_before_anything_is_written(units, tmp_path):
    with pytest.raises(WrongUse, match='"ministry" does not speak of a unit'):
        outcomes(units, tmp_path, template="ministry")
    with pytest.raises(WrongUse, match=r"This template is for one school.* --each school"):
        render_html(units.whole, template="school")
    assert not list(tmp_path.iterdir())


def test_the_index_leads_to_every_report_and_gives_no_figure_of_any(units, tmp_path):
    outcomes(units, tmp_path)
    index = tmp_path / "by-school" / "index.html"
    links = re.findall(r'href="([^"]+)"', index.read_text())
    assert len(links) == 2
    from urllib.parse import unquote

    assert all((index.parent / unquote(link)).is_file() for link in links)
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", index.read_text())
    assert [name for name, _ in rows] == ["C", "a/b"]
    assert not any(re.search(r">[^<]*\d[^<]*<", cells) for _, cells in rows)
    assert "<li>Мактаб №1</li>" in index.read_text()


def test_a_label_cannot_become_markup_in_the_index(plan_file, tmp_path):
    folder = tmp_path / "evil"
    folder.mkdir()
    (folder / "mini.yaml").write_text(INSTRUMENT, encoding="utf-8")
    (folder / "forms.csv").write_text(forms_text(forms({"<script>x</script>": 9, "{{ 7 * 7 }}": 9})), encoding="utf-8")
    five = EVALUATION.replace("smallest_cell = 1", "smallest_cell = 5")
    (folder / "evaluation.toml").write_text(five, encoding="utf-8")
    outcomes(evaluate_each(load_plan(folder / "evaluation.toml"), "school"), tmp_path)
    text = (tmp_path / "by-school" / "index.html").read_text()
    assert "<script" not in text
    assert "{{ 7 * 7 }}" in text


def run(capsys, *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    output = capsys.readouterr()
    return code, output.out, output.err


def test_the_command_makes_all_says_how_many_and_names_those_withheld(capsys, plan_file, tmp_path):
    arguments = ("report", plan_file, "--each", "school", "-o", tmp_path, "--format", "html", "--workers", "1")
    code, out, _ = run(capsys, *arguments)
    assert code == 0
    assert "By school: 2 reports made, 0 there already, 2 withheld, 0 failed" in out
    assert "withheld (fewer than 5 people to compare, or so that another one stays hidden): Мактаб №1" in out
    assert "withheld (labels that look like personal data, not printed): 1" in out
    assert "small" not in out
    assert (tmp_path / "report-en.html").is_file()
    assert "report-en.html" in (tmp_path / "by-school" / "index.html").read_text()
    assert "2 there already" in run(capsys, *arguments)[1]


def test_the_command_ends_with_1_if_a_unit_failed(capsys, plan_file, tmp_path, monkeypatch):
    monkeypatch.setattr(each_module, "_begin", fail_for_c)
    arguments = ("report", plan_file, "--each", "school", "-o", tmp_path, "--format", "html", "--workers", "1")
    code, out, _ = run(capsys, *arguments)
    assert code == 1
    assert "failed: C: C cannot be made\n  The same command makes what is missing" in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--each", "schol"], "There is: school"),
        (["--each", "school", "--template", "brief"], '"brief" does not speak of a unit'),
    ],
)
def test_wrong_use_ends_with_2(capsys, plan_file, tmp_path, arguments, says):
    code, _, err = run(capsys, "report", plan_file, *arguments, "-o", tmp_path, "--format", "html")
    assert code == 2
    assert says in err


def test_a_saved_evaluation_has_no_units_but_a_saved_unit_can_be_set_again(capsys, units, tmp_path):
    saved = units["C"].save(tmp_path / "evaluation.json")
    code, _, err = run(capsys, "report", saved, "--each", "school")
    assert (code, "Give the evaluation.toml" in err) == (2, True)
    code, _, _ = run(capsys, "report", saved, "--format", "html")
    assert code == 0
    assert '<h1 class="finding">C</h1>' in (tmp_path / "report-en.html").read_text()


SAMPLES = [("tashkent-2016-synthetic", "school"), ("lulu-youth", "school"), ("fast-parents-teachers", "school"),
           ("strong-families-three-waves", "site")]  # fmt: skip


@pytest.mark.parametrize(("sample", "grouping"), SAMPLES)
def test_a_report_on_one_unit_has_two_pages_in_every_language(sample, grouping, units_of_sample, tmp_path):
    from pypdf import PdfReader

    units = units_of_sample(sample, grouping)
    unit = units[next(iter(units))]
    for language in ("en", "ru", "uz"):
        (pdf,) = render(unit, tmp_path, template="school", language=language, formats=["pdf"])
        assert len(PdfReader(pdf).pages) == 2


def test_a_report_on_one_unit_agrees_with_itself_and_with_the_questionnaires(units_of_sample, tmp_path):
    sample = "tashkent-2016-synthetic"
    (pdf,) = render(units_of_sample(sample, "school")["School 2"], tmp_path, template="school", formats=["pdf"])
    assert verify(pdf, find_sample(sample)).agrees
