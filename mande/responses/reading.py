"""The whole way from a file to `Responses`: every row is used, or set aside with its reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

from mande.errors import DataProblems, Place, Problem
from mande.instrument import load_instrument
from mande.model import Instrument
from mande.responses.checks import checked
from mande.responses.choices import read_choices
from mande.responses.cleaning import clean_answers
from mande.responses.column_checks import check_columns
from mande.responses.column_names import ColumnNames, Layout
from mande.responses.forms import Forms
from mande.responses.layout import lay_out
from mande.responses.linking import link
from mande.responses.own_forms import FEW_LABELS
from mande.responses.personal import kind_of_column, personal_columns
from mande.responses.pseudonyms import session_key
from mande.responses.readers import read_tables
from mande.responses.result import Responses
from mande.responses.row_checks import FORM_COLUMNS, set_rows_aside
from mande.responses.table import Table
from mande.responses.text import folded
from mande.responses.version_checks import refuse_mixed_versions
from mande.stats.counts import IntArray

__all__ = ["read_forms", "read_responses"]

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
    refuse_mixed_versions([responses])
    return checked(responses)


def read_forms(path: str | Path, instrument: Instrument | str, names: ColumnNames | None = None) -> Forms:
    """Read one file as far as its rows stand for themselves. Raises as `read_responses`."""
    if isinstance(instrument, str):
        instrument = load_instrument(instrument)
    names = names or ColumnNames()
    table, layout = _laid_out(read_tables(Path(path)), instrument, names)
    _refuse_telling_groups(table, layout)
    keep = layout.used
    personal = tuple(personal_columns(table, keep | _technical(table)))
    forms = check_columns(set_rows_aside(_forms(table, layout, instrument, names, personal)))
    dropped = set(range(len(table.header))) - keep
    return replace(forms, table=table.dropping(dropped))


def _laid_out(tables: list[Table], instrument: Instrument, names: ColumnNames) -> tuple[Table, Layout]:
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
    if refused:
        others = ", ".join(f'"{other.part}"' for other, _ in refused)
        told = Problem("R-057", Place(table.file), table.part, {"others": others})
        layout = replace(layout, problems=(*layout.problems, told))
    return table, layout


def _best(refused: list[tuple[Table, DataProblems]]) -> DataProblems:
    """The message of the table that comes nearest to the instrument."""

    def distance(pair: tuple[Table, DataProblems]) -> tuple[bool, int]:
        problems = pair[1].problems
        return any(problem.code == "R-009" for problem in problems), len(problems)

    return min(refused, key=distance)[1]


def _named_table(tables: list[Table], part: str) -> Table:
    for table in tables:
        if table.part.casefold() == part.strip().casefold():
            return table
    known = ", ".join(f'"{table.part}"' for table in tables if table.part) or "only one table"
    raise DataProblems([Problem("R-060", Place(tables[0].file), part, {"known": known})])


def _refuse_telling_groups(table: Table, layout: Layout) -> None:
    """A grouping's labels are printed; one that names people, or is different for nearly everybody, must not be."""
    problems = []
    for group, column in layout.groups.items():
        why = _why_telling(table, layout, column)
        if why is not None:
            problems.append(Problem("R-065", Place(table.file, column=table.name_of(column)), group, {"why": why}))
    if problems:
        raise DataProblems(problems)


def _why_telling(table: Table, layout: Layout, column: int) -> str | None:
    if column in (layout.id, layout.family, *layout.code):
        return "people's codes"
    if kind := kind_of_column(table, column):
        return f"what looks like {kind}"
    labels = Counter(filter(None, table.texts(column)))
    alone = sum(1 for count in labels.values() if count == 1)
    return "a label for each person" if len(labels) > FEW_LABELS and alone > labels.total() / 2 else None


def _technical(table: Table) -> set[int]:
    """Columns of servers that say nothing of a person and are needed to judge a row."""
    known = {"status", "reviewstate", "instanceid", "meta instanceid", "key", "uuid"} | _VERSION_COLUMNS | FORM_COLUMNS
    return {column for column, name in enumerate(table.header) if folded(name) in known}


def _forms(
    table: Table, layout: Layout, instrument: Instrument, names: ColumnNames, personal: tuple[Problem, ...]
) -> Forms:
    choices, noticed = read_choices(table, layout, instrument)
    nothing = [""] * len(table)
    parts = [table.texts(column) for column in layout.code]
    return Forms(
        table=table,
        layout=layout,
        instrument=instrument,
        answers=clean_answers(table, layout, instrument, names),
        ids=nothing if layout.id is None else table.texts(layout.id),
        code_parts=list(zip(*parts, strict=True)) if parts else [()] * len(table),
        families=nothing if layout.family is None else table.texts(layout.family),
        ages=nothing if layout.age is None else table.texts(layout.age),
        groups={name: _labels(table, layout, name) for name in layout.groups},
        choices=choices,
        open_answers={name: table.texts(column) for name, column in layout.open_answers.items()},
        themes={name: table.texts(column) for name, column in layout.themes.items()},
        versions=_versions(table),
        personal=personal,
        wave_of=_wave_of(table, layout),
        noticed=tuple(noticed),
    )


def _versions(table: Table) -> list[str]:
    for column, name in enumerate(table.header):
        if folded(name) in _VERSION_COLUMNS:
            return table.texts(column)
    return [""] * len(table)


def _labels(table: Table, layout: Layout, grouping: str) -> list[str]:
    texts, plain = table.texts(layout.groups[grouping]), layout.labels.get(grouping, {})
    return [plain.get(folded(text), text) for text in texts] if plain else texts


def _wave_of(table: Table, layout: Layout) -> IntArray | None:
    """For each row of a long file the position of its wave, -1 if its cell says none."""
    if layout.wave_column is None:
        return None
    given = layout.wave_values
    by_value = {folded(value): wave for wave, value in given.items()}
    values, position = table.distinct(layout.wave_column)
    waves = [by_value.get(folded(value)) or (None if given else layout.words.of_value(value)) for value in values]
    index = np.array([layout.waves.index(w) if w in layout.waves else -1 for w in waves], dtype=np.int64)
    return index[position] if values else np.empty(0, dtype=np.int64)
