"""Cells become answer codes. What is not an answer of its item is set aside and said, never repaired in silence.

Every step looks at the distinct values of a column; cells are touched only to be counted and replaced by a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mande.errors import Place, Problem
from mande.model import Instrument, Item, NonAnswerKind, in_language
from mande.responses.layout import Layout
from mande.responses.table import Table

__all__ = ["Cells", "CleanAnswers", "CodeArray", "Missing", "clean_answers"]

CodeArray = npt.NDArray[np.int16]


class Missing(IntEnum):
    """Why a cell has no answer code. Far below every code, so that a missing answer can never be scored by mistake."""

    BLANK = -32001
    REFUSED = -32002
    DONT_KNOW = -32003
    NOT_APPLICABLE = -32004
    SET_ASIDE = -32005

    @staticmethod
    def is_answer(codes: CodeArray) -> npt.NDArray[np.bool_]:
        return codes > Missing.BLANK


_NON_ANSWERS = {
    NonAnswerKind.REFUSED: Missing.REFUSED,
    NonAnswerKind.DONT_KNOW: Missing.DONT_KNOW,
    NonAnswerKind.NOT_APPLICABLE: Missing.NOT_APPLICABLE,
}


class Cells(NamedTuple):
    """Answer cells by what became of them; they add up to those read. `adjusted` ones are among the answered."""

    read: int
    answered: int
    blank: int
    not_answers: int
    set_aside: int
    adjusted: int

    def __add__(self, other: object) -> Cells:
        return Cells(*(a + b for a, b in zip(self, other, strict=True))) if isinstance(other, Cells) else NotImplemented


@dataclass(frozen=True, slots=True, eq=False)
class CleanAnswers:
    """codes: by wave, one row a form and one column a rated item, shape (n, k); `Missing` where there is no answer."""

    codes: Mapping[str, CodeArray]
    cells: Cells
    problems: tuple[Problem, ...]


class _Reading(NamedTuple):
    """What one distinct text of a column means."""

    code: int
    adjusted: bool


def clean_answers(table: Table, layout: Layout, instrument: Instrument) -> CleanAnswers:
    """Read every answer cell of the table."""
    codes: dict[str, CodeArray] = {}
    cells, problems = Cells(0, 0, 0, 0, 0, 0), []
    for wave in instrument.waves:
        matrix = np.full((len(table), len(instrument.rated_items)), Missing.BLANK, dtype=np.int16)
        for k, item in enumerate(instrument.rated_items):
            column = layout.answers[item.id, wave]
            matrix[:, k], counted, found = _clean_column(table, column, _Meanings(instrument, item))
            cells += counted
            problems += found
        codes[wave] = matrix
    if cells.read != cells.answered + cells.blank + cells.not_answers + cells.set_aside:
        raise AssertionError(f"cells do not reconcile: {cells}")
    return CleanAnswers(codes, cells, tuple(problems))


def _clean_column(table: Table, column: int, meanings: _Meanings) -> tuple[CodeArray, Cells, list[Problem]]:
    values, position = table.distinct(column)
    readings = [meanings.read(value) for value in values]
    count = np.bincount(position, minlength=len(values))
    codes = np.array([reading.code for reading in readings], dtype=np.int16)
    problems: list[Problem] = []
    for i, reading in enumerate(readings):
        if reading.code == Missing.SET_ASIDE:
            rows = table.row[position == i]
            problems += meanings.not_an_answer(table, column, values[i], rows.tolist())
        elif reading.adjusted:
            details = {"read_as": str(reading.code), "count": str(count[i])}
            problems.append(Problem("R-015", Place(table.file, column=table.header[column]), values[i], details))
    counted = _count_cells(readings, count.tolist())
    return codes[position] if len(values) else np.empty(0, dtype=np.int16), counted, problems


def _count_cells(readings: Sequence[_Reading], count: Sequence[int]) -> Cells:
    def total(codes: Iterable[int]) -> int:
        wanted = set(codes)
        return sum(n for reading, n in zip(readings, count, strict=True) if reading.code in wanted)

    read, missing = sum(count), total(Missing)
    adjusted = sum(n for reading, n in zip(readings, count, strict=True) if reading.adjusted)
    return Cells(
        read, read - missing, total([Missing.BLANK]), total(_NON_ANSWERS.values()), total([Missing.SET_ASIDE]), adjusted
    )


class _Meanings:
    """What a text can mean as an answer of one item: a code, or a label in any language of the instrument."""

    def __init__(self, instrument: Instrument, item: Item) -> None:
        scale = instrument.scale_of(item)
        self.offered = ", ".join(map(str, scale.codes))
        self._by_code = {code: code for code in scale.codes}
        self._by_label: dict[str, int] = {}
        for answer in scale.answers:
            self._by_label |= {folded_label(label): answer.code for label in answer.label.values()}
        for non_answer in instrument.not_answers:
            kind = int(_NON_ANSWERS[non_answer.kind])
            self._by_code[non_answer.code] = kind
            self._by_label |= {folded_label(label): kind for label in non_answer.label.values()}

    def read(self, text: str) -> _Reading:
        stripped = text.strip()
        if not stripped:
            return _Reading(Missing.BLANK, adjusted=False)
        number = _whole_number(stripped)
        if number is not None:
            code = self._by_code.get(number, Missing.SET_ASIDE)
            return _Reading(code, adjusted=code > Missing.BLANK and stripped != str(number))
        return _Reading(self._by_label.get(folded_label(stripped), Missing.SET_ASIDE), adjusted=False)

    def not_an_answer(self, table: Table, column: int, value: str, rows: Iterable[int]) -> list[Problem]:
        details = {"answers": self.offered}
        return [Problem("R-014", Place(table.file, row, table.header[column]), value, details) for row in rows]


def folded_label(text: str) -> str:
    """A label as compared: case and runs of spaces do not tell answers apart.

    >>> folded_label("  I prefer   NOT to say ")
    'i prefer not to say'
    """
    return " ".join(text.split()).casefold()


def _whole_number(text: str) -> int | None:
    """5, 5.0 and 5,0 are the whole number 5; 5.5 is none."""
    whole, _, decimals = text.replace(",", ".").partition(".")
    if decimals.strip("0") or not whole.lstrip("+-").isascii() or not whole.lstrip("+-").isdigit():
        return None
    return int(whole)


def label_of(instrument: Instrument, item: Item, code: int, language: str) -> str:
    """The answer's words, or its code if it has none."""
    answers = instrument.scale_of(item).answers
    return next((in_language(answer.label, language) for answer in answers if answer.code == code), str(code))
