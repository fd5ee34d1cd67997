"""Files of our own forms: their hidden columns say so, and then the columns of their head need no naming.

A server exports names (`about/school`, `wave` = `baseline`) or the words of one language ("Школа", "до программы").
Only what evaluation.toml does not say is filled in here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from mande.errors import Place, Problem
from mande.form_words import form_words, languages_with_words, wave_words
from mande.model import Instrument
from mande.responses.column_names import ColumnNames
from mande.responses.evidence import Evidence
from mande.responses.personal import kind_of_column, look_at
from mande.responses.table import Table
from mande.responses.text import folded, tokens

__all__ = ["FEW_LABELS", "OwnHead", "own_head"]

FEW_LABELS = 5  # so many labels may all differ: a file of five people has five of anything
_MARKS = (("form", "id"), ("form", "hash"))
_GROUPINGS = ("school", "group", "facilitator", "sex")


class _Found(NamedTuple):
    """A column of the head, and in which words it was written: a language, or "" for names."""

    column: int
    language: str


@dataclass(frozen=True, slots=True)
class OwnHead:
    """What a file of our own form says of its columns. labels: by grouping, the plain word by what a cell says."""

    names: ColumnNames
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def own_head(table: Table, instrument: Instrument, names: ColumnNames) -> OwnHead:
    """The names given, with those of the head of our own form where none are given; unchanged for any other file."""
    words = [tokens(heading) for heading in table.header]
    if not all(any(heading[-2:] == mark for heading in words) for mark in _MARKS):
        return OwnHead(names)
    asked: list[str] = [
        name for name in dict.fromkeys((*instrument.form.head, "wave")) if name not in instrument.item_by_id
    ]
    found = {name: head for name in asked if (head := _find(name, words)) is not None}
    found = {name: head for name, head in found.items() if not table.is_blank(head.column)}
    groups, problems = dict(names.groups or {}), []
    for name in _GROUPINGS:
        if name not in found or name in groups:
            continue
        if why := _why_not_printed(table, found[name].column):
            place = Place(table.file, column=table.name_of(found[name].column))
            problems.append(Problem("R-067", place, name, {"why": why}))
        else:
            groups[name] = table.header[found[name].column]
    given = {
        "id": names.id or (None if names.code else _heading(table, found, "code")),
        "family": names.family or _heading(table, found, "family"),
        "age": names.age or _heading(table, found, "age"),
        "groups": groups,
        **_wave(table, instrument, names, found.get("wave")),
    }
    labels = {"sex": _plain_sexes(found["sex"].language)} if "sex" in found else {}
    return OwnHead(replace(names, **given), labels, tuple(problems))  # type: ignore[arg-type]


def _find(name: str, words: list[tuple[str, ...]]) -> _Found | None:
    """The one column that is headed by the name, or by its word in a language, alone or behind its group."""
    for language, heading, group in _written(name):
        columns = [i for i, own in enumerate(words) if own in (heading, group + heading)]
        if len(columns) == 1:
            return _Found(columns[0], language)
    return None


def _written(name: str) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Language, heading and group, as words."""
    yield "", tokens(name), ("about",)
    for language in languages_with_words():
        words = form_words(language)
        yield language, tokens(words["when_filled_in" if name == "wave" else name]), tokens(words["organiser"])


def _heading(table: Table, found: Mapping[str, _Found], name: str) -> str | None:
    return table.header[found[name].column] if name in found else None


def _wave(table: Table, instrument: Instrument, names: ColumnNames, found: _Found | None) -> dict[str, object]:
    """Column and values of the wave, for a questionnaire that is asked once on a form and compared at several waves."""
    given = names.wave is not None or names.wave_column is not None
    compared = bool(instrument.constructs) and len(instrument.waves) == 1 and names.other_waves
    if found is None or given or not compared:
        return {}
    said = {wave: wave_words(found.language, wave)["when"] if found.language else "" for wave in names.other_waves}
    return {
        "wave_column": table.header[found.column],
        "wave_values": {wave: said[wave] or wave for wave in names.other_waves},
    }


def _plain_sexes(language: str) -> dict[str, str]:
    """What stands for `female` and `male` in a cell, so that files in two languages give the same two groups."""
    return {folded(word): plain for plain, word in form_words(language)["sexes"].items()} if language else {}


def _why_not_printed(table: Table, column: int) -> str:
    """Why a column must not be a grouping, whose labels stand in every output; "" if it may."""
    evidence = Evidence()
    look_at(table, [column], evidence)
    if kind := kind_of_column(table, column, evidence):
        return f"what looks like {kind}"
    labels = Counter(filter(None, table.cells(column)))
    alone = sum(1 for count in labels.values() if count == 1)
    return "a label for each person" if len(labels) > FEW_LABELS and alone > labels.total() / 2 else ""
