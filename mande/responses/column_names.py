"""What the evaluator says of a file, and which column was taken for what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mande.errors import Problem
from mande.group_labels import Labels
from mande.responses.headings import How
from mande.responses.waves import WaveWords

__all__ = ["AnswerColumn", "ColumnNames", "Layout", "heading_language"]


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """What the evaluator says of a file's columns, where their names do not speak for themselves.

    id: the column with the respondent's code. code: columns of a self-made code. groups: column by grouping.
    columns: column by `item_wave`. waves: ending by wave, such as `{"then": "_pre"}`. wave: the one wave of the file.
    wave_column: the column that says the wave of a row, wave_values: what it says by wave. other_waves: waves of the
    evaluation that other files hold. answers: code by what stands in a cell. missing: kind ("blank", "refused",
    "dont-know", "not-applicable") by what stands in a cell. sheet: of a workbook, or member of a zip. labels: by
    grouping and text of a cell, as in evaluation.toml.
    """

    id: str | None = None
    family: str | None = None
    groups: Mapping[str, str] | None = None
    columns: Mapping[str, str] | None = None
    waves: Mapping[str, str] | None = None
    code: tuple[str, ...] = ()
    wave: str | None = None
    wave_column: str | None = None
    wave_values: Mapping[str, str] | None = None
    other_waves: tuple[str, ...] = ()
    answers: Mapping[str, int] | None = None
    missing: Mapping[str, str] | None = None
    sheet: str | None = None
    age: str | None = None
    open_answers: Mapping[str, str] | None = None
    themes: Mapping[str, str] | None = None
    labels: Labels | None = None


@dataclass(frozen=True, slots=True)
class AnswerColumn:
    """The column of an item at a wave, and how it was found. also: columns of other versions of the form."""

    item: str
    wave: str
    column: int
    how: How
    by: str
    language: str = ""
    also: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """Column numbers, from 0. found: of each rated item at each wave. waves: in their order.

    wave_column: of the cells that say a row's wave; wave_values: what they say, by wave, where it is known.
    extra: columns of items that are not rated, by item and wave. labels: by grouping, the plain word
    for what a cell of our own form says.
    """

    found: Mapping[tuple[str, str], AnswerColumn]
    waves: tuple[str, ...]
    id: int | None
    family: int | None
    groups: Mapping[str, int]
    unused: tuple[str, ...]
    words: WaveWords
    wave_column: int | None = None
    code: tuple[int, ...] = ()
    age: int | None = None
    open_answers: Mapping[str, int] = field(default_factory=dict)
    themes: Mapping[str, int] = field(default_factory=dict)
    extra: Mapping[tuple[str, str], int] = field(default_factory=dict)
    wave_values: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def answers(self) -> Mapping[tuple[str, str], int]:
        return {key: found.column for key, found in self.found.items()}

    def silent(self) -> Layout:
        """The layout without what was to be said of it."""
        return replace(self, problems=())

    @property
    def used(self) -> set[int]:
        named = [self.id, self.family, self.wave_column, self.age, *self.code, *self.groups.values()]
        others = [*self.open_answers.values(), *self.themes.values(), *self.extra.values()]
        others += [column for found in self.found.values() for column in found.also]
        return {*self.answers.values(), *others, *(column for column in named if column is not None)}


def heading_language(layout: Layout) -> str | None:
    """The one language in which headings gave items by their text, None if none or several did."""
    languages = {column.language for column in layout.found.values() if column.by == "text"}
    return languages.pop() if len(languages) == 1 else None
