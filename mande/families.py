"""Two people who speak of one child: do a parent and a teacher, or a parent and a youth, report the same change?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import lcm

import numpy as np

from mande.change import Note
from mande.measure import Attempts
from mande.plan import Analysis
from mande.responses import Responses
from mande.scoring import Scores, has_score
from mande.stats.agreement import Icc, bland_altman, icc_agreement
from mande.stats.counts import Estimate, PairCounts

__all__ = ["Agreement", "Limits", "agreements"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bland and Altman's bias (other less one) and limits of agreement, in points; no point of a single family."""

    bias: Estimate
    sd: float
    lower: Estimate
    upper: Estimate


@dataclass(frozen=True, slots=True)
class Agreement:
    """Changes of one construct as two respondents of the same family report them.

    n: families in which each of the two has a change; several: families left out because more than one person answered
    the same questionnaire, so that it is not known whom to compare.
    """

    one: str
    other: str
    construct: str
    earlier: str
    later: str
    n: int
    several: int
    icc: Icc | None
    limits: Limits | None
    notes: tuple[Note, ...]


def agreements(
    read: Sequence[Responses], scores: Sequence[Scores], analysis: Analysis, *, smallest: int
) -> tuple[Agreement, ...]:
    """Every construct that the two instruments of a pair share, on the same range; of `smallest` families or more."""
    sources = {source.instrument.id: (source, own) for source, own in zip(read, scores, strict=True)}
    found: list[Agreement] = []
    for one, other in analysis.agreement:
        if one in sources and other in sources:
            found += _pair(sources[one], sources[other], analysis)
    return tuple(agreement for agreement in found if agreement.n >= smallest)


Source = tuple[Responses, Scores]


def _pair(one: Source, other: Source, analysis: Analysis) -> Iterator[Agreement]:
    first, second = one[0].instrument, other[0].instrument
    for construct in first.constructs:
        twin = second.construct_by_id.get(construct.id)
        if twin is None or first.possible_scores(construct) != second.possible_scores(twin):
            continue
        steps = lcm(construct.steps_per_point, twin.steps_per_point)
        for earlier, later in analysis.compared:
            mine, several = _changes(one, construct.id, earlier, later, steps)
            theirs, more = _changes(other, construct.id, earlier, later, steps)
            both = sorted(mine.keys() & theirs.keys())
            pairs = PairCounts.of([mine[f] for f in both], [theirs[f] for f in both])
            yield _agreement(
                (first.id, second.id, construct.id, earlier, later), pairs, several + more, steps, analysis
            )


def _changes(source: Source, construct: str, earlier: str, later: str, steps: int) -> tuple[Mapping[str, int], int]:
    """Change by family, in steps of 1 / `steps` points, and how many families have more than one."""
    responses, scores = source
    if responses.family is None or {earlier, later} - {*scores.waves}:
        return {}, 0
    before, after = scores.values[construct, earlier], scores.values[construct, later]
    scale = steps // scores.instrument.construct_by_id[construct].steps_per_point
    changes: dict[str, list[int]] = {}
    for i in np.flatnonzero(has_score(before) & has_score(after)).tolist():
        if responses.family[i]:
            changes.setdefault(responses.family[i], []).append(int(after[i] - before[i]) * scale)
    single = {family: values[0] for family, values in changes.items() if len(values) == 1}
    return single, len(changes) - len(single)


def _agreement(
    key: tuple[str, str, str, str, str], pairs: PairCounts, several: int, steps: int, analysis: Analysis
) -> Agreement:
    attempt, confidence = Attempts(), analysis.confidence
    spread = attempt("limits", lambda: bland_altman(pairs, steps_per_point=steps, confidence=confidence))
    limits = None
    if spread is not None:
        limits = Limits(spread.bias, spread.sd, spread.lower_limit, spread.upper_limit)
    icc = attempt("icc", lambda: icc_agreement(pairs, confidence=confidence))
    return Agreement(*key, pairs.n, several, icc, limits, tuple(attempt.notes))
