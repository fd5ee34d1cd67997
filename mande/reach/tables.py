"""Entries added up into tables: programme by country, region, school and period, with totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import TypeVar

from mande.reach.entry import CHILDREN, Entry, band_of, counts_children, measures_in
from mande.reach.small_cells import Line, hidden_cells

__all__ = [
    "TABLES", "Figure", "ReachRow", "ReachTables", "add_costs", "add_up", "group_by", "hide_small", "make_tables",
    "recorded_by_activity", "row_of",
]  # fmt: skip

Row = TypeVar("Row")

TABLES: Mapping[str, tuple[str, ...]] = {
    "total": (),
    "programmes": ("programme",),
    "countries": ("country",),
    "periods": ("period",),
    "programme_countries": ("programme", "country"),
    "programme_periods": ("programme", "period"),
    "blocks": ("programme", "country", "period"),
    "regions": ("programme", "country", "region"),
    "schools": ("programme", "country", "region", "school"),
}
"""The columns that each table's rows are told apart by."""

_FROM_WHOLE_TO_PART = (
    ("total", "programmes", "programme_countries", "blocks"),
    ("total", "countries", "programme_countries", "regions", "schools"),
    ("total", "periods", "programme_periods", "blocks"),
    ("programmes", "programme_periods"),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A sum. missing: entries that lack it though others of their activity have it; the sum is "at least" then.

    value: None if no entry has it, or if it is withheld. may_repeat: the same family, school or person may be counted
    more than once, because entries of several programmes, cycles or periods of one country are added without knowing
    who they are.
    """

    value: int | None
    missing: int = 0
    may_repeat: bool = False
    withheld: bool = False

    @property
    def at_least(self) -> bool:
        return self.value is not None and self.missing > 0


@dataclass(frozen=True, slots=True)
class ReachRow:
    """One row of a table; a key that is None stands for all, "" for not given. figures: by measure.

    digests: of its entries, and named: of its named schools, only in the rows of "blocks", for roll-ups.
    """

    programme: str | None
    country: str | None
    region: str | None
    school: str | None
    period: str | None
    entries: int
    figures: Mapping[str, Figure]
    costs: Mapping[str, Decimal]
    digests: tuple[str, ...] = ()
    named_schools: tuple[str, ...] = ()

    def value(self, measure: str) -> int | None:
        figure = self.figures.get(measure)
        return None if figure is None else figure.value

    @property
    def year(self) -> int | None:
        """The last year of its period."""
        return int(self.period[-4:]) if self.period else None

    def matches(self, where: Mapping[str, str]) -> bool:
        return all(getattr(self, name) == wanted for name, wanted in where.items())

    @property
    def key(self) -> tuple[str | None, ...]:
        return (self.programme, self.country, self.region, self.school, self.period)


@dataclass(frozen=True, slots=True)
class ReachTables:
    """Every table of a ledger, or of several. measures: those that some entry has, in the order to show them in.

    regions and schools are empty where no entry names one, and where ledgers were added without their entries.
    """

    measures: tuple[str, ...]
    total: tuple[ReachRow, ...]
    programmes: tuple[ReachRow, ...]
    countries: tuple[ReachRow, ...]
    periods: tuple[ReachRow, ...]
    programme_countries: tuple[ReachRow, ...]
    programme_periods: tuple[ReachRow, ...]
    blocks: tuple[ReachRow, ...]
    regions: tuple[ReachRow, ...] = ()
    schools: tuple[ReachRow, ...] = ()

    def row(self, table: str, **keys: str) -> ReachRow | None:
        """The row with these keys, such as `row("programme_countries", programme="lulu", country="TJ")`."""
        rows: tuple[ReachRow, ...] = getattr(self, table)
        return next((row for row in rows if all(getattr(row, name) == key for name, key in keys.items())), None)


def make_tables(entries: Sequence[Entry], *, smallest_cell: int = 5) -> ReachTables:
    """Add up the entries; counts of 1 to `smallest_cell` − 1 children are withheld, with what would give them away."""
    measures, kinds = measures_in(entries), recorded_by_activity(entries)
    tables = {
        name: [_row(key, columns, members, measures, kinds) for key, members in group_by(entries, columns)]
        for name, columns in TABLES.items()
    }
    if not any(entry.school for entry in entries):
        tables["schools"] = []
    if not any(entry.region for entry in entries):
        tables["regions"] = []
    shown = hide_small(tables, measures, smallest_cell)
    return ReachTables(measures, **{name: tuple(rows) for name, rows in shown.items()})


def hide_small(
    tables: Mapping[str, Sequence[ReachRow]], measures: Sequence[str], smallest_cell: int
) -> dict[str, list[ReachRow]]:
    """The tables with counts of 1 to `smallest_cell` − 1 children withheld, and with them what would give them away."""
    hidden = _hidden(tables, measures, smallest_cell)
    return {name: list(_withheld(rows, name, hidden)) for name, rows in tables.items()}


def recorded_by_activity(entries: Iterable[Entry]) -> dict[str, set[str]]:
    """The measures that an activity's entries have: one that lacks it has a gap, other activities say nothing of it."""
    recorded: dict[str, set[str]] = {}
    for entry in entries:
        own = recorded.setdefault(entry.activity, set())
        own.update(entry.counts)
        if entry.count("children") is not None:
            own.add("children")
        if entry.is_one_school:
            own.add("schools")
    return recorded


def add_up(entries: Sequence[Entry], measure: str, recorded: Mapping[str, set[str]]) -> Figure:
    """The sum of one measure. A school that is named counts once, however many entries name it."""
    if measure == "schools":
        having = [entry for entry in entries if entry.is_one_school or "schools" in entry.counts]
        unnamed = [entry for entry in having if not entry.is_one_school]
        named = {entry.school_key for entry in having if entry.is_one_school}
        value = len(named) + sum(entry.counts["schools"] for entry in unnamed)
    else:
        having = unnamed = [entry for entry in entries if entry.count(measure) is not None]
        value = sum(entry.count(measure) or 0 for entry in having)
    missing = sum(measure in recorded.get(entry.activity, ()) for entry in entries) - len(having)
    repeatable = measure not in ("sessions", "certificates")
    return Figure(value if having else None, max(missing, 0), repeatable and _may_repeat(unnamed))


def _may_repeat(entries: Sequence[Entry]) -> bool:
    """Whether two entries could be on the same people: in one country, and not told apart by place at one time."""
    times: dict[str, set[tuple[object, ...]]] = {}
    places: set[tuple[object, ...]] = set()
    for entry in entries:
        times.setdefault(entry.country, set()).add((entry.programme, entry.cycle, entry.period))
        places.add((entry.country, entry.region, entry.school))
    return any(len(when) > 1 for when in times.values()) or len(places) < len(entries)


def group_by(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[tuple[tuple[str, ...], list[Row]]]:
    """Rows by their values in the columns, in the order of these; without columns all rows, even if there are none."""
    groups: dict[tuple[str, ...], list[Row]] = {} if columns else {(): []}
    for row in rows:
        groups.setdefault(tuple(getattr(row, column) for column in columns), []).append(row)
    yield from sorted(groups.items(), key=lambda group: group[0])


def add_costs(amounts: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Amounts added up by currency."""
    costs: dict[str, Decimal] = {}
    for currency, amount in amounts:
        costs[currency] = costs.get(currency, Decimal(0)) + amount
    return costs


def row_of(
    key: Sequence[str], columns: Sequence[str], entries: int, figures: Mapping[str, Figure],
    costs: Mapping[str, Decimal],
) -> ReachRow:  # fmt: skip
    """The row of these keys; columns that the table does not have are None."""
    named = dict(zip(columns, key, strict=True))
    programme, country, region, school, period = map(named.get, ("programme", "country", "region", "school", "period"))
    return ReachRow(programme, country, region, school, period, entries, figures, costs)


def _row(
    key: tuple[str, ...], columns: Sequence[str], members: Sequence[Entry], measures: Sequence[str],
    recorded: Mapping[str, set[str]],
) -> ReachRow:  # fmt: skip
    costs = add_costs((entry.currency, entry.cost) for entry in members if entry.cost is not None)
    figures = {measure: add_up(members, measure, recorded) for measure in measures}
    row = row_of(key, columns, len(members), figures, costs)
    if tuple(columns) != TABLES["blocks"]:
        return row
    schools = {"\x1f".join(entry.school_key or ()) for entry in members if entry.is_one_school}
    return replace(row, digests=tuple(sorted(entry.digest for entry in members)), named_schools=tuple(sorted(schools)))


CellKey = tuple[str, tuple[str | None, ...], str]
"""A published count of children: table, row key, measure."""


def _hidden(tables: Mapping[str, Sequence[ReachRow]], measures: Sequence[str], smallest: int) -> set[CellKey]:
    of_children = [measure for measure in measures if counts_children(measure)]
    values = {
        (name, row.key, measure): row.value(measure) or 0
        for name, rows in tables.items() for row in rows for measure in of_children
        if not row.figures[measure].withheld
    }  # fmt: skip
    lines = [
        Line((whole, total.key, measure), tuple((part, row.key, measure) for row in members))
        for whole, part in sorted({pair for way in _FROM_WHOLE_TO_PART for pair in pairwise(filter(tables.get, way))})
        for total, members in _parts_of(tables[whole], tables[part], TABLES[whole])
        for measure in of_children
    ]
    for measure, parts in _splits(of_children):
        lines += [
            Line((name, row.key, measure), tuple((name, row.key, part) for part in parts))
            for name, rows in tables.items() for row in rows
        ]  # fmt: skip
    published = [Line(line.total, tuple(part for part in line.parts if part in values)) for line in lines]
    return hidden_cells(values, [line for line in published if line.total in values], smallest)


def _parts_of(
    wholes: Sequence[ReachRow], parts: Sequence[ReachRow], columns: Sequence[str]
) -> Iterator[tuple[ReachRow, list[ReachRow]]]:
    by_key: dict[tuple[str, ...], list[ReachRow]] = {}
    for row in parts:
        by_key.setdefault(tuple(getattr(row, column) for column in columns), []).append(row)
    for whole in wholes:
        members = by_key.get(tuple(getattr(whole, column) for column in columns))
        if members:
            yield whole, members


def _splits(measures: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if set(CHILDREN) <= set(measures):
        yield "children", ("girls", "boys")
    for whole in CHILDREN:
        bands = tuple(name for name in measures if (band := band_of(name)) and band[0] == whole)
        if bands and whole in measures:
            yield whole, bands


def _withheld(rows: Iterable[ReachRow], table: str, hidden: set[CellKey]) -> Iterator[ReachRow]:
    for row in rows:
        figures = {
            measure: Figure(None, withheld=True) if (table, row.key, measure) in hidden else figure
            for measure, figure in row.figures.items()
        }
        yield replace(row, figures=figures)
