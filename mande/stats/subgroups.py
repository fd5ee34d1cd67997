"""Did some change more than others: by sex, age band, school, country.

Whether subgroups differ is one question and has one test, of the interaction: never two p values compared (one group's
.03 beside another's .07 says nothing of their difference; Gelman & Stern 2006, doi:10.1198/000313006X152649).
Each subgroup's own figure is for a forest figure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np

from mande.errors import NotTestable, Reason
from mande.stats._cr2 import FloatArray, robust
from mande.stats._distributions import shown_p
from mande.stats.cluster import (
    Caution,
    ClusterSums,
    Inference,
    cautions,
    inference,
    known_clusters,
    mean_change_clustered,
)
from mande.stats.comparison import Arms, difference_in_changes

__all__ = ["Interaction", "InteractionMethod", "Subgroup", "SubgroupNote", "Subgroups", "compare_subgroups"]


class InteractionMethod(StrEnum):
    """Which test says whether subgroups differ."""

    WELCH_JAMES = "welch_james"  # people independent, each subgroup with its own variance
    HOTELLING_CR2 = "hotelling_cr2"  # people in clusters: CR2 with Hotelling's T² (HTZ)


class SubgroupNote(StrEnum):
    """What must be said beside a subgroup comparison."""

    REGRESSION_TO_THE_MEAN = "regression_to_the_mean"  # subgroups chosen by their earlier score change by themselves


@dataclass(frozen=True, slots=True)
class Interaction:
    """F test of no difference between the subgroups named. cautions: as in `Inference`."""

    f: float
    df1: int
    df2: float
    p: float
    method: InteractionMethod
    subgroups: tuple[str, ...]
    clusters: int | None
    cautions: tuple[Caution, ...]


@dataclass(frozen=True, slots=True)
class Subgroup:
    """One row of a forest figure: a subgroup's people and its own figure, or the reason why it has none."""

    name: str
    n: int
    clusters: int | None
    found: Inference | None
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Subgroups:
    """All subgroups in the order given, the test of their difference (or the reason why there is none), and notes."""

    rows: tuple[Subgroup, ...]
    interaction: Interaction | None
    reason: Reason | None
    notes: tuple[SubgroupNote, ...]


@dataclass(frozen=True, slots=True)
class _Cells:
    """Groups of people whose mean changes are compared: one a subgroup, or two where there are arms."""

    sums: tuple[ClusterSums, ...]
    contrast: FloatArray  # (q, cells)


def compare_subgroups(
    groups: Mapping[str, ClusterSums] | Mapping[str, Arms],
    *,
    clustered: bool,
    chosen_by_baseline: bool = False,
    steps_per_point: int = 1,
    confidence: float = 0.95,
) -> Subgroups:
    """Each subgroup's mean change (or with `Arms` its difference in changes), and the test that they do not differ.

    groups: by name, people's scores by cluster; a label is the same cluster in every subgroup. People belong to one
    subgroup. chosen_by_baseline: the subgroups were made from the earlier score, which adds a note.
    The test is of the interaction of subgroup and time (and arm). Unclustered it is Welch's test for unequal variances,
    in Johansen's general form; clustered, the Wald test with CR2 variances and Hotelling's T² with the degrees of
    freedom of Pustejovsky and Tipton (HTZ; for two subgroups it is the t test with Satterthwaite's df). A subgroup that
    cannot be tested alone (fewer than two people, all alike, clustered: of one cluster) leaves the test;
    `interaction.subgroups` names those in it. In simulation p < .05 came in 4 to 6 % of samples unclustered from 10
    people a subgroup on; clustered, never more than 6 %, and with few clusters less than 4 %:
    tests/reference/simulations/. Without two subgroups to compare: `interaction` is None with the reason (TOO_FEW;
    clustered TOO_FEW_CLUSTERS also if clusters are too few for so many subgroups). NotTestable (NO_DATA) only if there
    is nobody.
    Johansen (1980), doi:10.1093/biomet/67.1.85; Pustejovsky & Tipton (2018), doi:10.1080/07350015.2016.1247004. Agrees
    with R `oneway.test` and `clubSandwich::Wald_test(…, test = "HTZ")`: tests/reference/subgroups.R.

    >>> girls, boys = ClusterSums.of([1, 2, 2], [3, 3, 5], ["a"] * 3), ClusterSums.of([1, 2, 3], [1, 3, 3], ["a"] * 3)
    >>> found = compare_subgroups({"girls": girls, "boys": boys}, clustered=False)
    >>> [(row.name, round(row.found.estimate.value, 3)) for row in found.rows]
    [('girls', 2.0), ('boys', 0.333)]
    >>> round(found.interaction.f, 4), found.interaction.df1, round(found.interaction.df2, 4)
    (6.25, 1, 3.2)
    """
    rows = tuple(_row(name, sums, clustered, steps_per_point, confidence) for name, sums in groups.items())
    if not any(row.n for row in rows):
        raise NotTestable(Reason.NO_DATA)
    notes = (SubgroupNote.REGRESSION_TO_THE_MEAN,) if chosen_by_baseline else ()
    tested = [row.name for row in rows if row.found]
    try:
        found = _interaction({name: sums for name, sums in groups.items() if name in tested}, clustered)
    except NotTestable as error:
        return Subgroups(rows, None, error.reason, notes)
    return Subgroups(rows, found, None, notes)


