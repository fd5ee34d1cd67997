"""Rows that are no usable form: each is set aside for one reason, the first that holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from mande.errors import Problem
from mande.responses.column_names import Layout
from mande.responses.forms import BoolArray, Forms
from mande.responses.missing import Missing
from mande.responses.seen import Key, Marks, marks_of, repeats
from mande.responses.showing import shown, words_of
from mande.responses.sums import SUM_WORDS, sums_by_their_numbers
from mande.responses.table import Column, Table, bytes_of
from mande.responses.text import folded, shortened
from mande.stats.counts import IntArray

__all__ = [
    "FORM_COLUMNS",
    "KEEP_ONE",
    "about_ids",
    "marks_of_families",
    "marks_of_ids",
    "marks_of_submissions",
    "rounded",
    "set_again_aside",
    "set_rows_aside",
    "submission_column",
    "without_second_forms",
]

_STATUS = {
    "status": {"not decrypted", "missing encrypted form data"},
    "reviewstate": {"rejected"},
    "review status": {"rejected"},
    "validation status": {"validation status not approved", "not approved", "не одобрено"},
}
_SUBMISSION = {"meta instanceid", "instanceid", "key", "uuid"}
_ROUNDED = re.compile(r"^\d[.,]\d+[Ee]\+\d+$")

KEEP_ONE = "Keep the right form of the two and delete the other."
DELETE_ONE = "The two rows are the same in every cell: delete one of them."

FORM_COLUMNS = {"form id", "form hash", "mande form", "instrument"}
"""Headings under which a form made by mande says which questionnaire it is."""


def set_rows_aside(forms: Forms) -> Forms:
    """Leave out rows that the server rejected, sums, forms of another questionnaire, and empty ones."""
    steps: tuple[Callable[[Forms], Mapping[int, Problem]], ...] = (
        _rejected, _sums, sums_by_their_numbers, _other_instruments, _unknown_waves, _blank,
    )  # fmt: skip
    for step in steps:
        forms = forms.without(step(forms))
    return forms


def without_second_forms(forms: Forms, key: Key) -> Forms:
    """Leave out forms that the server holds twice, then second forms of one person."""
    for code, marks_of_forms in (("R-026", marks_of_submissions), ("R-020", marks_of_ids)):
        forms = set_again_aside(forms, code, *repeats(marks_of_forms(forms, key)))
    return forms


def set_again_aside(forms: Forms, code: str, again: IntArray, first: IntArray | None = None) -> Forms:
    """Leave out rows that are of a form, or a person, of an earlier row. first: the earlier rows, if known."""
    rows = ["an earlier row"] * len(again) if first is None else [f"row {row}" for row in forms.table.row[first]]
    which = [KEEP_ONE] * len(again) if first is None else _which_to_keep(forms, again, first)
    said = zip(again.tolist(), rows, which, strict=True)
    return forms.without({i: Problem(code, forms.place(i), details={"first": row, "which": w}) for i, row, w in said})


def _which_to_keep(forms: Forms, again: IntArray, first: IntArray) -> list[str]:
    """What to do with each two rows of one person: it is another thing where nothing in them differs."""
    answers = np.ones(len(again), dtype=bool)
    for matrix in forms.answers.codes.values():
        answers &= (matrix[again] == matrix[first]).all(axis=1)
    cells = answers.copy()
    for column in range(len(forms.table.header)):
        if cells.any():
            _, place = forms.table.coded(column)
            cells &= place[again] == place[first]
    return [
        DELETE_ONE if same else f"Every answer is the same in both. {KEEP_ONE}" if alike else KEEP_ONE
        for same, alike in zip(cells.tolist(), answers.tolist(), strict=True)
    ]


def marks_of_submissions(forms: Forms, key: Key) -> Marks:
    """Marks of the submission numbers of used rows: the server may hold one form twice."""
    column = submission_column(forms.table, forms.layout)
    if column is None:
        return np.zeros((0, 2), dtype=np.uint64)
    return _of_used(forms, marks_of(forms.table.cells(column), key))


def submission_column(table: Table, layout: Layout) -> int | None:
    """The column of the numbers that a server gives to forms."""
    own = (i for i, name in enumerate(table.header) if folded(name) in _SUBMISSION and i not in layout.used)
    return next(own, None)


def marks_of_ids(forms: Forms, key: Key) -> Marks:
    """Marks of the codes of used rows (and their waves, in a long file) that no spreadsheet has rounded."""
    if forms.layout.id is None:
        return np.zeros((0, 2), dtype=np.uint64)
    if forms.wave_of is None:
        return _of_used(forms, marks_of(forms.ids, key), _rounded(forms.ids))
    ids = [f"{text}\n{wave}" if text else "" for text, wave in zip(forms.ids, forms.wave_of.tolist(), strict=True)]
    return _of_used(forms, marks_of(Column.of(ids), key), _rounded(forms.ids))


def marks_of_families(forms: Forms, key: Key) -> Marks:
    """Marks of the family codes of used rows."""
    if forms.layout.family is None:
        return np.zeros((0, 2), dtype=np.uint64)
    return _of_used(forms, marks_of(forms.families, key))


def _of_used(forms: Forms, marks: Marks, others: BoolArray | None = None) -> Marks:
    marks[~forms.used if others is None else ~forms.used | others] = 0
    return marks


def rounded(code: str) -> bool:
    """Whether a spreadsheet has turned a long number into one such as 1,23E+14."""
    return "+" in code and bool(_ROUNDED.match(code))


def _rounded(ids: Column) -> BoolArray:
    _, content = bytes_of(ids.values)
    return ids.where(rounded) if (content == ord("+")).any() else np.zeros(len(ids), dtype=bool)


def _rows_with(
    forms: Forms, column: int, wanted: Callable[[str], bool], likely: Callable[[Column], BoolArray] | None = None
) -> Iterator[tuple[int, str]]:
    """Position and text of the used rows whose cell is wanted."""
    cells = forms.table.cells(column)
    hits = cells.where(wanted, likely(cells) if likely is not None else None)
    if hits.any():
        for i in np.flatnonzero(hits & forms.used).tolist():
            yield i, cells[i]


def _rejected(forms: Forms) -> dict[int, Problem]:
    found = {}
    for column, name in enumerate(forms.table.header):
        wanted = _STATUS.get(folded(name))
        if wanted and column not in forms.layout.answers.values():
            for i, value in _rows_with(forms, column, lambda text, wanted=wanted: folded(text) in wanted):  # type: ignore[misc]
                found[i] = Problem("R-025", forms.place(i, name), value)
    return found


def _sums(forms: Forms) -> dict[int, Problem]:
    """Rows that a spreadsheet adds up: one of the first columns, or the id, says so."""
    answers, found = set(forms.layout.answers.values()), {}
    first = [column for column in range(min(3, len(forms.table.header))) if column not in answers]
    for column in dict.fromkeys([*first, *([forms.layout.id] if forms.layout.id is not None else [])]):
        for i, value in _rows_with(forms, column, _is_sum, _may_be_sums):
            found[i] = Problem("R-024", forms.place(i), shortened(value, 30))
    return found


def _is_sum(text: str) -> bool:
    return len(text) < 40 and folded(text) in SUM_WORDS


def _may_be_sums(cells: Column) -> BoolArray:
    """Of the distinct values, those that do not end with a digit."""
    _, last = cells.ends()
    maybe: BoolArray = (last < ord("0")) | (last > ord("9"))
    return maybe


def _other_instruments(forms: Forms) -> dict[int, Problem]:
    """Rows whose hidden form id names another questionnaire, or another version of it."""
    own, found = f"{forms.instrument.id}/{forms.instrument.version}", {}
    for column, name in enumerate(forms.table.header):
        if not any(folded(name) == known or folded(name).endswith(f" {known}") for known in FORM_COLUMNS):
            continue
        for i, value in _rows_with(forms, column, lambda text: "/" in text and text.strip() != own):
            found[i] = Problem("R-027", forms.place(i, name), shortened(value), {"instrument": own})
    return found


def _unknown_waves(forms: Forms) -> dict[int, Problem]:
    column = forms.layout.wave_column
    if forms.wave_of is None or column is None:
        return {}
    texts, name = forms.table.cells(column), forms.table.name_of(column)
    details, known = {"waves": ", ".join(forms.waves)}, words_of(forms.layout.words.spoken)
    unknown = np.flatnonzero((forms.wave_of < 0) & forms.used).tolist()
    return {i: Problem("R-028", forms.place(i, name), shown(texts[i], known), details) for i in unknown}


def _blank(forms: Forms) -> dict[int, Problem]:
    if not forms.answers.codes or not forms.instrument.rated_items:
        return {}
    matrices = forms.answers.codes.values()
    without = np.flatnonzero(forms.used & np.all([m.max(axis=1) <= Missing.BLANK for m in matrices], axis=0))
    blank = np.all([(m[without] == Missing.BLANK).all(axis=1) for m in matrices], axis=0)
    return {i: Problem("R-021", forms.place(i)) for i in without[blank].tolist()}


def about_ids(forms: Forms) -> Iterator[Problem]:
    """Used rows without a code, which matters only if any row has one, and codes that a spreadsheet has rounded."""
    if forms.layout.id is None:
        return
    name, used = forms.table.name_of(forms.layout.id), forms.used
    blank = forms.ids.are_blank()
    for i in np.flatnonzero((blank | _rounded(forms.ids)) & used).tolist():
        yield Problem("R-022", forms.place(i)) if blank[i] else Problem("R-023", forms.place(i, name))
