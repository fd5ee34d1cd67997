"""`Responses`: the usable forms of one respondent group, one row a person, all waves side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

import numpy as np

from mande.errors import Problem
from mande.model import Instrument
from mande.responses.accounts import Flow
from mande.responses.choices import Choices
from mande.responses.forms import FileRead
from mande.responses.missing import CodeArray, Missing
from mande.stats.counts import IntArray

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Grouping", "LinkReport", "OpenAnswer", "Responses"]


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """A grouping of respondents: the distinct labels, and each respondent's position among them, shape (n,)."""

    labels: tuple[str, ...]
    position: IntArray


@dataclass(frozen=True, slots=True)
class LinkReport:
    """How the forms of one respondent group at several waves were brought together, counted in people.

    forms: by wave, usable forms. exact: links by the same id or code. other_letters: by the same id in other letters.
    tolerance: by a code of which one part differs. ambiguous: by wave, forms that could be several people's.
    unmatched: by wave, people with a form of that wave and of no other (the ambiguous ones included).
    """

    respondent: str
    waves: tuple[str, ...]
    forms: Mapping[str, int]
    people: int
    in_all_waves: int
    exact: int
    other_letters: int
    tolerance: int
    ambiguous: Mapping[str, int]
    unmatched: Mapping[str, int]

    def __add__(self, other: object) -> LinkReport:
        if not isinstance(other, LinkReport):
            return NotImplemented
        return LinkReport(
            self.respondent,
            self.waves,
            *(self._sum(other, name) for name in ("forms", "people", "in_all_waves", "exact", "other_letters")),
            *(self._sum(other, name) for name in ("tolerance", "ambiguous", "unmatched")),
        )

    def _sum(self, other: LinkReport, name: str) -> Any:
        mine, theirs = getattr(self, name), getattr(other, name)
        if isinstance(mine, int):
            return mine + theirs
        return {wave: mine.get(wave, 0) + theirs.get(wave, 0) for wave in self.waves if wave in {*mine, *theirs}}


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """A text in a person's own words. It leaves the importer only if evaluation.toml releases it by file and row."""

    file: str
    row: int
    question: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Responses:
    """The usable forms of one respondent group, of one file or of one file a wave.

    codes: by wave, answer codes of the rated items, shape (n, k); `Missing` values where there is no answer.
    respondent: pseudonyms, shape (n,). row: row number in the file of the first wave a person has, shape (n,).
    rows: by wave, row numbers, 0 where the person has no form. groups: by name. choices: by question,
    or question and wave (`where_baseline`) where several waves were linked.
    themes: by name, how many answers hold each theme code. links: how several waves were brought together.
    families_counted: how many, where they were counted and their pseudonyms are not kept.
    coded: who has a code of their own, shape (n,), where it is known.
    """

    instrument: Instrument
    codes: Mapping[str, CodeArray]
    respondent: tuple[str, ...]
    family: tuple[str, ...] | None
    row: IntArray
    rows: Mapping[str, IntArray]
    groups: Mapping[str, Grouping]
    files: tuple[FileRead, ...]
    problems: tuple[Problem, ...]
    choices: Mapping[str, Choices] = field(default_factory=dict)
    open_answers: tuple[OpenAnswer, ...] = ()
    themes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    links: LinkReport | None = None
    families_counted: int | None = None
    coded: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.row)

    @property
    def families(self) -> int | None:
        """How many different families answered; None if the files have no family codes."""
        return self.families_counted if self.family is None else len({*filter(None, self.family)})

    @property
    def file(self) -> str:
        return ", ".join(dict.fromkeys(file.file for file in self.files))

    @property
    def digest(self) -> str:
        return ", ".join(dict.fromkeys(file.digest for file in self.files))

    @property
    def flow(self) -> Flow:
        """The account of all files."""
        return reduce(add, (file.flow for file in self.files))

    @property
    def unused_columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for file in self.files for name in file.unused_columns))

    @property
    def personal_columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for file in self.files for name in file.personal_columns))

    def has_wave(self, wave: str) -> np.ndarray:
        """Who has a form of the wave, shape (n,)."""
        present: np.ndarray = self.rows[wave] > 0
        return present

    def stayed(self, earlier: str, later: str) -> tuple[int, int, int]:
        """People with a form of both waves, of the earlier only, of the later only."""
        first, second = self.has_wave(earlier), self.has_wave(later)
        return int((first & second).sum()), int((first & ~second).sum()), int((~first & second).sum())

    def to_frame(self) -> pd.DataFrame:
        """One row a respondent: pseudonym, groups, then each item and wave as `p01_then`; missing answers are NA."""
        import pandas as pd

        frame: dict[str, object] = {"respondent": self.respondent}
        for name, group in self.groups.items():
            frame[name] = pd.Categorical.from_codes(group.position, pd.Index(group.labels))
        for wave, matrix in self.codes.items():
            for k, item in enumerate(self.instrument.rated_items):
                codes = pd.array(matrix[:, k], dtype="Int16")
                codes[~Missing.is_answer(matrix[:, k])] = pd.NA
                frame[f"{item.id}_{wave}"] = codes
        return pd.DataFrame(frame)
