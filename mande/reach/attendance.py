"""A register of who came to which session, one row a family or one row a visit, becomes checked visits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mande.errors import DataProblems, Effect, Place, Problem, nearest
from mande.reach.spellings import commonest, spelling_key
from mande.responses.pseudonyms import pseudonyms, session_key
from mande.responses.readers import read_table
from mande.responses.table import Table

__all__ = ["Enrolment", "Register", "RegisterFlow", "read_attendance"]

_YES = {"1", "yes", "y", "x", "+", "✓", "v", "present", "да", "д", "х", "ha", "ҳа", "иә", "ооба", "hawa"}
_NO = {"0", "no", "n", "-", "–", "−", "absent", "нет", "н", "yoq", "йўқ", "жоқ", "жок", "не", "ýok"}
_SESSION = re.compile(r"session-0*([1-9][0-9]?)")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A family in one cycle. family: its pseudonym. present: by session; None where it was not recorded."""

    family: str
    school: str
    cycle: str
    present: tuple[bool | None, ...]

    @property
    def attended(self) -> int:
        return self.present.count(True)

    @property
    def possible(self) -> int:
        """Sessions that were attended or not recorded."""
        return self.attended + self.present.count(None)


@dataclass(frozen=True, slots=True)
class RegisterFlow:
    """Rows read = rows used + rows set aside, by problem code."""

    rows_read: int
    rows_used: int
    rows_set_aside: Mapping[str, int]

    def __post_init__(self) -> None:
        if self.rows_read != self.rows_used + sum(self.rows_set_aside.values()):
            raise AssertionError(f"rows do not reconcile: {self}")


@dataclass(frozen=True, slots=True)
class Register:
    """One attendance file. sessions: how many the programme has. labels: spellings of schools and cycles by key."""

    file: str
    digest: str
    sessions: int
    enrolments: tuple[Enrolment, ...]
    labels: Mapping[str, Mapping[str, str]]
    flow: RegisterFlow
    problems: tuple[Problem, ...]


def read_attendance(path: str | Path, *, sessions: int | None = None, key: bytes | None = None) -> Register:
    """Read and check a register: `family`, `school`, `cycle`, then session_1, session_2 … or `session` and `attended`.

    sessions: how many the programme has; the highest in the file if None. A family in two schools of one cycle, or
    twice in one, is used once and said. key: of the pseudonyms, that of the questionnaires if they are to be joined.
    Raises DataProblems if family codes or sessions cannot be found.
    """
    table = read_table(Path(path))
    reader = _Reader(table, sessions, key or session_key())
    enrolments = reader.enrolments()
    problems = (*table.problems, *reader.problems)
    set_aside = Counter(problem.code for problem in problems if problem.effect is Effect.ROW_SET_ASIDE)
    flow = RegisterFlow(table.rows_read, reader.rows_used, dict(sorted(set_aside.items())))
    return Register(table.file, table.digest, reader.sessions, enrolments, reader.labels, flow, problems)


class _Reader:
    """One register on its way to enrolments."""

    def __init__(self, table: Table, sessions: int | None, key: bytes) -> None:
        self.key = key
        self.table, self.problems, self.rows_used = table, list[Problem](), 0
        self.at = {spelling_key(heading): i for i, heading in reversed(list(enumerate(table.header)))}
        self.wide = {int(found[1]): i for name, i in self.at.items() if (found := _SESSION.fullmatch(name))}
        self._refuse_without_columns()
        self.columns = {name: _column(table, i) for name, i in self.at.items()}
        highest = max(self.wide, default=0) or self._highest_session()
        self.sessions = sessions or highest
        if highest != self.sessions:
            details = {"expected": str(self.sessions)}
            self.problems.append(Problem("M-055", Place(table.file), str(highest), details))
        self.labels = {name: commonest(filter(None, self.columns.get(name, ()))) for name in ("school", "cycle")}
        self.first: dict[tuple[str, str], tuple[str, int]] = {}  # where a family stands first in a cycle
        self.present: dict[tuple[str, str], list[bool | None]] = {}
        self.seen: dict[tuple[str, str, int], int] = {}  # rows of a family's sessions, one row a visit
        self.blank = 0

    def _refuse_without_columns(self) -> None:
        missing = [] if "family" in self.at else ["family"]
        if not self.wide and not {"session", "attended"} <= self.at.keys():
            missing.append("session_1")
        if missing:
            near = {name: nearest(name.replace("_", "-"), list(self.at)) for name in missing}
            said = [f'"{name}"' + (f' (is it "{near[name][0]}"?)' if near[name] else "") for name in missing]
            raise DataProblems([Problem("M-050", Place(self.table.file), " and ".join(said))])

    def _highest_session(self) -> int:
        return max((int(text) for text in self.columns["session"] if text.isascii() and text.isdigit()), default=0)

    def enrolments(self) -> tuple[Enrolment, ...]:
        for i, row in enumerate(self.table.row.tolist()):
            problem = self._take(i, row)
            if problem is None:
                self.rows_used += 1
            else:
                self.problems.append(problem)
        self.blank += sum(present.count(None) for present in self.present.values())
        if self.blank:
            self.problems.append(Problem("M-057", Place(self.table.file), details={"count": str(self.blank)}))
        return tuple(
            Enrolment(pseudonyms([family], self.key)[0], self.first[family, cycle][0], cycle, tuple(present))
            for (family, cycle), present in self.present.items()
        )

    def _take(self, i: int, row: int) -> Problem | None:
        """Use a row, or say why it is set aside."""
        family, school, cycle = self._text("family", i), *(spelling_key(self._text(n, i)) for n in ("school", "cycle"))
        if not family:
            return Problem("M-054", Place(self.table.file, row))
        first_school, first_row = self.first.setdefault((family, cycle), (school, row))
        details = {"first": str(first_row)}
        if first_school != school:
            return Problem("M-052", Place(self.table.file, row, "school"), self._text("school", i), details)
        if not self.wide:
            return self._take_visit(i, row, family, cycle)
        if first_row != row:
            return Problem("M-053", Place(self.table.file, row), details=details | {"session": ""})
        own = [self._presence(f"session-{n}", i, row) for n in range(1, self.sessions + 1)]
        self.present[family, cycle] = own
        return None

    def _take_visit(self, i: int, row: int, family: str, cycle: str) -> Problem | None:
        text = self._text("session", i)
        number = int(text) if text.isascii() and text.isdigit() else 0
        if not 1 <= number <= self.sessions:
            details = {"expected": str(self.sessions)}
            return Problem("M-056", Place(self.table.file, row, "session"), text, details)
        first = self.seen.setdefault((family, cycle, number), row)
        if first != row:
            details = {"first": str(first), "session": f" in session {number}"}
            return Problem("M-053", Place(self.table.file, row), details=details)
        own = self.present.setdefault((family, cycle), [None] * self.sessions)
        own[number - 1] = self._presence("attended", i, row)
        return None

    def _presence(self, name: str, i: int, row: int) -> bool | None:
        text = self._text(name, i)
        word = re.sub("['`ʻʼ‘’]", "", text).casefold()
        if word in _YES | _NO:
            return word in _YES
        if word:
            self.problems.append(Problem("M-051", Place(self.table.file, row, self._heading(name)), text))
        return None

    def _text(self, name: str, i: int) -> str:
        return self.columns[name][i] if name in self.columns else ""

    def _heading(self, name: str) -> str:
        return self.table.header[self.at[name]]


def _column(table: Table, position: int) -> list[str]:
    values, index = table.distinct(position)
    stripped = [value.strip() for value in values]
    return [stripped[i] for i in index.tolist()]
