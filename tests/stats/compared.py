"""Which figure is compared with which program, on which reference values: for the tests, and for docs/validation.md.

Each entry yields pairs (ours, theirs) from one case of tests/reference/<values>.json. Differences are relative to the
other program's value, absolute (times a thousand) where that is below .001.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from mande.stats import effect, paired, signs
from mande.stats.adjust import benjamini_hochberg, holm
from mande.stats.agreement import bland_altman, icc_agreement
from mande.stats.counts import PairCounts
from mande.stats.imputation import combine_imputations
from mande.stats.measurement import congruence, same_measure, unreversed_items, wording_contrast
from mande.stats.missing import Alternative, LeftOutScores, attrition, under_alternative
from mande.stats.omega import omega_interval
from mande.stats.permutation import permute_arms, permute_signs
from mande.stats.planning import Sample, plan_size, power_of_plan, smallest_detectable_change
from mande.stats.pooling import pool_results
from mande.stats.reliability import (
    ItemSums,
    alpha_if_deleted,
    cronbach_alpha,
    item_rest_correlations,
    omega_total,
)
from mande.stats.resampling import bca_bounds
from mande.stats.shares import wilson
from mande.stats.shift import response_shift
from tests.stats.compared_clusters import COMPARED_CLUSTERS
from tests.stats.comparing import Case, Compared, Two, bounds, named


def scores(one_or_many: Any) -> Counter[int]:
    """People by score; R writes a single one without its brackets."""
    return Counter(np.atleast_1d(np.array(one_or_many, dtype=np.int64)).tolist())


def _pairs(case: Case) -> PairCounts:
    return PairCounts.of(case["earlier"], case["later"])


def _mean_change(case: Case) -> Iterator[Two]:
    found = paired.mean_change(_pairs(case).changes())
    yield found.value, case["mean_change"]
    yield from bounds(found, case)


def _paired_t(case: Case) -> Iterator[Two]:
    yield from named(paired.paired_t(_pairs(case).changes()), case, t="t", df="df", p="p")


def _description(case: Case) -> Iterator[Two]:
    found = paired.describe(_pairs(case))
    yield from named(found, case, **{name: name for name in ("mean_earlier", "sd_earlier", "sd_later", "sd_change")})
    if found.r is not None:
        yield found.r, case["r"]


def _signed_rank(case: Case) -> Iterator[Two]:
    changes = _pairs(case).changes()
    exact = signs.signed_rank(changes)
    yield from named(exact, case, w_plus="w_plus", w_minus="w_minus", p="exact")
    yield signs.signed_rank(changes, zeros="pratt").p, case["exact_pratt"]
    yield signs.signed_rank(changes, exact_up_to=0).p, case["normal"]


def _sign(case: Case) -> Iterator[Two]:
    yield signs.sign_test(_pairs(case).changes()).p, case["sign"]


def _d_z(case: Case) -> Iterator[Two]:
    changes = _pairs(case).changes()
    found = effect.d_z(changes)
    yield found.value, case["d_z"]
    yield found.value * effect.hedges_correction(changes.n - 1), case["g_z"]
    yield from bounds(found, case, "d_z_low", "d_z_high")


def _d_av(case: Case) -> Iterator[Two]:
    found = effect.d_av(_pairs(case))
    yield found.value, case["d_av"]
    yield from bounds(found, case, "d_av_low", "d_av_high")
    if case["d_rm"] is not None:
        yield effect.d_rm(_pairs(case)), case["d_rm"]


def _rank_biserial(case: Case) -> Iterator[Two]:
    ranks = signs.signed_rank(_pairs(case).changes())
    yield effect.rank_biserial(ranks.w_plus, ranks.w_minus), case["rank_biserial"]


def _response_shift(case: Case) -> Iterator[Two]:
    two = (("before", "then"), ("then", "now"), ("before", "now"))
    before_then, then_now, before_now = (PairCounts.of(case[one], case[other]) for one, other in two)
    found = response_shift((before_then, then_now, before_now))
    for name in ("shift", "perceived", "measured"):
        step, theirs = getattr(found, name), case[name]
        yield step.value, theirs["value"]
        yield step.p, theirs["p"]
        yield from bounds(step.interval, theirs)
    yield from named(found, case, lower="lower", same="same", higher="higher", r="r")


def _alpha(case: Case) -> Iterator[Two]:
    items = ItemSums.of(case["answers"])
    found = cronbach_alpha(items)
    yield found.value, case["alpha"]
    yield from bounds(found, case)
    for ours, theirs in ((alpha_if_deleted(items), "alpha_if_deleted"), (item_rest_correlations(items), "item_rest")):
        yield from ((a, b) for a, b in zip(ours, case[theirs], strict=True) if a is not None and b is not None)


def _omega(case: Case) -> Iterator[Two]:
    found = omega_total(ItemSums.of(case["answers"]))
    yield found.value, case["omega"]
    yield from zip(found.loadings, case["loadings"], strict=True)


def _omega_of_psych(case: Case) -> Iterator[Two]:
    if max(case["loadings_psych"]) <= 1:  # psych passes 1, which no correlation can
        yield omega_total(ItemSums.of(case["answers"])).value, case["omega_psych"]


def _wilson(case: Case) -> Iterator[Two]:
    yield from bounds(wilson(case["x"], case["n"], confidence=case["confidence"]), case)


def _adjusted(case: Case) -> Iterator[Two]:
    for adjust, name in ((holm, "holm"), (benjamini_hochberg, "bh")):
        yield from ((a, b) for a, b in zip(adjust(case["p"]), case[name], strict=True) if a is not None)


def _bca(case: Case) -> Iterator[Two]:
    replicates = np.array(case["replicates"])
    for confidence, name in ((0.8, "bounds_80"), (0.95, "bounds_95")):
        low, high, _ = bca_bounds(case["value"], replicates, case["acceleration"], confidence=confidence)
        yield from zip((low, high), case[name], strict=True)


def _signs_flipped(case: Case) -> Iterator[Two]:
    yield permute_signs(np.array(case["sums"]), seed=1).p, case["p"]


def _arms_exchanged(case: Case) -> Iterator[Two]:
    yield permute_arms(*(np.array(case[name]) for name in ("sums", "people", "arm")), seed=1).p, case["p"]


def _pooled(case: Case) -> Iterator[Two]:
    found = pool_results(case["values"], case["errors"])
    yield found.mean.value, case["mean"]
    yield from bounds(found.mean, case)
    yield from named(found, case, t="t", p="p")
    yield from named(found.heterogeneity, case, tau2="tau2", i2="i2", q="q", p="q_p")
    if found.prediction is not None:
        yield from bounds(found.prediction, case, "prediction_low", "prediction_high")


def _power(case: Case) -> Iterator[Two]:
    for arms, name in ((1, "one"), (2, "two")):
        yield power_of_plan(case["delta"], case["sd"], Sample(case["n"], arms=arms)), case[name]
    sample = Sample(case["schools"] * case["per_school"], case["schools"], case["icc"])
    yield power_of_plan(case["delta"], case["sd"], sample), case["clustered"]


def _one_factor(case: Case) -> Iterator[Two]:
    found = same_measure(ItemSums.of(case["earlier"]), ItemSums.of(case["later"]))
    yield from zip(found.loadings_earlier, case["loadings_earlier"], strict=True)
    yield from zip(found.loadings_later, case["loadings_later"], strict=True)


def _against_fa(case: Case) -> Iterator[Two]:
    yield from zip(omega_total(ItemSums.of(case["earlier"])).loadings, case["fa_loadings"], strict=True)


def _same_measure(case: Case) -> Iterator[Two]:
    found = same_measure(ItemSums.of(case["earlier"]), ItemSums.of(case["later"]))
    yield congruence(case["loadings_earlier"], case["loadings_later"]), case["congruence"]
    yield abs(found.largest_correlation_difference), case["largest_moved"]
    yield found.rms_correlation_difference, case["rms_moved"]


def _omega_interval(case: Case) -> Iterator[Two]:
    found = omega_interval(ItemSums.of(case["earlier"]))
    yield found.value, case["omega"]
    yield from bounds(found, case, "omega_low", "omega_high")


def _unreversed(case: Case) -> Iterator[Two]:
    flipped = np.array(case["earlier"])
    flipped[:, 1] = 6 - flipped[:, 1]
    first = unreversed_items(ItemSums.of(flipped))[0]
    yield first.item, 1
    yield first.alpha, case["alpha_flipped"]
    yield first.alpha_if_reversed, case["alpha_back"]


def _wording(case: Case) -> Iterator[Two]:
    changes = np.array(case["later"]) - np.array(case["earlier"])
    found = wording_contrast(ItemSums.of(changes), case["undesirable"])
    yield from named(found.desirable, case, value="good", low="good_low")
    yield from named(found.undesirable, case, value="bad", high="bad_high")
    yield from named(found.difference, case, value="difference", low="difference_low", high="difference_high")
    yield found.p, case["p"]


def _icc(case: Case) -> Iterator[Two]:
    found = icc_agreement(_pairs(case))
    for name in ("agreement", "consistency"):
        yield getattr(found, name).value, case[name]
        yield from bounds(getattr(found, name), case, f"{name}_low", f"{name}_high")


def _limits(case: Case) -> Iterator[Two]:
    found = bland_altman(_pairs(case))
    yield from named(found.bias, case, value="bias", low="bias_low", high="bias_high")
    yield from named(found.upper_limit, case, value="upper")
    yield from named(found.lower_limit, case, value="lower")


def _limit_intervals(case: Case) -> Iterator[Two]:
    if len(case["earlier"]) <= 80:  # R's noncentral t ends there
        found = bland_altman(_pairs(case))
        yield from named(found.upper_limit, case, low="upper_low", high="upper_high")
        yield from named(found.lower_limit, case, low="lower_low")


def _alternatives(case: Case) -> Iterator[Two]:
    left = LeftOutScores(scores(case["earlier_only"]), scores(case["later_only"]))
    theirs = {"complete_pairs": "complete", "no_change": "none", "worst_case": "worst", "best_case": "best"}
    for alternative in Alternative:
        found = under_alternative(_pairs(case), left, alternative, worst=5, best=25)
        yield from named(found, case[theirs[alternative]], value="mean", low="low", high="high")


def _attrition(case: Case) -> Iterator[Two]:
    found = attrition(scores(case["earlier"]), scores(case["earlier_only"]))
    yield from named(found.difference, case, value="difference", low="difference_low", high="difference_high")
    yield from named(found, case, standardised="standardised")
    yield found.share_left.low, case["share_low"]


def _rubin(case: Case) -> Iterator[Two]:
    people = sum(scores(case[name]).total() for name in ("earlier", "earlier_only", "later_only"))
    found = combine_imputations(case["values"], case["variances"], complete_df=people - 1)
    yield from named(found, case, df="df", missing_share="missing_share")


def _planned(case: Case) -> Iterator[Two]:
    for arms, name in ((1, "n_one"), (2, "n_two")):
        yield plan_size(case["delta"], case["sd"], arms=arms).families, int(np.ceil(case[name]))
    yield smallest_detectable_change(case["sd"], Sample(case["n"])), case["detectable"]


OTHERWISE = {
    "comparison.attrition_by_arm": "shares as Wilson's, above; their difference by Newcombe's published examples",
    "comparison.hedges_g_of_difference": "simulated coverage; its difference and CR2 error are compared above",
    "effect.percent_change": "the published table of the real sample (51 %, and 87 % on another coding)",
    "effect.pomp": "the published table of the real sample",
    "measurement.likeness": "a rule on one number",
    "planning.design_effect": "power at that design effect, against statsmodels `TTestPower`",
    "planning.sd_of_change": "an identity",
    "pooling.standard_error_of": "turns an interval that is compared above round",
    "pooling.t_interval": "`standard_error_of` the other way round",
    "recall.less_recall": "moves an interval that is compared above",
    "recall.recall_tolerance": "the interval so moved touches zero",
    "reliability.reliable_change": "a count beyond a threshold, by hand",
    "reliability.reliable_change_index": "an identity in alpha and SD, which are compared above",
    "reliability.standard_error_of_measurement": "an identity in alpha and SD",
    "resampling.bootstrap_clusters": "simulated coverage; its BCa bounds are compared above",
    "shares.at_score": "a count, by hand and by the published table of the real sample",
    "shares.direction_shares": "a count, by hand and by the published table of the real sample",
    "waves.changes_from_baseline_clustered": "the clustered change, above, at Bonferroni's level; simulated coverage",
}
"""Public figures that no other program was asked for, and what stands in its place."""

BY_ROOT = "the other program stops its search for a root earlier"

COMPARED: tuple[Compared, ...] = (
    Compared("means, standard deviations, r", "paired", "R `mean`, `sd`, `cor`", _description),
    Compared("mean change with its interval", "paired", "R `t.test(paired=TRUE)`", _mean_change),
    Compared("paired t, df, p", "paired", "R `t.test(paired=TRUE)`", _paired_t),
    Compared(
        "signed-rank test, exact and normal, zeros dropped and by Pratt",
        "signs",
        "R `coin::wilcoxsign_test`",
        _signed_rank,
    ),
    Compared(
        "d_z and g_z, noncentral-t interval",
        "effect",
        "R `effectsize`, `pt`",
        _d_z,
        1e-9,
        "R's noncentral t is rounded",
    ),
    Compared("d_av with Bonett's interval, d_rm", "effect", "R, written out", _d_av),
    Compared("matched-pairs rank-biserial", "effect", "R `effectsize::rank_biserial`", _rank_biserial),
    Compared("response shift, perceived and measured change", "shift", "R `t.test(paired=TRUE)`", _response_shift),
    Compared("alpha, Feldt's interval, if deleted; item-rest r", "reliability", "R `psych::alpha`", _alpha),
    Compared("omega total and its loadings", "reliability", "R `optim`", _omega, 1e-7, BY_ROOT),
    Compared("omega total", "reliability", "R `psych::fa(nfactors=1)`", _omega_of_psych, 1e-5, BY_ROOT),
    Compared("shares with Wilson's interval", "shares", "R `prop.test(correct=FALSE)`", _wilson),
    Compared("p adjusted by Holm, by Benjamini-Hochberg", "adjust", "R `p.adjust`", _adjusted),
    Compared("sign test", "signs", "R `binom.test`", _sign),
    Compared(
        "BCa interval from given replicates",
        "resampling",
        'R `boot::boot.ci(type="bca")`',
        _bca,
        1e-9,
        "sums of 499 replicates",
    ),
    Compared("signs of clusters flipped, p", "permutation", "R `exactRankTests::perm.test`", _signs_flipped),
    Compared(
        "clusters exchanged between arms, p",
        "permutation",
        "R `coin::oneway_test(exact)`",
        _arms_exchanged,
        cases="two_arms",
    ),
    Compared(
        "random-effects summary (REML, Knapp-Hartung), tau², I², Q, prediction interval",
        "pooling",
        "R `metafor::rma`",
        _pooled,
        1e-7,
        BY_ROOT,
    ),
    Compared("one-factor loadings at two waves", "measurement", "R `optim`", _one_factor, 1e-6, BY_ROOT),
    Compared("one-factor loadings", "measurement", "R `psych::fa(nfactors=1)`", _against_fa, 1e-4, BY_ROOT),
    Compared(
        "congruence, differences of correlations", "measurement", "R `psych::factor.congruence`, `cor`", _same_measure
    ),
    Compared(
        "omega's interval", "measurement", "R, written out", _omega_interval, 1e-6, "a gradient by differences there"
    ),
    Compared("item left unreversed: which, alpha", "measurement", "R `psych::alpha(keys=)`", _unreversed),
    Compared("change by wording of items", "measurement", "R `t.test`", _wording),
    Compared(
        "parent and youth: ICC(A,1), ICC(C,1), intervals",
        "agreement",
        "R `psych::ICC`",
        _icc,
        1e-9,
        "R's quantiles of F",
    ),
    Compared("parent and youth: bias, limits of agreement", "agreement", "R `t.test`", _limits),
    Compared(
        "intervals of the limits of agreement",
        "agreement",
        "R `qt(p, df, ncp)`",
        _limit_intervals,
        1e-6,
        "R's noncentral t warns of its precision",
    ),
    Compared("mean change under alternatives", "missing", "R `t.test`", _alternatives),
    Compared("attrition: difference at baseline", "missing", "R `t.test`, `prop.test`", _attrition),
    Compared("Rubin's rules, Barnard-Rubin df", "missing", "R `mice::pool.scalar`", _rubin),
    Compared(
        "power of a plan",
        "planning",
        "R `power.t.test(strict=TRUE)`, `pt`",
        _power,
        1e-9,
        "R's noncentral t is rounded",
    ),
    Compared("families needed, smallest detectable change", "planning", "R `power.t.test`", _planned, 1e-7, BY_ROOT),
    *COMPARED_CLUSTERS,
)
