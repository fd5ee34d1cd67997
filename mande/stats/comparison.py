"""A programme arm beside a comparison arm: did it change more, were they alike before, and who was lost.

Everything is from `ClusterSums` by arm. A cluster may lie in one arm or in both: a label means the same cluster in
both. Sign: programme minus comparison, of later minus earlier.

Whom a result is about is decided by the people summed, so the same functions answer for each population:
    as assigned         everybody with both scores, in the arm they were assigned to, whatever they attended
    completers          of those, the programme arm's people who attended what the plan asks; comparison arm unchanged.
                        They chose to stay, so they are never the main result
    intention to treat  as assigned, and those without a later score as if nothing had changed: `analysed +
                        lost.unchanged()`, `lost` being summed with the earlier score at both waves
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mande.errors import NotTestable, Reason
from mande.stats._cr2 import FloatArray, LeastSquares, Whole, diagonal_inverse, fit, robust
from mande.stats._distributions import t_quantile
from mande.stats.cluster import ClusterSums, Inference, inference, known_clusters
from mande.stats.counts import Estimate, PairCounts
from mande.stats.effect import hedges_correction
from mande.stats.shares import wilson

__all__ = [
    "ArmAttrition",
    "Arms",
    "Balance",
    "BaselineBalance",
    "ancova",
    "attrition_by_arm",
    "baseline_balance",
    "difference_in_changes",
    "hedges_g_of_difference",
]

ARM = 1  # the column of the design that says programme (1) or comparison (0)
NO_VARIANCE_LEFT = 1e-20  # of the plain variance: rounding, not evidence


@dataclass(frozen=True, slots=True)
class Arms:
    """People's scores by cluster in the two arms. Two `Arms` add up.

    The unclustered figures only use the totals, so without clusters give each arm as one: `Arms.of_pairs`.
    """

    programme: ClusterSums
    comparison: ClusterSums

    @classmethod
    def of_pairs(cls, programme: PairCounts, comparison: PairCounts) -> Arms:
        """From tables of counts, without clusters."""
        return cls(ClusterSums.of_pairs(programme, "programme"), ClusterSums.of_pairs(comparison, "comparison"))

    def unchanged(self) -> Arms:
        """The same people as if their later score were the earlier one: those lost, in an intention-to-treat result."""
        return Arms(*(ClusterSums(s.label, s.n, s.earlier, s.earlier, *[s.earlier_squares] * 3) for s in self))

    def __iter__(self) -> Any:
        return iter((self.programme, self.comparison))

    def __add__(self, other: Arms) -> Arms:
        return Arms(self.programme + other.programme, self.comparison + other.comparison)


class Balance(StrEnum):
    """What a difference at baseline asks for, by the What Works Clearinghouse's rule on its size."""

    BALANCED = "balanced"  # at most 0.05
    ADJUST = "adjust"  # above: only a result adjusted for the earlier score (ancova) counts
    UNBALANCED = "unbalanced"  # above 0.25: the arms were too different for either to count


class BaselineBalance(NamedTuple):
    """Programme minus comparison before the programme, in pooled standard deviations with Hedges' correction."""

    difference: float
    balance: Balance


@dataclass(frozen=True, slots=True)
class ArmAttrition:
    """Shares of each arm's people lost between the waves, over both arms, and programme minus comparison."""

    programme: Estimate
    comparison: Estimate
    overall: Estimate
    difference: Estimate


@dataclass(frozen=True, slots=True, eq=False)
class _Design:
    """Cross-products of one least-squares model by cluster: columns 1, arm, and for ANCOVA the earlier score."""

    gram: Whole  # (clusters, p, p)
    moment: Whole  # (clusters, p)
    square: int  # y'y
    people: int
    known: int  # clusters, but for that of people whose cluster is not known


