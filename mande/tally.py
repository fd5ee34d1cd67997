"""Scores become counts that add up: nothing after this step sees a person.

A tally of two halves equals the tally of the whole, so chunks of a file, schools, countries and machines merge by `+`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from mande.model import Construct, Instrument
from mande.plan import Analysis
from mande.responses import Grouping
from mande.responses.cleaning import CodeArray, Missing
from mande.scoring import Scores, has_score
from mande.stats.cluster import ClusterSums
from mande.stats.counts import IntArray, PairCounts
from mande.stats.reliability import ItemSums
from mande.stats.waves import WaveSums

__all__ = [
    "EVERYONE",
    "BothWaves",
    "ChangeKey",
    "CourseKey",
    "ItemKey",
    "LeftOut",
    "Tally",
    "Unpaired",
    "cluster_of",
    "dimension",
    "group_name",
    "label",
    "make_tally",
    "populations",
]

EVERYONE = "all"
"""The name of the group that holds all respondents, or all those of the programme's arm."""

UNKNOWN_CLUSTER = "?"
"""Stands for the cluster of people whose cluster is not known; counted as one, which is the cautious side."""


def group_name(grouping: str, label: str) -> str:
    """The name of a group in keys and frames: `sex=girl`."""
    return f"{grouping}={label}"


def dimension(group: str) -> str:
    """The grouping that a group belongs to: `sex` of `sex=girl`; EVERYONE is its own.

    >>> dimension("sex=girl"), dimension(EVERYONE)
    ('sex', 'all')
    """
    return group.partition("=")[0]


def label(group: str) -> str:
    """The label of a group within its grouping: `girl` of `sex=girl`."""
    return group.partition("=")[2]


Key = TypeVar("Key")
Value = TypeVar("Value")


class ChangeKey(NamedTuple):
    instrument: str
    construct: str
    earlier: str
    later: str
    group: str


