"""The counts that may be shown: enough to recompute what a report prints, too little to see a few people.

Every figure rests on counts, and counts can be subtracted from one another. So a count is kept back not only where it
is of fewer people than the smallest cell, but also where a difference between it and another one would be.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mande.change import Changes
from mande.item_counts import ItemKey
from mande.model import Instrument
from mande.responses.missing import Missing
from mande.stats.cluster import UNKNOWN, ClusterSums
from mande.stats.counts import IntArray, PairCounts
from mande.stats.reliability import ItemSums
from mande.subtraction import row_to_hide
from mande.tally import EVERYONE, BothWaves, ChangeKey, LeftOut, ScoreKey, Tally, Unpaired, dimension, group_name

__all__ = [
    "NO_SUMS",
    "ClusterTable",
    "CountedChange",
    "ItemTable",
    "SumsToShow",
    "Tallies",
    "rows_of",
    "sums_to_show",
    "tallies_to_show",
]


@dataclass(frozen=True, slots=True)
class ItemTable:
    """Sums of n people's answers by item, and of products of two answers."""

    n: int
    sums: tuple[int, ...]
    products: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class ClusterTable:
    """One entry a cluster: its number in the order of the names, which are not kept, people, and sums of their scores.

    A number is the same cluster in every table of one instrument. by: the grouping that they are.
    """

    by: str
    cluster: tuple[int, ...]
    n: tuple[int, ...]
    earlier: tuple[int, ...]
    later: tuple[int, ...]
    earlier_squares: tuple[int, ...]
    products: tuple[int, ...]
    later_squares: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CountedChange:
    """The counts behind one change; scores are in steps of the construct's smallest difference.

    people[i] had the score earlier[i] and then later[i]. earlier_only, later_only: the people left out by their one
    score, where those may be shown. items: of the earlier wave, the later one and the change. kept_back: what was
    counted but may not be shown: "items", "clusters", "scores of people left out".
    """

    instrument: str
    construct: str
    earlier_wave: str
    later_wave: str
    group: str
    earlier: tuple[int, ...]
    later: tuple[int, ...]
    people: tuple[int, ...]
    left_out: LeftOut
    earlier_only: Mapping[int, int]
    later_only: Mapping[int, int]
    items: tuple[ItemTable, ItemTable, ItemTable] | None
    clusters: ClusterTable | None
    kept_back: tuple[str, ...]

    @property
    def key(self) -> ChangeKey:
        return ChangeKey(self.instrument, self.construct, self.earlier_wave, self.later_wave, self.group)


@dataclass(frozen=True, slots=True)
class Tallies:
    """The counts of every change that is shown, in the order of the changes. unlike: as in `Tally`, sorted."""

    rows: tuple[CountedChange, ...] = ()
    unlike: tuple[ScoreKey, ...] = ()

    def tally(self, instruments: Iterable[Instrument]) -> Tally:
        """As a tally again. People left out whose scores were kept back get a score that no figure reads."""
        items = {row.key: BothWaves(*map(_item_sums, row.items)) for row in self.rows if row.items is not None}
        return Tally(
            {instrument.id: instrument for instrument in instruments},
            {row.key: PairCounts(*map(_column, (row.earlier, row.later, row.people))) for row in self.rows},
            {row.key: _unpaired(row) for row in self.rows},
            items,
            {row.key: _cluster_sums(row.clusters) for row in self.rows if row.clusters is not None},
            clustered_by={row.instrument: row.clusters.by for row in self.rows if row.clusters is not None},
            unlike=frozenset(self.unlike),
        )


def tallies_to_show(counts: Tally, changes: Changes, smallest: int, subgroups: Collection[str] = ()) -> Tallies:
    """The counts behind `changes` (those withheld are left out whole) that may be shown."""
    shown = [change.key for change in changes if change.n is not None]
    return rows_of(shown, counts, smallest, sums_to_show(counts, shown, smallest, subgroups))


class SumsToShow(NamedTuple):
    """The changes whose item sums may be shown, and those whose sums by cluster may."""

    items: frozenset[ChangeKey]
    clusters: frozenset[ChangeKey]


NO_SUMS = SumsToShow(frozenset(), frozenset())


