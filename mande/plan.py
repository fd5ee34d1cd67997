"""evaluation.toml and its analysis become a checked `Plan`: they decide what is compared, the code nothing of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from mande.catalog import find_analysis
from mande.checked import KeyPath, Mistake, check
from mande.errors import InstrumentProblems, PlanProblems, Problem, UnknownName, WrongUse, nearest
from mande.group_labels import Labels, contradictions
from mande.instrument import load_instrument
from mande.model import Frozen, Instrument, Name, Translated
from mande.named_files import file_not_there, may_be_there
from mande.picture import read_picture
from mande.style import Style
from mande.toml_file import as_toml, parsed_toml, refuse_if_not_toml, toml_locator

__all__ = [
    "LEAST_CELL",
    "Analysis",
    "Arms",
    "AttendanceFile",
    "Comparison",
    "Criteria",
    "Design",
    "EvaluationFile",
    "LogicModel",
    "Narrative",
    "Period",
    "Plan",
    "Programme",
    "Quote",
    "Released",
    "Source",
    "Title",
    "load_analysis",
    "load_plan",
]


class Design(StrEnum):
    """How the answers came about. It decides what a report may claim."""

    RETROSPECTIVE = "retrospective"  # THEN and NOW rated on one form, at the end
    BEFORE_AFTER = "before-after"  # one group, asked at two times
    WAVES = "waves"  # one group, asked at three times or more
    COMPARISON = "comparison"  # a programme and a comparison group, asked before and after


class Comparison(Frozen):
    """Change is always `later` minus `earlier`."""

    earlier: Name
    later: Name


OneOrMore = Annotated[tuple[Name, ...], BeforeValidator(lambda value: (value,) if isinstance(value, str) else value)]
"""A name, or a list of names."""


class Arms(Frozen):
    """Which label of a grouping is the programme, and which the comparison group."""

    grouping: Name
    programme: str
    comparison: str


class ShiftWaves(Frozen):
    """The waves of a true pre-test and of a form that asks THEN and NOW, answered by the same people."""

    before: Name
    then: Name
    now: Name


class Analysis(Frozen):
    """The statistical part of a plan: what is compared, which results are primary, which rules and caveats apply."""

    id: Name
    title: Translated
    design: Design
    comparisons: tuple[Comparison, ...] = Field(min_length=1)
    primary: Literal["all"] | Mapping[Name, tuple[Name, ...]] = "all"
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    adjust: Literal["holm", "benjamini-hochberg"] = "holm"
    zeros: Literal["wilcoxon", "pratt"] = "wilcoxon"
    cluster: Annotated[
        tuple[Name, ...], BeforeValidator(lambda value: (value,) if isinstance(value, str) else value)
    ] = ()
    arms: Arms | None = None
    subgroups: tuple[Name, ...] = ()
    described: tuple[Name, ...] = ("dose",)
    formed_at_start: tuple[Name, ...] = ()
    agreement: tuple[tuple[Name, Name], ...] = ()
    shift: ShiftWaves | None = None
    seed: int = Field(default=20160101, ge=0)
    replicates: int = Field(default=9_999, ge=999)
    ceiling_flag: float = Field(default=0.15, ge=0, le=1)
    caveats: tuple[Name, ...] = ()

    @property
    def compared(self) -> list[tuple[str, str]]:
        """The pairs of waves."""
        return [(comparison.earlier, comparison.later) for comparison in self.comparisons]

    @property
    def waves(self) -> tuple[str, ...]:
        """Every wave that is needed, in the order they are named; those of a response shift first."""
        shift = () if self.shift is None else (self.shift.before, self.shift.then, self.shift.now)
        return tuple(dict.fromkeys((*shift, *(wave for pair in self.compared for wave in pair))))

    def compared_in(self, waves: Collection[str]) -> list[tuple[str, str]]:
        """The pairs that a questionnaire was answered at; none of one that was asked once."""
        return [(earlier, later) for earlier, later in self.compared if earlier in waves and later in waves]

    def is_primary(self, instrument: str, construct: str) -> bool:
        return self.primary == "all" or construct in self.primary.get(instrument, ())


class Period(Frozen):
    from_: date = Field(alias="from")
    to: date

    @field_validator("to")
    @classmethod
    def _not_before_its_beginning(cls, to: date, info: ValidationInfo) -> date:
        begins = info.data.get("from_")
        if begins is not None and to < begins:
            raise ValueError(
                f"{begins} (which stands under from) or a later day; exchange the two if they are reversed"
            )
        return to


class LogicModel(Frozen):
    """From what goes in to what is hoped for: a few words each."""

    inputs: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    impact: tuple[str, ...] = ()


class Criteria(Frozen):
    """The evaluator's own judgement by the criteria of OECD-DAC, where there are sources beside the questionnaires."""

    relevance: str = ""
    coherence: str = ""
    effectiveness: str = ""
    efficiency: str = ""
    impact: str = ""
    sustainability: str = ""


