"""An example of every problem, for `mande explain` and docs/problems.md. Files, rows and values are invented."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mande.errors import CATALOGUE, Effect, Place, Problem
from mande.problem_kinds import fields_of

__all__ = ["code_of", "example_problem", "explained"]

_USUAL = {
    "alpha": "0.32", "answers": "1, 2, 3, 4, 5", "arm": "programme", "begins": "2016-07-01", "boys": "11",
    "bands": "8–10 and 11–14", "cells": "43", "column": "country", "columns": "41", "construct": "family-harmony",
    "count": "3", "counted": "118", "detail": "", "difference": "−2", "earlier": "THEN",
    "evaluation": "evaluation.toml", "example": 'title = "…"', "expected": "7", "file": "baseline.csv",
    "first": "row 12", "folder": "my/evaluation", "found": "0", "from": "2016-02-01", "girls": "12", "group": "school",
    "header": "ru", "high": "91 %", "highest": "3", "hint": "Remove it.", "instrument": "sfp-10-14-parent",
    "item": "p05", "items": "4", "key": "title", "kind": "a phone number", "known": '"often", "agree"',
    "label": "Always", "language": ' in "en"', "languages": "ru", "later": "NOW", "line": '"м" = "муж"', "lines": "14",
    "low": "58 %", "meant": "5", "measure": "families", "near": "Tashkent", "number": "4", "of": "40",
    "offered": "1, 2, 3, 4, 5", "other": "Tashkent 2016", "others": "21 %", "people": "22", "question": "best",
    "r": "−0.41", "ranges": "1–5, 0–3", "read_as": "5", "remedy": "", "row": "4", "rows": "8, 19", "scale": "often",
    "scope": "Uzbekistan, 2016", "second": "p06", "session": " and session", "share": "78 %", "stated": "120",
    "sum": "31", "to": "2016-06-30", "total": "total-difficulties", "turned": "0.74", "value": "", "wanted": "40",
    "was": "Возраст", "wave": "now", "waves": "then, now", "what": "item",
    "what_is_there": "The columns are: Код, Пол, В1 до, В1 после.", "where": "here", "why": "a label for each person",
    "worse": "14",
}  # fmt: skip
"""What stands for each word of a sentence, unless the problem has its own below."""

_OWN: Mapping[str, Mapping[str, str]] = {
    "I-001": {"detail": "there is a tab", "remedy": "Begin lines with spaces."},
    "I-002": {"key": "version", "example": "version: …"},
    "I-003": {"value": "itmes", "hint": 'Did you mean "items"?'},
    "I-004": {"value": '"yes"', "key": "reversed", "expected": "true or false, without quotation marks"},
    "I-010": {"value": "p05"},
    "I-011": {"value": "p50", "hint": "Did you mean p05?"},
    "I-012": {"value": "3"},
    "I-013": {"value": "5"},
    "I-014": {"value": "family-harmony", "key": "items"},
    "I-015": {"value": "5"},
    "I-016": {"value": "family-harmony"},
    "I-017": {"value": "7"},
    "I-018": {"value": "p05"},
    "I-019": {"value": "p05"},
    "I-020": {"value": "sfp-parent", "key": "id", "expected": "sfp-10-14-parent"},
    "I-021": {"value": "p05", "known": "often, agree"},
    "I-022": {"value": "p05"},
    "I-023": {"value": "prosocial"},
    "I-024": {"value": "7"},
    "I-025": {"value": "family-harmony"},
    "I-026": {"value": "high"},
    "I-027": {"value": "3.5"},
    "P-001": {
        "value": "title = “Tashkent”",
        "detail": "there are curly quotation marks",
        "remedy": 'Write straight ones: "…".',
    },
    "P-003": {"value": "ids", "hint": 'Did you mean "id"?'},
    "P-004": {"value": "0", "key": "smallest_cell", "expected": "1 or more"},
    "P-010": {"value": "parent.csv", "hint": "Did you mean parents.csv?"},
    "P-011": {"detail": 'There is no analysis "retrospectiv". Did you mean retrospective-pretest?'},
    "P-012": {"value": 'wave "endline"', "waves": "baseline", "lines": 'wave = "endline"'},
    "P-013": {"value": "harmony", "hint": "Did you mean family-harmony?"},
    "M-001": {"known": "families, children, trained"},
    "M-002": {"value": "remarks", "hint": "Did you mean note?"},
    "M-003": {"value": "families"},
    "M-010": {"value": "1 200 families"},
    "M-011": {"value": "03.04.19"},
    "M-012": {"value": "about 500"},
    "M-013": {"value": "1 200", "read_as": "1200"},
    "M-014": {"value": "2016-03-01"},
    "M-015": {"value": "2019-01-01"},
    "M-020": {"value": "Uzbekstan", "hint": "Did you mean Uzbekistan?"},
    "M-022": {"value": "UZ", "read_as": "Uzbekistan"},
    "M-023": {"value": "Toshkent"},
    "M-030": {"first": "12"},
    "M-031": {"first": "12"},
    "M-032": {"value": "7", "first": "12"},
    "M-033": {"value": "7", "hint": "Write the number of the entry that it corrects."},
    "M-034": {"value": "7", "first": "12"},
    "M-036": {"value": "3"},
    "M-040": {"value": "25"},
    "M-041": {"value": "30"},
    "M-050": {"value": '"family"'},
    "M-051": {"value": "perhaps"},
    "M-052": {"first": "12"},
    "M-053": {"first": "12"},
    "M-055": {"value": "8"},
    "M-056": {"value": "9"},
    "M-060": {"value": "families-reached"},
    "M-061": {"value": "famlies", "hint": "Did you mean families?"},
    "M-062": {"value": "harmony", "what": "construct", "hint": "Did you mean family-harmony?"},
    "M-063": {"value": "families-reached", "what": "indicator"},
    "M-064": {"value": "programm", "hint": "Did you mean programme?"},
    "M-065": {"value": "Uzbekstan", "hint": "Did you mean Uzbekistan?"},
    "M-066": {"value": "Tajikistan", "hint": "There are: Uzbekistan."},
    "M-067": {"value": "families-reached"},
    "M-068": {"value": "activity"},
    "M-073": {"value": "parents.csv"},
    "P-014": {"detail": "There is no picture logo.png in tashkent-2026."},
    "P-015": {"value": "2", "first": "1"},
    "P-016": {"value": "Жен", "first": "жен"},
    "P-017": {"value": "young women", "first": "girls"},
    "P-018": {"value": "girl", "first": "1", "label": "girls"},
    "P-019": {"value": "1", "label": "programme"},
    "P-020": {"value": "sexx", "hint": "Did you mean sex?"},
    "P-021": {"value": "муз", "group": "sex", "hint": 'The labels there are: "boys", "girls".'},
    "P-022": {"value": "sfp-10-14s", "near": "sfp-10-14"},
    "P-023": {"value": "kk", "language": "Kazakh", "known": "en, ru, uz"},
    "P-024": {"value": "rus", "known": "en, ru, uz"},
    "P-025": {"value": "parents.csv", "groups": "maktab", "cluster": "school"},
    "P-026": {"value": "gender", "hint": "There are: school, sex."},
    "P-027": {"value": "now", "earlier": "then"},
    "P-028": {"value": "sfp-10-14-parent", "count": "3", "smallest": "5"},
    "R-001": {"detail": "it is a web page, not a table", "remedy": "Log in to the server, download the data again."},
    "R-004": {"value": "p05_now", "count": "2"},
    "R-007": {"value": "Ж?мабек"},
    "R-008": {"value": "сейчас"},
    "R-009": {"hint": "Is this the right file for the instrument?"},
    "R-010": {
        "items": 'the item "p05" (now)',
        "hint": 'Did you mean the column "pO5_now"? Then name it: columns = { p05_now = "pO5_now" }.',
    },
    "R-011": {"value": "kod", "hint": 'Did you mean "Код"?'},
    "R-012": {"value": "p05 / p06 now", "first": "p05"},
    "R-013": {"value": '"p05_now" and "Q5 now"', "why": "; 3 rows are filled in both"},
    "R-014": {"value": "7"},
    "R-015": {"value": "5.0"},
    "R-016": {"value": "n/a"},
    "R-017": {"value": "p50_now", "hint": "Did you mean p05_now?"},
    "R-018": {"value": "4 – Always"},
    "R-019": {"value": "02.мар"},
    "R-020": {"which": "Keep the right form of the two and delete the other."},
    "R-024": {"value": "Итого"},
    "R-025": {"value": "Not approved"},
    "R-027": {"value": "sfp-10-14-youth/1", "instrument": "sfp-10-14-parent/1"},
    "R-028": {"value": "3"},
    "R-029": {"value": "Нет", "answers": "1, 5"},
    "R-031": {"value": "3", "count": "20", "wave": "NOW"},
    "R-032": {"value": "1"},
    "R-033": {"value": "School 5", "count": "18"},
    "R-034": {"count": "18"},
    "R-035": {"first": "12", "who": "is another respondent", "tell_apart": ""},
    "R-036": {"value": "340", "low": "18", "high": "99"},
    "R-037": {"value": "family-harmony", "count": "9", "share": "23 %", "low": "12 %", "high": "38 %"},
    "R-038": {"value": "v1 (25 forms), v2 (15 forms)"},
    "R-039": {"value": "uz", "count": "120"},
    "R-040": {"value": "baseline.csv"},
    "R-041": {"value": '"School 5" and "school  5"', "read_as": "School 5"},
    "R-042": {"value": "baseline.csv", "count": "38"},
    "R-043": {"value": '"м" and "муж"', "group": "sex"},
    "R-044": {"value": "2, 3", "answers": '"2", "3"', "or_number": ""},
    "R-045": {"value": '"4", "5"', "count": "61", "instrument": "cyrm-r-3", "other": "cyrm-r-5"},
    "R-046": {"value": 'the school "School 5" (NOW)', "instrument": "cyrm-r-5", "other": "cyrm-r-3"},
    "R-047": {"count": "440", "wave": "NOW"},
    "R-048": {"value": "p05", "wave": "NOW", "remedy": "Look at the paper form: is its question worded the other way?"},
    "R-049": {"value": "9", "instrument": "sdq-self", "low": "11", "high": "17"},
    "R-051": {"value": "note", "count": "2"},
    "R-055": {"value": "Р’РѕР·СЂР°СЃС‚"},
    "R-056": {"value": '"Sheet1", "copy"'},
    "R-057": {"value": "Forms", "others": '"codes"'},
    "R-058": {"value": "Q1[SQ001][1], Q1[SQ001][2]", "waves": "then or now", "earlier": "then", "later": "now"},
    "R-059": {"value": "1"},
    "R-060": {"value": "Sheet2", "known": '"Forms", "codes"'},
    "R-062": {
        "value": '"p01", "p02", "p03" … and 17 more',
        "count": "20",
        "waves": "then or now",
        "hint": 'If the file holds one of them only, write below its [[source]]: wave = "then", or wave = "now".',
    },
    "R-063": {"value": "7"},
    "R-064": {"value": "0", "low": "0", "high": "4"},
    "R-065": {"value": "parent"},
    "R-066": {"value": '"v1/p05_now" and "v2/p05_now"'},
    "R-067": {"value": "facilitator"},
    "R-068": {"value": "3", "group": "school", "count": "3", "of": "74"},
    "R-069": {"value": "p05", "wave": "THEN"},
    "R-070": {"wave": "THEN"},
    "L-001": {"waves": "baseline and endline"},
    "L-002": {"wave": "baseline", "count": "2"},
    "L-003": {"row": "12"},
    "L-004": {"row": "12"},
    "L-005": {"wave": "baseline", "count": "9", "rows": "rows 4, 7, 12, 15, 31 … and 4 more"},
    "L-007": {"value": "endline"},
    "L-008": {"value": "endline", "instrument": "cyrm-r-5", "other": "cyrm-r-3"},
    "L-009": {"value": "midline", "waves": "baseline and endline"},
    "L-010": {"value": "17"},
    "L-011": {"value": "best", "hint": "Name its column in evaluation.toml under open."},
}
_FILES = {"I": "1.yaml", "P": "evaluation.toml", "M": "ledger.csv", "R": "parents.csv", "L": "endline.csv"}
_OF_COLUMNS = {"R-015", "R-016", "R-050", "R-061", "R-041", "R-059", "R-065", "R-067", "R-068"}
_OF_ROWS = {"R-022", "R-023", "R-030", "R-031", "R-032", "R-035", "R-036", "R-049", "L-002", "L-003", "L-004", "R-063"}


def example_problem(code: str) -> Problem:
    """An invented problem of this kind."""
    kind = CATALOGUE[code]
    fields = {*fields_of(kind.what), *fields_of(kind.remedy)}
    own = _OWN.get(code, {})
    words = {field: _USUAL[field] for field in fields - own.keys()} | dict(own)
    line = 12 if code[0] in "IP" else None
    row = 17 if kind.effect in (Effect.ROW_SET_ASIDE, Effect.CELL_SET_ASIDE) or code in _OF_ROWS else None
    column = "p05_now" if kind.effect is Effect.CELL_SET_ASIDE or code in _OF_COLUMNS or code == "R-063" else None
    if code in ("M-010", "M-011", "M-012", "M-051", "M-056"):
        column = {"M-011": "period", "M-012": "amount"}.get(code, "session_3" if code > "M-050" else "families")
    value = words.pop("value", "")
    return Problem(code, Place(_FILES[code[0]], row=row, column=column, line=line), value, words)


def code_of(typed: str) -> str | None:
    """The code that somebody means who typed it by hand; None if there is none like it.

    >>> code_of("r-14"), code_of(" R014 "), code_of("R-999")
    ('R-014', 'R-014', None)
    """
    parts = re.fullmatch(r"([A-Z])[\s_-]*(\d{1,3})", typed.strip().upper())
    code = f"{parts[1]}-{int(parts[2]):03d}" if parts else ""
    return code if code in CATALOGUE else None


def explained(code: str, title: str = "") -> str:
    """What a code means: what it did to the data, an example, and what to do. title: what reports call it."""
    problem = example_problem(code)
    head = f"{code}: {title} ({problem.effect})." if title else f"{code}: {problem.effect}."
    return "\n".join([head, f"Such as:    {problem.place}: {problem.what}", f"What to do: {problem.remedy}"])