class BothWaves(NamedTuple):
    """Cross-products of a construct's items at each wave and of their changes, of people complete at both."""

    earlier: ItemSums
    later: ItemSums
    change: ItemSums

    def __add__(self, other: object) -> BothWaves:
        if not isinstance(other, BothWaves):
            return NotImplemented
        return BothWaves(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class CourseKey(NamedTuple):
    instrument: str
    construct: str
    baseline: str
    waves: tuple[str, ...]


class ItemKey(NamedTuple):
    instrument: str
    item: str
    wave: str
    group: str


class Unpaired(NamedTuple):
    """People without both scores: with the earlier one only and the later one only, by score; and with neither."""

    earlier_only: Mapping[int, int]
    later_only: Mapping[int, int]
    neither: int

    def __add__(self, other: object) -> Unpaired:
        if not isinstance(other, Unpaired):
            return NotImplemented
        return Unpaired(
            _added(self.earlier_only, other.earlier_only),
            _added(self.later_only, other.later_only),
            self.neither + other.neither,
        )

    @property
    def people(self) -> LeftOut:
        return LeftOut(sum(self.later_only.values()), sum(self.earlier_only.values()), self.neither)


class LeftOut(NamedTuple):
    """People without a change, by the wave whose score they lack."""

    no_earlier: int
    no_later: int
    neither: int


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Counts of one or more sources.

    instruments: by id. pairs: people by earlier and later score, for those with both. unpaired: the others.
    item_sums: cross-products of a construct's item scores, over people who answered all of them at both waves.
    clusters: sums of the scores of `pairs` by cluster, where the analysis names clusters and the source has them.
    answers: people by answer code, `Missing` ones included. courses: changes from a baseline that several waves share.
    """

    instruments: Mapping[str, Instrument] = field(default_factory=dict)
    pairs: Mapping[ChangeKey, PairCounts] = field(default_factory=dict)
    unpaired: Mapping[ChangeKey, Unpaired] = field(default_factory=dict)
    item_sums: Mapping[ChangeKey, BothWaves] = field(default_factory=dict)
    clusters: Mapping[ChangeKey, ClusterSums] = field(default_factory=dict)
    answers: Mapping[ItemKey, Mapping[int, int]] = field(default_factory=dict)
    courses: Mapping[CourseKey, WaveSums] = field(default_factory=dict)

    def __add__(self, other: Tally) -> Tally:
        for name in self.instruments.keys() & other.instruments.keys():
            if self.instruments[name] != other.instruments[name]:
                raise ValueError(f"two versions of {name}: their scores cannot be added")
        return Tally(
            {**self.instruments, **other.instruments},
            _merged(self.pairs, other.pairs, PairCounts.__add__),
            _merged(self.unpaired, other.unpaired, Unpaired.__add__),
            _merged(self.item_sums, other.item_sums, BothWaves.__add__),
            _merged(self.clusters, other.clusters, ClusterSums.__add__),
            _merged(self.answers, other.answers, _added),
            _merged(self.courses, other.courses, WaveSums.__add__),
        )


def make_tally(scores: Scores, analysis: Analysis) -> Tally:
    """Count one source for the comparisons, arms and subgroups that the analysis names.

    EVERYONE is everybody, or the programme's arm where the analysis names arms; subgroups are of EVERYONE. A grouping
    that the source does not have is passed over.
    """
    instrument, cluster = scores.instrument, cluster_of(scores, analysis)
    pairs: dict[ChangeKey, PairCounts] = {}
    unpaired: dict[ChangeKey, Unpaired] = {}
    item_sums: dict[ChangeKey, BothWaves] = {}
    clusters: dict[ChangeKey, ClusterSums] = {}
    for group, members in populations(scores, analysis):
        for construct in instrument.constructs:
            for earlier, later in analysis.compared:
                key = ChangeKey(instrument.id, construct.id, earlier, later, group)
                at_earlier = scores.values[construct.id, earlier][members]
                at_later = scores.values[construct.id, later][members]
                both = has_score(at_earlier) & has_score(at_later)
                pairs[key] = PairCounts.of(at_earlier[both], at_later[both])
                unpaired[key] = _unpaired(at_earlier, at_later)
                if construct.items:
                    item_sums[key] = _item_sums(scores, construct, earlier, later, members)
                if cluster is not None:
                    place = cluster.position[members][both]
                    clusters[key] = ClusterSums.coded(at_earlier[both], at_later[both], place, cluster.labels)
    answers = dict(_answers(scores, next(populations(scores, analysis))[1]))
    courses = dict(_courses(scores, analysis))
    return Tally({instrument.id: instrument}, pairs, unpaired, item_sums, clusters, answers, courses)


Members = NDArray[np.bool_] | slice


def populations(scores: Scores, analysis: Analysis) -> Iterator[tuple[str, Members]]:
    """EVERYONE first, then the comparison arm, then the subgroups of EVERYONE, each with its members."""
    everyone: Members = slice(None)
    arms = analysis.arms
    if arms is not None and arms.grouping in scores.groups:
        everyone = _with_label(scores, arms.grouping, arms.programme)
    yield EVERYONE, everyone
    if arms is not None and arms.grouping in scores.groups:
        yield group_name(arms.grouping, arms.comparison), _with_label(scores, arms.grouping, arms.comparison)
    for grouping in analysis.subgroups:
        for label in scores.groups[grouping].labels if grouping in scores.groups else ():
            members = _with_label(scores, grouping, label)
            yield group_name(grouping, label), members if isinstance(everyone, slice) else members & everyone


def _with_label(scores: Scores, grouping: str, label: str) -> NDArray[np.bool_]:
    group = scores.groups[grouping]
    members: NDArray[np.bool_] = group.position == (group.labels.index(label) if label in group.labels else -1)
    return members


def cluster_of(scores: Scores, analysis: Analysis) -> Grouping | None:
    """The first grouping of those the analysis names that the source has; people without a label are one cluster."""
    name = next((name for name in analysis.cluster if name in scores.groups), None)
    if name is None:
        return None
    group = scores.groups[name]
    return Grouping(tuple(label or UNKNOWN_CLUSTER for label in group.labels), group.position)


def _unpaired(earlier: IntArray, later: IntArray) -> Unpaired:
    at_earlier, at_later = has_score(earlier), has_score(later)
    return Unpaired(
        earlier_only=_counted(earlier[at_earlier & ~at_later]),
        later_only=_counted(later[~at_earlier & at_later]),
        neither=int((~at_earlier & ~at_later).sum()),
    )


def _courses(scores: Scores, analysis: Analysis) -> Iterator[tuple[CourseKey, WaveSums]]:
    """Each construct's changes from every baseline that the analysis holds several waves against, of EVERYONE."""
    later: dict[str, list[str]] = {}
    for earlier, wave in analysis.compared:
        later.setdefault(earlier, []).append(wave)
    everyone = next(populations(scores, analysis))[1]
    for baseline, waves in later.items():
        for construct in scores.instrument.constructs if len(waves) > 1 else ():
            values = np.column_stack([scores.values[construct.id, wave][everyone] for wave in (baseline, *waves)])
            sums = WaveSums.of(np.where(has_score(values), values, 0), has_score(values), cases="available")
            yield CourseKey(scores.instrument.id, construct.id, baseline, tuple(waves)), sums


def _item_sums(scores: Scores, construct: Construct, earlier: str, later: str, members: Members) -> BothWaves:
    column = {item.id: k for k, item in enumerate(scores.instrument.rated_items)}
    own = [column[item] for item in construct.items]
    at_earlier, at_later = scores.items[earlier][members][:, own], scores.items[later][members][:, own]
    complete = Missing.is_answer(at_earlier).all(axis=1) & Missing.is_answer(at_later).all(axis=1)
    first, second = at_earlier[complete], at_later[complete]
    return BothWaves(ItemSums.of(first), ItemSums.of(second), ItemSums.of(second - first))


def _answers(scores: Scores, members: Members) -> Iterator[tuple[ItemKey, Mapping[int, int]]]:
    instrument = scores.instrument
    for wave, matrix in scores.items.items():
        for k, item in enumerate(instrument.rated_items):
            yield ItemKey(instrument.id, item.id, wave, EVERYONE), _counted(matrix[members, k])


def _counted(codes: CodeArray | IntArray) -> dict[int, int]:
    values, counts = np.unique(codes, return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


def _merged(
    mine: Mapping[Key, Value], theirs: Mapping[Key, Value], add: Callable[[Value, Value], Value]
) -> dict[Key, Value]:
    merged = dict(mine)
    for key, value in theirs.items():
        merged[key] = add(merged[key], value) if key in merged else value
    return merged


def _added(mine: Mapping[int, int], theirs: Mapping[int, int]) -> dict[int, int]:
    return {code: mine.get(code, 0) + theirs.get(code, 0) for code in sorted({*mine, *theirs})}
