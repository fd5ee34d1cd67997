"""How many people are in each band of a cited norm, at both times: a description, and no test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mande.evaluation import Evaluation
from mande.model import Norm, in_language
from mande.report.context import BandRow, BandTable, Group
from mande.tally import EVERYONE

__all__ = ["band_tables", "without_small_cells"]


def band_tables(evaluation: Evaluation, mains: Sequence[Group], language: str) -> tuple[BandTable, ...]:
    """Of each questionnaire with norms, the first of them: people with both scores by band, in the main comparison.

    EVERYONE is the programme's arm where there are arms. Bands of few people are withheld.
    """
    return tuple(
        table
        for group in mains
        for norm in group.instrument.norms[:1]
        if (table := _table(evaluation, group, norm, language)).rows
    )


def _table(evaluation: Evaluation, group: Group, norm: Norm, language: str) -> BandTable:
    smallest, rows = evaluation.plan.smallest_cell, []
    counted = {row.key: row for row in evaluation.tallies.rows if row.group == EVERYONE}
    for area in group.areas:
        row = counted.get(area.change.key)
        if area.id not in norm.bands or row is None:
            continue
        steps = group.instrument.construct_by_id[area.id].steps_per_point
        bands = [band.id for band in norm.bands[area.id]]
        earlier, later = (
            without_small_cells(_by_band(norm, area.id, scores, row.people, steps, bands), smallest)
            for scores in (row.earlier, row.later)
        )
        words = tuple(in_language(norm.words[band], language) for band in bands)
        rows.append(BandRow(area, sum(row.people), words, earlier, later))
    title, note = in_language(norm.title, language), in_language(norm.note, language)
    return BandTable(group, title, norm.citation, note, tuple(rows))


def _by_band(
    norm: Norm, construct: str, scores: Sequence[int], people: Sequence[int], steps: int, bands: Sequence[str]
) -> list[int]:
    counts: Counter[str] = Counter()
    for score, n in zip(scores, people, strict=True):
        counts[norm.band_of(construct, score / steps)] += n
    return [counts[band] for band in bands]


def without_small_cells(counts: Sequence[int], smallest: int) -> tuple[int | None, ...]:
    """The counts, without those of fewer than `smallest` people, and without a second one that would give them away.

    >>> without_small_cells([40, 12, 2], 5), without_small_cells([50, 0, 4], 5), without_small_cells([40, 3, 4], 5)
    ((40, None, None), (None, 0, None), (40, None, None))
    """
    hidden = {i for i, count in enumerate(counts) if 0 < count < smallest}
    by_size = sorted((count == 0, count, i) for i, count in enumerate(counts) if i not in hidden)
    for _, _, i in by_size if hidden else ():
        if len(hidden) > 1 and sum(counts[k] for k in hidden) >= smallest:
            break
        hidden.add(i)
    return tuple(None if i in hidden else count for i, count in enumerate(counts))
