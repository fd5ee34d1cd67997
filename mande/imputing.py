"""What a mean change is when the scores that people left out are imputed from those that they gave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mande.errors import NotTestable
from mande.plan import Analysis
from mande.scoring import Scores, has_score
from mande.stats.counts import IntArray
from mande.stats.imputation import Imputed, impute_change
from mande.tally import populations

__all__ = ["MOST_PEOPLE_IMPUTED", "Imputation", "imputations"]

MOST_PEOPLE_IMPUTED = 3_000  # rows are needed; with more people, the bounds of `soundness` are read instead

ROUNDS = 5  # of the chained equations; scores of two waves settle at once


@dataclass(frozen=True, slots=True)
class Imputation:
    """One change with imputed scores. people: with one of the two scores or both; gaps: of them, with one only."""

    instrument: str
    construct: str
    earlier: str
    later: str
    people: int
    gaps: int
    found: Imputed


def imputations(scores: Sequence[Scores], analysis: Analysis, *, smallest: int) -> tuple[Imputation, ...]:
    """Every primary change of EVERYONE in which at least `smallest` people have one score only."""
    return tuple(imputed for source in scores for imputed in _of_source(source, analysis, smallest))


def _of_source(scores: Scores, analysis: Analysis, smallest: int) -> Iterator[Imputation]:
    everyone = next(populations(scores, analysis))[1]
    if len(scores.respondent) > MOST_PEOPLE_IMPUTED:
        return
    values = {key: column[everyone] for key, column in scores.values.items()}
    for construct in scores.instrument.constructs:
        for earlier, later in (
            analysis.compared_in(scores.waves) if analysis.is_primary(scores.instrument.id, construct.id) else ()
        ):
            if (construct.id, earlier) not in values or (construct.id, later) not in values:
                continue
            known = has_score(values[construct.id, earlier]), has_score(values[construct.id, later])
            gaps = int((known[0] ^ known[1]).sum())
            if gaps >= smallest:
                try:
                    found = _imputed(scores, values, (construct.id, earlier, later), known[0] | known[1], analysis.seed)
                except NotTestable:
                    continue
                people = int((known[0] | known[1]).sum())
                yield Imputation(scores.instrument.id, construct.id, earlier, later, people, gaps, found)


def _imputed(
    scores: Scores,
    values: dict[tuple[str, str], IntArray],
    key: tuple[str, str, str],
    asked: np.ndarray[tuple[int], np.dtype[np.bool_]],
    seed: int,
) -> Imputed:
    """From the scores of all constructs at the two waves; constructs made of others would only say the same twice."""
    import pandas as pd

    construct, earlier, later = key
    columns = {}
    for other in scores.instrument.constructs:
        if other.id != construct and other.of:
            continue
        for name, wave in (("earlier", earlier), ("later", later)):
            column = values[other.id, wave][asked]
            points = np.where(has_score(column), column / other.steps_per_point, np.nan)
            if other.id == construct or np.nanstd(points) > 0:
                columns[f"{other.id} {name}"] = points
    frame = pd.DataFrame(columns)
    return impute_change(frame, earlier=f"{construct} earlier", later=f"{construct} later", seed=seed, rounds=ROUNDS)
