"""Indicators computed from ledger, register and changes, and held against their targets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mande.change import Change, Changes
from mande.errors import Place, Problem, nearest
from mande.reach.completion import Attendance, AttendedGroup
from mande.reach.entry import NAMES, Entry, counts_children
from mande.reach.ledger import Ledger
from mande.reach.results import Indicator, IndicatorSource, Results
from mande.reach.small_cells import Line, hidden_cells
from mande.reach.stated import StatedCheck, agreement_of
from mande.reach.tables import Figure, add_up, recorded_by_activity
from mande.tally import EVERYONE, dimension

__all__ = [
    "IndicatorResult",
    "NoValue",
    "Part",
    "PeriodValue",
    "check_stated_numbers",
    "measure_indicators",
    "no_entry",
]


class NoValue(StrEnum):
    """Why an indicator has no value."""

    NOT_MEASURED = "not measured"  # no register, ledger or evaluation that has it
    NOT_COUNTED = "not counted"  # no entry has this number
    WITHHELD = "withheld"  # too few people


@dataclass(frozen=True, slots=True)
class Part:
    """The value of one group: `by` is the disaggregation, `key` the group in it."""

    by: str
    key: str
    value: float | None
    at_least: bool
    withheld: bool


@dataclass(frozen=True, slots=True)
class PeriodValue:
    """One period's own value, and all up to its end. milestone: of the latest day up to then, None without one."""

    period: str
    value: float | None
    cumulative: float | None
    milestone: float | None
    progress: float | None
    status: str


