"""An evaluation becomes the context that a report template may use: values and numbers, no sentence, nothing rounded.

`Context` is a public contract: whoever writes a template reads this file. Everything in it is frozen, and nothing in it
comes from fewer people than the plan's smallest cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mande.change import Change
from mande.errors import CATALOGUE, Reason
from mande.evaluation import Evaluation, ItemResult, Provenance, SourceResult
from mande.model import Construct, Instrument, Item, in_language
from mande.plan import Analysis, EvaluationFile
from mande.report.limits import Limit, limits_of
from mande.tally import EVERYONE

__all__ = ["Area", "Context", "Group", "ItemRow", "ProblemRow", "Scale", "SourceView", "Verdict", "report_context"]

LOW_ALPHA = 0.7
"""Below this a construct's items hang together too loosely (Nunnally & Bernstein 1994, p. 264 f.)."""


class Verdict(StrEnum):
    """What may be said of an area. Better and worse only if the adjusted p is below 1 − confidence."""

    BETTER = "better"
    WORSE = "worse"
    UNCLEAR = "unclear"
    UNTESTABLE = "untestable"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Scale:
    """Lowest and highest possible score of a construct, and the words of the form's answers at these ends ("" if none)."""

    low: float
    high: float
    low_label: str
    high_label: str


@dataclass(frozen=True, slots=True)
class Area:
    """One construct of one respondent group between two waves. `change` has the figures, later minus earlier."""

    id: str
    title: str
    meaning: str
    items: tuple[str, ...]
    answers_needed: int
    scale: Scale
    change: Change
    verdict: Verdict
    reason: Reason | None
    at_ceiling: bool
    low_alpha: bool

    @property
    def gain(self) -> float | None:
        """The mean change, counted towards the better end."""
        if self.change.mean_change is None:
            return None
        return self.change.mean_change.value * (1 if self.change.better == "higher" else -1)

    def reason_for(self, *figures: str) -> Reason | None:
        """Why one of the figures has no value."""
        return next((note.reason for note in self.change.notes if note.figure in (*figures, "all")), None)


@dataclass(frozen=True, slots=True)
class Group:
    """One respondent group and comparison: its areas in the order of the instrument.

    scale: the one of all areas, None if they differ. n_low, n_high: fewest and most pairs of an area, None if all are
    withheld. most_improved: the area with the largest share improved; largest, smallest: by gain; None without figures.
    """

    respondent: str
    earlier: str
    later: str
    instrument: Instrument
    instrument_title: str
    areas: tuple[Area, ...]
    scale: Scale | None
    n_low: int | None
    n_high: int | None
    most_improved: Area | None
    largest: Area | None
    smallest: Area | None

    def with_verdict(self, *verdicts: str) -> tuple[Area, ...]:
        return tuple(area for area in self.areas if area.verdict in verdicts)


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """How often a problem of one code came up in a file, and what it did to the data. Codes: `mande.errors.CATALOGUE`."""

    code: str
    effect: str
    count: int


