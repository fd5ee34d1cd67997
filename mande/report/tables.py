"""An evaluation as plain tables: one a sheet of the workbook, nothing rounded, nothing left out but the withheld."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mande.change import COLUMNS
from mande.contrast import ArmContrast
from mande.course import Course
from mande.errors import CATALOGUE
from mande.evaluation import Evaluation, ItemResult
from mande.model import Construct, Instrument, Item, in_language
from mande.report.flat import Cell, flat
from mande.report.gathering import report_context
from mande.report.more_tables import more_tables
from mande.soundness import ItemSoundness, Soundness
from mande.stats.subgroups import Interaction, Subgroup

__all__ = ["Table", "tables_of"]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its name, what it holds, the heads of its columns, and its rows."""

    name: str
    about: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @classmethod
    def of(cls, name: str, about: str, rows: Sequence[Mapping[str, Cell]]) -> Table:
        """Columns in the order in which the rows bring them."""
        columns = tuple(dict.fromkeys(column for row in rows for column in row))
        return cls(name, about, columns, tuple(tuple(row.get(column) for column in columns) for row in rows))


def tables_of(evaluation: Evaluation, language: str) -> list[Table]:
    """Every table that has a row, in the order of the workbook; titles and questions in `language`."""
    contrasts = [flat(contrast, ArmContrast) for contrast in evaluation.contrasts]
    courses = [flat(course, Course) for course in evaluation.courses]
    found = [
        Table.of("Summary", "The main result of each area.", _summary(evaluation, language)),
        _changes(evaluation),
        Table.of("Contrasts", "Programme less comparison, in points.", contrasts),
        Table.of(
            "Subgroups", "Change of each subgroup, and the test that they do not differ.", [*_subgroups(evaluation)]
        ),
        Table.of("Waves", "Change from the first wave at each later one.", courses),
        Table.of("Questions", "Answers, after turning the questions marked reversed.", [*_items(evaluation, language)]),
        Table.of("Soundness", "What stands behind each change.", [*_soundness(evaluation)]),
        *(Table.of(*one) for one in more_tables(evaluation)),
        Table.of("Files", "Rows and answer cells of each file: read = used + set aside.", [*_files(evaluation)]),
        Table.of("Problems", "Every kind of problem in the files, and what became of it.", [*_problems(evaluation)]),
        Table.of("Codebook", "Questions and offered answers with their codes.", [*_codebook(evaluation, language)]),
        Table.of("Areas", "How questions make up an area's score.", [*_areas(evaluation, language)]),
        Table.of("Provenance", "What the figures were made from (SHA-256), and with.", [*_provenance(evaluation)]),
    ]
    return [table for table in found if table.rows]


def _summary(evaluation: Evaluation, language: str) -> list[Mapping[str, Cell]]:
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


def _changes(evaluation: Evaluation) -> Table:
    frame = evaluation.changes.to_frame().astype(object)
    rows = frame.where(frame.notna(), None).itertuples(index=False, name=None)
    about = "Every change at full precision; the columns are explained on the first sheet."
    return Table("Changes", about, COLUMNS, tuple(rows))


def _subgroups(evaluation: Evaluation) -> Iterator[Mapping[str, Cell]]:
    for contrast in evaluation.subgroups:
        test = contrast.found.interaction
        tested = {f"test_{name}": cell for name, cell in (flat(test, Interaction) if test else {}).items()}
        for row in contrast.found.rows:
            yield {
                "instrument": contrast.instrument,
                "construct": contrast.construct,
                "earlier": contrast.earlier,
                "later": contrast.later,
                "grouping": contrast.grouping,
                **{name.replace("found", "change", 1): cell for name, cell in flat(row, Subgroup).items()},
                **tested,
                "test_reason": contrast.found.reason,
            }


def _items(evaluation: Evaluation, language: str) -> Iterator[Mapping[str, Cell]]:
    by_id = {instrument.id: instrument for instrument in evaluation.instruments}
    for result in evaluation.items:
        yield _item(result, by_id[result.instrument].item_by_id[result.item], language)


def _item(result: ItemResult, item: Item, language: str) -> Mapping[str, Cell]:
    return {
        "instrument": result.instrument,
        "item": result.item,
        "question": in_language(item.text, language),
        "reversed": item.reversed,
        "wave": result.wave,
        "answered": result.n,
        "mean": result.mean,
        **{f"answers_{score}": count for score, count in sorted(result.answers.items())},
        **{f"missing_{kind}": count for kind, count in result.missing.items()},
    }


