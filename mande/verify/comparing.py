"""Two results side by side, value by value."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic_core import to_jsonable_python

__all__ = ["Compared", "Outcome", "Values", "compare", "same", "values_of"]

PRECISION = 1e-9
NAMES = ("file", "instrument", "construct", "item", "wave", "earlier", "later", "grouping", "group", "id")
"""The keys that say which of several results one is."""

Values = Mapping[str, Any]
"""Single values by where they stand: "harmony, all · mean_change · low"."""


class Outcome(StrEnum):
    AGREES = "agrees"
    DIFFERS = "differs"
    CANNOT = "cannot be recomputed"


@dataclass(frozen=True, slots=True)
class Compared:
    """One value: as the report has it and as it came out anew; `why` it could not."""

    place: str
    outcome: Outcome
    stated: Any = None
    found: Any = None
    why: str = ""


def values_of(result: Any) -> dict[str, Any]:
    """The single values of a frozen result."""
    return dict(_leaves(to_jsonable_python(result, by_alias=True), ""))


def compare(stated: Values, found: Values, *, unknown: Callable[[str], str] = lambda _: "") -> Iterator[Compared]:
    """Every value of either side. unknown: says why the value at a place cannot be had anew, or nothing if it can."""
    for place in {**stated, **found}:
        mine, theirs = stated.get(place), found.get(place)
        why = unknown(place)
        if why:
            yield Compared(place, Outcome.CANNOT, mine, why=why)
        else:
            yield Compared(place, Outcome.AGREES if same(mine, theirs) else Outcome.DIFFERS, mine, theirs)


def same(mine: Any, theirs: Any) -> bool:
    """Equal; numbers with a fraction to nine digits, for another processor may round the last ones otherwise."""
    if isinstance(mine, float) or isinstance(theirs, float):
        numbers = isinstance(mine, int | float) and isinstance(theirs, int | float)
        return numbers and math.isclose(mine, theirs, rel_tol=PRECISION, abs_tol=1e-12)
    return bool(mine == theirs)


def _leaves(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list) and place.endswith("notes"):
        value = {str(note[0]): note[1] for note in value if isinstance(note, list)}
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, _join(place, str(key)))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, _join(place, _label(inner) or str(index)))
    else:
        yield place, value


def _label(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    return ", ".join(value[name] for name in NAMES if isinstance(value.get(name), str))


def _join(place: str, name: str) -> str:
    return f"{place} · {name}" if place else name
