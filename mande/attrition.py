"""Whether the people who have no later form differed at the start from those who have one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mande.responses import Responses
from mande.scoring import Scores, has_score
from mande.stats.counts import Estimate, IntArray

__all__ = ["Attrition", "measure_attrition"]

_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Attrition:
    """A construct at the earlier wave: people with a form of the later wave, and people without, in points.

    difference: mean of those without minus mean of those with, with Welch's interval; None if one side has fewer than
    two people, or nothing varies, or a side is smaller than the smallest cell that may be shown.
    """

    respondent: str
    construct: str
    earlier: str
    later: str
    n_with: int | None
    n_without: int | None
    mean_with: float | None
    mean_without: float | None
    difference: Estimate | None


def measure_attrition(
    responses: Responses, scores: Scores, earlier: str, later: str, *, smallest: int = 1
) -> tuple[Attrition, ...]:
    """One line a construct, for linked waves. smallest: a side of fewer people is not shown."""
    if responses.links is None or later not in responses.rows or earlier not in responses.rows:
        return ()
    return tuple(_lines(responses, scores, earlier, later, smallest))


def _lines(responses: Responses, scores: Scores, earlier: str, later: str, smallest: int) -> Iterator[Attrition]:
    stayed = responses.has_wave(later)
    for construct in responses.instrument.constructs:
        values = scores.values[construct.id, earlier]
        scored, steps = has_score(values), construct.steps_per_point
        own, others = values[scored & stayed] / steps, values[scored & ~stayed] / steps
        names = (responses.instrument.respondent, construct.id, earlier, later)
        if min(len(own), len(others)) < smallest:
            yield Attrition(*names, None, None, None, None, None)
            continue
        means = [float(side.mean()) if len(side) else None for side in (own, others)]
        yield Attrition(*names, len(own), len(others), means[0], means[1], _welch(own, others))


def _welch(own: IntArray | np.ndarray, others: IntArray | np.ndarray) -> Estimate | None:
    """Difference of two means with the interval of Welch (1947), doi:10.2307/2332510; R `t.test(others, own)`."""
    if min(len(own), len(others)) < 2:
        return None
    from scipy.stats import t

    parts = [float(side.var(ddof=1)) / len(side) for side in (others, own)]
    variance = sum(parts)
    if variance <= 0:
        return None
    df = variance**2 / sum(part**2 / (len(side) - 1) for part, side in zip(parts, (others, own), strict=True))
    difference = float(others.mean() - own.mean())
    half = float(t.ppf((1 + _CONFIDENCE) / 2, df)) * variance**0.5
    return Estimate(difference, difference - half, difference + half, _CONFIDENCE)
