"""Cells become answer codes. What is not an answer of its item is set aside and said, never repaired in silence.

Every step looks at the distinct values of a column; cells are touched only to be counted and replaced by a number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from mande.errors import CATALOGUE, DataProblems, Effect, Place, Problem
from mande.model import Instrument
from mande.responses.column_names import AnswerColumn, ColumnNames, Layout, heading_language
from mande.responses.decoding import lost_letters
from mande.responses.evidence import Evidence
from mande.responses.meanings import Meanings, Reading
from mande.responses.missing import CodeArray, Missing
from mande.responses.showing import shown, words_of
from mande.responses.table import Table, counted_places
from mande.responses.text import shortened, whole_number

__all__ = ["CleanAnswers", "CodeArray", "Missing", "clean_answers", "judge_answers"]

_OFTEN = 0.02
"""From this share of cells on, a number just outside the answers is not a slip but another numbering."""


@dataclass(frozen=True, slots=True, eq=False)
class CleanAnswers:
    """The answers of a table.

    codes: by wave ("" in a long file), one row a form and one column a rated item, shape (n, k).
    columns: how many answer columns there are. missing: cells without an answer, by kind. adjusted: adjusted cells of
    each row, shape (n,).
    set_aside: by problem code, cells set aside of each row, shape (n,). problems: of single cells.
    """

    codes: Mapping[str, CodeArray]
    columns: int
    missing: Counter[int]
    adjusted: npt.NDArray[np.int64]
    set_aside: Mapping[str, npt.NDArray[np.int64]]
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Work:
    """What is gathered while the columns are read."""

    rows: int
    evidence: Evidence
    adjusted: npt.NDArray[np.int64]
    missing: Counter[int] = field(default_factory=Counter)
    set_aside: dict[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def count(self, code: str, rows: npt.NDArray[np.bool_]) -> None:
        if code not in self.set_aside:
            self.set_aside[code] = np.zeros(self.rows, dtype=np.int64)
        self.set_aside[code] += rows


def clean_answers(
    table: Table, layout: Layout, instrument: Instrument, names: ColumnNames, evidence: Evidence
) -> CleanAnswers:
    """Read every answer cell of the table. Raises DataProblems where reading on would falsify the answers.

    What is to be said of whole columns is added to `evidence`, for `judge_answers`.
    """
    work = _Work(len(table), evidence, np.zeros(len(table), dtype=np.int64))
    meanings = _meanings(instrument, names)
    language = heading_language(layout)
    codes: dict[str, CodeArray] = {}
    waves = ("",) if layout.wave_column is not None else layout.waves
    for wave in waves:
        matrix = np.empty((len(table), len(instrument.rated_items)), dtype=np.int16, order="F")
        for k, item in enumerate(instrument.rated_items):
            found = layout.found[item.id, wave]
            _clean_column(table, found, meanings[str(item.answers)], language, work, matrix[:, k])
        codes[wave] = matrix
    return CleanAnswers(codes, len(layout.found), work.missing, work.adjusted, work.set_aside, tuple(work.problems))


def judge_answers(
    evidence: Evidence, file: str, layout: Layout, instrument: Instrument, names: ColumnNames
) -> list[Problem]:
    """What all answer cells of a file tell together. Raises DataProblems if they are numbered in another way."""
    _refuse_another_numbering(file, _meanings(instrument, names), evidence)
    otherwise = [
        Problem(
            code, Place(file, column=column), shown(value, words_of([value])), {**dict(details), "count": str(count)}
        )
        for (column, code, value, details), count in evidence.read_otherwise.items()
    ]
    return [*otherwise, *_other_language(file, heading_language(layout), evidence)]


def _meanings(instrument: Instrument, names: ColumnNames) -> dict[str, Meanings]:
    return {
        scale_id: Meanings(instrument, scale, answers=names.answers, missing=names.missing)
        for scale_id, scale in instrument.answer_scales.items()
    }


def _clean_column(
    table: Table, found: AnswerColumn, meanings: Meanings, language: str | None, work: _Work, cells: CodeArray
) -> None:
    """Writes a column's codes to `cells`."""
    column = found.column
    _refuse_other_labels(table, column, meanings)
    values, position = table.distinct(column)
    if not values:
        return
    declared = table.declared_missing.get(column, frozenset())
    readings = [meanings.read(value, declared_missing=value in declared) for value in values]
    count = counted_places(position, len(values))
    codes = np.array([reading.code for reading in readings], dtype=np.int16)
    _gather(table, found, values, position, readings, count, meanings, work)
    for value, reading, n in zip(values, readings, count, strict=True):
        if reading.code <= Missing.BLANK:
            work.missing[reading.code] += n
        number = whole_number(value.strip())
        if number is not None and n:
            work.evidence.numbers[meanings.scale.id, number] += n
        if language and n and reading.languages and language not in reading.languages:
            work.evidence.languages[min(reading.languages)] += n
    codes.take(position, out=cells, mode="clip")  # which reads no further than the codes, and needs no copy


