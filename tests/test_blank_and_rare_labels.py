"""Cells of a grouping that are empty, or hold a name by mistake: said, never printed, and no place of their own."""

import pytest

from mande import load_plan
from mande.catalog import Room, room_folder
from mande.checkup import plan_notices
from mande.evaluation import evaluate
from mande.report import render_html
from mande.responses.sources import read_plan
from tests.small import forms

NAME = "Каримова Нигора"
OWN = """\
id = "own"
title = {en = "x"}
design = "retrospective"
comparisons = [{earlier = "then", later = "now"}]
cluster = "school"
subgroups = ["school"]
"""


@pytest.fixture
def plan_of(evaluation_file, tmp_path):
    def write(rows, replaced=None):
        (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
        own = {'"retrospective-pretest"': '"own.toml"', "smallest_cell = 1": "smallest_cell = 5"}
        return load_plan(evaluation_file(rows, own | (replaced or {})))

    return write


def test_empty_cells_are_said_and_make_no_place(plan_of):
    rows = forms(40)
    for row in rows[:8]:
        row[1] = ""
    evaluation = evaluate(plan_of(rows))
    assert evaluation.sources[0].problems["R-068"] == 1
    whole = next(change for change in evaluation.changes if change.group == "all")
    assert whole.n == 40
    assert whole.clustered.inference.clusters == 3
    assert "few_clusters" in whole.clustered.inference.cautions


def test_a_saved_evaluation_still_knows_which_people_had_no_place(plan_of):
    rows = forms(60)
    for row in rows[:8]:
        row[1] = ""
    evaluation = evaluate(plan_of(rows))
    tables = [row.clusters for row in evaluation.tallies.rows if row.clusters is not None and row.group == "all"]
    assert tables
    assert all(table.cluster == (0, 1, 2, 3) for table in tables)


def test_a_name_in_the_cell_of_a_group_is_nowhere_in_the_evaluation(plan_of):
    rows = forms(40)
    rows[7][1] = NAME
    evaluation = evaluate(plan_of(rows))
    assert {change.group for change in evaluation.changes} >= {"all", "school=school 0"}
    assert "Каримова" not in evaluation.to_json()
    assert "Каримова" not in render_html(evaluation, template="technical")


def test_spellings_of_a_name_are_not_printed(plan_of):
    rows = forms(40)
    rows[7][1], rows[8][1] = NAME, NAME.lower()
    told = [problem for read in read_plan(plan_of(rows)) for problem in read.problems if problem.code == "R-041"]
    assert told
    assert not any("аримова" in str(problem) for problem in told)


@pytest.mark.parametrize("people", [0, 1, 3, 4])
def test_a_report_of_hardly_anybody_is_made_and_shows_nothing(plan_of, people):
    evaluation = evaluate(plan_of([*forms(people), ["P999", "school 1", *[""] * 8]]))
    assert "<h1>" in render_html(evaluation)
    assert all(change.n is None for change in evaluation.changes)


def test_a_place_by_another_name_is_noticed(plan_of):
    plan = plan_of(forms(9), {'groups = { school = "school" }': 'groups = { maktab = "school" }'})
    assert [problem.code for problem in plan_notices(plan)] == ["P-025"]


def test_a_subgroup_of_ones_own_analysis_that_no_source_has_is_noticed(plan_of, tmp_path):
    plan = plan_of(forms(9))
    (tmp_path / "own.toml").write_text(OWN.replace('["school"]', '["school", "schol", "gender"]'), encoding="utf-8")
    misspelt, unknown = plan_notices(load_plan(plan.file))
    assert str(misspelt).startswith("P-026 own.toml line 6 (subgroups 2): The analysis asks")
    assert "Did you mean school?" in str(misspelt)
    assert '"gender", which no source has' in str(unknown)
    assert "There are: school." in str(unknown)


def test_a_subgroup_of_an_analysis_that_mande_brings_may_be_in_no_file(evaluation_file):
    plan = load_plan(evaluation_file(forms(9)))
    assert plan.analysis.subgroups == ("sex",)
    assert plan_notices(plan) == []


def test_a_place_that_only_its_analysis_names_is_noticed_too(plan_of):
    plan = plan_of(forms(9), {'groups = { school = "school" }': ""})
    assert [problem.code for problem in plan_notices(plan)] == ["P-026"]
    assert plan_notices(plan, read_plan(plan_of(forms(9)))) == []  # the file itself may have it


@pytest.mark.parametrize(
    "plan", sorted(room_folder(Room.SAMPLES).glob("**/evaluation.toml")), ids=lambda path: path.parent.name
)
def test_no_sample_asks_for_a_subgroup_that_it_lacks(plan):
    assert "P-026" not in [problem.code for problem in plan_notices(load_plan(plan))]
