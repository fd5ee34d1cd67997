"""An evaluation becomes the `Context` of a report: figures by group and area, titles in the report's language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mande.errors import CATALOGUE
from mande.evaluation import Evaluation, SourceResult
from mande.group_labels import LabelWords
from mande.model import Instrument, Item, in_language
from mande.programmes import programme_names
from mande.reach import Reach
from mande.reach.indicators import IndicatorResult
from mande.report.areas import chapters_of, groups_of, unit_of
from mande.report.bands import band_tables
from mande.report.context import (
    AgreementRow,
    Chapter,
    Context,
    Group,
    ItemRow,
    ProblemRow,
    ShiftRow,
    SourceView,
    Verdict,
)
from mande.report.limits import limits_of
from mande.report.monitoring_view import asked_once, dose_view
from mande.report.reach_view import delivered_view

__all__ = ["report_context"]


def report_context(evaluation: Evaluation, language: str = "en") -> Context:
    """The context of a report on `evaluation`, with titles in `language` where the instruments have them."""
    groups = groups_of(evaluation, language)
    sources = tuple(_source(source, evaluation.instruments, language) for source in evaluation.sources)
    chapters = chapters_of(groups, evaluation)
    words = LabelWords.read(evaluation.plan.labels, language)
    reach, programme = evaluation.reach, evaluation.plan.programme
    own_items = {group.instrument.id: group for group in reversed(groups)}
    return Context(
        language=language,
        plan=evaluation.plan,
        analysis=evaluation.analysis,
        instruments=evaluation.instruments,
        groups=groups,
        chapters=chapters,
        sources=sources,
        items={name: tuple(_items(evaluation, group, language)) for name, group in reversed(own_items.items())},
        waves={group.instrument.id: _waves(evaluation, group.instrument) for group in groups},
        limits=limits_of(evaluation, groups),
        **_counted(chapters),
        forms_read=sum(source.forms_read for source in sources),
        forms_used=sum(source.flow.rows_used for source in evaluation.sources),
        provenance=evaluation.provenance,
        agreements=tuple(_agreements(evaluation, language)),
        bands=band_tables(evaluation, [main for chapter in chapters for main in chapter.mains], language),
        shifts=tuple(_shifts(evaluation, language)),
        reach=_in_words(reach, words) if reach is not None and reach.has_files else None,
        delivered=delivered_view(
            reach.delivered if reach else None, programme_names(language) | {programme.id: programme.name}, language
        ),
        flows=reach.flows if reach else (),
        dose=dose_view(evaluation, groups),
        once=asked_once(evaluation, language),
        titles={instrument.id: in_language(instrument.title, language) for instrument in evaluation.instruments},
        unit=unit_of(groups, evaluation.unit, words) if evaluation.unit is not None else None,
    )


def _in_words(reach: Reach, words: LabelWords) -> Reach:
    """Indicators by group, the groups called by the words of the report's language."""
    return replace(reach, indicators=tuple(_called(row, words) for row in reach.indicators))


def _called(row: IndicatorResult, words: LabelWords) -> IndicatorResult:
    return replace(row, parts=tuple(replace(part, key=words.of(part.by, part.key)) for part in row.parts))


def _counted(chapters: Sequence[Chapter]) -> dict[str, int]:
    return {
        "counted": sum(len(chapter.tested) for chapter in chapters),
        "better": sum(chapter.count(Verdict.BETTER) for chapter in chapters),
        "worse": sum(chapter.count(Verdict.WORSE) for chapter in chapters),
        "unsure": sum(chapter.count(Verdict.UNSURE) for chapter in chapters),
        "unbalanced": sum(chapter.count(Verdict.UNBALANCED) for chapter in chapters),
        "towards_better": sum(chapter.towards_better for chapter in chapters),
    }


def _source(source: SourceResult, instruments: Sequence[Instrument], language: str) -> SourceView:
    title = next(in_language(i.title, language) for i in instruments if i.id == source.instrument)
    counts = [
        ProblemRow(code, str(CATALOGUE[code].effect), source.flow.cells.adjusted if code == "R-015" else count)
        for code, count in source.problems.items()
    ]
    return SourceView(source, title, tuple(counts))


def _waves(evaluation: Evaluation, instrument: Instrument) -> tuple[str, ...]:
    """Those at which its items were answered and that the analysis compares; the earlier ones of a pair first."""
    compared = evaluation.analysis.comparisons
    order = dict.fromkeys([c.earlier for c in compared] + [c.later for c in compared])
    answered = {result.wave for result in evaluation.items if result.instrument == instrument.id}
    return tuple(wave for wave in order if wave in answered)


def _items(evaluation: Evaluation, group: Group, language: str) -> list[ItemRow]:
    by_id = group.instrument.construct_by_id
    parts = {part for area in group.leading for part in (area.id, *by_id[area.id].of)}
    scored = {item for part in parts for item in by_id[part].items}
    rated = group.instrument.rated_items
    return [_item(evaluation, group, item, language, leading=item.id in scored) for item in rated]


def _item(evaluation: Evaluation, group: Group, item: Item, language: str, *, leading: bool) -> ItemRow:
    instrument = group.instrument
    sound = [area.soundness for area in group.areas if area.soundness is not None and item.id in area.items]
    return ItemRow(
        item.id,
        in_language(item.text, language),
        item.reversed,
        areas=tuple(in_language(c.title, language) for c in instrument.constructs if item.id in c.items),
        waves={r.wave: r for r in evaluation.items if r.instrument == instrument.id and r.item == item.id},
        within=tuple(row for s in sound for row in s.items if row.item == item.id),
        suspect=any(item.id in s.unreversed for s in sound),
        leading=leading,
    )


def _shifts(evaluation: Evaluation, language: str) -> Iterator[ShiftRow]:
    by_id = {instrument.id: instrument for instrument in evaluation.instruments}
    for shift in evaluation.shifts:
        instrument = by_id[shift.instrument]
        construct = instrument.construct_by_id[shift.construct]
        primary = evaluation.analysis.is_primary(instrument.id, construct.id)
        title = in_language(construct.title, language)
        yield ShiftRow(instrument.respondent, title, construct.better, primary, shift)


def _agreements(evaluation: Evaluation, language: str) -> Iterator[AgreementRow]:
    """Areas that are primary for one of the two, of families that have both changes."""
    by_id = {instrument.id: instrument for instrument in evaluation.instruments}
    for found in evaluation.agreements:
        pair = by_id[found.one], by_id[found.other]
        if any(evaluation.analysis.is_primary(instrument.id, found.construct) for instrument in pair):
            title = in_language(pair[0].construct_by_id[found.construct].title, language)
            yield AgreementRow(pair[0].respondent, pair[1].respondent, title, found)
