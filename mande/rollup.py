"""Several saved evaluations and ledgers as one regional value: reach added once, outcomes side by side, and pooled."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from mande.change import Change
from mande.errors import NotTestable, Place, Problem, Reason
from mande.evaluation import Evaluation, load_evaluation
from mande.plan import Design
from mande.reach import Reach
from mande.reach.places import country_code
from mande.reach.together import Part, Together, add_ledgers
from mande.stats.pooling import Pooled, pool_results, standard_error_of
from mande.tally import EVERYONE

__all__ = ["Member", "Outcome", "PooledOutcome", "RollUp", "roll_up"]


@dataclass(frozen=True, slots=True)
class Member:
    """One evaluation of the roll-up. countries: codes of its places, as far as they are named."""

    title: str
    programme: str
    programme_name: str
    places: tuple[str, ...]
    countries: tuple[str, ...]
    design: Design
    synthetic: bool
    digest: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The change of one construct in one evaluation, for tables side by side. member: position among `members`."""

    member: int
    instrument: str
    version: str
    change: Change


@dataclass(frozen=True, slots=True)
class PooledOutcome:
    """One construct of one instrument over several evaluations, in points of its scale; random effects.

    members: those that are pooled. n: their pairs. pooled: None with the reason where it cannot be computed.
    """

    instrument: str
    version: str
    construct: str
    respondent: str
    earlier: str
    later: str
    members: tuple[int, ...]
    n: int
    pooled: Pooled | None
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class RollUp:
    """A region: its members, what was delivered in all of them, and their outcomes. No rows of anybody.

    reach: tables over all ledgers, each entry once. problems: what was left out, and why. synthetic: one member is.
    """

    members: tuple[Member, ...]
    reach: Together | None
    outcomes: tuple[Outcome, ...]
    pooled: tuple[PooledOutcome, ...]
    problems: tuple[Problem, ...]

    @property
    def synthetic(self) -> bool:
        return any(member.synthetic for member in self.members)

    def to_json(self) -> str:
        """As JSON; the same members give the same text."""
        return _codec().dump_json(self, indent=2, by_alias=True).decode()


@cache
def _codec() -> TypeAdapter[RollUp]:
    return TypeAdapter(RollUp)


def roll_up(
    evaluations: Sequence[Evaluation | str | Path], ledgers: Sequence[Reach] = (), *, smallest_cell: int = 5
) -> RollUp:
    """Put evaluations (or their saved files) and further ledgers together.

    An evaluation or entry that is there twice counts once. Outcomes are pooled only where the instrument is the same to
    the letter, the waves and the design are the same, and no questionnaire file is in two of the evaluations.
    """
    loaded = [e if isinstance(e, Evaluation) else load_evaluation(e) for e in evaluations]
    kept, problems = _once(loaded)
    reached = [(e.plan.title, e.reach) for e in kept if e.reach is not None] + [("", reach) for reach in ledgers]
    parts = [
        Part(reach.delivered.file if not title else f"{title}: {reach.delivered.file}", reach.delivered)
        for title, reach in reached
        if reach.delivered is not None
    ]
    tables, more = add_ledgers(parts, smallest_cell=smallest_cell)
    outcomes = tuple(_outcomes(kept))
    shared, files = _shared_files(kept)
    return RollUp(
        members=tuple(_member(evaluation) for evaluation in kept),
        reach=tables if parts else None,
        outcomes=outcomes,
        pooled=tuple(_pooled(kept, outcomes, shared)),
        problems=(*problems, *more, *files),
    )


def _digest(evaluation: Evaluation) -> str:
    return hashlib.sha256(evaluation.to_json().encode()).hexdigest()


def _once(evaluations: Sequence[Evaluation]) -> tuple[list[Evaluation], list[Problem]]:
    kept: dict[str, Evaluation] = {}
    problems = []
    for evaluation in evaluations:
        digest = _digest(evaluation)
        if digest in kept:
            problems.append(Problem("M-070", Place(evaluation.plan.title)))
        kept.setdefault(digest, evaluation)
    return list(kept.values()), problems


def _member(evaluation: Evaluation) -> Member:
    plan = evaluation.plan
    named = (country_code(place.rpartition(",")[2].strip()) for place in plan.programme.places)
    return Member(
        title=plan.title,
        programme=plan.programme.id,
        programme_name=plan.programme.name,
        places=plan.programme.places,
        countries=tuple(dict.fromkeys(code for code in named if code)),
        design=evaluation.analysis.design,
        synthetic=plan.synthetic,
        digest=_digest(evaluation),
    )


def _outcomes(evaluations: Sequence[Evaluation]) -> Iterator[Outcome]:
    for i, evaluation in enumerate(evaluations):
        versions = {instrument.id: instrument.version for instrument in evaluation.instruments}
        for change in evaluation.changes:
            if change.group == EVERYONE:
                yield Outcome(i, change.instrument, versions[change.instrument], change)


def _shared_files(evaluations: Sequence[Evaluation]) -> tuple[set[int], list[Problem]]:
    """Evaluations that analysed a file which an earlier one analysed too: their people are the same."""
    first: dict[str, int] = {}
    shared: set[int] = set()
    problems = []
    for i, evaluation in enumerate(evaluations):
        for source in evaluation.sources:
            if first.setdefault(source.digest, i) != i:
                shared.add(i)
                details = {"other": evaluations[first[source.digest]].plan.title}
                problems.append(Problem("M-073", Place(evaluation.plan.title), source.file, details))
    return shared, problems


def _pooled(
    evaluations: Sequence[Evaluation], outcomes: Sequence[Outcome], shared: set[int]
) -> Iterator[PooledOutcome]:
    groups: dict[tuple[str, ...], list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.member not in shared and outcome.change.interval is not None:
            groups.setdefault(_same_measure(evaluations[outcome.member], outcome.change), []).append(outcome)
    for own in groups.values():
        if len(own) > 1:
            yield _pool(own)


def _same_measure(evaluation: Evaluation, change: Change) -> tuple[str, ...]:
    """What must be equal for two changes to be the same thing, in the same unit."""
    instrument = next(i for i in evaluation.instruments if i.id == change.instrument)
    return (*change.key, evaluation.analysis.design, instrument.model_dump_json())


def _pool(own: Sequence[Outcome]) -> PooledOutcome:
    first = own[0]
    pooled, reason = None, None
    try:
        results = [_result(outcome.change) for outcome in own]
        pooled = pool_results([value for value, _ in results], [error for _, error in results])
    except NotTestable as error:
        reason = error.reason
    return PooledOutcome(
        first.instrument, first.version, first.change.construct, first.change.respondent, first.change.earlier,
        first.change.later, tuple(o.member for o in own), sum(o.change.n or 0 for o in own), pooled, reason,
    )  # fmt: skip


def _result(change: Change) -> tuple[float, float]:
    """The mean change and its standard error, clusters allowed for where they are known."""
    if change.clustered is not None:
        inference = change.clustered.inference
        return inference.estimate.value, inference.standard_error
    if change.mean_change is None or change.t_test is None:
        raise NotTestable(Reason.TOO_FEW)
    return change.mean_change.value, standard_error_of(change.mean_change, change.t_test.df)
