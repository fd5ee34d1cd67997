"""Did the questionnaire measure, and did it measure the same thing at both waves? From sums over items, not rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from mande.errors import NotTestable, Reason
from mande.stats._distributions import normal_quantile, t_quantile, t_two_sided
from mande.stats.counts import Estimate, IntArray
from mande.stats.reliability import ItemSums, cronbach_alpha, item_rest_correlations, omega_total
from mande.stats.shares import wilson

__all__ = [
    "AtEnds",
    "Likeness",
    "SameMeasure",
    "Suspect",
    "Wording",
    "at_ends",
    "congruence",
    "likeness",
    "same_measure",
    "unreversed_items",
    "wording_contrast",
]

FloatArray = npt.NDArray[np.float64]

END_FLAG = 0.15
"""Share of people at one end of the answers from which there is a floor or ceiling: Terwee et al. (2007)."""


class Likeness(StrEnum):
    """What a congruence coefficient stands for, after Lorenzo-Seva & ten Berge (2006), doi:10.1027/1614-2241.2.2.57."""

    EQUAL = "equal"  # from .95
    FAIR = "fair"  # from .85
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class AtEnds:
    """Of the n who answered an item: the shares at its lowest and highest answer, and whether each is from 15 %."""

    n: int
    lowest: Estimate
    highest: Estimate
    floor: bool
    ceiling: bool


@dataclass(frozen=True, slots=True)
class SameMeasure:
    """How alike a construct's items hang together at two waves.

    congruence: Tucker's, of the loadings. loadings: one-factor, by item. loading_differences: later less earlier.
    correlation_differences: later less earlier, of every pair of items (i < j), row by row; largest in size, and root
    mean square.
    """

    congruence: float
    likeness: Likeness
    loadings_earlier: tuple[float, ...]
    loadings_later: tuple[float, ...]
    loading_differences: tuple[float, ...]
    correlation_differences: tuple[float, ...]
    largest_correlation_difference: float
    rms_correlation_difference: float


@dataclass(frozen=True, slots=True)
class Suspect:
    """An item that looks as if its answers still had to be reversed (or had been, wrongly).

    item: its place. item_rest: its correlation with the sum of the others. alpha, and alpha if it were reversed.
    certain: the whole 95 % interval of item_rest lies below zero.
    """

    item: int
    item_rest: float
    alpha: float
    alpha_if_reversed: float
    certain: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """Mean change per item, in steps of the item as scored, of desirable- and of undesirable-worded items.

    desirable, undesirable: mean over the items of that kind. difference: undesirable less desirable, with its p.
    """

    n: int
    items: tuple[float, ...]
    desirable: Estimate
    undesirable: Estimate
    difference: Estimate
    p: float


def at_ends(answers: Mapping[int, int], *, lowest: int, highest: int, confidence: float = 0.95) -> AtEnds:
    """Floor and ceiling of one item: shares of people at its lowest and highest answer, with Wilson intervals.

    answers: people by answer, of those who gave one. lowest, highest: the ends of the item's answers.
    Flagged from 15 %: Terwee et al. (2007), doi:10.1016/j.jclinepi.2006.03.012 (there for scores).
    Raises NotTestable (NO_DATA) if nobody answered. Shares with R `prop.test(correct=FALSE)`: tests/reference/shares.R.

    >>> ends = at_ends({1: 2, 2: 5, 3: 9, 5: 4}, lowest=1, highest=5)
    >>> ends.n, ends.lowest.value, ends.highest.value, ends.floor, ends.ceiling
    (20, 0.1, 0.2, False, True)
    """
    n = sum(answers.values())
    if n == 0:
        raise NotTestable(Reason.NO_DATA)
    low, high = (wilson(answers.get(end, 0), n, confidence=confidence) for end in (lowest, highest))
    return AtEnds(n, low, high, low.value >= END_FLAG, high.value >= END_FLAG)


def congruence(first: Sequence[float], second: Sequence[float]) -> float:
    """Tucker's congruence coefficient of two sets of loadings on the same items: Σab / √(Σa² Σb²), −1 to 1.

    Raises NotTestable: NO_VARIANCE if all loadings of a set are zero. ValueError for different lengths.
    Tucker (1951); Lorenzo-Seva & ten Berge (2006), doi:10.1027/1614-2241.2.2.57.
    Agrees with R `psych::factor.congruence(digits=…)`: tests/reference/measurement.R.

    >>> round(congruence([0.7, 0.6, 0.8], [0.5, 0.7, 0.8]), 4)
    0.9833
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if a.shape != b.shape:
        raise ValueError(f"{a.size} loadings and {b.size} loadings")
    size = math.sqrt(float(a @ a) * float(b @ b))
    if size == 0:
        raise NotTestable(Reason.NO_VARIANCE)
    return max(-1.0, min(1.0, float(a @ b) / size))


