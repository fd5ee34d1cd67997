"""What stands behind a change: bootstrap, recall, what the people left out could do, the items."""

import pytest

from mande import load_analysis, make_tally, measure_change, score
from mande.soundness import Draws, assess
from mande.stats.missing import Alternative
from tests.small import forms

ANALYSIS = load_analysis("retrospective-pretest").model_copy(update={"replicates": 999})


def soundness_of(responses, *, smallest=1, analysis=ANALYSIS):
    counts = make_tally(score(responses), analysis)
    with Draws(counts, analysis) as draws:
        found = assess(counts, measure_change(counts, analysis), analysis, draws, smallest=smallest)
    return {own.construct: own for own in found}


def rising(n: int) -> list[list[object]]:
    """Quarrels fall by 0 to 2 steps, more in one school than in the others."""
    return [[*row[:8], 5, 5 - (i % 3 > 0) - (i % 6 > 2)] for i, row in enumerate(forms(n))]


def test_the_bootstrap_is_the_same_every_time_and_near_the_t_interval(read_mini):
    responses = read_mini(rising(60))
    one, other = soundness_of(responses)["quarrels"], soundness_of(responses)["quarrels"]
    assert one == other
    plain = measure_change(score(responses))[1].mean_change
    assert one.bootstrap.estimate.low == pytest.approx(plain.low, abs=0.05)
    assert one.bootstrap.estimate.high == pytest.approx(plain.high, abs=0.05)


def test_recall_says_how_much_of_the_change_it_would_have_to_be(read_mini):
    responses = read_mini(rising(60))
    of_people = ANALYSIS.model_copy(update={"cluster": ()})
    found = soundness_of(responses, analysis=of_people)["quarrels"].recall
    change = measure_change(score(responses), of_people)[1]
    assert found.points == pytest.approx(change.interval.high)
    assert found.points < 0
    assert found.share == pytest.approx(change.interval.high / change.mean_change.value)


def test_recall_is_no_question_where_nobody_had_to_remember(read_mini):
    before_after = ANALYSIS.model_copy(update={"design": "before-after"})
    assert soundness_of(read_mini(rising(60)), analysis=before_after)["quarrels"].recall is None


def test_the_worst_and_the_best_case_enclose_the_complete_pairs(read_mini):
    rows = [[*row[:9], "" if i < 6 else row[9]] for i, row in enumerate(rising(60))]
    cases = dict(soundness_of(read_mini(rows))["quarrels"].missing)
    worst, best = cases[Alternative.WORST_CASE].value, cases[Alternative.BEST_CASE].value
    assert best < cases[Alternative.COMPLETE_PAIRS].value < worst  # lower is better
    assert set(cases) == set(Alternative)


def test_nobody_left_out_means_no_alternatives(read_mini):
    assert soundness_of(read_mini(rising(60)))["quarrels"].missing == ()


def test_the_scores_of_a_few_people_left_out_cannot_be_had_from_the_bounds(read_mini):
    """Two files that differ only in the score of the one person left out give the same figures."""

    def figures(then: int):
        rows = [[*row[:8], then, ""] if i == 0 else row for i, row in enumerate(rising(60))]
        found = soundness_of(read_mini(rows), smallest=5)["quarrels"]
        return found.missing, found.attrition

    assert figures(1) == figures(5)
    assert figures(1)[1].mean_left is None


def test_an_item_left_unreversed_is_pointed_at(read_mini):
    """All three items move together as they were written, so turning a2 round was a mistake."""
    answers = [(max(1, s - (i % 3 > 1)), s, min(5, s + i % 2)) for i, s in enumerate([1, 2, 3, 4, 5] * 8)]
    rows = [[f"P{i}", "s", a, a, b, b, c, min(5, c + i % 2), 3, 3 + i % 2] for i, (a, b, c) in enumerate(answers)]
    found = soundness_of(read_mini(rows))["harmony"]
    assert found.unreversed == ("a2",)
    assert found.items[1].item_rest_earlier < 0
