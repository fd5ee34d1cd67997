"""Data that have no such figure say why; results are never NaN, infinite or p = 0."""

import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mande.errors import NotTestable, Reason
from mande.stats import (
    ChangeCounts,
    Directions,
    ItemSums,
    PairCounts,
    alpha_if_deleted,
    at_score,
    benjamini_hochberg,
    cronbach_alpha,
    d_av,
    d_rm,
    d_z,
    describe,
    direction_shares,
    hedges_correction,
    holm,
    item_rest_correlations,
    mean_change,
    omega_total,
    paired_t,
    percent_change,
    pomp,
    rank_biserial,
    reliable_change,
    reliable_change_index,
    sign_test,
    signed_rank,
    standard_error_of_measurement,
    wilson,
)

NOBODY = PairCounts.of([], [])
ONE = PairCounts.of([3], [4])
NO_CHANGE = PairCounts.of([3, 4, 5], [3, 4, 5])
ALL_EQUAL = PairCounts.of([3, 4, 5], [4, 5, 6])


def of_changes(function: Callable[[ChangeCounts], object]) -> Callable[[PairCounts], object]:
    return lambda pairs: function(pairs.changes())


T_LIKE = {"mean_change": of_changes(mean_change), "t": of_changes(paired_t), "d_z": of_changes(d_z), "d_av": d_av,
          "d_rm": d_rm}  # fmt: skip
RANK_LIKE = {"signed_rank": of_changes(signed_rank), "sign_test": of_changes(sign_test)}


def reason_of(function: Callable[..., object], *arguments: Any, **options: Any) -> Reason:
    with pytest.raises(NotTestable) as caught:
        function(*arguments, **options)
    return caught.value.reason


@pytest.mark.parametrize("function", T_LIKE.values(), ids=T_LIKE)
@pytest.mark.parametrize(
    ("pairs", "reason"),
    [(NOBODY, Reason.NO_DATA), (ONE, Reason.TOO_FEW), (NO_CHANGE, Reason.NO_CHANGE), (ALL_EQUAL, Reason.ALL_EQUAL)],
)
def test_figures_that_need_varied_changes_say_what_is_missing(
    function: Callable[..., object], pairs: PairCounts, reason: Reason
) -> None:
    assert reason_of(function, pairs) == reason


@pytest.mark.parametrize("function", RANK_LIKE.values(), ids=RANK_LIKE)
def test_rank_and_sign_tests_need_somebody_who_changed(function: Callable[..., object]) -> None:
    assert reason_of(function, NOBODY) == Reason.NO_DATA
    assert reason_of(function, NO_CHANGE) == Reason.NO_CHANGE


def test_one_person_who_changed_gives_p_1_by_ranks_and_signs() -> None:
    assert signed_rank(ONE.changes()).p == 1.0
    assert sign_test(ONE.changes()).p == 1.0


def test_all_equal_changes_can_still_be_tested_by_ranks_and_signs() -> None:
    assert signed_rank(ALL_EQUAL.changes()).p == sign_test(ALL_EQUAL.changes()).p == 0.25


def test_describing_nobody_has_no_data_and_one_person_no_spread() -> None:
    assert reason_of(describe, NOBODY) == Reason.NO_DATA
    found = describe(ONE)
    assert (found.n, found.mean_earlier, found.mean_later, found.mean_change) == (1, 3.0, 4.0, 1.0)
    assert (found.sd_earlier, found.sd_later, found.sd_change, found.r) == (None, None, None, None)


def test_a_wave_with_one_value_has_no_r_and_no_d_rm_but_a_mean_change() -> None:
    pairs = PairCounts.of([3, 3, 3], [3, 4, 5])
    assert describe(pairs).r is None
    assert reason_of(d_rm, pairs) == Reason.NO_VARIANCE
    assert mean_change(pairs.changes()).value == d_av(pairs).value / 2**0.5 == pytest.approx(1.0)


def test_r_of_a_perfect_line_is_exactly_1() -> None:
    assert describe(PairCounts.of([1, 2, 3, 7], [10, 20, 30, 70])).r == 1.0
    assert describe(PairCounts.of([1, 2, 3, 7], [-1, -2, -3, -7])).r == -1.0


def test_a_p_that_underflows_is_the_smallest_positive_number() -> None:
    changes = ChangeCounts(np.array([99, 100, 101]), np.array([1000, 5000, 1000]))
    for p in (paired_t(changes).p, signed_rank(changes).p, sign_test(changes).p):
        assert p == math.ulp(0.0) > 0


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=12))
def test_no_figure_is_nan_or_infinite_and_no_p_is_0(rows: list[tuple[int, int]]) -> None:
    pairs = PairCounts.of(*zip(*rows, strict=True))
    for function in (describe, *T_LIKE.values(), *RANK_LIKE.values()):
        try:
            found: Any = function(pairs)
        except NotTestable:
            continue
        numbers = [found] if isinstance(found, float) else [getattr(found, field.name) for field in fields(found)]
        assert all(math.isfinite(number) for number in numbers if isinstance(number, float))
        assert getattr(found, "p", 1.0) > 0


@given(
    st.integers(2, 5).flatmap(
        lambda k: st.lists(st.lists(st.integers(1, 3), min_size=k, max_size=k), min_size=1, max_size=8)
    )
)
def test_no_reliability_is_nan_or_infinite(answers: list[list[int]]) -> None:
    items = ItemSums.of(answers)
    for function in (cronbach_alpha, omega_total):
        try:
            assert math.isfinite(function(items).value)
        except NotTestable:
            continue
    for function_of_items in (alpha_if_deleted, item_rest_correlations):
        try:
            assert all(value is None or math.isfinite(value) for value in function_of_items(items))
        except NotTestable:
            continue


