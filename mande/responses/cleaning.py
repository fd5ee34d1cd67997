"""Cells become answer codes. What is not an answer of its item is set aside and said, never repaired in silence.

Every step looks at the distinct values of a column; cells are touched only to be counted and replaced by a number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from mande.errors import DataProblems, Effect, Place, Problem
from mande.model import Instrument
from mande.problem_kinds import DATA_KINDS
from mande.responses.column_names import AnswerColumn, ColumnNames, Layout, heading_language
from mande.responses.decoding import lost_letters
from mande.responses.meanings import Meanings, Reading
from mande.responses.missing import CodeArray, Missing
from mande.responses.personal import looks_personal
from mande.responses.table import Table
from mande.responses.text import shortened, whole_number

__all__ = ["CleanAnswers", "CodeArray", "Missing", "clean_answers"]

_OFTEN = 0.02
"""From this share of cells on, a number just outside the answers is not a slip but another numbering."""


@dataclass(frozen=True, slots=True, eq=False)
class CleanAnswers:
    """The answers of a table.

    codes: by wave ("" in a long file), one row a form and one column a rated item, shape (n, k).
    columns: how many answer columns there are. adjusted: adjusted cells of each row, shape (n,).
    set_aside: by problem code, cells set aside of each row, shape (n,).
    cell_problems: those of single cells; other_problems: those of columns.
    """

    codes: Mapping[str, CodeArray]
    columns: int
    adjusted: npt.NDArray[np.int64]
    set_aside: Mapping[str, npt.NDArray[np.int64]]
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Work:
    """What is gathered while the columns are read."""

    rows: int
    adjusted: npt.NDArray[np.int64]
    set_aside: dict[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    numbers: Counter[tuple[str, int]] = field(default_factory=Counter)
    other_language: Counter[str] = field(default_factory=Counter)

    def count(self, code: str, rows: npt.NDArray[np.bool_]) -> None:
        if code not in self.set_aside:
            self.set_aside[code] = np.zeros(self.rows, dtype=np.int64)
        self.set_aside[code] += rows


def clean_answers(table: Table, layout: Layout, instrument: Instrument, names: ColumnNames) -> CleanAnswers:
    """Read every answer cell of the table. Raises DataProblems where reading on would falsify the answers."""
    work = _Work(len(table), np.zeros(len(table), dtype=np.int64))
    meanings = {
        scale_id: Meanings(instrument, scale, answers=names.answers, missing=names.missing)
        for scale_id, scale in instrument.answer_scales.items()
    }
    language = heading_language(layout)
    codes: dict[str, CodeArray] = {}
    waves = ("",) if layout.wave_column is not None else layout.waves
    for wave in waves:
        matrix = np.empty((len(table), len(instrument.rated_items)), dtype=np.int16, order="F")
        for k, item in enumerate(instrument.rated_items):
            found = layout.found[item.id, wave]
            matrix[:, k] = _clean_column(table, found, meanings[str(item.answers)], language, work)
        codes[wave] = matrix
    _refuse_another_numbering(table, meanings, work)
    return CleanAnswers(
        codes=codes,
        columns=len(layout.found),
        adjusted=work.adjusted,
        set_aside=work.set_aside,
        problems=(*work.problems, *_other_language(table, language, work)),
    )


def _clean_column(
    table: Table, found: AnswerColumn, meanings: Meanings, language: str | None, work: _Work
) -> CodeArray | int:
    column = found.column
    _refuse_other_labels(table, column, meanings)
    values, position = table.distinct(column)
    if not values:
        return int(Missing.BLANK)
    declared = table.declared_missing.get(column, frozenset())
    readings = [meanings.read(value, declared_missing=value in declared) for value in values]
    count = np.bincount(position, minlength=len(values)).tolist()
    codes = np.array([reading.code for reading in readings], dtype=np.int16)
    _gather(table, column, values, position, readings, count, work)
    for value, reading, n in zip(values, readings, count, strict=True):
        number = whole_number(value.strip())
        if number is not None:
            work.numbers[meanings.scale.id, number] += n
        if language and reading.languages and language not in reading.languages:
            work.other_language[min(reading.languages)] += n
    cells: CodeArray = codes[position]
    return cells


def _gather(
    table: Table,
    column: int,
    values: Sequence[str],
    position: npt.NDArray[np.integer],
    readings: Sequence[Reading],
    count: Sequence[int],
    work: _Work,
) -> None:
    """Note what is to be said of a column's values, and count their cells by row."""
    name = table.name_of(column)
    for i, reading in enumerate(readings):
        if not reading.problem or not count[i]:
            continue
        details = dict(reading.details or {})
        if DATA_KINDS[reading.problem].effect is Effect.ADJUSTED:
            work.adjusted += position == i
            place = Place(table.file, column=name)
            work.problems.append(Problem(reading.problem, place, shown(values[i]), {**details, "count": str(count[i])}))
            continue
        if word := lost_letters(values[i]):
            raise DataProblems([Problem("R-007", Place(table.file, column=name), shortened(word))])
        here = position == i
        work.count(reading.problem, here)
        value = shown(values[i])
        rows = table.row[here].tolist()
        work.problems += [Problem(reading.problem, Place(table.file, row, name), value, details) for row in rows]


def shown(value: str) -> str:
    """A cell's text for a message: one line, not long, and nothing by which a person could be found."""
    return "(personal data)" if looks_personal(value) else shortened(value)


def _refuse_other_labels(table: Table, column: int, meanings: Meanings) -> None:
    """A file that numbers the same labels otherwise must not be read by its numbers."""
    for value, label in table.value_labels.get(column, {}).items():
        number, meant = whole_number(value), meanings.label_code(label)
        if number is None or meant is None or meanings.by_code.get(number) == meant:
            continue
        details = {"label": shortened(label, 40), "meant": str(meant) if meant > Missing.BLANK else "no answer"}
        raise DataProblems([Problem("R-059", Place(table.file, column=table.name_of(column)), value, details)])


def _refuse_another_numbering(table: Table, meanings: Mapping[str, Meanings], work: _Work) -> None:
    """0 to 4 in an instrument of 1 to 5: the zeros would be set aside, and every other answer would be wrong."""
    for scale_id, own in meanings.items():
        numbers = {number: n for (scale, number), n in work.numbers.items() if scale == scale_id}
        total = sum(numbers.values())
        low, high = min(own.scale.codes), max(own.scale.codes)
        for outside, opposite in ((low - 1, high), (high + 1, low)):
            often = numbers.get(outside, 0) > max(3, _OFTEN * total)
            if often and outside not in own.by_code and not numbers.get(opposite):
                here = [number for number in numbers if low - 1 <= number <= high + 1]
                details = {"low": str(min(here)), "high": str(max(here)), "answers": own.offered}
                raise DataProblems([Problem("R-064", Place(table.file), str(outside), details)])


def _other_language(table: Table, language: str | None, work: _Work) -> list[Problem]:
    if not language or not work.other_language:
        return []
    value = ", ".join(sorted(work.other_language))
    details = {"header": language, "count": str(work.other_language.total())}
    return [Problem("R-039", Place(table.file), value, details)]
