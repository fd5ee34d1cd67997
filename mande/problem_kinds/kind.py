"""What a kind of problem is, and what a problem may do to the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from string import Formatter

__all__ = ["Effect", "ProblemKind", "fields_of", "filled", "kinds"]


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


class _Said(str):
    """A word of a sentence; `{count:cell|cells}` says it with what it counts."""

    __slots__ = ()

    def __format__(self, counted: str) -> str:
        one, bar, several = counted.partition("|")
        return f"{self} {one if self == '1' else several}" if bar else str(self)


def fields_of(sentence: str) -> list[str]:
    """The names in braces, in their order.

    >>> fields_of('"{value}" was read as {read_as} in {count:cell|cells}.')
    ['value', 'read_as', 'count']
    """
    return [name for _, name, _, _ in Formatter().parse(sentence) if name]


def filled(sentence: str, said: Mapping[str, str]) -> str:
    """A sentence of the catalogue with what is said in each of its fields.

    >>> filled("In {count:cell|cells}.", {"count": "1"}), filled("In {count:cell|cells}.", {"count": "3"})
    ('In 1 cell.', 'In 3 cells.')
    """
    return sentence.format(**{name: _Said(said[name]) for name in fields_of(sentence)})


def kinds(rows: Iterable[tuple[str, Effect, str, str]]) -> dict[str, ProblemKind]:
    """By code."""
    return {code: ProblemKind(code, effect, what, remedy) for code, effect, what, remedy in rows}
