"""What holds for every data set."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mande.stats import (
    ChangeCounts,
    Directions,
    ItemSums,
    PairCounts,
    ZeroRule,
    benjamini_hochberg,
    cronbach_alpha,
    d_av,
    d_rm,
    d_z,
    describe,
    direction_shares,
    hedges_correction,
    holm,
    item_rest_correlations,
    mean_change,
    omega_total,
    paired_t,
    rank_biserial,
    sign_test,
    signed_rank,
    wilson,
)

Rows = list[tuple[int, int]]
score = st.integers(5, 25)
people = st.lists(st.tuples(score, score), min_size=2, max_size=40)
p_values = st.lists(st.none() | st.floats(0, 1), max_size=12)
zero_rules = st.sampled_from(["wilcoxon", "pratt"])


def counted(rows: Rows) -> PairCounts:
    return PairCounts.of([earlier for earlier, _ in rows], [later for _, later in rows])


@st.composite
def varied(draw: st.DrawFn) -> Rows:
    rows = draw(people)
    assume(len({later - earlier for earlier, later in rows}) > 1)
    return rows


@st.composite
def moved(draw: st.DrawFn) -> Rows:
    rows = draw(people)
    assume(any(earlier != later for earlier, later in rows))
    return rows


@given(varied())
def test_swapping_the_waves_flips_every_sign_and_keeps_p(rows: Rows) -> None:
    pairs = counted(rows)
    changes, back = pairs.changes(), pairs.swapped().changes()
    assert describe(pairs.swapped()).mean_change == -describe(pairs).mean_change
    assert (paired_t(back).t, paired_t(back).p) == (-paired_t(changes).t, paired_t(changes).p)
    for estimate, mirrored in (
        (mean_change(changes), mean_change(back)),
        (d_z(changes), d_z(back)),
        (d_av(pairs), d_av(pairs.swapped())),
    ):
        assert (mirrored.value, mirrored.low, mirrored.high) == pytest.approx(
            (-estimate.value, -estimate.high, -estimate.low), rel=1e-10, abs=1e-10
        )


@given(moved(), zero_rules)
def test_swapping_the_waves_swaps_rank_sums_and_counts_and_keeps_p(rows: Rows, zeros: ZeroRule) -> None:
    there, back = (signed_rank(counted(r).changes(), zeros=zeros) for r in (rows, [(b, a) for a, b in rows]))
    assert back == replace(there, w_plus=there.w_minus, w_minus=there.w_plus)
    signs, back_signs = (sign_test(counted(r).changes()) for r in (rows, [(b, a) for a, b in rows]))
    assert back_signs == replace(signs, n_plus=signs.n_minus, n_minus=signs.n_plus)
    assert rank_biserial(back.w_plus, back.w_minus) == -rank_biserial(there.w_plus, there.w_minus)


@given(people, st.integers(0, 40))
def test_a_tally_of_two_halves_is_the_tally_of_the_whole(rows: Rows, cut: int) -> None:
    first, second = counted(rows[:cut]), counted(rows[cut:])
    assert first + second == counted(rows)
    assert first.changes() + second.changes() == counted(rows).changes()
    assert direction_shares(first.changes(), "higher") + direction_shares(
        second.changes(), "higher"
    ) == direction_shares(counted(rows).changes(), "higher")


@given(st.lists(st.tuples(score, score, score), min_size=1, max_size=20), st.integers(0, 20))
def test_item_sums_of_two_halves_are_those_of_the_whole(rows: list[tuple[int, int, int]], cut: int) -> None:
    answers = np.array(rows)
    assert ItemSums.of(answers[:cut]) + ItemSums.of(answers[cut:]) == ItemSums.of(answers)


@given(varied(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter_to_the_last_bit(rows: Rows, random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = counted(rows), counted(shuffled)
    assert one == other
    assert (d_av(one), mean_change(one.changes())) == (d_av(other), mean_change(other.changes()))


@given(varied(), st.integers(-50, 50))
def test_adding_a_constant_to_every_answer_changes_no_change(rows: Rows, constant: int) -> None:
    pairs = counted(rows)
    moved_up = counted([(earlier + constant, later + constant) for earlier, later in rows])
    assert moved_up.changes() == pairs.changes()
    assert d_av(moved_up) == d_av(pairs)
    assert describe(moved_up).r == describe(pairs).r


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=10).filter(any), zero_rules)
def test_exact_signed_rank_p_is_the_share_of_all_sign_patterns(values: list[int], zeros: ZeroRule) -> None:
    result = signed_rank(ChangeCounts.of(values), zeros=zeros)
    ranked = [abs(v) for v in values if v or zeros == "pratt"]
    ranks = [sum(o < abs(v) for o in ranked) + (sum(o == abs(v) for o in ranked) + 1) / 2 for v in values if v]
    middle = sum(ranks) / 2
    patterns = [sum(r for r, up in zip(ranks, ups, strict=True) if up) for ups in product((0, 1), repeat=len(ranks))]
    as_far = sum(abs(w - middle) >= abs(result.w_plus - middle) for w in patterns)
    assert result.w_plus + result.w_minus == sum(ranks)
    assert result.p == pytest.approx(as_far / len(patterns), rel=1e-14)


@given(varied())
def test_identities_of_the_standardised_changes(rows: Rows) -> None:
    pairs = counted(rows)
    changes, described = pairs.changes(), describe(pairs)
    assert d_z(changes).value == pytest.approx(paired_t(changes).t / pairs.n**0.5)
    assert described.sd_earlier is not None
    assert described.sd_later is not None
    assert described.sd_change is not None
    assert described.mean_change == pytest.approx(d_z(changes).value * described.sd_change)
    root_mean_variance = ((described.sd_earlier**2 + described.sd_later**2) / 2) ** 0.5
    assert described.mean_change == pytest.approx(d_av(pairs).value * root_mean_variance)


def test_d_rm_equals_d_av_when_both_waves_have_the_same_standard_deviation() -> None:
    pairs = PairCounts.of([1, 2, 3, 4, 5], [4, 3, 5, 7, 6])
    assert d_rm(pairs) == pytest.approx(d_av(pairs).value)


@given(varied())
def test_the_interval_of_the_mean_change_leaves_out_zero_exactly_when_t_rejects(rows: Rows) -> None:
    changes = counted(rows).changes()
    for estimate in (mean_change(changes), d_z(changes)):
        assume(abs(paired_t(changes).p - 0.05) > 1e-9)
        assert (estimate.low > 0 or estimate.high < 0) == (paired_t(changes).p < 0.05)


@given(st.integers(0, 200), st.integers(1, 200))
def test_wilson_lies_within_0_and_1_and_is_symmetric(successes: int, n: int) -> None:
    successes = min(successes, n)
    one, other = wilson(successes, n), wilson(n - successes, n)
    assert 0 <= one.low <= one.value <= one.high <= 1
    assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low))


@given(people)
def test_directions_add_up_to_everybody_and_turn_round_with_what_is_better(rows: Rows) -> None:
    changes = counted(rows).changes()
    up, down = direction_shares(changes, "higher"), direction_shares(changes, "lower")
    assert up.n == changes.n
    assert Directions(down.worse, down.same, down.improved) == up


@given(p_values)
def test_an_untestable_entry_leaves_the_family_and_stays_in_its_place(values: list[float | None]) -> None:
    for adjust in (holm, benjamini_hochberg):
        adjusted = adjust(values)
        assert [p is None for p in adjusted] == [p is None for p in values]
        assert [p for p in adjusted if p is not None] == adjust([p for p in values if p is not None])


@given(p_values)
def test_holm_is_at_least_bh_which_is_at_least_p_and_none_exceeds_1(values: list[float | None]) -> None:
    for p, by_bh, by_holm in zip(values, benjamini_hochberg(values), holm(values), strict=True):
        if p is not None and by_bh is not None and by_holm is not None:
            assert p <= by_bh * (1 + 1e-12)
            assert by_bh <= by_holm * (1 + 1e-12)
            assert by_holm <= 1


@given(st.integers(2, 100_000))
def test_hedges_correction_lies_below_1_near_its_usual_approximation(df: int) -> None:
    assert hedges_correction(df) < 1
    assert hedges_correction(df) == pytest.approx(1 - 3 / (4 * df - 1), abs=0.06 / df**2)


def test_alpha_of_items_that_are_copies_is_1() -> None:
    assert cronbach_alpha(ItemSums.of([[1, 1, 1], [2, 2, 2], [5, 5, 5]])).value == 1.0
    assert item_rest_correlations(ItemSums.of([[1, 1, 1], [2, 2, 2], [5, 5, 5]])) == [1.0, 1.0, 1.0]


def test_alpha_and_omega_agree_when_items_measure_equally_well() -> None:
    trait = np.repeat(np.arange(4), 8)
    noise = np.array(list(product((-1, 1), repeat=3)) * 4)  # every pattern at every level: correlations all equal
    items = ItemSums.of(2 * trait[:, np.newaxis] + noise)
    assert omega_total(items).value == pytest.approx(cronbach_alpha(items).value, abs=1e-12)


def test_item_sums_of_narrow_integers_do_not_overflow():
    answers = np.full((5000, 2), 5, dtype=np.int16)  # 5000 · 25 is beyond 16 bits
    assert ItemSums.of(answers) == ItemSums.of(answers.astype(np.int64))
    assert ItemSums.of(answers).products[0, 1] == 125_000
