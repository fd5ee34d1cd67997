"""Programme beside comparison: against R, published examples, and what holds for every data set."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mande.errors import NotTestable, Reason
from mande.stats import PairCounts
from mande.stats.cluster import UNKNOWN, Caution, ClusterSums, Inference
from mande.stats.comparison import (
    Arms,
    Balance,
    ancova,
    attrition_by_arm,
    baseline_balance,
    difference_in_changes,
    hedges_g_of_difference,
)

Rows = list[tuple[int, int, int, str]]
person = st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 1), st.sampled_from("abcdef"))
rows = st.lists(person, min_size=6, max_size=40)
effects = st.sampled_from([difference_in_changes, ancova])


def arms_of(people: Rows) -> Arms:
    return Arms(*(ClusterSums.of(*columns([row for row in people if row[2] == arm])) for arm in (1, 0)))


def columns(people: Rows) -> tuple[list[int], list[int], list[str]]:
    return [row[0] for row in people], [row[1] for row in people], [row[3] for row in people]


def unless_untestable(effect, arms: Arms, *, clustered: bool) -> Inference:
    try:
        found: Inference = effect(arms, clustered=clustered)
    except NotTestable:
        assume(False)
    return found


@given(people=rows, effect=effects, clustered=st.booleans())
def test_exchanging_the_arms_flips_the_sign_and_keeps_p(people, effect, clustered):
    arms = arms_of(people)
    found = unless_untestable(effect, arms, clustered=clustered)
    other = effect(Arms(arms.comparison, arms.programme), clustered=clustered)
    assert other.estimate.value == pytest.approx(-found.estimate.value, rel=1e-9, abs=1e-12)
    assert (other.p, other.df) == (pytest.approx(found.p, rel=1e-7), pytest.approx(found.df, rel=1e-7))


@given(people=rows, clustered=st.booleans())
def test_exchanging_the_waves_flips_the_difference_in_changes(people, clustered):
    arms = arms_of(people)
    found = unless_untestable(difference_in_changes, arms, clustered=clustered)
    other = difference_in_changes(Arms(*(sums.swapped() for sums in arms)), clustered=clustered)
    assert other.estimate.value == -found.estimate.value
    assert other.p == pytest.approx(found.p, rel=1e-9)


@given(people=rows, effect=effects, clustered=st.booleans(), shift=st.integers(-50, 50))
def test_adding_a_constant_to_every_score_changes_nothing(people, effect, clustered, shift):
    found = unless_untestable(effect, arms_of(people), clustered=clustered)
    moved = effect(arms_of([(x + shift, y + shift, *rest) for x, y, *rest in people]), clustered=clustered)
    assert moved.estimate.value == pytest.approx(found.estimate.value, rel=1e-9, abs=1e-12)
    assert (moved.p, moved.df) == (pytest.approx(found.p, rel=1e-7), pytest.approx(found.df, rel=1e-7))


@given(people=rows, half=st.integers(0, 40))
def test_two_halves_add_up_to_the_whole(people, half):
    assert arms_of(people[:half]) + arms_of(people[half:]) == arms_of(people)


def test_unclustered_figures_do_not_depend_on_clusters():
    arms = arms_of([(1, 2, 1, "a"), (3, 3, 1, "b"), (2, 5, 1, "b"), (1, 1, 0, "c"), (2, 3, 0, "c"), (4, 4, 0, "d")])
    without = Arms.of_pairs(PairCounts.of([1, 3, 2], [2, 3, 5]), PairCounts.of([1, 2, 4], [1, 3, 4]))
    for effect in (difference_in_changes, ancova):
        assert effect(arms, clustered=False) == effect(without, clustered=False)


def test_g_is_morris_d_ppc2():
    """Morris (2008), his formula 8 to 10 on the numbers below: means and SDs by hand."""
    programme, comparison = (
        PairCounts.of([10, 14, 18, 14], [20, 20, 28, 24]),
        PairCounts.of([11, 13, 15, 17], [12, 13, 16, 17]),
    )
    sd = np.sqrt((3 * np.var([10, 14, 18, 14], ddof=1) + 3 * np.var([11, 13, 15, 17], ddof=1)) / 6)
    found = hedges_g_of_difference(Arms.of_pairs(programme, comparison), clustered=False)
    assert found.value == pytest.approx(2 / math.sqrt(3) / math.gamma(2.5) * (9.0 - 0.5) / sd)
    assert found.low < found.value < found.high


@pytest.mark.parametrize(
    ("shift", "expected"), [(0, Balance.BALANCED), (1, Balance.ADJUST), (-4, Balance.UNBALANCED)], ids=str
)
def test_balance_follows_the_rule_of_the_clearinghouse(shift, expected):
    earlier = np.arange(30)
    found = baseline_balance(Arms.of_pairs(PairCounts.of(earlier + shift, earlier), PairCounts.of(earlier, earlier)))
    assert found.balance == expected
    assert np.sign(found.difference) == np.sign(shift)


@pytest.mark.parametrize(
    ("lost", "started", "low", "high"),  # Newcombe (1998), Table II, method 10
    [
        ((56, 48), (70, 80), 0.0524, 0.3339),
        ((9, 3), (10, 10), 0.1705, 0.8090),
        ((6, 2), (7, 7), 0.0582, 0.8062),
        ((5, 0), (56, 29), -0.0381, 0.1926),
        ((0, 0), (10, 20), -0.1611, 0.2775),
        ((0, 0), (10, 10), -0.2775, 0.2775),
        ((10, 0), (10, 20), 0.6791, 1.0000),
        ((10, 0), (10, 10), 0.6075, 1.0000),
    ],
)
def test_the_difference_in_attrition_has_newcombes_interval(lost, started, low, high):
    analysed = (started[0] - lost[0], started[1] - lost[1])
    found = attrition_by_arm(started=started, analysed=analysed)
    assert (found.difference.low, found.difference.high) == (
        pytest.approx(low, abs=5e-5),
        pytest.approx(high, abs=5e-5),
    )
    assert found.overall.value == sum(lost) / sum(started)


def test_those_lost_can_be_counted_as_unchanged():
    analysed = arms_of([(1, 4, 1, "a"), (2, 4, 1, "b"), (3, 6, 1, "b"), (1, 2, 0, "c"), (2, 2, 0, "c"), (4, 4, 0, "d")])
    lost = arms_of([(2, 0, 1, "a"), (3, 0, 0, "d")])
    found = difference_in_changes(analysed + lost.unchanged(), clustered=False)
    assert found.estimate.value == (3 + 2 + 3 + 0) / 4 - 1 / 4


PEOPLE = [(1, 2, 1, "a"), (3, 3, 1, "b"), (2, 5, 1, "b"), (1, 1, 0, "c"), (2, 3, 0, "c"), (4, 4, 0, "d")]


@pytest.mark.parametrize(
    ("people", "clustered", "reason"),
    [
        ([], False, Reason.NO_DATA),
        (PEOPLE[:3], False, Reason.NO_DATA),
        (PEOPLE[2:4], False, Reason.TOO_FEW),
        ([(1, 2, 1, "a"), (2, 3, 1, "b"), (1, 1, 0, "c"), (2, 2, 0, "d")], False, Reason.ALL_EQUAL),
        ([row for row in PEOPLE if row[3] != "d"], True, Reason.TOO_FEW_CLUSTERS),
        ([(*row[:3], "all") for row in PEOPLE], True, Reason.TOO_FEW_CLUSTERS),
    ],
    ids=str,
)
def test_a_difference_without_a_value_says_why(people, clustered, reason):
    with pytest.raises(NotTestable) as raised:
        difference_in_changes(arms_of(people), clustered=clustered)
    assert raised.value.reason == reason


def test_clusters_that_all_changed_alike_leave_nothing_to_test():
    people = [(0, 0, 1, "a"), (0, 2, 1, "a"), (0, 0, 1, "b"), (0, 2, 1, "b")]
    people += [(x, y, 0, {"a": "c", "b": "d"}[name]) for x, y, _, name in people]
    assert difference_in_changes(arms_of(people), clustered=False).p == 1
    with pytest.raises(NotTestable) as raised:
        difference_in_changes(arms_of(people), clustered=True)
    assert raised.value.reason == Reason.ALL_EQUAL


def test_an_earlier_score_that_never_varies_cannot_be_adjusted_for():
    arms = arms_of([(3, y, arm, name) for _, y, arm, name in PEOPLE])
    with pytest.raises(NotTestable) as raised:
        ancova(arms, clustered=False)
    assert raised.value.reason == Reason.NO_VARIANCE
    with pytest.raises(NotTestable) as raised:
        baseline_balance(arms)
    assert raised.value.reason == Reason.NO_VARIANCE


@given(people=st.lists(person, max_size=12), effect=effects, clustered=st.booleans())
def test_every_result_is_finite_with_p_above_zero(people, effect, clustered):
    found = unless_untestable(effect, arms_of(people), clustered=clustered)
    figures = [found.estimate.value, found.estimate.low, found.estimate.high, found.standard_error, found.t, found.df]
    assert np.isfinite(figures).all()
    assert 0 < found.p <= 1


def test_people_whose_place_is_not_known_are_no_further_place_of_an_arm():
    programme = ClusterSums.of([1, 2, 1, 2, 3, 1], [2, 2, 3, 4, 4, 3], ["a", "a", "b", "b", UNKNOWN, UNKNOWN])
    comparison = ClusterSums.of([1, 2, 3, 2], [1, 3, 3, 2], ["c", "c", "d", "d"])
    found = difference_in_changes(Arms(programme, comparison), clustered=True)
    assert (found.clusters, Caution.FEW_CLUSTERS in found.cautions) == (4, True)
