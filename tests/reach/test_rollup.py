"""A region from saved evaluations and ledgers: nothing counted twice, outcomes side by side and pooled."""

import json

import pytest

from mande import evaluate, load_plan, measure_reach
from mande.errors import Reason
from mande.rollup import roll_up
from tests.reach.test_ledger import read, row
from tests.small import forms


@pytest.fixture
def country(evaluation_file, tmp_path):
    """A saved evaluation of one country, with its ledger."""

    def make(name: str, seed: int, *rows: str) -> object:
        read(tmp_path, *rows)
        path = evaluation_file(
            forms(30, seed),
            {
                'title = "A test"': f'title = "{name}"\nledger = "ledger.csv"',
                'id = "test"': f'id = "test"\nplaces = ["{name}"]',
            },
        )
        return evaluate(load_plan(path)).save(tmp_path / f"{name}.json")

    return make


def test_reach_is_added_and_outcomes_stand_side_by_side_and_pooled(country):
    files = [country("Uzbekistan", 1, row(families=40)), country("Kazakhstan", 2, row(country="KZ", families=10))]
    region = roll_up(files)
    assert region.reach.tables.total[0].value("families") == 50
    assert {r.country: r.value("families") for r in region.reach.tables.programme_countries} == {"UZ": 40, "KZ": 10}
    assert [(m.countries, m.programme) for m in region.members] == [(("UZ",), "test"), (("KZ",), "test")]
    assert [(o.member, o.change.construct, o.change.n) for o in region.outcomes if o.change.construct == "harmony"] == [
        (0, "harmony", 30),
        (1, "harmony", 30),
    ]
    harmony = next(p for p in region.pooled if p.construct == "harmony")
    assert (harmony.members, harmony.n, harmony.reason) == ((0, 1), 60, None)
    values = [o.change.mean_change.value for o in region.outcomes if o.change.construct == "harmony"]
    assert min(values) <= harmony.pooled.mean.value <= max(values)
    assert region.synthetic
    assert json.loads(region.to_json())["members"][0]["title"] == "Uzbekistan"


def test_the_same_evaluation_and_the_same_entries_count_once(country, tmp_path):
    file = country("Uzbekistan", 1, row(families=40, girls=20, boys=21))
    ledger = measure_reach(read(tmp_path, row(families=40, girls=20, boys=21)))
    region = roll_up([file, file], [ledger])
    assert region.reach.tables.total[0].value("families") == 40
    assert [problem.code for problem in region.problems] == ["M-070", "M-071"]
    assert region.pooled == ()


def test_ledgers_that_share_some_entries_are_not_added_and_it_is_said(tmp_path):
    shared = row(families=40, cycle=1)
    one = measure_reach(read(tmp_path, shared, row(families=5, cycle=2), row(families=6, cycle=3)))
    two = measure_reach(read(tmp_path, shared, row(families=7, cycle=4)))
    region = roll_up([], [one, two])
    assert region.reach.tables.total[0].value("families") == 51
    assert [problem.code for problem in region.problems] == ["M-072"]


def test_a_school_named_in_two_periods_counts_once_in_the_region(tmp_path):
    one = measure_reach(read(tmp_path, row(school="School 5", families=10, period_to="2018")))
    two = measure_reach(read(tmp_path, row(school="School 5", families=12, period_to="2019")))
    total = roll_up([], [one, two]).reach.tables.total[0]
    assert (total.value("schools"), total.value("families")) == (1, 22)
    assert total.figures["families"].may_repeat


def test_what_one_ledger_withholds_the_region_does_not_show(tmp_path):
    one = measure_reach(read(tmp_path, row(girls=3, boys=20), row(girls=20, boys=20, country="KZ")))
    two = measure_reach(read(tmp_path, row(girls=50, boys=20, cycle=2)))
    region = roll_up([], [one, two])
    uzbekistan = next(r for r in region.reach.tables.programme_countries if r.country == "UZ")
    assert uzbekistan.figures["girls"].withheld


def test_one_questionnaire_file_in_two_evaluations_is_not_pooled(country):
    region = roll_up(
        [country("Uzbekistan", 1, row(families=40)), country("Kazakhstan", 1, row(country="KZ", families=3))]
    )
    assert "M-073" in [problem.code for problem in region.problems]
    assert region.pooled == ()


def test_equal_results_have_no_pooled_interval_and_say_why(country, evaluation_file, tmp_path):
    same = forms(30, 5)
    files = []
    for i, name in enumerate(("Uzbekistan", "Kazakhstan")):
        rows = [[f"{name}{k}", *form[1:]] for k, form in enumerate(same)]
        path = evaluation_file(rows, {'title = "A test"': f'title = "{name}"'})
        files.append(evaluate(load_plan(path)).save(tmp_path / f"{i}.json"))
    assert {(p.pooled, p.reason) for p in roll_up(files).pooled} == {(None, Reason.ALL_EQUAL)}
