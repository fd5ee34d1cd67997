"""Sums, means and counts that somebody added below the forms: the last rows of a sheet that are nobody's answers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from mande.errors import Problem
from mande.responses.forms import BoolArray, Forms
from mande.responses.showing import shown, words_of
from mande.responses.text import tokens

__all__ = ["SUM_WORDS", "sums_at_the_end"]

SUM_WORDS = {
    "total", "totals", "sum", "mean", "average", "grand total",
    "итого", "всего", "сумма", "среднее",
    "среднее значение", "жами",
    "jami", "ortacha", "ўртача", "jami ortacha", "ҷамъ", "барлығы", "орташа", "жалпы", "jemi",
}  # fmt: skip
"""Words that make a row a sum wherever it stands."""

_AT_THE_END = {
    "count", "min", "max", "median", "sd", "std", "percent", "ср", "сред", "средний", "средняя", "количество", "кол",
    "процент", "мин", "макс", "медиана", "ско", "число", "soni", "foiz",
    *(word for word in SUM_WORDS if " " not in word),
}  # fmt: skip
"""Words that begin the label of a sum ("Итого по школе 5"), looked for in the last rows only."""

_SHOWN = words_of(
    [*_AT_THE_END, "по школе группе классу знач значение of the school group class maktab guruh boʻyicha"]
)
_LAST_ROWS = 10
_ENOUGH = 3
"""So many cells of a row must be the sums (or means, or counts) of their columns before it is taken for one."""


def sums_at_the_end(forms: Forms) -> Mapping[int, Problem]:
    """Rows without a respondent's code, among the last ones, that say they are a sum, or that are one by arithmetic."""
    found: dict[int, Problem] = {}
    counted = forms.used
    for i in np.flatnonzero(counted[-_LAST_ROWS:]).tolist():
        row = max(0, len(forms) - _LAST_ROWS) + i
        said = _label(forms, row) or _arithmetic(forms, row, counted)
        if said:
            found[row] = Problem("R-024", forms.place(row), said)
            counted[row] = False
    return found


def _label(forms: Forms, row: int) -> str:
    """The cell of the row that begins with a word for sums, if the row has no code beside it; "" if none does."""
    layout, answers = forms.layout, set(forms.layout.answers.values())
    near = [column for column in range(min(3, len(forms.table.header))) if column not in answers]
    for column in dict.fromkeys([*near, *layout.groups.values(), *([] if layout.id is None else [layout.id])]):
        words = tokens(_cell(forms, column, row))
        has_code = bool(forms.ids[row]) and column != layout.id
        if words and words[0] in _AT_THE_END and not has_code and not (len(words) == 1 and words[0].isdigit()):
            return shown(_cell(forms, column, row), _SHOWN)
    return ""


def _arithmetic(forms: Forms, row: int, counted: BoolArray) -> str:
    """What the row's numbers are of the rows above: their sums, means or counts; "" if they are none of these."""
    no_answers = sum(int(rows[row]) for rows in forms.answers.set_aside.values())
    if forms.ids[row] or no_answers < _ENOUGH:
        return ""
    above = np.flatnonzero(counted[:row])
    columns = [(column, _number(_cell(forms, column, row))) for column in forms.layout.answers.values()]
    cells = [(column, number) for column, number in columns if number == number]
    agree: dict[str, int] = dict.fromkeys(("sums", "means", "counts"), 0)
    for column, number in cells:
        numbers = _numbers(forms, column, above)
        near = 0.5 * 10.0 ** -_decimals(_cell(forms, column, row)) + 1e-9
        if len(numbers) >= _ENOUGH:
            agree["sums"] += abs(number - numbers.sum()) <= near
            agree["means"] += abs(number - numbers.mean()) <= near
            agree["counts"] += number == len(numbers)
    most = max(agree, key=lambda what: agree[what])
    if agree[most] >= max(_ENOUGH, 0.8 * len(cells)):
        return f"its numbers are the {most} of the rows above"
    if forms.layout.id is not None and len(cells) == len(columns) == no_answers:
        return "numbers that are no answers, and no code"
    return ""


def _cell(forms: Forms, column: int, row: int) -> str:
    values, position = forms.table.distinct(column)
    return values[position[row]].strip() if values else ""


def _numbers(forms: Forms, column: int, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    values, position = forms.table.distinct(column)
    numbers: npt.NDArray[np.float64] = np.array([_number(value) for value in values], dtype=np.float64)[position[rows]]
    return numbers[np.isfinite(numbers)]


def _number(text: str) -> float:
    try:
        return float(text.strip().replace(",", ".").rstrip("%"))
    except ValueError:
        return float("nan")


def _decimals(text: str) -> int:
    return len(text.strip().replace(",", ".").partition(".")[2])
