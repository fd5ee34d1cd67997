"""Evaluations in which there is something to hide: few boys, small schools, skipped questions, people left out."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mande import evaluate, load_plan
from mande.evaluation import Evaluation
from tests.small import EVALUATION, HEADER, INSTRUMENT

SMALLEST = 5
SUBGROUPS = {'groups = { school = "school" }': 'groups = { school = "school", sex = "sex" }'}


def make_evaluation(folder: Path, rows: Sequence[Sequence[object]], *, smallest: int = SMALLEST) -> Evaluation:
    text = "\n".join(",".join(map(str, row)) for row in [[*HEADER, "sex"], *rows]) + "\n"
    (folder / "forms.csv").write_text(text, encoding="utf-8")
    (folder / "mini.yaml").write_text(INSTRUMENT, encoding="utf-8")
    plan = EVALUATION
    for old, new in SUBGROUPS.items():
        plan = plan.replace(old, new)
    plan = plan.replace("cell = 1", f"cell = {smallest}")
    (folder / "evaluation.toml").write_text(plan, encoding="utf-8")
    return evaluate(load_plan(folder / "evaluation.toml"))


def awkward_rows(seed: int) -> list[list[object]]:
    """Forms with few boys, few without a sex, few in some schools, and few who skipped a question or a wave."""
    random = np.random.default_rng(seed)
    people = int(random.integers(12, 60))
    sexes = random.choice(["girl", "boy", ""], people, p=random.dirichlet([6, 2, 1]))
    schools = random.choice(["A", "B", "C", "D"], people, p=random.dirichlet([5, 4, 2, 1]))
    rows: list[list[object]] = []
    for i in range(people):
        answers: list[object] = random.integers(1, 6, 8).tolist()
        for place in range(8):
            if random.random() < 0.04:
                answers[place] = ""
        rows.append([f"P{i:03d}", schools[i] or "A", *answers, sexes[i]])
    return rows
