"""Response shift, where the same people answered before the programme and looked back on it afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from mande.errors import NotTestable
from mande.plan import Analysis
from mande.stats.shift import ResponseShift, response_shift
from mande.tally import EVERYONE, ChangeKey, Tally

__all__ = ["Shift", "measure_shifts"]


@dataclass(frozen=True, slots=True)
class Shift:
    """One construct: how far people judge their earlier selves otherwise afterwards, in points; None: withheld."""

    instrument: str
    construct: str
    before: str
    then: str
    now: str
    found: ResponseShift | None


def measure_shifts(counts: Tally, analysis: Analysis, *, smallest: int) -> tuple[Shift, ...]:
    """Every construct of which two people or more have all three scores.

    Withheld where fewer than `smallest` have them; also where so few have only those before and now: their change could
    be had by subtraction from the one that is compared.
    """
    named = analysis.shift
    if named is None:
        return ()
    shifts = []
    for (instrument, construct), own in counts.shifts.items():
        steps = counts.instruments[instrument].construct_by_id[construct].steps_per_point
        pairs = counts.pairs.get(ChangeKey(instrument, construct, named.before, named.now, EVERYONE))
        others = pairs.n - own.pairs[0].n if pairs is not None else 0
        try:
            found = response_shift(own.pairs, own.clusters, steps_per_point=steps, confidence=analysis.confidence)
        except NotTestable:
            continue
        shown = found if found.n >= smallest and not 0 < others < smallest else None
        shifts.append(Shift(instrument, construct, named.before, named.then, named.now, shown))
    return tuple(shifts)
