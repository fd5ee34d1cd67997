"""Scores at two times are compared only where they rest on the same questions."""

import shutil

import pytest

from mande import evaluate, load_instrument, load_plan
from mande.catalog import find_sample
from mande.errors import Reason
from mande.evaluation import evaluation_of
from mande.item_counts import ItemKey
from mande.report import render_html
from mande.stats.counts import PairCounts
from mande.tally import ChangeKey, LeftOut, Tally, Unpaired
from mande.units import evaluate_each
from mande.unlike import _questions, with_like_scores
from mande.verify import Outcome
from mande.verify.recomputing import recomputed
from tests.report.conftest import text_of
from tests.small import HEADER, forms, without


def changes(evaluation):
    return {change.construct: change for change in evaluation.changes if change.group == "all"}


@pytest.mark.parametrize(
    ("lost", "left_out"),
    [("a2_now", LeftOut(0, 30, 0)), ("a2_then", LeftOut(30, 0, 0))],
)
def test_an_area_that_lost_a_question_at_one_time_has_no_change(evaluation_file, lost, left_out):
    found = changes(evaluate(load_plan(evaluation_file(without(forms(30), lost)))))
    harmony, quarrels = found["harmony"], found["quarrels"]
    assert (harmony.n, harmony.left_out, harmony.mean_change) == (0, left_out, None)
    assert [note.reason for note in harmony.notes] == [Reason.OTHER_QUESTIONS]
    assert quarrels.mean_change == changes(evaluate(load_plan(evaluation_file(forms(30)))))["quarrels"].mean_change


def test_a_question_that_was_asked_at_neither_time_leaves_the_change_of_the_others(evaluation_file):
    """Two of the three questions are enough for a score, and they are the same two at both times."""
    found = changes(evaluate(load_plan(evaluation_file(without(forms(30), "a2_then", "a2_now")))))
    assert (found["harmony"].n, found["harmony"].notes) != (0, ())
    assert found["harmony"].mean_change is not None


def test_a_question_that_one_person_answered_was_asked(evaluation_file):
    rows = without(forms(30), "a2_now")
    rows[4][HEADER.index("a2_now")] = 3
    assert changes(evaluate(load_plan(evaluation_file(rows))))["harmony"].n == 30


def test_blocks_find_the_same(evaluation_file):
    plan = load_plan(evaluation_file(without(forms(3100), "a2_now", instead=7)))
    whole = evaluate(plan)
    assert changes(whole)["harmony"].n == 0
    assert evaluate(plan, workers=1, block=9000).to_json() == whole.to_json()


def test_no_unit_has_a_change_that_everybody_lacks(evaluation_file):
    plan = load_plan(evaluation_file(without(forms(60), "a2_now"), {"smallest_cell = 1": "smallest_cell = 5"}))
    units = evaluate_each(plan, "school")
    assert len(units) == 3
    for evaluation in units.values():
        assert all(not change.n for change in evaluation.changes if change.construct == "harmony")


def test_the_report_says_why(evaluation_file):
    text = text_of(render_html(evaluate(load_plan(evaluation_file(without(forms(30), "a2_now"))))))
    assert "Harmony. Not testable. A question of the area was answered at one of the two times only" in text
    assert "Question that nobody answered" in text


def test_where_an_answer_skips_the_others_only_that_question_has_to_be_answered():
    instrument = load_instrument("sdq-impact-self")
    assert _questions(instrument.construct_by_id["impact"], instrument) == {"i01"}
    total = load_instrument("sdq-parent")
    assert len(_questions(total.construct_by_id["total-difficulties"], total)) == 20


def test_a_retrospective_pre_test_that_lost_a_question_is_not_held_against_the_true_one(tmp_path):
    """The change from the first session to NOW does not rest on THEN, and stands."""
    sample = find_sample("sfp-with-pretest").parent
    whole = evaluate(load_plan(sample / "evaluation.toml"))
    shutil.copytree(sample, tmp_path, dirs_exist_ok=True)
    head, *rows = (tmp_path / "last-session.csv").read_text("utf-8").splitlines()
    lost = head.split(",").index("p06_then")
    emptied = [",".join(["" if i == lost else cell for i, cell in enumerate(row.split(","))]) for row in rows]
    (tmp_path / "last-session.csv").write_text("\n".join([head, *emptied]), "utf-8")
    found = evaluate(load_plan(tmp_path / "evaluation.toml"))
    assert {shift.construct for shift in whole.shifts} - {shift.construct for shift in found.shifts} == {
        "rules-about-substance-use"
    }
    assert changes(found) == changes(whole)


def test_where_nobody_is_compared_nothing_is_told_of_another_time(mini):
    """At a second time nobody has a score, so no question is counted then; the third time is none the poorer."""
    keys = [ChangeKey("mini", "harmony", "baseline", later, "all") for later in ("second", "third")]
    pairs = dict(zip(keys, (PairCounts.of([], []), PairCounts.of([6, 7], [8, 9])), strict=True))
    answers: dict[ItemKey, dict[int, int]] = {}
    for item in ("a1", "a2", "a3"):
        answers |= {ItemKey("mini", item, wave): {} for wave in ("baseline", "second")}
        answers[ItemKey("mini", item, "third")] = {3: 2}
    counts = Tally({"mini": mini}, pairs, dict.fromkeys(keys, Unpaired({}, {}, 0)), answers=answers)
    assert with_like_scores(counts) is counts


@pytest.mark.parametrize("grouping", [None, "school"], ids=["everybody", "a unit"])
def test_a_report_without_that_change_agrees_with_the_counts_it_carries(evaluation_file, grouping):
    plan = load_plan(evaluation_file(without(forms(60), "a2_now"), {"smallest_cell = 1": "smallest_cell = 5"}))
    evaluation = evaluate(plan) if grouping is None else evaluate_each(plan, grouping)["school 1"]
    saved = evaluation_of(evaluation.to_json().encode(), "evaluation.json")
    compared = list(recomputed(saved))
    assert [one for one in compared if one.outcome is Outcome.DIFFERS] == []
    assert any("harmony" in one.place and one.outcome is Outcome.AGREES for one in compared)
