"""Agreement of two people of one family: properties, and what has no value."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mande.errors import NotTestable
from mande.stats import PairCounts
from mande.stats.agreement import bland_altman, icc_agreement

change = st.integers(-20, 20)
families = st.lists(st.tuples(change, change), min_size=3, max_size=30)


def table(rows: list[tuple[int, int]]) -> PairCounts:
    return PairCounts.of(*(np.array(person, dtype=np.int64) for person in zip(*rows, strict=True)))


@given(families)
def test_the_order_of_two_people_matters_to_the_bias_alone(rows):
    pairs = table(rows)
    try:
        found, swapped = icc_agreement(pairs), icc_agreement(pairs.swapped())
    except NotTestable:
        return
    assert found == swapped
    bias, back = bland_altman(pairs).bias, bland_altman(pairs.swapped()).bias
    assert (bias.value, bias.low) == pytest.approx((-back.value, -back.high))


@given(families)
def test_every_interval_holds_its_figure_and_is_finite(rows):
    try:
        found = icc_agreement(table(rows))
    except NotTestable:
        return
    for estimate in (found.agreement, found.consistency):
        assert np.isfinite([estimate.low, estimate.high]).all()
        assert estimate.low - 1e-9 <= estimate.value <= estimate.high + 1e-9 <= 1 + 2e-9
    limits = bland_altman(table(rows))
    assert limits.lower_limit.low < limits.lower_limit.value < limits.lower_limit.high
    assert limits.upper_limit.low < limits.upper_limit.value < limits.upper_limit.high
    assert sum(limits.families) == limits.n


def test_people_who_differ_in_opposite_ways_only_have_a_coefficient_without_a_width():
    found = icc_agreement(table([(8, 12), (11, 9), (11, 9)]))
    assert (found.agreement.low, found.agreement.value, found.agreement.high) == pytest.approx((-3, -3, -3))
    assert found.consistency.value == -1.0


@given(families, st.integers(1, 9))
def test_a_common_shift_of_one_person_leaves_consistency(rows, shift):
    moved = [(first, second + shift) for first, second in rows]
    try:
        found, shifted = icc_agreement(table(rows)), icc_agreement(table(moved))
    except NotTestable:
        return
    assert shifted.consistency == found.consistency
    assert bland_altman(table(moved)).bias.value == pytest.approx(bland_altman(table(rows)).bias.value + shift)


def test_agreement_falls_where_one_always_reports_more():
    rows = [(k, k + 5 + k % 2) for k in range(12)]
    found = icc_agreement(table(rows))
    assert found.consistency.value > 0.95
    assert found.agreement.value < 0.6


def test_limits_of_many_families_have_narrow_intervals():
    random = np.random.default_rng(1)
    first, second = (random.integers(0, 20, 50_000) for _ in range(2))
    limits = bland_altman(PairCounts.of(first, second), steps_per_point=2)
    assert 0 < limits.upper_limit.high - limits.upper_limit.low < 0.2
    assert limits.upper_limit.value == pytest.approx(limits.bias.value + 1.959964 * limits.sd)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([(1, 2), (2, 2)], "too_few"),
        ([(1, 2), (2, 3), (5, 6)], "all_equal"),
        ([(1, 1), (1, 1), (1, 1)], "no_variance"),
    ],
)
def test_without_variance_there_is_no_agreement_to_judge(rows, reason):
    with pytest.raises(NotTestable, match=reason):
        icc_agreement(table(rows))


def test_differences_all_alike_have_no_limits():
    with pytest.raises(NotTestable, match="all_equal"):
        bland_altman(table([(1, 2), (2, 3), (5, 6)]))
    with pytest.raises(NotTestable, match="too_few"):
        bland_altman(table([(1, 2)]))
