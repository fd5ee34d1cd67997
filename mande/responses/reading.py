"""The whole way from a file to `Responses`: every row is used, or set aside with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mande.errors import DataProblems, Place, Problem
from mande.group_labels import read_labels
from mande.instrument import load_instrument
from mande.model import Instrument
from mande.responses.checks import checked
from mande.responses.choices import read_choices
from mande.responses.cleaning import clean_answers, judge_answers
from mande.responses.column_checks import check_ages, count_columns, judge_columns
from mande.responses.column_names import ColumnNames, Layout
from mande.responses.evidence import Evidence
from mande.responses.forms import Forms
from mande.responses.layout import lay_out
from mande.responses.linking import link
from mande.responses.own_forms import FEW_LABELS
from mande.responses.personal import kind_of_column, look_at, personal_columns
from mande.responses.pseudonyms import session_key
from mande.responses.readers import read_tables
from mande.responses.result import Responses
from mande.responses.row_checks import FORM_COLUMNS, about_ids, set_rows_aside, without_second_forms
from mande.responses.seen import new_key
from mande.responses.table import Column, Table, texts
from mande.responses.text import folded
from mande.responses.version_checks import refuse_answers_of_others
from mande.stats.counts import IntArray

__all__ = ["Judged", "judge", "lay_out_tables", "noticed", "read_forms", "read_responses", "read_rows"]

_VERSION_COLUMNS = {"version", "formversion", "formdef version", "form version"}


def read_responses(
    path: str | Path, instrument: Instrument | str, names: ColumnNames | None = None, *, key: bytes | None = None
) -> Responses:
    """Read one questionnaire file with its instrument.

    names: what the columns are called, where their names do not say it themselves. key: for pseudonyms; by default
    one that is forgotten when the program ends.
    Raises DataProblems if the file, or a column that the instrument needs, cannot be used; every other problem is in
    `Responses.problems`, and its row or cell is counted in `Responses.flow`.
    """
    responses, *_ = link([read_forms(path, instrument, names)], key or session_key())
    return checked(responses)


def read_forms(path: str | Path, instrument: Instrument | str, names: ColumnNames | None = None) -> Forms:
    """Read one file as far as its rows stand for themselves. Raises as `read_responses`."""
    if isinstance(instrument, str):
        instrument = load_instrument(instrument)
    names = names or ColumnNames()
    table, layout = lay_out_tables(read_tables(path), instrument, names)
    evidence = Evidence()
    forms = read_rows(table, layout, instrument, names, evidence)
    forms = noticed(without_second_forms(forms, new_key()), evidence)
    judged = judge(evidence, table, layout, instrument, names)
    dropped = set(range(len(table.header))) - layout.used
    forms = replace(forms, table=table.dropping(dropped), personal=judged.personal)
    if not evidence.has_ids:
        forms = replace(forms, noticed=tuple(p for p in forms.noticed if p.code != "R-022"))
    return forms.noticing(judged.others)


def read_rows(table: Table, layout: Layout, instrument: Instrument, names: ColumnNames, evidence: Evidence) -> Forms:
    """Read the rows of a table, which may be a part of a file, as far as each stands for itself."""
    others = set(range(len(table.header))) - layout.used - _technical(table)
    look_at(table, sorted({*others, *layout.groups.values()}), evidence)
    forms = set_rows_aside(_forms(table, layout, instrument, names, evidence))
    evidence.has_ids |= layout.id is not None and not forms.ids.are_blank().all()
    return forms


def noticed(forms: Forms, evidence: Evidence) -> Forms:
    """The forms, from which second ones have been left out, with what is to be noticed of rows; counts columns."""
    count_columns(forms, evidence)
    return forms.noticing([*about_ids(forms), *check_ages(forms)])


@dataclass(frozen=True, slots=True)
class Judged:
    """What all rows of a file tell together. personal: columns to drop. others: problems of columns and of the file."""

    personal: tuple[Problem, ...]
    others: tuple[Problem, ...]


def judge(evidence: Evidence, table: Table, layout: Layout, instrument: Instrument, names: ColumnNames) -> Judged:
    """Judge the evidence of all rows; of the table, only file and headings are looked at.

    Raises DataProblems where a column, or the whole file, must not be used.
    """
    _refuse_telling_groups(evidence, table, layout)
    personal = tuple(personal_columns(table, layout.used | _technical(table), evidence))
    refuse_answers_of_others(evidence, table.file, instrument)
    answers = judge_answers(evidence, table.file, layout, instrument, names)
    return Judged(personal, (*answers, *judge_columns(evidence, table, layout)))


def lay_out_tables(tables: list[Table], instrument: Instrument, names: ColumnNames) -> tuple[Table, Layout]:
    """The one table of the file that fits the instrument."""
    if names.sheet is not None:
        tables = [_named_table(tables, names.sheet)]
    fitting, refused = [], []
    for table in tables:
        try:
            fitting.append((table, lay_out(table, instrument, names)))
        except DataProblems as error:
            refused.append((table, error))
    if not fitting:
        raise _best(refused)
    if len(fitting) > 1:
        parts = ", ".join(f'"{table.part}"' for table, _ in fitting)
        raise DataProblems([Problem("R-056", Place(fitting[0][0].file), parts)])
    table, layout = fitting[0]
    for found in layout.found.values():
        if found.also:
            table = table.joining([found.column, *found.also])
    if refused:
        others = ", ".join(f'"{other.part}"' for other, _ in refused)
        told = Problem("R-057", Place(table.file), table.part, {"others": others})
        layout = replace(layout, problems=(*layout.problems, told))
    return table, layout


def _best(refused: list[tuple[Table, DataProblems]]) -> DataProblems:
    """The message of the table that comes nearest to the instrument."""

    def distance(pair: tuple[Table, DataProblems]) -> tuple[bool, int]:
        problems = pair[1].problems
        columns = sum(int(p.details["count"]) if p.code in ("R-010", "R-062") else 1 for p in problems)
        return any(problem.code == "R-009" for problem in problems), columns

    return min(refused, key=distance)[1]


def _named_table(tables: list[Table], part: str) -> Table:
    for table in tables:
        if table.part.casefold() == part.strip().casefold():
            return table
    known = ", ".join(f'"{table.part}"' for table in tables if table.part) or "only one table"
    raise DataProblems([Problem("R-060", Place(tables[0].file), part, {"known": known})])


def _refuse_telling_groups(evidence: Evidence, table: Table, layout: Layout) -> None:
    """A grouping's labels are printed; one that names people, or is different for nearly everybody, must not be."""
    problems = []
    for group, column in layout.groups.items():
        why = _why_telling(evidence, table, layout, group)
        if why is not None:
            problems.append(Problem("R-065", Place(table.file, column=table.name_of(column)), group, {"why": why}))
    if problems:
        raise DataProblems(problems)


