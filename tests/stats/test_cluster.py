"""Clustered changes against R, against hand calculation, and what holds for every data set."""

from functools import partial

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mande.errors import NotTestable, Reason
from mande.stats import ChangeCounts, PairCounts, mean_change, paired_t
from mande.stats._cr2 import robust
from mande.stats.cluster import UNKNOWN, Caution, ClusterSums, icc_of_change, mean_change_clustered

close = partial(pytest.approx, rel=1e-11, abs=1e-13)  # double precision on both sides

Rows = list[tuple[int, int, str]]
rows = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.sampled_from("abcdefg")), min_size=2, max_size=40)


def sums_of(people: Rows) -> ClusterSums:
    return ClusterSums.of(*([list(column) for column in zip(*people, strict=True)] if people else ([], [], [])))


def varied(people: Rows) -> ClusterSums:
    sums = sums_of(people)
    try:
        mean_change_clustered(sums)
    except NotTestable:
        assume(False)
    return sums


@given(people=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=2, max_size=40))
def test_one_cluster_per_person_is_students_t(people):
    earlier, later = zip(*people, strict=True)
    changes = ChangeCounts.of(np.array(later) - np.array(earlier))
    assume(changes.change.size > 1)
    found = mean_change_clustered(ClusterSums.of(earlier, later, np.arange(len(people))))
    expected = paired_t(changes)
    assert (found.t, found.df, found.p, found.estimate) == (
        expected.t,
        expected.df,
        expected.p,
        mean_change(changes),
    )


@given(people=rows)
def test_swapping_the_waves_flips_every_sign_and_keeps_p(people):
    sums = varied(people)
    found, swapped = mean_change_clustered(sums), mean_change_clustered(sums.swapped())
    assert (swapped.t, swapped.estimate.value, swapped.p) == (-found.t, -found.estimate.value, found.p)
    assert icc_or_reason(sums) == icc_or_reason(sums.swapped())


def icc_or_reason(sums: ClusterSums) -> object:
    try:
        return icc_of_change(sums)
    except NotTestable as error:
        return error.reason


@given(people=rows, half=st.integers(0, 40))
def test_two_halves_add_up_to_the_whole(people, half):
    assert sums_of(people[:half]) + sums_of(people[half:]) == sums_of(people)


LABELS = st.sets(st.text("aéя😀1 ", min_size=1, max_size=6), max_size=12)


@given(mine=LABELS, theirs=LABELS)
def test_sums_of_other_clusters_are_added_by_label(mine, theirs):
    """Labels that sort in any way, of any length, in both parts or in one."""
    people = [[(i, i + 1, label) for i, label in enumerate(sorted(part))] for part in (mine, theirs)]
    assert sums_of(people[0]) + sums_of(people[1]) == sums_of(people[0] + people[1])


@given(people=rows, seed=st.integers(0, 99))
def test_neither_the_order_of_people_nor_the_names_of_clusters_matter(people, seed):
    sums = varied(people)
    shuffled = [people[k] for k in np.random.default_rng(seed).permutation(len(people))]
    assert sums_of(shuffled) == sums
    renamed = sums_of([(earlier, later, f"school {'gfedcba'.index(name)}") for earlier, later, name in people])
    assert mean_change_clustered(renamed) == mean_change_clustered(sums)


@given(people=rows)
def test_the_closed_form_is_the_general_engine(people):
    sums = varied(people)
    found = mean_change_clustered(sums)
    mean = sums.total("change") / sums.people
    gram = sums.n.astype(float)[:, np.newaxis, np.newaxis]
    score = (sums.exact("change") - sums.n * mean).astype(float)[:, np.newaxis]
    general = robust(gram, score, np.eye(1))
    assert np.sqrt(general.variance[0, 0]) == pytest.approx(found.standard_error, rel=1e-9)
    assert general.df == pytest.approx(found.df, rel=1e-9)


@given(people=rows, factor=st.integers(1, 2520))
def test_points_are_steps_over_steps_per_point(people, factor):
    sums = varied(people)
    finer = sums_of([(earlier * factor, later * factor, name) for earlier, later, name in people])
    coarse, fine = mean_change_clustered(sums), mean_change_clustered(finer, steps_per_point=factor)
    assert (fine.estimate.value, fine.t, fine.df) == (close(coarse.estimate.value), close(coarse.t), close(coarse.df))


def test_tables_of_counts_give_the_same_sums():
    people = [(1, 2, "a"), (1, 2, "a"), (3, 1, "a"), (2, 2, "b")]
    by_table = ClusterSums.of_pairs(PairCounts.of([1, 1, 3], [2, 2, 1]), "a")
    assert by_table + ClusterSums.of_pairs(PairCounts.of([2], [2]), "b") == sums_of(people)
    assert ClusterSums.of_pairs(PairCounts.of([], []), "c").clusters == 0


def test_a_large_cluster_lowers_the_degrees_of_freedom_below_clusters_less_one():
    random = np.random.default_rng(1)
    label = np.repeat(np.arange(6), [200, 5, 5, 5, 5, 5])
    found = mean_change_clustered(ClusterSums.of(random.integers(5, 25, 225), random.integers(5, 25, 225), label))
    assert found.df < 2
    assert found.cautions == (Caution.LOW_DF,)


