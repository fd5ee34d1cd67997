"""Several results taken together: properties, and what has no value."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mande.errors import NotTestable
from mande.stats import ChangeCounts, mean_change
from mande.stats.pooling import pool_results, standard_error_of

results = st.lists(st.tuples(st.integers(-300, 300), st.integers(5, 90)), min_size=2, max_size=12)


def pooled(rows, shift=0.0, sign=1):
    return pool_results([sign * value / 100 + shift for value, _ in rows], [error / 100 for _, error in rows])


@given(results.filter(lambda rows: len({value for value, _ in rows}) > 1))
def test_every_figure_is_finite_and_the_mean_lies_within_the_results(rows):
    found, values = pooled(rows), [value / 100 for value, _ in rows]
    assert min(values) <= found.mean.value <= max(values)
    assert found.mean.low < found.mean.value < found.mean.high
    assert 0 <= found.heterogeneity.i2 < 1
    assert 0 < found.p <= 1
    assert 0 < found.heterogeneity.p <= 1
    assert sum(found.weights) == pytest.approx(1)
    assert math.isfinite(found.t)
    assert (found.prediction is None) == (len(rows) == 2)


@given(results.filter(lambda rows: len({value for value, _ in rows}) > 1))
def test_waves_exchanged_flip_the_sign_and_a_shift_moves_the_mean(rows):
    found, flipped, moved = pooled(rows), pooled(rows, sign=-1), pooled(rows, shift=0.5)
    assert flipped.mean.value == pytest.approx(-found.mean.value, abs=1e-6)
    assert flipped.p == pytest.approx(found.p, rel=1e-5)
    assert moved.mean.low == pytest.approx(found.mean.low + 0.5, abs=1e-6)


def test_results_that_agree_have_no_variance_between_them():
    found = pool_results([0.30, 0.31, 0.29], [0.2, 0.2, 0.2])
    assert (found.heterogeneity.tau2, found.heterogeneity.i2) == (0, 0)
    assert found.mean == found.prediction


def test_standard_error_comes_back_from_an_interval():
    changes = ChangeCounts.of([0, 1, 1, 2, 3])
    assert standard_error_of(mean_change(changes), df=4) == pytest.approx(math.sqrt(1.3 / 5))


@pytest.mark.parametrize(
    ("values", "reason"),
    [([], "no_data"), ([0.4], "too_few"), ([0.4, 0.4, 0.4], "all_equal"), ([0.0, 0.0], "all_equal")],
)
def test_too_few_or_equal_results_have_no_interval(values, reason):
    with pytest.raises(NotTestable, match=reason):
        pool_results(values, [0.1] * len(values))


@pytest.mark.parametrize("errors", [[0.1], [0.1, 0.0], [0.1, float("nan")], [0.1, float("inf")]])
def test_a_standard_error_is_a_number_above_zero(errors):
    with pytest.raises(ValueError, match="standard error"):
        pool_results([0.1, 0.2], errors)
