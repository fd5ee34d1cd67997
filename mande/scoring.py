"""Answers become scores: exact integers by construct and wave, in steps that every possible score falls on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mande.model import Construct, Instrument, ScoreRule
from mande.responses import Grouping, Responses
from mande.responses.missing import CodeArray, Missing, counting_as
from mande.stats.counts import IntArray

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FAMILY", "NO_SCORE", "Scores", "has_score", "score", "score_codes"]

FAMILY = "family"
"""The grouping of people by their family, where the questionnaires say it."""

NO_SCORE = np.iinfo(np.int64).min
"""Stands where a person has too few answers for a score."""


BoolArray = npt.NDArray[np.bool_]


def has_score(values: IntArray) -> BoolArray:
    scored: BoolArray = values != NO_SCORE
    return scored


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Scores of one source's respondents.

    values: by construct and wave, integers in steps of 1 / `Construct.steps_per_point` points, shape (n,), `NO_SCORE`
    where fewer items are answered than the construct needs. items: by wave, what the answers to each rated item count,
    k arrays of shape (n,), `Missing` where there is no answer. answered: by wave, where there is one, shape (n, k).
    groups, respondent: as in the responses.
    """

    instrument: Instrument
    values: Mapping[tuple[str, str], IntArray]
    items: Mapping[str, Sequence[CodeArray]]
    answered: Mapping[str, BoolArray]
    groups: Mapping[str, Grouping]
    respondent: tuple[str, ...]

    @property
    def people(self) -> int:
        return len(next(iter(self.answered.values())))

    @property
    def waves(self) -> tuple[str, ...]:
        return tuple(self.items)

    def to_frame(self) -> pd.DataFrame:
        """One row a respondent, one column a construct and wave (`communication_then`), in points; NaN if no score."""
        import pandas as pd

        frame: dict[str, object] = {"respondent": self.respondent}
        for (construct, wave), values in self.values.items():
            steps = self.instrument.construct_by_id[construct].steps_per_point
            frame[f"{construct}_{wave}"] = np.where(has_score(values), values / steps, np.nan)
        return pd.DataFrame(frame)


def score(responses: Responses) -> Scores:
    """Score every construct of the instrument at every wave by the instrument's own rules.

    A construct needs `answers_needed` of its items; the mean of those answered stands for the others. The same rule
    holds at every wave. Items marked reversed are turned round within their answer scale first.
    """
    groups = {**_families(responses), **responses.groups}
    return score_codes(responses.instrument, responses.codes, groups, responses.respondent)


def _families(responses: Responses) -> dict[str, Grouping]:
    """The grouping FAMILY, where there are family codes; who has none is a family alone."""
    if responses.family is None:
        return {}
    named = [family or f"alone {person}" for family, person in zip(responses.family, responses.respondent, strict=True)]
    labels, position = np.unique(np.array(named, dtype=np.str_), return_inverse=True)
    return {FAMILY: Grouping(tuple(labels.tolist()), position.astype(np.int64))}


def score_codes(
    instrument: Instrument,
    codes: Mapping[str, CodeArray],
    groups: Mapping[str, Grouping],
    respondent: tuple[str, ...] = (),
) -> Scores:
    """`score` for answer codes by wave, as they stand in `Responses`; nobody needs a name to be counted."""
    items = {wave: _turned(matrix, instrument) for wave, matrix in codes.items()}
    answered = {wave: Missing.is_answer(matrix) for wave, matrix in codes.items()}
    values: dict[tuple[str, str], IntArray] = {}
    for wave in codes:
        for construct in _parts_before_totals(instrument):
            own = _construct_score(construct, instrument, items[wave], answered[wave], values, wave)
            values[construct.id, wave] = own
    in_order = {(c.id, wave): values[c.id, wave] for c in instrument.constructs for wave in items}
    return Scores(instrument, in_order, items, answered, groups, respondent)


def _turned(codes: CodeArray, instrument: Instrument) -> list[CodeArray]:
    """What each answer counts for its item, item by item; missing answers stay as they are."""
    return [counting_as(codes[:, k], instrument.points(item)) for k, item in enumerate(instrument.rated_items)]


def _parts_before_totals(instrument: Instrument) -> list[Construct]:
    return sorted(instrument.constructs, key=lambda construct: construct.score is ScoreRule.TOTAL)


def _construct_score(
    construct: Construct,
    instrument: Instrument,
    items: Sequence[CodeArray],
    answered: BoolArray,
    values: Mapping[tuple[str, str], IntArray],
    wave: str,
) -> IntArray:
    if construct.score is ScoreRule.TOTAL:
        return _total([values[part, wave] for part in construct.of])
    column = {item.id: k for k, item in enumerate(instrument.rated_items)}
    total, number = np.zeros((2, len(answered)), dtype=_holding_sums(construct, instrument))
    for k in (column[name] for name in construct.items):
        total += items[k] * answered[:, k]  # which is quicker than choosing
        number += answered[:, k]
    scores = _looked_up(construct, total, number)
    if construct.zero_if is None:
        return scores
    k = column[construct.zero_if.item]
    zero = instrument.points(instrument.item_by_id[construct.zero_if.item])[construct.zero_if.code]
    return np.where(answered[:, k], np.where(items[k] == zero, 0, scores), NO_SCORE)


def _holding_sums(construct: Construct, instrument: Instrument) -> type[np.int16 | np.int32]:
    """The smaller the sums, the quicker they are added."""
    points = [instrument.points(instrument.item_by_id[name]).values() for name in construct.items]
    return np.int16 if sum(max(map(abs, own)) for own in points) < 2**14 else np.int32


def _looked_up(construct: Construct, total: npt.NDArray[np.integer], answered: npt.NDArray[np.integer]) -> IntArray:
    """`_by_rule` of every total and number of answers that can occur, then looked up for each person."""
    low = int(total.min(initial=0))
    width = int(total.max(initial=0)) - low + 1
    if width * (len(construct.items) + 1) > max(1024, total.size):
        return _by_rule(construct, total.astype(np.int64), answered.astype(np.int64))
    number = np.arange(len(construct.items) + 1)
    rule = _by_rule(construct, np.tile(np.arange(low, low + width), number.size), np.repeat(number, width))
    scores: IntArray = rule[answered.astype(np.int32) * width + (total - low)]
    return scores


def _by_rule(construct: Construct, total: IntArray, answered: IntArray) -> IntArray:
    enough = answered >= construct.answers_needed
    divisor = np.where(enough, answered, 1)
    steps, k = construct.steps_per_point, len(construct.items)
    match construct.score:
        case ScoreRule.PRORATED_SUM if construct.round == "half-up":
            values = (2 * total * k + divisor) // (2 * divisor)
        case ScoreRule.PRORATED_SUM:
            values = total * k * steps // divisor
        case ScoreRule.SUM:
            values = total
        case _:
            values = total * steps // divisor
    scores: IntArray = np.where(enough, values, NO_SCORE)
    return scores


def _total(parts: list[IntArray]) -> IntArray:
    complete = np.all([has_score(part) for part in parts], axis=0)
    return np.where(complete, np.sum([np.where(complete, part, 0) for part in parts], axis=0), NO_SCORE)
