"""Visits become counts: who completed, who came to which session, and how much of the programme families received."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mande.reach.attendance import Enrolment, Register, RegisterFlow
from mande.reach.small_cells import Line, hidden_cells
from mande.responses import Grouping, Responses
from mande.stats.counts import Estimate
from mande.stats.shares import wilson

__all__ = ["DOSE", "Attendance", "AttendedGroup", "Dose", "SessionCount", "measure_attendance", "with_dose"]

DOSE = "dose"
"""The grouping of respondents by the sessions that their family attended."""

NOT_RECORDED, NOT_IN_REGISTER = "not recorded", "not in the register"


@dataclass(frozen=True, slots=True)
class SessionCount:
    """Families at one session; present + absent + not_recorded = enrolments."""

    session: int
    present: int
    absent: int
    not_recorded: int


@dataclass(frozen=True, slots=True)
class Dose:
    """Families that attended between `least` and `most` sessions, both included; of `label` "5–7"."""

    label: str
    least: int
    most: int
    enrolments: int


@dataclass(frozen=True, slots=True)
class AttendedGroup:
    """Families of one school and cycle; None stands for all. Counts are None where they are withheld.

    completed + not_completed + unknown = enrolments; unknown: enough sessions were not recorded to decide it.
    """

    school: str | None
    cycle: str | None
    enrolments: int | None
    attended: int | None
    completed: int | None
    not_completed: int | None
    unknown: int | None


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who came, in counts. families: different ones; enrolments: families by cycle, so one seen in two cycles is two.

    completed_from: sessions from which on a family counts as having completed; None if no threshold is declared, and
    then nothing is said of completion. completion: share of enrolments whose completion is known, with Wilson interval.
    """

    file: str
    digest: str
    flow: RegisterFlow
    problems: Mapping[str, int]
    labels: Mapping[str, Mapping[str, str]]
    sessions: int
    completed_from: int | None
    families: int
    enrolments: int
    in_several_cycles: int
    total: AttendedGroup
    cycles: tuple[AttendedGroup, ...]
    schools: tuple[AttendedGroup, ...]
    completion: Estimate | None
    retention: tuple[SessionCount, ...]
    doses: tuple[Dose, ...]
    dose_not_recorded: int


def measure_attendance(
    register: Register, *, completed_from: int | None = None, dose: Sequence[int] = (), smallest_cell: int = 5
) -> Attendance:
    """Count a register. dose: the least sessions of each dose group above none; see `bands_of`."""
    enrolments = register.enrolments
    cycles = Counter(enrolment.family for enrolment in enrolments)
    total = _group(enrolments, None, None, completed_from)
    bands = bands_of(register.sessions, completed_from, dose)
    doses = Counter(_dose_label(enrolment, bands) for enrolment in enrolments)
    known = (total.completed or 0) + (total.not_completed or 0)
    return Attendance(
        file=register.file,
        digest=register.digest,
        flow=register.flow,
        problems=dict(sorted(Counter(problem.code for problem in register.problems).items())),
        labels=register.labels,
        sessions=register.sessions,
        completed_from=completed_from,
        families=len(cycles),
        enrolments=len(enrolments),
        in_several_cycles=sum(count > 1 for count in cycles.values()),
        total=total,
        cycles=tuple(_groups(enrolments, ("cycle",), completed_from, smallest_cell)),
        schools=tuple(_groups(enrolments, ("school", "cycle"), completed_from, smallest_cell)),
        completion=wilson(total.completed or 0, known, confidence=0.95) if known else None,
        retention=tuple(_retention(enrolments, register.sessions)),
        doses=tuple(Dose(label, least, most, doses[label]) for label, least, most in bands),
        dose_not_recorded=doses[NOT_RECORDED],
    )


