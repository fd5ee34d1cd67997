"""The changes of several evaluations side by side, added where the questionnaires match, and pooled.

Where every questionnaire asks and scores the same, the counts behind the changes are added and analysed as those of
one evaluation. In any case the results are pooled by random effects, which says how far the evaluations differ: in
points of the scale, or, where questionnaires differ, in per cent of each scale's range.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from mande.change import Change, Changes
from mande.contrast import ArmContrast
from mande.disclosure import withhold
from mande.errors import NotTestable, Reason
from mande.evaluation import Evaluation
from mande.measure import measure_change
from mande.model import Better, Instrument, Translated
from mande.plan import Analysis, Design
from mande.stats import adjust
from mande.stats.cluster import ClusterSums
from mande.stats.counts import Estimate
from mande.stats.pooling import Pooled, pool_results, standard_error_of, t_interval
from mande.tally import EVERYONE, ChangeKey, Tally

__all__ = ["CONFIDENCE", "Outcome", "OutcomeRow", "changes_of", "outcomes_of"]

CONFIDENCE = 0.95
"""Of every interval of a roll-up."""


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One evaluation's result. member: position among the roll-up's members.

    change: emptied where fewer people than the roll-up's smallest cell are behind it. estimate, standard_error: in
    points, with clusters where they are known: the mean change, or the difference between the arms. percent: the
    estimate in per cent of the scale's range. pooled: whether it is in the sum and in the pooled mean.
    """

    member: int
    instrument: str
    version: str
    change: Change
    estimate: Estimate | None
    standard_error: float | None
    percent: Estimate | None
    pooled: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """One construct of one programme in every evaluation that measured it between the same waves, by the same design.

    of: what the rows estimate, the mean change, or the difference in changes between programme and comparison group.
    unit: of `pooled` and `interval`, points of the scale, or per cent of its range where questionnaires differ.
    together: the change of all people, from counts that were added; None where questionnaires differ, a row has no
    counts, or arms are compared. interval: of the mean over all, from `schools` where every evaluation shows its
    clusters, else from the `evaluations`. pooled: random effects; None with the reason. p_adjusted: of `interval`,
    over the constructs of one questionnaire that are primary in every evaluation, or over the others.
    """

    programme: str
    programme_name: str
    design: Design
    respondent: str
    construct: str
    title: Translated
    meaning: Translated
    earlier: str
    later: str
    better: Better
    primary: bool
    of: Literal["change", "difference"]
    unit: Literal["points", "percent"]
    rows: tuple[OutcomeRow, ...]
    together: Change | None
    interval: Estimate | None
    interval_from: Literal["", "schools", "evaluations"]
    few_clusters: bool
    pooled: Pooled | None
    reason: Reason | None
    p: float | None
    p_adjusted: float | None

    @property
    def n(self) -> int:
        """People behind the rows that are shown."""
        return sum(row.change.n or 0 for row in self.rows)


class _Own(NamedTuple):
    """A row with what it was made from."""

    row: OutcomeRow
    evaluation: Evaluation
    contrast: ArmContrast | None

    @property
    def instrument(self) -> Instrument:
        return next(i for i in self.evaluation.instruments if i.id == self.row.instrument)


def outcomes_of(evaluations: Sequence[Evaluation], shared: set[int], smallest: int) -> tuple[Outcome, ...]:
    """shared: positions of evaluations whose people are in another one too; they are shown and not pooled."""
    groups: dict[tuple[object, ...], list[_Own]] = {}
    for own in _rows(evaluations, shared, smallest):
        plan, change = own.evaluation.plan, own.row.change
        design = own.evaluation.analysis.design
        key = (plan.programme.id, change.respondent, change.construct, change.earlier, change.later, change.better)
        groups.setdefault((*key, design, own.contrast is not None), []).append(own)
    return tuple(_adjusted([_outcome(own) for own in groups.values()]))


def _rows(evaluations: Sequence[Evaluation], shared: set[int], smallest: int) -> Iterator[_Own]:
    for member, evaluation in enumerate(evaluations):
        versions = {instrument.id: instrument.version for instrument in evaluation.instruments}
        contrasts = {(c.instrument, c.construct, c.earlier, c.later): c for c in evaluation.contrasts}
        for change in withhold(evaluation.changes, smallest):
            if change.group != EVERYONE:
                continue
            contrast = contrasts.get(change.key[:4]) if change.n is not None else None
            estimate, error = _result(change, contrast)
            row = OutcomeRow(
                member, change.instrument, versions[change.instrument], change, estimate, error,
                _percent(estimate, change), pooled=bool(estimate and error) and member not in shared,
            )  # fmt: skip
            yield _Own(row, evaluation, contrast)


def _result(change: Change, contrast: ArmContrast | None) -> tuple[Estimate | None, float | None]:
    """The estimate and its standard error, clusters allowed for where they are known.

    Evaluations may have asked for other confidences: side by side, intervals have the same.
    """
    found = change.clustered.inference if change.clustered is not None else None
    if contrast is not None:
        found = contrast.difference or contrast.plain_difference
        if found is None:
            return None, None
    if found is not None:
        return t_interval(
            found.estimate.value, found.standard_error, found.df, confidence=CONFIDENCE
        ), found.standard_error
    if change.mean_change is None or change.t_test is None:
        return None, None
    error = standard_error_of(change.mean_change, change.t_test.df)
    return t_interval(change.mean_change.value, error, change.t_test.df, confidence=CONFIDENCE), error


def _percent(estimate: Estimate | None, change: Change) -> Estimate | None:
    if estimate is None:
        return None
    each = 100 / (change.highest - change.lowest)
    return Estimate(estimate.value * each, estimate.low * each, estimate.high * each, estimate.confidence)