def difference_in_changes(
    arms: Arms, *, clustered: bool, steps_per_point: int = 1, confidence: float = 0.95
) -> Inference:
    """Mean change of the programme arm minus that of the comparison arm, in points.

    arms: scores by arm and cluster, `steps_per_point` steps to a point. The model is change = a + b · arm, and b the
    figure. `clustered=False` takes people as independent and both arms' changes as equally spread (n − 2 df);
    `clustered=True` has the CR2 standard error with Satterthwaite's df. In simulation (no difference, 3 of 8 schools in
    the programme, ICC .10) p < .05 came in 4 to 6 % of samples clustered, in about 28 % unclustered. Where one arm has
    two clusters only, df is near 1 and it is far too careful (0.6 % of samples with 2 of 12); `cautions` says so:
    tests/reference/simulations/.
    Raises NotTestable: NO_DATA (an arm without people), TOO_FEW (no more people than columns), ALL_EQUAL (no spread
    left: of people, or clustered of clusters), TOO_FEW_CLUSTERS (an arm that is one cluster).
    Bell & McCaffrey (2002); Pustejovsky & Tipton (2018), doi:10.1080/07350015.2016.1247004. Agrees with R
    `lm(change ~ arm)` and `clubSandwich::coef_test(…, "CR2", cluster, "Satterthwaite")`: tests/reference/cluster.R.

    >>> programme, comparison = PairCounts.of([1, 2, 3], [3, 4, 6]), PairCounts.of([1, 2, 3], [1, 3, 3])
    >>> found = difference_in_changes(Arms.of_pairs(programme, comparison), clustered=False)
    >>> found.estimate.value, round(found.t, 4), found.df
    (2.0, 4.2426, 4.0)
    """
    return _arm_effect(_change_design(arms), clustered, steps_per_point, confidence)


def ancova(arms: Arms, *, clustered: bool, steps_per_point: int = 1, confidence: float = 0.95) -> Inference:
    """Later score of the programme arm minus that of the comparison arm for people with the same earlier score.

    As `difference_in_changes`, with the model later = a + b · arm + c · earlier. With assignment by chance it is the
    more exact of the two; without, the two answer different questions and both are to be shown (Lord 1967,
    doi:10.1037/h0025105).
    Raises NotTestable as `difference_in_changes` does, and NO_VARIANCE if all earlier scores of an arm are the same in
    both arms.
    Agrees with R `lm(later ~ arm + earlier)` and clubSandwich: tests/reference/cluster.R.

    >>> programme, comparison = PairCounts.of([1, 2, 3], [3, 4, 6]), PairCounts.of([1, 2, 3], [1, 3, 3])
    >>> found = ancova(Arms.of_pairs(programme, comparison), clustered=False)
    >>> round(found.estimate.value, 6), round(found.standard_error, 4), found.df
    (2.0, 0.4907, 3.0)
    """
    return _arm_effect(_ancova_design(arms), clustered, steps_per_point, confidence)


def hedges_g_of_difference(arms: Arms, *, clustered: bool, confidence: float = 0.95) -> Estimate:
    """Difference in changes in pooled standard deviations of the earlier score, with Hedges' correction: d_ppc2.

    g = J(ν) · (difference in changes) / s, s² the variances of the earlier score pooled over the arms, ν = n − 2. The
    earlier score is the standardiser because the programme has not touched it. Interval:

        g ± t √(J² SE² / s² + g² / (2 ν))

    SE and the df of t are those of the difference in changes: unclustered with separate variances of the arms (Welch),
    clustered CR2. With clusters s is the spread of people, between clusters included, as the What Works Clearinghouse
    has it. In simulation the interval holds the true value in 93.5 to 96.5 % of samples from 20 people an arm on
    (10: 95.5 to 96.5 %), clustered from 6 clusters an arm on: tests/reference/simulations/.
    Raises NotTestable as `difference_in_changes` does, and NO_VARIANCE if nobody's earlier score differs in an arm.
    Morris (2008), doi:10.1177/1094428106291059 (the estimate); the interval is the delta method, which does not need
    his equal variances and correlations.

    >>> programme, comparison = PairCounts.of([1, 2, 3], [3, 4, 6]), PairCounts.of([1, 2, 3], [1, 3, 3])
    >>> found = hedges_g_of_difference(Arms.of_pairs(programme, comparison), clustered=False)
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4)
    (1.5958, -0.2869, 3.4784)
    """
    sd, df = _pooled_sd(arms), arms.programme.people + arms.comparison.people - 2
    change = difference_in_changes(arms, clustered=True) if clustered else _welch(arms)
    correction = hedges_correction(df)
    value = correction * change.estimate.value / sd
    variance = (correction * change.standard_error / sd) ** 2 + value**2 / (2 * df)
    half_width = t_quantile(confidence, change.df) * math.sqrt(variance)
    return Estimate(value, value - half_width, value + half_width, confidence)


