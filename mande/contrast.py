"""Differences between changes: of the programme's arm and the comparison's, and of subgroups among themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np

from mande.change import Note
from mande.errors import NotTestable
from mande.measure import Attempts
from mande.plan import Analysis
from mande.plan import Arms as ArmNames
from mande.stats.cluster import ClusterSums, Inference
from mande.stats.comparison import (
    ArmAttrition,
    Arms,
    BaselineBalance,
    ancova,
    attrition_by_arm,
    baseline_balance,
    difference_in_changes,
    hedges_g_of_difference,
)
from mande.stats.counts import Estimate, PairCounts
from mande.stats.permutation import Permutation, permute_arms
from mande.stats.subgroups import Subgroups, compare_subgroups
from mande.tally import EVERYONE, ChangeKey, Tally, dimension, group_name, label

__all__ = ["ArmContrast", "SubgroupContrast", "contrast_arms", "contrast_subgroups"]

Test = Callable[..., Inference]


class Options(TypedDict):
    steps_per_point: int
    confidence: float


@dataclass(frozen=True, slots=True)
class SubgroupContrast:
    """Do the subgroups of one grouping differ in how much they changed? Tested together, never p against p.

    is_tested: false for a grouping whose people chose their group themselves (sessions attended): it is described.
    """

    instrument: str
    construct: str
    earlier: str
    later: str
    grouping: str
    is_tested: bool
    found: Subgroups


@dataclass(frozen=True, slots=True)
class ArmContrast:
    """Programme minus comparison for one construct and two waves, in points; positive: the programme rose more.

    plain_* count people as independent; the others allow for clusters, and are None where none are known.
    n, n_comparison: people with both scores. intention_to_treat: the difference in changes with the people lost, as if
    they had not changed; clusters allowed for where they are known. permutation: of clusters that lie in one arm each,
    dealt to the arms anew. A figure without a value is None and has a note.
    """

    instrument: str
    construct: str
    earlier: str
    later: str
    n: int | None
    n_comparison: int | None
    plain_difference: Inference | None
    difference: Inference | None
    plain_ancova: Inference | None
    ancova: Inference | None
    hedges_g: Estimate | None
    balance: BaselineBalance | None
    attrition: ArmAttrition | None
    intention_to_treat: Inference | None
    permutation: Permutation | None
    notes: tuple[Note, ...]


def contrast_arms(counts: Tally, analysis: Analysis) -> tuple[ArmContrast, ...]:
    """Every construct with people in both of the arms that the analysis names; empty without arms."""
    if analysis.arms is None:
        return ()
    return tuple(_contrasts(counts, analysis, analysis.arms))


def _contrasts(counts: Tally, analysis: Analysis, arms: ArmNames) -> Iterator[ArmContrast]:
    comparison_group = group_name(arms.grouping, arms.comparison)
    for key in counts.pairs:
        other = key._replace(group=comparison_group)
        if key.group == EVERYONE and other in counts.pairs:
            yield _contrast(key, other, counts, analysis)


def _contrast(key: ChangeKey, other: ChangeKey, counts: Tally, analysis: Analysis) -> ArmContrast:
    attempt, confidence = Attempts(), analysis.confidence
    steps = counts.instruments[key.instrument].construct_by_id[key.construct].steps_per_point
    pairs = counts.pairs[key], counts.pairs[other]
    people = Arms.of_pairs(*pairs)
    clusters = Arms(counts.clusters[key], counts.clusters[other]) if key in counts.clusters else None
    started = _with_earlier(counts, key), _with_earlier(counts, other)
    options: Options = {"steps_per_point": steps, "confidence": confidence}

    def both(name: str, test: Test) -> tuple[Inference | None, Inference | None]:
        """The test of people as independent, and of clusters where they are known."""
        plain = attempt(f"plain_{name}", lambda: test(people, clustered=False, **options))
        known = clusters
        if known is None:
            return plain, None
        return plain, attempt(name, lambda: test(known, clustered=True, **options))

    plain_difference, difference = both("difference", difference_in_changes)
    plain_ancova, adjusted = both("ancova", ancova)
    arms = clusters or people
    return ArmContrast(
        *key[:4],
        n=pairs[0].n,
        n_comparison=pairs[1].n,
        plain_difference=plain_difference,
        difference=difference,
        plain_ancova=plain_ancova,
        ancova=adjusted,
        hedges_g=attempt(
            "hedges_g", lambda: hedges_g_of_difference(arms, clustered=clusters is not None, confidence=confidence)
        ),
        balance=attempt("balance", lambda: baseline_balance(arms)),
        attrition=attempt(
            "attrition",
            lambda: attrition_by_arm(started=started, analysed=(pairs[0].n, pairs[1].n), confidence=confidence),
        ),
        intention_to_treat=attempt(
            "intention_to_treat",
            lambda: difference_in_changes(
                arms + _lost(counts, key, other).unchanged(), clustered=clusters is not None, **options
            ),
        ),
        permutation=_permutation(clusters, analysis, attempt) if clusters is not None else None,
        notes=tuple(attempt.notes),
    )


def _lost(counts: Tally, key: ChangeKey, other: ChangeKey) -> Arms:
    """People of each arm with the earlier score only. Which score that is makes no difference if it did not change."""
    if key in counts.clusters:
        nobody = ClusterSums.of([], [], [])
        return Arms(counts.lost.get(key, nobody), counts.lost.get(other, nobody))
    gone = [np.array(sorted(counts.unpaired[arm].earlier_only.items()), dtype=np.int64) for arm in (key, other)]
    scores, people = zip(*(one.reshape(-1, 2).T for one in gone), strict=True)
    return Arms.of_pairs(*(PairCounts(x, x, n) for x, n in zip(scores, people, strict=True)))


def _permutation(arms: Arms, analysis: Analysis, attempt: Attempts) -> Permutation | None:
    """None where a cluster has people of both arms: its people were assigned, not it."""
    programme, comparison = arms.programme, arms.comparison
    if set(programme.label) & set(comparison.label):
        return None
    sums = np.concatenate([part.later - part.earlier for part in (programme, comparison)])
    people = np.concatenate([programme.n, comparison.n])
    dealt = np.repeat([1, 0], [len(programme.n), len(comparison.n)])
    return attempt(
        "permutation",
        lambda: permute_arms(sums, people, dealt, seed=analysis.seed, replicates=analysis.replicates),
    )


def _with_earlier(counts: Tally, key: ChangeKey) -> int:
    return counts.pairs[key].n + counts.unpaired[key].people.no_later


def contrast_subgroups(counts: Tally, analysis: Analysis, shown: Iterable[ChangeKey]) -> tuple[SubgroupContrast, ...]:
    """Every construct by every grouping that the analysis names, among the groups that may be shown."""
    families: dict[tuple[ChangeKey, str], list[ChangeKey]] = {}
    for key in shown:
        if dimension(key.group) in analysis.subgroups:
            families.setdefault((key._replace(group=EVERYONE), dimension(key.group)), []).append(key)
    found = (
        _subgroup_contrast(counts, whole, grouping, keys, analysis) for (whole, grouping), keys in families.items()
    )
    return tuple(contrast for contrast in found if contrast is not None)


def _subgroup_contrast(
    counts: Tally, whole: ChangeKey, grouping: str, keys: Sequence[ChangeKey], analysis: Analysis
) -> SubgroupContrast | None:
    clustered = whole in counts.clusters
    sums = {
        label(key.group): counts.clusters[key] if clustered else ClusterSums.of_pairs(counts.pairs[key], EVERYONE)
        for key in keys
    }
    steps = counts.instruments[whole.instrument].construct_by_id[whole.construct].steps_per_point
    try:
        found = compare_subgroups(
            sums,
            clustered=clustered,
            chosen_by_baseline=grouping in analysis.formed_at_start,
            steps_per_point=steps,
            confidence=analysis.confidence,
        )
    except NotTestable:  # nobody in any of them
        return None
    is_tested = grouping not in analysis.described
    if not is_tested:
        found = replace(found, interaction=None, reason=None)
    return SubgroupContrast(*whole[:4], grouping, is_tested, found)
