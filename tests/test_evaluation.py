"""An evaluation: what it keeps, what it withholds, how it is saved."""

import json

import pytest

from mande import evaluate, load_evaluation, load_plan
from mande.errors import MandeError, OutputNotWritable, Reason
from mande.evaluation import FORMAT
from tests.small import forms


def test_a_saved_evaluation_loads_equal_and_saves_to_the_same_bytes(evaluation_file, tmp_path):
    result = evaluate(load_plan(evaluation_file(forms(30))))
    again = load_evaluation(result.save(tmp_path / "one.json"))
    assert again == result
    assert again.save(tmp_path / "two.json").read_bytes() == (tmp_path / "one.json").read_bytes()


def test_the_same_file_and_data_give_the_same_bytes(evaluation_file):
    path = evaluation_file(forms(30))
    assert evaluate(load_plan(path)).to_json() == evaluate(load_plan(path)).to_json()


def test_it_names_what_it_was_made_from_and_with(evaluation_file):
    provenance = evaluate(load_plan(evaluation_file(forms(30)))).provenance
    assert {"evaluation.toml", "forms.csv", "instrument mini 1", "analysis retrospective-pretest"} == {
        *provenance.inputs
    }
    assert all(len(digest) == 64 for digest in provenance.inputs.values())
    assert {"mande", "python", "numpy", "scipy"} <= {*provenance.versions}


def test_nothing_about_a_single_person_is_saved(evaluation_file):
    text = evaluate(load_plan(evaluation_file(forms(30)))).to_json()
    assert not any(f'"P{i:03d}"' in text for i in range(30))


def test_a_group_below_the_smallest_cell_is_withheld_with_its_number(evaluation_file):
    plan = load_plan(evaluation_file(forms(4), {"smallest_cell = 1": "smallest_cell = 5"}))
    result = evaluate(plan)
    assert {change.n for change in result.changes} == {None}
    assert {change.notes for change in result.changes} == {(("all", Reason.WITHHELD),)}
    assert result.items == ()
    assert all(row["mean_change"] is None for row in json.loads(result.to_json())["changes"]["rows"])


def test_a_group_of_the_smallest_cell_is_shown(evaluation_file):
    result = evaluate(load_plan(evaluation_file(forms(5), {"smallest_cell = 1": "smallest_cell = 5"})))
    assert {change.n for change in result.changes} == {5}


def test_a_file_that_is_no_evaluation_is_refused(tmp_path):
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(MandeError, match=r"x\.json is not a saved evaluation .*mande evaluate"):
        load_evaluation(tmp_path / "x.json")


def test_a_folder_in_the_way_is_said_and_the_last_good_file_stays(evaluation_file, tmp_path):
    result = evaluate(load_plan(evaluation_file(forms(30))))
    good = result.save(tmp_path / "evaluation.json").read_bytes()
    (tmp_path / "in-the-way").mkdir()
    with pytest.raises(OutputNotWritable, match="Choose another folder"):
        result.save(tmp_path / "in-the-way")
    assert (tmp_path / "evaluation.json").read_bytes() == good
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".evaluation")) == []


def test_the_format_stands_first(evaluation_file):
    text = evaluate(load_plan(evaluation_file(forms(30)))).to_json()
    assert next(iter(json.loads(text))) == "format"
    assert json.loads(text)["format"] == FORMAT


def test_a_later_format_is_refused_and_both_are_named(evaluation_file, tmp_path):
    text = evaluate(load_plan(evaluation_file(forms(30)))).to_json()
    (tmp_path / "x.json").write_text(text.replace(FORMAT, "mande-evaluation-99"))
    with pytest.raises(MandeError, match=rf'x\.json has the format "mande-evaluation-99"; .* reads "{FORMAT}"'):
        load_evaluation(tmp_path / "x.json")


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(MandeError, match=r"nowhere\.json cannot be read .*mande evaluate"):
        load_evaluation(tmp_path / "nowhere.json")
