"""`Forms`: what one file gave, row by row, before the forms of a person are brought together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from mande.errors import Effect, Place, Problem
from mande.model import Instrument, NonAnswerKind
from mande.responses.accounts import Cells, Flow
from mande.responses.choices import Choices
from mande.responses.cleaning import CleanAnswers
from mande.responses.column_names import Layout
from mande.responses.missing import NON_ANSWERS, CodeArray, Missing
from mande.responses.table import Column, Table
from mande.stats.counts import IntArray

__all__ = ["FileRead", "Forms", "is_whole"]

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FileRead:
    """What was read from one file: the account of its rows and cells, its problems, and how its columns were taken."""

    file: str
    digest: str
    part: str
    how: str
    instrument: str
    version: str
    respondent: str
    flow: Flow
    problems: tuple[Problem, ...]
    layout: tuple[tuple[str, str, str, str], ...]
    unused_columns: tuple[str, ...]
    personal_columns: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.file} [{self.part}]" if self.part else self.file


def is_whole(layout: Layout, instrument: Instrument) -> bool:
    """Whether each row holds all waves of its person."""
    return layout.wave_column is None and (len(layout.waves) > 1 or layout.waves == instrument.waves)


@dataclass(frozen=True, slots=True, eq=False)
class Forms:
    """All rows of one file's table, used or not; every array has one entry a row, shape (n,) or (n, k).

    answers: by wave, in the order of `Instrument.rated_items`. ids, families, ages: texts as typed, "" if unknown.
    code: the parts of a self-made code, one column each. wave_of: position of a long file's wave, -1 if unknown.
    set_aside: the problem that sets a row aside, by row position.
    """

    table: Table
    layout: Layout
    instrument: Instrument
    answers: CleanAnswers
    ids: Column
    code: tuple[Column, ...]
    families: Column
    ages: Column
    groups: Mapping[str, Column]
    choices: Mapping[str, Choices]
    open_answers: Mapping[str, Column]
    themes: Mapping[str, Column]
    versions: Column
    personal: tuple[Problem, ...] = ()
    wave_of: IntArray | None = None
    set_aside: Mapping[int, Problem] = field(default_factory=dict)
    noticed: tuple[Problem, ...] = ()

    def __len__(self) -> int:
        return len(self.table)

    @property
    def used(self) -> BoolArray:
        used = np.ones(len(self), dtype=bool)
        used[list(self.set_aside)] = False
        return used

    @property
    def waves(self) -> tuple[str, ...]:
        return self.layout.waves

    @property
    def is_whole(self) -> bool:
        return is_whole(self.layout, self.instrument)

    @property
    def code_parts(self) -> list[tuple[str, ...]]:
        """The parts of each row's self-made code."""
        return list(zip(*self.code, strict=True)) if self.code else [()] * len(self)

    def place(self, position: int, column: str | None = None) -> Place:
        return Place(self.table.file, int(self.table.row[position]), column)

    def codes_of(self, wave: str) -> tuple[BoolArray, CodeArray]:
        """Which rows are used and speak of a wave, and the answers of all rows."""
        if self.wave_of is None:
            return self.used, self.answers.codes[wave]
        return self.used & (self.wave_of == self.waves.index(wave)), self.answers.codes[""]

    def without(self, problems: Mapping[int, Problem]) -> Forms:
        """The same forms with more rows set aside; a row keeps the first reason."""
        return replace(self, set_aside={**problems, **self.set_aside})

    def noticing(self, problems: Sequence[Problem]) -> Forms:
        return replace(self, noticed=(*self.noticed, *problems))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """In the order of the way through the file. Nothing more is said of a row once it is set aside."""
        rows = [self.set_aside[i] for i in sorted(self.set_aside)]
        aside = {problem.place.row for problem in rows}
        cells = [problem for problem in self.answers.problems if problem.place.row not in aside]
        of_file = [problem for problem in self.table.problems if not _only_of(problem, aside)]
        own = (*of_file, *self.layout.problems, *self.personal)
        return (*own, *rows, *cells, *self.noticed)

    def flow(self) -> Flow:
        """The account of rows and cells. Cells of rows set aside are set aside for the row's reason."""
        used, columns = self.used, self.answers.columns
        rows_aside = Counter(p.code for p in self.table.problems if p.effect is Effect.ROW_SET_ASIDE)
        rows_aside.update(problem.code for problem in self.set_aside.values())
        aside = {code: rows * columns for code, rows in rows_aside.items()}
        for code, rows in self.answers.set_aside.items():
            if count := int(rows[used].sum()):
                aside[code] = aside.get(code, 0) + count
        left_out = Missing.count(matrix[~used] for matrix in self.answers.codes.values())  # mostly there is hardly any
        missing = {kind: self.answers.missing[kind] - left_out[kind] for kind in Missing}
        cells_used = int(used.sum()) * sum(matrix.shape[1] for matrix in self.answers.codes.values())
        cells = Cells(
            read=self.table.rows_read * columns,
            answered=cells_used - sum(missing.values()),
            adjusted=int(self.answers.adjusted[used].sum()),
            blank=missing[Missing.BLANK],
            not_answers_by_kind=dict(sorted((k.value, n) for k in NonAnswerKind if (n := missing[NON_ANSWERS[k]]))),
            set_aside_by_reason=dict(sorted(aside.items())),
        )
        return Flow(self.table.rows_read, int(used.sum()), dict(sorted(rows_aside.items())), cells)

    def file_read(self, flow: Flow | None = None) -> FileRead:
        """flow: if it is known."""
        table, instrument = self.table, self.instrument
        return FileRead(
            file=table.file,
            digest=table.digest,
            part=table.part,
            how=table.how,
            instrument=instrument.id,
            version=instrument.version,
            respondent=instrument.respondent,
            flow=flow or self.flow(),
            problems=self.problems,
            layout=tuple(
                (item, wave, table.name_of(found.column), found.by) for (item, wave), found in self.layout.found.items()
            ),
            unused_columns=tuple(n for n in self.layout.unused if n not in self._personal_names()),
            personal_columns=tuple(sorted(self._personal_names())),
        )

    def _personal_names(self) -> set[str]:
        return {problem.place.column or "" for problem in self.personal}


def _only_of(problem: Problem, rows: set[int | None]) -> bool:
    """Whether a problem of a column is one of these rows alone, such as formulas in a row of sums."""
    own = problem.details.get("rows", "").split()
    return problem.code == "R-061" and bool(own) and {int(row) for row in own} <= rows
