"""A question, or a whole time, that nobody answered is said, for the answers may have been lost on the way."""

from collections import Counter

import numpy as np
import pytest

from mande import ColumnNames, evaluate, load_plan, read_responses
from mande.responses.evidence import Evidence
from mande.responses.sources import read_plan
from tests.small import HEADER, forms, without

THEN = [name for name in HEADER if name.endswith("_then")]


def said(plan, **how):
    (source,) = evaluate(plan, **how).sources
    return {code: n for code, n in source.problems.items() if code in ("R-069", "R-070")}


@pytest.mark.parametrize("how", [{}, {"workers": 1, "block": 9000}], ids=["at once", "in blocks"])
def test_each_question_that_nobody_answered_is_said(evaluation_file, how):
    nobody = without(forms(3100), "a1_then", "b1_now")
    assert said(load_plan(evaluation_file(nobody)), **how) == {"R-069": 2}


def test_whoever_will_not_say_has_marked_an_answer(evaluation_file):
    assert said(load_plan(evaluation_file(without(forms(30), "a1_then", instead="99")))) == {}


def test_blocks_add_up_what_is_marked_on_any_form():
    one, other = Evidence(), Evidence()
    one.given, other.given = {"then": np.array([20, 1, 0, 0])}, {"then": np.array([5, 1, 1, 0])}
    one.add(other)
    assert one.given["then"].tolist() == [25, 2, 1, 0]


@pytest.mark.parametrize(("endlines", "said"), [(9, {}), (10, {"R-069": 1})])
def test_of_a_time_with_few_forms_nothing_is_said_of_single_questions(tmp_path, endlines, said):
    """Forty people before, few of them after: those few are the ones who might have answered then."""
    names: list[object] = ["code", *(f"p{i:02d}" for i in range(1, 21))]
    for wave, people in (("baseline", 40), ("endline", endlines)):
        rows: list[list[object]] = [[f"P{i}", *(1 + (i + k) % 5 for k in range(20))] for i in range(people)]
        if wave == "endline":
            rows = [[*row[:5], "", *row[6:]] for row in rows]
        text = "\n".join(",".join(map(str, row)) for row in [names, *rows])
        (tmp_path / f"{wave}.csv").write_text(text, encoding="utf-8")
    source = '[[source]]\nfile = "{0}.csv"\ninstrument = "sfp-10-14-parent"\nid = "code"\nwave = "{0}"\n'
    head = 'title = "T"\nanalysis = "before-after"\n[programme]\nid = "t"\nname = "T"\n'
    path = tmp_path / "evaluation.toml"
    path.write_text(head + source.format("baseline") + source.format("endline"), encoding="utf-8")
    found = Counter(problem.code for read in read_plan(load_plan(path)) for problem in read.problems)
    assert {code: n for code, n in found.items() if code in ("R-069", "R-070")} == said


def test_it_says_which_question_at_which_time_and_of_how_many_people(evaluation_file):
    (read,) = read_plan(load_plan(evaluation_file(without(forms(30), "a1_then"))))
    (problem,) = [problem for problem in read.problems if problem.code == "R-069"]
    assert problem.what == "None of 30 people answered a1 (THEN)."


def test_a_time_that_nobody_answered_is_said_once_and_not_question_by_question(evaluation_file):
    assert said(load_plan(evaluation_file(without(forms(30), *THEN)))) == {"R-070": 1}


def test_of_few_people_a_question_without_an_answer_is_chance(evaluation_file):
    assert said(load_plan(evaluation_file(without(forms(9), "a1_then")))) == {}
    assert said(load_plan(evaluation_file(without(forms(10), "a1_then")))) == {"R-069": 1}


def test_a_question_that_one_person_answered_is_answered(evaluation_file):
    rows = without(forms(30), "a1_then")
    rows[12][HEADER.index("a1_then")] = 1
    assert said(load_plan(evaluation_file(rows))) == {}


def test_questions_that_another_answer_skips_may_be_skipped_by_all(tmp_path):
    """Twelve young people without difficulties: what these mean for everyday life was not asked."""
    rows = ["code,i01,i02,i03,i04,i05,i06", *(f"P{i},0,,,,," for i in range(12))]
    (tmp_path / "impact.csv").write_text("\n".join(rows), encoding="utf-8")
    names = ColumnNames(id="code", wave="one")
    assert "R-069" not in {p.code for p in read_responses(tmp_path / "impact.csv", "sdq-impact-self", names).problems}