def likeness(coefficient: float) -> Likeness:
    """The rule of thumb of Lorenzo-Seva & ten Berge (2006): equal from .95, fair from .85.

    >>> likeness(0.9833), likeness(0.9), likeness(0.5)
    (<Likeness.EQUAL: 'equal'>, <Likeness.FAIR: 'fair'>, <Likeness.DIFFERENT: 'different'>)
    """
    if coefficient >= 0.95:
        return Likeness.EQUAL
    return Likeness.FAIR if coefficient >= 0.85 else Likeness.DIFFERENT


def same_measure(earlier: ItemSums, later: ItemSums) -> SameMeasure:
    """Did the items of a construct hang together alike at both waves? Correlations and one-factor loadings compared.

    earlier, later: sums over the same items of the same people. This describes; it does not test invariance, which
    needs hundreds of people. A change in what people understand by the questions (response shift) can show here.
    Raises NotTestable as `omega_total` does (three items or more, each varying at both waves).
    Lorenzo-Seva & ten Berge (2006), doi:10.1027/1614-2241.2.2.57; Schwartz & Sprangers (1999),
    doi:10.1016/S0277-9536(99)00047-7. Agrees with R `psych::fa`, `factor.congruence`, `cor`:
    tests/reference/measurement.R.
    """
    if earlier.items != later.items:
        raise ValueError(f"{earlier.items} items and {later.items} items")
    before, after = omega_total(earlier).loadings, omega_total(later).loadings
    above = np.triu_indices(earlier.items, 1)
    moved = (correlations(later) - correlations(earlier))[above]
    alike = congruence(before, after)
    return SameMeasure(
        alike,
        likeness(alike),
        before,
        after,
        tuple(b - a for a, b in zip(before, after, strict=True)),
        tuple(moved.tolist()),
        float(moved[np.abs(moved).argmax()]),
        math.sqrt(float(np.mean(moved**2))),
    )


def correlations(items: ItemSums) -> FloatArray:
    """Pearson's r of all items, shape (k, k). Raises NotTestable (NO_VARIANCE) if an item has one value only."""
    spread = items.spread().astype(np.float64)
    if (np.diag(spread) == 0).any():
        raise NotTestable(Reason.NO_VARIANCE)
    scale = np.sqrt(np.diag(spread))
    found: FloatArray = spread / np.outer(scale, scale)
    return found


def unreversed_items(items: ItemSums, *, confidence: float = 0.95) -> list[Suspect]:
    """Items that go against the others, and would make alpha larger were they reversed; most suspicious first.

    items: sums of answers as scored. Of the items with a negative item-rest correlation, the one that raises alpha most
    when its answers are reversed is named and reversed, and the rest looked at again, until none is left that raises
    it. `certain` uses Fisher's z interval; a small negative value in few people is chance. If more than half of the
    items are reversed wrongly, the others are named: it cannot be told from answers which way is up.
    Raises NotTestable as `cronbach_alpha` does. Fisher (1921); alpha if reversed from R `psych::alpha(keys=…)`:
    tests/reference/measurement.R.

    >>> found = unreversed_items(ItemSums.of([[1, 2, 5], [2, 2, 4], [3, 4, 3], [5, 4, 1], [4, 5, 1]]))
    >>> [(suspect.item, round(suspect.item_rest, 2)) for suspect in found]
    [(2, -0.98)]
    """
    suspects: list[Suspect] = []
    for _ in range(items.items):
        found = _most_suspicious(items, confidence)
        if found is None:
            break
        suspects.append(found)
        items = _reversed(items, found.item)
    return suspects


