"""Scores at two times are compared only where they rest on the same questions."""

import pytest

from mande import evaluate, load_instrument, load_plan
from mande.errors import Reason
from mande.report import render_html
from mande.tally import LeftOut
from mande.units import evaluate_each
from mande.unlike import _questions
from tests.report.conftest import text_of
from tests.small import HEADER, forms


def without(rows, *columns, instead=""):
    """The same forms, nobody having answered these."""
    empty = {HEADER.index(name) for name in columns}
    return [[instead if i in empty else cell for i, cell in enumerate(row)] for row in rows]


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
