"""Groups that blocks called by folded labels get the label that most people's spelling gives them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from mande.model import Instrument
from mande.plan import Analysis
from mande.responses.evidence import ByLabel, Evidence
from mande.responses.people import labels_of
from mande.responses.text import folded
from mande.stats.cluster import UNKNOWN, ClusterSums
from mande.tally import EVERYONE, ChangeKey, Tally, dimension, group_name, label

__all__ = ["Labels", "labels_of_people", "name_evidence", "name_groups", "with_folded_labels"]

Labels = Mapping[str, Mapping[str, str]]
"""By grouping, label by folded label."""

Value = TypeVar("Value")


def labels_of_people(spellings: ByLabel, elsewhere: ByLabel) -> Labels:
    """elsewhere: those of the people who are not counted here."""
    return {name: labels_of(own - elsewhere.get(name, Counter())) for name, own in spellings.items()}


def with_folded_labels(analysis: Analysis) -> Analysis:
    """The analysis that names the labels of its arms as blocks do."""
    if analysis.arms is None:
        return analysis
    programme, comparison = folded(analysis.arms.programme), folded(analysis.arms.comparison)
    arms = analysis.arms.model_copy(update={"programme": programme, "comparison": comparison})
    return analysis.model_copy(update={"arms": arms})


def name_groups(counts: Tally, instrument: Instrument, analysis: Analysis, labels: Labels) -> Tally:
    """The tally with the labels of all blocks, in the order in which one block would have given it."""
    arms = analysis.arms
    given = {} if arms is None else {folded(name): name for name in (arms.programme, arms.comparison)}
    by_name = {_named(key, labels, given): key for key in counts.pairs}
    keys = [
        ChangeKey(instrument.id, construct.id, earlier, later, group)
        for group in _groups(analysis, labels)
        for construct in instrument.constructs
        for earlier, later in analysis.compared
    ]
    cluster = next((name for name in analysis.cluster if name in labels), "")

    @cache  # most sums are of the same clusters
    def names(folded_names: tuple[str, ...]) -> npt.NDArray[np.str_]:
        return np.array([labels[cluster].get(own, own) or UNKNOWN for own in folded_names], dtype=np.str_)

    def renamed(sums: ClusterSums) -> ClusterSums:
        return replace(sums, label=names(tuple(sums.label.tolist())))

    def picked(values: Mapping[ChangeKey, Value]) -> dict[ChangeKey, Value]:
        return {key: values[by_name[key]] for key in keys if key in by_name and by_name[key] in values}

    def with_names(values: Mapping[ChangeKey, ClusterSums]) -> dict[ChangeKey, ClusterSums]:
        return {key: renamed(sums) for key, sums in picked(values).items()}

    return replace(
        counts,
        instruments={instrument.id: instrument},
        pairs=picked(counts.pairs),
        unpaired=picked(counts.unpaired),
        item_sums=picked(counts.item_sums),
        clusters=with_names(counts.clusters),
        lost=with_names(counts.lost),
        crossed={key: cells.renamed(labels[key.one], labels[key.other]) for key, cells in counts.crossed.items()},
        shifts={key: shift.renamed(renamed) for key, shift in counts.shifts.items()},
    )


def _groups(analysis: Analysis, labels: Labels) -> list[str]:
    groups = [EVERYONE]
    if analysis.arms is not None and analysis.arms.grouping in labels:
        groups.append(group_name(analysis.arms.grouping, analysis.arms.comparison))
    for grouping in analysis.subgroups:
        groups += [group_name(grouping, text) for text in sorted(labels.get(grouping, {}).values())]
    return list(dict.fromkeys(groups))


def _named(key: ChangeKey, labels: Labels, given: Mapping[str, str]) -> ChangeKey:
    """given: labels that the analysis names, which nobody may have."""
    grouping, own = dimension(key.group), label(key.group)
    if key.group == EVERYONE or grouping not in labels:
        return key
    return key._replace(group=group_name(grouping, labels[grouping].get(own, given.get(own, own))))


def name_evidence(evidence: Evidence, labels: Labels) -> None:
    """The same for counts by label."""
    for tables in (evidence.changes, evidence.answers):
        for key, groups in tables.items():
            tables[key] = groups.renamed(labels.get(key[2], {}))
