"""People by two groupings add up, whatever their labels are and however they are cut."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mande.crossing import Crossing

PEOPLE = st.lists(st.tuples(st.sampled_from("ABCD"), st.sampled_from("xyz")))


def cells(crossing: Crossing) -> dict[tuple[str, str], int]:
    return {(one, other): people for one, other, people in crossing}


@given(people=PEOPLE, more=PEOPLE)
def test_two_parts_of_a_file_add_up_to_the_whole(people, more):
    whole = Crossing.of(Counter(people)) + Crossing.of(Counter(more))
    assert cells(whole) == Counter(people + more)
    assert [*whole] == sorted(whole)


@given(people=PEOPLE)
def test_people_are_counted_by_the_positions_of_their_labels(people):
    row, column = (
        np.array(["ABCD".index(a) for a, _ in people], int),
        np.array(["xyz".index(b) for _, b in people], int),
    )
    assert cells(Crossing.of_people("ABCD", "xyz", row, column)) == Counter(people)


@given(people=PEOPLE)
def test_turning_exchanges_the_groupings_and_turning_again_gives_the_first(people):
    crossing = Crossing.of(Counter(people))
    assert cells(crossing.turned()) == Counter((b, a) for a, b in people)
    assert [*crossing.turned().turned()] == [*crossing]


@given(people=PEOPLE)
def test_labels_that_become_one_have_the_people_of_both(people):
    renamed = Crossing.of(Counter(people)).renamed({"A": "Z", "B": "Z"}, {})
    assert cells(renamed) == Counter(("Z" if a in "AB" else a, b) for a, b in people)
    assert [*renamed] == sorted(renamed)


def test_thousands_of_labels_on_both_sides_are_not_laid_out_whole():
    many = [f"{i:05}" for i in range(50_000)]
    crossing = Crossing.of_people(many, many, np.array([7, 49_999, 7]), np.array([3, 0, 3]))
    assert [*crossing] == [("00007", "00003", 2), ("49999", "00000", 1)]
