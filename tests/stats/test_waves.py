"""Several waves: against R, and what holds for every data set."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mande.errors import NotTestable, Reason
from mande.stats import ChangeCounts, mean_change, paired_t
from mande.stats._multivariate_t import simultaneous_p, simultaneous_quantile
from mande.stats.cluster import ClusterSums
from mande.stats.mixed import MixedFailure, MixedMethod, mixed_changes
from mande.stats.waves import (
    Simultaneous,
    WaveSums,
    changes_from_baseline,
    changes_from_baseline_clustered,
)

close = partial(pytest.approx, rel=1e-11, abs=1e-13)


def test_two_waves_are_the_paired_t():
    scores = np.array([[1, 3], [2, 2], [4, 5], [3, 6]])
    (change,) = changes_from_baseline(WaveSums.of(scores, scores > 0, cases="complete")).changes
    changes = ChangeCounts.of(scores[:, 1] - scores[:, 0])
    expected = paired_t(changes)
    assert (change.alone.t, change.alone.p, change.p_simultaneous) == (expected.t, expected.p, expected.p)
    assert change.simultaneous == change.alone.estimate == mean_change(changes)


tables = arrays(np.int64, st.tuples(st.integers(2, 12), st.just(4)), elements=st.integers(0, 12))
masks = arrays(np.bool_, st.just((12, 4)), elements=st.booleans())
kept_cases = st.sampled_from(["complete", "available"])


@given(scores=tables, answered=masks, kept=kept_cases, half=st.integers(0, 12))
def test_two_halves_add_up_to_the_whole(scores, answered, kept, half):
    answered = answered[: len(scores)]
    parts = [WaveSums.of(scores[part], answered[part], cases=kept) for part in (slice(half), slice(half, None))]
    assert parts[0] + parts[1] == WaveSums.of(scores, answered, cases=kept)


@given(scores=tables, answered=masks, kept=kept_cases)
def test_what_is_not_answered_does_not_count(scores, answered, kept):
    answered = answered[: len(scores)]
    blank = np.where(answered, scores, -999)
    assert WaveSums.of(blank, answered, cases=kept) == WaveSums.of(scores, answered, cases=kept)


@pytest.mark.parametrize("seed", range(4))
def test_turning_scores_round_flips_signs_and_keeps_p(seed):
    scores = np.random.default_rng(seed).integers(0, 12, (15, 4))
    there = np.ones(scores.shape, dtype=bool)
    found, turned = (
        changes_from_baseline(WaveSums.of(s, there, cases="complete")).changes for s in (scores, 12 - scores)
    )
    for change, other in zip(found, turned, strict=True):
        assert other.alone.estimate.value == -change.alone.estimate.value
        assert other.p_simultaneous == pytest.approx(change.p_simultaneous, rel=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_together_lies_between_alone_and_bonferroni(seed):
    random = np.random.default_rng(seed)
    scores, there = random.integers(0, 12, (14, 4)), random.random((14, 4)) > 0.15
    for change in changes_from_baseline(WaveSums.of(scores, there, cases="available")).changes:
        assert change.p_simultaneous is not None
        assert change.alone.p <= change.p_simultaneous <= min(1, 3 * change.alone.p) + 1e-12
        assert change.simultaneous.low <= change.alone.estimate.low


def test_independent_and_identical_statistics_are_the_two_ends():
    same, apart = np.ones((3, 3)), np.eye(3)
    assert simultaneous_quantile(0.95, same, 1e6) == pytest.approx(1.959966, abs=1e-3)
    assert simultaneous_quantile(0.95, apart, 1e6) == pytest.approx(2.387738, abs=1e-3)  # Šidák
    assert simultaneous_p(40.0, apart, 50.0) > 0


def test_correlations_that_do_not_fit_together_fall_back_to_bonferroni():
    scores = np.array([[0, 9, 9, 0], [0, -9, -8, 0], [0, 0, 9, 9], [0, 0, -9, -8], [0, 9, 0, -8], [0, -8, 0, 9]])
    there = np.array([[1, 1, 1, 0]] * 2 + [[1, 0, 1, 1]] * 2 + [[1, 1, 0, 1]] * 2, dtype=bool)
    found = changes_from_baseline(WaveSums.of(scores, there, cases="available"))
    assert found.method == Simultaneous.BONFERRONI
    assert all(change.p_simultaneous == min(1, 3 * change.alone.p) for change in found.changes)


def test_a_wave_without_a_value_leaves_the_others_alone():
    scores = np.array([[1, 1, 3, 0], [2, 2, 2, 0], [4, 4, 5, 0]])
    there = np.array([[True, True, True, False]] * 3)
    found = changes_from_baseline(WaveSums.of(scores, there, cases="available")).changes
    assert [change.reason for change in found] == [Reason.NO_CHANGE, None, Reason.NO_DATA]
    assert found[1].p_simultaneous == found[1].alone.p


@pytest.mark.parametrize(
    ("scores", "reason"),
    [
        (np.zeros((0, 3), dtype=int), Reason.NO_DATA),
        (np.array([[1, 2, 3]]), Reason.TOO_FEW),
        (np.array([[1, 1, 1], [2, 2, 2]]), Reason.NO_CHANGE),
        (np.array([[1, 2, 3], [2, 3, 4]]), Reason.ALL_EQUAL),
    ],
    ids=str,
)
def test_waves_without_any_value_say_why(scores, reason):
    with pytest.raises(NotTestable) as raised:
        changes_from_baseline(WaveSums.of(scores, np.ones(scores.shape, dtype=bool), cases="complete"))
    assert raised.value.reason == reason


def test_sums_of_other_people_do_not_add_up():
    scores, there = np.array([[1, 2]]), np.array([[True, True]])
    with pytest.raises(ValueError, match="add up"):
        _ = WaveSums.of(scores, there, cases="complete") + WaveSums.of(scores, there, cases="available")


def test_clustered_waves_are_each_waves_own_result_at_bonferronis_level():
    random = np.random.default_rng(3)
    label, scores = np.repeat(np.arange(8), 5), random.integers(0, 20, (40, 3))
    waves = [ClusterSums.of(scores[:, 0], scores[:, later], label) for later in (1, 2)]
    stricter = changes_from_baseline_clustered(waves, cases="complete", confidence=0.95).changes
    alone = [changes_from_baseline_clustered([wave], cases="complete", confidence=0.975).changes[0] for wave in waves]
    for together, one in zip(stricter, alone, strict=True):
        assert together.simultaneous.low == close(one.simultaneous.low)
        assert together.p_simultaneous == close(min(1, 2 * one.alone.p))


def without_cluster_variance(seed):
    """Schools that differ less than chance: the case in which statsmodels fails."""
    random = np.random.default_rng(seed)
    trait = np.tile([-3, -2, -1, -1, 0, 0, 1, 1, 2, 3], 12)
    return trait[:, np.newaxis] * 4 + random.integers(-1, 2, (120, 3)) + 20, np.repeat(np.arange(12), 10)


@pytest.mark.parametrize("seed", range(3))
def test_schools_without_variance_are_answered_by_cr2(seed):
    scores, labels = without_cluster_variance(seed)
    found = mixed_changes(scores, np.ones(scores.shape, dtype=bool), labels)
    assert found.method == MixedMethod.CR2
    assert found.failure in set(MixedFailure)
    assert found.changes == ()
    waves = [ClusterSums.of(scores[:, 0], scores[:, later], labels) for later in (1, 2)]
    assert found.fallback == changes_from_baseline_clustered(waves, cases="available")


class Fit:
    """What statsmodels might return."""

    def __init__(self, **differs):
        self.cov_re, self.vcomp, self.scale = np.array([[1.0]]), np.array([1.0]), 1.0
        self.fe_params, self.bse_fe, self.converged = np.array([3.0, 1.0]), np.array([1.0, 1.0]), True
        self.__dict__.update(differs)


def raises(error):
    raise error


def warns(category):
    import warnings

    warnings.warn("look out", category, stacklevel=1)
    return Fit()


def failures():
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    return [
        (lambda: raises(np.linalg.LinAlgError("Singular matrix")), MixedFailure.SINGULAR),
        (lambda: warns(ConvergenceWarning), MixedFailure.NOT_CONVERGED),
        (lambda: Fit(converged=False), MixedFailure.NOT_CONVERGED),
        (lambda: Fit(bse_fe=np.array([np.nan, np.nan])), MixedFailure.NOT_CONVERGED),
        (lambda: Fit(fe_params=np.array([3.0, 0.0])), MixedFailure.NO_EFFECTS),
        (lambda: Fit(fe_params=np.array([3.0, np.inf])), MixedFailure.NO_EFFECTS),
        (lambda: Fit(cov_re=np.array([[0.0]])), MixedFailure.ZERO_VARIANCE),
    ]


@pytest.mark.parametrize(("fit", "failure"), failures(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_failed_fit_is_caught_and_named(monkeypatch, fit, failure):
    monkeypatch.setattr("statsmodels.regression.mixed_linear_model.MixedLM.fit", lambda *_, **__: fit())
    scores = np.array([[1, 3], [2, 2], [4, 5], [3, 6]])
    found = mixed_changes(scores, scores > 0)
    assert (found.method, found.failure) == (MixedMethod.AVAILABLE_CASES, failure)
    assert found.fallback == changes_from_baseline(WaveSums.of(scores, scores > 0, cases="available"))


@pytest.mark.parametrize(
    ("answered", "reason"),
    [([[1, 0], [1, 0]], Reason.NO_DATA), ([[1, 0], [0, 1]], Reason.NO_COMPLETE_CASES)],
    ids=str,
)
def test_a_mixed_model_without_data_says_why(answered, reason):
    with pytest.raises(NotTestable) as raised:
        mixed_changes([[1, 2], [2, 4]], answered)
    assert raised.value.reason == reason
