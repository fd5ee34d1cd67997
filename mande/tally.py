"""Scores become counts that add up: nothing after this step sees a person.

A tally of two halves equals the tally of the whole, so chunks of a file, schools, countries and machines merge by `+`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import combinations, pairwise
from operator import and_
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from mande.crossing import Crossing
from mande.item_counts import AreaKey, AreaPeople, ItemKey, count_items, counted
from mande.model import Construct, Instrument
from mande.plan import Analysis
from mande.scoring import FAMILY, Scores, has_score
from mande.splits import EVERYONE, Split, cluster_of, clustered_by, dimension, group_name, label, populations, splits
from mande.stats.cluster import ClusterSums
from mande.stats.counts import IntArray, PairCounts
from mande.stats.reliability import ItemSums
from mande.stats.shift import Clusters, Pairs
from mande.stats.waves import WaveSums

__all__ = [
    "EVERYONE",
    "BothWaves",
    "ChangeKey",
    "CourseKey",
    "CrossKey",
    "LeftOut",
    "ScoreKey",
    "ShiftCounts",
    "Tally",
    "Unpaired",
    "cluster_of",
    "dimension",
    "group_name",
    "label",
    "make_tally",
    "populations",
]

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


class ScoreKey(NamedTuple):
    instrument: str
    construct: str
    wave: str


class CrossKey(NamedTuple):
    """One change, and two groupings that cut the people with it."""

    instrument: str
    construct: str
    earlier: str
    later: str
    one: str
    other: str


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


class ShiftCounts(NamedTuple):
    """People with a score before, THEN and now, by pairs of them, and sums by cluster: see `mande.stats.shift`."""

    pairs: Pairs
    clusters: Clusters | None

    def __add__(self, other: object) -> ShiftCounts:
        if not isinstance(other, ShiftCounts):
            return NotImplemented
        (a, b, c), (x, y, z) = self.pairs, other.pairs
        sums = None
        if self.clusters is not None and other.clusters is not None:
            (d, e, f), (u, v, w) = self.clusters, other.clusters
            sums = (d + u, e + v, f + w)
        return ShiftCounts((a + x, b + y, c + z), sums)

    def renamed(self, rename: Callable[[ClusterSums], ClusterSums]) -> ShiftCounts:
        if self.clusters is None:
            return self
        a, b, c = self.clusters
        return self._replace(clusters=(rename(a), rename(b), rename(c)))


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Counts of one or more sources.

    instruments: by id. pairs: people by earlier and later score, for those with both. unpaired: the others.
    item_sums: cross-products of a construct's item scores, over people who answered all of them at both waves.
    clusters: sums of the scores of `pairs` by cluster, where the analysis names clusters and the source has them.
    answers, areas: `mande.item_counts`. courses: changes from a baseline that several waves share. lost: sums by
    cluster of those with the earlier score only, by arm; 0 stands for the later one. clustered_by: the grouping that
    clusters are, by instrument. crossed: people with both scores by two groupings at once; never shown, they say what
    can be had by subtraction. shifts: by instrument and construct, of EVERYONE. unlike: scores that were taken out, for
    they rest on fewer questions than those they are compared with (`mande.unlike`).
    """

    instruments: Mapping[str, Instrument] = field(default_factory=dict)
    pairs: Mapping[ChangeKey, PairCounts] = field(default_factory=dict)
    unpaired: Mapping[ChangeKey, Unpaired] = field(default_factory=dict)
    item_sums: Mapping[ChangeKey, BothWaves] = field(default_factory=dict)
    clusters: Mapping[ChangeKey, ClusterSums] = field(default_factory=dict)
    answers: Mapping[ItemKey, Mapping[int, int]] = field(default_factory=dict)
    areas: Mapping[AreaKey, AreaPeople] = field(default_factory=dict)
    courses: Mapping[CourseKey, WaveSums] = field(default_factory=dict)
    lost: Mapping[ChangeKey, ClusterSums] = field(default_factory=dict)
    clustered_by: Mapping[str, str] = field(default_factory=dict)
    crossed: Mapping[CrossKey, Crossing] = field(default_factory=dict)
    shifts: Mapping[tuple[str, str], ShiftCounts] = field(default_factory=dict)
    unlike: frozenset[ScoreKey] = frozenset()

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
            _merged(self.areas, other.areas, AreaPeople.__add__),
            _merged(self.courses, other.courses, WaveSums.__add__),
            _merged(self.lost, other.lost, ClusterSums.__add__),
            {**self.clustered_by, **other.clustered_by},
            _merged(self.crossed, other.crossed, Crossing.__add__),
            _merged(self.shifts, other.shifts, ShiftCounts.__add__),
            self.unlike | other.unlike,
        )

    def without_lone_families(self) -> Tally:
        """The same without clusters where these are families and no two people analysed are of one family.

        To be asked of a whole tally only: in a part of it everybody may seem alone.
        """
        shared = {key.instrument for key, sums in self.clusters.items() if sums.n.size and sums.n.max() > 1}
        lone = {name for name, by in self.clustered_by.items() if by == FAMILY and name not in shared}
        return replace(
            self,
            clusters={key: sums for key, sums in self.clusters.items() if key.instrument not in lone},
            lost={key: sums for key, sums in self.lost.items() if key.instrument not in lone},
            clustered_by={name: by for name, by in self.clustered_by.items() if name not in lone},
            shifts={key: own._replace(clusters=None) if key[0] in lone else own for key, own in self.shifts.items()},
        )

    def without(self, groupings: Collection[str]) -> Tally:
        """The counts but for those of the groups of these groupings; as clusters, these stay."""
        if not groupings:
            return self
        uncrossed = {*groupings} - {*self.clustered_by.values()}

        def rest(table: Mapping[Any, Value]) -> dict[Any, Value]:
            return {key: value for key, value in table.items() if dimension(key.group) not in groupings}

        return replace(
            self,
            pairs=rest(self.pairs),
            unpaired=rest(self.unpaired),
            item_sums=rest(self.item_sums),
            clusters=rest(self.clusters),
            crossed={key: cells for key, cells in self.crossed.items() if not {key.one, key.other} & uncrossed},
        )

    def people_by_grouping(self) -> dict[str, dict[str, int]]:
        """By grouping and label: the most people that one comparison of one construct has of them."""
        found: dict[str, dict[str, int]] = {}
        for key, pairs in self.pairs.items():
            people, text = found.setdefault(dimension(key.group), {}), label(key.group)
            people[text] = max(people.get(text, 0), pairs.n)
        return found

    def by_group(self, grouping: str) -> dict[str, Tally]:
        """The counts of each group of a grouping, without the instruments; groups without a label are passed over."""
        tables = self.pairs, self.unpaired, self.item_sums, self.clusters
        found: dict[str, tuple[dict[ChangeKey, Any], ...]] = {}
        for i, table in enumerate(tables):
            for key, value in table.items():
                if dimension(key.group) == grouping and label(key.group):
                    found.setdefault(key.group, ({}, {}, {}, {}))[i][key] = value
        by = self.clustered_by
        return {
            group: Tally({}, own[0], own[1], own[2], own[3], clustered_by=by, unlike=self.unlike)
            for group, own in found.items()
        }


