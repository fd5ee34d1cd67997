"""Families and schools needed: properties, and what cannot be planned."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mande.errors import NotTestable
from mande.stats.planning import (
    Sample,
    plan_size,
    power_of_plan,
    sd_of_change,
    smallest_detectable_change,
)


def test_agrees_with_statsmodels_at_the_design_effect():
    from statsmodels.stats.power import TTestPower

    sample = Sample(192, schools=12, icc=0.1)
    theirs = TTestPower().power(0.4 / sample.design_effect**0.5, nobs=192, alpha=0.05, df=11)
    assert power_of_plan(0.4, 1.0, sample) == pytest.approx(theirs, abs=1e-9)
    assert smallest_detectable_change(1.0, Sample(60)) == pytest.approx(
        TTestPower().solve_power(nobs=60, alpha=0.05, power=0.8), abs=1e-6
    )


@settings(deadline=None)
@given(st.floats(0.05, 2), st.floats(0.3, 2), st.integers(2, 40), st.floats(0, 0.4), st.floats(0, 0.6))
def test_the_plan_suffices_and_one_school_less_does_not(change, sd, per_school, icc, attrition):
    plan = plan_size(change, sd, per_school=per_school, icc=icc, attrition=attrition)
    assert plan.schools is not None
    assert plan.families == plan.schools * per_school
    assert plan.power >= 0.8
    if plan.schools > 2:
        fewer = Sample((plan.schools - 1) * per_school * (1 - attrition), plan.schools - 1, icc)
        assert power_of_plan(change, sd, fewer) < 0.8


@settings(deadline=None)
@given(st.integers(2, 400), st.floats(0.2, 3), st.integers(1, 2))
def test_the_detectable_change_is_found_with_the_power_asked_for(n, sd, arms):
    sample = Sample(n, arms=arms)
    assert power_of_plan(smallest_detectable_change(sd, sample), sd, sample) == pytest.approx(0.8, abs=1e-6)


def test_power_never_falls_when_a_change_grows():
    for schools in (2, 3, 6, 50):
        powers = [power_of_plan(step / 20, 1.0, Sample(16 * schools, schools, 0.1)) for step in range(1, 2_000, 7)]
        assert all(later >= earlier - 1e-9 for earlier, later in pairwise(powers))
        assert all(0 < power <= 1 + 1e-12 for power in powers)


def test_attrition_clusters_and_a_comparison_group_cost_families():
    plain = plan_size(0.3, 0.8).families
    assert plan_size(0.3, 0.8, attrition=0.2).families > plain
    assert plan_size(0.3, 0.8, arms=2).families > 1.9 * plain
    assert plan_size(0.3, 0.8, per_school=16, icc=0.1).families > plan_size(0.3, 0.8, per_school=16).families
    assert plan_size(0.3, 0.8, per_school=16, icc=0.1, size_cv=0.6).families > 16 * 12


def test_change_may_be_a_fall():
    assert plan_size(-0.3, 0.8) == plan_size(0.3, 0.8)


def test_sd_of_change_grows_as_waves_have_less_in_common():
    assert [round(sd_of_change(1.0, r), 4) for r in (-1, 0, 0.5, 0.9)] == [2.0, 1.4142, 1.0, 0.4472]
    with pytest.raises(ValueError, match="r 1"):
        sd_of_change(1.0, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"change": 0.0},
        {"sd_change": 0.0},
        {"attrition": 1.0},
        {"icc": 1.5},
        {"power": 0.04},
        {"per_school": 0},
        {"change": 1e-9},
        {"change": float("nan")},
    ],
)
def test_impossible_plans_are_refused(wrong):
    asked: dict[str, Any] = {"change": 0.3, "sd_change": 0.8, **wrong}
    with pytest.raises(ValueError, match=r"\w"):
        plan_size(**asked)


def test_without_a_degree_of_freedom_nothing_is_detectable():
    for sample in (Sample(1), Sample(16, schools=1)):
        with pytest.raises(NotTestable, match="too_few"):
            smallest_detectable_change(0.8, sample)
    with pytest.raises(NotTestable, match="no_variance"):
        smallest_detectable_change(0.0, Sample(20))
