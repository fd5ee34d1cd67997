"""Ledgers added up without their entries: nothing twice, and nothing that one of them withholds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from mande.errors import Place, Problem
from mande.reach.delivered import Delivered
from mande.reach.entry import MEASURES, counts_children
from mande.reach.places import country_name
from mande.reach.stated import StatedCheck
from mande.reach.sums import Sums
from mande.reach.tables import TABLES, Figure, ReachRow, ReachTables, add_costs, group_by, hide_small, row_of

__all__ = ["BLOCK_COLUMNS", "Part", "Together", "add_ledgers", "sums_of"]

_ADDED = ("total", "programmes", "countries", "periods", "programme_countries", "programme_periods", "blocks")
BLOCK_COLUMNS = TABLES["blocks"]
"""What is still known of entries that were added up: indicators of several ledgers are chosen by these."""

_NO_REPEATS = ("sessions", "certificates")


@dataclass(frozen=True, slots=True)
class Part:
    """One ledger's tables, under the name that problems call it by."""

    name: str
    delivered: Delivered


@dataclass(frozen=True, slots=True)
class Together:
    """What several ledgers delivered. labels: spellings by column and key, the first ledger's where they differ.

    stated: printed totals that ledgers name, each beside the sum of its own ledger.
    """

    labels: Mapping[str, Mapping[str, str]]
    tables: ReachTables
    stated: tuple[StatedCheck, ...]

    def label(self, column: str, key: str) -> str:
        return self.labels.get(column, {}).get(key, key)


def add_ledgers(parts: Sequence[Part], *, smallest_cell: int = 5) -> tuple[Together, list[Problem]]:
    """Add the tables of several ledgers; entries that are in two of them count once.

    Whether entries are the same is known by block (programme, country and period). Of blocks that share only some, the
    side with more entries is used and the other left out: without entries the shared ones cannot be taken away.
    Every figure is a sum of figures that the ledgers show themselves, so no sum gives a withheld one away.
    """
    most_first = sorted(parts, key=lambda part: -part.delivered.tables.total[0].entries)
    kept = [_Kept(part, list(part.delivered.tables.blocks)) for part in most_first]
    problems = list(_left_out(kept, smallest_cell))
    measures = _measures(parts)
    tables = {
        name: [_sum(shares, key, name, measures) for key, shares in _by_key(kept, name)] for name in _ADDED
    }  # fmt: skip
    tables["total"] = tables["total"] or [_sum([], (), "total", measures)]
    hidden = hide_small(tables, measures, smallest_cell)
    labels: dict[str, dict[str, str]] = {}
    for part in reversed(parts):
        for column, names in part.delivered.labels.items():
            labels.setdefault(column, {}).update(names)
    shown = ReachTables(measures, **{name: tuple(rows) for name, rows in hidden.items()})
    stated = tuple(check for part in parts for check in part.delivered.stated)
    return Together(labels, shown, stated), problems


def sums_of(reached: Together, *, smallest_cell: int) -> Sums[ReachRow]:
    """The blocks of several ledgers, to be added up as indicators ask for it."""
    return Sums(reached.tables.blocks, _Adding(reached.tables), BLOCK_COLUMNS, smallest_cell)


class _Adding:
    """Adds blocks up by the largest rows that are made of them: a total may be shown where its parts are not."""

    def __init__(self, tables: ReachTables) -> None:
        made_of = [
            (frozenset(block.key for block in blocks), row)
            for table in _ADDED
            for row in getattr(tables, table)
            for blocks in [[b for b in tables.blocks if b.matches(_keys(row))]]
        ]
        self.rows = sorted(made_of, key=lambda pair: -len(pair[0]))

    def __call__(self, blocks: Sequence[ReachRow], measure: str) -> Figure:
        left, shares = {block.key: block for block in blocks}, list[_Share]()
        for keys, row in self.rows:
            figure = row.figures.get(measure)
            if keys and keys <= left.keys() and figure is not None and not figure.withheld:
                shares.append(_Share([row], [left.pop(key) for key in keys]))
        shares.extend(_Share([block], [block]) for block in left.values())
        return _figure(shares, [row for share in shares for row in share.rows], measure)


def _keys(row: ReachRow) -> dict[str, str]:
    named = {name: getattr(row, name) for name in BLOCK_COLUMNS}
    return {name: key for name, key in named.items() if key is not None}


@dataclass(slots=True)
class _Kept:
    """What counts of one ledger: all of its blocks, or those that no other ledger has."""

    part: Part
    blocks: list[ReachRow]

    def shares(self, table: str) -> Iterator[tuple[tuple[str, ...], _Share]]:
        """Its rows of a table by key: its own row where all blocks count, which shows more where some are withheld."""
        columns, tables = TABLES[table], self.part.delivered.tables
        own = {tuple(getattr(row, name) for name in columns): row for row in getattr(tables, table)}
        whole = dict(group_by(tables.blocks, columns))
        for key, blocks in group_by(self.blocks, columns):
            yield key, _Share([own[key]] if blocks == whole[key] else blocks, blocks)


class _Share(NamedTuple):
    """What one ledger adds to a sum: rows to add, and the blocks that they are made of."""

    rows: list[ReachRow]
    blocks: list[ReachRow]

    @property
    def schools(self) -> list[str]:
        """Schools that are named, as often as `rows` count them."""
        named = [name for block in self.blocks for name in block.named_schools]
        return named if self.rows is self.blocks else sorted(set(named))


