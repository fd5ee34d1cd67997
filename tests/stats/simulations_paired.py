"""The simulations of paired scores, shares and alpha: of normal scores, and of answers with ties and ceilings."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mande.stats import (
    ChangeCounts,
    ItemSums,
    PairCounts,
    attrition_by_arm,
    cronbach_alpha,
    d_av,
    d_z,
    mean_change,
    paired_t,
    sign_test,
    signed_rank,
    wilson,
)
from tests.stats.simulating import ERROR, FALSE_ALARM, HOLDS, Design, Simulation, designs, holds

__all__ = ["PAIRED"]

Random = np.random.Generator
Draw = Callable[[], bool]

FINE = 1000  # steps to a standard deviation, so that integers stand for normal scores


def normal_waves(random: Random, n: int, *, d: float, r: float, sd_ratio: float = 1.0) -> PairCounts:
    """Normal scores, later minus earlier being d root mean variances."""
    first, second = random.standard_normal((2, n))
    later = sd_ratio * (r * first + np.sqrt(1 - r * r) * second) + d * np.sqrt((1 + sd_ratio**2) / 2)
    return PairCounts.of(np.rint(FINE * first).astype(int), np.rint(FINE * later).astype(int))


def answered(random: Random, n: int, mean: float, items: int) -> ChangeCounts:
    """Changes of sums of 1-to-5 answers, many ties and zeros; both waves have the same distribution."""
    trait = random.standard_normal(n)
    waves = (
        np.clip(np.rint(mean + 0.8 * trait[:, None] + 0.8 * random.standard_normal((n, items))), 1, 5).sum(axis=1)
        for _ in range(2)
    )
    earlier, later = (wave.astype(int) for wave in waves)
    return ChangeCounts.of(later - earlier)


def _mean_change(random: Random, design: Design) -> Draw:
    if "r" in design:
        return lambda: holds(
            mean_change(normal_waves(random, design["n"], d=0.5, r=design["r"]).changes(), steps_per_point=FINE), 0.5
        )
    return lambda: holds(mean_change(answered(random, design["n"], 4.5, design["items at the ceiling"])), 0.0)


def _d_z(random: Random, design: Design) -> Draw:
    n, true = design["n"], design["true d"]
    return lambda: holds(d_z(ChangeCounts.of(np.rint(FINE * (random.standard_normal(n) + true)).astype(int))), true)


def _d_av(random: Random, design: Design) -> Draw:
    n, true, (r, ratio) = design["n"], design["true d"], design["r, ratio of SDs"]
    return lambda: holds(d_av(normal_waves(random, n, d=true, r=r, sd_ratio=ratio)), true)


def _alpha(random: Random, design: Design) -> Draw:
    n, (items, loading) = design["n"], design["items, loading"]
    true = items * loading**2 / (1 + (items - 1) * loading**2)

    def draw() -> bool:
        own = np.sqrt(1 - loading**2) * random.standard_normal((n, items))
        shared = loading * random.standard_normal((n, 1))
        return holds(cronbach_alpha(ItemSums.of(np.rint(FINE * (shared + own)).astype(int))), true)

    return draw


def _paired_t(random: Random, design: Design) -> Draw:
    return lambda: paired_t(answered(random, design["n"], design["mean answer"], 5)).p <= 0.05


def _signed_rank(random: Random, design: Design) -> Draw:
    return lambda: signed_rank(answered(random, design["n"], 3.5, 5), zeros=design["zeros"]).p <= 0.05


def _few(random: Random, design: Design) -> Draw:
    return lambda: signed_rank(answered(random, design["n"], 3.5, design["items"])).p <= 0.05


def _sign(random: Random, design: Design) -> Draw:
    return lambda: sign_test(answered(random, design["n"], 3.5, design["items"])).p <= 0.05


def _wilson(random: Random, design: Design) -> Draw:
    def draw() -> bool:
        true = float(random.random())
        return holds(wilson(int(random.binomial(design["n"], true)), design["n"]), true)

    return draw


def _lost(random: Random, design: Design) -> Draw:
    started, shares = design["started"], design["lost"]

    def draw() -> bool:
        stayed = [n - int(random.binomial(n, share)) for n, share in zip(started, shares, strict=True)]
        found = attrition_by_arm(started=(started[0], started[1]), analysed=(stayed[0], stayed[1]))
        return holds(found.difference, shares[0] - shares[1])

    return draw


PAIRED: tuple[Simulation, ...] = (
    Simulation(
        "mean_change",
        "paired.mean_change",
        HOLDS,
        designs(n=(10, 30, 100, 500), r=(0.2, 0.5, 0.8)),
        _mean_change,
        "Normal scores.",
    ),
    Simulation(
        "mean_change_ceiling",
        "paired.mean_change",
        HOLDS,
        designs(n=(20, 60, 200), **{"items at the ceiling": (1, 5)}),
        _mean_change,
        "Sums of answers from 1 to 5 of which many are 5. Samples in which nobody changed have no value.",
    ),
    Simulation(
        "paired_t",
        "paired.paired_t",
        FALSE_ALARM,
        designs(n=(10, 30, 100, 500), **{"mean answer": (3.0, 4.5)}),
        _paired_t,
        "Sums of five answers from 1 to 5, with ties and, at 4.5, a ceiling.",
        promise=ERROR,
    ),
    Simulation(
        "signed_rank",
        "signs.signed_rank",
        FALSE_ALARM,
        designs(n=(20, 60, 200, 700), zeros=("wilcoxon", "pratt")),
        _signed_rank,
        "Sums of five answers: exact up to EXACT_UP_TO people who changed, normal beyond.",
        promise=ERROR,
    ),
    Simulation(
        "signed_rank_few",
        "signs.signed_rank",
        FALSE_ALARM,
        designs(n=(6, 10, 15), items=(1, 5)),
        _few,
        "An exact test of few people has few possible p values, so it rejects less often than it might; never more.",
        promise=(0.0, 0.06),
    ),
    Simulation(
        "sign_test",
        "signs.sign_test",
        FALSE_ALARM,
        designs(n=(10, 30, 100, 500), items=(1, 5)),
        _sign,
        "It has few possible p values, so it rejects less often than it might; never more.",
        promise=(0.0, 0.06),
    ),
    Simulation(
        "d_z",
        "effect.d_z",
        HOLDS,
        designs(n=(5, 10, 30, 100), **{"true d": (0.0, 0.5, 1.2)}),
        _d_z,
        "Normal changes: the noncentral-t interval is exact.",
    ),
    Simulation(
        "d_av",
        "effect.d_av",
        HOLDS,
        designs(
            n=(8, 20, 60, 500),
            **{"true d": (0.0, 0.5, 1.2), "r, ratio of SDs": ([0.2, 1.0], [0.8, 1.0], [0.5, 1.5])},
        ),
        _d_av,
        "Normal scores, Bonett's interval.",
    ),
    Simulation(
        "cronbach_alpha",
        "reliability.cronbach_alpha",
        HOLDS,
        designs(n=(10, 30, 200), **{"items, loading": ([3, 0.7], [5, 0.5], [10, 0.8])}),
        _alpha,
        "Normal answers to items that measure equally well, as Feldt's interval assumes.",
    ),
    Simulation(
        "wilson",
        "shares.wilson",
        HOLDS,
        designs(n=(10, 31, 72, 500)),
        _wilson,
        "On average over true shares from 0 to 1. At a single share it may cover less, as little as 83 % below 1/n.",
        replicates=10_000,
    ),
    Simulation(
        "attrition_by_arm",
        "comparison.attrition_by_arm",
        HOLDS,
        designs(started=([30, 30], [100, 40], [200, 200]), lost=([0.1, 0.1], [0.3, 0.15], [0.5, 0.2])),
        _lost,
        "The difference of the two shares; Newcombe's interval is a little wide where few are lost.",
        promise=(0.935, 0.975),
    ),
)
