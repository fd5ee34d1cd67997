"""A programme's arm beside a comparison arm, from the file to the difference in changes."""

import numpy as np
import pytest

from mande import ColumnNames, load_analysis, make_tally, measure_change, read_responses, score
from mande.contrast import contrast_arms, contrast_subgroups
from mande.plan import Analysis, Arms
from mande.stats.counts import PairCounts
from mande.stats.subgroups import SubgroupNote
from tests.small import HEADER

RETROSPECTIVE = load_analysis("retrospective-pretest").model_copy(update={"cluster": (), "subgroups": ()})
BY_ARM = RETROSPECTIVE.model_copy(update={"arms": Arms(grouping="school", programme="A", comparison="B")})


def two_arms(rise: int, n: int = 30) -> list[list[object]]:
    """Quarrels of n people an arm; in arm A they fall by `rise` more."""
    random = np.random.default_rng(5)
    rows = []
    for arm in "AB":
        for i in range(n):
            then = int(random.integers(3, 6))
            now = max(1, then - int(random.integers(0, 2)) - (rise if arm == "A" else 0))
            rows.append([f"{arm}{i}", arm, 1, 2, 5, 4, 3, 4, then, now])
    return rows


def test_the_difference_is_the_programme_s_change_less_the_comparison_s(read_mini):
    counts = make_tally(score(read_mini(two_arms(rise=1))), BY_ARM)
    everyone, comparison = (change for change in measure_change(counts, BY_ARM) if change.construct == "quarrels")
    contrast = contrast_arms(counts, BY_ARM)[1]
    assert contrast.construct == "quarrels"
    assert (contrast.n, contrast.n_comparison) == (30, 30)
    expected = everyone.mean_change.value - comparison.mean_change.value
    assert contrast.plain_difference.estimate.value == pytest.approx(expected, abs=1e-12)
    assert contrast.plain_difference.estimate.high < 0
    assert contrast.difference is None


def test_two_arms_that_cannot_be_told_apart_have_an_interval_across_zero(read_mini):
    counts = make_tally(score(read_mini(two_arms(rise=0))), BY_ARM)
    interval = contrast_arms(counts, BY_ARM)[1].plain_difference.estimate
    assert interval.low < 0 < interval.high


def test_people_lost_are_counted_by_arm(read_mini):
    rows = two_arms(rise=1)
    lost = [[*row[:9], ""] if row[1] == "A" and i < 6 else row for i, row in enumerate(rows)]
    attrition = contrast_arms(make_tally(score(read_mini(lost)), BY_ARM), BY_ARM)[1].attrition
    assert attrition.programme.value == 6 / 30
    assert attrition.comparison.value == 0


def test_without_arms_there_is_no_contrast(read_mini):
    counts = make_tally(score(read_mini(two_arms(rise=1))), RETROSPECTIVE)
    assert contrast_arms(counts, RETROSPECTIVE) == ()
    assert isinstance(next(iter(counts.pairs.values())), PairCounts)


def test_subgroups_are_compared_with_each_other_and_only_those_that_may_be_shown(read_mini):
    by_school = RETROSPECTIVE.model_copy(update={"subgroups": ("school",)})
    counts = make_tally(score(read_mini(two_arms(rise=2))), by_school)
    keys = [key for key in counts.pairs if key.construct == "quarrels"]
    (contrast,) = contrast_subgroups(counts, by_school, keys)
    assert contrast.grouping == "school"
    assert [row.name for row in contrast.found.rows] == ["A", "B"]
    assert contrast.found.interaction.p < 0.001
    (alone,) = contrast_subgroups(counts, by_school, [key for key in keys if key.group != "school=B"])
    assert [row.name for row in alone.found.rows] == ["A"]
    assert alone.found.interaction is None


def with_schools(rows: list[list[object]], schools: int = 4) -> list[list[object]]:
    """The arm becomes part of the code of a school: A0 … A3, B0 … B3."""
    return [[row[0], f"{row[1]}{i % schools}", *row[2:], row[1]] for i, row in enumerate(rows)]


@pytest.fixture
def read_arms(tmp_path, mini):
    """Read forms whose last column is the arm."""

    def read(rows):
        text = "\n".join(",".join(map(str, row)) for row in [[*HEADER, "arm"], *rows])
        (tmp_path / "forms.csv").write_text(text, encoding="utf-8")
        names = ColumnNames(id="code", groups={"school": "school", "arm": "arm"})
        return read_responses(tmp_path / "forms.csv", mini, names)

    return read


