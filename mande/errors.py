"""What can go wrong: the exception tree, and problems with their places.

    MandeError                    everything mande raises on purpose
    ├── WrongUse                  the request cannot be carried out as asked (exit code 2)
    │   ├── UnknownName           no such instrument, analysis, template or sample
    │   ├── OutputNotWritable     the output folder or file cannot be written
    │   └── ComponentMissing      a library of the system or an extra is not installed
    ├── ProblemsFound             carries every problem found, not only the first (exit code 1)
    │   ├── InstrumentProblems    in an instrument file
    │   ├── PlanProblems          in evaluation.toml or an analysis
    │   └── DataProblems          in questionnaire files
    └── NotTestable               a statistic has no value for these data; says why

A `Problem` is a fact about one place (file, row or line, column) with the value as it stood. Its sentences come from
`CATALOGUE`, so each kind of problem is worded, and its remedy thought about, in one place only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from mande.problem_kinds import CATALOGUE, Effect, ProblemKind, filled

__all__ = [
    "CATALOGUE",
    "ComponentMissing",
    "DataProblems",
    "Effect",
    "InstrumentProblems",
    "MandeError",
    "NotTestable",
    "OutputNotWritable",
    "Place",
    "PlanProblems",
    "Problem",
    "ProblemKind",
    "ProblemsFound",
    "Reason",
    "UnknownName",
    "WrongUse",
    "nearest",
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem is. Rows count as a spreadsheet shows them: the header is row 1; `key` is for TOML files."""

    file: str
    row: int | None = None
    column: str | None = None
    line: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        parts = [self.file]
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.key:
            parts.append(f"({self.key})")
        if self.row is not None:
            parts.append(f"row {self.row}")
        place = " ".join(parts)
        return place if self.column is None else f'{place}, column "{self.column}"'


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that a person must know of: code, place, the value as it stood, and a remedy.

    places: every one, where it is found in several that are said as one; problems.csv lists them.

    >>> place = Place("parents.csv", row=17, column="p05_now")
    >>> print(Problem("R-014", place, value="7", details={"answers": "1, 2, 3, 4, 5"}))
    R-014 parents.csv row 17, column "p05_now": "7" is not an answer of this item (1, 2, 3, 4, 5). Correct the cell, \
leave it empty if unanswered, or say in evaluation.toml what it means (answers, missing).
    """

    code: str
    place: Place
    value: str = ""
    details: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    places: tuple[Place, ...] = ()

    @property
    def kind(self) -> ProblemKind:
        return CATALOGUE[self.code]

    @property
    def effect(self) -> Effect:
        return self.kind.effect

    @property
    def what(self) -> str:
        return self._filled(self.kind.what)

    @property
    def remedy(self) -> str:
        return self._filled(self.kind.remedy)

    def _filled(self, words: str) -> str:
        return filled(words, {"value": self.value, "evaluation": "evaluation.toml", **self.details})

    def __str__(self) -> str:
        return f"{self.code} {self.place}: {self.what} {self.remedy}"


class MandeError(Exception):
    """Base of everything mande raises on purpose."""


class WrongUse(MandeError):
    """The request cannot be carried out as asked; the message says what to do instead."""


class UnknownName(WrongUse):
    """No instrument, analysis, template or sample of that name."""


class OutputNotWritable(WrongUse):
    """The output cannot be written where it was asked for."""


class ComponentMissing(WrongUse):
    """A system library or an optional package is not installed; the message has the command that installs it."""


class ProblemsFound(MandeError):
    """All problems found in one go, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class InstrumentProblems(ProblemsFound):
    """An instrument file says something that cannot be."""


class PlanProblems(ProblemsFound):
    """evaluation.toml or an analysis says something that cannot be."""


class DataProblems(ProblemsFound):
    """A questionnaire file cannot be used at all."""


class Reason(StrEnum):
    """Why a statistic has no value. The report words each one in its language."""

    NO_DATA = "no_data"
    TOO_FEW = "too_few"  # fewer people than the figure needs
    NO_CHANGE = "no_change"  # every difference is zero
    ALL_EQUAL = "all_equal"  # every difference is the same, not zero
    NO_VARIANCE = "no_variance"  # a wave (or item) has one value only
    TOO_FEW_CLUSTERS = "too_few_clusters"  # one cluster, or an effect that rests on one cluster alone
    TOO_FEW_ITEMS = "too_few_items"  # reliability of fewer than two items
    NO_COMPLETE_CASES = "no_complete_cases"
    WITHHELD = "withheld"  # fewer people than the smallest cell that may be shown
    NO_BASE = "no_base"  # a per cent of an earlier mean that is zero or below
    OTHER_QUESTIONS = "other_questions"  # one was answered at one of the two times alone
    NO_SCALE_RANGE = "no_scale_range"  # a construct whose best and worst possible scores are the same


class NotTestable(MandeError):
    """A statistic has no value for these data, and this is why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason.value)


def nearest(name: str, known: Sequence[str], *, at_most: int = 3) -> list[str]:
    """Known names that look like `name`, best first, for "did you mean".

    >>> nearest("sfp-10-14-parents", ["sfp-10-14-parent", "sfp-10-14-youth", "aiguessr"])
    ['sfp-10-14-parent', 'sfp-10-14-youth']
    """
    from difflib import get_close_matches  # not needed until something is misspelt

    by_folded = {candidate.casefold(): candidate for candidate in known}
    return [by_folded[match] for match in get_close_matches(name.casefold(), list(by_folded), n=at_most, cutoff=0.6)]