@dataclass(frozen=True, slots=True)
class SourceView:
    """One file: what was read, used and set aside. n_low, n_high: pairs analysed of its respondents."""

    result: SourceResult
    instrument_title: str
    problems: tuple[ProblemRow, ...]
    n_low: int | None
    n_high: int | None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item: its text and results by wave (after reversal); a wave with too few answers is missing."""

    id: str
    text: str
    reversed: bool
    areas: tuple[str, ...]
    waves: Mapping[str, ItemResult]


@dataclass(frozen=True, slots=True)
class Context:
    """All that a template may use.

    counted: areas that are primary and could be tested; better, worse: those of them with that verdict. items: by
    respondent. forms_read, forms_used: of all sources.
    """

    language: str
    plan: EvaluationFile
    analysis: Analysis
    instruments: tuple[Instrument, ...]
    groups: tuple[Group, ...]
    sources: tuple[SourceView, ...]
    items: Mapping[str, tuple[ItemRow, ...]]
    limits: tuple[Limit, ...]
    counted: int
    better: int
    worse: int
    forms_read: int
    forms_used: int
    provenance: Provenance


def report_context(evaluation: Evaluation, language: str = "en") -> Context:
    """The context of a report on `evaluation`, with titles in `language` where the instruments have them."""
    groups = tuple(_groups(evaluation, language))
    judged = [area for group in groups for area in group.areas if area.change.primary]
    return Context(
        language=language,
        plan=evaluation.plan,
        analysis=evaluation.analysis,
        instruments=evaluation.instruments,
        groups=groups,
        sources=tuple(_source(source, groups, evaluation.instruments, language) for source in evaluation.sources),
        items={group.instrument.id: tuple(_items(evaluation, group.instrument, language)) for group in groups},
        limits=limits_of(evaluation, groups),
        counted=sum(area.verdict in (Verdict.BETTER, Verdict.WORSE, Verdict.UNCLEAR) for area in judged),
        better=sum(area.verdict is Verdict.BETTER for area in judged),
        worse=sum(area.verdict is Verdict.WORSE for area in judged),
        forms_read=sum(source.flow.rows_read for source in evaluation.sources),
        forms_used=sum(source.flow.rows_used for source in evaluation.sources),
        provenance=evaluation.provenance,
    )


def _groups(evaluation: Evaluation, language: str) -> list[Group]:
    by_id = {instrument.id: instrument for instrument in evaluation.instruments}
    rows: dict[tuple[str, str, str], list[Change]] = {}
    for change in evaluation.changes:
        if change.group == EVERYONE:
            rows.setdefault((change.instrument, change.earlier, change.later), []).append(change)
    return [_group(key, changes, by_id[key[0]], evaluation.analysis, language) for key, changes in rows.items()]


def _group(
    key: tuple[str, str, str], changes: Sequence[Change], instrument: Instrument, analysis: Analysis, language: str
) -> Group:
    areas = tuple(_area(change, instrument, analysis, language) for change in changes)
    measured = [area for area in areas if area.gain is not None]
    counted = [area for area in areas if area.change.direction is not None]
    return Group(
        respondent=instrument.respondent,
        earlier=key[1],
        later=key[2],
        instrument=instrument,
        instrument_title=in_language(instrument.title, language),
        areas=areas,
        scale=areas[0].scale if len({area.scale for area in areas}) == 1 else None,
        n_low=min((area.change.n for area in areas if area.change.n is not None), default=None),
        n_high=max((area.change.n for area in areas if area.change.n is not None), default=None),
        most_improved=max(counted, key=_improved_share, default=None),
        largest=max(measured, key=_gain, default=None),
        smallest=min(measured, key=_gain, default=None),
    )


def _improved_share(area: Area) -> float:
    return area.change.direction.improved_share.value if area.change.direction else 0.0


def _gain(area: Area) -> float:
    return area.gain or 0.0


def _area(change: Change, instrument: Instrument, analysis: Analysis, language: str) -> Area:
    construct = instrument.construct_by_id[change.construct]
    alphas = (change.reliability.alpha_earlier, change.reliability.alpha_later)
    verdict = _verdict(change, 1 - analysis.confidence)
    return Area(
        id=construct.id,
        title=in_language(construct.title, language),
        meaning=in_language(construct.meaning, language),
        items=construct.items,
        answers_needed=construct.answers_needed,
        scale=_scale(construct, instrument, change, language),
        change=change,
        verdict=verdict,
        reason=change.notes[0].reason if change.notes and verdict in (Verdict.UNTESTABLE, Verdict.WITHHELD) else None,
        at_ceiling=change.at_best_earlier is not None and change.at_best_earlier >= analysis.ceiling_flag,
        low_alpha=any(alpha is not None and alpha.value < LOW_ALPHA for alpha in alphas),
    )


def _verdict(change: Change, level: float) -> Verdict:
    if change.n is None:
        return Verdict.WITHHELD
    if change.mean_change is None or change.p_adjusted is None:
        return Verdict.UNTESTABLE
    if change.p_adjusted >= level:
        return Verdict.UNCLEAR
    return Verdict.BETTER if (change.mean_change.value > 0) == (change.better == "higher") else Verdict.WORSE


def _scale(construct: Construct, instrument: Instrument, change: Change, language: str) -> Scale:
    answers = {instrument.item_by_id[item].answers for item in construct.items}
    ends = {change.lowest: "", change.highest: ""}
    if len(answers) == 1:
        for answer in instrument.scale_of(instrument.item_by_id[construct.items[0]]).answers:
            if float(answer.code) in ends and construct.score == "mean":
                ends[float(answer.code)] = _without_code(in_language(answer.label, language), answer.code)
    return Scale(change.lowest, change.highest, ends[change.lowest], ends[change.highest])


def _without_code(label: str, code: int) -> str:
    """The label without the code it may begin with: "1 (lowest)" is "lowest", and "5" says nothing more than 5."""
    rest = label.removeprefix(str(code)).strip()
    return rest.strip("()") if rest != label else label


def _source(
    source: SourceResult, groups: Sequence[Group], instruments: Sequence[Instrument], language: str
) -> SourceView:
    own = [group for group in groups if group.instrument.id == source.instrument]
    title = next(in_language(i.title, language) for i in instruments if i.id == source.instrument)
    counts = [
        ProblemRow(code, str(CATALOGUE[code].effect), source.flow.cells.adjusted if code == "R-015" else count)
        for code, count in source.problems.items()
    ]
    return SourceView(
        source,
        title,
        tuple(counts),
        min((group.n_low for group in own if group.n_low is not None), default=None),
        max((group.n_high for group in own if group.n_high is not None), default=None),
    )


def _items(evaluation: Evaluation, instrument: Instrument, language: str) -> list[ItemRow]:
    return [_item(evaluation, instrument, item, language) for item in instrument.rated_items]


def _item(evaluation: Evaluation, instrument: Instrument, item: Item, language: str) -> ItemRow:
    areas = [in_language(c.title, language) for c in instrument.constructs if item.id in c.items]
    waves = {r.wave: r for r in evaluation.items if r.instrument == instrument.id and r.item == item.id}
    return ItemRow(item.id, in_language(item.text, language), item.reversed, tuple(areas), waves)
