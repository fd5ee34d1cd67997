"""A programme's arm beside a comparison arm, from the file to the difference in changes."""

import numpy as np
import pytest

from mande import load_analysis, make_tally, measure_change, score
from mande.contrast import contrast_arms, contrast_subgroups
from mande.plan import Arms
from mande.stats.counts import PairCounts

RETROSPECTIVE = load_analysis("retrospective-pretest").model_copy(update={"cluster": (), "subgroups": ()})
BY_ARM = RETROSPECTIVE.model_copy(update={"arms": Arms(grouping="school", programme="A", comparison="B")})


def two_arms(rise: int, n: int = 30) -> list[list[object]]:
    """Quarrels of n people an arm; in arm A they fall by `rise` more."""
    random = np.random.default_rng(5)
    rows = []
    for arm in "AB":
        for i in range(n):
            then = int(random.integers(3, 6))
            now = max(1, then - int(random.integers(0, 2)) - (rise if arm == "A" else 0))
            rows.append([f"{arm}{i}", arm, 1, 2, 5, 4, 3, 4, then, now])
    return rows


def test_the_difference_is_the_programme_s_change_less_the_comparison_s(read_mini):
    counts = make_tally(score(read_mini(two_arms(rise=1))), BY_ARM)
    everyone, comparison = (change for change in measure_change(counts, BY_ARM) if change.construct == "quarrels")
    contrast = contrast_arms(counts, BY_ARM)[1]
    assert contrast.construct == "quarrels"
    assert (contrast.n, contrast.n_comparison) == (30, 30)
    expected = everyone.mean_change.value - comparison.mean_change.value
    assert contrast.plain_difference.estimate.value == pytest.approx(expected, abs=1e-12)
    assert contrast.plain_difference.estimate.high < 0
    assert contrast.difference is None


def test_two_arms_that_cannot_be_told_apart_have_an_interval_across_zero(read_mini):
    counts = make_tally(score(read_mini(two_arms(rise=0))), BY_ARM)
    interval = contrast_arms(counts, BY_ARM)[1].plain_difference.estimate
    assert interval.low < 0 < interval.high


def test_people_lost_are_counted_by_arm(read_mini):
    rows = two_arms(rise=1)
    lost = [[*row[:9], ""] if row[1] == "A" and i < 6 else row for i, row in enumerate(rows)]
    attrition = contrast_arms(make_tally(score(read_mini(lost)), BY_ARM), BY_ARM)[1].attrition
    assert attrition.programme.value == 6 / 30
    assert attrition.comparison.value == 0


def test_without_arms_there_is_no_contrast(read_mini):
    counts = make_tally(score(read_mini(two_arms(rise=1))), RETROSPECTIVE)
    assert contrast_arms(counts, RETROSPECTIVE) == ()
    assert isinstance(next(iter(counts.pairs.values())), PairCounts)


def test_subgroups_are_compared_with_each_other_and_only_those_that_may_be_shown(read_mini):
    by_school = RETROSPECTIVE.model_copy(update={"subgroups": ("school",)})
    counts = make_tally(score(read_mini(two_arms(rise=2))), by_school)
    keys = [key for key in counts.pairs if key.construct == "quarrels"]
    (contrast,) = contrast_subgroups(counts, by_school, keys)
    assert contrast.grouping == "school"
    assert [row.name for row in contrast.found.rows] == ["A", "B"]
    assert contrast.found.interaction.p < 0.001
    (alone,) = contrast_subgroups(counts, by_school, [key for key in keys if key.group != "school=B"])
    assert [row.name for row in alone.found.rows] == ["A"]
    assert alone.found.interaction is None
