"""The monitoring files that an evaluation names, read once, and the `Reach` that comes of them and its answers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mande.change import Changes
from mande.errors import DataProblems, Problem
from mande.plan import Plan
from mande.reach.attendance import Register, read_attendance
from mande.reach.completion import bands_of, with_dose
from mande.reach.flow import family_flow
from mande.reach.ledger import Ledger, read_ledger
from mande.reach.measuring import Reach, find_problems, measure_reach
from mande.reach.results import Results, load_results
from mande.reach.spellings import spelling_key
from mande.responses import Responses
from mande.responses.pseudonyms import key_for
from mande.tally import group_name

__all__ = ["Monitoring", "read_monitoring"]


@dataclass(frozen=True, slots=True)
class Monitoring:
    """What was read of a plan's ledger, register and results framework; None where it names none."""

    plan: Plan
    ledger: Ledger | None
    register: Register | None
    results: Results | None

    def __bool__(self) -> bool:
        return any(file is not None for file in (self.ledger, self.register, self.results))

    @property
    def problems(self) -> tuple[Problem, ...]:
        evaluation = self.plan.evaluation
        return find_problems(
            self.ledger, register=self.register, results=self.results, smallest_cell=evaluation.smallest_cell,
            results_file=evaluation.results or "",
        )  # fmt: skip

    @property
    def inputs(self) -> dict[str, str]:
        """SHA-256 of each file."""
        evaluation = self.plan.evaluation
        digests = {file.file: file.digest for file in (self.ledger, self.register) if file is not None}
        if evaluation.results is not None:
            content = (self.plan.folder / evaluation.results).read_bytes()
            digests[evaluation.results] = hashlib.sha256(content).hexdigest()
        return digests

    def with_dose(self, responses: Sequence[Responses]) -> tuple[Responses, ...]:
        """The responses with the grouping "dose", where there is a register and they have family codes."""
        said = self.plan.evaluation.attendance
        if self.register is None or said is None:
            return tuple(responses)
        bands = bands_of(self.register.sessions, said.completed_from, said.dose)
        return tuple(with_dose(source, self.register, bands) for source in responses)

    def reach(self, responses: Sequence[Responses], changes: Changes) -> Reach | None:
        """Reach with the way from enrolled to analysed; None if nothing is known but the answers."""
        enrolled, people = self._enrolled(), self.plan.evaluation.programme.enrolled
        if not self and not enrolled and not people:
            return None
        arms = self.plan.analysis.arms
        said, smallest = self.plan.evaluation.attendance, self.plan.evaluation.smallest_cell
        reached = measure_reach(
            self.ledger, register=self.register, results=self.results, changes=changes, smallest_cell=smallest,
            completed_from=said.completed_from if said else None, dose=said.dose if said else (),
        )  # fmt: skip
        flows = family_flow(
            responses, changes, enrolled=enrolled, people=people, smallest_cell=smallest, register=self.register,
            attendance=reached.attendance,
            comparison_group=group_name(arms.grouping, arms.comparison) if arms is not None else "",
        )  # fmt: skip
        return replace(reached, flows=flows)

    def _enrolled(self) -> dict[str, int]:
        """Families enrolled, as the plan says, and as the ledger says of the plan's programme."""
        programme = self.plan.evaluation.programme
        found = {"plan": programme.enrolled["families"]} if "families" in programme.enrolled else {}
        names = {spelling_key(programme.id), spelling_key(programme.name)}
        entries = [] if self.ledger is None else [e for e in self.ledger.entries if e.programme in names]
        counts = [entry.counts["families"] for entry in entries if "families" in entry.counts]
        return found | ({"ledger": sum(counts)} if counts else {})


def read_monitoring(plan: Plan) -> Monitoring:
    """Read the plan's ledger, register and framework.

    Raises PlanProblems for mistakes of the framework, DataProblems with those of all files that cannot be used.
    """
    said, folder, instruments = plan.evaluation, plan.folder, plan.instruments
    results = None if said.results is None else load_results(folder / said.results, instruments=instruments)
    refused: list[Problem] = []
    ledger = register = None
    try:
        ledger = None if said.ledger is None else read_ledger(folder / said.ledger, period=said.programme.period)
    except DataProblems as error:
        refused += error.problems
    try:
        if said.attendance is not None:
            sessions = said.attendance.sessions or said.programme.sessions
            register = read_attendance(folder / said.attendance.file, sessions=sessions, key=key_for(folder))
    except DataProblems as error:
        refused += error.problems
    if refused:
        raise DataProblems(refused)
    return Monitoring(plan, ledger, register, results)