def sums_to_show(
    counts: Tally, shown: Sequence[ChangeKey], smallest: int, subgroups: Collection[str] = ()
) -> SumsToShow:
    """Which sums may be shown of the changes that are shown.

    Item sums: where those among the pairs who skipped an item are nobody, or `smallest` people, and so are those who
    answered an item but not all. Clusters: where each has `smallest` people, and where nobody can be singled out by
    them and a table by another grouping. Both of `subgroups`: if that also holds for what they leave of EVERYONE, for
    all or for none.
    """
    items, clusters = {*shown} & {*counts.item_sums}, {*shown} & {*counts.clusters}
    for whole, parts in _families(shown, subgroups):
        if (whole or parts[0]) not in items or not _items_are_many(counts, whole, parts, smallest):
            items.difference_update(parts)
        if not _clusters_are_many(counts, whole, parts, smallest):
            clusters.difference_update(parts)
    by_cluster = {key._replace(group=EVERYONE) for key in clusters}
    told = {key[:4] for key in by_cluster if _clusters_tell(counts, key, {*shown}, smallest)}
    return SumsToShow(frozenset(items), frozenset(key for key in clusters if key[:4] not in told))


def rows_of(keys: Iterable[ChangeKey], counts: Tally, smallest: int, sums: SumsToShow) -> Tallies:
    """The counts behind the changes of these keys.

    Pairs of scores: of every one. Scores of people left out: of EVERYONE, from `smallest` people on.
    """
    numbers = _cluster_numbers(counts)
    return Tallies(
        tuple(_counted(key, counts, smallest, sums.items, numbers if key in sums.clusters else None) for key in keys),
        tuple(sorted(counts.unlike)),
    )


def _cluster_numbers(counts: Tally) -> dict[str, dict[str, int]]:
    """A number for each cluster's name, by instrument; 0 where it is not known."""
    names: dict[str, set[str]] = {}
    for key, sums in counts.clusters.items():
        names.setdefault(key.instrument, set()).update(sums.label.tolist())
    return {
        instrument: {UNKNOWN: 0} | {name: i for i, name in enumerate(sorted(own - {UNKNOWN}), 1)}
        for instrument, own in names.items()
    }


def _families(
    shown: Sequence[ChangeKey], subgroups: Collection[str]
) -> Iterator[tuple[ChangeKey | None, list[ChangeKey]]]:
    """EVERYONE and the comparison arm, which show their clusters together or not at all; then each grouping's parts."""
    found: dict[tuple[ChangeKey, str], list[ChangeKey]] = {}
    for key in shown:
        grouping = dimension(key.group) if dimension(key.group) in subgroups else EVERYONE
        found.setdefault((key._replace(group=EVERYONE), grouping), []).append(key)
    for (whole, grouping), parts in sorted(found.items(), key=lambda family: family[0][1] != EVERYONE):
        yield (whole if grouping != EVERYONE and whole in shown else None), parts


def _items_are_many(counts: Tally, whole: ChangeKey | None, parts: Sequence[ChangeKey], smallest: int) -> bool:
    if not all(part in counts.item_sums for part in parts):
        return False
    complete = [counts.item_sums[part].earlier.n for part in parts]
    skipped = [counts.pairs[part].n - n for part, n in zip(parts, complete, strict=True)]
    if whole is not None:
        rest = counts.item_sums[whole].earlier.n - sum(complete)
        skipped.append(counts.pairs[whole].n - sum(counts.pairs[part].n for part in parts) - rest)
        complete.append(rest)
    skipped += [n for part in parts if part.group == EVERYONE for n in _others_who_answered(counts, part)]
    return all(n == 0 or n >= smallest for n in (*complete, *skipped))


def _others_who_answered(counts: Tally, key: ChangeKey) -> Iterator[int]:
    """For each item and wave, the people whose answer is in the item's own table but not in the item sums."""
    complete = counts.item_sums[key].earlier.n
    for item in counts.instruments[key.instrument].construct_by_id[key.construct].items:
        for wave in (key.earlier, key.later):
            answers = counts.answers.get(ItemKey(key.instrument, item, wave), {})
            yield max(0, sum(n for code, n in answers.items() if code > Missing.BLANK) - complete)


