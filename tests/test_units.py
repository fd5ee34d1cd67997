"""An evaluation for each school beside that of everybody: one reading of the data, and nothing to be subtracted."""

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mande import evaluate, load_evaluation, load_plan
from mande.catalog import find_sample
from mande.errors import Reason, UnknownName, WrongUse
from mande.tally import EVERYONE
from mande.units import evaluate_each
from mande.verify.recomputing import recomputed
from tests.small import EVALUATION, INSTRUMENT, forms_text

SMALLEST = 5


def forms(sizes: dict[str, int], *, without_quarrels: int = 0) -> list[list[object]]:
    """So many forms of each school; the first ones of each leave the question on quarrels out."""
    rows: list[list[object]] = []
    for school, n in sizes.items():
        for i in range(n):
            then, now = 1 + (i + len(rows)) % 4, 2 + (2 * i + len(rows)) % 4
            quarrels: list[object] = ["", ""] if i < without_quarrels else [5 - then % 3, 4 - now % 3]
            rows.append([f"P{len(rows):04d}", school, then, now, 6 - then, 6 - now, now, then, *quarrels])
    return rows


@pytest.fixture
def units_of(evaluation_file):
    def make(sizes, grouping="school", smallest=SMALLEST, **options):
        path = evaluation_file(forms(sizes, **options), {"smallest_cell = 1": f"smallest_cell = {smallest}"})
        return evaluate_each(load_plan(path), grouping)

    return make


def test_everybody_is_evaluated_as_without_units(evaluation_file):
    plan = load_plan(evaluation_file(forms({"A": 8, "B": 9})))
    assert evaluate_each(plan, "school").whole.to_json() == evaluate(plan).to_json()


def test_a_unit_has_the_figures_that_its_people_alone_would_have(units_of, evaluation_file):
    sizes = {"A": 8, "B": 11}
    units = units_of(sizes)
    own = {c.construct: c for c in units["B"].changes if c.group == "school=B"}
    rows = [row for row in forms(sizes) if row[1] == "B"]
    alone = evaluate(load_plan(evaluation_file(rows)))
    for change in alone.changes:
        if change.group == EVERYONE:
            mine = own[change.construct]
            assert (mine.n, mine.mean_change, mine.description) == (change.n, change.mean_change, change.description)
            assert mine.p_adjusted == change.p_adjusted


def test_the_files_are_read_once(units_of, monkeypatch):
    calls = Counter()
    from mande import evaluation

    monkeypatch.setattr(evaluation, "read_sources", counted(evaluation.read_sources, calls))
    assert len(units_of(dict.fromkeys("ABCDEFGH", 6))) == 8
    assert calls == {"read_sources": 1}


def counted(function, calls):
    def call(*arguments):
        calls[function.__name__] += 1
        return function(*arguments)

    return call


def test_a_units_evaluation_holds_nothing_of_any_other_unit(units_of):
    units = units_of({"Alpha": 8, "Beta": 9, "Gamma": 12})
    saved = json.loads(units["Beta"].to_json())
    assert {row["group"] for row in (*saved["changes"]["rows"], *saved["tallies"]["rows"])} == {"all", "school=Beta"}
    assert not any(row["clusters"] for row in saved["tallies"]["rows"] if row["group"] == "all")
    assert "Alpha" not in units["Beta"].to_json()
    assert "Gamma" not in units["Beta"].to_json()


def test_units_come_in_the_order_people_expect(units_of):
    assert list(units_of({"School 10": 6, "School 2": 6, "School 1": 6})) == ["School 1", "School 2", "School 10"]


def test_a_small_unit_is_withheld_and_so_is_the_one_that_would_tell_of_it(units_of):
    units = units_of({"A": 3, "B": 30, "C": 10, "D": 12})
    assert list(units) == ["B", "D"]
    assert units.withheld == {"A": Reason.WITHHELD, "C": Reason.WITHHELD}
    with pytest.raises(KeyError):
        units["A"]


def test_people_without_a_label_are_no_unit_and_cannot_be_had_by_subtraction(units_of):
    units = units_of({"": 2, "A": 9, "B": 30})
    assert list(units) == ["B"]
    assert set(units.withheld) == {"A"}


def test_a_saved_unit_is_the_same_again(units_of, tmp_path):
    unit = units_of({"A": 8, "B": 9})["A"]
    assert load_evaluation(unit.save(tmp_path / "unit.json")).to_json() == unit.to_json()


def test_every_figure_of_a_unit_can_be_recomputed_from_what_it_carries(units_of):
    found = Counter(one.outcome.value for one in recomputed(units_of({"A": 8, "B": 9, "C": 20})["A"]))
    assert found["differs"] == 0
    assert found["agrees"] > 100


@pytest.mark.parametrize(
    ("grouping", "error", "says"),
    [("schol", UnknownName, 'no source.*"schol".*There is: school'), ("sex", UnknownName, "There is: school")],
)
def test_a_grouping_that_no_source_names_is_refused(units_of, grouping, error, says):
    with pytest.raises(error, match=f"(?i){says}"):
        units_of({"A": 8}, grouping)


