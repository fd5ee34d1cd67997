"""The whole way from a file to `Responses`: every row is used, or set aside with its reason."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mande.errors import Effect, Place, Problem
from mande.instrument import load_instrument
from mande.model import Instrument
from mande.responses.cleaning import Cells, CleanAnswers, CodeArray, Missing, clean_answers
from mande.responses.layout import ColumnNames, Layout, lay_out
from mande.responses.readers import read_table
from mande.responses.table import Table
from mande.stats.counts import IntArray

__all__ = ["Flow", "Grouping", "Responses", "read_responses"]

_PSEUDONYM_KEY = secrets.token_bytes(32)
"""Ids are needed to find duplicates, and known to nobody afterwards: the key is gone when the program ends."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What became of a file's rows and answer cells. Rows read = rows used + rows set aside, by problem code."""

    rows_read: int
    rows_used: int
    rows_set_aside: Mapping[str, int]
    cells: Cells

    def __post_init__(self) -> None:
        if self.rows_read != self.rows_used + sum(self.rows_set_aside.values()):
            raise AssertionError(f"rows do not reconcile: {self}")


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """A grouping of respondents: the distinct labels, and each respondent's position among them, shape (n,)."""

    labels: tuple[str, ...]
    position: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Responses:
    """The usable forms of one source.

    codes: by wave, answer codes of the rated items, shape (n, k); `Missing` values where there is no answer.
    respondent: pseudonyms, shape (n,). row: row numbers in the file, shape (n,). groups: by name.
    """

    instrument: Instrument
    file: str
    digest: str
    codes: Mapping[str, CodeArray]
    respondent: tuple[str, ...]
    family: tuple[str, ...] | None
    row: IntArray
    groups: Mapping[str, Grouping]
    flow: Flow
    problems: tuple[Problem, ...]
    unused_columns: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.row)

    def to_frame(self) -> pd.DataFrame:
        """One row a respondent: pseudonym, groups, then each item and wave as `p01_then`; missing answers are NA."""
        frame: dict[str, object] = {"respondent": self.respondent}
        for name, group in self.groups.items():
            frame[name] = pd.Categorical.from_codes(group.position, pd.Index(group.labels))
        for wave, matrix in self.codes.items():
            for k, item in enumerate(self.instrument.rated_items):
                codes = pd.array(matrix[:, k], dtype="Int16")
                codes[~Missing.is_answer(matrix[:, k])] = pd.NA
                frame[f"{item.id}_{wave}"] = codes
        return pd.DataFrame(frame)


def read_responses(path: str | Path, instrument: Instrument | str, names: ColumnNames | None = None) -> Responses:
    """Read one questionnaire file with its instrument.

    names: what the columns are called, where their names do not say it themselves.
    Raises DataProblems if the file, or a column that the instrument needs, cannot be used; every other problem is in
    `Responses.problems`, and its row or cell is counted in `Responses.flow`.
    """
    if isinstance(instrument, str):
        instrument = load_instrument(instrument)
    table = read_table(Path(path))
    layout = lay_out(table, instrument, names or ColumnNames())
    answers = clean_answers(table, layout, instrument)
    return _one_form_each(table, layout, answers, instrument)


def _one_form_each(table: Table, layout: Layout, answers: CleanAnswers, instrument: Instrument) -> Responses:
    """Leave out empty forms and second forms of a respondent."""
    ids = _texts(table, layout.id)
    dropped = [*_blank_forms(table, answers)]
    dropped += _second_forms(table, ids, {problem.place.row for problem in dropped})
    left_out = {problem.place.row for problem in dropped}
    used = np.array([row not in left_out for row in table.row.tolist()], dtype=bool)
    codes = {wave: matrix[used] for wave, matrix in answers.codes.items()}
    problems = (*table.problems, *dropped, *answers.problems)
    noticed = (*_without_id(table, ids, used), *_same_at_both_waves(table, codes, table.row[used], instrument))
    return Responses(
        instrument=instrument,
        file=table.file,
        digest=table.digest,
        codes=codes,
        respondent=_pseudonyms(ids, table, used),
        family=None if layout.family is None else _pseudonyms(_texts(table, layout.family), table, used),
        row=table.row[used],
        groups={name: _grouping(table, column, used) for name, column in layout.groups.items()},
        flow=_flow(table, problems, int(used.sum()), answers.cells),
        problems=(*problems, *noticed),
        unused_columns=layout.unused,
    )


def _texts(table: Table, column: int | None) -> list[str]:
    if column is None:
        return [""] * len(table)
    values, position = table.distinct(column)
    return [values[i].strip() for i in position]


def _blank_forms(table: Table, answers: CleanAnswers) -> Iterator[Problem]:
    blank = np.all([(matrix == Missing.BLANK).all(axis=1) for matrix in answers.codes.values()], axis=0)
    for row in table.row[blank].tolist():
        yield Problem("R-021", Place(table.file, row))


def _second_forms(table: Table, ids: list[str], passed_over: set[int | None]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for row, respondent in zip(table.row.tolist(), ids, strict=True):
        if not respondent or row in passed_over:
            continue
        if respondent in first:
            yield Problem("R-020", Place(table.file, row), details={"first": str(first[respondent])})
        first.setdefault(respondent, row)


def _without_id(table: Table, ids: list[str], used: np.ndarray) -> Iterator[Problem]:
    if any(ids):
        for row, respondent, is_used in zip(table.row.tolist(), ids, used.tolist(), strict=True):
            if is_used and not respondent:
                yield Problem("R-022", Place(table.file, row))


def _same_at_both_waves(
    table: Table, codes: Mapping[str, CodeArray], row: IntArray, instrument: Instrument
) -> Iterator[Problem]:
    if len(instrument.waves) != 2:
        return
    earlier, later = instrument.waves
    both = Missing.is_answer(codes[earlier]) & Missing.is_answer(codes[later])
    same = ((codes[earlier] == codes[later]) | ~both).all(axis=1) & both.any(axis=1)
    for number in row[same].tolist():
        yield Problem("R-030", Place(table.file, number), details={"earlier": earlier.upper(), "later": later.upper()})


def _pseudonyms(ids: list[str], table: Table, used: np.ndarray) -> tuple[str, ...]:
    """A keyed hash of each code; a row without one is a person of its own."""
    texts = [text or f"row {row}" for text, row in zip(ids, table.row.tolist(), strict=True)]
    return tuple(
        hashlib.blake2b(text.encode(), key=_PSEUDONYM_KEY, digest_size=8).hexdigest()
        for text, is_used in zip(texts, used.tolist(), strict=True)
        if is_used
    )


def _grouping(table: Table, column: int, used: np.ndarray) -> Grouping:
    texts = np.array(_texts(table, column), dtype=object)[used].astype(str)
    labels, position = np.unique(texts, return_inverse=True)
    return Grouping(tuple(labels.tolist()), position.astype(np.int64))


def _flow(table: Table, problems: tuple[Problem, ...], rows_used: int, cells: Cells) -> Flow:
    set_aside: dict[str, int] = {}
    for problem in problems:
        if problem.effect is Effect.ROW_SET_ASIDE:
            set_aside[problem.code] = set_aside.get(problem.code, 0) + 1
    return Flow(table.rows_read, rows_used, set_aside, cells)