def bands_of(sessions: int, completed_from: int | None, dose: Sequence[int] = ()) -> list[tuple[str, int, int]]:
    """Label, least and most sessions of each dose group; without a declared dose, those below and from completion.

    >>> [label for label, _, _ in bands_of(7, 5)], [label for label, _, _ in bands_of(7, 5, (1, 4, 7))]
    (['0', '1–4', '5–7'], ['0', '1–3', '4–6', '7'])
    """
    starts = sorted({0, 1, *(dose or ([completed_from] if completed_from else []))})
    ends = [start - 1 for start in starts[1:]] + [sessions]
    return [(str(a) if a == b else f"{a}–{b}", a, b) for a, b in zip(starts, ends, strict=True) if a <= b]


def with_dose(responses: Responses, register: Register, bands: Sequence[tuple[str, int, int]]) -> Responses:
    """The responses with the grouping DOSE, joined by family; as they are if they have no family codes.

    A family in several cycles has the dose of the one it attended most. What such groups show is a description:
    families choose how often they come, so it says nothing of causes.
    """
    if responses.family is None:
        return responses
    most: dict[str, Enrolment] = {}
    for enrolment in register.enrolments:
        if enrolment.family not in most or enrolment.attended > most[enrolment.family].attended:
            most[enrolment.family] = enrolment
    texts = [_dose_label(most[f], bands) if f in most else NOT_IN_REGISTER for f in responses.family]
    order = [label for label, _, _ in bands] + [NOT_RECORDED, NOT_IN_REGISTER]
    labels = [label for label in order if label in texts]
    position = np.array([labels.index(text) for text in texts], dtype=np.int64)
    return replace(responses, groups={**responses.groups, DOSE: Grouping(tuple(labels), position)})


def _dose_label(enrolment: Enrolment, bands: Sequence[tuple[str, int, int]]) -> str:
    """The band that the family is in, whatever the sessions that were not recorded may have been."""
    for label, least, most in bands:
        if least <= enrolment.attended and enrolment.possible <= most:
            return label
    return NOT_RECORDED


def _group(
    enrolments: Sequence[Enrolment], school: str | None, cycle: str | None, completed_from: int | None
) -> AttendedGroup:
    attended = sum(enrolment.attended > 0 for enrolment in enrolments)
    if completed_from is None:
        return AttendedGroup(school, cycle, len(enrolments), attended, None, None, None)
    completed = sum(enrolment.attended >= completed_from for enrolment in enrolments)
    not_completed = sum(enrolment.possible < completed_from for enrolment in enrolments)
    unknown = len(enrolments) - completed - not_completed
    return AttendedGroup(school, cycle, len(enrolments), attended, completed, not_completed, unknown)


def _groups(
    enrolments: Sequence[Enrolment], columns: Sequence[str], completed_from: int | None, smallest: int
) -> Iterator[AttendedGroup]:
    """Groups of fewer than `smallest` families are withheld, and others so that they cannot be had by subtraction."""
    members: dict[tuple[str, ...], list[Enrolment]] = {}
    for enrolment in enrolments:
        members.setdefault(tuple(getattr(enrolment, column) for column in columns), []).append(enrolment)
    sizes: dict[tuple[str, ...], int] = {key: len(own) for key, own in members.items()}
    wholes = {key[-1:] for key in members} if len(columns) > 1 else {()}
    sizes |= {
        ("all of", *whole): sum(n for key, n in sizes.items() if key[-1:] == whole or not whole) for whole in wholes
    }
    lines = [
        Line(("all of", *whole), tuple(key for key in members if key[-1:] == whole or not whole)) for whole in wholes
    ]
    hidden = hidden_cells(sizes, lines, smallest)
    for key, own in sorted(members.items()):
        named = dict(zip(columns, key, strict=True))
        school, cycle = named.get("school"), named.get("cycle")
        if key in hidden:
            yield AttendedGroup(school, cycle, None, None, None, None, None)
        else:
            yield _group(own, school, cycle, completed_from)


def _retention(enrolments: Sequence[Enrolment], sessions: int) -> Iterator[SessionCount]:
    for session in range(sessions):
        at = Counter(enrolment.present[session] for enrolment in enrolments)
        yield SessionCount(session + 1, at[True], at[False], at[None])