def _why_telling(evidence: Evidence, table: Table, layout: Layout, group: str) -> str | None:
    column = layout.groups[group]
    if column in (layout.id, layout.family, *layout.code):
        return "people's codes"
    if kind := kind_of_column(table, column, evidence):
        return f"what looks like {kind}"
    labels = evidence.spellings.get(group, Counter()) + evidence.set_aside.get(group, Counter())
    counts = [count for text, count in labels.items() if text]
    alone = counts.count(1)
    return "a label for each person" if len(counts) > FEW_LABELS and alone > sum(counts) / 2 else None


def _technical(table: Table) -> set[int]:
    """Columns of servers that say nothing of a person and are needed to judge a row."""
    known = {"status", "reviewstate", "instanceid", "meta instanceid", "key", "uuid"} | _VERSION_COLUMNS | FORM_COLUMNS
    return {column for column, name in enumerate(table.header) if folded(name) in known}


def _forms(table: Table, layout: Layout, instrument: Instrument, names: ColumnNames, evidence: Evidence) -> Forms:
    choices, unknown_options = read_choices(table, layout, instrument)
    read_as = {name: read_labels(entries).read_as for name, entries in (names.labels or {}).items()}
    return Forms(
        table=table,
        layout=layout,
        instrument=instrument,
        answers=clean_answers(table, layout, instrument, names, evidence),
        ids=table.cells(layout.id),
        code=tuple(table.cells(column) for column in layout.code),
        families=table.cells(layout.family),
        ages=table.cells(layout.age),
        groups={
            name: _called(table.labelled(column), layout.labels.get(name, {}), read_as.get(name, {}))
            for name, column in layout.groups.items()
        },
        choices=choices,
        open_answers={name: table.cells(column) for name, column in layout.open_answers.items()},
        themes={name: table.cells(column) for name, column in layout.themes.items()},
        versions=_versions(table),
        wave_of=_wave_of(table, layout),
        noticed=tuple(unknown_options),
    )


def _versions(table: Table) -> Column:
    for column, name in enumerate(table.header):
        if folded(name) in _VERSION_COLUMNS:
            return table.cells(column)
    return table.cells(None)


def _called(cells: Column, plain: Mapping[str, str], read_as: Mapping[str, str]) -> Column:
    """The cells, with the label for each that has one. plain: what words of our own form stand for."""
    if not plain and not read_as:
        return cells
    called = [_label(text, plain.get(folded(text), text), read_as) for text in cells.distinct()]
    return Column(texts(called), cells.position)


def _label(text: str, plain: str, read_as: Mapping[str, str]) -> str:
    return read_as.get(folded(text)) or read_as.get(folded(plain), plain)


def _wave_of(table: Table, layout: Layout) -> IntArray | None:
    """For each row of a long file the position of its wave, -1 if its cell says none."""
    if layout.wave_column is None:
        return None
    given = layout.wave_values
    by_value = {folded(value): wave for wave, value in given.items()}
    values, position = table.distinct(layout.wave_column)
    labels = table.value_labels.get(layout.wave_column, {})

    def wave_of(text: str) -> str | None:
        return by_value.get(folded(text)) or (None if given else layout.words.of_value(text))

    waves = [wave_of(value) or (wave_of(labels[value]) if value in labels else None) for value in values]
    index = np.array([layout.waves.index(w) if w in layout.waves else -1 for w in waves], dtype=np.int64)
    return index[position] if values else np.empty(0, dtype=np.int64)
