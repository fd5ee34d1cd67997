"""A results framework: what was promised, in which unit, and which numbers answer it. Nothing is computed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from mande.checked import Mistake, check
from mande.errors import PlanProblems, UnknownName, nearest
from mande.model import Frozen, Instrument, Name, Translated
from mande.reach.entry import MEASURES, NAMES, is_measure
from mande.reach.places import country_code, country_suggestions
from mande.reach.spellings import spelling_key
from mande.toml_file import parsed_toml, toml_locator

__all__ = [
    "Indicator",
    "IndicatorSource",
    "Milestone",
    "Results",
    "ResultsPeriod",
    "StatedNumber",
    "Status",
    "load_results",
]

ChangeFigure = Literal["improved-share", "worse-share", "improved", "mean-change", "pomp-change", "d-av", "n"]
AttendanceFigure = Literal["families", "enrolments", "attended", "completed", "completion"]
Expect = Literal["equal", "rounded", "other-scope"]
"""How near a stated number should be: the same, a rounding of the sum, or not comparable and only shown beside it."""


class Status(Frozen):
    """A word for an indicator whose share of the way from baseline to target is at least `from`."""

    id: Name
    from_: float = Field(alias="from")
    title: Translated = Field(default_factory=dict)


class ResultsPeriod(Frozen):
    from_: date | None = Field(default=None, alias="from")
    to: date | None = None


class IndicatorSource(Frozen):
    """Where a value comes from: columns of the ledger added up, a figure of the register, or a figure of a change."""

    ledger: str | tuple[str, ...] = ()
    where: Mapping[str, str] = Field(default_factory=dict)
    attendance: AttendanceFigure | None = None
    instrument: str | None = None
    construct_: str | None = Field(default=None, alias="construct")
    figure: ChangeFigure = "improved-share"
    earlier: Name | None = None
    later: Name | None = None

    @property
    def measures(self) -> tuple[str, ...]:
        return (self.ledger,) if isinstance(self.ledger, str) else self.ledger

    @property
    def entries(self) -> dict[str, str]:
        """Which entries count, as keys of the ledger."""
        keys = {name: spelling_key(value) for name, value in self.where.items()}
        if "country" in keys:
            keys["country"] = country_code(self.where["country"]) or keys["country"]
        return keys

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if [bool(self.ledger), self.attendance is not None, self.instrument is not None].count(True) != 1:
            raise ValueError("one of ledger, attendance, or instrument (with its construct)")
        if (self.instrument is None) != (self.construct_ is None):
            raise ValueError("instrument and construct together")
        return self


class Milestone(Frozen):
    """What should be reached, all in all, by the end of a day."""

    by: date
    value: float


class Indicator(Frozen):
    """One thing that is counted or measured. disaggregation: columns of the ledger, groupings, or "sex"."""

    id: Name
    level: Literal["impact", "outcome", "output"] = "output"
    title: Translated
    unit: str = ""
    baseline: float | None = None
    target: float | None = None
    by: date | None = None
    milestones: tuple[Milestone, ...] = ()
    source: IndicatorSource
    disaggregation: tuple[str, ...] = ()
    sdg: str = ""


class StatedNumber(Frozen):
    """A number printed elsewhere, to be held against the ledger. where: where it was printed."""

    id: Name
    value: int = Field(ge=0)
    unit: str = ""
    where: str = ""
    against: IndicatorSource
    expect: Expect = "equal"


class Results(Frozen):
    """What a results framework says; `status` from the highest share to the lowest."""

    id: Name
    title: Translated
    period: ResultsPeriod | None = None
    ledger: str | None = None
    attendance: str | None = None
    evaluations: tuple[str, ...] = ()
    sdg: tuple[str, ...] = ()
    status: tuple[Status, ...] = (
        Status.model_validate({"id": "achieved", "from": 1.0}),
        Status.model_validate({"id": "nearly", "from": 0.8}),
        Status.model_validate({"id": "behind", "from": 0.0}),
    )
    indicator: tuple[Indicator, ...] = Field(min_length=1)
    stated: tuple[StatedNumber, ...] = ()

    def status_of(self, progress: float) -> Status:
        """The first status, from the highest, whose share is reached; the lowest if none is."""
        ranked = sorted(self.status, key=lambda status: -status.from_)
        return next((status for status in ranked if progress >= status.from_), ranked[-1])


def load_results(path: str | Path, *, instruments: Sequence[Instrument] | None = None) -> Results:
    """Load a results framework. instruments: those of the evaluation, so that each construct can be looked up.

    Raises UnknownName if there is no such file, PlanProblems with every mistake in it.
    """
    file = Path(path)
    if not file.is_file():
        raise UnknownName(f"There is no file {file}. Check the path.")
    raw = parsed_toml(file)
    mistakes = chain(_mistakes(raw), () if instruments is None else _unmeasured(raw, instruments))
    results, problems = check(Results, raw, mistakes=mistakes, locate=toml_locator(file), prefix="P")
    if results is None:
        raise PlanProblems(problems)
    return results


def _tables(raw: Mapping[str, Any], key: str) -> list[tuple[int, dict[str, Any]]]:
    entries = raw.get(key)
    return [(i, e) for i, e in enumerate(entries) if isinstance(e, dict)] if isinstance(entries, list) else []


def _mistakes(raw: Mapping[str, Any]) -> Iterator[Mistake]:
    for what, source in (("indicator", "source"), ("stated", "against")):
        entries = _tables(raw, what)
        counts = Counter(str(entry.get("id", "")) for _, entry in entries)
        for i, entry in entries:
            if counts[str(entry.get("id", ""))] > 1:
                yield Mistake("M-063", (what, i, "id"), str(entry.get("id", "")), {"what": what})
            if isinstance(entry.get(source), dict):
                yield from _source_mistakes((what, i, source), entry[source])
    for i, entry in _tables(raw, "indicator"):
        yield from _target_mistakes(i, entry)


def _target_mistakes(i: int, entry: Mapping[str, Any]) -> Iterator[Mistake]:
    target, name = entry.get("target"), str(entry.get("id", ""))
    if target is None and not entry.get("milestones"):
        return
    if not entry.get("unit"):
        yield Mistake("M-060", ("indicator", i, "target"), name)
    if target is not None and target == entry.get("baseline", 0):
        yield Mistake("M-067", ("indicator", i, "target"), name)


def _source_mistakes(path: tuple[str | int, ...], source: Mapping[str, Any]) -> Iterator[Mistake]:
    columns = source.get("ledger", ())
    for column in [columns] if isinstance(columns, str) else columns:
        if not is_measure(str(column)):
            yield Mistake("M-061", (*path, "ledger"), str(column), {"hint": _hint(str(column), MEASURES)})
    where = source.get("where")
    for name, value in where.items() if isinstance(where, dict) else ():
        if name not in NAMES:
            yield Mistake("M-064", (*path, "where", name), name, {"hint": _hint(name, NAMES)})
        elif name == "country" and country_code(str(value)) is None:
            near = country_suggestions(str(value))
            hint = f"Did you mean {' or '.join(near)}?" if near else "Write its name, or its code of two letters."
            yield Mistake("M-065", (*path, "where", name), str(value), {"hint": hint})


def _hint(name: str, known: Sequence[str]) -> str:
    near = nearest(name, known)
    return f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(known)}."


def _unmeasured(raw: Mapping[str, Any], instruments: Sequence[Instrument]) -> Iterator[Mistake]:
    by_id = {instrument.id: instrument for instrument in instruments}
    for i, entry in _tables(raw, "indicator"):
        source = entry.get("source")
        if not isinstance(source, dict) or "instrument" not in source:
            continue
        name, construct = str(source["instrument"]), str(source.get("construct"))
        if name not in by_id:
            details = {"what": "instrument", "hint": _hint(name, list(by_id))}
            yield Mistake("M-062", ("indicator", i, "source", "instrument"), name, details)
        elif construct not in by_id[name].construct_by_id:
            details = {"what": "construct", "hint": _hint(construct, list(by_id[name].construct_by_id))}
            yield Mistake("M-062", ("indicator", i, "source", "construct"), construct, details)
