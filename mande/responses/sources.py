"""The sources of a plan, read, linked and checked together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mande.errors import DataProblems, Place, Problem
from mande.plan import LEAST_CELL
from mande.responses.checks import checked, checked_together, with_problems
from mande.responses.column_names import ColumnNames
from mande.responses.forms import Forms
from mande.responses.label_checks import texts_nowhere, unknown_groupings
from mande.responses.linking import link
from mande.responses.pseudonyms import key_for, session_key
from mande.responses.reading import read_forms
from mande.responses.result import OpenAnswer, Responses
from mande.responses.storage import path_of, sources_of
from mande.responses.version_checks import other_version_at

if TYPE_CHECKING:
    from mande.plan import Plan, Source

__all__ = ["check_waves", "column_names", "given_twice", "read_plan", "released_answers", "waves_not_compared"]


def read_plan(plan: Plan) -> tuple[Responses, ...]:
    """Read every source. Raises DataProblems with those of all sources, if any of them cannot be used."""
    forms: list[Forms] = []
    refused: list[Problem] = []
    for source, instrument in sources_of(plan):
        try:
            forms.append(read_forms(path_of(plan, source), instrument, column_names(source, plan)))
        except DataProblems as error:
            refused += error.problems
    refused += given_twice((own.table.file, own.table.digest, own.table.part, own.instrument.id) for own in forms)
    if refused:
        raise DataProblems(_naming(refused, plan))
    linked = link(forms, _key(plan, forms))
    if refused := [*check_waves(linked, plan), *unknown_groupings(linked, plan)]:
        raise DataProblems(_naming(refused, plan))
    smallest = max(plan.evaluation.smallest_cell, LEAST_CELL)
    read = tuple(
        with_problems(checked(each, smallest), list(waves_not_compared(each, plan, _forms_by_wave(each))))
        for each in linked
    )
    read = (with_problems(read[0], list(texts_nowhere(forms, plan, smallest))), *read[1:])
    return tuple(_named(responses, plan) for responses in checked_together(read))


def _naming(problems: Sequence[Problem], plan: Plan) -> tuple[Problem, ...]:
    """The problems, speaking of the evaluator's file by its own name."""
    name = plan.file.name
    return tuple(
        replace(
            problem,
            details={
                **{key: said.replace("evaluation.toml", name) for key, said in problem.details.items()},
                "evaluation": name,
            },
        )
        for problem in problems
    )


def _named(responses: Responses, plan: Plan) -> Responses:
    if plan.file.name == "evaluation.toml":
        return responses
    files = tuple(replace(read, problems=_naming(read.problems, plan)) for read in responses.files)
    return replace(responses, files=files, problems=_naming(responses.problems, plan))


def column_names(source: Source, plan: Plan) -> ColumnNames:
    """What evaluation.toml says of a source's columns."""
    return ColumnNames(
        id=source.id,
        family=source.family,
        groups=source.groups,
        columns=source.columns,
        waves=source.waves,
        code=source.code,
        wave=source.wave,
        wave_column=source.wave_column,
        wave_values=source.wave_values,
        other_waves=plan.analysis.waves,
        answers=source.answers,
        missing=source.missing,
        sheet=source.sheet,
        age=source.age,
        open_answers=source.open,
        themes=source.themes,
        labels=plan.evaluation.labels,
    )


def released_answers(plan: Plan, read: Sequence[Responses]) -> tuple[tuple[OpenAnswer, str], ...]:
    """The open answers that evaluation.toml releases, each with how its author is to be called.

    Raises DataProblems where a file, row or question is named that was not read.
    """
    there = {(a.file, a.row, a.question): a for responses in read for a in responses.open_answers}
    found, problems = [], []
    for released in plan.evaluation.narrative.released:
        answer = there.get((released.file, released.row, released.question))
        if answer is not None:
            found.append((answer, released.who))
            continue
        place = Place(released.file)
        questions = sorted({question for file, _, question in there if file == released.file})
        if released.question in questions:
            problems.append(Problem("L-010", place, str(released.row), {"question": released.question}))
        else:
            hint = (
                f"There are: {', '.join(questions)}." if questions else "Name its column in evaluation.toml under open."
            )
            problems.append(Problem("L-011", place, released.question, {"hint": hint}))
    if problems:
        raise DataProblems(problems)
    return tuple(found)


def _key(plan: Plan, forms: Sequence[Forms]) -> bytes:
    """The evaluator's key, where there are codes to hide and a folder of the evaluator's to keep it in."""
    named = any(own.layout.id is not None or own.layout.family is not None or own.layout.code for own in forms)
    return key_for(plan.folder) if named else session_key()


def given_twice(files: Iterable[tuple[str, str, str, str]]) -> list[Problem]:
    """files: name, digest, part, instrument of each; one form may hold several questionnaires."""
    seen: dict[tuple[str, ...], str] = {}
    problems = []
    for file, *mark in files:
        if tuple(mark) in seen:
            problems.append(Problem("R-040", Place(file), seen[tuple(mark)]))
        seen.setdefault(tuple(mark), file)
    return problems


def check_waves(read: Sequence[Responses], plan: Plan) -> list[Problem]:
    """Waves that are compared and that nobody answered.

    Nothing is compared of a questionnaire without constructs, nor of one that was asked once: whose only wave is its
    own and none of those that are compared.
    """
    return [problem for responses in read for problem in _waves_not_there(responses, read, plan)]


def _waves_not_there(responses: Responses, read: Sequence[Responses], plan: Plan) -> Iterator[Problem]:
    instrument, place = responses.instrument, Place(responses.file)
    for wave in plan.analysis.waves if _is_compared(responses, plan) else ():
        if wave in responses.codes:
            continue
        other = other_version_at(instrument, wave, read)
        if other is not None:
            yield Problem("L-008", place, wave, {"instrument": instrument.id, "other": other.id})
        else:
            yield Problem("L-007", place, wave, {"instrument": instrument.id})


def _is_compared(responses: Responses, plan: Plan) -> bool:
    asked_once = tuple(responses.codes) == responses.instrument.waves and not {*responses.codes} & {
        *plan.analysis.waves
    }
    return bool(responses.instrument.constructs) and not asked_once


def _forms_by_wave(responses: Responses) -> dict[str, int]:
    return {wave: int(responses.has_wave(wave).sum()) for wave in responses.codes}


def waves_not_compared(responses: Responses, plan: Plan, forms: Mapping[str, int]) -> Iterator[Problem]:
    """Waves that hold forms and that no comparison names: a slip in evaluation.toml, or work for another analysis.

    forms: by wave, how many.
    """
    compared = plan.analysis.waves
    for wave, count in forms.items() if _is_compared(responses, plan) else ():
        if wave not in compared and count:
            file = next((f.file for f in responses.files if any(w == wave for _, w, *_ in f.layout)), responses.file)
            details = {"count": str(count), "instrument": responses.instrument.id, "waves": " and ".join(compared)}
            yield Problem("L-009", Place(file), wave, details)