class Programme(Frozen):
    id: Name
    name: str
    description: str = ""
    sessions: int | None = Field(default=None, ge=1)
    places: tuple[str, ...] = ()
    period: Period | None = None
    commissioner: str = ""
    evaluator: str = ""
    enrolled: Mapping[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)


class Source(Frozen):
    """One questionnaire file. Columns are found by item and wave; what is said here is for those that are not.

    id, family, age, groups, columns, open, themes: headings. code: headings of the parts of a self-made code.
    waves: how headings end (or begin) by wave. wave: the one wave of the file. wave_column: the heading under which
    each row says its wave, wave_values: what it says by wave. answers: code by what stands in a cell, for all items.
    missing: what kind of missing answer it is, by what stands in a cell. sheet: of a workbook, or file in a zip.
    """

    file: str
    instrument: str
    version: str | None = None
    sheet: str | None = None
    id: str | None = None
    code: tuple[str, ...] = ()
    family: str | None = None
    age: str | None = None
    groups: Mapping[Name, str] = Field(default_factory=dict)
    columns: Mapping[str, str] = Field(default_factory=dict)
    waves: Mapping[Name, str] = Field(default_factory=dict)
    wave: Name | None = None
    wave_column: str | None = None
    wave_values: Mapping[Name, str] = Field(default_factory=dict)
    answers: Mapping[str, int] = Field(default_factory=dict)
    missing: Mapping[str, Literal["blank", "refused", "dont-know", "not-applicable"]] = Field(default_factory=dict)
    open: Mapping[Name, str] = Field(default_factory=dict)
    themes: Mapping[Name, str] = Field(default_factory=dict)


class AttendanceFile(Frozen):
    """A register of sessions attended. sessions: the programme's, unless this says otherwise.

    completed_from: sessions from which on a family has completed. dose: least sessions of each dose group above none.
    """

    file: str
    sessions: int | None = Field(default=None, ge=1)
    completed_from: int | None = Field(default=None, ge=1)
    dose: tuple[int, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, said: Any) -> Any:
        """`attendance = "register.csv"` is enough."""
        return {"file": said} if isinstance(said, str) else said


class Quote(Frozen):
    text: str
    who: str = ""


class Released(Frozen):
    """An open answer that may be quoted: of which file, row and question, and how its author is to be called."""

    file: str
    row: int = Field(ge=1)
    question: Name
    who: str = ""


class Narrative(Frozen):
    context: str = ""
    purpose: str = ""
    questions: tuple[str, ...] = ()
    logic_model: LogicModel = LogicModel()
    gender: str = ""
    ethics: str = ""
    criteria: Criteria = Criteria()
    acronyms: Mapping[str, str] = Field(default_factory=dict)
    recommendations: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    released: tuple[Released, ...] = ()


Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""What a report is called, on its cover and by a screen reader: never nothing."""

LEAST_CELL = 3
"""With a smaller `smallest_cell` results of single people are shown, or of two, who can tell each other's."""


class EvaluationFile(Frozen):
    """What evaluation.toml says."""

    title: Title
    synthetic: bool = False
    analysis: str
    languages: tuple[str, ...] = ("en",)
    smallest_cell: int = Field(default=5, ge=1)
    output: str = "output"
    template: str = "ministry"
    style: Style = Style()
    programme: Programme
    source: tuple[Source, ...] = Field(min_length=1)
    labels: Labels = Field(default_factory=dict)
    narrative: Narrative = Narrative()
    ledger: str | None = None
    attendance: AttendanceFile | None = None
    results: str | None = None

    @property
    def is_monitored(self) -> bool:
        """Whether it says anything of what was delivered: a ledger, a register, a framework, or who was enrolled."""
        files = (self.ledger, self.attendance, self.results)
        return any(file is not None for file in files) or bool(self.programme.enrolled)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything an evaluation needs, checked: the evaluator's file, the analysis, and the instruments by source."""

    file: Path
    evaluation: EvaluationFile
    analysis: Analysis
    instruments: tuple[Instrument, ...]

    @property
    def folder(self) -> Path:
        return self.file.parent

    def path_of(self, source: Source) -> Path:
        return self.folder / source.file

    @property
    def output(self) -> Path:
        return self.folder / self.evaluation.output


