"""What each column of `Changes.to_frame()` is, in a line: for the first sheet of the workbook."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["MEANING"]

MEANING: Mapping[str, str] = {
    "respondent": "who answered",
    "construct": "id of the area; sheet Areas has its title",
    "earlier": "the earlier wave",
    "later": "the later wave; every change is later less earlier",
    "group": '"all", or a grouping and its label',
    "n": "people with a score at both waves; empty where too few, with every other figure",
    "n_left_out": "people without a score at one wave or both",
    "mean_earlier": "mean score of the n people, in points",
    "sd_earlier": "standard deviation",
    "mean_later": "mean score of the same people",
    "sd_later": "standard deviation",
    "r": "Pearson's correlation of earlier and later scores",
    "mean_change": "mean of later less earlier, in points",
    "ci_low": "lower end of the t interval of the mean change, people counted one by one",
    "ci_high": "its upper end",
    "t": "paired t",
    "df": "its degrees of freedom",
    "p_t": "its two-sided p value",
    "w_plus": "Wilcoxon signed-rank sum of those who rose",
    "w_minus": "of those who fell",
    "n_zero": "people without a change",
    "p_wilcoxon": "two-sided; exact, conditional on ties, up to 500 people with a change",
    "p_sign": "sign test, binomial",
    "improved": "people who moved towards the better end",
    "same": "people who did not move",
    "worse": "people who moved towards the worse end",
    "at_best_earlier": "share at the best possible score, 0 to 1",
    "at_best_later": "share at the best possible score, 0 to 1",
    "pomp_change": "mean change in per cent of the range of possible scores",
    "d_z": "mean change in standard deviations of the change",
    "d_z_low": "lower end of its noncentral-t interval",
    "d_z_high": "its upper end",
    "d_av": "mean change in the root of the mean variance of both waves",
    "d_av_low": "lower end of Bonett's interval",
    "d_av_high": "its upper end",
    "rank_biserial": "matched-pairs rank-biserial correlation",
    "p_adjusted": "p (with clusters where they are known), adjusted over the areas of one group",
    "alpha_earlier": "Cronbach's alpha of the earlier wave",
    "alpha_later": "Cronbach's alpha of the later wave",
    "note": "figures without a value, and why",
}
