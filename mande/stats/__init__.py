"""The statistics: pure functions of integer scores with counts of people, and of sums over clusters and items.

Only imputation and the mixed model need rows.

    counts       PairCounts, ChangeCounts (what everything reads), Estimate (a figure with its interval)
    paired       means, mean change with its t interval, paired t
    signs        signed-rank test with ties, sign test
    shares       improved / same / worse, people at one score, Wilson's interval
    effect       d_z, d_av, d_rm, Hedges' correction, rank-biserial, per cent of the range (POMP)
    reliability  alpha, omega, item-rest correlations, reliable change
    adjust       Holm, Benjamini-Hochberg
    cluster      people in clusters: CR2, Satterthwaite's df, ICC, design effect
    comparison   a programme arm beside a comparison arm: difference in changes, ANCOVA, Hedges g, balance, attrition
    subgroups    the changes of subgroups, and the test that they do not differ
    waves        several waves: simultaneous intervals
    mixed        the mixed model of several waves, and what is shown where it fails
    missing      what the change would be if those left out had done this or that; who was lost
    imputation   scores imputed by chained equations, Rubin's rules
    measurement  floor and ceiling of items; whether the same was measured at both waves; change by wording
    omega        omega's interval
    resampling   bootstrap (BCa) from counts
    permutation  clusters' signs turned, clusters dealt to the arms anew
    recall       how much of a change recall would have to explain
    agreement    two people of one family
    planning     families and schools needed; the smallest detectable change
    pooling      results of several evaluations

Sign: later minus earlier. Unit: integer steps in; points out, where `steps_per_point` says how many steps make a point.
A figure that these data do not have raises `NotTestable` with the reason; no result is NaN, infinite, or p = 0.
"""

from mande.stats.adjust import benjamini_hochberg, holm
from mande.stats.agreement import BlandAltman, Icc, bland_altman, icc_agreement
from mande.stats.cluster import (
    Caution,
    ClusterSums,
    Inference,
    IntraclassCorrelation,
    icc_of_change,
    mean_change_clustered,
)
from mande.stats.comparison import (
    ArmAttrition,
    Arms,
    Balance,
    BaselineBalance,
    ancova,
    attrition_by_arm,
    baseline_balance,
    difference_in_changes,
    hedges_g_of_difference,
)
from mande.stats.counts import ChangeCounts, Estimate, IntArray, PairCounts
from mande.stats.effect import d_av, d_rm, d_z, hedges_correction, percent_change, pomp, rank_biserial
from mande.stats.imputation import Imputed, combine_imputations, impute_change
from mande.stats.measurement import (
    AtEnds,
    Likeness,
    SameMeasure,
    Suspect,
    Wording,
    at_ends,
    congruence,
    likeness,
    same_measure,
    unreversed_items,
    wording_contrast,
)
from mande.stats.missing import Alternative, Attrition, LeftOutScores, attrition, under_alternative
from mande.stats.mixed import MixedChanges, MixedFailure, MixedMethod, mixed_changes
from mande.stats.omega import omega_interval
from mande.stats.paired import Description, TTest, describe, mean_change, paired_t
from mande.stats.permutation import EXACT_ARRANGEMENTS, Permutation, permute_arms, permute_signs
from mande.stats.planning import (
    Sample,
    SizePlan,
    design_effect,
    plan_size,
    power_of_plan,
    sd_of_change,
    smallest_detectable_change,
)
from mande.stats.pooling import Heterogeneity, Pooled, pool_results, standard_error_of
from mande.stats.recall import RecallTolerance, less_recall, recall_tolerance
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
from mande.stats.resampling import FIGURES, Bootstrap, Figure, bca_bounds, bootstrap, bootstrap_clusters
from mande.stats.shares import AtScore, Better, Directions, at_score, direction_shares, wilson
from mande.stats.signs import EXACT_UP_TO, SignedRank, SignedRankMethod, SignTest, ZeroRule, sign_test, signed_rank
from mande.stats.subgroups import Interaction, InteractionMethod, Subgroup, SubgroupNote, Subgroups, compare_subgroups
from mande.stats.waves import (
    Cases,
    Simultaneous,
    WaveChange,
    WaveChanges,
    WaveSums,
    changes_from_baseline,
    changes_from_baseline_clustered,
)

__all__ = [
    "EXACT_ARRANGEMENTS",
    "EXACT_UP_TO",
    "FIGURES",
    "Alternative",
    "ArmAttrition",
    "Arms",
    "AtEnds",
    "AtScore",
    "Attrition",
    "Balance",
    "BaselineBalance",
    "Better",
    "BlandAltman",
    "Bootstrap",
    "Cases",
    "Caution",
    "ChangeCounts",
    "ClusterSums",
    "Description",
    "Directions",
    "Estimate",
    "Figure",
    "Heterogeneity",
    "Icc",
    "Imputed",
    "Inference",
    "IntArray",
    "Interaction",
    "InteractionMethod",
    "IntraclassCorrelation",
    "ItemSums",
    "LeftOutScores",
    "Likeness",
    "MixedChanges",
    "MixedFailure",
    "MixedMethod",
    "Omega",
    "PairCounts",
    "Permutation",
    "Pooled",
    "RecallTolerance",
    "SameMeasure",
    "Sample",
    "SignTest",
    "SignedRank",
    "SignedRankMethod",
    "Simultaneous",
    "SizePlan",
    "Subgroup",
    "SubgroupNote",
    "Subgroups",
    "Suspect",
    "TTest",
    "WaveChange",
    "WaveChanges",
    "WaveSums",
    "Wording",
    "ZeroRule",
    "alpha_if_deleted",
    "ancova",
    "at_ends",
    "at_score",
    "attrition",
    "attrition_by_arm",
    "baseline_balance",
    "bca_bounds",
    "benjamini_hochberg",
    "bland_altman",
    "bootstrap",
    "bootstrap_clusters",
    "changes_from_baseline",
    "changes_from_baseline_clustered",
    "combine_imputations",
    "compare_subgroups",
    "congruence",
    "cronbach_alpha",
    "d_av",
    "d_rm",
    "d_z",
    "describe",
    "design_effect",
    "difference_in_changes",
    "direction_shares",
    "hedges_correction",
    "hedges_g_of_difference",
    "holm",
    "icc_agreement",
    "icc_of_change",
    "impute_change",
    "item_rest_correlations",
    "less_recall",
    "likeness",
    "mean_change",
    "mean_change_clustered",
    "mixed_changes",
    "omega_interval",
    "omega_total",
    "paired_t",
    "percent_change",
    "permute_arms",
    "permute_signs",
    "plan_size",
    "pomp",
    "pool_results",
    "power_of_plan",
    "rank_biserial",
    "recall_tolerance",
    "reliable_change",
    "reliable_change_index",
    "same_measure",
    "sd_of_change",
    "sign_test",
    "signed_rank",
    "smallest_detectable_change",
    "standard_error_of",
    "standard_error_of_measurement",
    "under_alternative",
    "unreversed_items",
    "wilson",
    "wording_contrast",
]
