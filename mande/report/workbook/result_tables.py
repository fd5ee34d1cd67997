"""What was found, as rows of tables: areas, changes, parts of groups, questions, what was delivered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from mande.change import COLUMNS
from mande.evaluation import Evaluation
from mande.group_labels import LabelWords
from mande.item_results import ItemResult
from mande.model import Item, in_language
from mande.reach.export import table_rows
from mande.report.context_making import report_context
from mande.report.workbook.flat import Cell, flat
from mande.soundness import Soundness

__all__ = [
    "areas_in_brief",
    "bands",
    "changes",
    "delivered",
    "indicators",
    "questions",
    "reliability",
    "shifts",
    "soundness",
    "subgroups",
]


def areas_in_brief(evaluation: Evaluation, language: str) -> list[Mapping[str, Cell]]:
    return [
        {
            "questionnaire": group.instrument_title,
            "area": area.title,
            "earlier": group.earlier,
            "later": group.later,
            "people": area.change.n,
            "mean_earlier": area.change.description.mean_earlier if area.change.description else None,
            "mean_later": area.change.description.mean_later if area.change.description else None,
            "change": area.change.interval.value if area.change.interval else None,
            "ci_low": area.change.interval.low if area.change.interval else None,
            "ci_high": area.change.interval.high if area.change.interval else None,
            "improved": area.change.direction.improved if area.change.direction else None,
            "improved_share": area.change.direction.improved_share.value if area.change.direction else None,
            "p_adjusted": area.change.p_adjusted,
            "better_is": area.change.better,
            "verdict": str(area.verdict),
        }
        for group in report_context(evaluation, language).groups
        for area in group.areas
    ]


def changes(evaluation: Evaluation, _: str) -> Iterator[Mapping[str, Cell]]:
    frame = evaluation.changes.to_frame().astype(object)
    for row in frame.where(frame.notna(), None).itertuples(index=False, name=None):
        yield dict(zip(COLUMNS, row, strict=True))


def subgroups(evaluation: Evaluation, language: str) -> Iterator[Mapping[str, Cell]]:
    """A group is called by its key, as in every other table, and then by its word in the language."""
    words = LabelWords.read(evaluation.plan.labels, language)
    for contrast in evaluation.subgroups:
        test = contrast.found.interaction
        tested = {f"test_{name}": cell for name, cell in (flat(test) if test else {}).items()}
        for row in contrast.found.rows:
            yield {
                "instrument": contrast.instrument,
                "construct": contrast.construct,
                "earlier": contrast.earlier,
                "later": contrast.later,
                "grouping": contrast.grouping,
                "label": words.of(contrast.grouping, row.name),
                **{name.replace("found", "change", 1): cell for name, cell in flat(row).items()},
                **tested,
                "test_reason": contrast.found.reason,
            }


def questions(evaluation: Evaluation, language: str) -> Iterator[Mapping[str, Cell]]:
    by_id = {instrument.id: instrument for instrument in evaluation.instruments}
    for result in evaluation.items:
        yield _question(result, by_id[result.instrument].item_by_id[result.item], language)


def _question(result: ItemResult, item: Item, language: str) -> Mapping[str, Cell]:
    return {
        "instrument": result.instrument,
        "item": result.item,
        "question": in_language(item.text, language),
        "reversed": item.reversed,
        "wave": result.wave,
        "answered": result.n,
        "mean": result.mean,
        "lowest_share": result.ends.lowest.value if result.ends else None,
        "highest_share": result.ends.highest.value if result.ends else None,
        "floor": result.ends.floor if result.ends else None,
        "ceiling": result.ends.ceiling if result.ends else None,
        **{f"answers_{score}": count for score, count in sorted(result.answers.items())},
        **{f"missing_{kind}": count for kind, count in result.missing.items()},
    }


def shifts(evaluation: Evaluation, _: str) -> Iterator[Mapping[str, Cell]]:
    for own in evaluation.shifts:
        found = {} if own.found is None else flat(own.found)
        key = {name: getattr(own, name) for name in ("instrument", "construct", "before", "then", "now")}
        yield key | {name: cell for name, cell in found.items() if not name.endswith("_interval")}


def bands(evaluation: Evaluation, language: str) -> Iterator[Mapping[str, Cell]]:
    """Empty: withheld."""
    for table in report_context(evaluation, language).bands:
        for row in table.rows:
            for band, earlier, later in zip(row.words, row.earlier, row.later, strict=True):
                key = {"instrument": table.group.instrument.id, "area": row.area.id, "norm": table.title, "band": band}
                yield key | {"people": row.n, "earlier": earlier, "later": later}


def reliability(evaluation: Evaluation, _: str) -> Iterator[Mapping[str, Cell]]:
    for change in evaluation.changes:
        if change.n is not None and change.reliability.n is not None:
            yield {**change.key._asdict(), **flat(change.reliability)}


def soundness(evaluation: Evaluation, _: str) -> Iterator[Mapping[str, Cell]]:
    """A row for each change, then one for each of its questions."""
    for one in evaluation.soundness:
        yield flat(replace(one, items=(), missing=())) | _if_others(one)
        for item in one.items:
            yield {
                "instrument": one.instrument,
                "construct": one.construct,
                "earlier": one.earlier,
                "later": one.later,
            } | {
                name if name == "item" else f"item_{name.removeprefix('item_')}": cell
                for name, cell in flat(item).items()
            }


def _if_others(one: Soundness) -> dict[str, Cell]:
    return {f"if_left_out_{case.alternative}": case.mean_change.value for case in one.missing}


def delivered(evaluation: Evaluation, _: str) -> Iterator[Mapping[str, Cell]]:
    reach = evaluation.reach
    if reach is None or reach.delivered is None:
        return
    head, *rows = table_rows(reach.delivered, "programme_countries")
    for row in rows:
        yield {str(name): cell for name, cell in zip(head, row, strict=True)}


def indicators(evaluation: Evaluation, _: str) -> Iterator[Mapping[str, Cell]]:
    for indicator in evaluation.reach.indicators if evaluation.reach is not None else ():
        yield flat(indicator)
