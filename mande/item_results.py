"""What may be shown of the answers to each question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mande.item_counts import AreaKey, ItemKey
from mande.model import Instrument
from mande.responses.missing import Missing
from mande.stats.measurement import AtEnds, at_ends
from mande.tally import Tally

__all__ = ["ItemResult", "item_results"]


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One item at one wave, after reversal, over the people compared in its area (`mande.item_counts`).

    answers: people by score; missing: people by kind of missing answer. ends: the shares at the lowest and the highest
    score, floor and ceiling; None if nobody answered.
    """

    instrument: str
    item: str
    wave: str
    answers: Mapping[int, int]
    missing: Mapping[str, int]
    ends: AtEnds | None

    @property
    def n(self) -> int:
        return sum(self.answers.values())

    @property
    def mean(self) -> float | None:
        return sum(score * count for score, count in self.answers.items()) / self.n if self.n else None


def item_results(counts: Tally, smallest: int) -> tuple[ItemResult, ...]:
    """The items that may be shown: of `smallest` answers or more, and telling nothing of the few who skipped one.

    Where fewer than `smallest` of the people compared in an area skipped a question of it, the area's scores less all
    of its questions' answers would be those few people's scores. The skipped questions are withheld, so that there is
    nothing to subtract.
    """
    results = (_result(key, answers, counts.instruments[key.instrument]) for key, answers in counts.answers.items())
    return tuple(r for r in results if r.n >= smallest and not _tells(r, counts, smallest))


def _tells(result: ItemResult, counts: Tally, smallest: int) -> bool:
    areas = (
        counts.areas.get(AreaKey(result.instrument, construct.id, result.wave))
        for construct in counts.instruments[result.instrument].constructs
        if result.item in construct.items
    )
    return any(people and 0 < people.partly < smallest and result.n < people.compared for people in areas)


def _result(key: ItemKey, counted: Mapping[int, int], instrument: Instrument) -> ItemResult:
    scale = instrument.scale_of(instrument.item_by_id[key.item])
    answers = {code: count for code, count in counted.items() if code > Missing.BLANK}
    return ItemResult(
        *key,
        answers=answers,
        ends=at_ends(answers, lowest=scale.lowest, highest=scale.highest) if answers else None,
        missing={Missing(code).name.lower(): count for code, count in counted.items() if code <= Missing.BLANK},
    )
