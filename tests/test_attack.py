"""Attacks on all outputs together: what few people answered cannot be had from them, neither read nor computed.

The strongest attack there is: whatever a person who may not be seen had answered, would the outputs be the same? If
they are, nobody can learn anything from them. Each attack is also run where it must succeed, to know that it bites.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from mande import evaluate, load_plan
from mande.evaluation import Evaluation
from mande.report import render
from mande.report.workbook.tables import tables_of
from tests.awkward import SMALLEST, awkward_rows, make_evaluation

PEOPLE, WITHOUT_LAST = 24, 6


def rows_of(*few: Sequence[object]) -> list[list[object]]:
    """Forms of 24 people at two schools, and of a few more with these answers: a1 then, a1 now, a2 then … b1 now.

    Those of the many are complete, but for some who did not answer b1 now: their scores of quarrels are imputed.
    """
    random = np.random.default_rng(4)
    many = [[f"P{i:03d}", "AB"[i % 2], *random.integers(1, 6, 8).tolist(), "girl"] for i in range(PEOPLE)]
    for row in many[:WITHOUT_LAST]:
        row[9] = ""
    return many + [[f"X{i:03d}", "A", *answers, "girl"] for i, answers in enumerate(few)]


def everything_said(evaluation: Evaluation, folder: Path) -> dict[str, object]:
    """All that leaves the house: the JSON, the page, the workbook; less the fingerprints of the files, by which nobody
    can find answers who does not know all others."""
    found = json.loads(evaluation.to_json())
    for part in (found["sources"], [found["provenance"]]):
        for entry in part:
            entry.pop("digest", None)
            entry.pop("inputs", None)
    unprinted = evaluation.provenance.inputs.values()
    said: dict[str, object] = {"json": found}
    for template in ("ministry", "technical"):
        page = render(evaluation, folder, template=template, formats=["html"])[0].read_text(encoding="utf-8")
        for digest in unprinted:
            page = page.replace("<wbr>", "").replace(digest, "")
        said[template] = page
    said["workbook"] = [table for table in tables_of(evaluation, "en") if table.name not in ("Provenance", "Files")]
    return said


def evaluation_of(tmp_path: Path, name: str, rows: list[list[object]], smallest: int = SMALLEST) -> Evaluation:
    folder = tmp_path / name
    folder.mkdir()
    return make_evaluation(folder, rows, smallest=smallest)


LEFT_OUT = [(1, 1, 1, 5), (5, 2, 3, 1), (3, 3, 2, 4)]
"""Of people with harmony at one wave only: a1, a2 and a3 at this wave, and a1 at the other."""


def left_out_later(a1: int, a2: int, a3: int, other: int) -> list[object]:
    return [a1, other, a2, "", a3, "", 2, 4]


def left_out_earlier(a1: int, a2: int, a3: int, other: int) -> list[object]:
    return [other, a1, "", a2, "", a3, 2, 4]


@pytest.mark.parametrize("form", [left_out_later, left_out_earlier])
def test_outputs_are_the_same_whatever_few_people_left_out_of_an_area_answered(tmp_path, form):
    worlds = [
        everything_said(evaluation_of(tmp_path, str(i), rows_of(form(*answers), form(2, 2, 2, 2))), tmp_path)
        for i, answers in enumerate(LEFT_OUT)
    ]
    assert worlds[0] == worlds[1] == worlds[2]


def test_that_attack_bites_where_nothing_is_withheld(tmp_path):
    worlds = [
        everything_said(evaluation_of(tmp_path, str(i), rows_of(left_out_later(*answers)), smallest=1), tmp_path)
        for i, answers in enumerate(LEFT_OUT[:2])
    ]
    assert worlds[0] != worlds[1]


HARMONY = ("a1", "a2", "a3")


def rest_of_the_area(said: dict, wave: str) -> float | None:
    """The scores of an area less the answers to its questions: what skippers' scores add up to, if nothing is missing.

    A score is a mean of three answers, so three times all scores less all answers is, of one person who answered two of
    the three, half of what they answered: it is their score.
    """
    change = next(c for c in said["changes"]["rows"] if c["construct"] == "harmony" and c["group"] == "all")
    shown = {i["item"]: i for i in said["items"] if i["wave"] == wave}
    if change["n"] is None or not {*HARMONY} <= {*shown}:
        return None
    mean = change["description"]["mean_earlier" if wave == "then" else "mean_later"]
    answered = sum(int(code) * n for item in HARMONY for code, n in shown[item]["answers"].items())
    return mean * change["n"] * 3 - answered


def skipped(a1: object, a2: object, a3: object) -> list[object]:
    """a1, a2, a3 then; complete now."""
    return [a1, 4, a2, 4, a3, 4, 2, 2]


def test_the_score_of_somebody_who_skipped_a_question_is_not_what_the_questions_leave_of_the_area(tmp_path):
    rows = rows_of(skipped(5, 3, ""))  # a2 is turned: 3 stays 3, so the score is 4
    open_to_all = json.loads(evaluation_of(tmp_path, "open", rows, smallest=1).to_json())
    assert rest_of_the_area(open_to_all, "then") == pytest.approx(4)
    withheld = json.loads(evaluation_of(tmp_path, "withheld", rows).to_json())
    assert rest_of_the_area(withheld, "then") is None
    assert rest_of_the_area(withheld, "now") == pytest.approx(0)


def test_what_the_questions_leave_of_an_area_is_of_nobody_or_many(tmp_path):
    for seed in range(12):
        rows = awkward_rows(seed)
        said = json.loads(evaluation_of(tmp_path, str(seed), rows).to_json())
        for offset, wave in enumerate(("then", "now")):
            if rest_of_the_area(said, wave) is not None:
                assert not 0 < people_who_skipped(rows, offset) < SMALLEST


def people_who_skipped(rows: list[list[object]], offset: int) -> int:
    """People compared in harmony who skipped one of its questions at that wave."""
    gaps = [[[row[2 + 2 * k + side] == "" for k in range(3)] for side in (0, 1)] for row in rows]
    return sum(all(sum(side) <= 1 for side in person) and any(person[offset]) for person in gaps)


def scores_that_fit(said: dict, half_a_digit: float) -> set[int]:
    """Scores (in sixths) of the one person who skipped a question that fit alpha: it is a fraction of whole numbers.

    Everybody's scores stand in the counts; less the one who skipped, they give the variance of the sum, and alpha times
    that must be whole for the right score. For wrong ones it hardly ever is.
    """
    change = next(c for c in said["changes"]["rows"] if c["construct"] == "harmony" and c["group"] == "all")
    row = next(r for r in said["tallies"]["rows"] if r["construct"] == "harmony" and r["group"] == "all")
    scores = np.repeat(row["earlier"], row["people"])
    n, alpha = change["reliability"]["n"], change["reliability"]["alpha_earlier"]["value"]
    assert n == len(scores) - 1
    found = set()
    for score in {*scores[scores % 2 == 0].tolist()}:
        sums = scores // 2  # of three answers, in whole points
        spread = n * ((sums**2).sum() - (score // 2) ** 2) - (sums.sum() - score // 2) ** 2
        items = (1 - alpha * 2 / 3) * spread
        if abs(items - round(items)) <= half_a_digit * 2 / 3 * spread:
            found.add(score)
    return found


def test_alpha_does_not_give_away_the_score_of_the_one_who_skipped_a_question(tmp_path):
    rows = rows_of(skipped(5, 3, ""))
    sharp = scores_that_fit(json.loads(evaluation_of(tmp_path, "sharp", rows, smallest=1).to_json()), 1e-12)
    assert sharp == {24}, "the attack finds the score, four points, and no other"
    said = json.loads(evaluation_of(tmp_path, "blurred", rows).to_json())
    alpha = said["changes"]["rows"][0]["reliability"]["alpha_earlier"]["value"]
    assert alpha == round(alpha, 2)
    row = said["tallies"]["rows"][0]
    assert scores_that_fit(said, 0.005) == {score for score in row["earlier"] if score % 2 == 0}


def test_few_who_skipped_are_not_in_a_mean_that_is_left_of_the_change(tmp_path):
    """The change by wording is of those who answered everything, and would leave the change of the one who did not."""
    rows = rows_of(skipped(5, 3, ""))
    sound = {s.construct: s for s in evaluation_of(tmp_path, "few", rows).soundness}
    assert sound["harmony"].wording is None
    assert evaluation_of(tmp_path, "nobody", rows_of()).soundness[0].wording is not None


def test_a_released_answer_does_not_say_in_which_row_it_stood(tmp_path):
    text = "code,then,now,said\n" + "\n".join(f"P{i},{1 + i % 5},{1 + i % 4},words {i}" for i in range(9))
    (tmp_path / "forms.csv").write_text(text, encoding="utf-8")
    (tmp_path / "evaluation.toml").write_text(RELEASED, encoding="utf-8")
    (tmp_path / "one.yaml").write_text(ONE, encoding="utf-8")
    said = json.loads(evaluate(load_plan(tmp_path / "evaluation.toml")).to_json())
    assert said["plan"]["narrative"]["quotes"] == [{"text": "words 3", "who": "A mother"}]
    assert said["plan"]["narrative"]["released"] == []


ONE = """\
id: one
version: "1"
title: {en: One}
respondent: parent
waves: [then, now]
status: {wording: own, key: provisional}
licence: CC-BY-4.0
citation: Made for a test.
answers:
  often: [{code: 1, label: {en: Never}}, {code: 2, label: {en: Rarely}}, {code: 3, label: {en: Sometimes}},
          {code: 4, label: {en: Often}}, {code: 5, label: {en: Always}}]
