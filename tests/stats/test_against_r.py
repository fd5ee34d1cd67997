"""Every closed form against R. tests/reference/ holds each script beside the values it wrote.

Tolerances: `close`, 1e-12 relative (1e-13 absolute near zero), where both sides do double-precision arithmetic; for p
values `close_p`, which is relative only, since a small p is right only if its digits are. Looser ones say why.
"""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from mande.stats import (
    ItemSums,
    PairCounts,
    alpha_if_deleted,
    benjamini_hochberg,
    cronbach_alpha,
    d_av,
    d_rm,
    d_z,
    describe,
    hedges_correction,
    holm,
    item_rest_correlations,
    mean_change,
    omega_total,
    paired_t,
    rank_biserial,
    sign_test,
    signed_rank,
    wilson,
)
from mande.stats.effect import bonett_variance

Case = dict[str, Any]
close = partial(pytest.approx, rel=1e-12, abs=1e-13)
close_p = partial(pytest.approx, rel=1e-12, abs=0)


def reference(name: str) -> dict[str, Any]:
    path = Path(__file__).parents[1] / "reference" / f"{name}.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


def cases(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in reference(name)["cases"]])


def pairs_of(case: Case) -> PairCounts:
    return PairCounts.of(case["earlier"], case["later"])


@pytest.mark.parametrize("name", ["paired", "signs", "effect", "reliability", "shares", "adjust"])
def test_reference_values_name_the_programs_that_made_them(name: str) -> None:
    assert reference(name)["versions"]["R"]


@cases("paired")
def test_description_is_that_of_r_mean_sd_cor(case: Case) -> None:
    found = describe(pairs_of(case))
    for figure in ("mean_earlier", "mean_later", "mean_change", "sd_earlier", "sd_later", "sd_change"):
        assert getattr(found, figure) == close(case[figure])
    assert found.r == (None if case["r"] is None else close(case["r"]))


@cases("paired")
def test_mean_change_and_paired_t_are_those_of_r_t_test(case: Case) -> None:
    changes = pairs_of(case).changes()
    estimate, test = mean_change(changes), paired_t(changes)
    assert (estimate.value, estimate.low, estimate.high) == close((case["mean_change"], case["low"], case["high"]))
    assert mean_change(changes, confidence=0.8).low == close(case["low_80"])
    assert (test.t, test.df) == close((case["t"], case["df"]))
    assert test.p == close_p(case["p"])


@cases("paired")
def test_a_unit_of_sixty_steps_divides_points_and_leaves_t(case: Case) -> None:
    coarse, fine = (PairCounts.of([s * x for x in case["earlier"]], [s * x for x in case["later"]]) for s in (1, 60))
    assert describe(fine, steps_per_point=60) == describe(coarse)
    assert mean_change(fine.changes(), steps_per_point=60).low == close(case["low"])
    assert paired_t(fine.changes()).t == close(case["t"])


@cases("signs")
def test_signed_rank_sums_are_those_of_r_rank(case: Case) -> None:
    result = signed_rank(pairs_of(case).changes())
    assert (result.w_plus, result.w_minus) == (case["w_plus"], case["w_minus"])


@cases("signs")
def test_signed_rank_p_is_the_exact_conditional_one_of_coin_and_exactranktests(case: Case) -> None:
    dropped, pratt = (signed_rank(pairs_of(case).changes(), zeros=rule) for rule in ("wilcoxon", "pratt"))
    assert dropped.p == close_p(case["exact"])
    assert dropped.p == close_p(case["exact_rank_tests"])
    assert pratt.p == close_p(case["exact_pratt"])


@cases("signs")
def test_signed_rank_p_above_the_limit_is_the_asymptotic_one_of_coin(case: Case) -> None:
    dropped, pratt = (signed_rank(pairs_of(case).changes(), zeros=z, exact_up_to=0) for z in ("wilcoxon", "pratt"))
    # coin takes a tail from 1, which keeps 16 digits of 1 and not of a small p
    asymptotic = partial(pytest.approx, rel=1e-12, abs=1e-15)
    assert dropped.p == asymptotic(case["normal"])
    assert pratt.p == asymptotic(case["normal_pratt"])


@cases("signs")
def test_sign_test_is_r_binom_test(case: Case) -> None:
    assert sign_test(pairs_of(case).changes()).p == close_p(case["sign"])


@cases("effect")
def test_d_z_and_g_z_are_those_of_effectsize(case: Case) -> None:
    changes = pairs_of(case).changes()
    assert d_z(changes).value == close(case["d_z"])
    assert d_z(changes).value * hedges_correction(changes.n - 1) == close(case["g_z"])


