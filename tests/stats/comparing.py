"""What a comparison with another program is made of; compared.py lists them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mande.stats.counts import Estimate

REFERENCE = Path(__file__).parents[1] / "reference"

Case = Mapping[str, Any]
Two = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Compared:
    """tolerance: the largest difference allowed; `why` says why it is looser than rounding."""

    figure: str
    values: str
    program: str
    each: Callable[[Case], Iterator[Two]]
    tolerance: float = 1e-12
    why: str = "both in double precision"
    cases: str = "cases"

    def differences(self) -> list[float]:
        cases = reference(self.values)[self.cases]
        found = [pair for case in ([cases] if isinstance(cases, dict) else cases) for pair in self.each(case)]
        return [abs(ours - theirs) / max(1e-3, abs(theirs)) for ours, theirs in found]

    def versions(self) -> Mapping[str, str]:
        versions: Mapping[str, str] = reference(self.values)["versions"]
        return versions


@cache
def reference(name: str) -> dict[str, Any]:
    return dict(json.loads((REFERENCE / f"{name}.json").read_text(encoding="utf-8")))


def named(found: object, case: Case, **theirs_by_ours: str) -> Iterator[Two]:
    """Attributes of a result beside values of the case, where R has one."""
    for ours, theirs in theirs_by_ours.items():
        if case[theirs] is not None:
            yield getattr(found, ours), case[theirs]


def bounds(found: Estimate, case: Case, low: str = "low", high: str = "high") -> Iterator[Two]:
    yield from named(found, case, low=low, high=high)