def load_plan(path: str | Path) -> Plan:
    """Load an evaluation.toml with its analysis and instruments.

    Raises WrongUse if it is none, PlanProblems with every mistake of the file, InstrumentProblems with those of the
    instruments it names.
    """
    file = Path(path)
    see = "Check the path, or see the samples with: mande list"
    refuse_if_not_toml(file, "evaluation.toml", data_under="[[source]]", otherwise=see)
    raw = parsed_toml(file)
    resolved = _Resolved(file, raw)
    unread = _carry_logo(raw, file.parent)
    mistakes = chain(unread, resolved.mistakes, _files_not_there(raw, file.parent), resolved.cross_checks())
    evaluation, problems = check(EvaluationFile, raw, mistakes=mistakes, locate=toml_locator(file), prefix="P")
    if evaluation is None or resolved.analysis is None:
        raise PlanProblems(problems)
    return Plan(
        file, evaluation, resolved.analysis, tuple(resolved.instruments[i] for i in range(len(evaluation.source)))
    )


def load_analysis(name: str | Path, *, project: Path | None = None) -> Analysis:
    """Load an analysis by name or from a TOML file. Raises UnknownName or PlanProblems.

    >>> load_analysis("retrospective-pretest").design.value
    'retrospective'
    """
    path = find_analysis(name, project=project)
    analysis, problems = check(Analysis, parsed_toml(path), mistakes=(), locate=toml_locator(path), prefix="P")
    if analysis is None:
        raise PlanProblems(problems)
    return analysis


