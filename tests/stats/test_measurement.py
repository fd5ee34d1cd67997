"""Floor and ceiling, sameness of measure, wording and unreversed items: properties, and what has no value."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mande.errors import NotTestable
from mande.stats import ItemSums, cronbach_alpha
from mande.stats.measurement import (
    Likeness,
    at_ends,
    congruence,
    likeness,
    same_measure,
    unreversed_items,
    wording_contrast,
)
from mande.stats.omega import omega_interval

answer = st.integers(1, 5)


def answers_of(seed: int, n: int, items: int, strength: float = 0.8) -> np.ndarray:
    random = np.random.default_rng(seed)
    trait = random.normal(size=(n, 1))
    return np.clip(np.rint(3 + strength * trait + 0.7 * random.normal(size=(n, items))), 1, 5).astype(np.int64)


def test_ends_are_shares_of_those_who_answered():
    ends = at_ends({1: 3, 4: 4, 5: 13}, lowest=1, highest=5)
    assert (ends.n, ends.lowest.value, ends.highest.value) == (20, 0.15, 0.65)
    assert ends.floor
    assert ends.ceiling
    assert 0 < ends.lowest.low < 0.15 < ends.lowest.high
    with pytest.raises(NotTestable, match="no_data"):
        at_ends({}, lowest=1, highest=5)


@given(st.lists(st.floats(-1, 1), min_size=3, max_size=6), st.floats(0.1, 9))
def test_congruence_does_not_depend_on_size_and_is_one_with_itself(loadings, times):
    assume(sum(a * a for a in loadings) > 1e-3)
    assert congruence(loadings, [times * a for a in loadings]) == pytest.approx(1)
    assert congruence(loadings, [-a for a in loadings]) == pytest.approx(-1)


def test_rule_of_thumb_at_its_borders():
    assert [likeness(value) for value in (0.95, 0.949, 0.85, 0.849, -1)] == [
        Likeness.EQUAL,
        Likeness.FAIR,
        Likeness.FAIR,
        Likeness.DIFFERENT,
        Likeness.DIFFERENT,
    ]


def test_the_same_answers_measure_the_same():
    items = ItemSums.of(answers_of(1, 60, 5))
    found = same_measure(items, items)
    assert found.congruence == pytest.approx(1)
    assert found.rms_correlation_difference == 0
    assert set(found.loading_differences) == {0.0}


def test_an_item_that_lost_its_meaning_shows():
    earlier, later = answers_of(1, 200, 5), answers_of(2, 200, 5)
    later[:, 3] = np.random.default_rng(3).integers(1, 6, 200)
    found = same_measure(ItemSums.of(earlier), ItemSums.of(later))
    assert np.argmin(found.loading_differences) == 3
    assert found.largest_correlation_difference < -0.3
    assert found.likeness is not Likeness.EQUAL


@pytest.mark.parametrize("wrong", [[0], [4], [1, 3]])
def test_items_left_unreversed_are_found(wrong):
    answers = answers_of(5, 80, 6)
    answers[:, wrong] = 6 - answers[:, wrong]
    found = unreversed_items(ItemSums.of(answers))
    assert sorted(suspect.item for suspect in found) == wrong
    assert all(suspect.certain for suspect in found)


def test_well_keyed_items_are_left_alone():
    assert unreversed_items(ItemSums.of(answers_of(5, 80, 6))) == []


def test_contrast_of_wordings_is_the_difference_of_means_and_flips_with_the_waves():
    changes = answers_of(7, 40, 5) - answers_of(8, 40, 5)
    kind = [True, False, False, True, False]
    found, back = (wording_contrast(ItemSums.of(sign * changes), kind) for sign in (1, -1))
    assert found.difference.value == pytest.approx(found.undesirable.value - found.desirable.value)
    assert back.difference.value == -found.difference.value
    assert back.p == pytest.approx(found.p)
    assert found.items == pytest.approx(changes.mean(axis=0))


def test_sums_of_halves_give_the_contrast_of_the_whole():
    changes = answers_of(7, 40, 3) - answers_of(8, 40, 3)
    halves = ItemSums.of(changes[:13]) + ItemSums.of(changes[13:])
    assert wording_contrast(halves, [True, False, False]) == wording_contrast(
        ItemSums.of(changes), [True, False, False]
    )


@pytest.mark.parametrize(
    ("changes", "kind", "reason"),
    [
        ([[1, 2], [2, 1]], [True, True], "too_few_items"),
        ([[1, 2]], [True, False], "too_few"),
        ([[1, 1], [2, 2], [0, 0]], [True, False], "all_equal"),
    ],
)
def test_contrast_without_a_value(changes, kind, reason):
    with pytest.raises(NotTestable, match=reason):
        wording_contrast(ItemSums.of(changes), kind)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(8, 60), st.integers(3, 6), st.floats(0, 2))
def test_the_interval_of_omega_holds_it_and_stays_below_one(seed, n, items, strength):
    answers = answers_of(seed, n, items, strength)
    try:
        found = omega_interval(ItemSums.of(answers))
    except NotTestable:
        return
    assert found.low <= found.value <= found.high <= 1
    assert np.isfinite(found.low)


def test_omega_and_alpha_have_similar_intervals_where_items_measure_equally_well():
    items = ItemSums.of(answers_of(11, 300, 6))
    omega, alpha = omega_interval(items), cronbach_alpha(items)
    assert (omega.low, omega.high) == pytest.approx((alpha.low, alpha.high), abs=0.015)


def test_omega_needs_three_items_that_vary():
    with pytest.raises(NotTestable, match="too_few_items"):
        omega_interval(ItemSums.of([[1, 2], [2, 3], [3, 3]]))
    with pytest.raises(NotTestable, match="no_variance"):
        omega_interval(ItemSums.of([[1, 2, 3], [2, 3, 3], [3, 3, 3]]))


@given(
    answers=st.lists(st.tuples(*[st.integers(-5, 5)] * 3), min_size=1, max_size=30),
    times=st.sampled_from([1, 7, 1_300, 4_099, 2**25 + 1, 2**26 + 1]),
    kind=st.sampled_from([np.int16, np.int64]),
)
def test_sums_of_items_are_those_of_whole_numbers_however_large(answers, times, kind):
    """Beyond what single, and then what double precision holds."""
    rows = [[times * answer + i + 1 for i, answer in enumerate(row)] for row in answers]
    assume(abs(np.array(rows, dtype=object)).max() <= np.iinfo(kind).max)
    sums = ItemSums.of(np.array(rows, dtype=kind))
    exact = np.array(rows, dtype=object)
    assert sums.sums.tolist() == exact.sum(axis=0).tolist()
    assert sums.products.tolist() == exact.T.dot(exact).tolist()
