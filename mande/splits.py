"""Who is counted: everybody, the comparison arm, and the groups of each grouping, each with its people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mande.plan import Analysis
from mande.responses import Grouping
from mande.scoring import FAMILY, Scores
from mande.stats.cluster import UNKNOWN
from mande.stats.counts import IntArray

__all__ = [
    "EVERYONE",
    "Members",
    "Split",
    "cluster_of",
    "clustered_by",
    "dimension",
    "group_name",
    "label",
    "populations",
    "splits",
]

EVERYONE = "all"
"""The name of the group that holds all respondents, or all those of the programme's arm."""

FEW_GROUPS = 8


def group_name(grouping: str, label: str) -> str:
    """The name of a group of respondents.

    >>> group_name("sex", "girl")
    'sex=girl'
    """
    return f"{grouping}={label}"


def dimension(group: str) -> str:
    """The grouping that a group belongs to: `sex` of `sex=girl`, EVERYONE of itself."""
    return group.partition("=")[0]


def label(group: str) -> str:
    """The label of a group within its grouping: `girl` of `sex=girl`."""
    return group.partition("=")[2]


Members = NDArray[np.bool_] | slice


def populations(scores: Scores, analysis: Analysis) -> Iterator[tuple[str, Members]]:
    """EVERYONE first, then the comparison arm, then the subgroups of EVERYONE, each with its members."""
    everyone = _programme(scores, analysis)
    yield EVERYONE, everyone
    arms = analysis.arms
    if arms is not None and not isinstance(everyone, slice):
        yield group_name(arms.grouping, arms.comparison), _with_label(scores, arms.grouping, arms.comparison)
    for grouping in analysis.subgroups:
        for name in scores.groups[grouping].labels if grouping in scores.groups else ():
            members = _with_label(scores, grouping, name)
            yield group_name(grouping, name), members if isinstance(everyone, slice) else members & everyone


def _programme(scores: Scores, analysis: Analysis) -> Members:
    """Those whom EVERYONE means."""
    arms = analysis.arms
    if arms is None or arms.grouping not in scores.groups:
        return slice(None)
    return _with_label(scores, arms.grouping, arms.programme)


def _with_label(scores: Scores, grouping: str, name: str) -> NDArray[np.bool_]:
    group = scores.groups[grouping]
    members: NDArray[np.bool_] = group.position == (group.labels.index(name) if name in group.labels else -1)
    return members


def clustered_by(scores: Scores, analysis: Analysis) -> str | None:
    """The grouping whose members resemble each other: the first of those the analysis names that the source has.

    A source that has none of them has the family at least, if it says it: two parents of one family are one cluster.
    """
    return next((name for name in (*analysis.cluster, FAMILY) if name in scores.groups), None)


def cluster_of(scores: Scores, analysis: Analysis) -> Grouping | None:
    """The clusters of `clustered_by`; people without a label are one cluster."""
    name = clustered_by(scores, analysis)
    if name is None:
        return None
    group = scores.groups[name]
    if "" not in group.labels:
        return group
    return Grouping(tuple(label or UNKNOWN for label in group.labels), group.position)


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """People apart by group. order: their positions, group after group, None for everybody as they come.

    start: where each group begins in that order, and the end, shape (groups + 1,). people: of the source.
    """

    names: tuple[str, ...]
    order: IntArray | None
    start: tuple[int, ...]
    people: int

    @property
    def is_everyone_in_few(self) -> bool:
        """Whether everybody is in one of a few groups, so that EVERYONE's counts are quicker added than counted."""
        return self.start[-1] == self.people and 1 <= len(self.names) <= FEW_GROUPS

    def apart(self, values: NDArray[Any]) -> list[NDArray[Any]]:
        """The values of each group."""
        ordered = values if self.order is None else values.take(self.order)
        return [ordered[i:j] for i, j in pairwise(self.start)]


def splits(scores: Scores, analysis: Analysis) -> Iterator[Split]:
    """As `populations`: EVERYONE first, then the comparison arm, then the groups of EVERYONE by each grouping."""
    everyone = _programme(scores, analysis)
    if isinstance(everyone, slice):
        yield Split((EVERYONE,), None, (0, scores.people), scores.people)
    else:
        yield _members(EVERYONE, everyone)
        if (arms := analysis.arms) is not None:
            comparison = _with_label(scores, arms.grouping, arms.comparison)
            yield _members(group_name(arms.grouping, arms.comparison), comparison)
    for grouping in analysis.subgroups:
        if grouping in scores.groups:
            yield _by_label(grouping, scores.groups[grouping], everyone)


def _members(name: str, members: NDArray[np.bool_]) -> Split:
    order = np.flatnonzero(members)
    return Split((name,), order, (0, len(order)), len(members))


def _by_label(grouping: str, group: Grouping, members: Members) -> Split:
    many = len(group.labels)
    position = group.position if isinstance(members, slice) else np.where(members, group.position, many)
    position = position.astype(np.int16 if many < 2**15 else np.int64)
    if many <= FEW_GROUPS:
        order = np.concatenate([np.flatnonzero(position == i) for i in range(many + 1)])
    else:
        order = np.argsort(position, kind="stable")  # of 16 bits: a radix sort
    start = np.cumsum([0, *np.bincount(position, minlength=many)[:many]])
    names = tuple(group_name(grouping, label) for label in group.labels)
    return Split(names, order, tuple(start.tolist()), len(position))
