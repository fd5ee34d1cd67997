"""A small questionnaire, and forms filled in by chance."""

from collections.abc import Sequence

import numpy as np

INSTRUMENT = """\
id: mini
version: "1"
title: {en: Mini}
respondent: parent
waves: [then, now]
status: {wording: own, key: provisional}
licence: CC-BY-4.0
citation: Made for a test.
answers:
  often: [{code: 1, label: {en: Never}}, {code: 2, label: {en: Rarely}}, {code: 3, label: {en: Sometimes}},
          {code: 4, label: {en: Often}}, {code: 5, label: {en: Always}}]
  not_answers: [{code: 99, label: {en: I prefer not to say}, kind: refused}]
items:
  - {id: a1, text: {en: We talk.}, answers: often}
  - {id: a2, text: {en: We shout.}, answers: often, reversed: true}
  - {id: a3, text: {en: We laugh.}, answers: often}
  - {id: b1, text: {en: We quarrel.}, answers: often}
constructs:
  - {id: harmony, title: {en: Harmony}, items: [a1, a2, a3], min_answered: 2, better: higher}
  - {id: quarrels, title: {en: Quarrels}, items: [b1], better: lower}
"""

HEADER = ["code", "school", *(f"{item}_{wave}" for item in ("a1", "a2", "a3", "b1") for wave in ("then", "now"))]

EVALUATION = """\
title = "A test"
synthetic = true
analysis = "retrospective-pretest"
smallest_cell = 1

[programme]
id = "test"
name = "A programme"

[[source]]
file = "forms.csv"
instrument = "mini.yaml"
id = "code"
groups = { school = "school" }
"""


def forms_text(rows: Sequence[Sequence[object]]) -> str:
    """A CSV of the mini questionnaire; each row is code, school, then a1 then, a1 now, a2 then …"""
    return "\n".join(",".join(map(str, row)) for row in [HEADER, *rows]) + "\n"


def forms(n: int, seed: int = 1) -> list[list[object]]:
    """n complete random forms in three schools."""
    random = np.random.default_rng(seed)
    return [[f"P{i:03d}", f"school {i % 3}", *random.integers(1, 6, 8).tolist()] for i in range(n)]


def without(rows: Sequence[Sequence[object]], *columns: str, instead: object = "") -> list[list[object]]:
    """The same forms, with `instead` in these columns."""
    empty = {HEADER.index(name) for name in columns}
    return [[instead if i in empty else cell for i, cell in enumerate(row)] for row in rows]
