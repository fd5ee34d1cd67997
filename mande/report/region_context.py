"""What the template of a regional report may use: a roll-up in the report's order and language, nothing rounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mande.errors import CATALOGUE
from mande.evaluation import Provenance
from mande.model import in_language
from mande.programmes import programme_names
from mande.reach.flow import FlowStep, Step
from mande.reach.places import country_name
from mande.regional import RegionalFile
from mande.report.context import Verdict
from mande.report.numbers import POINTS, as_printed
from mande.report.reach_view import DeliveredView, delivered_view
from mande.rollup import CONFIDENCE, Member, Outcome, OutcomeRow, RollUp
from mande.stats.counts import Estimate

__all__ = ["MemberRow", "MemberWay", "OutcomeView", "ProgrammeChapter", "RegionContext", "region_context"]


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One evaluation's result of one area. place: its country, or its title where it has none or several."""

    place: str
    row: OutcomeRow


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """One area. sign: 1 if higher is better, else −1. rows: by place. verdict: of the interval over all of them."""

    title: str
    meaning: str
    outcome: Outcome
    sign: int
    rows: tuple[MemberRow, ...]
    verdict: Verdict

    def percent(self, estimate: Estimate | None) -> Estimate | None:
        """An estimate over all evaluations in per cent of the scale's range: the unit of the figure's axis."""
        if estimate is None or self.outcome.unit == "percent":
            return estimate
        change = self.outcome.rows[0].change
        each = 100 / (change.highest - change.lowest)
        return Estimate(estimate.value * each, estimate.low * each, estimate.high * each, estimate.confidence)

    @property
    def shown(self) -> tuple[Estimate, ...]:
        """Every interval of the figure, in per cent of the range; a prediction interval may be cut off."""
        pooled = self.outcome.pooled.mean if self.outcome.pooled is not None else None
        found = (*(row.percent for row in self.outcome.rows), self.percent(self.outcome.interval), self.percent(pooled))
        return tuple(estimate for estimate in found if estimate is not None)

    @property
    def towards_better(self) -> bool:
        """Whether the mean over all, or the only result, is towards the better end, as it is printed."""
        rows = self.outcome.rows
        found = self.outcome.interval or (rows[0].estimate if len(rows) == 1 else None)
        digits = 1 if self.outcome.unit == "percent" else POINTS
        return found is not None and as_printed(found.value * self.sign, digits) > 0


@dataclass(frozen=True, slots=True)
class ProgrammeChapter:
    """What changed in one programme. sets: outcomes of one respondent group, design and pair of waves each."""

    name: str
    sets: tuple[tuple[OutcomeView, ...], ...]

    @property
    def primary(self) -> tuple[OutcomeView, ...]:
        """Primary areas of each respondent's first pair of waves: what is counted."""
        first = {views[0].outcome.respondent: views for views in reversed(self.sets)}
        return tuple(view for views in reversed(first.values()) for view in views if view.outcome.primary)

    @property
    def claim(self) -> str:
        """What the design allows one to say, as `claims.j2` calls it."""
        view = self.primary[0] if self.primary else self.sets[0][0]
        design = view.outcome.design
        return "before-after" if design == "comparison" and view.outcome.of == "change" else str(design)

    @property
    def tested(self) -> tuple[OutcomeView, ...]:
        return tuple(view for view in self.primary if view.verdict is not Verdict.UNTESTABLE)

    @property
    def towards_better(self) -> int:
        return sum(view.towards_better for view in self.tested)

    def count(self, *verdicts: str) -> int:
        return sum(view.verdict in verdicts for view in self.primary)


@dataclass(frozen=True, slots=True)
class MemberWay:
    """One questionnaire's way in one evaluation. steps: by name and unit, None where it is not known."""

    place: str
    programme: str
    respondent: str
    steps: Mapping[str, FlowStep | None]


