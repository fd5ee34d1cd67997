"""Tables of several ledgers added up without their rows, block by block (programme, country and period)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from mande.errors import Place, Problem
from mande.reach.delivered import Delivered
from mande.reach.entry import MEASURES
from mande.reach.places import country_name
from mande.reach.tables import TABLES, Figure, ReachRow, hide_small

__all__ = ["BlockTables", "Part", "add_blocks"]

_ADDED = ("total", "programmes", "countries", "periods", "programme_countries", "programme_periods", "blocks")


@dataclass(frozen=True, slots=True)
class Part:
    """One ledger's tables, under the name that problems call it by."""

    name: str
    delivered: Delivered


@dataclass(frozen=True, slots=True)
class BlockTables:
    """Tables over several ledgers, as in `ReachTables`; regions and schools stay with each ledger."""

    measures: tuple[str, ...]
    labels: Mapping[str, str]
    total: tuple[ReachRow, ...]
    programmes: tuple[ReachRow, ...]
    countries: tuple[ReachRow, ...]
    periods: tuple[ReachRow, ...]
    programme_countries: tuple[ReachRow, ...]
    programme_periods: tuple[ReachRow, ...]
    blocks: tuple[ReachRow, ...]


class _Block(NamedTuple):
    name: str
    row: ReachRow


def add_blocks(parts: Sequence[Part], *, smallest_cell: int = 5) -> tuple[BlockTables, list[Problem]]:
    """Add the blocks of several ledgers. Blocks of the same entries count once.

    Of blocks that share only some entries, the side with more entries is used and the other left out: without rows
    the shared ones cannot be taken away. A sum with a withheld part is withheld. Labels are the first ledger's.
    """
    blocks: dict[tuple[str | None, ...], list[_Block]] = {}
    problems: list[Problem] = []
    for part in parts:
        for row in part.delivered.tables.blocks:
            problems += _take(blocks.setdefault(row.key, []), _Block(part.name, row))
    kept = [block.row for key in sorted(blocks, key=str) for block in blocks[key]]
    measures = _measures(parts)
    tables = {name: [_sum(own, key, TABLES[name], measures) for key, own in _by(kept, TABLES[name])] for name in _ADDED}
    labels = {
        key: label for part in reversed(parts) for key, label in part.delivered.labels.get("programme", {}).items()
    }
    hidden = hide_small(tables, measures, smallest_cell)
    return BlockTables(measures, labels, **{name: tuple(rows) for name, rows in hidden.items()}), problems


def _take(standing: list[_Block], block: _Block) -> Iterator[Problem]:
    """Keep the block beside those of other ledgers, or of those that share entries with it the side that has more."""
    own = set(block.row.digests)
    sharing = [other for other in standing if own & set(other.row.digests)]
    if not sharing:
        standing.append(block)
        return
    theirs = set().union(*(other.row.digests for other in sharing))
    names = ", ".join(dict.fromkeys(other.name for other in sharing))
    replaces = len(own) > len(theirs)
    if own <= theirs or theirs <= own:
        yield Problem("M-071", Place(block.name), details={"count": str(len(own & theirs)), "other": names})
    else:
        scope = f"{block.row.programme}, {country_name(block.row.country or '')}, {block.row.period}"
        left, used = (names, block.name) if replaces else (block.name, names)
        yield Problem("M-072", Place(left), details={"scope": scope, "other": used})
    if replaces:
        standing[:] = [other for other in standing if other not in sharing] + [block]


def _measures(parts: Sequence[Part]) -> tuple[str, ...]:
    found = dict.fromkeys(measure for part in parts for measure in part.delivered.tables.measures)
    return (*(name for name in MEASURES if name in found), *sorted(name for name in found if name not in MEASURES))


def _by(rows: Sequence[ReachRow], columns: Sequence[str]) -> Iterator[tuple[tuple[str, ...], list[ReachRow]]]:
    groups: dict[tuple[str, ...], list[ReachRow]] = {} if columns else {(): []}
    for row in rows:
        groups.setdefault(tuple(getattr(row, column) for column in columns), []).append(row)
    yield from sorted(groups.items())


def _sum(rows: Sequence[ReachRow], key: tuple[str, ...], columns: Sequence[str], measures: Sequence[str]) -> ReachRow:
    named = dict(zip(columns, key, strict=True))
    costs: dict[str, Decimal] = {}
    for row in rows:
        for currency, amount in row.costs.items():
            costs[currency] = costs.get(currency, Decimal(0)) + amount
    schools = sorted({school for row in rows for school in row.named_schools})
    programme, country, period = map(named.get, ("programme", "country", "period"))
    return ReachRow(
        programme, country, None, None, period,
        entries=sum(row.entries for row in rows),
        figures={measure: _figure(rows, measure, len(schools)) for measure in measures},
        costs=costs,
        digests=tuple(sorted(digest for row in rows for digest in row.digests)) if len(named) == 3 else (),
        named_schools=tuple(schools) if len(named) == 3 else (),
    )  # fmt: skip


def _figure(rows: Sequence[ReachRow], measure: str, schools: int) -> Figure:
    figures = [row.figures[measure] for row in rows if measure in row.figures]
    missing = sum(figure.missing for figure in figures)
    if any(figure.withheld for figure in figures):
        return Figure(None, missing, withheld=True)
    having = [figure for figure in figures if figure.value is not None]
    if not having:
        return Figure(None, missing)
    value = sum(figure.value or 0 for figure in having)
    if measure == "schools":  # one named in several blocks counts once
        value -= sum(len(row.named_schools) for row in rows) - schools
    repeats = any(figure.may_repeat for figure in having) or _same_country_twice(rows, measure)
    return Figure(value, missing, repeats and measure not in ("sessions", "certificates"))


def _same_country_twice(rows: Sequence[ReachRow], measure: str) -> bool:
    countries = [row.country for row in rows if row.value(measure) is not None]
    return len(set(countries)) < len(countries)