def make_tally(scores: Scores, analysis: Analysis) -> Tally:
    """Count one source for the comparisons, arms and subgroups that the analysis names.

    EVERYONE is everybody, or the programme's arm where the analysis names arms; subgroups are of EVERYONE. A grouping
    that the source does not have is passed over.
    """
    first, *others = splits(scores, analysis)
    counted = {split: _counts_of(split, scores, analysis) for split in others}
    whole = next((split for split in others if first.order is None and split.is_everyone_in_few), None)
    everyone = _counts_of(first, scores, analysis) if whole is None else _of_everyone(counted[whole])
    found = {key: counts for part in (everyone, *counted.values()) for key, counts in part.items()}
    instrument = scores.instrument
    return Tally(
        {instrument.id: instrument},
        {key: counts.pairs for key, counts in found.items()},
        {key: counts.unpaired for key, counts in found.items()},
        {key: counts.items for key, counts in found.items() if counts.items is not None},
        {key: counts.clusters for key, counts in found.items() if counts.clusters is not None},
        *count_items(scores, analysis, first),
        dict(_courses(scores, analysis)),
        dict(_lost(scores, analysis)),
        {instrument.id: by} if (by := clustered_by(scores, analysis)) is not None else {},
        dict(_crossed(scores, analysis)),
        dict(_shifts(scores, analysis)),
    )