@dataclass(frozen=True, slots=True)
class IndicatorResult:
    """An indicator's value beside its target. Shares are from 0 to 1.

    progress: share of the way from the baseline (0 if none is given) to the target. status: an id of the framework's,
    "" without a target. at_least: entries lack the number. may_repeat: a family, school or person may be counted twice.
    low, high: the interval of a change's figure. n: people behind a change's figure.
    """

    indicator: Indicator
    value: float | None
    reason: NoValue | None
    at_least: bool
    may_repeat: bool
    low: float | None
    high: float | None
    n: int | None
    progress: float | None
    status: str
    periods: tuple[PeriodValue, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class _Value:
    value: float | None = None
    reason: NoValue | None = None
    at_least: bool = False
    may_repeat: bool = False
    low: float | None = None
    high: float | None = None
    n: int | None = None


def measure_indicators(
    results: Results, ledger: Ledger | None, attendance: Attendance | None, changes: Changes | None, smallest_cell: int
) -> Iterator[IndicatorResult]:
    """Every indicator of the framework, in its order."""
    entries = None if ledger is None else _Entries(ledger.entries, smallest_cell)
    for indicator in results.indicator:
        periods: tuple[PeriodValue, ...] = ()
        if indicator.source.measures:
            if entries is None:
                found, parts = _Value(reason=NoValue.NOT_MEASURED), list[Part]()
            else:
                found, parts = entries.value(indicator.source), list(entries.parts(indicator))
                periods = tuple(entries.periods(indicator, results))
        elif indicator.source.attendance:
            found, parts = _of_attendance(indicator.source, attendance), list(_cycles(indicator.source, attendance))
        else:
            found, parts = _of_changes(indicator.source, changes), list(_groups(indicator, changes))
        progress = _progress(indicator, found.value, indicator.target)
        yield IndicatorResult(
            indicator, found.value, found.reason, found.at_least, found.may_repeat, found.low, found.high, found.n,
            progress, _status(results, progress), periods, tuple(parts),
        )  # fmt: skip


def _progress(indicator: Indicator, value: float | None, target: float | None) -> float | None:
    """Share of the way from the baseline to the target; also for an indicator that should fall."""
    start = indicator.baseline or 0
    return None if value is None or target is None or target == start else (value - start) / (target - start)


def _status(results: Results, progress: float | None) -> str:
    return "" if progress is None else results.status_of(progress).id


class _Entries:
    """A ledger's entries, added up as indicators ask for it."""

    def __init__(self, entries: Sequence[Entry], smallest_cell: int) -> None:
        self.all, self.smallest, self.recorded = entries, smallest_cell, recorded_by_activity(entries)

    def chosen(self, source: IndicatorSource) -> list[Entry]:
        return [entry for entry in self.all if entry.matches(source.entries)]

    def sum(self, entries: Sequence[Entry], measures: Sequence[str]) -> Figure:
        """Columns added up. Children of too few are withheld."""
        figures = [add_up(entries, measure, self.recorded) for measure in measures]
        having = [figure.value for figure in figures if figure.value is not None]
        total = Figure(
            sum(having) if having else None,
            sum(figure.missing for figure in figures),
            any(figure.may_repeat for figure in figures),
        )
        if any(map(counts_children, measures)) and 0 < (total.value or 0) < self.smallest:
            return Figure(None, withheld=True)
        return total

    def value(self, source: IndicatorSource) -> _Value:
        total = self.sum(self.chosen(source), source.measures)
        if total.value is None:
            return _Value(reason=NoValue.WITHHELD if total.withheld else NoValue.NOT_COUNTED)
        return _Value(float(total.value), at_least=total.at_least, may_repeat=total.may_repeat)

    def parts(self, indicator: Indicator) -> Iterator[Part]:
        source = indicator.source
        chosen = self.chosen(source)
        for by in indicator.disaggregation:
            if by == "sex":
                sexes = {sex: self.sum(chosen, [sex]) for sex in source.measures if sex in ("girls", "boys")}
                yield from self._shown(sexes, by, source)
            elif by in (*NAMES, "period"):
                groups: dict[str, list[Entry]] = {}
                for entry in chosen:
                    groups.setdefault(getattr(entry, by), []).append(entry)
                figures = {key: self.sum(own, source.measures) for key, own in sorted(groups.items())}
                yield from self._shown(figures, by, source)

    def _shown(self, figures: Mapping[str, Figure], by: str, source: IndicatorSource) -> Iterator[Part]:
        """The parts, without those that would give a small one away."""
        hidden: set[str] = set()
        if any(map(counts_children, source.measures)) and any(figure.withheld for figure in figures.values()):
            sizes = {key: figure.value or 1 for key, figure in figures.items()}
            line = Line("all of them", tuple(sizes))
            hidden = hidden_cells({**sizes, line.total: sum(sizes.values())}, [line], self.smallest)
        for key, figure in figures.items():
            if key in hidden:
                yield Part(by, key, None, at_least=False, withheld=True)
            else:
                yield Part(by, key, _float(figure.value), figure.at_least, withheld=False)

    def periods(self, indicator: Indicator, results: Results) -> Iterator[PeriodValue]:
        """By the year in which entries end; an entry without a date is in none."""
        chosen, measures = self.chosen(indicator.source), indicator.source.measures
        years = sorted({day.year for entry in chosen if (day := entry.ends or entry.begins)})
        for year in years:
            last = date(year, 12, 31)
            dated = [(day, entry) for entry in chosen if (day := entry.ends or entry.begins)]
            own = self.sum([entry for day, entry in dated if day.year == year], measures)
            so_far = self.sum([entry for day, entry in dated if day <= last], measures)
            due = [m for m in indicator.milestones if m.by <= last]
            milestone = max(due, key=lambda m: m.by).value if due else None
            progress = _progress(indicator, _float(so_far.value), milestone)
            status = _status(results, progress)
            yield PeriodValue(str(year), _float(own.value), _float(so_far.value), milestone, progress, status)


def _float(value: int | None) -> float | None:
    return None if value is None else float(value)


def _of_attendance(source: IndicatorSource, attendance: Attendance | None) -> _Value:
    if attendance is None:
        return _Value(reason=NoValue.NOT_MEASURED)
    if source.attendance == "completion":
        share = attendance.completion
        if share is None:
            return _Value(reason=NoValue.NOT_COUNTED)
        return _Value(share.value, low=share.low, high=share.high, n=attendance.enrolments)
    if source.attendance == "families":
        return _Value(float(attendance.families))
    return _of_group(source, attendance.total, may_repeat=attendance.in_several_cycles > 0)


def _of_group(source: IndicatorSource, group: AttendedGroup, *, may_repeat: bool = False) -> _Value:
    if group.enrolments is None:
        return _Value(reason=NoValue.WITHHELD)
    if source.attendance == "completion":
        known = (group.completed or 0) + (group.not_completed or 0)
        return _Value((group.completed or 0) / known) if known else _Value(reason=NoValue.NOT_COUNTED)
    count = (
        group.enrolments if source.attendance in ("families", "enrolments") else getattr(group, str(source.attendance))
    )
    return _Value(reason=NoValue.NOT_COUNTED) if count is None else _Value(float(count), may_repeat=may_repeat)


def _cycles(source: IndicatorSource, attendance: Attendance | None) -> Iterator[Part]:
    """By cycle: in one cycle families are counted once."""
    for group in () if attendance is None else attendance.cycles:
        found = _of_group(source, group)
        yield Part("cycle", group.cycle or "", found.value, False, found.reason is NoValue.WITHHELD)


_FIGURES: Mapping[str, Callable[[Change], object]] = {
    "improved-share": lambda change: change.direction and change.direction.improved_share,
    "worse-share": lambda change: change.direction and change.direction.worse_share,
    "improved": lambda change: change.direction and change.direction.improved,
    "mean-change": lambda change: change.mean_change,
    "pomp-change": lambda change: change.effects.pomp,
    "d-av": lambda change: change.effects.d_av,
    "n": lambda change: change.n,
}


def _of_change(change: Change, source: IndicatorSource) -> _Value:
    figure = _FIGURES[source.figure](change)
    if figure is None:
        return _Value(reason=NoValue.WITHHELD if change.n is None else NoValue.NOT_COUNTED)
    if isinstance(figure, int | float):
        return _Value(float(figure), n=change.n)
    return _Value(figure.value, low=figure.low, high=figure.high, n=change.n)  # type: ignore[attr-defined]


def _asked(source: IndicatorSource, changes: Changes | None) -> list[Change]:
    return [
        change
        for change in changes or ()
        if (change.instrument, change.construct) == (source.instrument, source.construct_)
        and source.earlier in (None, change.earlier)
        and source.later in (None, change.later)
    ]


def _of_changes(source: IndicatorSource, changes: Changes | None) -> _Value:
    asked = [change for change in _asked(source, changes) if change.group == EVERYONE]
    return _of_change(asked[0], source) if asked else _Value(reason=NoValue.NOT_MEASURED)


def _groups(indicator: Indicator, changes: Changes | None) -> Iterator[Part]:
    asked = _asked(indicator.source, changes)
    for by in indicator.disaggregation:
        for change in asked:
            if change.group != EVERYONE and dimension(change.group) == by:
                found = _of_change(change, indicator.source)
                key = change.group.partition("=")[2]
                yield Part(by, key, found.value, False, found.reason is NoValue.WITHHELD)


def check_stated_numbers(results: Results, ledger: Ledger, smallest_cell: int) -> Iterator[StatedCheck]:
    """Every number that the framework says was printed elsewhere, beside the sum of the entries it speaks of."""
    entries = _Entries(ledger.entries, smallest_cell)
    for stated in results.stated:
        source = stated.against
        counted = entries.sum(entries.chosen(source), source.measures)
        agreement = agreement_of(stated.value, counted.value)
        yield StatedCheck(
            stated.id,
            None,
            source.measures,
            source.entries,
            "",
            stated.value,
            counted,
            agreement,
            stated.expect,
            stated.where,
        )


def no_entry(results: Results, ledger: Ledger, file: str) -> Iterator[Problem]:
    """Names of a framework that no entry of the ledger has: perhaps misspelt, as their sum is nothing."""
    sources = [(f"indicator {i.id}", i.source) for i in results.indicator]
    sources += [(f"stated {s.id}", s.against) for s in results.stated]
    for key, source in sources:
        for column, wanted in source.entries.items():
            known = sorted({getattr(entry, column) for entry in ledger.entries} - {""})
            if wanted not in known:
                near = nearest(wanted, known) or known
                details = {"column": column, "hint": f"Did you mean {' or '.join(near)}?" if near else "None is given."}
                yield Problem("M-066", Place(file, key=key), source.where[column], details)
