"""Indicators computed from ledger, register and changes, and held against their targets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mande.change import Change, Changes
from mande.reach.completion import Attendance, AttendedGroup
from mande.reach.results import Indicator, IndicatorSource, Results
from mande.reach.sums import NoValue, Part, PeriodValue, Sums, Value, progress_of, status_of
from mande.tally import EVERYONE, dimension

__all__ = ["IndicatorResult", "measure_indicators"]


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


def measure_indicators(
    results: Results, entries: Sums[Any] | None, attendance: Attendance | None, changes: Changes | None
) -> Iterator[IndicatorResult]:
    """Every indicator of the framework, in its order. entries: of the ledger, or of several ledgers added up."""
    for indicator in results.indicator:
        periods: tuple[PeriodValue, ...] = ()
        if indicator.source.measures:
            if entries is None:
                found, parts = Value(reason=NoValue.NOT_MEASURED), list[Part]()
            else:
                found, parts = entries.value(indicator.source), list(entries.parts(indicator))
                periods = tuple(entries.periods(indicator, results))
        elif indicator.source.attendance:
            found, parts = _of_attendance(indicator.source, attendance), list(_cycles(indicator.source, attendance))
        else:
            found, parts = _of_changes(indicator.source, changes), list(_groups(indicator, changes))
        progress = progress_of(indicator, found.value, indicator.target)
        yield IndicatorResult(
            indicator, found.value, found.reason, found.at_least, found.may_repeat, found.low, found.high, found.n,
            progress, status_of(results, progress), periods, tuple(parts),
        )  # fmt: skip


def _of_attendance(source: IndicatorSource, attendance: Attendance | None) -> Value:
    if attendance is None:
        return Value(reason=NoValue.NOT_MEASURED)
    if source.attendance == "completion":
        share = attendance.completion
        if share is None:
            return Value(reason=NoValue.NOT_COUNTED)
        return Value(share.value, low=share.low, high=share.high, n=attendance.enrolments)
    if source.attendance == "families":
        return Value(float(attendance.families))
    return _of_group(source, attendance.total, may_repeat=attendance.in_several_cycles > 0)


def _of_group(source: IndicatorSource, group: AttendedGroup, *, may_repeat: bool = False) -> Value:
    if group.enrolments is None:
        return Value(reason=NoValue.WITHHELD)
    if source.attendance == "completion":
        known = (group.completed or 0) + (group.not_completed or 0)
        return Value((group.completed or 0) / known) if known else Value(reason=NoValue.NOT_COUNTED)
    count = (
        group.enrolments if source.attendance in ("families", "enrolments") else getattr(group, str(source.attendance))
    )
    return Value(reason=NoValue.NOT_COUNTED) if count is None else Value(float(count), may_repeat=may_repeat)


def _cycles(source: IndicatorSource, attendance: Attendance | None) -> Iterator[Part]:
    """By cycle: in one cycle families are counted once."""
    for group in () if attendance is None else attendance.cycles:
        found = _of_group(source, group)
        yield Part("cycle", group.cycle or "", found.value, False, found.reason is NoValue.WITHHELD)


_FIGURES: Mapping[str, Callable[[Change], object]] = {
    "improved-share": lambda change: change.direction and change.direction.improved_share,
    "worse-share": lambda change: change.direction and change.direction.worse_share,
    "improved": lambda change: change.direction and change.direction.improved,
    "mean-change": lambda change: change.interval,
    "pomp-change": lambda change: change.effects.pomp,
    "d-av": lambda change: change.effects.d_av,
    "n": lambda change: change.n,
}


def _of_change(change: Change, source: IndicatorSource) -> Value:
    figure = _FIGURES[source.figure](change)
    if figure is None:
        return Value(reason=NoValue.WITHHELD if change.n is None else NoValue.NOT_COUNTED)
    if isinstance(figure, int | float):
        return Value(float(figure), n=change.n)
    return Value(figure.value, low=figure.low, high=figure.high, n=change.n)  # type: ignore[attr-defined]


def _asked(source: IndicatorSource, changes: Changes | None) -> list[Change]:
    return [
        change
        for change in changes or ()
        if (change.instrument, change.construct) == (source.instrument, source.construct_)
        and source.earlier in (None, change.earlier)
        and source.later in (None, change.later)
    ]


def _of_changes(source: IndicatorSource, changes: Changes | None) -> Value:
    asked = [change for change in _asked(source, changes) if change.group == EVERYONE]
    return _of_change(asked[0], source) if asked else Value(reason=NoValue.NOT_MEASURED)


def _groups(indicator: Indicator, changes: Changes | None) -> Iterator[Part]:
    asked = _asked(indicator.source, changes)
    for by in indicator.disaggregation:
        for change in asked:
            if change.group != EVERYONE and dimension(change.group) == by:
                found = _of_change(change, indicator.source)
                key = change.group.partition("=")[2]
                yield Part(by, key, found.value, False, found.reason is NoValue.WITHHELD)
