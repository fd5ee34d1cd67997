"""A tally adds up: halves of a file, in any order of rows, give what the whole gives."""

import numpy as np

from mande import load_analysis, make_tally, measure_change, score
from mande.plan import Arms
from mande.responses import Responses
from mande.responses.missing import Missing
from mande.stats.reliability import ItemSums
from mande.tally import EVERYONE, ChangeKey, Tally, Unpaired
from tests.small import forms

ANALYSIS = load_analysis("retrospective-pretest")
BY_SCHOOL = ANALYSIS.model_copy(update={"subgroups": ("school",)})


def counted(responses: Responses) -> Tally:
    return make_tally(score(responses), BY_SCHOOL)


def same(one: Tally, other: Tally) -> bool:
    return all(
        getattr(one, part) == getattr(other, part)
        for part in ("pairs", "unpaired", "item_sums", "answers", "instruments")
    )


def with_blanks(rows):
    random = np.random.default_rng(3)
    return [[*row[:2], *("" if random.random() < 0.2 else cell for cell in row[2:])] for row in rows]


def test_two_halves_equal_the_whole(read_mini):
    rows = with_blanks(forms(60))
    halves = counted(read_mini(rows[:25])) + counted(read_mini(rows[25:]))
    assert same(halves, counted(read_mini(rows)))


def test_the_order_of_rows_does_not_matter(read_mini):
    rows = with_blanks(forms(60))
    assert same(counted(read_mini(rows[::-1])), counted(read_mini(rows)))


def test_people_without_a_change_are_counted_by_the_wave_they_lack(read_mini):
    rows = [
        ["P1", "s", 1, 2, 5, 5, 3, 4, 2, 2],
        ["P2", "s", 1, 2, 5, 5, 3, 4, "", 2],
        ["P3", "s", 1, 2, 5, 5, 3, 4, 2, ""],
        ["P4", "s", 1, 2, 5, 5, 3, 4, "", ""],
        ["P5", "s", 1, 2, 5, 5, 3, 4, 2, 99],
    ]
    whole = counted(read_mini(rows))
    key = ChangeKey("mini", "quarrels", "then", "now", EVERYONE)
    assert whole.unpaired[key] == Unpaired(earlier_only={2: 2}, later_only={2: 1}, neither=1)
    assert whole.pairs[key].n + sum(whole.unpaired[key].people) == len(rows)


def test_the_sums_of_schools_are_those_of_their_people(read_mini):
    whole = make_tally(score(read_mini(with_blanks(forms(60)))), ANALYSIS)
    for key, sums in whole.clusters.items():
        assert sums.label.tolist() == ["school 0", "school 1", "school 2"]
        assert sums.people == whole.pairs[key].n


def test_people_of_no_known_school_are_one_cluster(read_mini):
    rows = [[row[0], "" if i < 10 else row[1], *row[2:]] for i, row in enumerate(forms(40))]
    whole = make_tally(score(read_mini(rows)), ANALYSIS)
    labels = whole.clusters[ChangeKey("mini", "harmony", "then", "now", EVERYONE)].label.tolist()
    assert labels == ["?", "school 0", "school 1", "school 2"]


def test_nothing_in_a_tally_belongs_to_a_person(read_mini):
    whole = counted(read_mini(forms(40)))
    assert "P00" not in repr(whole)
    assert not any("respondent" in name and name != "respondent" for name in dir(whole))


def test_a_change_is_measured_from_scores_or_from_their_tally_alike(read_mini):
    scores = score(read_mini(forms(40)))
    assert measure_change(scores) == measure_change(make_tally(scores, ANALYSIS))


def test_subgroups_add_up_to_everyone(read_mini):
    whole = counted(read_mini(with_blanks(forms(60))))
    for construct in ("harmony", "quarrels"):
        keys = [key for key in whole.pairs if key.construct == construct and key.group != EVERYONE]
        assert [key.group for key in keys] == ["school=school 0", "school=school 1", "school=school 2"]
        total = sum((whole.pairs[key] for key in keys[1:]), whole.pairs[keys[0]])
        assert total == whole.pairs[ChangeKey("mini", construct, "then", "now", EVERYONE)]


def test_with_arms_everyone_is_the_programme_and_the_comparison_stands_apart(read_mini):
    arms = Arms(grouping="school", programme="school 0", comparison="school 2")
    responses = read_mini(forms(60))
    whole = make_tally(score(responses), ANALYSIS.model_copy(update={"arms": arms}))
    n = {key.group: pairs.n for key, pairs in whole.pairs.items() if key.construct == "harmony"}
    assert n == {EVERYONE: 20, "school=school 2": 20}


def test_item_sums_of_the_change_are_those_of_later_minus_earlier(read_mini):
    scores = score(read_mini(with_blanks(forms(60))))
    column = {item.id: k for k, item in enumerate(scores.instrument.rated_items)}
    for key, sums in make_tally(scores, BY_SCHOOL).item_sums.items():
        own = [column[item] for item in scores.instrument.construct_by_id[key.construct].items]
        members = np.ones(scores.people, dtype=bool)
        if key.group != EVERYONE:
            school = scores.groups["school"]
            members = school.position == school.labels.index(key.group.partition("=")[2])
        earlier, later = (
            np.column_stack([scores.items[wave][k] for k in own])[members].astype(int)
            for wave in (key.earlier, key.later)
        )
        complete = Missing.is_answer(earlier).all(axis=1) & Missing.is_answer(later).all(axis=1)
        assert sums.change == ItemSums.of((later - earlier)[complete])
        assert sums.earlier == ItemSums.of(earlier[complete])
        assert sums.later == ItemSums.of(later[complete])
