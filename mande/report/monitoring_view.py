"""What was asked once, and change by sessions attended, as a report shows them: descriptions, nothing is tested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mande.change import Change
from mande.evaluation import Evaluation
from mande.model import Instrument, in_language
from mande.reach.completion import DOSE
from mande.tally import dimension, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mande.report.context import Group

__all__ = ["AskedOnce", "DoseView", "OnceRow", "asked_once", "dose_view"]

_TWO_FROM = 4
"""From this many offered answers on, the two highest count as high; of fewer, the highest alone."""


@dataclass(frozen=True, slots=True)
class OnceRow:
    """One item: n who answered, and how many of them gave one of the highest answers."""

    text: str
    n: int
    high: int
    mean: float


@dataclass(frozen=True, slots=True)
class AskedOnce:
    """A questionnaire without a second wave. low, high: codes of its answers; highest: words of those that count."""

    title: str
    respondent: str
    forms: int
    low: int
    high: int
    highest: tuple[str, ...]
    rows: tuple[OnceRow, ...]


@dataclass(frozen=True, slots=True)
class DoseView:
    """areas: respondent, title, and the change by label of the dose; one of too few people is emptied."""

    areas: tuple[tuple[str, str, Mapping[str, Change]], ...] = ()


def asked_once(evaluation: Evaluation, language: str) -> tuple[AskedOnce, ...]:
    """The questionnaires with one scale of answers that no comparison is made with."""
    compared = {change.instrument for change in evaluation.changes}
    found = (_once(evaluation, i, language) for i in evaluation.instruments if i.id not in compared)
    return tuple(one for one in found if one is not None and one.rows)


def _once(evaluation: Evaluation, instrument: Instrument, language: str) -> AskedOnce | None:
    scales = {instrument.scale_of(item).id: instrument.scale_of(item) for item in instrument.rated_items}
    if len(scales) != 1:
        return None
    (scale,) = scales.values()
    high = scale.answers[-2:] if len(scale.answers) >= _TWO_FROM else scale.answers[-1:]
    codes = {answer.code for answer in high}
    return AskedOnce(
        in_language(instrument.title, language),
        instrument.respondent,
        sum(source.flow.rows_used for source in evaluation.sources if source.instrument == instrument.id),
        scale.lowest,
        scale.highest,
        tuple(in_language(answer.label, language) for answer in high),
        tuple(_rows(evaluation, instrument, codes, language)),
    )


def _rows(evaluation: Evaluation, instrument: Instrument, high: set[int], language: str) -> Iterator[OnceRow]:
    for result in evaluation.items:
        if result.instrument == instrument.id and result.mean is not None:
            text = in_language(instrument.item_by_id[result.item].text, language)
            yield OnceRow(text, result.n, sum(n for code, n in result.answers.items() if code in high), result.mean)


def dose_view(evaluation: Evaluation, groups: Sequence[Group]) -> DoseView:
    """Change by dose of the leading areas; empty where the analysis does not name the grouping."""
    by_key: dict[tuple[str, ...], dict[str, Change]] = {}
    for change in evaluation.changes:
        if dimension(change.group) == DOSE:
            by_key.setdefault(change.key[:4], {})[label(change.group)] = change
    areas = [area for group in groups for area in group.leading if area.change.key[:4] in by_key]
    return DoseView(tuple((a.change.respondent, a.title, by_key[a.change.key[:4]]) for a in areas))
