"""What a mean change is when the scores that people left out are imputed from those that they gave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mande.errors import NotTestable
from mande.plan import Analysis
from mande.scoring import Scores, has_score
from mande.stats.counts import IntArray
from mande.stats.imputation import Imputed, impute_change
from mande.tally import populations

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MOST_PEOPLE_IMPUTED", "Imputation", "imputations"]

MOST_PEOPLE_IMPUTED = 3_000  # rows are needed; with more people, the bounds of `soundness` are read instead

BoolArray = NDArray[np.bool_]

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
    values = {key: column[everyone] for key, column in scores.values.items()}  # noqa: PD011 - of no frame
    for construct in scores.instrument.constructs:
        for earlier, later in (
            analysis.compared_in(scores.waves) if analysis.is_primary(scores.instrument.id, construct.id) else ()
        ):
            if (construct.id, earlier) not in values or (construct.id, later) not in values:
                continue
            known = has_score(values[construct.id, earlier]), has_score(values[construct.id, later])
            gaps = int((known[0] ^ known[1]).sum())
            if gaps >= smallest:
                asked = known[0] | known[1]
                try:
                    frame = _frame(scores, values, (construct.id, earlier, later), asked, smallest)
                    found = impute_change(
                        frame,
                        earlier=f"{construct.id} earlier",
                        later=f"{construct.id} later",
                        seed=analysis.seed,
                        rounds=ROUNDS,
                    )
                except NotTestable:
                    continue
                yield Imputation(scores.instrument.id, construct.id, earlier, later, int(asked.sum()), gaps, found)


def _frame(
    scores: Scores,
    values: Mapping[tuple[str, str], IntArray],
    key: tuple[str, str, str],
    asked: BoolArray,
    smallest: int,
) -> pd.DataFrame:
    """The scores of all constructs at the two waves, in points; those made of others would only say the same twice.

    A score at one wave only, of another construct than the imputed one, is left out where it is of few people: nothing
    else that is shown holds it, so that it must not show here.
    """
    import pandas as pd

    construct, earlier, later = key
    columns = {}
    for other in scores.instrument.constructs:
        if other.id != construct and other.of:
            continue
        pair = values[other.id, earlier][asked], values[other.id, later][asked]
        for name, (column, alone) in zip(("earlier", "later"), _apart(*pair), strict=True):
            told = has_score(column) & ~(alone if other.id != construct and alone.sum() < smallest else False)
            points = np.where(told, column / other.steps_per_point, np.nan)
            if other.id == construct or (told.any() and np.nanstd(points) > 0):
                columns[f"{other.id} {name}"] = points
    return pd.DataFrame(columns)


def _apart(earlier: IntArray, later: IntArray) -> Iterator[tuple[IntArray, BoolArray]]:
    """Each wave's scores with those people who have no other."""
    yield earlier, has_score(earlier) & ~has_score(later)
    yield later, has_score(later) & ~has_score(earlier)