def test_reliability_says_what_is_missing() -> None:
    nobody = ItemSums(0, np.zeros(3, dtype=int), np.zeros((3, 3), dtype=int))
    constant, opposed = ItemSums.of([[1, 2, 3], [1, 2, 3]]), ItemSums.of([[1, 3], [3, 1]])
    for function in (cronbach_alpha, omega_total, alpha_if_deleted, item_rest_correlations):
        assert reason_of(function, nobody) == Reason.NO_COMPLETE_CASES
        assert reason_of(function, ItemSums.of([[1, 2, 3]])) == Reason.TOO_FEW
        assert reason_of(function, ItemSums.of([[1], [2]])) == Reason.TOO_FEW_ITEMS
        assert reason_of(function, constant) == Reason.NO_VARIANCE
    assert reason_of(cronbach_alpha, opposed) == Reason.NO_VARIANCE
    assert reason_of(omega_total, ItemSums.of([[1, 2], [2, 2], [2, 3]])) == Reason.TOO_FEW_ITEMS


def test_an_item_that_all_answered_alike_stays_in_alpha_has_no_item_rest_correlation_and_no_omega() -> None:
    items = ItemSums.of([[1, 2, 4], [2, 2, 4], [3, 4, 4], [5, 4, 4]])
    without = cronbach_alpha(ItemSums.of([[1, 2], [2, 2], [3, 4], [5, 4]])).value
    assert cronbach_alpha(items).value == pytest.approx(3 / 2 / 2 * without)  # k / (k - 1) with k = 3 in place of 2
    assert item_rest_correlations(items)[2] is None
    assert alpha_if_deleted(items)[2] == pytest.approx(without)
    assert reason_of(omega_total, items) == Reason.NO_VARIANCE


def test_effects_without_a_base_say_so() -> None:
    assert reason_of(rank_biserial, 0.0, 0.0) == Reason.NO_CHANGE
    assert reason_of(pomp, 1.0, 3, 3) == Reason.NO_SCALE_RANGE
    assert reason_of(percent_change, 0.0, 3.0) == Reason.NO_BASE
    assert reason_of(hedges_correction, 1) == Reason.TOO_FEW
    assert reason_of(wilson, 0, 0) == Reason.NO_DATA


def test_wilson_reaches_exactly_0_and_1() -> None:
    assert wilson(0, 7).low == 0.0
    assert wilson(7, 7).high == 1.0


def test_counts_of_nobody_are_zeros() -> None:
    assert direction_shares(NOBODY.changes(), "higher") == Directions(0, 0, 0)
    assert at_score(NOBODY, 5).n == NOBODY.n == 0


def test_those_who_could_improve_are_those_not_at_the_best_score() -> None:
    pairs = PairCounts.of([5, 5, 4, 3], [5, 4, 5, 3])
    assert direction_shares(pairs.without_earlier(5).changes(), "higher") == Directions(1, 1, 0)


def test_reliable_change_must_exceed_its_threshold_in_points() -> None:
    changes = ChangeCounts.of([-61, -60, 0, 60, 61, 62])  # sixtieths of a point
    assert reliable_change(changes, 1.0, "higher", steps_per_point=60) == Directions(2, 3, 1)
    assert reliable_change(changes, 1.0, "lower", steps_per_point=60) == Directions(1, 3, 2)


def test_reliable_change_index_is_196_standard_errors_of_a_difference() -> None:
    assert standard_error_of_measurement(2.0, 0.91) == pytest.approx(0.6)
    assert reliable_change_index(2.0, 0.91) == pytest.approx(1.96 * 2**0.5 * 0.6)
    assert standard_error_of_measurement(2.0, -0.3) == 2.0  # no reliability at all


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: PairCounts(np.array([1]), np.array([1, 2]), np.array([1])),
        lambda: PairCounts(np.array([1]), np.array([2]), np.array([-1])),
        lambda: PairCounts(np.array([1]), np.array([2]), np.array([1, 1])),
        lambda: PairCounts.of([1.5], [2]),
        lambda: ChangeCounts.of([[1, 2]]),
        lambda: ItemSums(1, np.array([1, 2]), np.array([[1]])),
        lambda: ItemSums.of([[1.5, 2.0]]),
        lambda: ItemSums.of([[1, 2]]) + ItemSums.of([[1]]),
        lambda: wilson(3, 2),
        lambda: mean_change(ChangeCounts.of([1, 2]), confidence=95),
        lambda: d_z(ChangeCounts.of([1, 2]), confidence=0),
        lambda: signed_rank(ChangeCounts.of([1, 2]), zeros="drop"),  # type: ignore[arg-type]
        lambda: direction_shares(ChangeCounts.of([1]), better="up"),  # type: ignore[arg-type]
        lambda: reliable_change(ChangeCounts.of([1]), math.nan, "higher"),
        lambda: standard_error_of_measurement(1.0, 1.2),
        lambda: holm([0.1, math.nan]),
        lambda: benjamini_hochberg([1.1]),
    ],
)
def test_input_that_cannot_be_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        wrong()


def test_counts_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        ONE.count[0] = 5


def test_importing_the_statistics_loads_neither_scipy_nor_pandas_nor_statsmodels() -> None:
    probe = "import sys, mande.stats; print({'scipy', 'pandas', 'statsmodels'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
