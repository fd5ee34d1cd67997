"""How often all intervals of several waves hold their true value at once. Seeded, and slow."""

import numpy as np
import pytest
from scipy.special import stdtrit

from mande.stats._multivariate_t import inside
from mande.stats.cluster import ClusterSums
from mande.stats.mixed import MixedMethod, mixed_changes
from mande.stats.waves import WaveSums, changes_from_baseline, changes_from_baseline_clustered
from tests.stats.simulated import keep_table

pytestmark = pytest.mark.slow

DESIGNS = {
    f"{n} people, {waves} waves after baseline, r {r}, {missing:.0%} missing": (n, waves, r, missing)
    for n, waves, r, missing in [
        *((10, 3, 0.5, 0.0), (20, 3, 0.5, 0.0), (50, 3, 0.5, 0.0), (200, 3, 0.5, 0.0)),
        *((20, 2, 0.2, 0.0), (20, 5, 0.8, 0.0), (50, 3, 0.5, 0.2), (200, 5, 0.5, 0.2)),
    ]
}


def test_simultaneous_coverage():
    seed, samples = 11, 4_000
    random, rates = np.random.default_rng(seed), {}
    for design, (n, waves, r, missing) in DESIGNS.items():
        scores = np.sqrt(r) * random.standard_normal((samples, n, 1))
        scores = np.round(100 * (scores + np.sqrt(1 - r) * random.standard_normal((samples, n, waves + 1)))).astype(int)
        there = np.ones(scores.shape, dtype=bool)
        there[..., 1:] = random.random((samples, n, waves)) >= missing
        change = (scores[..., 1:] - scores[..., :1]) * there[..., 1:]
        used = there[..., 1:].astype(float)
        shared, products = np.swapaxes(used, 1, 2) @ used, np.swapaxes(change, 1, 2) @ change.astype(float)
        sums = np.swapaxes(change, 1, 2) @ used
        people = np.diagonal(shared, axis1=1, axis2=2)
        covariance = (shared * products - sums * np.swapaxes(sums, 1, 2)) / (shared - 1)
        covariance = covariance / (people[:, :, np.newaxis] * people[:, np.newaxis, :])
        error = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
        t = np.abs(np.diagonal(sums, axis1=1, axis2=2) / people / error)
        correlation = covariance / (error[:, :, np.newaxis] * error[:, np.newaxis, :])
        held = all_inside(t, people - 1, correlation)
        for sample in range(3):
            found = changes_from_baseline(WaveSums.of(scores[sample], there[sample], cases="available"))
            public = all(change.simultaneous.low <= 0 <= change.simultaneous.high for change in found.changes)
            assert public == held[sample]
        rates[design] = float(held.mean())
        assert 0.935 <= rates[design] <= 0.965
    keep_table(
        "waves-simultaneous-coverage",
        method="changes_from_baseline",
        measures="share of samples in which all simultaneous 95 % intervals hold the true value",
        seed=seed,
        replicates=samples,
        rates=rates,
    )


def all_inside(t, df, correlation):
    """Whether every |t| is within its quantile; only those between the plain and Bonferroni's need the correlations."""
    m = t.shape[1]
    held = (t <= stdtrit(df, 0.975)).all(axis=1)
    open_ = ~held & (t <= stdtrit(df, 1 - 0.025 / m)).all(axis=1)
    for sample in np.flatnonzero(open_):
        far = np.flatnonzero(t[sample] > stdtrit(df[sample], 0.975))
        held[sample] = all(inside(t[sample, j], correlation[sample], df[sample, j]) <= 0.95 for j in far)
    return held


def clustered_scores(random, schools, waves, icc=0.1):
    """Waves that correlate at .5, people and schools alike."""
    label = np.repeat(np.arange(schools), random.integers(8, 36, schools))

    def values(of_people, of_schools):
        return (
            np.sqrt(1 - icc) * random.standard_normal(of_people)
            + np.sqrt(icc) * random.standard_normal(of_schools)[label]
        )

    n = len(label)
    scores = np.sqrt(0.5) * (values((n, 1), (schools, 1)) + values((n, waves), (schools, waves)))
    return np.round(100 * scores).astype(int), label


def test_simultaneous_coverage_with_clusters():
    seed, samples = 12, 1_000
    random, rates = np.random.default_rng(seed), {}
    for schools in (6, 20):
        held = 0
        for _ in range(samples):
            scores, label = clustered_scores(random, schools, 4)
            waves = [ClusterSums.of(scores[:, 0], scores[:, later], label) for later in (1, 2, 3)]
            found = changes_from_baseline_clustered(waves, cases="complete").changes
            held += all(change.simultaneous.low <= 0 <= change.simultaneous.high for change in found)
        rates[f"{schools} schools, 3 waves after baseline"] = held / samples
        assert 0.935 <= held / samples <= 0.98
    keep_table(
        "waves-simultaneous-coverage-clustered",
        method="changes_from_baseline_clustered",
        measures="share of samples in which all simultaneous 95 % intervals hold the true value",
        seed=seed,
        replicates=samples,
        rates=rates,
    )


def test_mixed_model_coverage():
    seed, samples = 13, 80
    random, rates = np.random.default_rng(seed), {}
    for schools in (5, 15):
        held = fitted = 0
        for _ in range(samples):
            scores, label = clustered_scores(random, schools, 3)
            found = mixed_changes(scores, np.ones(scores.shape, dtype=bool), label)
            if found.method is MixedMethod.MIXED_MODEL:
                fitted += 1
                held += found.changes[0].low <= 0 <= found.changes[0].high
            else:
                assert found.fallback is not None
        rates[f"{schools} schools: mixed model used"] = fitted / samples
        rates[f"{schools} schools: interval of the first wave holds, of all samples with a mixed model"] = round(
            held / fitted, 4
        )
    keep_table(
        "mixed-model-coverage",
        method="mixed_changes",
        measures="share of samples; changes of one school resemble each other (ICC .10)",
        seed=seed,
        replicates=samples,
        rates=rates,
    )
