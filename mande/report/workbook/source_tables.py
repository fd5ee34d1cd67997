"""What the figures were made from, as rows of tables: files, their problems, questions and scoring, provenance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mande.errors import CATALOGUE
from mande.evaluation import Evaluation
from mande.model import Construct, Instrument, Item, in_language
from mande.problem_kinds import fields_of, filled
from mande.report.workbook.flat import Cell

__all__ = ["areas", "codebook", "files", "problems", "provenance"]


def files(evaluation: Evaluation, _: str) -> Iterator[Mapping[str, Cell]]:
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


def problems(evaluation: Evaluation, _: str) -> Iterator[Mapping[str, Cell]]:
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
    """The catalogue's sentence with … where a problem has its own value, which stays at home.

    >>> _without_fields('"{value}" was read as {read_as} in {count:cell|cells}.')
    '"…" was read as … in … cells.'
    """
    return filled(words, dict.fromkeys(fields_of(words), "…") | {"evaluation": "evaluation.toml"})


def codebook(evaluation: Evaluation, language: str) -> Iterator[Mapping[str, Cell]]:
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


def areas(evaluation: Evaluation, language: str) -> Iterator[Mapping[str, Cell]]:
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


def provenance(evaluation: Evaluation, _: str) -> Iterator[Mapping[str, Cell]]:
    for name, digest in evaluation.provenance.inputs.items():
        yield {"kind": "made from", "name": name, "value": digest}
    for name, number in evaluation.provenance.versions.items():
        yield {"kind": "made with", "name": name, "value": number}
    for name, rule in evaluation.analysis.model_dump(mode="json").items():
        yield {"kind": "rule", "name": name, "value": str(rule)}
    yield {"kind": "rule", "name": "smallest_cell", "value": evaluation.plan.smallest_cell}