def baseline_balance(arms: Arms) -> BaselineBalance:
    """How different the arms were before the programme: of the people analysed, in pooled standard deviations.

    g = J(n − 2) · (mean earlier of the programme − of the comparison) / s. It is a description, without a test: a p
    value would say how large the arms are, not how different.
    Raises NotTestable: NO_DATA (an arm without people), TOO_FEW (fewer than four in both), NO_VARIANCE (nobody's
    earlier score differs in an arm).
    What Works Clearinghouse (2022), Procedures and Standards Handbook, version 5.0 (limits 0.05 and 0.25). Agrees with
    R `effectsize::hedges_g(earlier ~ arm)`: tests/reference/cluster.R.

    >>> baseline_balance(Arms.of_pairs(PairCounts.of([1, 2, 3], [3, 4, 6]), PairCounts.of([1, 2, 3], [1, 3, 3])))
    BaselineBalance(difference=0.0, balance=<Balance.BALANCED: 'balanced'>)
    """
    sd = _pooled_sd(arms)
    programme, comparison = (Fraction(sums.total("earlier"), sums.people) for sums in arms)
    correction = hedges_correction(arms.programme.people + arms.comparison.people - 2)
    difference = correction * float(programme - comparison) / sd
    size = abs(difference)
    verdict = Balance.BALANCED if size <= 0.05 else Balance.ADJUST if size <= 0.25 else Balance.UNBALANCED
    return BaselineBalance(difference, verdict)


def attrition_by_arm(*, started: tuple[int, int], analysed: tuple[int, int], confidence: float = 0.95) -> ArmAttrition:
    """Shares of people lost between the waves by arm (Wilson's intervals), and their difference (Newcombe's).

    started: people with an earlier score in the programme arm and in the comparison arm; analysed: those of them with a
    later one as well. Raises NotTestable (NO_DATA) if nobody started in an arm, ValueError if more are analysed.
    Newcombe (1998), method 10, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, whose examples are
    in tests/stats/test_comparison.py.

    >>> found = attrition_by_arm(started=(70, 80), analysed=(14, 32))
    >>> found.programme.value, found.comparison.value, round(found.difference.low, 4), round(found.difference.high, 4)
    (0.8, 0.6, 0.0524, 0.3339)
    """
    lost = [begun - left for begun, left in zip(started, analysed, strict=True)]
    programme, comparison = (wilson(*arm, confidence=confidence) for arm in zip(lost, started, strict=True))
    value = programme.value - comparison.value
    below = math.hypot(programme.value - programme.low, comparison.high - comparison.value)
    above = math.hypot(programme.high - programme.value, comparison.value - comparison.low)
    overall = wilson(sum(lost), sum(started), confidence=confidence)
    return ArmAttrition(programme, comparison, overall, Estimate(value, value - below, value + above, confidence))


def _change_design(arms: Arms) -> _Design:
    blocks = []
    for sums, arm in zip(arms, (1, 0), strict=True):
        n, d = sums.exact("n"), sums.exact("change")
        blocks.append((sums.label, [[n, arm * n], [arm * n, arm * n]], [d, arm * d]))
    square = sum(sums.total("change_squares") for sums in arms)
    return _assembled(arms, blocks, square)


def _ancova_design(arms: Arms) -> _Design:
    """Scores are taken from a whole number near the mean earlier score: the same effect, and nothing is rounded."""
    origin = round(Fraction(sum(s.total("earlier") for s in arms), max(1, sum(s.people for s in arms))))
    blocks, square = [], 0
    for sums, arm in zip(arms, (1, 0), strict=True):
        n, x, y, xx, xy, yy = (
            sums.exact(name) for name in ("n", "earlier", "later", "earlier_squares", "products", "later_squares")
        )
        square += int((yy - 2 * origin * y + origin**2 * n).sum()) if sums.clusters else 0
        xx, xy = xx - 2 * origin * x + origin**2 * n, xy - origin * (x + y) + origin**2 * n
        x, y = x - origin * n, y - origin * n
        blocks.append((sums.label, [[n, arm * n, x], [arm * n, arm * n, arm * x], [x, arm * x, xx]], [y, arm * y, xy]))
    return _assembled(arms, blocks, square)


