"""A retrospective pre-test asks people what they were like before; part of a change may be how they remember it.

The size of that part cannot be known from the same form. What can be told is how large it would have to be to matter.
Hill & Betz (2005), doi:10.1177/1098214005281356, compare retrospective and true pre-tests of the same programmes.
"""

from __future__ import annotations

from dataclasses import dataclass

from mande.errors import NotTestable, Reason
from mande.stats.counts import Estimate
from mande.stats.effect import pomp

__all__ = ["RecallTolerance", "less_recall", "recall_tolerance"]


@dataclass(frozen=True, slots=True)
class RecallTolerance:
    """How much of a change would have to be recall for its interval to touch zero.

    points: of the construct's own scale, with the sign of the change. share: of the mean change, 0 to 1.
    pomp: points in per cent of the range of possible scores. All are 0 if the interval holds zero already.
    """

    points: float
    share: float
    pomp: float


def recall_tolerance(change: Estimate, *, lowest: float, highest: float) -> RecallTolerance:
    """How much of a retrospective mean change would have to be recall for its interval to touch zero.

    change: mean change with its interval, in points. lowest, highest: the possible scores, in points. If everyone's
    earlier self is remembered b points too low (or, for a fall, too high), the interval moves by b, and it touches zero
    when b is the bound nearer to zero. The bias is taken to be known and without error of its own; an uncertain one
    would need less. It says nothing of how large recall bias is.
    Raises NotTestable: NO_CHANGE (the mean change is zero), NO_SCALE_RANGE.
    A threshold (tipping point) analysis of bias: Lash, Fox & Fink (2009), doi:10.1007/978-0-387-87959-8; for
    retrospective pre-tests, Hill & Betz (2005), doi:10.1177/1098214005281356. Arithmetic; no other program is needed.

    >>> recall_tolerance(Estimate(1.0, 0.75, 1.25, 0.95), lowest=1, highest=5)
    RecallTolerance(points=0.75, share=0.75, pomp=18.75)
    """
    if change.value == 0:
        raise NotTestable(Reason.NO_CHANGE)
    points = 0.0 if change.low <= 0 <= change.high else min(change.low, change.high, key=abs)
    return RecallTolerance(points, points / change.value, pomp(points, lowest, highest))


def less_recall(change: Estimate, share: float) -> Estimate:
    """The change that remains if `share` (0 to 1) of the mean change was recall; the interval keeps its width.

    Raises ValueError if share lies outside. The interval touches zero at the `share` of `recall_tolerance`.

    >>> less_recall(Estimate(1.0, 0.75, 1.25, 0.95), 0.5)
    Estimate(value=0.5, low=0.25, high=0.75, confidence=0.95)
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 1, not {share}")
    points = share * change.value
    return Estimate(change.value - points, change.low - points, change.high - points, change.confidence)