def _left_out(kept: Sequence[_Kept], smallest_cell: int) -> Iterator[Problem]:
    """Leave blocks out that share entries with others, and say so."""
    standing: dict[tuple[str | None, ...], list[tuple[_Kept, ReachRow]]] = {}
    for ledger in kept:
        for block in list(ledger.blocks):
            same = standing.setdefault(block.key, [])
            sharing = [(other, row) for other, row in same if {*block.digests} & {*row.digests}]
            if not sharing:
                same.append((ledger, block))
                continue
            theirs = {digest for _, row in sharing for digest in row.digests}
            replaces = len(block.digests) > len(theirs)
            yield _shared(ledger, block, sharing, theirs, replaces=replaces)
            losers = sharing if replaces else [(ledger, block)]
            for loser, row in losers:
                loser.blocks.remove(row)
            if replaces:
                same[:] = [one for one in same if one not in sharing]
                same.append((ledger, block))
            for winner, row in [(ledger, block)] if replaces else sharing:
                if _differ_by_few(row, [lost for _, lost in losers], smallest_cell):
                    _hide_children(winner, row, same)


def _shared(
    ledger: _Kept, block: ReachRow, sharing: Sequence[tuple[_Kept, ReachRow]], theirs: set[str], *, replaces: bool
) -> Problem:
    own = {*block.digests}
    names = ", ".join(dict.fromkeys(other.part.name for other, _ in sharing))
    if own <= theirs or theirs <= own:
        return Problem("M-071", Place(ledger.part.name), details={"count": str(len(own & theirs)), "other": names})
    programme, country, period = (own or "" for own in (block.programme, block.country, block.period))
    scope = f"{programme}, {country_name(country)}, {period}"
    left, used = (names, ledger.part.name) if replaces else (ledger.part.name, names)
    keys = {"programme": programme, "country": country, "period": period}
    return Problem("M-072", Place(left), details={"scope": scope, "other": used} | keys)


def _differ_by_few(row: ReachRow, others: Sequence[ReachRow], smallest: int) -> bool:
    """Whether subtracting what another report shows would leave few children."""
    for measure in filter(counts_children, row.figures):
        own, shown = row.value(measure), [other.value(measure) for other in others]
        if own is not None and None not in shown and 0 < abs(own - sum(value or 0 for value in shown)) < smallest:
            return True
    return False


def _hide_children(ledger: _Kept, row: ReachRow, standing: list[tuple[_Kept, ReachRow]]) -> None:
    figures = {name: Figure(None, withheld=True) if counts_children(name) else f for name, f in row.figures.items()}
    hidden = replace(row, figures=figures)
    ledger.blocks[ledger.blocks.index(row)] = hidden
    standing[:] = [(own, hidden if block is row else block) for own, block in standing]


def _measures(parts: Sequence[Part]) -> tuple[str, ...]:
    found = dict.fromkeys(measure for part in parts for measure in part.delivered.tables.measures)
    return (*(name for name in MEASURES if name in found), *sorted(name for name in found if name not in MEASURES))


def _by_key(kept: Sequence[_Kept], table: str) -> Iterator[tuple[tuple[str, ...], list[_Share]]]:
    groups: dict[tuple[str, ...], list[_Share]] = {}
    for ledger in kept:
        for key, share in ledger.shares(table) if ledger.blocks else ():
            groups.setdefault(key, []).append(share)
    yield from sorted(groups.items())


def _sum(shares: Sequence[_Share], key: tuple[str, ...], table: str, measures: Sequence[str]) -> ReachRow:
    rows = [row for share in shares for row in share.rows]
    figures = {measure: _figure(shares, rows, measure) for measure in measures}
    costs = add_costs(amount for row in rows for amount in row.costs.items())
    row = row_of(key, TABLES[table], sum(row.entries for row in rows), figures, costs)
    if table != "blocks":
        return row
    digests = sorted(digest for part in rows for digest in part.digests)
    schools = sorted({school for part in rows for school in part.named_schools})
    return replace(row, digests=tuple(digests), named_schools=tuple(schools))


def _figure(shares: Sequence[_Share], rows: Sequence[ReachRow], measure: str) -> Figure:
    figures = [row.figures[measure] for row in rows if measure in row.figures]
    missing = sum(figure.missing for figure in figures)
    if any(figure.withheld for figure in figures):
        return Figure(None, missing, withheld=True)
    having = [figure for figure in figures if figure.value is not None]
    if not having:
        return Figure(None, missing)
    value = sum(figure.value or 0 for figure in having)
    if measure == "schools":  # one named in several ledgers or blocks counts once
        named = [school for share in shares for school in share.schools]
        value -= len(named) - len({*named})
    repeats = any(figure.may_repeat for figure in having) or _same_country_twice(shares, measure)
    return Figure(value, missing, repeats and measure not in _NO_REPEATS)


def _same_country_twice(shares: Sequence[_Share], measure: str) -> bool:
    """Whether two of the rows that are added are on one country; a whole ledger's row says of itself if it repeats."""
    countries: list[str | None] = []
    for share in shares:
        own = [block.country for block in share.blocks if block.value(measure) is not None]
        countries += own if share.rows is share.blocks else sorted(set(own), key=str)
    return len({*countries}) < len(countries)