def _soundness(evaluation: Evaluation) -> Iterator[Mapping[str, Cell]]:
    """A row for each change, then one for each of its questions."""
    for one in evaluation.soundness:
        yield flat(replace(one, items=(), missing=()), Soundness) | _if_others(one)
        for item in one.items:
            yield {
                "instrument": one.instrument,
                "construct": one.construct,
                "earlier": one.earlier,
                "later": one.later,
            } | {
                name if name == "item" else f"item_{name.removeprefix('item_')}": cell
                for name, cell in flat(item, ItemSoundness).items()
            }


def _if_others(one: Soundness) -> dict[str, Cell]:
    return {f"if_left_out_{case.alternative}": case.mean_change.value for case in one.missing}


def _files(evaluation: Evaluation) -> Iterator[Mapping[str, Cell]]:
    for source in evaluation.sources:
        flow, cells = source.flow, source.flow.cells
        yield {
            "file": source.file,
            "instrument": source.instrument,
            "rows_read": flow.rows_read,
            "rows_used": flow.rows_used,
            **{f"rows_set_aside_{code}": count for code, count in flow.rows_set_aside.items()},
            "cells_read": cells.read,
            "cells_answered": cells.answered,
            "cells_blank": cells.blank,
            "cells_not_answers": cells.not_answers,
            "cells_set_aside": cells.set_aside,
            "columns_not_used": "; ".join(source.unused_columns),
        }


def _problems(evaluation: Evaluation) -> Iterator[Mapping[str, Cell]]:
    for source in evaluation.sources:
        for code, count in source.problems.items():
            kind = CATALOGUE[code]
            yield {
                "file": source.file,
                "code": code,
                "count": count,
                "became": str(kind.effect),
                "what": _without_fields(kind.what),
            }


def _without_fields(words: str) -> str:
    """The catalogue's sentence with … where a problem has its own value, which stays at home."""
    return re.sub(r"\{\w+\}", "…", words.replace("{evaluation}", "evaluation.toml"))


def _codebook(evaluation: Evaluation, language: str) -> Iterator[Mapping[str, Cell]]:
    for instrument in evaluation.instruments:
        for item in instrument.items:
            yield {
                "instrument": instrument.id,
                "version": instrument.version,
                "item": item.id,
                "question": in_language(item.text, language),
                "kind": str(item.kind),
                "reversed": item.reversed,
                "areas": "; ".join(construct.id for construct in instrument.constructs if item.id in construct.items),
                "answers": _answers(instrument, item, language),
            }


def _answers(instrument: Instrument, item: Item, language: str) -> str:
    if item.answers is None:
        return ""
    offered = instrument.scale_of(item).answers
    return "; ".join(f"{answer.code} {in_language(answer.label, language)}" for answer in offered)


def _areas(evaluation: Evaluation, language: str) -> Iterator[Mapping[str, Cell]]:
    for instrument in evaluation.instruments:
        for construct in instrument.constructs:
            yield _area(instrument, construct, language)


def _area(instrument: Instrument, construct: Construct, language: str) -> Mapping[str, Cell]:
    lowest, highest = instrument.possible_scores(construct)
    return {
        "instrument": instrument.id,
        "area": construct.id,
        "title": in_language(construct.title, language),
        "meaning": in_language(construct.meaning, language),
        "made_of": "; ".join(construct.items or construct.of),
        "score": str(construct.score),
        "answers_needed": construct.answers_needed,
        "lowest": float(lowest),
        "highest": float(highest),
        "better_is": construct.better,
        "key": instrument.status.key,
    }


def _provenance(evaluation: Evaluation) -> Iterator[Mapping[str, Cell]]:
    for name, digest in evaluation.provenance.inputs.items():
        yield {"kind": "made from", "name": name, "value": digest}
    for name, number in evaluation.provenance.versions.items():
        yield {"kind": "made with", "name": name, "value": number}
    for name, rule in evaluation.analysis.model_dump(mode="json").items():
        yield {"kind": "rule", "name": name, "value": str(rule)}
    yield {"kind": "rule", "name": "smallest_cell", "value": evaluation.plan.smallest_cell}