@cases("effect")
def test_d_z_interval_is_the_root_of_r_pt_and_that_of_effectsize_to_its_tolerance(case: Case) -> None:
    estimate = d_z(pairs_of(case).changes())
    from_effectsize = case["d_z_low_effectsize"], case["d_z_high_effectsize"]
    # effectsize minimises the equation squared, which leaves about half the digits
    assert (estimate.low, estimate.high) == pytest.approx(from_effectsize, rel=1e-5, abs=1e-5)
    if case["d_z_low"] is not None:  # R's pt sums the noncentral t to 1e-12
        assert (estimate.low, estimate.high) == pytest.approx((case["d_z_low"], case["d_z_high"]), rel=1e-9, abs=1e-9)


@cases("effect")
def test_d_av_with_bonetts_interval_and_d_rm_are_the_formulas_written_out_in_r(case: Case) -> None:
    pairs = pairs_of(case)
    estimate = d_av(pairs)
    by_hand = case["d_av"], case["d_av_low"], case["d_av_high"]
    assert (estimate.value, estimate.low, estimate.high) == close(by_hand)
    if case["d_rm"] is not None:
        assert d_rm(pairs) == close(case["d_rm"])


def test_bonetts_variance_gives_the_example_printed_for_statpsych_ci_stdmean_ps() -> None:
    # ci.stdmean.ps(.05, 602.4, 705.6, 33.17, 51.08, .769, 8): Estimate -2.3963, SE 0.65209
    d = (602.4 - 705.6) / ((33.17**2 + 51.08**2) / 2) ** 0.5
    variance = bonett_variance(d, 33.17**2, 51.08**2, 0.769 * 33.17 * 51.08, df=7)
    assert (round(d, 4), round(variance**0.5, 5)) == (-2.3963, 0.65209)


@cases("effect")
def test_rank_biserial_is_that_of_effectsize(case: Case) -> None:
    ranks = signed_rank(pairs_of(case).changes())
    assert rank_biserial(ranks.w_plus, ranks.w_minus) == close(case["rank_biserial"])


def test_hedges_correction_is_the_ratio_of_gamma_functions() -> None:
    hedges = reference("effect")["hedges"]
    assert [hedges_correction(df) for df in hedges["df"]] == close(hedges["j"])


@cases("reliability")
def test_alpha_and_feldts_interval_are_those_of_psych(case: Case) -> None:
    estimate = cronbach_alpha(ItemSums.of(case["answers"]))
    assert (estimate.value, estimate.low, estimate.high) == close((case["alpha"], case["low"], case["high"]))


@cases("reliability")
def test_alpha_if_deleted_and_item_rest_correlations_are_those_of_psych(case: Case) -> None:
    items = ItemSums.of(case["answers"])
    assert alpha_if_deleted(items) == close(case["alpha_if_deleted"])
    assert item_rest_correlations(items) == close(case["item_rest"])


@cases("reliability")
def test_omega_is_that_of_the_least_squares_loadings(case: Case) -> None:
    omega = omega_total(ItemSums.of(case["answers"]))
    # both are minima found by iteration; R's stops at 1e-8 in a loading when another stands at its bound
    assert omega.value == pytest.approx(case["omega"], abs=1e-9)
    assert omega.loadings == pytest.approx(case["loadings"], abs=1e-8)


@cases("reliability")
def test_omega_is_that_of_psych_fa_as_far_as_psych_iterates(case: Case) -> None:
    omega = omega_total(ItemSums.of(case["answers"]))
    if max(case["loadings_psych"]) > 1:
        assert max(omega.loadings) == pytest.approx(0.995**0.5)  # psych passes 1 here, which no correlation can
        return
    assert omega.value == pytest.approx(case["omega_psych"], abs=1e-5)
    assert omega.loadings == pytest.approx(case["loadings_psych"], abs=3e-5)


@cases("shares")
def test_wilson_is_r_prop_test_without_correction(case: Case) -> None:
    estimate = wilson(case["x"], case["n"], confidence=case["confidence"])
    assert (estimate.low, estimate.high) == close((case["low"], case["high"]))


@cases("adjust")
def test_adjusted_p_values_are_those_of_r_p_adjust(case: Case) -> None:
    for adjust, expected in ((holm, case["holm"]), (benjamini_hochberg, case["bh"])):
        for ours, theirs in zip(adjust(case["p"]), expected, strict=True):
            assert ours == (None if theirs is None else close_p(theirs))