@dataclass(frozen=True, slots=True)
class ProblemText:
    """What was left out of the roll-up, in the words of the catalogue."""

    where: str
    code: str
    value: str
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RegionContext:
    """All that a regional template may use. reach: the roll-up, for its indicators and framework."""

    language: str
    plan: RegionalFile
    reach: RollUp
    delivered: DeliveredView | None
    members: tuple[Member, ...]
    places: tuple[str, ...]
    chapters: tuple[ProgrammeChapter, ...]
    ways: tuple[MemberWay, ...]
    forms_read: int
    forms_used: int
    problems: tuple[ProblemText, ...]
    provenance: Provenance
    level: float
    alpha_level: float


def region_context(rolled: RollUp, language: str = "en") -> RegionContext:
    names = programme_names(language, ((m.programme, m.language, m.programme_name) for m in rolled.members))
    members = tuple(replace(member, programme_name=names[member.programme]) for member in rolled.members)
    places = tuple(_place(member, language) for member in members)
    return RegionContext(
        language=language,
        plan=rolled.plan.model_copy(update={"synthetic": rolled.synthetic}),
        reach=rolled,
        delivered=delivered_view(rolled.reach, names, language),
        members=members,
        places=places,
        chapters=tuple(_chapters(rolled.outcomes, places, names, language)),
        ways=tuple(_ways(members, places)),
        forms_read=sum(member.forms_read for member in rolled.members),
        forms_used=sum(member.forms_used for member in rolled.members),
        problems=tuple(
            ProblemText(str(p.place), p.code, p.value, _in_words(p.details, names, language))
            for p in rolled.problems
            if p.code in CATALOGUE
        ),
        provenance=rolled.provenance,
        level=CONFIDENCE,
        alpha_level=round(1 - CONFIDENCE, 10),
    )


def _in_words(details: Mapping[str, str], names: Mapping[str, str], language: str) -> Mapping[str, str]:
    """The details of a problem, a programme and country called as elsewhere in the report."""
    if "programme" not in details:
        return details
    programme, country = details["programme"], country_name(details["country"], language)
    return {**details, "scope": f"{names.get(programme, programme)}, {country}, {details['period']}"}


def _place(member: Member, language: str) -> str:
    return country_name(member.countries[0], language) if len(member.countries) == 1 else member.title


def _chapters(
    outcomes: Sequence[Outcome], places: Sequence[str], names: Mapping[str, str], language: str
) -> Iterator[ProgrammeChapter]:
    programmes: dict[str, dict[tuple[object, ...], list[OutcomeView]]] = {}
    for one in outcomes:
        key = (one.respondent, one.design, one.earlier, one.later, one.of)
        programmes.setdefault(one.programme, {}).setdefault(key, []).append(_view(one, places, language))
    for programme, sets in programmes.items():
        yield ProgrammeChapter(names[programme], tuple(map(tuple, sets.values())))


def _view(one: Outcome, places: Sequence[str], language: str) -> OutcomeView:
    sign = 1 if one.better == "higher" else -1
    rows = tuple(MemberRow(places[row.member], row) for row in one.rows)
    title, meaning = in_language(one.title, language), in_language(one.meaning, language) if one.meaning else ""
    return OutcomeView(title, meaning, one, sign, rows, _verdict(one, sign))


def _verdict(one: Outcome, sign: int) -> Verdict:
    """What may be said of all together: nothing of a single evaluation, for that has a report of its own."""
    if one.interval is None or one.p_adjusted is None:
        return Verdict.UNTESTABLE
    if one.few_clusters:
        return Verdict.UNSURE
    if one.p_adjusted >= 1 - CONFIDENCE:
        return Verdict.UNCLEAR
    return Verdict.BETTER if one.interval.value * sign > 0 else Verdict.WORSE


def _ways(members: Sequence[Member], places: Sequence[str]) -> Iterator[MemberWay]:
    for member, place in zip(members, places, strict=True):
        for way in member.flows:
            enrolled = way.step(Step.ENROLLED) or way.step(Step.ENROLLED, "forms")
            steps = {
                "enrolled": enrolled,
                "attended": way.step(Step.ATTENDED),
                "completed": way.step(Step.COMPLETED),
                "answered": way.step(Step.ANSWERED, "forms"),
                "analysed": way.step(Step.ANALYSED, "forms"),
            }
            yield MemberWay(place, member.programme_name, way.respondent, steps)
