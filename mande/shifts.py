"""Response shift, where the same people answered before the programme and looked back on it afterwards."""

from __future__ import annotations

from dataclasses import dataclass, replace

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

    Withheld where fewer than `smallest` have them. Where so few have two of the scores and not the third, and the
    change between these two waves is compared, they could be had by subtraction: then that change is withheld here, and
    with it the one that follows from the others.
    """
    named = analysis.shift
    if named is None:
        return ()
    shifts = []
    for (instrument, construct), own in counts.shifts.items():
        steps = counts.instruments[instrument].construct_by_id[construct].steps_per_point
        try:
            found = response_shift(own.pairs, own.clusters, steps_per_point=steps, confidence=analysis.confidence)
        except NotTestable:
            continue
        waves = ((named.before, named.then), (named.then, named.now), (named.before, named.now))
        keys = [ChangeKey(instrument, construct, earlier, later, EVERYONE) for earlier, later in waves]
        gives_away = [key in counts.pairs and 0 < counts.pairs[key].n - found.n < smallest for key in keys]
        shown = None if found.n < smallest or gives_away[0] else found
        if shown is not None and any(gives_away):
            shown = replace(shown, perceived=None, measured=None)
        shifts.append(Shift(instrument, construct, named.before, named.then, named.now, shown))
    return tuple(shifts)
