"""The evaluations of a roll-up: each once, and what is said of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from mande.errors import Place, Problem
from mande.evaluation import Evaluation
from mande.plan import Design, Period
from mande.reach.completion import Attendance
from mande.reach.flow import GroupFlow
from mande.reach.places import country_code

__all__ = ["Member", "each_once", "member_of", "sharing_files"]


@dataclass(frozen=True, slots=True)
class Member:
    """One evaluation of the roll-up. language: the one it is written in, its titles and names.

    countries: codes of its places, as far as they are named.

    forms_read, forms_used: of all its files. flows, attendance: from enrolled to analysed, and who came; empty without
    such files. digest: SHA-256 of the saved evaluation.
    """

    title: str
    language: str
    programme: str
    programme_name: str
    places: tuple[str, ...]
    countries: tuple[str, ...]
    period: Period | None
    design: Design
    caveats: tuple[str, ...]
    smallest_cell: int
    forms_read: int
    forms_used: int
    flows: tuple[GroupFlow, ...]
    attendance: Attendance | None
    synthetic: bool
    digest: str


def member_of(evaluation: Evaluation) -> Member:
    plan, reach = evaluation.plan, evaluation.reach
    named = (country_code(place.rpartition(",")[2].strip()) for place in plan.programme.places)
    return Member(
        title=plan.title,
        language=plan.languages[0],
        programme=plan.programme.id,
        programme_name=plan.programme.name,
        places=plan.programme.places,
        countries=tuple(dict.fromkeys(code for code in named if code)),
        period=plan.programme.period,
        design=evaluation.analysis.design,
        caveats=evaluation.analysis.caveats,
        smallest_cell=plan.smallest_cell,
        forms_read=sum(source.flow.rows_read for source in evaluation.sources),
        forms_used=sum(source.flow.rows_used for source in evaluation.sources),
        flows=() if reach is None else reach.flows,
        attendance=None if reach is None else reach.attendance,
        synthetic=plan.synthetic,
        digest=_digest(evaluation),
    )


def each_once(evaluations: Sequence[Evaluation]) -> tuple[list[Evaluation], list[Problem]]:
    kept: dict[str, Evaluation] = {}
    problems = []
    for evaluation in evaluations:
        digest = _digest(evaluation)
        if digest in kept:
            problems.append(Problem("M-070", Place(evaluation.plan.title)))
        kept.setdefault(digest, evaluation)
    return list(kept.values()), problems


def _digest(evaluation: Evaluation) -> str:
    return hashlib.sha256(evaluation.to_json().encode()).hexdigest()


def sharing_files(evaluations: Sequence[Evaluation]) -> tuple[set[int], list[Problem]]:
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
