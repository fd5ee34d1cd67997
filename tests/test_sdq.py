"""SDQ scores against an independent implementation in R: tests/reference/sdq.R, with its answers and values beside it.

The answers go the whole way: written to a file, read, scored. "total" there is `total-difficulties` here.
"""

import csv
import json
from pathlib import Path

import pytest

from mande import load_instrument, read_responses, score
from mande.model import Instrument
from mande.scoring import NO_SCORE

REFERENCE = json.loads((Path(__file__).parent / "reference" / "sdq.json").read_text(encoding="utf-8"))
FORMS = ["parent", "self", "teacher"]
SCALES = ["emotional", "conduct", "hyperactivity", "peer", "prosocial"]
OURS = {"total": "total-difficulties"}


def scores_of(instrument: Instrument, rows: list[list[int | None]], folder: Path) -> dict[str, list[int | None]]:
    """The scores of every construct, from a file with these answers; None where there is none."""
    path = folder / "answers.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["code", *(item.id for item in instrument.items)])
        writer.writerows([f"P{i}", *row] for i, row in enumerate(rows))
    read = read_responses(path, instrument)
    found = {}
    for (construct, _), values in score(read).values.items():
        found[construct] = [None if value == NO_SCORE else int(value) for value in values]
    return found


@pytest.fixture(scope="module", params=FORMS)
def form(request):
    return request.param


@pytest.fixture(scope="module")
def scored(form, tmp_path_factory):
    instrument = load_instrument(f"sdq-{form}")
    rows = [case["answers"] for case in REFERENCE["cases"]]
    return scores_of(instrument, rows, tmp_path_factory.mktemp(form))


@pytest.mark.parametrize("scale", [*SCALES, "total", "externalising", "internalising"])
def test_every_score_is_the_one_of_r(scored, scale):
    assert scored[OURS.get(scale, scale)] == [case["scores"][scale] for case in REFERENCE["cases"]]


def test_the_reference_has_the_hard_cases():
    """Three answers of five, two of five, nobody's score; and halves that banker's rounding takes down."""
    cases = REFERENCE["cases"]
    emotional = [[case["answers"][item - 1] for item in (3, 8, 13, 16, 24)] for case in cases]
    missing = {sum(answer is None for answer in answers) for answers in emotional}
    assert missing == {0, 1, 2, 3}
    assert sum(case["banker_differs"] for case in cases) >= 20
    assert all(any(case["scores"][scale] == n for case in cases) for scale in SCALES for n in range(11))
    assert {case["scores"]["total"] for case in cases} >= set(range(41))
    assert any(case["scores"]["total"] is None for case in cases)


@pytest.mark.parametrize("bands", [3, 4])
def test_every_band_is_the_one_of_r(scored, form, bands):
    instrument = load_instrument(f"sdq-{form}")
    (norm,) = [norm for norm in instrument.norms if norm.id == f"sdq-uk-{form}-{bands}"]
    assert "Youthinmind" in norm.citation
    for scale in [*SCALES, "total"]:
        ours = OURS.get(scale, scale)
        found = [None if value is None else norm.band_of(ours, value) for value in scored[ours]]
        assert found == [case["bands"][norm.id][scale] for case in REFERENCE["cases"]], scale
        assert set(found) - {None} == {band.id for band in norm.bands[ours]}, "each band is met"


def test_the_impact_score_is_the_one_of_r(form, tmp_path):
    instrument = load_instrument(f"sdq-impact-{form}")
    asked = [int(item.id[1:]) - 1 for item in instrument.items]
    rows = [[case["answers"][place] for place in asked] for case in REFERENCE["impact"]]
    found = scores_of(instrument, rows, tmp_path)["impact"]
    known = [i for i, row in enumerate(rows) if any(answer is not None for answer in row)]  # an empty form is no row
    assert found == [REFERENCE["impact"][i][form] for i in known]
    assert {0, int(instrument.possible_scores(instrument.constructs[0])[1]), None} <= {*found}
    (norm,) = [norm for norm in instrument.norms if norm.id.endswith("-4")]
    bands = [None if value is None else norm.band_of("impact", value) for value in found]
    assert bands == [REFERENCE["impact"][i]["bands"][form] for i in known]


def test_no_difficulties_named_is_an_impact_of_zero_and_a_question_skipped_is_none(tmp_path):
    instrument = load_instrument("sdq-impact-parent")
    rows: list[list[int | None]] = [
        [0, None, None, None, None, None],
        [None, 3, 3, 3, 3, 3],
        [2, 3, 1, 0, 2, None],
        [3, 3, 1, 0, 2, 1],
    ]
    assert scores_of(instrument, rows, tmp_path)["impact"] == [0, None, None, 3]
