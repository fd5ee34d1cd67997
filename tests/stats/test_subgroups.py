"""Subgroups compared: against R, and what holds for every data set."""

from functools import partial

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mande.errors import NotTestable, Reason
from mande.stats.cluster import Caution, ClusterSums, mean_change_clustered
from mande.stats.comparison import Arms, difference_in_changes
from mande.stats.subgroups import Interaction, SubgroupNote, compare_subgroups

close = partial(pytest.approx, rel=1e-10, abs=1e-13)

person = st.tuples(st.integers(0, 12), st.integers(0, 12), st.sampled_from("xyz"), st.sampled_from("abcde"))
rows = st.lists(person, min_size=6, max_size=40)


def groups_of(people):
    names = sorted({row[2] for row in people})
    parts = {name: [row for row in people if row[2] == name] for name in names}
    return {
        name: ClusterSums.of([r[0] for r in part], [r[1] for r in part], [r[3] for r in part])
        for name, part in parts.items()
    }


def interaction_of(groups, *, clustered) -> Interaction:
    found = compare_subgroups(groups, clustered=clustered).interaction
    if found is None:
        assume(False)
    assert found is not None
    return found


@given(people=rows, clustered=st.booleans(), seed=st.integers(0, 9))
def test_the_order_of_subgroups_does_not_matter(people, clustered, seed):
    groups = groups_of(people)
    found = interaction_of(groups, clustered=clustered)
    order = np.random.default_rng(seed).permutation(list(groups))
    other = interaction_of({str(name): groups[name] for name in order}, clustered=clustered)
    assert (other.f, other.df2) == (pytest.approx(found.f, rel=1e-6, abs=1e-9), pytest.approx(found.df2, rel=1e-6))


@given(people=rows, clustered=st.booleans())
def test_exchanging_the_waves_keeps_the_test(people, clustered):
    groups = groups_of(people)
    found = interaction_of(groups, clustered=clustered)
    other = interaction_of({name: sums.swapped() for name, sums in groups.items()}, clustered=clustered)
    assert other.p == pytest.approx(found.p, rel=1e-6)


@given(people=rows, clustered=st.booleans())
def test_every_test_is_finite_with_p_above_zero(people, clustered):
    found = interaction_of(groups_of(people), clustered=clustered)
    assert np.isfinite([found.f, found.df2, found.p]).all()
    assert 0 < found.p <= 1


def test_two_subgroups_without_clusters_are_welchs_t():
    people = [(0, d, "x", "a") for d in (1, 2, 4, 5)] + [(0, d, "y", "a") for d in (0, 1, 1, 2, 7)]
    groups = groups_of(people)
    found = interaction_of(groups, clustered=False)
    from scipy.stats import ttest_ind

    expected = ttest_ind([1, 2, 4, 5], [0, 1, 1, 2, 7], equal_var=False)
    assert (found.f, found.df2, found.p) == (close(expected.statistic**2), close(expected.df), close(expected.pvalue))


def test_two_nested_subgroups_are_the_difference_between_arms():
    random = np.random.default_rng(4)
    x, y = (
        ClusterSums.of(random.integers(0, 9, 40), random.integers(0, 9, 40), np.arange(40) % 6 + k) for k in (0, 10)
    )
    found = interaction_of({"x": x, "y": y}, clustered=True)
    expected = difference_in_changes(Arms(x, y), clustered=True)
    assert (found.f, found.df2, found.p) == (close(expected.t**2), close(expected.df), close(expected.p))


def test_every_subgroup_has_its_own_row():
    groups = groups_of([(0, k * k % 5, name, "abc"[k % 3]) for k in range(12) for name in "xy"] + [(1, 2, "z", "a")])
    found = compare_subgroups(groups, clustered=True, chosen_by_baseline=True)
    assert [(row.name, row.n, row.clusters) for row in found.rows] == [("x", 12, 3), ("y", 12, 3), ("z", 1, 1)]
    assert found.rows[0].found == mean_change_clustered(groups["x"])
    assert found.rows[2].reason == Reason.TOO_FEW
    assert found.notes == (SubgroupNote.REGRESSION_TO_THE_MEAN,)
    assert compare_subgroups(groups, clustered=True).notes == ()


def test_a_subgroup_that_cannot_be_tested_leaves_the_test_and_few_clusters_are_cautioned():
    people = [(0, (3 * k + (name == "y") * (k % 3)) % 7, name, "abcd"[k % 4]) for k in range(16) for name in "xy"]
    found = compare_subgroups(groups_of([*people, (1, 2, "z", "a"), (1, 3, "z", "a")]), clustered=True)
    assert found.rows[2].reason == Reason.TOO_FEW_CLUSTERS
    assert found.interaction.subgroups == ("x", "y")
    assert Caution.FEW_CLUSTERS in found.interaction.cautions


@pytest.mark.parametrize(
    ("people", "clustered", "reason"),
    [
        ([(0, 1, "x", "a"), (0, 2, "x", "b")], False, Reason.TOO_FEW),
        ([(0, 1, "x", "a"), (0, 2, "x", "b"), (0, 1, "y", "a")], False, Reason.TOO_FEW),
        ([(0, 1, "x", "a"), (0, 2, "x", "b"), (0, 1, "y", "a"), (0, 2, "y", "a")], True, Reason.TOO_FEW_CLUSTERS),
    ],
    ids=str,
)
def test_subgroups_that_cannot_be_compared_say_why(people, clustered, reason):
    found = compare_subgroups(groups_of(people), clustered=clustered)
    assert (found.interaction, found.reason) == (None, reason)


def test_too_many_subgroups_for_the_clusters_are_not_tested():
    random = np.random.default_rng(5)
    people = [(0, int(random.integers(0, 9)), f"group {k % 6}", "ab"[k // 6 % 2]) for k in range(96)]
    found = compare_subgroups(groups_of(people), clustered=True)
    assert (found.interaction, found.reason) == (None, Reason.TOO_FEW_CLUSTERS)


def test_nobody_is_not_testable():
    with pytest.raises(NotTestable) as raised:
        compare_subgroups({"x": ClusterSums.of([], [], [])}, clustered=False)
    assert raised.value.reason == Reason.NO_DATA
