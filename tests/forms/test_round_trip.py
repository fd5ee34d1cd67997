"""A form made by mande, filled and exported by a server, needs an evaluation.toml of file and instrument only."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from mande import evaluate, load_instrument, load_plan
from mande.evaluation import read_sources
from mande.form_words import form_words
from mande.forms.question import offered_answers
from mande.model import Instrument, ItemKind
from tests.forms.server import Server, Submission

EVALUATION = """\
title = "Forms of our own"
analysis = "{analysis}"
[programme]
id = "{programme}"
name = "A programme"
"""
PEOPLE = 12
LANGUAGES = ["en", "ru", "uz"]


def head(person: int) -> dict[str, str]:
    return {
        "code": f"P{person:02d}",
        "family": f"F{person:02d}",
        "school": f"School {person % 2}",
        "group": "A" if person < 6 else "B",
        "facilitator": f"Facilitator {person % 3}",
        "sex": ("female", "male")[person % 2],
        "age": str(13 + person % 3),
        "date": "2026-05-01",
    }


def answers(instrument: Instrument, person: int, later: bool, ending: str = "") -> dict[str, str]:
    found = {}
    for k, item in enumerate(instrument.items):
        codes = [offered.code for offered in offered_answers(instrument, item)]
        if item.kind is ItemKind.RATING:
            found[f"{item.id}{ending}"] = str(codes[(k + person + later) % 3])
        elif item.kind is ItemKind.OPEN and not ending:
            found[item.id] = "We talk; more"
        elif item.kind is ItemKind.CHOICES and not ending:
            found[item.id] = f"{codes[0]} {codes[1]}"
        elif item.kind is ItemKind.NUMBER and not ending:
            found[item.id] = "3"
        elif not ending:
            found[item.id] = str(codes[person % 2])
    return found


def retrospective(instrument: Instrument) -> list[Submission]:
    people: list[Submission] = []
    for i in range(PEOPLE):
        row = {**head(i), **answers(instrument, i, False, "_then"), **answers(instrument, i, True, "_now")}
        people.append({**row, "p03_then": "99", "p04_now": ""})
    return people


def asked_twice(instrument: Instrument) -> list[Submission]:
    return [
        {**head(i), "wave": wave, **answers(instrument, i, wave == "endline")}
        for wave in ("baseline", "endline")
        for i in range(PEOPLE)
    ]


def exported(style: str, server: Server, path: Path, submissions: Sequence[Submission]) -> Path:
    """style: "odk", "kobo xml", "kobo xml groups", "kobo ru", "kobo ru groups" …"""
    if style == "odk":
        return server.odk(path, submissions)
    _, language, *groups = style.split()
    tag = "" if language == "xml" else form_words(language)["tag"]
    return server.kobo(path, submissions, tag=tag, groups=bool(groups))


def evaluation(folder: Path, analysis: str, *sources: tuple[str, Path]) -> Path:
    text = EVALUATION.format(analysis=analysis, programme=analysis)
    text += "".join(f'[[source]]\nfile = "{path.name}"\ninstrument = "{name}"\n' for name, path in sources)
    (folder / "evaluation.toml").write_text(text, encoding="utf-8")
    return folder / "evaluation.toml"


STYLES = ["odk", "kobo xml", "kobo xml groups"]
STYLES += [f"kobo {language}{groups}" for language in LANGUAGES for groups in ("", " groups")]


@pytest.mark.parametrize("style", STYLES)
def test_a_retrospective_form_comes_back_without_a_mapping(tmp_path, style):
    parent = load_instrument("sfp-10-14-parent")
    submissions = retrospective(parent)
    path = exported(style, Server(parent), tmp_path / "parents.csv", submissions)
    plan = load_plan(evaluation(tmp_path, "sfp-10-14", (parent.id, path)))
    (read,) = read_sources(plan)
    assert len(read) == PEOPLE
    assert (read.flow.cells.read, read.flow.cells.set_aside) == (PEOPLE * 40, 0)
    assert (read.flow.cells.not_answers, read.flow.cells.blank) == (PEOPLE, PEOPLE)
    frame = read.to_frame()
    assert frame["p01_then"].tolist() == [int(row["p01_then"]) for row in submissions]
    assert frame["p20_now"].tolist() == [int(row["p20_now"]) for row in submissions]
    assert {name: own.labels for name, own in read.groups.items()} == {
        "school": ("School 0", "School 1"),
        "group": ("A", "B"),
        "facilitator": ("Facilitator 0", "Facilitator 1", "Facilitator 2"),
        "sex": ("female", "male"),
    }
    assert read.family is not None
    assert not [problem for problem in read.problems if problem.code in ("R-022", "R-028", "R-036")]


@pytest.mark.parametrize("said", ["female", "Женский"], ids=["the plain word", "the word of the form"])
def test_a_label_can_be_given_to_what_the_form_says_and_to_what_the_check_calls_it(tmp_path, said):
    parent = load_instrument("sfp-10-14-parent")
    path = exported("kobo ru", Server(parent), tmp_path / "parents.csv", retrospective(parent))
    plan = evaluation(tmp_path, "sfp-10-14", (parent.id, path))
    plan.write_text(f'{plan.read_text(encoding="utf-8")}[labels.sex]\n"{said}" = "mothers"\n', encoding="utf-8")
    (read,) = read_sources(load_plan(plan))
    assert read.groups["sex"].labels == ("male", "mothers")
    assert "P-021" not in {problem.code for problem in read.problems}


@pytest.mark.parametrize("style", STYLES)
def test_a_form_asked_before_and_after_comes_back_with_its_waves_linked(tmp_path, style):
    youth = load_instrument("lulu-youth")
    path = exported(style, Server(youth), tmp_path / "youth.csv", asked_twice(youth))
    found = evaluate(load_plan(evaluation(tmp_path, "lulu", (youth.id, path))))
    assert {change.n for change in found.changes if change.group == "all"} == {PEOPLE}
    assert {change.group for change in found.changes} >= {"sex=female", "sex=male"}
    assert sum(source.flow.rows_used for source in found.sources) == 2 * PEOPLE
    assert {source.flow.cells.set_aside for source in found.sources} == {0}


@pytest.mark.parametrize("style", ["odk", "kobo xml", "kobo ru groups"])
def test_a_file_of_each_wave_made_with_its_own_form_needs_no_mapping_either(tmp_path, style):
    youth, files = load_instrument("lulu-youth"), []
    for later, wave in enumerate(("baseline", "endline")):
        rows = [{**head(i), **answers(youth, i, bool(later))} for i in range(PEOPLE)]
        path = exported(style, Server(youth, wave), tmp_path / f"{wave}.csv", rows)
        files.append((youth.id, path))
    found = evaluate(load_plan(evaluation(tmp_path, "lulu", *files)))
    assert {change.n for change in found.changes if change.group == "all"} == {PEOPLE}


def test_a_wave_that_nobody_declared_is_set_aside_with_what_to_do(tmp_path):
    """The phone offered "some time after the programme" as well; this analysis compares before and after."""
    youth = load_instrument("lulu-youth")
    rows = [*asked_twice(youth), {**head(0), "wave": "follow-up", **answers(youth, 0, True)}]
    for style in ("odk", "kobo en"):
        path = exported(style, Server(youth), tmp_path / "youth.csv", rows)
        (read,) = read_sources(load_plan(evaluation(tmp_path, "lulu", (youth.id, path))))
        (problem,) = [problem for problem in read.problems if problem.code == "R-028"]
        assert problem.place.row == 2 * PEOPLE + 2
        assert "none of the waves (baseline, endline)" in problem.what
        assert "wave_values" in problem.remedy


def test_facilitators_by_name_are_no_grouping_and_that_is_told(tmp_path):
    parent = load_instrument("sfp-10-14-parent")
    rows = [{**row, "facilitator": f"Name {i}"} for i, row in enumerate(retrospective(parent))]
    path = Server(parent).odk(tmp_path / "parents.csv", rows)
    (read,) = read_sources(load_plan(evaluation(tmp_path, "sfp-10-14", (parent.id, path))))
    assert "facilitator" not in read.groups
    (told,) = [problem for problem in read.problems if problem.code == "R-067"]
    assert "a label for each person" in told.what


def test_what_evaluation_toml_says_comes_before_what_the_form_says(tmp_path):
    parent = load_instrument("sfp-10-14-parent")
    path = Server(parent).kobo(tmp_path / "parents.csv", retrospective(parent))
    toml = evaluation(tmp_path, "sfp-10-14", (parent.id, path))
    toml.write_text(toml.read_text() + 'id = "family"\ngroups = { school = "group" }\n', encoding="utf-8")
    (read,) = read_sources(load_plan(toml))
    assert read.groups["school"].labels == ("A", "B")


def test_a_file_that_is_no_form_of_ours_is_left_to_the_evaluator(tmp_path):
    """Columns of the same names in somebody else's file are not taken for anything."""
    parent = load_instrument("sfp-10-14-parent")
    path = Server(parent).kobo(tmp_path / "parents.csv", retrospective(parent))
    path.write_text(path.read_text(encoding="utf-8").replace("form_hash", "hash"), encoding="utf-8")
    (read,) = read_sources(load_plan(evaluation(tmp_path, "sfp-10-14", (parent.id, path))))
    assert not read.groups


@pytest.mark.parametrize("name", ["strong-families-demographics", "sfp-10-14-satisfaction"])
@pytest.mark.parametrize("style", STYLES)
def test_lists_numbers_and_open_questions_come_back_too(tmp_path, name, style):
    asked, parent = load_instrument(name), load_instrument("sfp-10-14-parent")
    rows = [{**head(i), "wave": "endline", **answers(asked, i, False)} for i in range(PEOPLE)]
    path = exported(style, Server(asked), tmp_path / "asked.csv", rows)
    other = Server(parent).odk(tmp_path / "parents.csv", retrospective(parent))
    plan = load_plan(evaluation(tmp_path, "sfp-10-14", (parent.id, other), (asked.id, path)))
    read = next(source for source in read_sources(plan) if source.instrument.id == name)
    assert len(read) == PEOPLE
    assert read.flow.cells.set_aside == read.flow.cells.blank == 0
    for item in asked.items:
        if item.kind is ItemKind.CHOICES:
            assert int(read.choices[item.id].answered.sum()) == PEOPLE, item.id