def _outcome(group: Sequence[_Own]) -> Outcome:
    first, pooling = group[0], [own for own in group if own.row.pooled]
    matching = len({_measure(own) for own in group}) == 1
    pooled, reason = _pooled([own.row for own in pooling], points=matching)
    together = _together(pooling) if matching and first.contrast is None else None
    clustered = together.clustered if together is not None else None
    interval, p = None, None
    if clustered is not None:
        interval, p = clustered.inference.estimate, clustered.inference.p
    elif pooled is not None:
        interval, p = pooled.mean, pooled.p
    construct = first.instrument.construct_by_id[first.row.change.construct]
    change = first.row.change
    return Outcome(
        programme=first.evaluation.plan.programme.id,
        programme_name=first.evaluation.plan.programme.name,
        design=first.evaluation.analysis.design,
        respondent=change.respondent,
        construct=change.construct,
        title=construct.title,
        meaning=construct.meaning,
        earlier=change.earlier,
        later=change.later,
        better=change.better,
        primary=all(own.row.change.primary for own in group),
        of="change" if first.contrast is None else "difference",
        unit="points" if matching else "percent",
        rows=tuple(own.row for own in group),
        together=together,
        interval=interval,
        interval_from="" if interval is None else "schools" if clustered is not None else "evaluations",
        few_clusters=clustered is not None and bool(clustered.inference.cautions),
        pooled=pooled,
        reason=reason,
        p=p,
        p_adjusted=None,
    )


def _measure(own: _Own) -> tuple[object, ...]:
    """What must be equal for scores to be the same thing in the same unit: what is asked, and how it is scored."""
    instrument, construct = own.instrument, own.instrument.construct_by_id[own.row.change.construct]
    scoring = construct.model_dump_json(exclude={"title", "meaning", "norms"})
    items = [instrument.item_by_id[item].model_dump_json(exclude={"text"}) for item in construct.items]
    return (instrument.fingerprint, scoring, *items)


def _pooled(rows: Sequence[OutcomeRow], *, points: bool) -> tuple[Pooled | None, Reason | None]:
    values, errors = [], []
    for row in rows:
        each = 1.0 if points else 100 / (row.change.highest - row.change.lowest)
        values.append(row.estimate.value * each if row.estimate else np.nan)
        errors.append((row.standard_error or np.nan) * each)
    try:
        return pool_results(values, errors, confidence=CONFIDENCE), None
    except NotTestable as error:
        return None, error.reason


def _together(group: Sequence[_Own]) -> Change | None:
    """The change of all people of the evaluations, from counts that may be shown; None if one has not got them."""
    if len(group) < 2:
        return None
    tallies = [_counts(own, position) for position, own in enumerate(group)]
    if any(tally is None for tally in tallies):
        return None
    found = [tally for tally in tallies if tally is not None]
    (key,) = found[0].pairs
    complete = {name: all(key in getattr(tally, name) for tally in found) for name in ("item_sums", "clusters")}
    whole = Tally()
    for tally in found:
        whole += replace(
            tally,
            instruments=found[0].instruments,
            item_sums=tally.item_sums if complete["item_sums"] else {},
            clusters=tally.clusters if complete["clusters"] else {},
        )
    (change,) = measure_change(whole, _alone(group[0].evaluation.analysis, key))
    return replace(change, primary=group[0].row.change.primary, p_adjusted=None)


def _alone(analysis: Analysis, key: ChangeKey) -> Analysis:
    kept = [c for c in analysis.comparisons if (c.earlier, c.later) == (key.earlier, key.later)]
    return analysis.model_copy(update={"comparisons": tuple(kept), "primary": "all", "confidence": CONFIDENCE})


def _counts(own: _Own, position: int) -> Tally | None:
    """One row's counts; its clusters under names that no other evaluation has."""
    key = own.row.change.key
    rows = tuple(row for row in own.evaluation.tallies.rows if row.key == key)
    if not rows:
        return None
    tally = replace(own.evaluation.tallies, rows=rows).tally([own.instrument])
    return replace(tally, clusters={name: _renamed(sums, position) for name, sums in tally.clusters.items()})


def _renamed(sums: ClusterSums, position: int) -> ClusterSums:
    return replace(sums, label=np.array([f"{position:04d}-{name}" for name in sums.label.tolist()], dtype=np.str_))


def _adjusted(outcomes: Sequence[Outcome]) -> Iterator[Outcome]:
    """Holm over the constructs of one questionnaire's respondents, the primary ones apart from the others."""
    families: dict[tuple[object, ...], list[int]] = {}
    for i, one in enumerate(outcomes):
        families.setdefault((one.programme, one.respondent, one.earlier, one.later, one.primary), []).append(i)
    adjusted: Mapping[int, float | None] = {
        i: p
        for family in families.values()
        for i, p in zip(family, adjust.holm([outcomes[j].p for j in family]), strict=True)
    }
    return (replace(one, p_adjusted=adjusted[i]) for i, one in enumerate(outcomes))


def changes_of(outcomes: Sequence[Outcome], countries: Sequence[Sequence[str]]) -> Changes:
    """What indicators are computed from: the change of all people, and that of each evaluation of one country.

    countries: by member. A country with two evaluations of one construct has no change of its own here.
    """
    found: list[Change] = []
    for one in outcomes:
        whole = one.together if one.together is not None else one.rows[0].change if len(one.rows) == 1 else None
        if whole is None:
            continue
        found.append(whole)
        named = [countries[row.member] for row in one.rows]
        for row, codes in zip(one.rows, named, strict=True):
            if len(codes) == 1 and sum(other == codes for other in named) == 1:
                found.append(replace(row.change, group=f"country={codes[0]}"))
    return Changes(tuple(found))
