"""What ledgers have, added up as indicators ask for it: in all, by group and by year."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Generic, Protocol, TypeVar

from mande.reach.entry import NAMES, Entry, counts_children
from mande.reach.results import Indicator, IndicatorSource, Results
from mande.reach.small_cells import Line, hidden_cells
from mande.reach.tables import Figure, add_up, group_by, recorded_by_activity

__all__ = ["NoValue", "Part", "PeriodValue", "Sums", "Value", "entry_sums", "progress_of", "status_of"]


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
class Value:
    value: float | None = None
    reason: NoValue | None = None
    at_least: bool = False
    may_repeat: bool = False
    low: float | None = None
    high: float | None = None
    n: int | None = None


def progress_of(indicator: Indicator, value: float | None, target: float | None) -> float | None:
    """Share of the way from the baseline to the target; also for an indicator that should fall."""
    start = indicator.baseline or 0
    return None if value is None or target is None or target == start else (value - start) / (target - start)


def status_of(results: Results, progress: float | None) -> str:
    return "" if progress is None else results.status_of(progress).id


class Countable(Protocol):
    """An entry, or a block of entries that were added up already."""

    @property
    def year(self) -> int | None: ...

    def matches(self, where: Mapping[str, str]) -> bool: ...


Counted = TypeVar("Counted", bound=Countable)


class Sums(Generic[Counted]):
    """Entries or blocks, added up as indicators ask for it.

    add: the sum of one measure over some of them. columns: by which they can be told apart.
    """

    def __init__(
        self, everything: Sequence[Counted], add: Callable[[Sequence[Counted], str], Figure],
        columns: Sequence[str], smallest_cell: int,
    ) -> None:  # fmt: skip
        self.all, self.add, self.columns, self.smallest = everything, add, columns, smallest_cell

    def chosen(self, source: IndicatorSource) -> list[Counted]:
        return [one for one in self.all if one.matches(source.entries)]

    def sum(self, chosen: Sequence[Counted], measures: Sequence[str]) -> Figure:
        """Columns added up. Children of too few are withheld."""
        figures = [self.add(chosen, measure) for measure in measures]
        if any(figure.withheld for figure in figures):
            return Figure(None, withheld=True)
        having = [figure.value for figure in figures if figure.value is not None]
        total = Figure(
            sum(having) if having else None,
            sum(figure.missing for figure in figures),
            any(figure.may_repeat for figure in figures),
        )
        if any(map(counts_children, measures)) and 0 < (total.value or 0) < self.smallest:
            return Figure(None, withheld=True)
        return total

    def value(self, source: IndicatorSource) -> Value:
        total = self.sum(self.chosen(source), source.measures)
        if total.value is None:
            return Value(reason=NoValue.WITHHELD if total.withheld else NoValue.NOT_COUNTED)
        return Value(float(total.value), at_least=total.at_least, may_repeat=total.may_repeat)

    def parts(self, indicator: Indicator) -> Iterator[Part]:
        source = indicator.source
        chosen = self.chosen(source)
        for by in indicator.disaggregation:
            if by == "sex":
                sexes = {sex: self.sum(chosen, [sex]) for sex in source.measures if sex in ("girls", "boys")}
                yield from self._shown(sexes, by, source)
            elif by in self.columns:
                figures = {key: self.sum(own, source.measures) for (key,), own in group_by(chosen, [by])}
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
        """By the year in which they end; one without a date is in none."""
        chosen, measures = self.chosen(indicator.source), indicator.source.measures
        dated = [(one.year, one) for one in chosen if one.year is not None]
        for year in sorted({year for year, _ in dated}):
            own = self.sum([one for when, one in dated if when == year], measures)
            so_far = self.sum([one for when, one in dated if when <= year], measures)
            due = [m for m in indicator.milestones if m.by <= date(year, 12, 31)]
            milestone = max(due, key=lambda m: m.by).value if due else None
            progress = progress_of(indicator, _float(so_far.value), milestone)
            status = status_of(results, progress)
            yield PeriodValue(str(year), _float(own.value), _float(so_far.value), milestone, progress, status)


def entry_sums(entries: Sequence[Entry], smallest_cell: int) -> Sums[Entry]:
    """The entries of one ledger."""
    add = partial(add_up, recorded=recorded_by_activity(entries))
    return Sums(entries, add, (*NAMES, "period"), smallest_cell)


def _float(value: int | None) -> float | None:
    return None if value is None else float(value)
