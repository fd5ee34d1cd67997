"""Permutation of clusters: properties, and what has no value."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mande.errors import NotTestable
from mande.stats import permutation
from mande.stats.permutation import permute_arms, permute_signs

sums = st.lists(st.integers(-60, 60), min_size=1, max_size=9)


@given(sums)
def test_the_other_direction_has_the_same_p(values):
    assume(any(values))
    changes = np.array(values)
    p = permute_signs(changes, seed=1).p
    assert p == permute_signs(-changes, seed=1).p
    assert 0 < permute_signs(changes, seed=1).smallest_p <= p <= 1


@given(sums)
def test_a_cluster_without_change_does_not_matter(values):
    assume(any(values))
    assert permute_signs(np.array([*values, 0]), seed=1) == permute_signs(np.array(values), seed=1)


def test_sampled_signs_come_near_to_all_signs(monkeypatch: pytest.MonkeyPatch):
    changes = np.array([4, 7, -3, 5, 6, -1, 8, 2, 9, -6, 3])
    exact = permute_signs(changes, seed=1)
    monkeypatch.setattr(permutation, "EXACT_ARRANGEMENTS", 2)
    sampled = permute_signs(changes, seed=1, replicates=40_000)
    assert exact.exact
    assert not sampled.exact
    assert sampled.p == pytest.approx(exact.p, abs=0.006)


def test_sampled_arms_come_near_to_all_arms(monkeypatch: pytest.MonkeyPatch):
    changes, size, arm = (
        np.array([9, 8, 3, 1, 5, 2, 7, 0]),
        np.array([5, 9, 6, 5, 8, 7, 6, 5]),
        np.array([1, 1, 0, 0] * 2),
    )
    exact = permute_arms(changes, size, arm, seed=1)
    monkeypatch.setattr(permutation, "EXACT_DEALS", 2)
    assert permute_arms(changes, size, arm, seed=1, replicates=40_000).p == pytest.approx(exact.p, abs=0.01)


def test_p_of_a_sample_is_never_zero():
    assert permute_signs(np.full(40, 5), seed=1, replicates=99).p == 0.01


def test_thousands_of_schools_fit():
    changes = np.random.default_rng(1).integers(-50, 60, 4_290)
    found = permute_signs(changes, seed=1, replicates=999)
    assert 0 < found.p < 0.01
    assert found.smallest_p > 0


def test_arms_exchanged_have_the_same_p():
    changes, size, arm = np.array([9, 8, 3, 1, 5]), np.array([5, 9, 6, 5, 8]), np.array([1, 1, 0, 0, 0])
    assert permute_arms(changes, size, arm, seed=1).p == permute_arms(changes, size, 1 - arm, seed=1).p


@given(st.integers(1, 5), st.integers(-9, 9))
def test_a_change_common_to_everybody_does_not_matter_between_arms(times, added):
    changes, size, arm = np.array([9, 8, 3, 1, 5, 0]), np.array([5, 9, 6, 5, 8, 4]), np.array([1, 1, 0, 0, 0, 1])
    moved = permute_arms(times * changes + added * size, size, arm, seed=1).p
    assert moved == permute_arms(changes, size, arm, seed=1).p


@pytest.mark.parametrize(("values", "reason"), [([], "no_data"), ([0, 0, 0], "no_change")])
def test_signs_without_a_value(values, reason):
    with pytest.raises(NotTestable, match=reason):
        permute_signs(np.array(values, dtype=np.int64), seed=1)


@pytest.mark.parametrize(
    ("values", "size", "arm", "reason"),
    [
        ([3, 4, 5], [2, 2, 2], [1, 1, 1], "no_data"),
        ([3, 4, 5], [2, 2, 0], [1, 1, 0], "no_data"),
        ([3, 4], [2, 2], [1, 0], "too_few"),
        ([2, 4, 6], [1, 2, 3], [1, 0, 1], "all_equal"),
    ],
)
def test_arms_without_a_value(values, size, arm, reason):
    with pytest.raises(NotTestable, match=reason):
        permute_arms(np.array(values), np.array(size), np.array(arm), seed=1)
