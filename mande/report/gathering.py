"""An evaluation becomes the `Context` of a report: figures by group and area, titles in the report's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mande.change import Change
from mande.errors import CATALOGUE, Reason
from mande.evaluation import Evaluation, SourceResult
from mande.model import Construct, Instrument, Item, in_language
from mande.plan import Analysis
from mande.report.context import (
    Area,
    Context,
    Group,
    ItemRow,
    ProblemRow,
    Scale,
    SourceView,
    Subgroup,
    Verdict,
)
from mande.report.limits import limits_of
from mande.tally import EVERYONE, dimension

__all__ = ["report_context"]

LOW_ALPHA = 0.7
"""Below this a construct's items hang together too loosely (Nunnally & Bernstein 1994, p. 264 f.)."""


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
    rows: dict[tuple[str, str, str], dict[str, list[Area]]] = {}
    for change in evaluation.changes:
        area = _area(change, by_id[change.instrument], evaluation.analysis, language)
        of_group = rows.setdefault((change.instrument, change.earlier, change.later), {})
        of_group.setdefault(change.group, []).append(area)
    return [
        _group(by_id[instrument], earlier, later, areas, evaluation.analysis, language)
        for (instrument, earlier, later), areas in rows.items()
    ]


def _group(
    instrument: Instrument, earlier: str, later: str, rows: Mapping[str, list[Area]], analysis: Analysis, language: str
) -> Group:
    areas = tuple(rows[EVERYONE])
    measured = [area for area in areas if area.gain is not None]
    numbers = [area.change.n for area in areas if area.change.n is not None]
    tests = [area.change.clustered.inference for area in areas if area.change.clustered is not None]
    clusters = [test.clusters for test in tests if test.clusters is not None]
    return Group(
        instrument.respondent,
        earlier,
        later,
        instrument=instrument,
        instrument_title=in_language(instrument.title, language),
        areas=areas,
        scale=areas[0].scale if len({area.scale for area in areas}) == 1 else None,
        n_low=min(numbers, default=None),
        n_high=max(numbers, default=None),
        clusters=(min(clusters), max(clusters)) if clusters else None,
        unreliable=any(test.cautions for test in tests),
        most_improved=max((area for area in areas if area.change.direction), key=_improved_share, default=None),
        largest=max(measured, key=_gain, default=None),
        smallest=min(measured, key=_gain, default=None),
        subgroups=tuple(
            Subgroup(dimension(name), name.partition("=")[2], tuple(own))
            for name, own in rows.items()
            if dimension(name) in analysis.subgroups
        ),
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
        reason=_reason(change) if verdict in (Verdict.UNTESTABLE, Verdict.WITHHELD) else None,
        at_ceiling=change.at_best_earlier is not None and change.at_best_earlier >= analysis.ceiling_flag,
        low_alpha=any(alpha is not None and alpha.value < LOW_ALPHA for alpha in alphas),
    )


def _reason(change: Change) -> Reason | None:
    return next((note.reason for note in change.notes if note.figure in ("all", "description", "mean_change")), None)


def _verdict(change: Change, level: float) -> Verdict:
    if change.n is None:
        return Verdict.WITHHELD
    if change.interval is None or change.p_adjusted is None:
        return Verdict.UNTESTABLE
    if change.p_adjusted >= level:
        return Verdict.UNCLEAR
    return Verdict.BETTER if (change.interval.value > 0) == (change.better == "higher") else Verdict.WORSE


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