def _language_of_cells(readings: Sequence[Reading], count: Sequence[int]) -> str:
    """The language of the words by which most answers of a column are given; "" where most are given by numbers."""
    spoken: Counter[str] = Counter()
    for reading, n in zip(readings, count, strict=True):
        if reading.code > Missing.BLANK:
            spoken.update(dict.fromkeys(reading.languages or {""}, n))
    return min(spoken, key=lambda language: (-spoken[language], language), default="")


def _gather(
    table: Table,
    found: AnswerColumn,
    values: Sequence[str],
    position: npt.NDArray[np.integer],
    readings: Sequence[Reading],
    count: Sequence[int],
    meanings: Meanings,
    work: _Work,
) -> None:
    """Note what is to be said of a column's values, and count their cells by row."""
    name, words = table.name_of(found.column), _language_of_cells(readings, count)
    for i, reading in enumerate(readings):
        if not reading.problem or not count[i]:
            continue
        details = dict(reading.details or {})
        if reading.problem == "R-014":
            spoken = words or found.language
            details["answers"] = meanings.offered_beside(values[i], reading.near, spoken, in_words=bool(words))
            work.evidence.no_answers[shortened(values[i].strip())] += count[i]
        if CATALOGUE[reading.problem].effect is Effect.ADJUSTED:
            work.adjusted += position == i
            work.evidence.read_otherwise[name, reading.problem, values[i], tuple(details.items())] += count[i]
            continue
        if word := lost_letters(values[i]):
            raise DataProblems([Problem("R-007", Place(table.file, column=name), meanings.shown(word, "R-007"))])
        here = position == i
        work.count(reading.problem, here)
        value = meanings.shown(values[i], reading.problem)
        rows = table.row[here].tolist()
        work.problems += [Problem(reading.problem, Place(table.file, row, name), value, details) for row in rows]


def _refuse_other_labels(table: Table, column: int, meanings: Meanings) -> None:
    """A file that numbers the same labels otherwise must not be read by its numbers."""
    for value, label in table.value_labels.get(column, {}).items():
        number, meant = whole_number(value), meanings.label_code(label)
        if number is None or meant is None or meanings.by_code.get(number) == meant:
            continue
        details = {"label": shortened(label, 40), "meant": str(meant) if meant > Missing.BLANK else "no answer"}
        raise DataProblems([Problem("R-059", Place(table.file, column=table.name_of(column)), value, details)])


def _refuse_another_numbering(file: str, meanings: Mapping[str, Meanings], evidence: Evidence) -> None:
    """0 to 4 in an instrument of 1 to 5: the zeros would be set aside, and every other answer would be wrong."""
    for scale_id, own in meanings.items():
        numbers = {number: n for (scale, number), n in evidence.numbers.items() if scale == scale_id}
        total = sum(numbers.values())
        low, high = min(own.scale.codes), max(own.scale.codes)
        for outside, opposite in ((low - 1, high), (high + 1, low)):
            often = numbers.get(outside, 0) > max(3, _OFTEN * total)
            if often and outside not in own.by_code and not numbers.get(opposite):
                here = [number for number in numbers if low - 1 <= number <= high + 1]
                details = {"low": str(min(here)), "high": str(max(here)), "answers": own.offered}
                raise DataProblems([Problem("R-064", Place(file), str(outside), details)])


def _other_language(file: str, language: str | None, evidence: Evidence) -> list[Problem]:
    if not language or not evidence.languages:
        return []
    value = ", ".join(sorted(evidence.languages))
    details = {"header": language, "count": str(evidence.languages.total())}
    return [Problem("R-039", Place(file), value, details)]
