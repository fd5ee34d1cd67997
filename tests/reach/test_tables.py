"""Tables: the published figures of 2019, sums that say what they do not know, and small counts of children withheld."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mande import measure_reach, read_ledger
from mande.catalog import Room, room_folder
from mande.reach import find_problems, load_results
from mande.reach.small_cells import Line, hidden_cells
from tests.reach.test_ledger import read, row

SAMPLE = room_folder(Room.SAMPLES) / "central-asia-2019"

PUBLISHED = {  # instruments.md: programme, country: people trained, families, schools, girls, boys
    ("sfp-10-14", "KZ"): (157, 925, 40, None, None),
    ("sfp-10-14", "KG"): (17, 40, 4, None, None),
    ("sfp-10-14", "TM"): (41, 70, 3, None, None),
    ("sfp-10-14", "UZ"): (1556, 42900, 4290, None, None),
    ("strong-families", "UZ"): (3689, 10536, 238, None, None),
    ("lulu", "KG"): (93, None, None, 235, 382),
    ("lulu", "UZ"): (37, None, 20, 270, 340),
    ("lulu", "TJ"): (37, None, 33, 450, 450),
    ("fast", "UZ"): (24, 60, 3, None, None),
}


@pytest.fixture(scope="module")
def sample():
    return read_ledger(SAMPLE / "ledger.csv")


def test_the_2019_tables_are_reproduced_figure_by_figure(sample):
    tables = measure_reach(sample).delivered.tables
    measures = ("people_trained", "families", "schools", "girls", "boys")
    shown = {(r.programme, r.country): tuple(r.value(m) for m in measures) for r in tables.programme_countries}
    assert shown == PUBLISHED
    sfp, everything = tables.row("programmes", programme="sfp-10-14"), tables.row("total")
    assert [sfp.value(m) for m in measures[:3]] == [1771, 43935, 4337]
    assert everything.value("families") == 54531
    assert everything.figures["schools"].value == 4631
    assert everything.figures["schools"].at_least  # two rows of sessions do not say how many schools


def test_published_text_and_table_are_held_against_each_other(sample):
    results = load_results(SAMPLE / "results.toml")
    reach = measure_reach(sample, results=results)
    said = {check.id: (check.agreement.value, check.difference) for check in reach.delivered.stated}
    assert said["sfp-families-table"] == ("equal", 0)
    assert said["sfp-families-text"] == ("rounded", -65)
    assert said["sfp-trained-text"] == ("different", 71)
    assert said["all-families-text"] == ("different", 9531)
    assert said["all-schools-text"] == ("different", 131)
    (problem,) = find_problems(sample, results=results)
    assert "1,700 people_trained are stated; the entries of sfp-10-14 add up to 1,771 (+71" in str(problem)


def test_a_stated_total_row_is_compared_and_never_added(tmp_path):
    ledger = read(
        tmp_path,
        row(families=42900),
        row(country="KZ", families=1035),
        row(activity="Stated total", country="", families=44000, note="text"),
        row(activity="stated total", country="KZ", families=1035),
    )
    reach = measure_reach(ledger)
    assert reach.delivered.tables.row("total").value("families") == 43935
    checks = [(c.row, c.stated, c.counted.value, c.agreement.value) for c in reach.delivered.stated]
    assert checks == [(4, 44000, 43935, "rounded"), (5, 1035, 1035, "equal")]
    assert reach.problems == {"M-042": 1}
    assert ledger.flow.stated_totals == 2


def test_a_school_that_is_named_twice_is_counted_once(tmp_path):
    ledger = read(
        tmp_path,
        *(row(school="School 5", cycle=cycle, families=20, schools=1) for cycle in (1, 2)),
        row(school="School 6", families=10),
        row(activity="training", school="School 9", people_trained=4),
        row(schools=3, cycle=1),
    )
    total = measure_reach(ledger).delivered.tables.row("total")
    assert total.value("schools") == 5  # 5, 6 and three without a name
    assert total.figures["families"].may_repeat  # two cycles of one country, and nobody knows who came to both


def test_families_of_different_countries_are_different_families(sample):
    tables = measure_reach(sample).delivered.tables
    assert not tables.row("programmes", programme="sfp-10-14").figures["families"].may_repeat
    assert tables.row("total").figures["families"].may_repeat


def test_costs_are_added_by_currency(tmp_path):
    ledger = read(tmp_path, row(cost="10.50", cycle=1), row(cost="2,25", cycle=2).replace("2,25", '"2,25"'))
    assert {k: str(v) for k, v in measure_reach(ledger).delivered.tables.row("total").costs.items()} == {"": "12.75"}


def test_few_girls_of_a_school_are_withheld_everywhere_with_what_would_give_them_away(tmp_path):
    sizes = {"A": (3, 20), "B": (30, 25), "C": (12, 14), "D": (9, 8)}
    ledger = read(tmp_path, *(row(school=name, girls=g, boys=b, cycle=1) for name, (g, b) in sizes.items()))
    reach = measure_reach(ledger)
    shown = {r.school: (r.value("girls"), r.value("boys"), r.value("children")) for r in reach.delivered.tables.schools}
    assert shown["a"] == (None, None, 23)
    assert sum(value[0] is None for value in shown.values()) >= 2
    assert reach.delivered.tables.row("total").value("girls") == 54


TABLE = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=2, max_size=5)


@settings(max_examples=60, deadline=None)
@given(rows=TABLE)
def test_no_withheld_count_of_a_table_with_totals_can_be_computed_from_what_is_shown(rows):
    n = len(rows)
    values: dict[tuple[object, object], int] = {(i, j): rows[i][j] for i in range(n) for j in (0, 1)}
    values |= {(i, "all"): sum(rows[i]) for i in range(n)}
    values |= {("all", j): sum(r[j] for r in rows) for j in (0, 1)} | {("all", "all"): sum(map(sum, rows))}
    lines: list[Line] = [Line((i, "all"), ((i, 0), (i, 1))) for i in [*range(n), "all"]]
    lines += [Line(("all", j), tuple((i, j) for i in range(n))) for j in (0, 1, "all")]
    hidden = sorted(hidden_cells(values, lines, 5), key=repr)
    assert all(cell in hidden for cell, value in values.items() if 0 < value < 5)
    order = {cell: i for i, cell in enumerate(hidden)}
    equations = np.zeros((len(lines), len(hidden)))
    for equation, line in zip(equations, lines, strict=True):
        for cell, sign in [(line.total, -1), *((part, 1) for part in line.parts)]:
            if cell in order:
                equation[order[cell]] += sign
    if hidden:
        rank = np.linalg.matrix_rank(equations)
        for i in range(len(hidden)):  # a determined cell would not raise the rank when asked for by itself
            asked = np.vstack([equations, np.eye(len(hidden))[i]])
            assert np.linalg.matrix_rank(asked) == rank + 1
