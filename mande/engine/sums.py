"""Tallies of pieces become one, without going over what has been added again and again."""

from __future__ import annotations

from mande.tally import Tally

__all__ = ["Sums"]


class Sums:
    """Adds up tallies, each to one that is not much larger: a few at a time are held, and none is gone over too often.

    Where every piece has the same groups that is one sum; where each has groups of its own, as many pieces to as many.
    """

    def __init__(self) -> None:
        self._sums: list[Tally] = []

    def add(self, tally: Tally) -> None:
        self._sums.append(tally)
        while len(self._sums) > 1 and 2 * _entries(self._sums[-1]) >= _entries(self._sums[-2]):
            self._fold()

    def total(self) -> Tally:
        while len(self._sums) > 1:
            self._fold()
        return self._sums[0] if self._sums else Tally()

    def _fold(self) -> None:
        later = self._sums.pop()
        self._sums[-1] = self._sums[-1] + later


def _entries(tally: Tally) -> int:
    """What adding costs: changes, and clusters of each."""
    return len(tally.pairs) + sum(sums.clusters for sums in tally.clusters.values())
