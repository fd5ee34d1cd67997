"""Evaluations, ledgers and a results framework become a `RollUp`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from mande.errors import Place, PlanProblems, Problem
from mande.evaluation import Evaluation, Provenance, evaluate, load_evaluation
from mande.output import json_of, write_whole
from mande.plan import Programme, load_plan
from mande.reach import Reach, Results, load_results, measure_reach, read_ledger
from mande.reach.indicators import IndicatorResult, measure_indicators
from mande.reach.stated import missing_names
from mande.reach.together import BLOCK_COLUMNS, Part, Together, add_ledgers, sums_of
from mande.regional import RegionalFile, RegionalPlan
from mande.rollup.members import Member, each_once, member_of, sharing_files
from mande.rollup.outcomes import Outcome, changes_of, outcomes_of

__all__ = ["FORMAT", "RollUp", "roll_up", "roll_up_plan"]

FORMAT = "mande-roll-up-1"
"""Stands first in every saved roll-up."""


@dataclass(frozen=True, slots=True)
class RollUp:
    """A region: its members, what was delivered in all of them, their outcomes, and indicators. No row of anybody.

    reach: tables over all ledgers, each entry once; None without a ledger. problems: what was left out, and why.
    """

    plan: RegionalFile
    members: tuple[Member, ...]
    reach: Together | None
    outcomes: tuple[Outcome, ...]
    results: Results | None
    indicators: tuple[IndicatorResult, ...]
    problems: tuple[Problem, ...]
    provenance: Provenance

    @property
    def synthetic(self) -> bool:
        return self.plan.synthetic or any(member.synthetic for member in self.members)

    def to_json(self) -> str:
        """As JSON with full precision; the same members give the same text."""
        return json_of(self, as_format=FORMAT)

    def save(self, path: Path) -> Path:
        """Write the JSON. Raises OutputNotWritable."""
        return write_whole(path, self.to_json().encode())


def roll_up_plan(plan: RegionalPlan) -> RollUp:
    """Do what a regional.toml says. Raises PlanProblems and DataProblems of the files that it names."""
    evaluations = [_evaluation_at(path) for path in plan.evaluations]
    smallest = plan.regional.smallest_cell
    ledgers = [measure_reach(read_ledger(path), smallest_cell=smallest) for path in plan.ledgers]
    results = None if plan.results is None else load_results(plan.results)
    rolled = roll_up(evaluations, ledgers, results=results, plan=plan.regional)
    own = [plan.file, *([plan.results] if plan.results is not None else [])]
    own_digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in own}
    inputs = {**own_digests, **rolled.provenance.inputs}
    return replace(rolled, provenance=replace(rolled.provenance, inputs=inputs))


def _evaluation_at(path: Path) -> Evaluation:
    return evaluate(load_plan(path)) if path.suffix == ".toml" else load_evaluation(path)


def roll_up(
    evaluations: Sequence[Evaluation | str | Path], ledgers: Sequence[Reach] = (), *, results: Results | None = None,
    plan: RegionalFile | None = None,
) -> RollUp:  # fmt: skip
    """Put evaluations (or their saved files) and further ledgers together.

    An evaluation or entry that is there twice counts once. Nothing of fewer people than `plan.smallest_cell` (5 without
    a plan), and nothing that one of the evaluations withholds, is in the sum or the pooled result.
    Raises PlanProblems if the framework asks for something that is not known of entries that were added up.
    """
    plan = plan or RegionalFile(title="Roll-up", programme=Programme(id="roll-up", name="Several evaluations"))
    loaded = [e if isinstance(e, Evaluation) else load_evaluation(e) for e in evaluations]
    kept, problems = each_once(loaded)
    shared, files = sharing_files(kept)
    members = tuple(map(member_of, kept))
    parts = list(_parts(kept, ledgers))
    added, left_out = add_ledgers(parts, smallest_cell=plan.smallest_cell)
    reach = added if parts else None
    outcomes = outcomes_of(kept, shared, plan.smallest_cell)
    indicators: tuple[IndicatorResult, ...] = ()
    missing: list[Problem] = []
    if results is not None:
        _refuse_unknown_columns(results)
        sums = sums_of(added, smallest_cell=plan.smallest_cell) if parts else None
        changes = changes_of(outcomes, [member.countries for member in members])
        indicators = tuple(measure_indicators(results, sums, None, changes))
        missing = list(missing_names(results, added.tables.blocks, "results"))
    return RollUp(
        plan=plan,
        members=members,
        reach=reach,
        outcomes=outcomes,
        results=results,
        indicators=indicators,
        problems=(*problems, *left_out, *files, *missing),
        provenance=Provenance(_inputs(members, parts), {name: version(name) for name in ("mande", "numpy", "scipy")}),
    )


def _parts(evaluations: Sequence[Evaluation], ledgers: Sequence[Reach]) -> Iterator[Part]:
    for evaluation in evaluations:
        if evaluation.reach is not None and evaluation.reach.delivered is not None:
            delivered = evaluation.reach.delivered
            yield Part(f"{evaluation.plan.title}: {delivered.file}", delivered)
    for reach in ledgers:
        if reach.delivered is not None:
            yield Part(reach.delivered.file, reach.delivered)


def _refuse_unknown_columns(results: Results) -> None:
    refused = [
        Problem("M-068", Place("results", key=f"indicator {indicator.id}"), column)
        for indicator in results.indicator
        for column in indicator.source.where
        if column not in BLOCK_COLUMNS
    ]
    if refused:
        raise PlanProblems(refused)


def _inputs(members: Sequence[Member], parts: Sequence[Part]) -> Mapping[str, str]:
    return {member.title: member.digest for member in members} | {part.name: part.delivered.digest for part in parts}