def test_an_arm_is_no_unit():
    with pytest.raises(WrongUse, match="compared with whom"):
        evaluate_each(load_plan(find_sample("strong-families-three-waves")), "arm")


def test_units_of_the_comparison_group_are_named_as_having_nobody(units_of_sample):
    units = units_of_sample("strong-families-three-waves", "site")
    assert list(units) == ["C01", "C02", "C03", "C04", "C05", "C06"]
    assert set(units.withheld.values()) == {Reason.NO_DATA}


def crossed_forms(cells: dict[tuple[str, str], int]) -> list[list[object]]:
    """So many forms of each school and sex; the sex stands in an eleventh column."""
    rows = []
    for (school, sex), n in cells.items():
        rows += [[*row, sex] for row in forms({school: n})]
    return [[f"P{i:04d}", *row[1:]] for i, row in enumerate(rows)]


@pytest.fixture
def crossed_units(tmp_path):
    def make(cells):
        (tmp_path / "mini.yaml").write_text(INSTRUMENT, encoding="utf-8")
        text = forms_text(crossed_forms(cells)).replace("b1_now\n", "b1_now,sex\n", 1)
        (tmp_path / "forms.csv").write_text(text, encoding="utf-8")
        plan = EVALUATION.replace("smallest_cell = 1", f"smallest_cell = {SMALLEST}")
        plan = plan.replace('{ school = "school" }', '{ school = "school", sex = "sex" }')
        (tmp_path / "evaluation.toml").write_text(plan, encoding="utf-8")
        return evaluate_each(load_plan(tmp_path / "evaluation.toml"), "school")

    return make


def test_two_boys_of_a_mixed_school_cannot_be_had_from_all_boys_and_a_school_of_boys(crossed_units):
    """Every school and each sex is large enough; all boys less those of the school of boys would be the two."""
    units = crossed_units({("mixed", "boy"): 2, ("mixed", "girl"): 20, ("boys", "boy"): 30, ("girls", "girl"): 25})
    assert {c.group: c.n for c in units.whole.changes if c.construct == "harmony"} == {
        "all": 77,
        "sex=boy": 32,
        "sex=girl": 45,
    }
    assert "boys" not in units
    assert not {"mixed", "girls"} <= {*units}  # all girls less those of the school of girls, taken from the mixed one


def test_where_many_boys_learn_with_girls_every_school_is_shown(crossed_units):
    units = crossed_units({("mixed", "boy"): 9, ("mixed", "girl"): 20, ("boys", "boy"): 30, ("girls", "girl"): 25})
    assert list(units) == ["boys", "girls", "mixed"]


@pytest.mark.parametrize(("boys", "carried"), [(2, False), (9, True)])
def test_sums_by_school_are_kept_back_where_they_and_the_sexes_tell_of_a_few(crossed_units, boys, carried):
    """Schools are clusters here, of which a report carries the sums; their names it does not, but sizes are known."""
    cells = {("mixed", "boy"): boys, ("mixed", "girl"): 20, ("boys", "boy"): 30, ("girls", "girl"): 25}
    whole = crossed_units(cells).whole
    rows = [row for row in whole.tallies.rows if row.group == EVERYONE]
    assert [row.clusters is not None for row in rows] == [carried] * len(rows)
    assert [("clusters" in row.kept_back) for row in rows] == [not carried] * len(rows)


@settings(max_examples=25)
@given(
    sizes=st.dictionaries(st.sampled_from(["", *"ABCDEF"]), st.integers(1, 14), min_size=2),
    skipped=st.integers(0, 4),
)
def test_nobody_who_has_every_output_can_work_out_a_small_unit(sizes, skipped, evaluation_of_sizes):
    """All that is printed or attached, of everybody and of every unit, subtracted from one another in every way."""
    units = evaluation_of_sizes(sizes, skipped)
    whole = {row.key: row for row in units.whole.tallies.rows}
    parts: dict[tuple, list] = {}
    for name in units:
        for row in units[name].tallies.rows:
            if row.group != EVERYONE:
                parts.setdefault((row.construct, row.earlier_wave, row.later_wave), []).append(row)
    for key, row in whole.items():
        if key.group != EVERYONE:
            continue
        rest = Counter(dict(zip(zip(row.earlier, row.later, strict=True), row.people, strict=True)))
        for part in parts.get((row.construct, row.earlier_wave, row.later_wave), ()):
            assert sum(part.people) >= SMALLEST
            rest.subtract(dict(zip(zip(part.earlier, part.later, strict=True), part.people, strict=True)))
        assert min(rest.values(), default=0) >= 0
        assert sum(rest.values()) == 0 or sum(rest.values()) >= SMALLEST


@pytest.fixture(scope="module")
def evaluation_of_sizes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("units")
    (folder / "mini.yaml").write_text(INSTRUMENT, encoding="utf-8")
    plan = EVALUATION.replace("smallest_cell = 1", f"smallest_cell = {SMALLEST}")
    (folder / "evaluation.toml").write_text(plan, encoding="utf-8")

    def make(sizes, skipped):
        rows = forms_text(forms(sizes, without_quarrels=skipped))
        (folder / "forms.csv").write_text(rows, encoding="utf-8")
        return evaluate_each(load_plan(folder / "evaluation.toml"), "school")

    return make
