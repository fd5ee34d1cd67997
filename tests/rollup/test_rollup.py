"""A region from saved evaluations and ledgers: nothing counted twice, outcomes side by side and pooled."""

import dataclasses
import json
import shutil

import numpy as np
import pytest

from mande import evaluate, load_plan, measure_change, measure_reach
from mande.errors import PlanProblems, Reason
from mande.plan import Programme
from mande.regional import RegionalFile, load_regional
from mande.rollup import roll_up, roll_up_plan
from tests.reach.test_ledger import read, row
from tests.small import INSTRUMENT, forms


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
    harmony = next(outcome for outcome in region.outcomes if outcome.construct == "harmony")
    assert [(row.member, row.change.n, row.pooled) for row in harmony.rows] == [(0, 30, True), (1, 30, True)]
    values = [row.change.mean_change.value for row in harmony.rows]
    assert min(values) <= harmony.pooled.mean.value <= max(values)
    assert harmony.reason is None
    assert region.synthetic
    assert json.loads(region.to_json())["members"][0]["title"] == "Uzbekistan"


def test_the_same_evaluation_and_the_same_entries_count_once(country, tmp_path):
    file = country("Uzbekistan", 1, row(families=40, girls=20, boys=21))
    ledger = measure_reach(read(tmp_path, row(families=40, girls=20, boys=21)))
    region = roll_up([file, file], [ledger])
    assert region.reach.tables.total[0].value("families") == 40
    assert [problem.code for problem in region.problems] == ["M-070", "M-071"]
    assert all(outcome.pooled is None for outcome in region.outcomes)


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
    assert all(outcome.pooled is None for outcome in region.outcomes)


def test_equal_results_have_no_pooled_interval_and_say_why(country, evaluation_file, tmp_path):
    same = forms(30, 5)
    files = []
    for i, name in enumerate(("Uzbekistan", "Kazakhstan")):
        rows = [[f"{name}{k}", *form[1:]] for k, form in enumerate(same)]
        path = evaluation_file(rows, {'title = "A test"': f'title = "{name}"'})
        files.append(evaluate(load_plan(path)).save(tmp_path / f"{i}.json"))
    assert {(one.pooled, one.reason) for one in roll_up(files).outcomes} == {(None, Reason.ALL_EQUAL)}


# outcomes


def in_schools(name: str, n: int, seed: int) -> list[list[object]]:
    """Forms of one country, every school with enough people for its sums to be shown."""
    return [[f"{name}{form[0]}", f"{name} {form[1]}", *form[2:]] for form in forms(n, seed)]


@pytest.fixture
def evaluated(evaluation_file):
    """An evaluation of some forms; the smallest cell is 5, unless it is said."""

    def make(name: str, rows: list[list[object]], smallest: int = 5, instrument: str = INSTRUMENT):
        path = evaluation_file(
            rows,
            {
                'title = "A test"': f'title = "{name}"',
                "smallest_cell = 1": f"smallest_cell = {smallest}",
                'id = "test"': f'id = "test"\nplaces = ["{name}"]',
            },
        )
        (path.parent / "mini.yaml").write_text(instrument, encoding="utf-8")
        return evaluate(load_plan(path))

    return make


def harmony_of(region):
    return next(outcome for outcome in region.outcomes if outcome.construct == "harmony")


def test_counts_that_are_added_give_what_all_rows_in_one_file_would_give(evaluated):
    uz, kz = in_schools("UZ", 40, 1), in_schools("KZ", 30, 2)
    whole = evaluated("Both", [*uz, *kz])
    region = roll_up([evaluated("Uzbekistan", uz), evaluated("Kazakhstan", kz)])
    for outcome in region.outcomes:
        one = next(c for c in whole.changes if c.group == "all" and c.construct == outcome.construct)
        assert outcome.interval_from == "schools"
        assert (outcome.together.n, outcome.together.direction) == (one.n, one.direction)
        assert outcome.together.clustered == one.clustered
        assert outcome.together.reliability == one.reliability


def test_without_schools_to_show_the_interval_is_that_of_the_evaluations(evaluated):
    uz, kz = (
        in_schools("UZ", 40, 1),
        [[f"K{row[0]}", "alone", *row[2:]] for row in forms(2, 3)] + in_schools("KZ", 30, 2),
    )
    outcome = harmony_of(roll_up([evaluated("Uzbekistan", uz), evaluated("Kazakhstan", kz)]))
    assert outcome.together.n == 72
    assert outcome.together.clustered is None
    assert (outcome.interval_from, outcome.interval) == ("evaluations", outcome.pooled.mean)


