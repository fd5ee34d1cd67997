"""How long the importer takes for forms with labels instead of codes, against a bare read of the same file.

    python benchmarks/importer.py [forms]

Makes its own seeded file, reads it with `pyarrow.csv.read_csv` as it comes, and with mande up to `Responses`
(every check included), several times in turn in the same process, and prints the best of each and their ratio.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from mande.instrument import load_instrument
from mande.model import Instrument
from mande.responses import ColumnNames, read_responses

ROUNDS = 5


def write_forms(path: Path, instrument: Instrument, forms: int, language: str = "ru") -> None:
    """A file with labels in one language, an id, a school, and about 1 % blank cells."""
    draw = random.Random(20160501)
    names = [f"{item.id}_{wave}" for item in instrument.rated_items for wave in ("now", "then")]
    answers = instrument.answer_scales["frequency"].answers
    labels = [answer.label[language] for answer in answers]
    choice = [*(label for label in labels for _ in range(20)), ""]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(";".join(["code", "school", *names]) + "\r\n")
        for i in range(forms):
            cells = draw.choices(choice, k=len(names))
            file.write(";".join([f"P{i:07d}", f"School {i % 200}", *cells]) + "\r\n")


def best_of(action: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return min(times)


def main() -> None:
    from pyarrow import csv

    forms = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    instrument = load_instrument("sfp-10-14-parent")
    names = ColumnNames(id="code", groups={"school": "school"})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "forms.csv"
        write_forms(path, instrument, forms)
        size = path.stat().st_size / 1e6
        bare = best_of(lambda: csv.read_csv(path, parse_options=csv.ParseOptions(delimiter=";")))
        whole = best_of(lambda: read_responses(path, instrument, names))
    print(f"{forms} forms, {size:.0f} MB")
    print(f"bare pyarrow.csv.read_csv  {bare:7.3f} s")
    print(f"mande read_responses       {whole:7.3f} s  {whole / bare:.2f} times as long")


if __name__ == "__main__":
    main()
