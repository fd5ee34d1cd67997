"""Rows that are no usable form: each is set aside for one reason, the first that holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from mande.errors import Problem
from mande.responses.forms import BoolArray, Forms
from mande.responses.missing import Missing
from mande.responses.showing import shown, words_of
from mande.responses.sums import SUM_WORDS, sums_at_the_end
from mande.responses.text import folded, shortened

__all__ = ["FORM_COLUMNS", "set_rows_aside"]

_STATUS = {
    "status": {"not decrypted", "missing encrypted form data"},
    "reviewstate": {"rejected"},
    "review status": {"rejected"},
    "validation status": {"validation status not approved", "not approved", "не одобрено"},
}
_SUBMISSION = {"meta instanceid", "instanceid", "key", "uuid"}
_ROUNDED = re.compile(r"^\d[.,]\d+[Ee]\+\d+$")

FORM_COLUMNS = {"form id", "form hash", "mande form", "instrument"}
"""Headings under which a form made by mande says which questionnaire it is."""


def set_rows_aside(forms: Forms) -> Forms:
    """Leave out rows that the server rejected, sums, forms of another questionnaire, empty and repeated ones."""
    steps: tuple[Callable[[Forms], Mapping[int, Problem]], ...] = (
        _rejected, _sums, sums_at_the_end, _other_instruments, _unknown_waves, _blank, _sent_twice, _second_forms,
    )  # fmt: skip
    for step in steps:
        forms = forms.without(step(forms))
    return forms.noticing(list(_about_ids(forms)))


def rounded(code: str) -> bool:
    """Whether a spreadsheet has turned a long number into one such as 1,23E+14."""
    return "+" in code and bool(_ROUNDED.match(code))


def _rows_with(forms: Forms, column: int, wanted: Callable[[str], bool]) -> Iterator[tuple[int, str]]:
    """Position and text of the used rows whose cell is wanted."""
    values, position = forms.table.distinct(column)
    hits = np.array([wanted(value) for value in values], dtype=bool)
    if hits.any():
        for i in np.flatnonzero(hits[position] & forms.used).tolist():
            yield i, values[position[i]]


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
        for i, value in _rows_with(forms, column, _is_sum):
            found[i] = Problem("R-024", forms.place(i), shortened(value, 30))
    return found


def _is_sum(text: str) -> bool:
    return len(text) < 40 and not text[-1:].isdigit() and folded(text) in SUM_WORDS


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
    texts, name = forms.table.texts(column), forms.table.name_of(column)
    details, known = {"waves": ", ".join(forms.waves)}, words_of(forms.layout.words.spoken)
    unknown = np.flatnonzero((forms.wave_of < 0) & forms.used).tolist()
    return {i: Problem("R-028", forms.place(i, name), shown(texts[i], known), details) for i in unknown}


def _blank(forms: Forms) -> dict[int, Problem]:
    if not forms.answers.codes or not forms.instrument.rated_items:
        return {}
    blank: BoolArray = np.all([(m == Missing.BLANK).all(axis=1) for m in forms.answers.codes.values()], axis=0)
    return {i: Problem("R-021", forms.place(i)) for i in np.flatnonzero(blank & forms.used).tolist()}


def _sent_twice(forms: Forms) -> dict[int, Problem]:
    """Rows with the submission number of another row: the server holds one form twice."""
    for column, name in enumerate(forms.table.header):
        if folded(name) in _SUBMISSION and column not in forms.layout.used:
            return dict(_repeated(forms, forms.table.texts(column), "R-026"))
    return {}


def _second_forms(forms: Forms) -> dict[int, Problem]:
    if forms.layout.id is None:
        return {}
    ids = _sound_ids(forms)
    if forms.wave_of is not None:
        ids = [f"{text}\n{wave}" if text else "" for text, wave in zip(ids, forms.wave_of.tolist(), strict=True)]
    return dict(_repeated(forms, ids, "R-020"))


def _sound_ids(forms: Forms) -> list[str]:
    return ["" if rounded(text) else text for text in forms.ids]


def _repeated(forms: Forms, keys: list[str], code: str) -> Iterator[tuple[int, Problem]]:
    first: dict[str, int] = {}
    for i in np.flatnonzero(forms.used).tolist():
        key = keys[i]
        if not key:
            continue
        if key in first:
            details = {"first": f"row {int(forms.table.row[first[key]])}"}
            yield i, Problem(code, forms.place(i), details=details)
        else:
            first[key] = i


def _about_ids(forms: Forms) -> Iterator[Problem]:
    if forms.layout.id is None or not any(forms.ids):
        return
    name = forms.table.name_of(forms.layout.id)
    odd = {i for i, text in enumerate(forms.ids) if not text or rounded(text)}
    for i in sorted(odd - set(forms.set_aside)):
        if not forms.ids[i]:
            yield Problem("R-022", forms.place(i))
        elif rounded(forms.ids[i]):
            yield Problem("R-023", forms.place(i, name))
