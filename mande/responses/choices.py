"""Questions with several answers, in the three shapes that exporters give them.

One column of joined codes or labels ("1 3", "Bus, Train"), one column an option (`q/1`, `q___1`, `q[SQ001]`,
`Label (choice=Option)`), or both. Where both are there, the split columns say what was chosen and the joined one
whether the question was answered, since some servers write 0 into options that were never shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mande.errors import Place, Problem
from mande.model import AnswerScale, Instrument, Item, ItemKind
from mande.responses.column_names import Layout
from mande.responses.showing import shown, words_of
from mande.responses.table import Table
from mande.responses.text import folded, name_tokens, whole_number

__all__ = ["Choices", "read_choices"]

BoolArray = npt.NDArray[np.bool_]

_YES = {"1", "true", "yes", "y", "checked", "да", "ha", "ҳа", "истина", "x", "1.0"}
_NO = {"0", "false", "no", "n", "unchecked", "нет", "yoq", "йўқ", "ложь", "", "n/a", "0.0"}


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """What was chosen of a question's options. chosen: shape (n, options). answered: shape (n,)."""

    codes: tuple[int, ...]
    chosen: BoolArray
    answered: BoolArray

    def counts(self, rows: BoolArray | None = None) -> Mapping[int, int]:
        """People by chosen option, among `rows` if given."""
        chosen = self.chosen if rows is None else self.chosen[rows]
        return dict(zip(self.codes, chosen.sum(axis=0).tolist(), strict=True))


def read_choices(table: Table, layout: Layout, instrument: Instrument) -> tuple[dict[str, Choices], list[Problem]]:
    """Every multiple-choice question of the instrument that the table has."""
    found: dict[str, Choices] = {}
    problems: list[Problem] = []
    for item in instrument.items:
        if item.kind is not ItemKind.CHOICES or item.answers is None:
            continue
        scale = instrument.scale_of(item)
        joined = next((column for (name, _), column in layout.extra.items() if name == item.id), None)
        split = dict(_split_columns(table, item, scale, layout.used))
        if joined is None and not split:
            continue
        found[item.id], own = _chosen(table, scale, joined, split)
        problems += own
    return found, problems


def _chosen(
    table: Table, scale: AnswerScale, joined: int | None, split: Mapping[int, int]
) -> tuple[Choices, list[Problem]]:
    codes, problems = scale.codes, []
    chosen = np.zeros((len(table), len(codes)), dtype=bool)
    answered = np.zeros(len(table), dtype=bool)
    for code, column in split.items():
        ticked, own = _ticked(table, column, scale)
        chosen[:, codes.index(code)] = ticked
        problems += own
    answered |= chosen.any(axis=1)
    if joined is not None:
        values, position = table.distinct(joined)
        read = [_joined(value, scale) for value in values]
        filled = np.array([bool(value.strip()) and value.strip() != "n/a" for value in values], dtype=bool)
        answered = filled[position] if values else answered
        if not split and values:
            lists = np.array([[code in own for code in codes] for own, _ in read], dtype=bool)
            chosen = lists[position]
            problems += _unknown_options(table, joined, position, [unknown for _, unknown in read], scale)
        chosen &= answered[:, None]
    return Choices(codes, chosen, answered), problems


def _split_columns(table: Table, item: Item, scale: AnswerScale, used: set[int]) -> Iterator[tuple[int, int]]:
    """Code and column of each option that has a column of its own."""
    names = {name_tokens(item.id)} | {name_tokens(text) for text in item.text.values()}
    options: dict[tuple[str, ...], int] = {}
    for answer in scale.answers:
        options[name_tokens(str(answer.code))] = answer.code
        options |= {name_tokens(label): answer.code for label in answer.label.values()}
        options |= {("choice", *name_tokens(label)): answer.code for label in answer.label.values()}
    for column, heading in enumerate(table.header):
        words = name_tokens(re.sub(r"____(?=\d)", "___-", heading))
        if column in used:
            continue
        for option, code in options.items():
            head = words[: len(words) - len(option)]
            if words[-len(option) :] == option and any(head[-len(name) :] == name for name in names if name):
                yield code, column
                break


def _ticked(table: Table, column: int, scale: AnswerScale) -> tuple[BoolArray, list[Problem]]:
    values, position = table.distinct(column)
    plain = [value.strip().casefold() for value in values]
    yes = np.array([value in _YES for value in plain], dtype=bool)
    unknown = [[] if value in _YES or value in _NO else [value] for value in plain]
    if not values:
        return np.zeros(len(table), dtype=bool), []
    ticked: BoolArray = yes[position]
    return ticked, _unknown_options(table, column, position, unknown, scale)


def _joined(value: str, scale: AnswerScale) -> tuple[set[int], list[str]]:
    """The codes in a joined cell, and the pieces that are none."""
    labels = {folded(label): answer.code for answer in scale.answers for label in answer.label.values()}
    pieces = [piece for piece in re.split(r"[\s,;|]+", value.strip()) if piece]
    numbers = [whole_number(piece) for piece in pieces]
    if numbers and all(number is not None for number in numbers):
        known = {number for number in numbers if number is not None and number in scale.codes}
        return known, [p for p, n in zip(pieces, numbers, strict=True) if n not in known]
    if value.strip().casefold() == "n/a":
        return set(), []
    rest, chosen = f" {folded(value)} " if value.strip() else " ", set()
    for label in sorted(labels, key=len, reverse=True):
        if f" {label} " in rest:
            chosen.add(labels[label])
            rest = rest.replace(f" {label} ", "  ")
    return chosen, [rest.strip()] if rest.strip() else []


def _unknown_options(
    table: Table,
    column: int,
    position: npt.NDArray[np.integer],
    unknown: Sequence[Sequence[str]],
    scale: AnswerScale,
) -> list[Problem]:
    problems = []
    labels = {folded(label) for answer in scale.answers for label in answer.label.values()}
    known = words_of(labels)
    for i, pieces in enumerate(unknown):
        if pieces:
            value = shown(", ".join(pieces), known, labels)
            places = [Place(table.file, row, table.name_of(column)) for row in table.row[position == i].tolist()]
            problems += [Problem("R-063", place, value) for place in places]
    return problems
