"""The figures of two data sets, to the last digit in which they are stated."""

import csv
import math
from pathlib import Path

import pytest

from mande.stats import (
    ChangeCounts,
    Directions,
    ItemSums,
    PairCounts,
    cronbach_alpha,
    d_av,
    d_rm,
    d_z,
    describe,
    direction_shares,
    hedges_correction,
    holm,
    paired_t,
    percent_change,
    pomp,
    rank_biserial,
    sign_test,
    signed_rank,
)

THEN = [12, 14, 10, 15, 11, 13, 12, 16, 9, 14, 13, 12, 10, 15, 14, 11, 13, 12, 14, 10]
NOW = [14, 14, 13, 16, 11, 15, 13, 16, 12, 13, 15, 12, 12, 15, 16, 13, 14, 12, 13, 13]
PAIRS = PairCounts.of(THEN, NOW)
CHANGES = PAIRS.changes()


def test_twenty_pairs_signed_rank_with_zeros_dropped() -> None:
    result = signed_rank(CHANGES)
    assert (result.w_plus, result.w_minus, result.n_nonzero, result.n_zero) == (99.0, 6.0, 14, 6)
    assert round(result.p, 6) == 0.001953
    assert result.method == "exact_conditional"
    assert round(rank_biserial(result.w_plus, result.w_minus), 4) == 0.8857


def test_twenty_pairs_signed_rank_by_pratt() -> None:
    assert round(signed_rank(CHANGES, zeros="pratt").p, 6) == 0.002686


def test_twenty_pairs_signed_rank_above_the_exact_limit_is_normal_without_continuity_correction() -> None:
    result = signed_rank(CHANGES, exact_up_to=13)
    assert (round(result.p, 6), result.method) == (0.003052, "normal_tie_corrected")


def test_twenty_pairs_signed_rank_does_not_ignore_ties() -> None:
    ignoring_ties = {0.001709, 0.012079}  # scipy.stats.wilcoxon(method="exact")
    assert not ignoring_ties & {round(signed_rank(CHANGES, zeros=rule).p, 6) for rule in ("wilcoxon", "pratt")}


def test_twenty_pairs_sign_test() -> None:
    assert round(sign_test(CHANGES).p, 6) == 0.012939


def test_twenty_pairs_effect_sizes() -> None:
    estimate = d_z(CHANGES)
    assert round(estimate.value, 4) == 0.8503
    assert (round(estimate.low, 6), round(estimate.high, 6)) == (0.328175, 1.356088)
    assert round(d_av(PAIRS).value, 4) == 0.6356
    assert round(d_rm(PAIRS), 4) == 0.6087
    assert describe(PAIRS).r == pytest.approx(0.744, abs=0.0005)


def test_twenty_pairs_hedges_correction() -> None:
    assert round(hedges_correction(19), 6) == 0.959910
    assert round(hedges_correction(19) * d_z(CHANGES).value, 6) == 0.816181


# construct: n, mean and SD then, mean and SD now, change and SD, t, df, d_z, rank-biserial, improved/same/worse, alphas
AIGUESSR = {
    "mat": (31, "2.8000", "0.757188", "3.883871", "0.709505", "1.083871", "0.638277", "9.454729", 30, "1.698119",
            "1.0000", Directions(29, 2, 0), "0.7065", "0.7681"),
    "imp": (30, "3.2000", "0.729312", "4.266667", "0.803906", "1.066667", "0.643044", "9.085495", 29, "1.658777",
            "0.979310", Directions(28, 1, 1), "0.6991", "0.8570"),
    "eff": (30, "2.388889", "0.793090", "3.600000", "0.755060", "1.211111", "0.663691", "9.994910", 29, "1.824813",
            "1.0000", Directions(28, 2, 0), "0.7626", "0.7708"),
}  # fmt: skip
HOLM = {"mat": 3.32183e-10, "imp": 5.54951e-10, "eff": 2.00296e-10}
ITEMS = {"mat": 5, "imp": 4, "eff": 3}
FILE = Path(__file__).parents[2] / "sample_data" / "aiguessr" / "data_site_a_items.csv"