def _most_suspicious(items: ItemSums, confidence: float) -> Suspect | None:
    alpha = cronbach_alpha(items).value
    against = [(place, r) for place, r in enumerate(item_rest_correlations(items)) if r is not None and r < 0]
    suspects = [
        Suspect(place, r, alpha, better, _below_zero(r, items.n, confidence))
        for place, r in against
        if (better := _alpha_or_none(_reversed(items, place))) is not None and better > alpha
    ]
    return max(suspects, key=lambda suspect: suspect.alpha_if_reversed, default=None)


def _reversed(items: ItemSums, place: int) -> ItemSums:
    sign = np.ones(items.items, dtype=np.int64)
    sign[place] = -1
    return ItemSums(items.n, items.sums * sign, items.products * np.outer(sign, sign))


def _alpha_or_none(items: ItemSums) -> float | None:
    try:
        return cronbach_alpha(items).value
    except NotTestable:
        return None


def _below_zero(r: float, n: int, confidence: float) -> bool:
    if n <= 3:
        return False
    return math.atanh(max(r, -1 + 1e-15)) + normal_quantile(confidence) / math.sqrt(n - 3) < 0


def wording_contrast(changes: ItemSums, undesirable: Sequence[bool], *, confidence: float = 0.95) -> Wording:
    """Do people report more change on items worded one way? Undesirable- against desirable-worded items of a construct.

    changes: sums over each person's item changes, later less earlier, of the items as scored (undesirable ones
    reversed, so that up is better in all), people complete at both waves. undesirable: by item. In a retrospective
    form, change that sits in one wording only points to an answering style rather than to the programme. Each figure is
    a weighted mean of item changes, with its t interval (n − 1 df) from their exact covariances.
    Raises NotTestable: TOO_FEW_ITEMS (no item of a kind), NO_COMPLETE_CASES, TOO_FEW (one person), ALL_EQUAL (a mean or
    the difference does not vary between people).
    Hill & Betz (2005), doi:10.1177/1098214005281356. Agrees with R `t.test` of each person's means:
    tests/reference/measurement.R.

    >>> moved = ItemSums.of([[1, 1, 0], [2, 1, 1], [0, 1, 0], [1, 0, 0]])
    >>> found = wording_contrast(moved, [False, False, True])
    >>> found.desirable.value, found.undesirable.value, found.difference.value, round(found.p, 4)
    (0.875, 0.25, -0.625, 0.0154)
    """
    of_kind = np.array(undesirable, dtype=bool)
    if of_kind.shape != changes.sums.shape:
        raise ValueError(f"{of_kind.size} wordings of {changes.items} items")
    if of_kind.all() or not of_kind.any():
        raise NotTestable(Reason.TOO_FEW_ITEMS)
    if changes.n < 2:
        raise NotTestable(Reason.TOO_FEW if changes.n else Reason.NO_COMPLETE_CASES)
    good, bad = int((~of_kind).sum()), int(of_kind.sum())
    # on the common denominator good × bad, so that sums stay exact
    desirable, undesired = np.where(of_kind, 0, bad), np.where(of_kind, good, 0)
    means = [_weighted(changes, weight, good * bad, confidence) for weight in (desirable, undesired)]
    difference = _weighted(changes, undesired - desirable, good * bad, confidence)
    t = difference.value / ((difference.high - difference.low) / 2 / t_quantile(confidence, changes.n - 1))
    per_item = tuple((changes.sums / changes.n).tolist())
    return Wording(changes.n, per_item, means[0], means[1], difference, t_two_sided(t, changes.n - 1))


def _weighted(changes: ItemSums, weight: IntArray, unit: int, confidence: float) -> Estimate:
    """Mean over people of Σ weight × item / unit, with its t interval."""
    exact = weight.astype(object)
    spread, n = int(exact @ changes.spread() @ exact), changes.n
    if spread == 0:
        raise NotTestable(Reason.ALL_EQUAL)
    value = int(exact @ changes.sums.astype(object)) / (n * unit)
    half_width = t_quantile(confidence, n - 1) * math.sqrt(Fraction(spread, n * n * (n - 1) * unit * unit))
    return Estimate(value, value - half_width, value + half_width, confidence)
