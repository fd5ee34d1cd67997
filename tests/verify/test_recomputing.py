"""Every kind of result is recomputed from the counts: of arms, clusters, subgroups, and where some are kept back."""

from collections import Counter

import numpy as np
import pytest

from mande import evaluate, load_plan
from mande.verify import Outcome
from mande.verify.recomputing import recomputed
from tests.small import EVALUATION, HEADER, INSTRUMENT

ANALYSIS = """
id = "two-arms"
title = { en = "Two arms" }
design = "comparison"
comparisons = [{ earlier = "then", later = "now" }]
cluster = "school"
arms = { grouping = "arm", programme = "programme", comparison = "comparison" }
subgroups = ["sex"]
caveats = ["no-comparison-group"]
"""


@pytest.fixture(params=[1, 4], ids=["many people", "few boys and gaps"])
def two_arms(request, tmp_path):
    """Eight schools, four in each arm; in the second case with small classes and questions left out."""
    random = np.random.default_rng(5)
    rows: list[list[object]] = []
    for i in range(240 // request.param):
        answers: list[object] = random.integers(1, 6, 8).tolist()
        if request.param > 1 and i % 9 == 0:
            answers[i % 8] = ""
        sex = "boy" if i % 16 < (8 if request.param == 1 else 6) else "girl"
        rows.append([f"P{i}", f"s{i % 8}", *answers, "programme" if i % 2 else "comparison", sex])
    text = "\n".join(",".join(map(str, row)) for row in [list[object]([*HEADER, "arm", "sex"]), *rows]) + "\n"
    (tmp_path / "forms.csv").write_text(text, encoding="utf-8")
    (tmp_path / "mini.yaml").write_text(INSTRUMENT, encoding="utf-8")
    (tmp_path / "own.toml").write_text(ANALYSIS, encoding="utf-8")
    plan = EVALUATION.replace("cell = 1", "cell = 5").replace('"retrospective-pretest"', '"own.toml"')
    plan = plan.replace('school = "school" }', 'school = "school", arm = "arm", sex = "sex" }')
    (tmp_path / "evaluation.toml").write_text(plan, encoding="utf-8")
    return evaluate(load_plan(tmp_path / "evaluation.toml"))


def test_nothing_differs_and_most_agrees(two_arms):
    found = list(recomputed(two_arms))
    outcomes = Counter(one.outcome for one in found)
    assert outcomes[Outcome.DIFFERS] == 0, [one for one in found if one.outcome is Outcome.DIFFERS]
    assert outcomes[Outcome.AGREES] > 2 * outcomes[Outcome.CANNOT]
    assert two_arms.contrasts
    assert two_arms.subgroups
    assert {"programme against comparison", "change of harmony (mini)"} <= {one.place.split(",")[0] for one in found}


def test_where_nothing_is_kept_back_everything_is_recomputed(two_arms):
    if all(row.kept_back == () for row in two_arms.tallies.rows):
        assert {one.outcome for one in recomputed(two_arms)} == {Outcome.AGREES}
    else:
        assert {"items", "clusters"} <= {name for row in two_arms.tallies.rows for name in row.kept_back}
