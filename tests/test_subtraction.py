"""Nobody is singled out by adding and subtracting the groups of two tables: held against trying every way."""

from itertools import product

from hypothesis import example, given
from hypothesis import strategies as st

from mande.crossing import Crossing
from mande.subtraction import row_to_hide

SMALLEST = 5
CELLS = st.dictionaries(st.tuples(st.sampled_from("ABCD"), st.sampled_from("xyz")), st.integers(1, 12), min_size=1)


def fewest_left_over(cells, rows, columns, *, whole_shown) -> int | None:
    """Every sum of shown groups with signs: the fewest people on whom one does not vanish."""
    rows, columns = sorted(rows), sorted(columns)
    found = []
    for signs in product((-1, 0, 1), repeat=len(rows) + len(columns) + whole_shown):
        by_row = dict(zip(rows, signs, strict=False))
        by_column = dict(zip(columns, signs[len(rows) :], strict=False))
        whole = signs[-1] if whole_shown else 0
        left = sum(n for (r, c), n in cells.items() if by_row.get(r, 0) + by_column.get(c, 0) + whole)
        if left:
            found.append(left)
    return min(found, default=None)


def rows_left(cells, rows, columns, *, whole_shown):
    rows = set(rows)
    while row := row_to_hide(Crossing.of(cells), rows, columns, SMALLEST, whole_shown=whole_shown):
        rows.remove(row)
    return rows


@given(cells=CELLS, rows=st.sets(st.sampled_from("ABCD")), columns=st.sets(st.sampled_from("xyz")), whole=st.booleans())
@example({("A", "x"): 20, ("A", "y"): 2, ("B", "y"): 30}, {"A", "B"}, {"x", "y"}, True)
@example({("B", "x"): 1}, {"A"}, set(), True)
def test_a_row_is_hidden_if_and_only_if_few_people_could_be_singled_out(cells, rows, columns, whole):
    fewest = fewest_left_over(cells, rows, columns, whole_shown=whole)
    told = fewest is not None and fewest < SMALLEST
    with_people = rows & {row for row, _ in cells}
    hidden = row_to_hide(Crossing.of(cells), rows, columns, SMALLEST, whole_shown=whole)
    assert hidden in with_people if told and with_people else hidden is None


@given(cells=CELLS)
def test_after_hiding_nobody_can_be_singled_out_by_a_table_that_is_safe_alone(cells):
    sizes = {column: sum(n for (_, c), n in cells.items() if c == column) for column in "xyz"}
    columns = {column for column, n in sizes.items() if n}
    if not all(sizes[column] >= SMALLEST for column in columns):
        columns = set()
    rows = rows_left(cells, {row for row, _ in cells}, columns, whole_shown=sum(cells.values()) >= SMALLEST)
    fewest = fewest_left_over(cells, rows, columns, whole_shown=sum(cells.values()) >= SMALLEST)
    assert fewest is None or fewest >= SMALLEST


def test_groups_within_groups_are_a_case_of_it():
    """Facilitator f3 has 3 people in school S, whose total is shown, as is f1, who works there alone otherwise."""
    cells = {("f1", "S"): 20, ("f3", "S"): 3, ("f3", "T"): 9, ("f4", "T"): 30}
    assert row_to_hide(Crossing.of(cells), {"f1", "f3", "f4"}, {"S", "T"}, SMALLEST) is not None


def test_four_thousand_schools_take_no_time():
    cells = {(f"{i}", sex): 3 + (i * 7 + len(sex)) % 30 for i in range(4290) for sex in ("girl", "boy")}
    assert row_to_hide(Crossing.of(cells), {f"{i}" for i in range(4290)}, {"girl", "boy"}, SMALLEST) is None
