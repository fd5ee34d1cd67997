"""A mixed model of several waves, for people who miss some of them, that never passes a failed fit off as a result.

This is the one statistic that needs a row a person: a mixed model has no small table of sums. It is a supplement. When
the fit fails, the result is the one from sums, and names it and the failure.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from mande.errors import NotTestable, Reason
from mande.stats._distributions import normal_quantile
from mande.stats.cluster import ClusterSums
from mande.stats.counts import Estimate
from mande.stats.waves import WaveChanges, WaveSums, changes_from_baseline, changes_from_baseline_clustered

__all__ = ["MixedChanges", "MixedFailure", "MixedMethod", "mixed_changes"]

LEAST_SHARE = 1e-6  # of the residual variance: less is no variance
BoolArray = npt.NDArray[np.bool_]


class MixedMethod(StrEnum):
    """Where the changes come from."""

    MIXED_MODEL = "mixed_model"
    AVAILABLE_CASES = "available_cases"  # the fallback without clusters: `changes_from_baseline`
    CR2 = "cr2"  # the fallback with clusters: `changes_from_baseline_clustered`


class MixedFailure(StrEnum):
    """Why the mixed model was not used."""

    SINGULAR = "singular"  # a matrix could not be inverted
    ZERO_VARIANCE = "zero_variance"  # people, or clusters, differ by less than chance: the model does not hold
    NOT_CONVERGED = "not_converged"  # no maximum found, or a warning that it may not be one
    NO_EFFECTS = "no_effects"  # every effect exactly 0 although reported as converged, or not finite


@dataclass(frozen=True, slots=True)
class MixedChanges:
    """Change from baseline at each later wave, in points, with its interval (each alone, not simultaneous).

    sd_people, sd_clusters: standard deviations of the random effects, in points (None without clusters). After a
    failure `changes` and both are empty or None, `fallback` holds the result to show, and `method` names it.
    """

    method: MixedMethod
    changes: tuple[Estimate, ...]
    sd_people: float | None
    sd_clusters: float | None
    people: int
    failure: MixedFailure | None = None
    fallback: WaveChanges | None = None


class _Failed(Exception):
    def __init__(self, failure: MixedFailure) -> None:
        self.failure = failure
        super().__init__(failure.value)


def mixed_changes(
    scores: npt.ArrayLike,
    answered: npt.ArrayLike,
    labels: npt.ArrayLike | None = None,
    *,
    steps_per_point: int = 1,
    confidence: float = 0.95,
) -> MixedChanges:
    """Change from baseline by a linear mixed model: waves as fixed effects, people as random ones.

    scores: integers, shape (n, waves), baseline first, `steps_per_point` steps to a point. answered: which of them
    exist; a person with one wave takes part, and what is missing may depend on the waves that are there (missing at
    random). labels: cluster of each person, shape (n,), or None. With labels the random effects are cluster, person in
    cluster, and cluster by wave: without the last, schools that change differently would count as evidence, and the
    interval held the true value in 74 % of simulated samples. REML by statsmodels; intervals are normal ones, which are
    too narrow for few clusters, so the CR2 result is the one to report: tests/reference/simulations/.
    Caught, and answered by the fallback: LinAlgError; a random effect without variance; a fit that did not converge or
    warns that it may not have; `converged=True` with effects of exactly 0.0 or not finite. The fallback is
    `changes_from_baseline` of available cases, with labels `changes_from_baseline_clustered`.
    Raises NotTestable: NO_DATA (a wave that nobody answered), NO_COMPLETE_CASES (nobody answered two waves), and as the
    fallback does.
    Laird & Ware (1982), doi:10.2307/2529876. Agrees with R `lme4::lmer(score ~ wave + (1 | person))`, with
    labels `(1 | school / person) + (1 | school:wave)`, to the tolerance
    of the two optimisers: tests/reference/mixed.R.
    """
    values, there = np.asarray(scores), np.asarray(answered, dtype=bool)
    if values.ndim != 2 or values.shape != there.shape or values.dtype.kind not in "iu":
        raise ValueError(f"integer scores of shape (n, waves) with as many answered, got {values.shape}")
    if not there.any(axis=0).all():
        raise NotTestable(Reason.NO_DATA)
    if not (there.sum(axis=1) > 1).any():
        raise NotTestable(Reason.NO_COMPLETE_CASES)
    clusters = None if labels is None else np.unique(np.asarray(labels), return_inverse=True)[1]
    try:
        return _fitted(np.where(there, values, 0) / steps_per_point, there, clusters, confidence)
    except _Failed as failed:
        method, fallback = _fallback(np.where(there, values, 0), there, labels, steps_per_point, confidence)
        people = int(there.any(axis=1).sum())
        return MixedChanges(method, (), None, None, people, failed.failure, fallback)


def _fitted(points: npt.NDArray[np.float64], there: BoolArray, clusters: Any, confidence: float) -> MixedChanges:
    person, wave = np.nonzero(there)
    design = np.column_stack([np.ones(len(wave)), wave[:, np.newaxis] == np.arange(1, there.shape[1])]).astype(float)
    fitted = _fit(points[there], design, person, wave, None if clusters is None else clusters[person])
    # "cov_re" is the grouping's variance: of clusters if there are any; "vcomp" then of people and waves within them
    variances = [float(v) for v in ([] if clusters is None else fitted.vcomp)] + [float(fitted.cov_re[0, 0])]
    effects, errors = fitted.fe_params[1:], fitted.bse_fe[1:]
    if not np.isfinite(np.r_[effects, errors, variances]).all() or not effects.any() or (errors <= 0).any():
        raise _Failed(MixedFailure.NO_EFFECTS)
    if min(variances) <= LEAST_SHARE * float(fitted.scale):
        raise _Failed(MixedFailure.ZERO_VARIANCE)
    z = normal_quantile(confidence)
    changes = tuple(
        Estimate(float(b), float(b - z * s), float(b + z * s), confidence) for b, s in zip(effects, errors, strict=True)
    )
    sd = [float(np.sqrt(variance)) for variance in variances]
    people = int(there.any(axis=1).sum())
    return MixedChanges(MixedMethod.MIXED_MODEL, changes, sd[0], None if clusters is None else sd[-1], people)


def _fit(score: Any, design: Any, person: Any, wave: Any, clusters: Any) -> Any:
    """statsmodels' fit, every way in which it fails turned into `_Failed`."""
    from statsmodels.regression.mixed_linear_model import MixedLM, VCSpec

    components = None
    if clusters is not None:
        places = [clusters == group for group in np.unique(clusters)]
        matrices = [[_indicators(ids[place]) for place in places] for ids in (person, wave)]
        names = [[[str(k) for k in range(matrix.shape[1])] for matrix in kind] for kind in matrices]
        components = VCSpec(["person", "wave"], names, matrices)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            model = MixedLM(
                score, design, person if clusters is None else clusters, np.ones((len(score), 1)), exog_vc=components
            )
            fitted = model.fit(reml=True, method=["lbfgs", "bfgs"])
            usable = fitted.converged and np.isfinite(fitted.bse_fe).all()
        except (np.linalg.LinAlgError, ValueError, FloatingPointError) as error:
            raise _Failed(MixedFailure.SINGULAR) from error
    kinds = {warning.category.__name__ for warning in caught}
    if any("singular" in str(w.message).lower() or "boundary" in str(w.message).lower() for w in caught):
        raise _Failed(MixedFailure.ZERO_VARIANCE)
    if not usable or "ConvergenceWarning" in kinds:
        raise _Failed(MixedFailure.NOT_CONVERGED)
    return fitted


def _indicators(person: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    indicators: npt.NDArray[np.float64] = (person[:, np.newaxis] == np.unique(person)).astype(float)
    return indicators


def _fallback(
    values: npt.NDArray[np.int64], there: BoolArray, labels: npt.ArrayLike | None, steps: int, confidence: float
) -> tuple[MixedMethod, WaveChanges]:
    if labels is None:
        sums = WaveSums.of(values, there, cases="available")
        return MixedMethod.AVAILABLE_CASES, changes_from_baseline(sums, steps_per_point=steps, confidence=confidence)
    names = np.asarray(labels)
    waves = []
    for later in range(1, values.shape[1]):
        both = there[:, 0] & there[:, later]
        waves.append(ClusterSums.of(values[both, 0], values[both, later], names[both]))
    found = changes_from_baseline_clustered(waves, cases="available", steps_per_point=steps, confidence=confidence)
    return MixedMethod.CR2, found
