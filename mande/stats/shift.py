"""Response shift: do people judge their earlier selves, looking back, as they did at the time?

Where the same people answered before the programme, and afterwards both for THEN and for NOW, the change from before to
now is the change from before to THEN, which is a change of judgement alone, and the change from THEN to now.
"""

from __future__ import annotations

from dataclasses import dataclass

from mande.errors import NotTestable, Reason
from mande.stats.cluster import ClusterSums, mean_change_clustered
from mande.stats.counts import Estimate, PairCounts
from mande.stats.paired import describe, mean_change, paired_t

__all__ = ["Clusters", "Pairs", "ResponseShift", "Step", "response_shift"]


Pairs = tuple[PairCounts, PairCounts, PairCounts]
"""People with all three scores, by those before and THEN, THEN and now, before and now."""

Clusters = tuple[ClusterSums, ClusterSums, ClusterSums]
"""Sums of the same scores by cluster, in the same order."""


@dataclass(frozen=True, slots=True)
class Step:
    """One mean change in points; without an interval where everybody changed alike, or too few clusters."""

    value: float
    interval: Estimate | None
    p: float | None


@dataclass(frozen=True, slots=True)
class ResponseShift:
    """The n people with all three scores. measured = shift + perceived, to the last digit of exact sums.

    shift: from before to THEN. perceived: from THEN to now. measured: from before to now; None where they are withheld.
    lower, same, higher: people whose THEN is lower than, the same as, and higher than their score before. r: of before
    and THEN, None without one.
    """

    n: int
    shift: Step
    perceived: Step | None
    measured: Step | None
    lower: int
    same: int
    higher: int
    r: float | None


def response_shift(
    pairs: Pairs, clusters: Clusters | None = None, *, steps_per_point: int = 1, confidence: float = 0.95
) -> ResponseShift:
    """The change of judgement, the perceived change and the measured change of the same people.

    pairs: counts of people with all three scores. clusters: sums of the same by cluster; intervals and p then come from
    CR2 standard errors. `steps_per_point` steps to a point. The shift has two explanations that these data cannot tell
    apart: a stricter (or kinder) measure after the programme, and memory with the wish to see a change.
    Raises NotTestable: NO_DATA, TOO_FEW (one person).
    Howard & Dailey (1979), doi:10.1037/0021-9010.64.2.144; Hill & Betz (2005), doi:10.1177/1098214005281356.
    Agrees with R `t.test(paired=TRUE)`, `cor` and sums: tests/reference/shift.R; by cluster as `mean_change_clustered`.

    >>> before, then, now = [3, 4, 3, 5], [2, 3, 3, 3], [4, 4, 4, 5]
    >>> pairs = tuple(PairCounts.of(*two) for two in ((before, then), (then, now), (before, now)))
    >>> found = response_shift(pairs)
    >>> [step.value for step in (found.shift, found.perceived, found.measured)], found.lower
    ([-1.0, 1.5, 0.5], 3)
    """
    before_then = pairs[0]
    if before_then.n < 2:
        raise NotTestable(Reason.TOO_FEW if before_then.n else Reason.NO_DATA)
    sums = clusters or (None, None, None)
    shift, perceived, measured = (
        _step(own, by, steps_per_point, confidence) for own, by in zip(pairs, sums, strict=True)
    )
    change, count = before_then.later - before_then.earlier, before_then.count
    lower, same, higher = (int(count[which].sum()) for which in (change < 0, change == 0, change > 0))
    return ResponseShift(before_then.n, shift, perceived, measured, lower, same, higher, describe(before_then).r)


def _step(pairs: PairCounts, clusters: ClusterSums | None, steps: int, confidence: float) -> Step:
    value = describe(pairs, steps_per_point=steps).mean_change
    try:
        if clusters is not None:
            found = mean_change_clustered(clusters, steps_per_point=steps, confidence=confidence)
            return Step(value, found.estimate, found.p)
        changes = pairs.changes()
        return Step(value, mean_change(changes, steps_per_point=steps, confidence=confidence), paired_t(changes).p)
    except NotTestable:
        return Step(value, None, None)
