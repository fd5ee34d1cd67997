"""The statistics: pure functions of integer scores with counts of people, and of item sums; never of rows.

    counts       PairCounts, ChangeCounts (what everything reads), Estimate (a figure with its interval)
    paired       means, mean change with its t interval, paired t
    signs        signed-rank test with ties, sign test
    shares       improved / same / worse, people at one score, Wilson's interval
    effect       d_z, d_av, d_rm, Hedges' correction, rank-biserial, per cent of the range (POMP)
    reliability  alpha, omega, item-rest correlations, reliable change
    adjust       Holm, Benjamini-Hochberg

Sign: later minus earlier. Unit: integer steps in; points out, where `steps_per_point` says how many steps make a point.
A figure that these data do not have raises `NotTestable` with the reason; no result is NaN, infinite, or p = 0.
"""

from mande.stats.adjust import benjamini_hochberg, holm
from mande.stats.counts import ChangeCounts, Estimate, IntArray, PairCounts
from mande.stats.effect import d_av, d_rm, d_z, hedges_correction, percent_change, pomp, rank_biserial
from mande.stats.paired import Description, TTest, describe, mean_change, paired_t
from mande.stats.reliability import (
    ItemSums,
    Omega,
    alpha_if_deleted,
    cronbach_alpha,
    item_rest_correlations,
    omega_total,
    reliable_change,
    reliable_change_index,
    standard_error_of_measurement,
)
from mande.stats.shares import AtScore, Better, Directions, at_score, direction_shares, wilson
from mande.stats.signs import (
    EXACT_UP_TO,
    SignedRank,
    SignedRankMethod,
    SignTest,
    ZeroRule,
    sign_test,
    signed_rank,
)

__all__ = [
    "EXACT_UP_TO",
    "AtScore",
    "Better",
    "ChangeCounts",
    "Description",
    "Directions",
    "Estimate",
    "IntArray",
    "ItemSums",
    "Omega",
    "PairCounts",
    "SignTest",
    "SignedRank",
    "SignedRankMethod",
    "TTest",
    "ZeroRule",
    "alpha_if_deleted",
    "at_score",
    "benjamini_hochberg",
    "cronbach_alpha",
    "d_av",
    "d_rm",
    "d_z",
    "describe",
    "direction_shares",
    "hedges_correction",
    "holm",
    "item_rest_correlations",
    "mean_change",
    "omega_total",
    "paired_t",
    "percent_change",
    "pomp",
    "rank_biserial",
    "reliable_change",
    "reliable_change_index",
    "sign_test",
    "signed_rank",
    "standard_error_of_measurement",
    "wilson",
]
