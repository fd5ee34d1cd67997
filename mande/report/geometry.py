"""Where things stand in a figure: the arithmetic that the SVG macros call. Lengths are SVG units, one per point."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Axis", "axis_around", "width_of"]

DIGIT = 0.64
"""Advance width of a digit of Inter in em; the other characters of a number are narrower."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear axis from values `low`..`high` to positions `left`..`right`.

    >>> axis = Axis(1, 5, 10, 210)
    >>> axis(3), axis.ticks()
    (110.0, [1, 2, 3, 4, 5])
    """

    low: float
    high: float
    left: float
    right: float

    def __call__(self, value: float) -> float:
        """The position of a value; beyond the ends it stays at the end."""
        inside = min(max(value, self.low), self.high)
        return round(self.left + (inside - self.low) / (self.high - self.low) * (self.right - self.left), 2)

    def ticks(self, at_most: int = 6) -> list[float]:
        """Round values on the axis, in steps of 1, 2 or 5 times a power of ten."""
        step = _round_step((self.high - self.low) / max(at_most - 1, 1))
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [_plain(k * step) for k in range(first, last + 1)]

    @property
    def digits(self) -> int:
        """How many decimals the ticks need."""
        return max(len(str(tick).partition(".")[2]) for tick in self.ticks())


def axis_around(values: Iterable[float], left: float, right: float) -> Axis:
    """An axis that holds zero and every value, with a little room at both ends.

    >>> axis_around([0.2, 0.8], 0, 100).ticks()
    [0, 0.2, 0.4, 0.6, 0.8]
    """
    ends = [0.0, *values]
    low, high = min(ends), max(ends)
    room = (high - low) * 0.04 or 1.0
    return Axis(low - room, high + room, left, right)


def _round_step(least: float) -> float:
    power = 10 ** math.floor(math.log10(least))
    return float(next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least - 1e-9))


def _plain(value: float) -> float:
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def width_of(text: str, size: float) -> float:
    """About how wide a short number is, never too narrow."""
    return len(text) * size * DIGIT
