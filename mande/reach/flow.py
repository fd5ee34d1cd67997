"""From enrolled to analysed: how many families and forms there are at each step, and who is missing between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from mande.change import Changes
from mande.reach.attendance import Register
from mande.reach.completion import Attendance
from mande.responses import Responses
from mande.tally import EVERYONE

__all__ = ["FlowStep", "GroupFlow", "Linked", "Step", "family_flow"]


class Step(StrEnum):
    ENROLLED = "enrolled"
    ATTENDED = "attended"  # at least one session
    COMPLETED = "completed"  # as many sessions as the declared threshold
    ANSWERED = "answered"
    ANALYSED = "analysed"


@dataclass(frozen=True, slots=True)
class FlowStep:
    """How many are left at a step. low, high: fewest and most over the constructs; equal but for `analysed`.

    source: what says so, "plan", "ledger", "register" or a questionnaire file. missing: those of the step before that
    are not here (against `high`); None if there is none before it in this unit, or if more are here than there.
    """

    step: Step
    unit: Literal["families", "forms"]
    low: int
    high: int
    source: str
    missing: int | None


@dataclass(frozen=True, slots=True)
class Linked:
    """Families of the register that answered, and that did not, by family code.

    not_registered: families that answered and are not in the register. sessions_*: mean sessions attended by those who
    answered and by those who did not, None for fewer than the smallest cell. attended_*: families with a session.
    """

    attended_answered: int
    attended_missing: int
    not_registered: int
    sessions_answered: float | None
    sessions_missing: float | None


@dataclass(frozen=True, slots=True)
class GroupFlow:
    """The way of one questionnaire file's respondents. linked: None without a register or without family codes."""

    file: str
    instrument: str
    respondent: str
    steps: tuple[FlowStep, ...]
    linked: Linked | None

    def step(self, step: Step, unit: str = "families") -> FlowStep | None:
        return next((own for own in self.steps if own.step == step and own.unit == unit), None)


def family_flow(
    responses: Sequence[Responses], changes: Changes, *, enrolled: Mapping[str, int],
    people: Mapping[str, int] = MappingProxyType({}), smallest_cell: int = 5,
    register: Register | None = None, attendance: Attendance | None = None, comparison_group: str = "",
) -> tuple[GroupFlow, ...]:  # fmt: skip
    """One way for each questionnaire file whose respondents are compared.

    enrolled: families by what says so ("plan", "ledger"), the first of them counts; else those of the register.
    people: respondents enrolled by kind, as the plan says it ("parents", "youth"). A step that a later one exceeds is
    shown as it stands, and nobody is said to be missing there. comparison_group: who is analysed beside EVERYONE.
    """
    start = list(_start(enrolled, attendance))
    return tuple(
        GroupFlow(
            source.file,
            source.instrument.id,
            source.instrument.respondent,
            tuple(
                _with_missing(
                    [*start, *_people(source, people), *_answers(source), *_analysed(source, changes, comparison_group)]
                )
            ),
            _linked(source, register, smallest_cell),
        )
        for source in responses
        if any(change.instrument == source.instrument.id for change in changes)
    )


def _families(step: Step, count: int, source: str) -> FlowStep:
    return FlowStep(step, "families", count, count, source, None)


def _start(enrolled: Mapping[str, int], attendance: Attendance | None) -> Iterator[FlowStep]:
    for source, count in list(enrolled.items())[:1]:
        yield _families(Step.ENROLLED, count, source)
    if attendance is None:
        return
    if not enrolled:
        yield _families(Step.ENROLLED, attendance.enrolments, "register")
    yield _families(Step.ATTENDED, attendance.total.attended or 0, "register")
    if attendance.total.completed is not None:
        yield _families(Step.COMPLETED, attendance.total.completed, "register")


def _people(source: Responses, people: Mapping[str, int]) -> Iterator[FlowStep]:
    respondent = source.instrument.respondent
    for name in (respondent, f"{respondent}s"):
        if name in people:
            yield FlowStep(Step.ENROLLED, "forms", people[name], people[name], "plan", None)


def _answers(source: Responses) -> Iterator[FlowStep]:
    if source.families is not None:
        yield _families(Step.ANSWERED, source.families, source.file)
    yield FlowStep(Step.ANSWERED, "forms", len(source), len(source), source.file, None)


def _analysed(source: Responses, changes: Changes, comparison_group: str) -> Iterator[FlowStep]:
    own: dict[tuple[str, ...], int] = {}
    for change in changes:
        counts = change.group in (EVERYONE, comparison_group) and change.n is not None
        if change.instrument == source.instrument.id and counts:
            own[change.key[:4]] = own.get(change.key[:4], 0) + (change.n or 0)
    if own:
        yield FlowStep(Step.ANALYSED, "forms", min(own.values()), max(own.values()), source.file, None)


def _with_missing(steps: Sequence[FlowStep]) -> Iterator[FlowStep]:
    """Completed is a part of attended, so those who answered are held against attended where it is known."""
    before: dict[str, int] = {}
    for step in steps:
        high = before.get(step.unit)
        missing = None if high is None or step.high > high else high - step.high
        yield FlowStep(step.step, step.unit, step.low, step.high, step.source, missing)
        if step.step is not Step.COMPLETED:
            before[step.unit] = step.high


def _linked(source: Responses, register: Register | None, smallest: int) -> Linked | None:
    if register is None or source.family is None:
        return None
    sessions: dict[str, int] = {}
    for enrolment in register.enrolments:
        sessions[enrolment.family] = max(enrolment.attended, sessions.get(enrolment.family, 0))
    answered = {*filter(None, source.family)}
    came = {family for family, count in sessions.items() if count}
    there, missing = sorted(came & answered), sorted(came - answered)
    return Linked(
        len(there),
        len(missing),
        len(answered - sessions.keys()),
        _mean([sessions[family] for family in there], smallest),
        _mean([sessions[family] for family in missing], smallest),
    )


def _mean(values: Sequence[int], smallest: int) -> float | None:
    return sum(values) / len(values) if len(values) >= max(smallest, 1) else None