def _sources(raw: Mapping[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    entries = raw.get("source")
    return [(i, e) for i, e in enumerate(entries) if isinstance(e, dict)] if isinstance(entries, list) else []


class _Resolved:
    """The analysis and instruments that the file names, and what went wrong in looking them up."""

    def __init__(self, file: Path, raw: Mapping[str, Any]) -> None:
        self.raw, self.folder = raw, file.parent
        self.mistakes: list[Mistake] = []
        self.analysis = self._find_analysis()
        self.instruments = self._find_instruments()

    def _find_analysis(self) -> Analysis | None:
        if not isinstance(self.raw.get("analysis"), str):
            return None
        try:
            return load_analysis(self.raw["analysis"], project=self.folder)
        except UnknownName as error:
            self.mistakes.append(Mistake("P-011", ("analysis",), self.raw["analysis"], {"detail": str(error)}))
        return None

    def _find_instruments(self) -> dict[int, Instrument]:
        found: dict[int, Instrument] = {}
        problems: list[Problem] = []
        for i, source in _sources(self.raw):
            if not isinstance(source.get("instrument"), str):
                continue
            try:
                found[i] = load_instrument(source["instrument"], version=source.get("version"), project=self.folder)
            except UnknownName as error:
                self.mistakes.append(
                    Mistake("P-011", ("source", i, "instrument"), source["instrument"], {"detail": str(error)})
                )
            except InstrumentProblems as error:
                problems.extend(error.problems)
        if problems:
            raise InstrumentProblems(problems)
        return found

    def cross_checks(self) -> Iterator[Mistake]:
        yield from self._versions()
        yield from self._labels()
        if self.analysis is None:
            return
        asked_apart = [*self._asked_apart(self.analysis)]
        yield from asked_apart or self._waves_missing(self.analysis)
        if self.analysis.primary != "all":
            yield from self._unknown_primaries(self.analysis.primary)

    def _versions(self) -> Iterator[Mistake]:
        """Two versions of one instrument: their waves would be brought together as if they were the same."""
        first: dict[str, str] = {}
        for i, instrument in self.instruments.items():
            before = first.setdefault(instrument.id, instrument.version)
            if instrument.version != before:
                details = {"instrument": instrument.id, "first": before}
                yield Mistake("P-015", ("source", i, "instrument"), instrument.version, details)

    def _labels(self) -> Iterator[Mistake]:
        arms = None if self.analysis is None else self.analysis.arms
        named = {} if arms is None else {"programme": arms.programme, "comparison": arms.comparison}
        yield from contradictions(self.raw.get("labels", {}), named, "" if arms is None else arms.grouping)

    def _asked_apart(self, analysis: Analysis) -> Iterator[Mistake]:
        """A file for each wave of an instrument: a report would say that people were asked for both on one form."""
        if analysis.design is not Design.RETROSPECTIVE:
            return
        said: dict[str, dict[str, int]] = {}
        for i, source in _sources(self.raw):
            wave = source.get("wave")
            said.setdefault(str(source.get("instrument")), {}).setdefault(wave if isinstance(wave, str) else "", i)
        for waves in said.values():
            earlier, *later = waves
            if later and "" not in waves:
                yield Mistake("P-027", ("source", waves[later[0]], "wave"), later[0], {"earlier": earlier})

    def _waves_missing(self, analysis: Analysis) -> Iterator[Mistake]:
        waves = sorted({wave for i, source in _sources(self.raw) for wave in self._waves_of(i, source)})
        missing = [wave for wave in analysis.waves if wave not in waves]
        if waves and missing:
            value = f"wave{'s' * (len(missing) > 1)} {' and '.join(as_toml(wave) for wave in missing)}"
            lines = " or ".join(f"wave = {as_toml(wave)}" for wave in missing)
            yield Mistake("P-012", ("analysis",), value, {"waves": ", ".join(waves), "lines": lines})

    def _waves_of(self, i: int, source: Mapping[str, Any]) -> tuple[str, ...]:
        """The waves that a source holds, as far as evaluation.toml and the instrument say; none if a column says it."""
        if isinstance(source.get("wave"), str):
            return (source["wave"],)
        if isinstance(source.get("wave_values"), dict):
            return tuple(source["wave_values"])
        own = self.instruments[i].waves if i in self.instruments else ()
        if self.analysis is not None and (isinstance(source.get("wave_column"), str) or len(own) == 1):
            return (*own, *(wave for c in self.analysis.comparisons for wave in (c.earlier, c.later)))
        return own

    def _unknown_primaries(self, primary: Mapping[str, tuple[str, ...]]) -> Iterator[Mistake]:
        for instrument in self.instruments.values():
            known = list(instrument.construct_by_id)
            for construct in primary.get(instrument.id, ()):
                if construct not in known:
                    near = nearest(construct, known) or known
                    details = {"instrument": instrument.id, "hint": f"Did you mean {' or '.join(near)}?"}
                    yield Mistake("P-013", ("analysis",), construct, details)


def _files_not_there(raw: Mapping[str, Any], folder: Path) -> Iterator[Mistake]:
    for key, name in _named_files(raw):
        if isinstance(name, str) and not may_be_there(folder, name):
            yield file_not_there(key, name, folder)


def _carry_logo(raw: dict[str, Any], folder: Path) -> list[Mistake]:
    """Puts the picture itself in the place of its name, so that what is saved needs no file beside it."""
    style = raw.get("style")
    if not isinstance(style, dict) or not isinstance(style.get("logo"), str):
        return []
    name = style.pop("logo")
    try:
        raw["style"] = style | {"logo": {"file": name, "content": read_picture(name, folder)}}
    except WrongUse as error:
        return [Mistake("P-014", ("style", "logo"), name, {"detail": str(error)})]
    return []


def _named_files(raw: Mapping[str, Any]) -> Iterator[tuple[KeyPath, Any]]:
    for i, source in _sources(raw):
        yield ("source", i, "file"), source.get("file")
    for key in ("ledger", "attendance", "results"):
        named = raw.get(key)
        yield ((key, "file"), named.get("file")) if isinstance(named, dict) else ((key,), named)


def models() -> tuple[type[BaseModel], ...]:
    """The models whose keys may stand in the two TOML files, for the documentation and its test."""
    return (
        *(EvaluationFile, Style, Programme, Period, Source, AttendanceFile, Narrative, LogicModel, Criteria, Quote),
        *(Released, Analysis, Comparison, ShiftWaves),
    )
