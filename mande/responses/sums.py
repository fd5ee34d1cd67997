"""Sums, means and counts that somebody added below the forms: rows of a sheet that are nobody's answers."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from mande.errors import Problem
from mande.responses.forms import Forms
from mande.responses.text import tokens

__all__ = ["SUM_WORDS", "sums_by_their_numbers"]

SUM_WORDS = {
    "total", "totals", "sum", "mean", "average", "grand total", "count", "количество", "кол во", "ср знач", "soni",
    "итого", "всего", "сумма", "среднее",
    "среднее значение", "жами",
    "jami", "ortacha", "ўртача", "jami ortacha", "ҷамъ", "барлығы", "орташа", "жалпы", "jemi",
}  # fmt: skip
"""Words that alone in one of the first cells make a row a sum."""

_FIRST_WORDS = {tokens(word)[:1] for word in SUM_WORDS} | {
    ("медиана",),
    ("median",),
    ("процент",),
    ("percent",),
    ("sd",),
}
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?%?")
_ENOUGH = 3
_MOST = {True: 0.5, False: 0.8}
"""Of the filled cells, the share of numbers that are no answers, by whether the file has codes of respondents."""


def sums_by_their_numbers(forms: Forms) -> Mapping[int, Problem]:
    """Rows without a code whose cells are mostly numbers that no answer has: somebody's sums, means or counts.

    A person's form has a code, or answers. Whether the numbers are those of the rows above does not matter: the
    forms may have been sorted, or some of them deleted, since they were added up.
    """
    columns = list(forms.layout.answers.values())
    no_answers = np.sum([np.zeros(len(forms), dtype=np.int64), *forms.answers.set_aside.values()], axis=0)
    suspect = forms.used & (no_answers >= _ENOUGH)
    rows = np.flatnonzero(suspect)
    if forms.layout.id is not None:
        rows = rows[np.array([_is_no_code(forms.ids[row]) for row in rows.tolist()], dtype=bool)]
    if not len(rows):
        return {}
    cells = [forms.table.cells(column) for column in columns]
    filled = np.sum([~own.are_blank()[rows] for own in cells], axis=0)
    numbers = np.sum([own.where(lambda text: bool(_NUMBER.fullmatch(text)))[rows] for own in cells], axis=0)
    sums = (numbers == filled) & (no_answers[rows] >= _MOST[forms.layout.id is not None] * filled)
    return {
        row: Problem("R-024", forms.place(row), f"{no_answers[row]} of {of} numbers are no answers")
        for row, of in zip(rows[sums].tolist(), filled[sums].tolist(), strict=True)
    }


def _is_no_code(text: str) -> bool:
    """Whether a code is empty, or a word for sums with more behind it ("Итого по школе 5")."""
    return not text or tokens(text)[:1] in _FIRST_WORDS
