"""What was delivered, as a report shows it: programmes with their countries and totals, and the years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mande.reach.delivered import Delivered
from mande.reach.entry import MEASURES
from mande.reach.places import country_name
from mande.reach.spellings import spelling_key
from mande.reach.stated import StatedCheck
from mande.reach.tables import Figure, ReachRow
from mande.reach.together import Together

__all__ = ["DeliveredView", "Line", "ProgrammeView", "Trend", "delivered_view"]

_TRENDS = ("families", "children", "people_trained")
"""What is followed over the years, as far as somebody counted it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: a country's code ("" if none is named) or a programme's name, and its figures by measure."""

    key: str
    figures: Mapping[str, Figure]

    def value(self, measure: str) -> int:
        """For the length of a bar: a figure that is not known or withheld is 0."""
        figure = self.figures.get(measure)
        return (figure.value if figure is not None else None) or 0


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """A programme: its countries in the order of their names, and all of them together."""

    name: str
    countries: tuple[Line, ...]
    total: Line


@dataclass(frozen=True, slots=True)
class Trend:
    """One measure by programme and year; None where the programme has no entry of the year. total: of each year."""

    measure: str
    rows: tuple[tuple[str, tuple[Figure | None, ...]], ...]
    total: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class DeliveredView:
    """measures: the columns to show, in order. names: of programmes by key. years: the periods, in order;
    trends: none if there is only one of them. has_sex: whether girls and boys were counted. stated: printed totals
    beside the sums.
    """

    measures: tuple[str, ...]
    names: Mapping[str, str]
    programmes: tuple[ProgrammeView, ...]
    countries: tuple[Line, ...]
    total: Line
    years: tuple[str, ...]
    trends: tuple[Trend, ...]
    has_sex: bool
    stated: tuple[StatedCheck, ...]

    @property
    def leading(self) -> str:
        """The measure that bars are drawn of."""
        return next((name for name in _TRENDS if name in self.measures), self.measures[0])

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All that tables show, to know which signs need an explanation."""
        lines = [line for programme in self.programmes for line in (*programme.countries, programme.total)]
        return tuple(f for line in (*lines, self.total) for name, f in line.figures.items() if name in self.measures)


def delivered_view(
    reached: Delivered | Together | None, names: Mapping[str, str], language: str
) -> DeliveredView | None:
    """names: of programmes by id, where they are known better than the ledger spells them."""
    if reached is None:
        return None
    tables = reached.tables
    called = {spelling_key(key): name for key, name in names.items()}

    def name_of(row: ReachRow) -> str:
        key = row.programme or ""
        return called.get(key) or reached.label("programme", key)

    programmes = [
        ProgrammeView(
            name_of(total),
            _countries([row for row in tables.programme_countries if row.programme == total.programme], language),
            Line(name_of(total), total.figures),
        )
        for total in tables.programmes
    ]
    years = tuple(row.period or "" for row in tables.periods)
    return DeliveredView(
        measures=tuple(name for name in MEASURES if name in tables.measures),
        names={row.programme or "": name_of(row) for row in tables.programmes},
        programmes=tuple(programmes),
        countries=_countries(tables.countries, language),
        total=Line("", tables.total[0].figures),
        years=years,
        trends=tuple(
            Trend(
                measure,
                tuple(
                    (name_of(row), own)
                    for row in tables.programmes
                    if any(own := _by_year(tables.programme_periods, row.programme, measure, years))
                ),
                tuple(row.figures[measure] for row in tables.periods),
            )
            for measure in _TRENDS
            if measure in tables.measures and len(years) > 1
        ),
        has_sex={"girls", "boys"} <= set(tables.measures),
        stated=reached.stated,
    )


def _countries(rows: Sequence[ReachRow], language: str) -> tuple[Line, ...]:
    by_name = sorted(rows, key=lambda row: country_name(row.country or "", language))
    return tuple(Line(row.country or "", row.figures) for row in by_name)


def _by_year(
    rows: Sequence[ReachRow], programme: str | None, measure: str, years: Sequence[str]
) -> tuple[Figure | None, ...]:
    own = {row.period: row.figures[measure] for row in rows if row.programme == programme}
    return tuple(
        f if (f := own.get(year)) is not None and (f.value is not None or f.withheld) else None for year in years
    )