@pytest.mark.parametrize(
    ("clusters", "expected"), [(4, (Caution.FEW_CLUSTERS, Caution.LOW_DF)), (5, ()), (6, ())], ids=str
)
def test_few_clusters_are_cautioned(clusters, expected):
    earlier = np.zeros(clusters * 4, dtype=int)
    later = np.arange(clusters * 4) % 7
    found = mean_change_clustered(ClusterSums.of(earlier, later, np.repeat(np.arange(clusters), 4)))
    assert found.cautions == expected


@pytest.mark.parametrize(
    ("people", "reason"),
    [
        ([], Reason.NO_DATA),
        ([(1, 2, "a")], Reason.TOO_FEW),
        ([(1, 2, "a"), (1, 3, "a")], Reason.TOO_FEW_CLUSTERS),
        ([(1, 1, "a"), (3, 3, "b")], Reason.NO_CHANGE),
        ([(1, 2, "a"), (3, 4, "b")], Reason.ALL_EQUAL),
        ([(1, 2, "a"), (2, 1, "a"), (3, 5, "b"), (5, 3, "b")], Reason.ALL_EQUAL),
        ([(1, 2, "a"), (1, 4, "a"), (1, 3, "b")], Reason.ALL_EQUAL),
    ],
    ids=str,
)
def test_a_mean_change_without_a_value_says_why(people, reason):
    with pytest.raises(NotTestable) as raised:
        mean_change_clustered(sums_of(people))
    assert raised.value.reason == reason


@pytest.mark.parametrize(
    ("people", "reason"),
    [
        ([], Reason.NO_DATA),
        ([(1, 2, "a"), (1, 3, "a")], Reason.TOO_FEW_CLUSTERS),
        ([(1, 2, "a"), (1, 3, "b")], Reason.TOO_FEW),
        ([(1, 2, "a"), (1, 2, "a"), (1, 2, "b")], Reason.ALL_EQUAL),
    ],
    ids=str,
)
def test_an_icc_without_a_value_says_why(people, reason):
    with pytest.raises(NotTestable) as raised:
        icc_of_change(sums_of(people))
    assert raised.value.reason == reason


def test_a_negative_icc_counts_as_none_and_is_kept():
    found = icc_of_change(sums_of([(0, 1, "a"), (0, 9, "a"), (0, 2, "b"), (0, 8, "b")]))
    assert found.untruncated < 0
    assert (found.value, found.design_effect) == (0.0, 1.0)


@pytest.mark.parametrize("labels", ["a", "ab", "ba", "aaaabbbbb", "abc"])
@pytest.mark.parametrize("other", ["a", "ab", "bc"])
def test_sums_beyond_64_bits_stay_exact(labels, other):
    score, more = 2**31 - 1, ClusterSums.of([2**30] * len(other), [2**30] * len(other), [*other])
    sums = ClusterSums.of([score] * len(labels), [score] * len(labels), [*labels])
    for times in range(1, 9):
        assert sums.total("products") == times * len(labels) * score**2 + (times - 1) * len(other) * 2**60
        sums = sums + ClusterSums.of([score] * len(labels), [score] * len(labels), [*labels]) + more


@pytest.mark.parametrize(
    ("earlier", "later", "labels"),
    [
        ([1], [1, 2], ["a", "b"]),
        ([1.5], [1.0], ["a"]),
        ([[1]], [[1]], [["a"]]),
        ([1], [1], [""]),
        ([1], [1], [None]),
        ([1], [1], [float("nan")]),
        ([np.iinfo(np.int64).min], [1], ["a"]),
    ],
    ids=str,
)
def test_what_is_not_a_score_or_a_label_is_refused(earlier, later, labels):
    with pytest.raises(ValueError, match=r"score|label|dimension|clusters|integers"):
        ClusterSums.of(earlier, later, labels)


def test_a_code_without_a_label_is_refused():
    with pytest.raises(ValueError, match="code"):
        ClusterSums.coded([1], [2], [1], ["a"])
    with pytest.raises(ValueError, match="code"):
        ClusterSums.coded([1], [2], [-1], ["a"])


def test_sums_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        sums_of([(1, 2, "a")]).n[0] = 3


def test_people_whose_place_is_not_known_do_not_make_four_places_five():
    """The newcomer's case: with eight blanks, four schools became five, and few became enough."""
    rng = np.random.default_rng(3)
    earlier, later = rng.integers(1, 5, 48), rng.integers(2, 6, 48)
    schools = [f"school {i % 4}" for i in range(40)] + [UNKNOWN] * 8
    found = mean_change_clustered(ClusterSums.of(earlier, later, schools))
    assert found.clusters == 4
    assert Caution.FEW_CLUSTERS in found.cautions
    five = mean_change_clustered(ClusterSums.of(earlier, later, [*schools[:40], *["school 4"] * 8]))
    assert (five.clusters, found.standard_error, found.df) == (5, five.standard_error, five.df)


def test_where_only_one_place_is_known_the_result_carries_both_cautions():
    found = mean_change_clustered(ClusterSums.of([1, 2, 1, 2], [2, 2, 2, 4], ["a", "a", UNKNOWN, UNKNOWN]))
    assert (found.clusters, found.cautions) == (1, (Caution.FEW_CLUSTERS, Caution.LOW_DF))