def _clusters_are_many(counts: Tally, whole: ChangeKey | None, parts: Sequence[ChangeKey], smallest: int) -> bool:
    if not all(part in counts.clusters for part in parts):
        return False
    sizes = [counts.clusters[part].n for part in parts]
    if whole is not None:
        everybody = counts.clusters[whole]
        rest = everybody.n.copy()
        for part in parts:
            rest[np.searchsorted(everybody.label, counts.clusters[part].label)] -= counts.clusters[part].n
        sizes.append(rest)
    return all(bool(((n == 0) | (n >= smallest)).all()) for n in sizes)


def _clusters_tell(counts: Tally, key: ChangeKey, shown: Collection[ChangeKey], smallest: int) -> bool:
    """Whether the clusters and what is shown by another grouping would single out a few people together."""
    by = counts.clustered_by.get(key.instrument)
    for cross, crossed in counts.crossed.items():
        if cross[:4] != key[:4] or by not in (cross.one, cross.other):
            continue
        grouping, cells = (cross.other, crossed) if by == cross.one else (cross.one, crossed.turned())
        columns = {b for b in cells.columns if key._replace(group=group_name(grouping, b)) in shown}
        if columns and row_to_hide(cells, {a for a in cells.rows if a}, columns, smallest) is not None:
            return True
    return False


def _counted(
    key: ChangeKey,
    counts: Tally,
    smallest: int,
    items: Collection[ChangeKey],
    numbers: Mapping[str, Mapping[str, int]] | None,
) -> CountedChange:
    """numbers: of the clusters, None to keep them back."""
    pairs, unpaired = counts.pairs[key], counts.unpaired[key]
    earlier_only, later_only = (
        scores if key.group == EVERYONE and sum(scores.values()) >= smallest else {}
        for scores in (unpaired.earlier_only, unpaired.later_only)
    )
    kept_back = {
        "items": key in counts.item_sums and key not in items,
        "clusters": key in counts.clusters and numbers is None,
        "scores of people left out": key.group == EVERYONE
        and (earlier_only, later_only) != (unpaired.earlier_only, unpaired.later_only),
    }
    return CountedChange(
        *key,
        earlier=tuple(pairs.earlier.tolist()),
        later=tuple(pairs.later.tolist()),
        people=tuple(pairs.count.tolist()),
        left_out=unpaired.people,
        earlier_only=earlier_only,
        later_only=later_only,
        items=_item_tables(counts.item_sums[key]) if key in items else None,
        clusters=None
        if numbers is None
        else _cluster_table(counts.clusters[key], numbers[key.instrument], counts.clustered_by[key.instrument]),
        kept_back=tuple(name for name, is_so in kept_back.items() if is_so),
    )


def _item_tables(both: BothWaves) -> tuple[ItemTable, ItemTable, ItemTable]:
    earlier, later, change = (
        ItemTable(s.n, tuple(s.sums.tolist()), tuple(tuple(row) for row in s.products.tolist())) for s in both
    )
    return earlier, later, change


SUMS = ("n", "earlier", "later", "earlier_squares", "products", "later_squares")


def _cluster_table(sums: ClusterSums, numbers: Mapping[str, int], by: str) -> ClusterTable:
    own = tuple(numbers[name] for name in sums.label.tolist())
    return ClusterTable(by, own, *(tuple(getattr(sums, name).tolist()) for name in SUMS))


def _unpaired(row: CountedChange) -> Unpaired:
    earlier_only = dict(row.earlier_only) or _unknown(row.left_out.no_later)
    later_only = dict(row.later_only) or _unknown(row.left_out.no_earlier)
    return Unpaired(earlier_only, later_only, row.left_out.neither)


def _unknown(people: int) -> dict[int, int]:
    return {0: people} if people else {}


def _column(values: Sequence[int]) -> IntArray:
    return np.array(values, dtype=np.int64)


def _item_sums(table: ItemTable) -> ItemSums:
    return ItemSums(table.n, np.array(table.sums), np.array(table.products))


def _cluster_sums(table: ClusterTable) -> ClusterSums:
    names = np.array([f"{number:08d}" if number else UNKNOWN for number in table.cluster], dtype=np.str_)
    return ClusterSums(names, *(np.array(getattr(table, name)) for name in SUMS))
