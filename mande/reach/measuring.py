"""Ledger, register, framework and changes become `Reach`: what was delivered, beside what was planned and who came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mande.change import Changes
from mande.errors import Problem
from mande.output import json_of
from mande.reach.attendance import Register
from mande.reach.completion import Attendance, measure_attendance
from mande.reach.delivered import Delivered, deliver, stated_checks
from mande.reach.flow import GroupFlow
from mande.reach.indicators import IndicatorResult, measure_indicators
from mande.reach.ledger import Ledger
from mande.reach.results import Results
from mande.reach.stated import missing_names, problem_of
from mande.reach.sums import entry_sums

__all__ = ["Reach", "find_problems", "measure_reach"]


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything that a report may print of monitoring; None or empty where there is no such file.

    delivered: the ledger's tables and stated totals. attendance: who came. flows: from enrolled to analysed, by
    questionnaire file. results, indicators: the framework and its values. problems: how many of each code.
    """

    delivered: Delivered | None
    attendance: Attendance | None
    flows: tuple[GroupFlow, ...]
    results: Results | None
    indicators: tuple[IndicatorResult, ...]
    problems: Mapping[str, int]

    @property
    def has_files(self) -> bool:
        """Whether there is a ledger, a register or a framework; without them only the way of the answers is known."""
        return any(found is not None for found in (self.delivered, self.attendance, self.results))

    def to_json(self) -> str:
        """As JSON; the same reach gives the same text."""
        return json_of(self)


def measure_reach(
    ledger: Ledger | None = None, *, register: Register | None = None, results: Results | None = None,
    changes: Changes | None = None, completed_from: int | None = None, dose: Sequence[int] = (), smallest_cell: int = 5,
) -> Reach:  # fmt: skip
    """Add up a ledger and a register, and compute the framework's indicators from them and from changes.

    completed_from: sessions from which on a family has completed; dose: least sessions of each dose group (both of the
    register). Counts of fewer children, and groups of fewer families, than `smallest_cell` are withheld, with what
    would give them away. An indicator that has nothing to be computed from says so.
    """
    attendance = None
    if register is not None:
        attendance = measure_attendance(register, completed_from=completed_from, dose=dose, smallest_cell=smallest_cell)
    entries = None if ledger is None else entry_sums(ledger.entries, smallest_cell)
    indicators = () if results is None else measure_indicators(results, entries, attendance, changes)
    found = find_problems(ledger, register=register, results=results, smallest_cell=smallest_cell)
    return Reach(
        delivered=None if ledger is None else deliver(ledger, results, smallest_cell=smallest_cell),
        attendance=attendance,
        flows=(),
        results=results,
        indicators=tuple(indicators),
        problems=dict(sorted(Counter(problem.code for problem in found).items())),
    )


def find_problems(
    ledger: Ledger | None = None, *, register: Register | None = None, results: Results | None = None,
    smallest_cell: int = 5, results_file: str = "results.toml",
) -> tuple[Problem, ...]:  # fmt: skip
    """Every problem of the files, stated totals that do not fit among them, in the order of the files."""
    found: list[Problem] = []
    if ledger is not None:
        found += ledger.problems
        checks = stated_checks(ledger, results, smallest_cell)
        found += [
            problem_of(check, ledger.file if check.row else results_file) for check in checks if check.needs_a_person
        ]
        found += () if results is None else missing_names(results, ledger.entries, results_file)
    if register is not None:
        found += register.problems
    return tuple(found)
