"""The simulations of resampling, permutation, pooling, planning, measurement, agreement and imputation."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from mande.stats import ItemSums, PairCounts
from mande.stats.agreement import bland_altman, icc_agreement
from mande.stats.imputation import impute_change
from mande.stats.measurement import wording_contrast
from mande.stats.missing import attrition
from mande.stats.omega import omega_interval
from mande.stats.permutation import permute_arms, permute_signs
from mande.stats.planning import plan_size
from mande.stats.pooling import pool_results
from mande.stats.reliability import omega_total
from mande.stats.resampling import FIGURES, bootstrap, bootstrap_clusters
from tests.stats.simulating import ERROR, FALSE_ALARM, HOLDS, Design, Simulation, designs, holds, population
from tests.stats.simulations_paired import PAIRED

Random = np.random.Generator
Draw = Callable[[], bool]


def _bootstrap(random: Random, design: Design) -> Draw:
    everyone = population(random, shape=design["scores"], r=design["r"])
    figure, n = FIGURES[design["figure"]], design["n"]
    whole = PairCounts.of(everyone[:, 0], everyone[:, 1])
    truth = float(figure(whole.earlier, whole.later, whole.count[np.newaxis].astype(float))[0])

    def draw() -> bool:
        people = everyone[random.integers(0, len(everyone), n)]
        pairs = PairCounts.of(people[:, 0], people[:, 1])
        return holds(bootstrap(pairs, figure, seed=int(random.integers(2**31)), replicates=999).estimate, truth)

    return draw


def _clustered(random: Random, schools: int, icc: float, *, skewed: bool = False) -> tuple[Any, Any]:
    """Changes of 8 to 35 people a school in steps of a hundredth, mean zero; and the school of each."""
    school = np.repeat(np.arange(schools), random.integers(8, 36, schools))
    own, shared = random.normal(size=school.size), random.normal(size=schools)[school]
    if skewed:
        own, shared = random.exponential(size=school.size) - 1, (random.exponential(size=schools) - 1)[school]
    change = math.sqrt(1 - icc) * own + math.sqrt(icc) * shared
    return np.rint(100 * change).astype(np.int64), school


def _cluster_bootstrap(random: Random, design: Design) -> Draw:
    def draw() -> bool:
        change, school = _clustered(random, design["schools"], 0.1)
        coarse = change // 25
        clusters = [
            PairCounts.of(np.zeros((school == k).sum(), int), coarse[school == k]) for k in set(school.tolist())
        ]
        found = bootstrap_clusters(clusters, seed=int(random.integers(2**31)), replicates=499)
        return holds(found.estimate, -0.48)  # rounding down to 25 takes 12 of 25 away

    return draw


def _signs(random: Random, design: Design) -> Draw:
    def draw() -> bool:
        change, school = _clustered(random, design["schools"], 0.1, skewed=design["changes"] == "skewed")
        sums = np.bincount(school, weights=change).astype(np.int64)
        return permute_signs(sums, seed=int(random.integers(2**31)), replicates=999).p <= 0.05

    return draw


def _arms(random: Random, design: Design) -> Draw:
    def draw() -> bool:
        change, school = _clustered(random, design["schools"], 0.1, skewed=design["changes"] == "skewed")
        sums, people = np.bincount(school, weights=change).astype(np.int64), np.bincount(school)
        arm = np.zeros(people.size, dtype=np.int64)
        arm[random.permutation(people.size)[: design["in programme"]]] = 1
        return permute_arms(sums, people, arm, seed=int(random.integers(2**31)), replicates=999).p <= 0.05

    return draw


def _pooled(random: Random, design: Design) -> Draw:
    k, tau = design["results"], design["tau"]

    def draw() -> bool:
        errors: Any = random.uniform(0.05, 0.25, k)
        values = 0.3 + np.sqrt(errors**2 + tau**2) * random.normal(size=k)
        return holds(pool_results(values.tolist(), errors.tolist()).mean, 0.3)

    return draw


def _planned(random: Random, design: Design) -> Draw:
    plan = plan_size(design["change"], 1.0, per_school=design["per school"], icc=design["icc"])
    schools, size = plan.schools or 1, design["per school"]
    from scipy.special import stdtrit

    critical = float(stdtrit(schools - 1, 0.975))
    sd = math.sqrt(design["icc"] + (1 - design["icc"]) / size)

    def draw() -> bool:
        means = design["change"] + sd * random.normal(size=schools)
        return abs(means.mean()) / (means.std(ddof=1) / math.sqrt(schools)) > critical

    return draw


def _answers(random: Random, n: int, strength: Any) -> Any:
    trait = random.normal(size=(n, 1))
    noise = random.normal(size=(n, len(strength)))
    return np.clip(np.rint(3 + 1.1 * (strength * trait + np.sqrt(1 - strength**2) * noise)), 1, 5).astype(np.int64)


def _omega(random: Random, design: Design) -> Draw:
    strength = np.array({"equal": [0.7] * 5, "unequal": [0.4, 0.5, 0.6, 0.7, 0.8]}[design["items"]])
    truth = omega_total(ItemSums.of(_answers(random, 400_000, strength))).value
    return lambda: holds(omega_interval(ItemSums.of(_answers(random, design["n"], strength))), truth)


def _wording(random: Random, design: Design) -> Draw:
    strength = np.array([0.4, 0.5, 0.6, 0.7, 0.8])
    kind = [False, True, False, True, True]

    def draw() -> bool:
        changes = _answers(random, design["n"], strength) - _answers(random, design["n"], strength)
        return holds(wording_contrast(ItemSums.of(changes), kind).difference, 0.0)

    return draw


def _family(random: Random, design: Design, shift: float = 0.0) -> PairCounts:
    family, own = random.normal(size=(design["families"], 1)), random.normal(size=(design["families"], 2))
    changes = math.sqrt(design["icc"]) * family + math.sqrt(1 - design["icc"]) * own + [0, shift]
    steps = np.rint(10 * changes).astype(np.int64)
    return PairCounts.of(steps[:, 0], steps[:, 1])


def _icc(random: Random, design: Design) -> Draw:
    truth = design["icc"] / (1 + 1 / 1200)  # rounding to tenths adds 1/1200 to the variance
    which = design["kind"]
    return lambda: holds(getattr(icc_agreement(_family(random, design)), which), truth)


def _limits(random: Random, design: Design) -> Draw:
    truth = 5 + 1.959964 * math.sqrt(200 * (1 - design["icc"]) + 2 / 12)
    return lambda: holds(bland_altman(_family(random, design, 0.5)).upper_limit, truth)


def _imputed(random: Random, design: Design) -> Draw:
    n = design["n"]

    def draw() -> bool:
        trait: Any = random.normal(size=n)
        other = trait + random.normal(size=n)
        scores = trait[:, np.newaxis] * 3 + 2 * random.normal(size=(n, 2)) + [14, 16]
        frame = pd.DataFrame({"a": np.rint(scores[:, 0]), "b": np.rint(scores[:, 1]), "other": other})
        chance = 0.3 if design["leaving"] == "by chance" else 1 / (1 + np.exp(1 - other))
        frame.loc[random.random(n) < chance, "b"] = np.nan
        options: dict[str, int] = {"imputations": 10, "rounds": 3, "seed": int(random.integers(2**31))}
        return holds(impute_change(frame, earlier="a", later="b", **options).estimate, 2.0)

    return draw


def _attrition(random: Random, design: Design) -> Draw:
    def counts(n: int, sd: float) -> dict[int, int]:
        values, people = np.unique(np.rint(14 + sd * random.normal(size=n)).astype(int), return_counts=True)
        return dict(zip(values.tolist(), people.tolist(), strict=True))

    def draw() -> bool:
        difference = attrition(counts(design["stayed"], 3), counts(design["left"], 5)).difference
        return difference is not None and holds(difference, 0.0)

    return draw


BCA = "samples whose 95 % BCa interval holds the population's value"

SIMULATIONS: tuple[Simulation, ...] = (
    Simulation(
        "bootstrap_mean",
        "resampling.bootstrap",
        BCA,
        designs(figure=("mean_change",), n=(10, 20, 50, 200), scores=("plain", "ceiling", "few answers"), r=(0.5,)),
        _bootstrap,
        "A large-sample interval: it covers too little below about 50 people. For a mean, the t interval is better.",
        promised=lambda design: design["n"] >= 200,
        replicates=2_000,
    ),
    Simulation(
        "bootstrap_d_av",
        "resampling.bootstrap",
        BCA,
        designs(figure=("d_av",), n=(10, 50, 200), scores=("plain", "ceiling"), r=(0.2, 0.8)),
        _bootstrap,
        "With ten people it covers too little, from 50 on it is near to 95 %. A check of Bonett's interval, which is"
        " the one that is printed; nothing is promised.",
        promise=None,
        replicates=700,
    ),
    Simulation(
        "bootstrap_median",
        "resampling.bootstrap",
        BCA,
        designs(figure=("median_change",), n=(20, 50, 200), scores=("plain", "few answers"), r=(0.5,)),
        _bootstrap,
        "A median of whole steps jumps, so coverage is mostly above 95 %, up to 99.9 %. Nothing is promised.",
        promise=None,
        replicates=1_000,
    ),
    Simulation(
        "bootstrap_clusters",
        "resampling.bootstrap_clusters",
        HOLDS,
        designs(schools=(5, 10, 20, 40), icc=(0.1,)),
        _cluster_bootstrap,
        "With fewer than 20 to 40 schools it covers too little, and nothing is promised: report the CR2 interval.",
        promise=None,
        replicates=1_000,
    ),
    Simulation(
        "permute_signs",
        "permutation.permute_signs",
        FALSE_ALARM,
        designs(schools=(6, 8, 12, 18, 40), changes=("normal", "skewed")),
        _signs,
        "With few schools p moves in steps of 2 / 2^c, so the rate lies below .05 (6 schools: 2/64). Changes as skewed"
        " as an exponential distribution break the symmetry that it assumes; nothing is promised for them.",
        promise=ERROR,
        promised=lambda design: design["schools"] >= 8 and design["changes"] == "normal",
    ),
    Simulation(
        "permute_arms",
        "permutation.permute_arms",
        FALSE_ALARM,
        (
            *({"schools": 8, "in programme": 3, "changes": changes} for changes in ("normal", "skewed")),
            *({"schools": 12, "in programme": 6, "changes": changes} for changes in ("normal", "skewed")),
            *({"schools": 30, "in programme": 15, "changes": changes} for changes in ("normal", "skewed")),
        ),
        _arms,
        "Exact when schools are dealt to the arms at random; with 3 of 8 p moves in steps of 1/56.",
        promise=ERROR,
        promised=lambda design: design["schools"] >= 12,
    ),
    Simulation(
        "pool_results",
        "pooling.pool_results",
        HOLDS,
        designs(results=(2, 3, 5, 10, 30), tau=(0.0, 0.1, 0.3)),
        _pooled,
        "Standard errors .05 to .25. Where true results differ by less than these, tau² is often estimated as 0 and"
        " coverage falls to about 92.5 %; with three results to about 93 %. Nothing is promised there.",
        promised=lambda design: design["results"] >= 5 and design["tau"] != 0.1,
    ),
    Simulation(
        "plan_size",
        "planning.plan_size",
        "samples of the planned size in which the change is found",
        (
            {"change": 0.3, "icc": 0.05, "per school": 20},
            {"change": 0.3, "icc": 0.2, "per school": 10},
            {"change": 0.5, "icc": 0.1, "per school": 16},
            {"change": 0.8, "icc": 0.1, "per school": 16},
        ),
        _planned,
        "80 % asked for; the rate lies above it by what rounding up to whole schools gives, most with few schools.",
        promise=(0.785, 0.95),
        replicates=10_000,
    ),
    Simulation(
        "omega_interval",
        "omega.omega_interval",
        HOLDS,
        designs(n=(20, 50, 100, 300), items=("equal", "unequal")),
        _omega,
        "Five items answered 1 to 5. A large-sample interval: in the band from about 100 people on, near it from 50.",
        promised=lambda design: design["n"] >= 100,
        replicates=1_500,
    ),
    Simulation(
        "wording_contrast",
        "measurement.wording_contrast",
        HOLDS,
        designs(n=(10, 30, 100)),
        _wording,
        "A t interval of each person's difference.",
    ),
    Simulation(
        "icc_agreement",
        "agreement.icc_agreement",
        HOLDS,
        designs(kind=("agreement", "consistency"), families=(10, 30, 200), icc=(0.2, 0.5, 0.8)),
        _icc,
        "Normal changes. Consistency is exact; agreement is an approximation that keeps near to 95 %.",
        replicates=3_000,
    ),
    Simulation(
        "bland_altman",
        "agreement.bland_altman",
        HOLDS,
        designs(families=(10, 30, 200), icc=(0.2, 0.8)),
        _limits,
        "The upper limit of agreement; exact for normal differences.",
    ),
    Simulation(
        "impute_change",
        "imputation.impute_change",
        HOLDS,
        designs(n=(60, 200), leaving=("by chance", "by another answer")),
        _imputed,
        "About 30 % without a later score. In small samples predictive mean matching has few people to take values"
        " from, and covers a little too little: nothing is promised below 200.",
        promised=lambda design: design["n"] >= 200,
        replicates=1_000,
    ),
    Simulation(
        "attrition",
        "missing.attrition",
        HOLDS,
        ({"stayed": 40, "left": 8}, {"stayed": 20, "left": 20}, {"stayed": 300, "left": 60}),
        _attrition,
        "Welch's interval, standard deviations 3 and 5.",
    ),
    *PAIRED,
)

if __name__ == "__main__":
    for simulation in SIMULATIONS:
        if not sys.argv[1:] or simulation.name in sys.argv[1:]:
            simulation.write()