items:
  - {id: q1, text: {en: We talk.}, answers: often}
constructs:
  - {id: talk, title: {en: Talk}, items: [q1], better: higher}
"""

RELEASED = """\
title = "A test"
synthetic = true
analysis = "retrospective-pretest"
[programme]
id = "test"
name = "A programme"
[[source]]
file = "forms.csv"
instrument = "one.yaml"
id = "code"
columns = { q1_then = "then", q1_now = "now" }
open = { said = "said" }
[[narrative.released]]
file = "forms.csv"
row = 5
question = "said"
who = "A mother"
"""


def test_few_people_of_one_wave_alone_are_not_in_the_mixed_model(tmp_path):
    """Their scores are in no other figure. Two worlds in which they answered differently give the same course."""
    courses = []
    for i, alone in enumerate((1, 5)):
        rows = [[f"P{k}", wave, 1 + (k * 7 + w * k) % 5] for k in range(30) for w, wave in enumerate(("a", "b", "c"))]
        text = "\n".join(["code,wave,q1", *(",".join(map(str, row)) for row in [*rows, ["X", "a", alone]])])
        folder = tmp_path / str(i)
        folder.mkdir()
        (folder / "forms.csv").write_text(text, encoding="utf-8")
        (folder / "one.yaml").write_text(ONE.replace("[then, now]", "[one]"), encoding="utf-8")
        (folder / "three.toml").write_text(THREE_WAVES, encoding="utf-8")
        (folder / "evaluation.toml").write_text(THREE, encoding="utf-8")
        courses.append(evaluate(load_plan(folder / "evaluation.toml")).courses)
    assert courses[0] == courses[1]
    assert courses[0][0].mixed is not None


THREE_WAVES = """\
id = "three"
title = { en = "Three waves" }
design = "waves"
comparisons = [{ earlier = "a", later = "b" }, { earlier = "a", later = "c" }]
"""

THREE = """\
title = "A test"
synthetic = true
analysis = "three.toml"
[programme]
id = "test"
name = "A programme"
[[source]]
file = "forms.csv"
instrument = "one.yaml"
id = "code"
wave_column = "wave"
"""
