"""Simulations: what they are made of, and how their results are kept in tests/reference/simulations/.

`python -m tests.stats.simulations [name …]` runs them and writes the results anew; the slow tests run them and compare.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mande.errors import NotTestable

RESULTS = Path(__file__).parents[1] / "reference" / "simulations"

Design = Mapping[str, Any]
Sample = Callable[[np.random.Generator, Design], Callable[[], bool]]
"""Prepares a design once, and returns what draws one sample and says whether it is a hit."""

COVERAGE, ERROR = (0.935, 0.965), (0.04, 0.06)
HOLDS = "samples whose 95 % interval holds the true value"
FALSE_ALARM = "samples without an effect that give p ≤ .05"


def designs(**values: tuple[Any, ...]) -> tuple[Design, ...]:
    """Every combination of the values."""
    return tuple(dict(zip(values, chosen, strict=True)) for chosen in product(*values.values()))


@dataclass(frozen=True, slots=True)
class Simulation:
    """name: of its file. function: of mande.stats. counted: what a rate is the rate of.

    promise: where the rates of `promised` designs must lie; the statement says what holds of the others.
    """

    name: str
    function: str
    counted: str
    designs: tuple[Design, ...]
    sample: Sample
    statement: str
    promise: tuple[float, float] | None = COVERAGE
    promised: Callable[[Design], bool] = lambda design: True
    seed: int = 20_161_014
    replicates: int = 3_000

    def run(self) -> dict[str, Any]:
        """Rates of all designs; a sample without a value is left out and counted."""
        return {
            "name": self.name,
            "function": self.function,
            "counted": self.counted,
            "statement": self.statement,
            "promise": self.promise,
            "seed": self.seed,
            "replicates": self.replicates,
            "cells": [self._cell(place, design) for place, design in enumerate(self.designs)],
        }

    def _cell(self, place: int, design: Design) -> dict[str, Any]:
        draw = self.sample(np.random.default_rng([self.seed, place]), design)
        hits = tried = 0
        for _ in range(self.replicates):
            try:
                hits += draw()
            except NotTestable:
                continue
            tried += 1
        rate = hits / tried
        return {
            "design": dict(design),
            "rate": round(rate, 4),
            "monte_carlo_error": round(math.sqrt(rate * (1 - rate) / tried), 4),
            "without_value": self.replicates - tried,
            "promised": self.promises(design),
        }

    def promises(self, design: Design) -> bool:
        return self.promise is not None and self.promised(design)

    def kept(self) -> dict[str, Any]:
        return dict(json.loads((RESULTS / f"{self.name}.json").read_text(encoding="utf-8")))

    def write(self) -> None:
        RESULTS.mkdir(exist_ok=True)
        text = json.dumps(self.run(), ensure_ascii=False).replace('{"design"', '\n{"design"')
        (RESULTS / f"{self.name}.json").write_text(text + "\n", encoding="utf-8")


def population(random: np.random.Generator, *, shape: str = "plain", r: float = 0.5) -> npt.NDArray[np.int64]:
    """20,000 people's sums of five answers at two waves, of whom samples are drawn; shape (20000, 2)."""
    trait, own = random.normal(size=(20_000, 1)), random.normal(size=(20_000, 2))
    scores = math.sqrt(r) * trait + math.sqrt(1 - r) * own
    means = {"plain": (14.0, 15.5), "ceiling": (21.0, 23.5), "few answers": (3.0, 3.4)}[shape]
    low, high, sd = (1, 5, 1.0) if shape == "few answers" else (5, 25, 4.0)
    return np.clip(np.rint(np.array(means) + sd * scores), low, high).astype(np.int64)


def holds(estimate: Any, truth: float) -> bool:
    return bool(estimate.low <= truth <= estimate.high)
