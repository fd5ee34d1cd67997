"""Bootstrap intervals from cells: what holds for every table, and what has no value."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mande.errors import NotTestable, Reason
from mande.stats import PairCounts, d_av, d_z, describe, resampling
from mande.stats.resampling import FIGURES, bootstrap, bootstrap_clusters

score = st.integers(5, 25)
people = st.lists(st.tuples(score, score), min_size=6, max_size=30)


def table(rows: list[tuple[int, int]]) -> PairCounts:
    return PairCounts.of(*(np.array(wave, dtype=np.int64) for wave in zip(*rows, strict=True)))


def twenty() -> PairCounts:
    earlier = [12, 14, 10, 15, 11, 13, 12, 16, 9, 14, 13, 12, 10, 15, 14, 11, 13, 12, 14, 10]
    later = [14, 14, 13, 16, 11, 15, 13, 16, 12, 13, 15, 12, 12, 15, 16, 13, 14, 12, 13, 13]
    return PairCounts.of(earlier, later)


def test_figures_are_those_of_the_closed_forms():
    found = {
        name: bootstrap(twenty(), figure, seed=1, replicates=99).estimate.value for name, figure in FIGURES.items()
    }
    described = describe(twenty())
    assert found["mean_change"] == pytest.approx(described.mean_change)
    assert found["d_z"] == pytest.approx(d_z(twenty().changes()).value)
    assert found["d_av"] == pytest.approx(d_av(twenty()).value)
    assert found["median_change"] == 1.0
    assert found["share_up"] == 12 / 20


def test_a_million_people_cost_no_more_than_their_cells():
    pairs = twenty()
    many = PairCounts(pairs.earlier, pairs.later, pairs.count * 50_000)
    found = bootstrap(many, "d_av", seed=3, replicates=999).estimate
    assert (found.low, found.high) == pytest.approx((d_av(many).low, d_av(many).high), abs=5e-4)


def test_memory_stays_flat_with_many_cells():
    import tracemalloc

    random = np.random.default_rng(1)
    pairs = PairCounts.of(random.integers(0, 100, 40_000), random.integers(0, 100, 40_000))
    tracemalloc.start()
    bootstrap(pairs, seed=1, replicates=30)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert pairs.count.size > 9_000
    assert peak < 100e6  # cells × cells would be 780 MB


def test_the_standard_error_is_that_of_the_mean():
    found = bootstrap(twenty(), seed=5, replicates=9_999)
    described = describe(twenty())
    assert found.standard_error == pytest.approx(described.sd_change * np.sqrt(19) / 20, rel=0.03)


def test_agrees_with_scipy_on_the_same_people_up_to_its_draws():
    from scipy.stats import bootstrap as scipy_bootstrap

    change = np.repeat(twenty().changes().change, twenty().changes().count)
    theirs = scipy_bootstrap((change,), np.mean, n_resamples=9_999, method="BCa", rng=np.random.default_rng(1))
    found = bootstrap(twenty(), seed=2, replicates=9_999).estimate
    assert (found.low, found.high) == pytest.approx(theirs.confidence_interval, abs=0.03)


def test_the_chunk_does_not_change_the_interval(monkeypatch: pytest.MonkeyPatch):
    whole = bootstrap(twenty(), "d_z", seed=7, replicates=500)
    monkeypatch.setattr(resampling, "CELLS_AT_ONCE", 40)
    assert bootstrap(twenty(), "d_z", seed=7, replicates=500) == whole


def test_points_are_steps_divided():
    in_steps, in_points = (bootstrap(twenty(), seed=7, replicates=500, steps_per_point=unit) for unit in (1, 4))
    assert in_points.estimate.low == in_steps.estimate.low / 4
    assert in_points.standard_error == in_steps.standard_error / 4


@settings(max_examples=25, deadline=None)
@given(people, st.integers(0, 2**31))
def test_the_interval_is_finite_and_within_what_people_did(rows, seed):
    pairs = table(rows)
    try:
        found = bootstrap(pairs, seed=seed, replicates=199)
    except NotTestable:
        return
    change = pairs.changes().change
    assert change.min() <= found.estimate.low <= found.estimate.high <= change.max()


@settings(max_examples=25, deadline=None)
@given(people, st.integers(0, 2**31))
def test_the_order_of_rows_does_not_matter(rows, seed):
    def outcome(order):
        try:
            return bootstrap(table(order), "d_av", seed=seed, replicates=99)
        except NotTestable as error:
            return error.reason

    assert outcome(rows) == outcome(rows[::-1])


@pytest.mark.parametrize(
    ("rows", "figure", "reason"),
    [
        ([], "mean_change", Reason.NO_DATA),
        ([(1, 2)], "mean_change", Reason.TOO_FEW),
        ([(1, 2), (1, 2), (1, 2)], "mean_change", Reason.ALL_EQUAL),
        ([(1, 2), (2, 3), (3, 4), (3, 4)], "mean_change", Reason.ALL_EQUAL),
        ([(1, 2), (2, 3), (3, 4), (3, 4)], "d_z", Reason.NO_VARIANCE),
        ([(1, 2), (2, 4)], "d_av", Reason.NO_VARIANCE),  # half of the resamples hold one person twice
    ],
)
def test_without_a_value_the_reason_is_told(rows, figure, reason):
    pairs = table(rows) if rows else PairCounts.of(np.zeros(0, np.int64), np.zeros(0, np.int64))
    with pytest.raises(NotTestable) as refused:
        bootstrap(pairs, figure, seed=1, replicates=199)
    assert refused.value.reason == reason


def test_one_person_a_cluster_is_the_bootstrap_of_people_up_to_draws():
    rows = list(
        zip(np.repeat(twenty().earlier, twenty().count), np.repeat(twenty().later, twenty().count), strict=True)
    )
    alone = bootstrap_clusters([PairCounts.of([a], [b]) for a, b in rows], seed=1, replicates=9_999)
    together = bootstrap(twenty(), seed=1, replicates=9_999)
    assert alone.acceleration == pytest.approx(together.acceleration)
    assert (alone.estimate.low, alone.estimate.high) == pytest.approx(
        (together.estimate.low, together.estimate.high), abs=0.06
    )


def test_clusters_that_differ_widen_the_interval():
    clusters = [PairCounts.of([3] * 8, [3 + k] * 7 + [4 + k]) for k in range(10)]
    together = sum(clusters[1:], clusters[0])
    of_clusters, of_people = bootstrap_clusters(clusters, seed=1), bootstrap(together, seed=1)
    assert of_clusters.estimate.value == of_people.estimate.value
    assert of_clusters.standard_error > 2 * of_people.standard_error


def test_one_cluster_is_too_few():
    with pytest.raises(NotTestable, match="too_few"):
        bootstrap_clusters([twenty()], seed=1)
    with pytest.raises(NotTestable, match="no_data"):
        bootstrap_clusters([], seed=1)
