"""Small cells cannot be read, nor had by subtraction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mande import Changes, measure_change
from mande.change import Change
from mande.crossing import Crossing
from mande.disclosure import withhold
from mande.stats.counts import PairCounts
from mande.tally import EVERYONE, ChangeKey, CrossKey, Tally, Unpaired
from tests.test_subtraction import CELLS, fewest_left_over

SMALLEST = 5


def changes_of(sizes: dict[str, int], mini) -> Changes:
    """One construct of groups of the given sizes, and of everyone."""
    groups = {EVERYONE: sum(sizes.values()), **{f"school={label}": n for label, n in sizes.items()}}
    keys = {group: ChangeKey("mini", "quarrels", "then", "now", group) for group in groups}
    return measure_change(
        Tally(
            {"mini": mini},
            {
                keys[group]: PairCounts.of([i % 4 for i in range(n)], [i % 3 for i in range(n)])
                for group, n in groups.items()
            },
            {key: Unpaired({}, {}, 0) for key in keys.values()},
        )
    )


def shown(changes: Changes) -> dict[str, int]:
    return {change.group: change.n for change in changes if change.n is not None}


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"A": 20, "B": 30}, {"A", "B"}),
        ({"A": 3, "B": 30, "C": 10}, {"B"}),  # A is too small; without C it would be the rest of everyone
        ({"A": 3, "B": 4, "C": 30}, {"C"}),  # the two small ones hide each other
        ({"A": 1, "B": 2, "C": 30, "D": 9}, {"C"}),  # together they are fewer than the smallest cell
        ({"A": 3, "B": 30}, set()),
    ],
)
def test_a_small_group_is_withheld_and_what_would_give_it_away(sizes, expected, mini):
    visible = set(shown(withhold(changes_of(sizes, mini), SMALLEST))) - {EVERYONE}
    assert visible == {f"school={label}" for label in expected}


def crossed(cells: dict[tuple[str, str], int], mini) -> Tally:
    """People of one construct by school and by sex, and by both at once."""
    sizes = {EVERYONE: sum(cells.values())}
    for (school, sex), n in cells.items():
        for group in (f"school={school}", f"sex={sex}"):
            sizes[group] = sizes.get(group, 0) + n
    keys = {group: ChangeKey("mini", "quarrels", "then", "now", group) for group in sizes}
    return Tally(
        {"mini": mini},
        {
            keys[group]: PairCounts.of([i % 4 for i in range(n)], [i % 3 for i in range(n)])
            for group, n in sizes.items()
        },
        {key: Unpaired({}, {}, 0) for key in keys.values()},
        crossed={CrossKey("mini", "quarrels", "then", "now", "school", "sex"): Crossing.of(cells)},
    )


@given(cells=CELLS)
def test_nobody_can_add_and_subtract_two_tables_of_a_report_and_get_a_few_people(cells, mini_instrument):
    counts = crossed(cells, mini_instrument)
    visible = shown(withhold(measure_change(counts), SMALLEST, ["school", "sex"], counts))
    rows, columns = ({g.partition("=")[2] for g in visible if g.startswith(name)} for name in ("school=", "sex="))
    fewest = fewest_left_over(cells, rows, columns, whole_shown=EVERYONE in visible)
    assert fewest is None or fewest >= SMALLEST


def test_the_subgroup_named_first_is_shown_and_the_second_gives_way(mini):
    """All boys less those of the school of boys would be the two boys among girls."""
    counts = crossed({("mixed", "boy"): 2, ("mixed", "girl"): 20, ("boys", "boy"): 30, ("girls", "girl"): 25}, mini)
    changes = measure_change(counts)
    assert shown(withhold(changes, SMALLEST, ["sex", "school"], counts)).keys() > {"sex=boy", "sex=girl"}
    assert "school=boys" not in shown(withhold(changes, SMALLEST, ["sex", "school"], counts))
    assert "sex=boy" not in shown(withhold(changes, SMALLEST, ["school", "sex"], counts))


@given(sizes=st.dictionaries(st.sampled_from("ABCDEFG"), st.integers(1, 12), min_size=1))
def test_nobody_can_subtract_the_shown_groups_from_everyone_and_get_a_small_one(sizes, mini_instrument):
    changes = withhold(changes_of(sizes, mini_instrument), SMALLEST)
    visible = shown(changes)
    everyone = visible.pop(EVERYONE, None)
    assert all(n >= SMALLEST for n in visible.values())
    rest = 0 if everyone is None else everyone - sum(visible.values())
    assert rest == 0 or rest >= SMALLEST


def test_a_withheld_change_keeps_no_figure(mini):
    hidden: Change = next(c for c in withhold(changes_of({"A": 2, "B": 30}, mini), SMALLEST) if c.group == "school=A")
    assert (hidden.n, hidden.left_out, hidden.direction, hidden.mean_change) == (None, None, None, None)
    assert set(vars_of(hidden.effects)) == {None}
    assert set(vars_of(hidden.reliability)) == {None}


def vars_of(value: object) -> list[object]:
    return [getattr(value, name) for name in value.__slots__]  # type: ignore[attr-defined]


def test_few_people_without_a_label_hide_the_smallest_group_with_them(mini):
    """As where one of two files lacks the column: A and B shown would leave them, as the rest of everyone."""
    changes = changes_of({"A": 20, "B": 30, "C": 2}, mini)
    changes = Changes(tuple(change for change in changes if change.group != "school=C"))
    assert set(shown(withhold(changes, SMALLEST, {"school"}))) == {EVERYONE, "school=B"}
