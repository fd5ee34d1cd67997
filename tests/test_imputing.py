"""Scores that people left out, imputed from those that they gave."""

from mande import load_analysis, measure_change, score
from mande.imputing import imputations
from tests.small import forms

ANALYSIS = load_analysis("retrospective-pretest").model_copy(update={"cluster": ()})


def lost(n, who):
    """n people, of whom some have no answer to the second construct NOW."""
    return [[*row[:9], ""] if i in who else row for i, row in enumerate(forms(n, seed=4))]


def test_everybody_with_a_score_is_in_and_the_gaps_are_counted(read_mini):
    (found,) = imputations([score(read_mini(lost(60, range(10))))], ANALYSIS, smallest=5)
    assert (found.construct, found.people, found.gaps) == ("quarrels", 60, 10)


def test_gaps_by_chance_move_the_change_little_and_the_same_every_time(read_mini):
    scores = score(read_mini(lost(60, range(0, 60, 6))))
    (one,), (two,) = (imputations([scores], ANALYSIS, smallest=5) for _ in range(2))
    assert one == two
    complete = measure_change(scores, ANALYSIS)[1].mean_change
    assert complete.low < one.found.estimate.value < complete.high


def test_fewer_gaps_than_the_smallest_cell_are_not_imputed(read_mini):
    assert imputations([score(read_mini(lost(60, range(4))))], ANALYSIS, smallest=5) == ()
