"""Scores are exact integers, by the instrument's own rules, the same at every wave."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mande import ColumnNames, load_instrument, read_responses, score
from mande.model import Construct, ScoreRule
from mande.responses.checks import Patterns
from mande.scoring import NO_SCORE, _by_rule
from tests.small import INSTRUMENT, forms_text

COMPLETE = ["P1", "s", 1, 2, 5, 5, 3, 4, 2, 2]  # a1 1→2, a2 (reversed) 5→5, a3 3→4, b1 2→2


def test_a_mean_score_is_the_mean_after_reversal(read_mini):
    frame = score(read_mini([COMPLETE])).to_frame()
    assert frame.harmony_then[0] == pytest.approx((1 + 1 + 3) / 3, abs=1e-15)
    assert frame.harmony_now[0] == pytest.approx((2 + 1 + 4) / 3, abs=1e-15)


def test_enough_answered_items_stand_for_the_others_and_too_few_give_no_score(read_mini):
    two_of_three = ["P1", "s", 1, 2, "", 5, 3, 4, 2, 2]
    one_of_three = ["P2", "s", 1, 2, "", 5, "", 4, 2, 2]
    scores = score(read_mini([two_of_three, one_of_three])).values["harmony", "then"]
    assert scores.tolist() == [2 * 6, NO_SCORE]  # mean of 1 and 3, on the denominator lcm(2, 3)


def test_a_refused_answer_is_not_a_low_answer(read_mini):
    assert score(read_mini([["P1", "s", 1, 2, 5, 5, 3, 4, 99, 2]])).values["quarrels", "then"].tolist() == [NO_SCORE]


def test_equal_changes_tie_exactly_where_floats_would_not(read_mini):
    """0.1 + 0.2 in thirds: 4/3 − 1 and 7/3 − 2 are the same change, and differ as floats."""
    rows = [["P1", "s", 1, 1, 5, 5, 1, 2, 3, 3], ["P2", "s", 2, 2, 4, 4, 2, 3, 3, 3]]
    scores = score(read_mini(rows)).values
    changes = scores["harmony", "now"] - scores["harmony", "then"]
    assert changes[0] == changes[1] == 2
    assert 4 / 3 - 1 != 7 / 3 - 2


def test_codes_of_any_size_are_scored_and_compared_without_a_loss(tmp_path):
    """Beyond what sixteen bits hold when three of them are added, or one is taken from another."""
    (tmp_path / "wide.yaml").write_text(
        INSTRUMENT.replace("code: 1,", "code: -20000,").replace("code: 5,", "code: 20000,")
    )
    (tmp_path / "forms.csv").write_text(
        forms_text([["P1", "s", -20000, 20000, 20000, -20000, -20000, 20000, 20000, 2]])
    )
    read = read_responses(tmp_path / "forms.csv", load_instrument(tmp_path / "wide.yaml"), ColumnNames(id="code"))
    scores = score(read).values
    steps = read.instrument.construct_by_id["harmony"].steps_per_point
    assert [scores["harmony", wave].tolist() for wave in ("then", "now")] == [[-20000 * steps], [20000 * steps]]
    assert Patterns(read)._better_by("then", "now")[0].tolist() == [[40000, 40000, 40000, 19998]]


RULES = {
    ScoreRule.MEAN: lambda total, answered, k: Fraction(total, answered),
    ScoreRule.PRORATED_SUM: lambda total, answered, k: Fraction(total * k, answered),
    ScoreRule.SHARE_CORRECT: lambda total, answered, k: Fraction(total, answered),
}


@given(rule=st.sampled_from(list(RULES)), k=st.integers(1, 20), data=st.data())
def test_every_score_that_can_occur_is_a_whole_number_of_steps(rule, k, data):
    needed = data.draw(st.integers(1, k))
    items = tuple(f"i{number}" for number in range(k))
    construct = Construct(id="c", title={"en": "C"}, items=items, score=rule, min_answered=needed, better="higher")
    answered = data.draw(st.integers(needed, k))
    total = data.draw(st.integers(0, 5 * answered))
    steps = _by_rule(construct, np.array([total]), np.array([answered]))[0]
    assert Fraction(int(steps), construct.steps_per_point) == RULES[rule](total, answered, k)


@pytest.mark.parametrize(("total", "answered", "expected"), [(4, 3, 7), (2, 4, 3), (1, 4, 1), (3, 4, 4), (10, 5, 10)])
def test_a_prorated_sum_rounds_half_up_and_never_to_even(total, answered, expected):
    """SDQ: 4 on three items is 6.67, so 7; 2 on four is 2.5, so 3, where banker's rounding gives 2."""
    construct = Construct(
        id="c", title={"en": "C"}, items=tuple("abcde"), score=ScoreRule.PRORATED_SUM, round="half-up",
        min_answered=3, better="lower",
    )  # fmt: skip
    assert _by_rule(construct, np.array([total]), np.array([answered])).tolist() == [expected]


def test_the_default_needs_four_fifths_of_the_items_and_a_plain_sum_all_of_them():
    def needed(rule: ScoreRule, k: int) -> int:
        return Construct(
            id="c", title={}, items=tuple(f"i{n}" for n in range(k)), score=rule, better="higher"
        ).answers_needed

    assert [needed(ScoreRule.MEAN, k) for k in (3, 4, 5, 10)] == [3, 4, 4, 8]
    assert needed(ScoreRule.SUM, 5) == 5
