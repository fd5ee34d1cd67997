"""One evaluation for every school (or country, cycle) beside that of everybody, from one reading of the data.

A unit's evaluation comes from the counts of its group, and holds what is shown of everybody and of that one unit: no
other unit is in it. What is withheld is decided over all units together, for whoever has all of them can subtract.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mande.change import Changes
from mande.disclosure import blur_reliability, emptied, hidden_by_crossing, hidden_groups
from mande.engine.evaluating import evaluate_and_count
from mande.errors import Reason, UnknownName, WrongUse, nearest
from mande.evaluation import Evaluation
from mande.measure import measure_change
from mande.plan import Plan
from mande.responses import Responses
from mande.responses.labels import masks
from mande.tallies import NO_SUMS, SumsToShow, Tallies, rows_of, sums_to_show
from mande.tally import EVERYONE, ChangeKey, Tally, dimension, group_name, label

__all__ = ["UnitCounts", "Units", "evaluate_each", "unit_evaluation"]

BLOCK = 56 << 20
"""Bytes of a file that are counted at a time: larger blocks than for everybody alone, for each has all units."""


@dataclass(frozen=True, slots=True, eq=False)
class UnitCounts:
    """The counts of one unit, and which of them may be shown: enough to make its evaluation, in any process.

    mask: what stands instead of a label that could name a person; None for one that may be shown.
    """

    label: str
    counts: Tally
    hidden: frozenset[ChangeKey]
    sums: SumsToShow
    mask: str | None = None

    @property
    def withheld(self) -> Reason | None:
        """Why nothing can be shown of the unit; None if something can."""
        if self.mask is None and self.counts.pairs.keys() - self.hidden:
            return None
        counted = any(pairs.n for pairs in self.counts.pairs.values())
        return Reason.WITHHELD if counted else Reason.NO_DATA


@dataclass(frozen=True, slots=True, eq=False)
class Units(Mapping[str, Evaluation]):
    """The evaluation of each unit by its label, made when it is asked for; a unit with nothing to show is not in it.

    whole: the evaluation of everybody, as `evaluate` makes it. everybody: what of it stands in every unit's evaluation.
    parts: of all units, in the order of their labels (2 before 10).
    """

    whole: Evaluation
    grouping: str
    everybody: Evaluation
    parts: tuple[UnitCounts, ...]

    @property
    def withheld(self) -> Mapping[str, Reason]:
        """The units without a figure to show, and why: too few people (or so that others stay hidden), or nobody.

        The labels are as in the files: some may name a person (`UnitCounts.mask`).
        """
        return {part.label: part.withheld for part in self.parts if part.withheld is not None}

    @property
    def masked(self) -> int:
        """How many of the units withheld have a label that could name a person: it is never printed."""
        return sum(part.mask is not None for part in self.parts)

    def __getitem__(self, name: str) -> Evaluation:
        for part in self.parts:
            if part.label == name and part.withheld is None:
                return unit_evaluation(self.everybody, part)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (part.label for part in self.parts if part.withheld is None)

    def __len__(self) -> int:
        return sum(part.withheld is None for part in self.parts)


def evaluate_each(
    plan: Plan,
    grouping: str,
    responses: Sequence[Responses] | None = None,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
) -> Units:
    """Run a plan for everybody, and for each unit of a grouping that its sources name.

    responses, workers, scheduler: as for `mande.evaluate`. A unit of fewer people than the plan's smallest cell is
    withheld, area by area, and further units with it until nobody who has all evaluations can work it out. Raises
    UnknownName for a grouping that no source names, WrongUse for that of the arms.

    >>> from mande.catalog import find_sample
    >>> from mande.plan import load_plan
    >>> units = evaluate_each(load_plan(find_sample("tashkent-2016-synthetic")), "school")
    >>> list(units)[:2], units["School 1"].unit
    (['School 1', 'School 2'], 'school=School 1')
    """
    _check(plan, grouping)
    subgroups = tuple(dict.fromkeys((*plan.analysis.subgroups, grouping)))
    counted_by = plan.analysis.model_copy(update={"subgroups": subgroups})
    counting: dict[str, Any] = {"workers": workers, "scheduler": scheduler, "block": BLOCK}
    whole, counts = evaluate_and_count(plan, counted_by, responses, **counting)
    return Units(whole, grouping, _everybody(whole, counts, grouping), tuple(_parts(counts, whole, grouping)))


def unit_evaluation(everybody: Evaluation, part: UnitCounts) -> Evaluation:
    """The evaluation of one unit beside everybody."""
    counts = Tally({instrument.id: instrument for instrument in everybody.instruments}) + part.counts
    smallest = everybody.plan.smallest_cell
    measured = emptied(measure_change(counts, everybody.analysis), part.hidden)
    changes = blur_reliability(measured, counts, smallest)
    rows = rows_of((change.key for change in changes if change.n is not None), counts, smallest, part.sums)
    return replace(
        everybody,
        changes=Changes((*everybody.changes.rows, *changes.rows)),
        tallies=Tallies((*everybody.tallies.rows, *rows.rows), everybody.tallies.unlike),
        unit=group_name(everybody.analysis.subgroups[0], part.label),
    )


def _check(plan: Plan, grouping: str) -> None:
    known = sorted({name for source in plan.evaluation.source for name in source.groups})
    if grouping not in known:
        near = nearest(grouping, known) or known
        hint = f"There is: {', '.join(near)}." if known else 'Name one: groups = { school = "the column\'s heading" }.'
        raise UnknownName(f'No source of {plan.file.name} has the grouping "{grouping}". {hint}')
    if plan.analysis.arms is not None and grouping == plan.analysis.arms.grouping:
        raise WrongUse(
            f'"{grouping}" says who is compared with whom: a report on one arm alone would say nothing of it.'
        )


def _everybody(whole: Evaluation, counts: Tally, grouping: str) -> Evaluation:
    """What stands of everybody in a unit's evaluation: the changes with their pairs of scores, and no sums of clusters.

    Clusters are other units, or parts of them; and figures that a unit's report does not speak of stay in the whole's.
    """
    subgroups = {*whole.analysis.subgroups}
    changes = Changes(tuple(change for change in whole.changes if dimension(change.group) not in subgroups))
    shown = [change.key for change in changes if change.n is not None]
    return replace(
        whole,
        analysis=whole.analysis.model_copy(update={"subgroups": (grouping,)}),
        changes=changes,
        tallies=rows_of(shown, counts, whole.plan.smallest_cell, NO_SUMS),
        subgroups=(),
        courses=(),
        soundness=(),
        items=(),
        agreements=(),
        shifts=(),
        imputations=(),
        links=(),
        reach=None,
    )


def _parts(counts: Tally, whole: Evaluation, grouping: str) -> Iterator[UnitCounts]:
    smallest = whole.plan.smallest_cell
    by_group = counts.by_group(grouping)
    sizes = {key: pairs.n for own in by_group.values() for key, pairs in own.pairs.items()}
    everyone = {key: pairs.n for key, pairs in counts.pairs.items() if key.group == EVERYONE}
    hidden = hidden_groups(everyone | sizes, smallest, {grouping})
    hidden = hidden_by_crossing(counts, hidden, grouping, _shown(whole, counts, grouping), smallest)
    shown = [key for key in (*everyone, *sizes) if key not in hidden]
    sums = sums_to_show(counts, shown, smallest, {grouping})
    masked = masks(counts.people_by_grouping().get(grouping, {}), smallest)
    for group in sorted(by_group, key=lambda group: _natural(label(group))):
        own = by_group[group].pairs.keys()
        may_show = SumsToShow(_among(own, sums.items), _among(own, sums.clusters))
        yield UnitCounts(label(group), by_group[group], _among(own, hidden), may_show, masked.get(label(group)))


def _among(keys: Iterable[ChangeKey], chosen: Collection[ChangeKey]) -> frozenset[ChangeKey]:
    """Those of a few keys that are among many, without looking at all of the many."""
    return frozenset(key for key in keys if key in chosen)


def _shown(whole: Evaluation, counts: Tally, grouping: str) -> dict[str, set[ChangeKey]]:
    """What the report of everybody shows by other groupings; by clusters, where it carries their sums."""
    shown: dict[str, set[ChangeKey]] = {EVERYONE: set()}
    for change in whole.changes:
        if change.n is not None and dimension(change.group) != grouping:
            shown.setdefault(dimension(change.group), set()).add(change.key)
    with_sums = {row.key for row in whole.tallies.rows if row.clusters is not None and row.group == EVERYONE}
    for cross, cells in counts.crossed.items():
        key = ChangeKey(*cross[:4], EVERYONE)
        for place, name in enumerate((cross.one, cross.other)):
            if key in with_sums and name in whole.analysis.cluster and name != grouping:
                labels = (cells.rows, cells.columns)[place]
                shown.setdefault(name, set()).update(key._replace(group=group_name(name, each)) for each in labels)
    return shown


def _natural(text: str) -> list[tuple[bool, int, str]]:
    """Sorts "School 2" before "School 10"."""
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"([0-9]+)", text)]
