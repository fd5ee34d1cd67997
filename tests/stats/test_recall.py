"""How much of a change would have to be recall."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mande.errors import NotTestable
from mande.stats import Estimate
from mande.stats.recall import less_recall, recall_tolerance

number = st.floats(-20, 20, allow_nan=False)


@given(number, st.floats(0.01, 20))
def test_at_the_tolerated_share_the_interval_touches_zero(value, half_width):
    if abs(value) < 1e-6:
        return
    change = Estimate(value, value - half_width, value + half_width, 0.95)
    tolerance = recall_tolerance(change, lowest=0, highest=40)
    left = less_recall(change, tolerance.share)
    assert 0 <= tolerance.share < 1
    assert min(abs(left.low), abs(left.high)) == pytest.approx(0, abs=1e-12) or tolerance.points == 0
    assert tolerance.pomp == pytest.approx(tolerance.points / 40 * 100)


def test_a_fall_is_tolerated_like_a_rise():
    up = recall_tolerance(Estimate(1.0, 0.4, 1.6, 0.95), lowest=1, highest=5)
    down = recall_tolerance(Estimate(-1.0, -1.6, -0.4, 0.95), lowest=1, highest=5)
    assert (up.points, up.share) == (0.4, 0.4)
    assert (down.points, down.share, down.pomp) == (-up.points, up.share, -up.pomp)


def test_an_interval_that_holds_zero_tolerates_none():
    tolerance = recall_tolerance(Estimate(0.5, -0.1, 1.1, 0.95), lowest=1, highest=5)
    assert (tolerance.points, tolerance.share, tolerance.pomp) == (0, 0, 0)
    assert math.copysign(1, tolerance.points) == 1


def test_no_change_and_no_range_have_no_value():
    with pytest.raises(NotTestable, match="no_change"):
        recall_tolerance(Estimate(0.0, -0.1, 0.1, 0.95), lowest=1, highest=5)
    with pytest.raises(NotTestable, match="no_scale_range"):
        recall_tolerance(Estimate(1.0, 0.5, 1.5, 0.95), lowest=3, highest=3)


def test_a_share_beyond_one_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        less_recall(Estimate(1.0, 0.5, 1.5, 0.95), 1.5)