def _assembled(arms: Arms, blocks: Sequence[tuple[npt.NDArray[np.str_], Any, Any]], square: int) -> _Design:
    """Add the arms' cross-products cluster by cluster."""
    labels = np.unique(np.concatenate([label for label, *_ in blocks]))
    columns = len(blocks[0][2])
    gram = np.zeros((len(labels), columns, columns), dtype=object)
    moment = np.zeros((len(labels), columns), dtype=object)
    for label, products, sums in blocks:
        place = np.searchsorted(labels, label)
        gram[place] += np.moveaxis(np.array(products, dtype=object), -1, 0)
        moment[place] += np.moveaxis(np.array(sums, dtype=object), -1, 0)
    return _Design(gram, moment, square, sum(sums.people for sums in arms), known_clusters(labels))


def _arm_effect(design: _Design, clustered: bool, steps_per_point: int, confidence: float) -> Inference:
    _require_arms(design)
    gram = design.gram.sum(axis=0)
    fitted = fit(gram, design.moment.sum(axis=0), design.square)
    df = design.people - len(gram)
    if df < 1:
        raise NotTestable(Reason.TOO_FEW)
    if fitted.residual == 0:
        raise NotTestable(Reason.ALL_EQUAL)
    variance = fitted.residual / df * diagonal_inverse(gram, ARM)
    effect = fitted.coefficient(ARM)
    if not clustered:
        error = math.sqrt(variance / steps_per_point**2)
        return inference(float(effect / steps_per_point), error, float(df), confidence, None)
    error, robust_df = _clustered_error(design, fitted, float(variance))
    value = float(effect / steps_per_point)
    return inference(value, error / steps_per_point, robust_df, confidence, design.known)


def _clustered_error(design: _Design, fitted: LeastSquares, plain_variance: float) -> tuple[float, float]:
    contrast: FloatArray = np.eye(design.moment.shape[1])[[ARM]]
    found = robust(design.gram.astype(float), fitted.scores(design.gram, design.moment), contrast)
    if found.rests_on_one_cluster:
        raise NotTestable(Reason.TOO_FEW_CLUSTERS)
    variance = float(found.variance[0, 0])
    if variance <= NO_VARIANCE_LEFT * plain_variance:
        raise NotTestable(Reason.ALL_EQUAL)
    return math.sqrt(variance), float(found.df)


def _require_arms(design: _Design) -> None:
    in_programme = int(design.gram[:, ARM, ARM].sum()) if len(design.gram) else 0
    if in_programme in (0, design.people):
        raise NotTestable(Reason.NO_DATA)


def _pooled_sd(arms: Arms) -> float:
    """Of the earlier score, in steps."""
    people = [sums.people for sums in arms]
    if 0 in people:
        raise NotTestable(Reason.NO_DATA)
    if sum(people) < 4:
        raise NotTestable(Reason.TOO_FEW)
    spread = sum(sums.total("earlier_squares") - Fraction(sums.total("earlier") ** 2, sums.people) for sums in arms)
    if spread == 0:
        raise NotTestable(Reason.NO_VARIANCE)
    return math.sqrt(spread / (sum(people) - 2))


def _welch(arms: Arms) -> Inference:
    """Difference in changes with separate variances of the arms, in steps."""
    if min(sums.people for sums in arms) < 2:
        raise NotTestable(Reason.TOO_FEW)
    n = [sums.people for sums in arms]
    means = [Fraction(sums.total("change"), m) for sums, m in zip(arms, n, strict=True)]
    spreads = [sums.total("change_squares") - m * mean**2 for sums, m, mean in zip(arms, n, means, strict=True)]
    of_means = [spread / (m * (m - 1)) for spread, m in zip(spreads, n, strict=True)]
    variance = sum(of_means, Fraction(0))
    if variance == 0:
        raise NotTestable(Reason.ALL_EQUAL)
    df = float(variance**2 / sum(v**2 / (m - 1) for v, m in zip(of_means, n, strict=True)))
    return inference(float(means[0] - means[1]), math.sqrt(variance), df, 0.95, None)