def answers_of_both_waves(construct: str) -> list[tuple[list[int], list[int]]]:
    """Answers then and now of the people who gave all of them."""
    with FILE.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    columns = [f"{construct}{item}" for item in range(1, ITEMS[construct] + 1)]
    complete = [row for row in rows if all(row[f"{c}_pre"] and row[f"{c}_post"] for c in columns)]
    return [tuple([int(float(row[f"{c}_{w}"])) for c in columns] for w in ("pre", "post")) for row in complete]  # type: ignore[misc]


def scores(construct: str) -> tuple[PairCounts, int]:
    """Mean scores on the common denominator lcm(1..k), as integers, and that denominator."""
    steps = math.lcm(*range(1, ITEMS[construct] + 1))
    both = answers_of_both_waves(construct)
    earlier, later = ([sum(wave[side]) * steps // ITEMS[construct] for wave in both] for side in (0, 1))
    return PairCounts.of(earlier, later), steps


def as_printed(value: float | None, printed: str) -> str:
    assert value is not None
    return f"{value:.{len(printed.partition('.')[2])}f}"


@pytest.mark.parametrize("construct", AIGUESSR)
def test_aiguessr_table(construct: str) -> None:
    n, *printed_means, t, df, printed_d, printed_rank, directions, alpha_then, alpha_now = AIGUESSR[construct]
    pairs, steps = scores(construct)
    changes = pairs.changes()
    found = describe(pairs, steps_per_point=steps)
    means = (found.mean_earlier, found.sd_earlier, found.mean_later, found.sd_later, found.mean_change, found.sd_change)
    assert found.n == n
    assert [as_printed(*pair) for pair in zip(means, printed_means, strict=True)] == printed_means
    assert (as_printed(paired_t(changes).t, t), paired_t(changes).df) == (t, df)
    assert as_printed(d_z(changes).value, printed_d) == printed_d
    ranks = signed_rank(changes)
    assert as_printed(rank_biserial(ranks.w_plus, ranks.w_minus), printed_rank) == printed_rank
    assert direction_shares(changes, "higher") == directions
    then, now = (ItemSums.of([both[wave] for both in answers_of_both_waves(construct)]) for wave in (0, 1))
    assert as_printed(cronbach_alpha(then).value, alpha_then) == alpha_then
    assert as_printed(cronbach_alpha(now).value, alpha_now) == alpha_now


def test_aiguessr_holm_over_the_three_constructs() -> None:
    adjusted = holm([paired_t(scores(construct)[0].changes()).p for construct in HOLM])
    assert [float(f"{p:.6g}") for p in adjusted if p is not None] == list(HOLM.values())


def test_aiguessr_efficacy_has_five_percentages_each_of_something_else() -> None:
    pairs, steps = scores("eff")
    found = describe(pairs, steps_per_point=steps)
    people = [(sum(then), sum(now)) for then, now in answers_of_both_waves("eff")]
    assert round(percent_change(found.mean_earlier, found.mean_later)) == 51
    assert round(percent_change(found.mean_earlier - 1, found.mean_later - 1)) == 87
    assert round(sum(now / then - 1 for then, now in people) / len(people) * 100) == 64
    improved = direction_shares(pairs.changes(), "higher")
    assert round(improved.improved / improved.n * 100) == 93
    assert round(pomp(found.mean_change, 1, 5)) == 30


def test_exact_scores_tie_where_floating_means_do_not() -> None:
    floating = {(4 + 4 + 5) / 3 - (3 + 3 + 4) / 3, (2 + 2 + 3) / 3 - (1 + 1 + 2) / 3, 1.0}
    assert len(floating) > 1
    assert ChangeCounts.of([26 - 20, 14 - 8, 6]).change.size == 1