def _row(name: str, sums: ClusterSums | Arms, clustered: bool, steps_per_point: int, confidence: float) -> Subgroup:
    people, clusters = _size(sums)
    try:
        if isinstance(sums, Arms):
            found = difference_in_changes(
                sums, clustered=clustered, steps_per_point=steps_per_point, confidence=confidence
            )
        elif clustered:
            found = mean_change_clustered(sums, steps_per_point=steps_per_point, confidence=confidence)
        else:
            found = _mean_change(sums, steps_per_point, confidence)
    except NotTestable as error:
        return Subgroup(name, people, clusters if clustered else None, None, error.reason)
    return Subgroup(name, people, clusters if clustered else None, found, None)


def _size(sums: ClusterSums | Arms) -> tuple[int, int]:
    if isinstance(sums, ClusterSums):
        return sums.people, sums.known.clusters
    return sum(part.people for part in sums), known_clusters(*(part.label for part in sums))


def _mean_change(sums: ClusterSums, steps_per_point: int, confidence: float) -> Inference:
    """Student's paired t from the totals."""
    n, total = sums.people, sums.total("change")
    if n < 2:
        raise NotTestable(Reason.TOO_FEW if n else Reason.NO_DATA)
    variance = _variance_of_mean(sums)
    if variance == 0:
        raise NotTestable(Reason.ALL_EQUAL if total else Reason.NO_CHANGE)
    t = math.copysign(math.sqrt(Fraction(total, n) ** 2 / variance), total)
    error = math.sqrt(variance / steps_per_point**2)
    return inference(total / (n * steps_per_point), error, float(n - 1), confidence, None, t)


def _variance_of_mean(sums: ClusterSums) -> Fraction:
    n, total = sums.people, sums.total("change")
    return Fraction(n * sums.total("change_squares") - total**2, n**2 * (n - 1))


def _interaction(groups: Mapping[str, ClusterSums | Arms], clustered: bool) -> Interaction:
    if len(groups) < 2:
        raise NotTestable(Reason.TOO_FEW_CLUSTERS if clustered else Reason.TOO_FEW)
    cells = _cells(list(groups.values()))
    if clustered:
        f, df2, clusters = _hotelling(cells)
    else:
        f, df2 = _welch_james(cells)
        clusters = None
    method = InteractionMethod.HOTELLING_CR2 if clustered else InteractionMethod.WELCH_JAMES
    df1 = len(cells.contrast)
    return Interaction(f, df1, df2, _f_above(f, df1, df2), method, tuple(groups), clusters, cautions(clusters, df2))


def _cells(groups: Sequence[ClusterSums | Arms]) -> _Cells:
    """Each later subgroup against the first; with arms, their differences between the arms."""
    against_first = np.column_stack([-np.ones(len(groups) - 1), np.eye(len(groups) - 1)])
    sums = [group for group in groups if isinstance(group, ClusterSums)]
    if sums:
        return _Cells(tuple(sums), against_first)
    arms = [group for group in groups if isinstance(group, Arms)]
    return _Cells(tuple(part for arm in arms for part in arm), np.kron(against_first, np.array([1.0, -1.0])))


def _means(cells: _Cells) -> FloatArray:
    return np.array([float(Fraction(sums.total("change"), sums.people)) for sums in cells.sums])


def _welch_james(cells: _Cells) -> tuple[float, float]:
    """Johansen's F and its second df: for one factor, Welch's."""
    if any(sums.people < 2 for sums in cells.sums):
        raise NotTestable(Reason.TOO_FEW)
    variance = np.array([float(_variance_of_mean(sums)) for sums in cells.sums])
    if (variance == 0).any():
        raise NotTestable(Reason.ALL_EQUAL)
    contrast, q = cells.contrast, len(cells.contrast)
    difference = contrast @ _means(cells)
    precision = np.linalg.inv((contrast * variance) @ contrast.T)
    share = np.diagonal(np.diag(variance) @ contrast.T @ precision @ contrast)  # of each cell, in its own weight
    freedom = np.array([sums.people - 1 for sums in cells.sums])
    uncertainty = float((share**2 / freedom).sum())  # Johansen's A: both of his traces are this one for single cells
    f = float(difference @ precision @ difference) / (q + 2 * uncertainty - 6 * uncertainty / (q + 2))
    return f, q * (q + 2) / (3 * uncertainty)


def _hotelling(cells: _Cells) -> tuple[float, float, int]:
    """F and its second df from CR2 variances, and the number of clusters."""
    labels = np.unique(np.concatenate([sums.label for sums in cells.sums]))
    gram = np.zeros((len(labels), len(cells.sums), len(cells.sums)))
    score = np.zeros((len(labels), len(cells.sums)))
    for k, sums in enumerate(cells.sums):
        place, n, total = np.searchsorted(labels, sums.label), sums.people, sums.total("change")
        gram[place, k, k] = sums.n.astype(float)
        score[place, k] = ((sums.exact("change") * n - sums.exact("n") * total) / n).astype(float)
    found = robust(gram, score, cells.contrast)
    if found.rests_on_one_cluster:
        raise NotTestable(Reason.TOO_FEW_CLUSTERS)
    q, df = len(cells.contrast), float(found.df)
    values = np.linalg.eigvalsh(found.variance)
    if df - q + 1 <= 0 or values[0] <= 1e-12 * values[-1]:
        raise NotTestable(Reason.TOO_FEW_CLUSTERS)
    difference = cells.contrast @ _means(cells)
    wald = float(difference @ np.linalg.solve(found.variance, difference))
    return (df - q + 1) / (df * q) * wald, df - q + 1, known_clusters(labels)


def _f_above(f: float, df1: float, df2: float) -> float:
    from scipy.special import fdtrc

    return shown_p(float(fdtrc(df1, df2, f)))
