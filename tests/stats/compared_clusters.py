"""As compared.py, for people in clusters, in arms, in subgroups and over several waves, and for imputed scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from mande.stats._multivariate_t import inside
from mande.stats.cluster import ClusterSums, Inference, icc_of_change, mean_change_clustered
from mande.stats.comparison import Arms, ancova, baseline_balance, difference_in_changes
from mande.stats.imputation import impute_change
from mande.stats.mixed import MixedMethod, mixed_changes
from mande.stats.subgroups import Subgroups, compare_subgroups
from mande.stats.waves import WaveSums, _correlation, changes_from_baseline
from tests.stats.comparing import Case, Compared, Two, named

__all__ = ["COMPARED_CLUSTERS"]

NORMAL = 1.959963984540054


def sums_of(case: Case, chosen: Any = slice(None)) -> ClusterSums:
    earlier, later, school = (np.array(case[name])[chosen] for name in ("earlier", "later", "school"))
    return ClusterSums.of(earlier, later, school.astype(str))


def arms_of(case: Case, chosen: Any = True) -> Arms:
    arm = np.array(case["arm"])
    return Arms(*(sums_of(case, (arm == side) & chosen) for side in (1, 0)))


def _inference(found: Inference, expected: Mapping[str, Any]) -> Iterator[Two]:
    yield from named(found.estimate, expected, value="value", low="low", high="high")
    yield from named(found, expected, standard_error="se", t="t", df="df", p="p")


def _clustered(case: Case) -> Iterator[Two]:
    yield from _inference(mean_change_clustered(sums_of(case)), case["clustered"])


def _icc(case: Case) -> Iterator[Two]:
    found = icc_of_change(sums_of(case))
    yield found.untruncated, case["icc"]
    yield found.design_effect, 1 + (case["kish"] - 1) * max(0.0, case["icc"])


def _arm_effects(suffix: str, *, clustered: bool) -> Callable[[Case], Iterator[Two]]:
    def each(case: Case) -> Iterator[Two]:
        arms = arms_of(case)
        yield from _inference(difference_in_changes(arms, clustered=clustered), case[f"difference{suffix}"])
        yield from _inference(ancova(arms, clustered=clustered), case[f"ancova{suffix}"])

    return each


def _baseline(case: Case) -> Iterator[Two]:
    yield baseline_balance(arms_of(case)).difference, case["baseline"]


def _interaction(found: Subgroups, expected: Mapping[str, Any]) -> Iterator[Two]:
    yield from named(found.interaction, expected, f="f", df1="df1", df2="df2", p="p")


def _groups(case: Case) -> dict[str, Any]:
    group = np.array(case["group"])
    return {str(name): group == name for name in sorted(set(group.tolist()))}


def _welch(case: Case) -> Iterator[Two]:
    groups = {name: sums_of(case, chosen) for name, chosen in _groups(case).items()}
    yield from _interaction(compare_subgroups(groups, clustered=False), case["welch"])


def _hotelling(case: Case) -> Iterator[Two]:
    groups = {name: sums_of(case, chosen) for name, chosen in _groups(case).items()}
    yield from _interaction(compare_subgroups(groups, clustered=True), case["clustered"])
    arms = {name: arms_of(case, chosen) for name, chosen in _groups(case).items()}
    yield from _interaction(compare_subgroups(arms, clustered=True), case["arms_clustered"])


def table_of(case: Case) -> tuple[Any, Any]:
    """Scores with zeros where there are none, and where there are some."""
    scores = np.array([[np.nan if value is None else value for value in row] for row in case["scores"]])
    return np.nan_to_num(scores).astype(int), ~np.isnan(scores)


def _waves(case: Case) -> Iterator[tuple[WaveSums, Mapping[str, Any]]]:
    for kept in ("complete", "available"):
        if kept in case:
            yield WaveSums.of(*table_of(case), cases=kept), case[kept]


def _waves_alone(case: Case) -> Iterator[Two]:
    for sums, expected in _waves(case):
        for j, change in enumerate(changes_from_baseline(sums).changes):
            alone = change.alone
            yield change.n, expected["n"][j]
            yield alone.estimate.value, expected["value"][j]
            yield from ((getattr(alone, ours), expected[theirs][j]) for ours, theirs in ALONE.items())


ALONE = {"standard_error": "se", "t": "t", "df": "df", "p": "p"}


def _waves_together(case: Case) -> Iterator[Two]:
    """The share of samples that would be nearer to zero, of which p is the rest."""
    for sums, expected in _waves(case):
        correlation = _correlation(sums, range(sums.waves))
        assert correlation is not None
        for j, change in enumerate(changes_from_baseline(sums).changes):
            assert change.p_simultaneous is not None
            yield 1 - change.p_simultaneous, 1 - expected["p_together"][j]
            yield inside(2.5, correlation, change.n - 1), expected["within_2.5"][j]


def _mixed(case: Case) -> Iterator[Two]:
    scores, answered = table_of(case)
    for labels, expected in ((None, case["people"]), (case["school"], case["clustered"])):
        found = mixed_changes(scores, answered, labels)
        if expected["singular"]:  # lmer warns and goes on with a variance of zero
            assert found.method == MixedMethod.CR2
            continue
        assert found.failure is None
        for change, value, error in zip(found.changes, expected["value"], expected["se"], strict=True):
            yield change.value, value
            yield (change.high - change.low) / 2 / NORMAL, error
        yield from named(found, expected, sd_people="sd_people", sd_clusters="sd_clusters")


def _imputed(case: Case) -> Iterator[Two]:
    import pandas as pd

    frame = pd.DataFrame({name: case[name] for name in ("earlier", "later", "other")}).astype("float64")
    for seed in range(1, 5):
        found = impute_change(frame, earlier="earlier", later="later", seed=seed, imputations=200)
        yield found.estimate.value, case["mean"]
        yield (found.estimate.high - found.estimate.low) / 2 / 1.98, case["error"]


COMPARED_CLUSTERS: tuple[Compared, ...] = (
    Compared(
        "mean change of people in clusters: CR2, Satterthwaite's df, interval, p",
        "cluster",
        "R `clubSandwich::coef_test`, `conf_int`",
        _clustered,
    ),
    Compared("ICC of the change, design effect", "cluster", "R `anova`", _icc),
    Compared(
        "difference in changes, ANCOVA, people independent",
        "comparison",
        "R `lm`",
        _arm_effects("", clustered=False),
    ),
    Compared(
        "difference in changes, ANCOVA, clustered",
        "comparison",
        "R `clubSandwich::coef_test`, `conf_int`",
        _arm_effects("_clustered", clustered=True),
        1e-11,
        "R takes roots of matrices",
    ),
    Compared("baseline balance", "comparison", "R `effectsize::hedges_g`", _baseline),
    Compared("subgroups: interaction, people independent", "subgroups", "R `oneway.test`", _welch),
    Compared(
        "subgroups: interaction, clustered, also of arms (HTZ)",
        "subgroups",
        "R `clubSandwich::Wald_test`",
        _hotelling,
    ),
    Compared("several waves: each change alone", "waves", "R `t.test`", _waves_alone),
    Compared(
        "several waves: simultaneous p",
        "waves",
        "R `mvtnorm::pmvt`",
        _waves_together,
        1e-2,
        "both are sums of random points",
    ),
    Compared(
        "mixed model: changes, standard errors, SDs",
        "mixed",
        "R `lme4::lmer`",
        _mixed,
        5e-3,
        "two optimisers stop at slightly different variances",
    ),
    Compared(
        "mean change with imputed scores, standard error",
        "missing",
        'R `mice(method="pmm")`',
        _imputed,
        5e-2,
        "both draw at random: 200 imputations each",
        cases="imputed",
    ),
)