def test_an_evaluation_with_too_few_people_is_in_no_sum(evaluated):
    """Otherwise the few would be the sum less what the other country's report shows."""
    few, many = (
        evaluated("Kazakhstan", in_schools("KZ", 8, 2), smallest=1),
        evaluated("Uzbekistan", in_schools("UZ", 40, 1)),
    )
    plan = RegionalFile(title="R", smallest_cell=10, programme=Programme(id="r", name="R"))
    outcome = harmony_of(roll_up([many, few], plan=plan))
    assert [(row.change.n, row.pooled) for row in outcome.rows] == [(40, True), (None, False)]
    assert (outcome.n, outcome.together, outcome.pooled) == (40, None, None)


def test_other_questions_are_not_added_but_compared_in_per_cent_of_the_range(evaluated):
    other = INSTRUMENT.replace("We talk.", "We talk a lot.")
    uz, kz = (
        evaluated("Uzbekistan", in_schools("UZ", 40, 1)),
        evaluated("Kazakhstan", in_schools("KZ", 30, 2), instrument=other),
    )
    outcome = harmony_of(roll_up([uz, kz]))
    assert (outcome.unit, outcome.together, outcome.interval_from) == ("percent", None, "evaluations")
    values = [row.estimate.value / 4 * 100 for row in outcome.rows]
    assert [row.percent.value for row in outcome.rows] == pytest.approx(values)
    assert min(values) <= outcome.pooled.mean.value <= max(values)


def test_intervals_side_by_side_have_one_confidence_whatever_the_evaluations_asked_for(evaluated):
    uz = evaluated("Uzbekistan", in_schools("UZ", 40, 1))
    wide = uz.analysis.model_copy(update={"confidence": 0.99})
    other = dataclasses.replace(uz, analysis=wide, changes=measure_change(uz.tallies.tally(uz.instruments), wide))
    rows = [harmony_of(roll_up([one])).rows[0] for one in (uz, other)]
    assert rows[1].change.interval.confidence == 0.99
    assert rows[1].estimate.low == pytest.approx(rows[0].estimate.low)
    assert rows[0].estimate.low == pytest.approx(harmony_of(roll_up([uz])).rows[0].change.interval.low)


def test_the_same_words_with_another_key_are_another_measure(evaluated):
    other = INSTRUMENT.replace("min_answered: 2", "min_answered: 3")
    uz, kz = (
        evaluated("Uzbekistan", in_schools("UZ", 40, 1)),
        evaluated("Kazakhstan", in_schools("KZ", 30, 2), instrument=other),
    )
    assert harmony_of(roll_up([uz, kz])).unit == "percent"


def test_only_one_programme_s_evaluations_are_put_together(evaluated):
    uz, kz = evaluated("Uzbekistan", in_schools("UZ", 40, 1)), evaluated("Kazakhstan", in_schools("KZ", 30, 2))
    programme = kz.plan.programme.model_copy(update={"id": "another"})
    other = dataclasses.replace(kz, plan=kz.plan.model_copy(update={"programme": programme}))
    assert [len(outcome.rows) for outcome in roll_up([uz, other]).outcomes] == [1, 1, 1, 1]


# ledgers


def test_totals_that_a_country_shows_are_shown_though_their_parts_are_withheld(tmp_path):
    one = measure_reach(read(tmp_path, row(girls=3), row(girls=40, country="KZ"), row(girls=50, country="TJ")))
    two = measure_reach(read(tmp_path, row(girls=20, country="TM")))
    region = roll_up([], [one, two])
    assert one.delivered.tables.total[0].value("girls") == 93
    assert region.reach.tables.total[0].value("girls") == 113
    withheld = {r.country for r in region.reach.tables.programme_countries if r.figures["girls"].withheld}
    assert {"UZ"} < withheld <= {"UZ", "KZ", "TJ"}


def test_few_children_cannot_be_had_by_subtracting_a_country_s_own_ledger(tmp_path):
    """The region's ledger has an entry of three girls more than the country's, which shows 40."""
    shared = row(girls=40, boys=50, cycle=1)
    country = measure_reach(read(tmp_path, shared))
    region = roll_up([], [country, measure_reach(read(tmp_path, shared, row(girls=3, boys=60, cycle=2)))])
    total = region.reach.tables.total[0]
    assert country.delivered.tables.total[0].value("girls") == 40
    assert all(total.figures[name].withheld for name in ("girls", "boys", "children"))


def test_totals_that_a_ledger_states_stay_beside_the_sums(tmp_path):
    ledger = read(
        tmp_path, row(families=40), row(activity="stated total", country="", families=44, note="annual report")
    )
    (check,) = roll_up([], [measure_reach(ledger)]).reach.stated
    assert (check.stated, check.counted.value, check.said) == (44, 40, "annual report")


# regional.toml

