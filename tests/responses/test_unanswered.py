"""A question, or a whole time, that nobody answered is said, for the answers may have been lost on the way."""

import pytest

from mande import evaluate, load_plan
from mande.responses.sources import read_plan
from tests.small import HEADER, forms

THEN = [name for name in HEADER if name.endswith("_then")]


def without(people, *columns, but_of=None, instead=""):
    """So many forms; nobody answered these columns, or only person `but_of` did."""
    empty = {HEADER.index(name) for name in columns}
    return [
        [cell if i not in empty or person == but_of else instead for i, cell in enumerate(row)]
        for person, row in enumerate(forms(people))
    ]


def said(plan, **how):
    (source,) = evaluate(plan, **how).sources
    return {code: n for code, n in source.problems.items() if code in ("R-069", "R-070")}


@pytest.mark.parametrize("how", [{}, {"workers": 1, "block": 9000}], ids=["at once", "in blocks"])
def test_each_question_that_nobody_answered_is_said(evaluation_file, how):
    nobody = without(3100, "a1_then", "b1_now", instead="99")
    assert said(load_plan(evaluation_file(nobody)), **how) == {"R-069": 2}


def test_it_says_which_question_at_which_time_and_of_how_many_people(evaluation_file):
    (read,) = read_plan(load_plan(evaluation_file(without(30, "a1_then"))))
    (problem,) = [problem for problem in read.problems if problem.code == "R-069"]
    assert problem.what == "None of 30 people answered a1 (THEN)."


def test_a_time_that_nobody_answered_is_said_once_and_not_question_by_question(evaluation_file):
    assert said(load_plan(evaluation_file(without(30, *THEN)))) == {"R-070": 1}


def test_of_few_people_a_question_without_an_answer_is_chance(evaluation_file):
    assert said(load_plan(evaluation_file(without(9, "a1_then")))) == {}
    assert said(load_plan(evaluation_file(without(10, "a1_then")))) == {"R-069": 1}


def test_a_question_that_one_person_answered_is_answered(evaluation_file):
    assert said(load_plan(evaluation_file(without(30, "a1_then", but_of=12)))) == {}
