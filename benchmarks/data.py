"""Seeded, invented questionnaire files of any size: 20 items THEN and NOW, sex, school, a respondent code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

ITEMS = [f"p{i:02d}" for i in range(1, 21)]
LABELS = np.array(["Never", "Rarely", "Sometimes", "Often", "Always"])
PART = 250_000
PEOPLE_PER_SCHOOL = 233
SCHOOLS = 4290

PLAN = """\
title = "Invented forms, to measure time and memory"
synthetic = true
analysis = "retrospective-pretest"

[programme]
id = "benchmark"
name = "Benchmark"

[[source]]
file = "{file}"
instrument = "sfp-10-14-parent"
id = "code"
groups = {{ school = "school", sex = "sex" }}
"""


def make(folder: Path, forms: int, *, kind: str = "csv", labels: bool = False, seed: int = 8) -> Path:
    """Write forms.csv (or .parquet) and its evaluation.toml unless they are there; returns the evaluation's path."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"forms-{forms}{'-labels' if labels else ''}.{kind}"
    target, plan = folder / name, folder / f"{name}.toml"
    if not plan.exists():
        (_write_parquet if kind == "parquet" else _write_csv)(target, _parts(forms, labels, seed))
        plan.write_text(PLAN.format(file=name), encoding="utf-8")
    return plan


def _parts(forms: int, labels: bool, seed: int) -> Iterator[pa.Table]:
    schools = min(SCHOOLS, max(3, forms // PEOPLE_PER_SCHOOL))  # memory is to be measured by forms, not by schools
    level = np.random.default_rng(seed).normal(0, 0.3, schools)
    for start in range(0, forms, PART):
        yield _part(start, min(PART, forms - start), level, labels, np.random.default_rng([seed, start]))


def _part(start: int, n: int, level: np.ndarray, labels: bool, random: np.random.Generator) -> pa.Table:
    school = random.integers(0, level.size, n)
    person = random.normal(0, 0.6, n) + level[school]
    gain = random.normal(0.4, 0.5, n) + level[school] / 2
    columns: dict[str, pa.Array] = {
        "code": _texts("F", 8, np.arange(start, start + n)),
        "sex": pa.DictionaryArray.from_arrays(random.integers(0, 2, n).astype(np.int8), ["girl", "boy"]).cast("string"),
        "school": _texts("school", 4, school),
    }
    for wave, base in (("then", person), ("now", person + gain)):
        for item in ITEMS:
            answer = np.clip(np.rint(3 + base + random.normal(0, 0.8, n)), 1, 5).astype(np.int8)
            blank = random.random(n) < 0.01
            values = pa.array(answer, mask=blank)
            columns[f"{item}_{wave}"] = pa.array(LABELS[answer - 1], mask=blank) if labels else values
    return pa.table(columns)


def _texts(prefix: str, width: int, numbers: np.ndarray) -> pa.Array:
    """`F00000017`: the numbers as text of one width."""
    digits = numbers[:, None] // 10 ** np.arange(width - 1, -1, -1) % 10 + ord("0")
    head = np.frombuffer(prefix.encode(), dtype=np.uint8)
    data = np.hstack([np.tile(head, (len(numbers), 1)), digits.astype(np.uint8)]).tobytes()
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * (len(prefix) + width)
    return pa.StringArray.from_buffers(len(numbers), pa.py_buffer(offsets), pa.py_buffer(data))


def _write_csv(path: Path, parts: Iterator[pa.Table]) -> None:
    with path.open("wb") as file:
        for i, part in enumerate(parts):
            options = pyarrow.csv.WriteOptions(include_header=i == 0, quoting_style="none")
            pyarrow.csv.write_csv(part, file, options)


def _write_parquet(path: Path, parts: Iterator[pa.Table]) -> None:
    first = next(parts)
    with pyarrow.parquet.ParquetWriter(path, first.schema) as writer:
        writer.write_table(first)
        for part in parts:
            writer.write_table(part)
