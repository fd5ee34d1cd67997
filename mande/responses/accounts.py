"""What became of every row and cell of a file. The sums are checked whenever they are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Cells", "Flow"]


@dataclass(frozen=True, slots=True)
class Cells:
    """Answer cells by what became of them: read = answered + blank + not answers + set aside.

    answered: in used rows; `adjusted` of them are written in another notation. not_answers_by_kind: in used rows.
    set_aside_by_reason: by problem code, cells that are no answers, and all cells of rows set aside.
    """

    read: int
    answered: int
    adjusted: int
    blank: int
    not_answers_by_kind: Mapping[str, int]
    set_aside_by_reason: Mapping[str, int]

    def __post_init__(self) -> None:
        parts = self.answered + self.blank + self.not_answers + self.set_aside
        if self.read != parts or self.adjusted > self.answered + self.blank + self.not_answers:
            raise AssertionError(f"cells do not reconcile: {self}")

    @property
    def not_answers(self) -> int:
        """Cells of used rows that say why there is no answer."""
        return sum(self.not_answers_by_kind.values())

    @property
    def set_aside(self) -> int:
        """Cells that are no answers, and all cells of rows set aside."""
        return sum(self.set_aside_by_reason.values())

    def __add__(self, other: object) -> Cells:
        if not isinstance(other, Cells):
            return NotImplemented
        return Cells(
            self.read + other.read,
            self.answered + other.answered,
            self.adjusted + other.adjusted,
            self.blank + other.blank,
            _added(self.not_answers_by_kind, other.not_answers_by_kind),
            _added(self.set_aside_by_reason, other.set_aside_by_reason),
        )


@dataclass(frozen=True, slots=True)
class Flow:
    """What became of a file's rows and answer cells. Rows read = rows used + rows set aside, by problem code."""

    rows_read: int
    rows_used: int
    rows_set_aside: Mapping[str, int]
    cells: Cells

    def __post_init__(self) -> None:
        if self.rows_read != self.rows_used + sum(self.rows_set_aside.values()):
            raise AssertionError(f"rows do not reconcile: {self}")

    @classmethod
    def nothing(cls) -> Flow:
        return cls(0, 0, {}, Cells(0, 0, 0, 0, {}, {}))

    def __add__(self, other: object) -> Flow:
        if not isinstance(other, Flow):
            return NotImplemented
        return Flow(
            self.rows_read + other.rows_read,
            self.rows_used + other.rows_used,
            _added(self.rows_set_aside, other.rows_set_aside),
            self.cells + other.cells,
        )


def _added(mine: Mapping[str, int], theirs: Mapping[str, int]) -> dict[str, int]:
    return {key: mine.get(key, 0) + theirs.get(key, 0) for key in sorted({*mine, *theirs})}
