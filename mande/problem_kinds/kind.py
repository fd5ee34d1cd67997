"""What a kind of problem is, and what a problem may do to the data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Effect", "ProblemKind", "kinds"]


class Effect(StrEnum):
    """What a problem did to the data."""

    REFUSED = "refused"  # nothing of this file was used
    ROW_SET_ASIDE = "row set aside"
    CELL_SET_ASIDE = "cell set aside"
    ADJUSTED = "adjusted"  # used, though not as it stood ("5.0" read as 5)
    NOTICED = "noticed"  # used as it stood; somebody should look
    TOLD = "told"  # as it should be; said so that nothing happens in silence


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One line of the catalogue. `what` and `remedy` are filled from the problem's value and details.

    `{evaluation}` is the name of the evaluator's file, "evaluation.toml" unless the details say another.
    `{count:cell|cells}` is a number with what it counts: "1 cell", "3 cells".
    """

    code: str
    effect: Effect
    what: str
    remedy: str


def kinds(rows: Iterable[tuple[str, Effect, str, str]]) -> dict[str, ProblemKind]:
    """By code."""
    return {code: ProblemKind(code, effect, what, remedy) for code, effect, what, remedy in rows}