NAMED = 'evaluations = ["Uzbekistan.json", "Kazakhstan.json"]\nledgers = ["ledger.csv"]'
REGION = f"""
title = "A region"
{NAMED}
results = "results.toml"
[programme]
id = "region"
name = "A programme in two countries"
"""
RESULTS = """
id = "r"
title = { en = "Results" }
[[indicator]]
id = "families"
title = { en = "Families" }
unit = "families"
target = 100
milestones = [{ by = 2018-12-31, value = 20 }, { by = 2019-12-31, value = 50 }]
source = { ledger = "families" }
disaggregation = ["country"]
[[indicator]]
id = "better"
level = "outcome"
title = { en = "Better" }
unit = "share"
source = { instrument = "mini", construct = "harmony", figure = "improved-share" }
disaggregation = ["country"]
"""


@pytest.fixture
def region_file(country, tmp_path):
    country("Uzbekistan", 1, row(families=40))
    country("Kazakhstan", 2, row(country="KZ", families=10))
    read(tmp_path, row(families=40), row(families=7, country="TJ", period_to="2018"))
    (tmp_path / "results.toml").write_text(RESULTS, encoding="utf-8")
    path = tmp_path / "regional.toml"
    path.write_text(REGION, encoding="utf-8")
    return path


def test_a_region_is_made_from_saved_evaluations_alone(region_file):
    for name in ("forms.csv", "evaluation.toml", "mini.yaml"):
        (region_file.parent / name).unlink()
    region = roll_up_plan(load_regional(region_file))
    assert region.reach.tables.total[0].value("families") == 57
    assert [problem.code for problem in region.problems] == ["M-071"]
    assert {*region.provenance.inputs} >= {"regional.toml", "results.toml", "Uzbekistan", "Kazakhstan", "ledger.csv"}


def test_indicators_of_a_region_are_computed_from_what_was_added(region_file):
    region = roll_up_plan(load_regional(region_file))
    families, better = region.indicators
    assert (families.value, families.progress, families.status) == (57, 0.57, "behind")
    assert [(p.period, p.value, p.cumulative, p.status) for p in families.periods] == [
        ("2018", 7, 7, "behind"),
        ("2019", 50, 57, "achieved"),
    ]
    assert {part.key: part.value for part in families.parts} == {"UZ": 40, "KZ": 10, "TJ": 7}
    assert better.value == harmony_of(region).together.direction.improved_share.value
    rows = harmony_of(region).rows
    assert [part.value for part in better.parts] == [r.change.direction.improved_share.value for r in rows]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Kazakhstan.json", "Kazakstan.json", 'P-010 regional.toml line 3 (evaluations 2): There is no file "Kazak'),
        (NAMED, "", "M-074 regional.toml line 1 (evaluations): No evaluation and no ledger is named."),
        ("evaluations =", "evaluation =", '"evaluation" is not a key that is known here. Did you mean "evaluations"?'),
    ],
)  # fmt: skip
def test_a_mistake_in_regional_toml_says_where_and_how_to_repair_it(region_file, old, new, message):
    text = region_file.read_text(encoding="utf-8")
    assert old in text
    region_file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(PlanProblems) as caught:
        load_regional(region_file)
    assert message in str(caught.value)


def test_a_region_cannot_choose_entries_by_what_is_no_longer_known_of_them(region_file):
    text = RESULTS.replace('ledger = "families"', 'ledger = "families", where = { activity = "sessions" }')
    (region_file.parent / "results.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PlanProblems, match=r'M-068 results \(indicator families\): .* chosen by "activity"'):
        roll_up_plan(load_regional(region_file))


def test_an_evaluation_toml_is_evaluated_first_and_gives_the_same_region(region_file, country, tmp_path):
    saved = roll_up_plan(load_regional(region_file))
    folder = tmp_path / "kz"
    folder.mkdir()
    country("Kazakhstan", 2, row(country="KZ", families=10))
    for name in ("forms.csv", "evaluation.toml", "mini.yaml", "ledger.csv"):
        shutil.copy(tmp_path / name, folder)
    read(tmp_path, row(families=40), row(families=7, country="TJ", period_to="2018"))
    region_file.write_text(REGION.replace("Kazakhstan.json", "kz/evaluation.toml"), encoding="utf-8")
    region = roll_up_plan(load_regional(region_file))
    assert region.outcomes == saved.outcomes
    assert region.reach == saved.reach


def test_results_pool_like_the_means_and_errors_that_they_show(evaluated):
    files = [evaluated(name, in_schools(name, 40, seed)) for name, seed in (("UZ", 1), ("KZ", 2), ("TJ", 3))]
    outcome = harmony_of(roll_up(files))
    assert sum(outcome.pooled.weights) == pytest.approx(1)
    values = np.array([row.estimate.value for row in outcome.rows])
    assert outcome.pooled.mean.value == pytest.approx(float(values @ outcome.pooled.weights))
    assert outcome.pooled.prediction.low < outcome.pooled.mean.low