class _Counts(NamedTuple):
    pairs: PairCounts
    unpaired: Unpaired
    items: BothWaves | None
    clusters: ClusterSums | None

    def __add__(self, other: object) -> _Counts:
        if not isinstance(other, _Counts):
            return NotImplemented
        return _Counts(
            self.pairs + other.pairs,
            self.unpaired + other.unpaired,
            None if self.items is None or other.items is None else self.items + other.items,
            None if self.clusters is None or other.clusters is None else self.clusters + other.clusters,
        )


def _of_everyone(groups: Mapping[ChangeKey, _Counts]) -> dict[ChangeKey, _Counts]:
    """The counts of EVERYONE from those of all groups: quicker than counting everybody once more."""
    total: dict[ChangeKey, _Counts] = {}
    for own, counts in groups.items():
        key = own._replace(group=EVERYONE)
        total[key] = total[key] + counts if key in total else counts
    return total


def _counts_of(split: Split, scores: Scores, analysis: Analysis) -> dict[ChangeKey, _Counts]:
    """Every construct's and comparison's counts, group after group."""
    instrument, cluster = scores.instrument, cluster_of(scores, analysis)
    place = split.apart(cluster.position) if cluster is not None else [None] * len(split.names)
    names = np.array(cluster.labels if cluster is not None else (), dtype=np.str_)
    by_construct: list[tuple[str, str, str, list[_Counts]]] = []
    for construct in instrument.constructs:
        for earlier, later in analysis.compared_in(scores.waves):
            at_earlier = split.apart(scores.values[construct.id, earlier])
            at_later = split.apart(scores.values[construct.id, later])
            items = _item_sums(scores, construct, earlier, later, split)
            parts = zip(at_earlier, at_later, items, place, strict=True)
            counts = [_group_counts(x, y, sums, own, names) for x, y, sums, own in parts]
            by_construct.append((construct.id, earlier, later, counts))
    return {
        ChangeKey(instrument.id, construct_id, earlier, later, name): counts[i]
        for i, name in enumerate(split.names)
        for construct_id, earlier, later, counts in by_construct
    }


def _group_counts(
    earlier: IntArray, later: IntArray, items: BothWaves | None, place: IntArray | None, clusters: NDArray[np.str_]
) -> _Counts:
    at_earlier, at_later = has_score(earlier), has_score(later)
    both = at_earlier & at_later
    x, y = earlier[both], later[both]
    unpaired = Unpaired(
        earlier_only=counted(earlier[at_earlier & ~at_later]),
        later_only=counted(later[~at_earlier & at_later]),
        neither=int(np.count_nonzero(~(at_earlier | at_later))),
    )
    sums = ClusterSums.coded(x, y, place[both], clusters) if place is not None else None
    return _Counts(PairCounts.of(x, y), unpaired, items, sums)


def _courses(scores: Scores, analysis: Analysis) -> Iterator[tuple[CourseKey, WaveSums]]:
    """Each construct's changes from every baseline that the analysis holds several waves against, of EVERYONE."""
    later: dict[str, list[str]] = {}
    for earlier, wave in analysis.compared_in(scores.waves):
        later.setdefault(earlier, []).append(wave)
    everyone = next(populations(scores, analysis))[1]
    for baseline, waves in later.items():
        for construct in scores.instrument.constructs if len(waves) > 1 else ():
            values = np.column_stack([scores.values[construct.id, wave][everyone] for wave in (baseline, *waves)])
            sums = WaveSums.of(np.where(has_score(values), values, 0), has_score(values), cases="available")
            yield CourseKey(scores.instrument.id, construct.id, baseline, tuple(waves)), sums


def _crossed(scores: Scores, analysis: Analysis) -> Iterator[tuple[CrossKey, Crossing]]:
    """People of EVERYONE with both scores by each two of the groupings that tables are made by, clusters included."""
    everyone = next(populations(scores, analysis))[1]
    named = [*analysis.subgroups, *analysis.cluster]
    for one, other in combinations([name for name in dict.fromkeys(named) if name in scores.groups], 2):
        rows, columns = scores.groups[one], scores.groups[other]
        row, column = rows.position[everyone], columns.position[everyone]
        for construct in scores.instrument.constructs:
            for earlier, later in analysis.compared_in(scores.waves):
                values = [scores.values[construct.id, wave][everyone] for wave in (earlier, later)]
                both = has_score(values[0]) & has_score(values[1])
                key = CrossKey(scores.instrument.id, construct.id, earlier, later, one, other)
                yield key, Crossing.of_people(rows.labels, columns.labels, row[both], column[both])


