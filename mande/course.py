"""Three waves or more: the change from the first at each later one, with intervals that hold together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mande.errors import NotTestable
from mande.plan import Analysis
from mande.scoring import Scores, has_score
from mande.stats.counts import IntArray
from mande.stats.mixed import MixedChanges, mixed_changes
from mande.stats.waves import WaveChanges, changes_from_baseline, changes_from_baseline_clustered
from mande.tally import EVERYONE, ChangeKey, CourseKey, Tally, cluster_of, populations

__all__ = ["MOST_PEOPLE_IN_A_MODEL", "Course", "follow_courses"]

MOST_PEOPLE_IN_A_MODEL = 3_000  # the mixed model needs rows and time; of more people the other intervals are as good


@dataclass(frozen=True, slots=True)
class Course:
    """One construct over the waves. changes: over everybody with the baseline and the wave; mixed: the mixed model, or
    the fallback that it names, None for more than `MOST_PEOPLE_IN_A_MODEL` people or none to fit."""

    instrument: str
    construct: str
    baseline: str
    waves: tuple[str, ...]
    changes: WaveChanges
    mixed: MixedChanges | None


def follow_courses(
    counts: Tally, scores: Sequence[Scores], analysis: Analysis, *, smallest: int = 1
) -> tuple[Course, ...]:
    """Every construct with two later waves or more; the mixed model looks at rows again.

    smallest: where fewer people have a single wave, the mixed model does without them.
    """
    return tuple(course for key in counts.courses for course in _course(key, counts, scores, analysis, smallest))


def _course(
    key: CourseKey, counts: Tally, scores: Sequence[Scores], analysis: Analysis, smallest: int
) -> Iterator[Course]:
    steps = counts.instruments[key.instrument].construct_by_id[key.construct].steps_per_point
    keys = [ChangeKey(key.instrument, key.construct, key.baseline, wave, EVERYONE) for wave in key.waves]
    options = {"steps_per_point": steps, "confidence": analysis.confidence}
    try:
        if all(k in counts.clusters for k in keys):
            clusters = [counts.clusters[k] for k in keys]
            changes = changes_from_baseline_clustered(clusters, cases="available", **options)  # type: ignore[arg-type]
        else:
            changes = changes_from_baseline(counts.courses[key], **options)  # type: ignore[arg-type]
    except NotTestable:
        return
    yield Course(
        *key, changes, _mixed(key, scores, analysis, steps, smallest, clustered=key.instrument in counts.clustered_by)
    )


def _mixed(
    key: CourseKey, scores: Sequence[Scores], analysis: Analysis, steps: int, smallest: int, *, clustered: bool
) -> MixedChanges | None:
    own = [source for source in scores if source.instrument.id == key.instrument]
    if len(own) != 1 or len(own[0].respondent) > MOST_PEOPLE_IN_A_MODEL:
        return None
    everyone, cluster = next(populations(own[0], analysis))[1], cluster_of(own[0], analysis) if clustered else None
    values = course_scores(own[0], key)[everyone]
    answered = has_score(values)
    labels = np.array(cluster.labels)[cluster.position[everyone]] if cluster is not None else None
    once = answered.sum(axis=1) == 1  # in no other figure, so in none if they are few
    asked = answered.any(axis=1) & ~(once if once.sum() < smallest else False)
    try:
        return mixed_changes(
            np.where(answered, values, 0)[asked],
            answered[asked],
            labels[asked] if labels is not None else None,
            steps_per_point=steps,
            confidence=analysis.confidence,
        )
    except NotTestable:
        return None


def course_scores(scores: Scores, key: CourseKey) -> IntArray:
    """Scores of every person at the baseline and the later waves, shape (n, waves)."""
    return np.column_stack([scores.values[key.construct, wave] for wave in (key.baseline, *key.waves)])
