"""Differences between changes: of the programme's arm and the comparison's, and of subgroups among themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from mande.change import Note
from mande.errors import NotTestable
from mande.measure import Attempts
from mande.plan import Analysis
from mande.plan import Arms as ArmNames
from mande.stats.cluster import ClusterSums, Inference
from mande.stats.comparison import (
    Arms,
    Attrition,
    BaselineBalance,
    ancova,
    attrition,
    baseline_balance,
    difference_in_changes,
    hedges_g_of_difference,
)
from mande.stats.counts import Estimate
from mande.stats.subgroups import Subgroups, compare_subgroups
from mande.tally import EVERYONE, ChangeKey, Tally, dimension, group_name, label

__all__ = ["ArmContrast", "SubgroupContrast", "contrast_arms", "contrast_subgroups"]

Test = Callable[..., Inference]


@dataclass(frozen=True, slots=True)
class SubgroupContrast:
    """Do the subgroups of one grouping differ in how much they changed? Tested together, never p against p."""

    instrument: str
    construct: str
    earlier: str
    later: str
    grouping: str
    found: Subgroups


@dataclass(frozen=True, slots=True)
class ArmContrast:
    """Programme minus comparison for one construct and two waves, in points; positive: the programme rose more.

    plain_* count people as independent; the others allow for clusters, and are None where none are known.
    n, n_comparison: people with both scores. A figure without a value is None and has a note.
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
    attrition: Attrition | None
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
            yield _contrast(key, other, counts, analysis.confidence)


def _contrast(key: ChangeKey, other: ChangeKey, counts: Tally, confidence: float) -> ArmContrast:
    attempt = Attempts()
    steps = counts.instruments[key.instrument].construct_by_id[key.construct].steps_per_point
    pairs = counts.pairs[key], counts.pairs[other]
    people = Arms.of_pairs(*pairs)
    clusters = Arms(counts.clusters[key], counts.clusters[other]) if key in counts.clusters else None
    started = _with_earlier(counts, key), _with_earlier(counts, other)

    def both(name: str, test: Test) -> tuple[Inference | None, Inference | None]:
        """The test of people as independent, and of clusters where they are known."""
        options = {"steps_per_point": steps, "confidence": confidence}
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
            lambda: attrition(started=started, analysed=(pairs[0].n, pairs[1].n), confidence=confidence),
        ),
        notes=tuple(attempt.notes),
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
        found = compare_subgroups(sums, clustered=clustered, steps_per_point=steps, confidence=analysis.confidence)
    except NotTestable:  # nobody in any of them
        return None
    return SubgroupContrast(*whole[:4], grouping, found)