IN_SCHOOLS = RETROSPECTIVE.model_copy(
    update={"arms": Arms(grouping="arm", programme="A", comparison="B"), "cluster": ("school",)}
)


def losing(rows: list[list[object]], lost: int) -> list[list[object]]:
    """The first people of arm A have no later score of quarrels."""
    return [[*row[:9], "", *row[10:]] if row[1] == "A" and i < lost else row for i, row in enumerate(rows)]


def test_intention_to_treat_counts_those_lost_as_unchanged(read_mini):
    rows = losing(two_arms(rise=1), 6)
    contrast = contrast_arms(make_tally(score(read_mini(rows)), BY_ARM), BY_ARM)[1]
    as_assigned, with_lost = contrast.plain_difference.estimate, contrast.intention_to_treat.estimate
    changes = {arm: [int(str(r[9])) - int(str(r[8])) for r in rows if r[1] == arm and r[9] != ""] for arm in "AB"}
    expected = sum(changes["A"]) / 30 - sum(changes["B"]) / 30
    assert with_lost.value == pytest.approx(expected, abs=1e-12)
    assert abs(with_lost.value) < abs(as_assigned.value)


def test_intention_to_treat_allows_for_clusters_where_they_are_known(read_arms):
    rows = with_schools(losing(two_arms(rise=1), 6))
    counts = make_tally(score(read_arms(rows)), IN_SCHOOLS)
    contrast = contrast_arms(counts, IN_SCHOOLS)[1]
    filled = [[*row[:9], row[8], row[10]] if row[9] == "" else row for row in rows]  # the earlier score carried forward
    carried = contrast_arms(make_tally(score(read_arms(filled)), IN_SCHOOLS), IN_SCHOOLS)[1]
    assert contrast.intention_to_treat == carried.difference
    assert contrast.intention_to_treat.clusters == 8


def test_nobody_lost_is_the_same_result_twice(read_arms):
    contrast = contrast_arms(make_tally(score(read_arms(with_schools(two_arms(1)))), IN_SCHOOLS), IN_SCHOOLS)[1]
    assert contrast.intention_to_treat == contrast.difference


def test_arms_are_dealt_to_schools_anew_where_a_school_is_of_one_arm(read_arms):
    rows = with_schools(two_arms(rise=2))
    found = contrast_arms(make_tally(score(read_arms(rows)), IN_SCHOOLS), IN_SCHOOLS)[1].permutation
    assert (found.clusters, found.arrangements, found.p) == (8, 70, 2 / 70)
    mixed = [[row[0], str(row[1])[1:], *row[2:]] for row in rows]  # schools 0 to 3, each with people of both arms
    assert contrast_arms(make_tally(score(read_arms(mixed)), IN_SCHOOLS), IN_SCHOOLS)[1].permutation is None


def by_school(**said) -> Analysis:
    return RETROSPECTIVE.model_copy(update={"subgroups": ("school",), **said})


def test_groups_that_people_chose_themselves_are_described_and_not_tested(read_mini):
    counts = make_tally(score(read_mini(two_arms(rise=2))), by_school())
    (tested,) = contrast_subgroups(counts, by_school(), [k for k in counts.pairs if k.construct == "quarrels"])
    chosen = by_school(described=("school",))
    (described,) = contrast_subgroups(counts, chosen, [k for k in counts.pairs if k.construct == "quarrels"])
    assert tested.is_tested
    assert not described.is_tested
    assert described.found.interaction is None
    assert described.found.rows == tested.found.rows


def test_attendance_is_such_a_group_unless_the_analysis_says_otherwise():
    assert RETROSPECTIVE.described == ("dose",)


def test_groups_formed_by_the_score_at_the_start_carry_the_note_on_regression_to_the_mean(read_mini):
    by_risk = by_school(formed_at_start=("school",))
    counts = make_tally(score(read_mini(two_arms(rise=2))), by_risk)
    (contrast,) = contrast_subgroups(counts, by_risk, [k for k in counts.pairs if k.construct == "quarrels"])
    assert contrast.found.notes == (SubgroupNote.REGRESSION_TO_THE_MEAN,)
