"""A tally adds up: halves of a file, in any order of rows, give what the whole gives."""

import numpy as np

from mande import make_tally, measure_change, score
from mande.tally import EVERYONE, ChangeKey, LeftOut, Tally
from tests.small import forms


def same(one: Tally, other: Tally) -> bool:
    return all(
        getattr(one, part) == getattr(other, part)
        for part in ("pairs", "left_out", "item_sums", "answers", "instruments")
    )


def with_blanks(rows):
    random = np.random.default_rng(3)
    return [[*row[:2], *("" if random.random() < 0.2 else cell for cell in row[2:])] for row in rows]


def test_two_halves_equal_the_whole(read_mini):
    rows = with_blanks(forms(60))
    halves = make_tally(score(read_mini(rows[:25]))) + make_tally(score(read_mini(rows[25:])))
    assert same(halves, make_tally(score(read_mini(rows))))


def test_the_order_of_rows_does_not_matter(read_mini):
    rows = with_blanks(forms(60))
    assert same(make_tally(score(read_mini(rows[::-1]))), make_tally(score(read_mini(rows))))


def test_people_without_a_change_are_counted_by_the_wave_they_lack(read_mini):
    rows = [
        ["P1", "s", 1, 2, 5, 5, 3, 4, 2, 2],
        ["P2", "s", 1, 2, 5, 5, 3, 4, "", 2],
        ["P3", "s", 1, 2, 5, 5, 3, 4, 2, ""],
        ["P4", "s", 1, 2, 5, 5, 3, 4, "", ""],
        ["P5", "s", 1, 2, 5, 5, 3, 4, 2, 99],
    ]
    counted = make_tally(score(read_mini(rows)))
    key = ChangeKey("parent", "quarrels", "then", "now", EVERYONE)
    assert counted.left_out[key] == LeftOut(no_earlier=1, no_later=2, neither=1)
    assert counted.pairs[key].n + sum(counted.left_out[key]) == len(rows)


def test_nothing_in_a_tally_belongs_to_a_person(read_mini):
    counted = make_tally(score(read_mini(forms(40))))
    assert "P00" not in repr(counted)
    assert not any("respondent" in name and name != "respondent" for name in dir(counted))


def test_a_change_is_measured_from_scores_or_from_their_tally_alike(read_mini):
    scores = score(read_mini(forms(40)))
    assert measure_change(scores) == measure_change(make_tally(scores))