def _lost(scores: Scores, analysis: Analysis) -> Iterator[tuple[ChangeKey, ClusterSums]]:
    """Those of each arm who have the earlier score only, by cluster; nobody where no arms or no clusters are known."""
    cluster = cluster_of(scores, analysis)
    if analysis.arms is None or cluster is None:
        return
    for name, members in populations(scores, analysis):
        if dimension(name) not in (EVERYONE, analysis.arms.grouping):
            break
        for construct in scores.instrument.constructs:
            for earlier, later in analysis.compared_in(scores.waves):
                x, y = (scores.values[construct.id, wave][members] for wave in (earlier, later))
                gone = has_score(x) & ~has_score(y)
                sums = ClusterSums.coded(
                    x[gone], np.zeros_like(x[gone]), cluster.position[members][gone], cluster.labels
                )
                yield ChangeKey(scores.instrument.id, construct.id, earlier, later, name), sums


def _shifts(scores: Scores, analysis: Analysis) -> Iterator[tuple[tuple[str, str], ShiftCounts]]:
    """Scores before, THEN and now of those of EVERYONE who have all three."""
    named = analysis.shift
    if named is None or not {named.before, named.then, named.now} <= {*scores.waves}:
        return
    everyone, cluster = next(populations(scores, analysis))[1], cluster_of(scores, analysis)
    names = np.array(cluster.labels if cluster is not None else (), dtype=np.str_)
    for construct in scores.instrument.constructs:
        waves = (named.before, named.then, named.now)
        before, then, now = (scores.values[construct.id, wave][everyone] for wave in waves)
        all_three = has_score(before) & has_score(then) & has_score(now)
        a, b, c = before[all_three], then[all_three], now[all_three]
        sums = None
        if cluster is not None:
            place = cluster.position[everyone][all_three]
            coded = (ClusterSums.coded(x, y, place, names) for x, y in ((a, b), (b, c), (a, c)))
            sums = (next(coded), next(coded), next(coded))
        pairs = (PairCounts.of(a, b), PairCounts.of(b, c), PairCounts.of(a, c))
        yield (scores.instrument.id, construct.id), ShiftCounts(pairs, sums)


def _item_sums(
    scores: Scores, construct: Construct, earlier: str, later: str, split: Split
) -> Sequence[BothWaves | None]:
    if not construct.items:
        return [None] * len(split.names)
    column = {item.id: k for k, item in enumerate(scores.instrument.rated_items)}
    own = [(wave, column[item]) for wave in (earlier, later) for item in construct.items]
    complete = reduce(and_, (scores.answered[wave][:, k] for wave, k in own))
    if split.order is None:
        people, before = np.flatnonzero(complete), np.array([0, np.count_nonzero(complete)])
    else:
        order = split.order[: split.start[-1]]
        people = order[complete[order]]
        before = np.concatenate([[0], np.cumsum(complete[order])])[list(split.start)]
    answers = [scores.items[wave][k].take(people) for wave, k in own]
    return [_both_waves([item[i:j] for item in answers]) for i, j in pairwise(before.tolist())]


def _both_waves(answers: Sequence[NDArray[np.integer]]) -> BothWaves:
    """From the items of the earlier wave followed by those of the later one. The change is later minus earlier."""
    both, k = ItemSums.of_columns(answers), len(answers) // 2
    sums, products, n = both.sums, both.products, both.n
    crossed = products[k:, :k]
    return BothWaves(
        ItemSums(n, sums[:k], products[:k, :k]),
        ItemSums(n, sums[k:], products[k:, k:]),
        ItemSums(n, sums[k:] - sums[:k], products[k:, k:] + products[:k, :k] - crossed - crossed.T),
    )


def _merged(
    mine: Mapping[Key, Value], theirs: Mapping[Key, Value], add: Callable[[Value, Value], Value]
) -> dict[Key, Value]:
    merged = dict(mine)
    for key, value in theirs.items():
        merged[key] = add(merged[key], value) if key in merged else value
    return merged


def _added(mine: Mapping[int, int], theirs: Mapping[int, int]) -> dict[int, int]:
    return {code: mine.get(code, 0) + theirs.get(code, 0) for code in sorted({*mine, *theirs})}
