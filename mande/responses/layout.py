"""Which column is which item and wave. Decided from names alone; the order of columns is never evidence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mande.errors import DataProblems, Place, Problem, nearest
from mande.model import Instrument
from mande.responses.table import Table

__all__ = ["WAVE_WORDS", "ColumnNames", "Layout", "lay_out"]

WAVE_WORDS: Mapping[str, tuple[str, ...]] = {
    "then": ("then", "pre", "before"),
    "now": ("now", "post", "after"),
    "baseline": ("baseline", "pre", "before", "t0", "t1"),
    "endline": ("endline", "post", "after", "t2"),
}
"""Endings that name a wave when the evaluator gives none of her own."""


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """What the evaluator says of a file's columns, where their names do not speak for themselves.

    id: the column with the respondent's code. groups: column by grouping. columns: column by `item_wave`.
    waves: ending by wave, such as `{"then": "_pre"}`.
    """

    id: str | None = None
    family: str | None = None
    groups: Mapping[str, str] | None = None
    columns: Mapping[str, str] | None = None
    waves: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """Column numbers, from 0: of each item at each wave, of the respondent's code, and of each grouping."""

    answers: Mapping[tuple[str, str], int]
    id: int | None
    family: int | None
    groups: Mapping[str, int]
    unused: tuple[str, ...]


def lay_out(table: Table, instrument: Instrument, names: ColumnNames) -> Layout:
    """Match header and instrument. Raises DataProblems with every column that is missing, named twice or unknown."""
    finder = _Finder(table)
    answers = {
        (item.id, wave): column
        for wave in instrument.waves
        for item in instrument.rated_items
        if (column := finder.answer_column(item.id, wave, names)) is not None
    }
    respondent, family = finder.named(names.id), finder.named(names.family)
    groups = {
        group: column for group, name in (names.groups or {}).items() if (column := finder.named(name)) is not None
    }
    finder.refuse_unknown(names.columns or {}, {f"{item}_{wave}" for item, wave in answers})
    if finder.problems:
        raise DataProblems(finder.problems)
    used = {*answers.values(), *groups.values(), respondent, family}
    unused = tuple(name for column, name in enumerate(table.header) if column not in used)
    return Layout(answers, respondent, family, groups, unused)


class _Finder:
    """Looks columns up by name and gathers what could not be found."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.problems: list[Problem] = []
        self._counts = Counter(_folded(name) for name in table.header)
        self._column = {_folded(name): column for column, name in enumerate(table.header)}

    def named(self, name: str | None) -> int | None:
        """The column that the evaluator names; a problem if there is none, or more than one."""
        if name is None:
            return None
        column = self._single(name)
        if column is None:
            self._problem("R-011", name, hint=self._hint([name]))
        return column

    def answer_column(self, item: str, wave: str, names: ColumnNames) -> int | None:
        """The column of an item at a wave: the one the evaluator names, else item and ending."""
        given = (names.columns or {}).get(f"{item}_{wave}")
        if given is not None:
            return self.named(given)
        candidates = list(_candidates(item, wave, (names.waves or {}).get(wave)))
        found = [name for name in candidates if _folded(name) in self._column]
        if len({_folded(name) for name in found}) > 1:
            self._problem("R-013", " and ".join(f'"{name}"' for name in found), item=item, wave=wave)
            return None
        if not found:
            self._problem("R-010", "", item=item, wave=wave, hint=self._hint(candidates))
            return None
        return self._single(found[0])

    def refuse_unknown(self, columns: Mapping[str, str], known: set[str]) -> None:
        for name in columns:
            if name not in known and not any(problem.details.get("item", "") in name for problem in self.problems):
                near = nearest(name, sorted(known))
                self._problem("R-017", name, hint=f"Did you mean {' or '.join(near)}?" if near else "Use item_wave.")

    def _single(self, name: str) -> int | None:
        folded = _folded(name)
        if self._counts[folded] > 1:
            self._problem("R-004", name, count=str(self._counts[folded]))
            self._counts[folded] = 1  # said once
        return self._column.get(folded)

    def _problem(self, code: str, value: str, **details: str) -> None:
        self.problems.append(Problem(code, Place(self.table.file), value, details))

    def _hint(self, candidates: Sequence[str]) -> str:
        near = nearest(candidates[0], self.table.header)
        if near:
            return f"Did you mean the column {' or '.join(near)}? Then name it in evaluation.toml."
        return f"The columns are: {', '.join(self.table.header)}. Name the right one in evaluation.toml."


def _candidates(item: str, wave: str, ending: str | None) -> Iterator[str]:
    if ending is not None:
        yield item + ending
        return
    for word in WAVE_WORDS.get(wave, (wave,)):
        yield f"{item}_{word}"


def _folded(name: str) -> str:
    """Case, spaces and the kind of joint do not tell columns apart: `P01 – now` is `p01_now`."""
    return re.sub(r"[\s_.\-–]+", "_", name.strip()).casefold()
