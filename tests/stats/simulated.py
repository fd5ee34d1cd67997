"""Tables of simulation results: kept in tests/reference/simulations/ beside the values from R, for the documentation.

A table that is not there is written; `MANDE_WRITE_SIMULATIONS=1` writes it anew. Otherwise the run is compared with it:
seeds make runs the same, but linear algebra of another machine may turn a borderline sample or two.
"""

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "reference" / "simulations"
BORDERLINE = 5  # samples that may fall to the other side on another machine


def keep_table(
    name: str, *, method: str, measures: str, seed: int, replicates: int, rates: Mapping[str, float]
) -> None:
    """Compare with, or write, the table of that name. rates: by design, shares of `replicates` samples."""
    path = FOLDER / f"{name}.json"
    if not path.exists() or os.environ.get("MANDE_WRITE_SIMULATIONS"):
        FOLDER.mkdir(exist_ok=True)
        cells = [
            {"design": design, "rate": rate, "monte_carlo_error": round(math.sqrt(rate * (1 - rate) / replicates), 6)}
            for design, rate in rates.items()
        ]
        table = {"name": name, "method": method, "measures": measures, "seed": seed, "replicates": replicates}
        path.write_text(json.dumps({**table, "cells": cells}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert (kept["seed"], kept["replicates"]) == (seed, replicates)
    before = {cell["design"]: cell["rate"] for cell in kept["cells"]}
    assert before.keys() == rates.keys()
    far = {design for design, rate in rates.items() if abs(rate - before[design]) * replicates > BORDERLINE}
    assert not far
