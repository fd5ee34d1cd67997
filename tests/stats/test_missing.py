"""Alternatives for those left out, attrition, imputation: properties, and what has no value."""

from contextlib import suppress

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mande.errors import NotTestable
from mande.stats import PairCounts, mean_change
from mande.stats.imputation import combine_imputations, impute_change
from mande.stats.missing import Alternative, LeftOutScores, attrition, under_alternative

score = st.integers(5, 25)
people = st.lists(st.tuples(score, score), min_size=2, max_size=20)
by_score = st.dictionaries(score, st.integers(1, 5), max_size=5)


@given(people, by_score, by_score, st.integers(0, 4), st.booleans())
def test_the_cases_are_in_order_whichever_end_is_better(rows, earlier_only, later_only, neither, higher_is_better):
    pairs = PairCounts.of(*(np.array(wave) for wave in zip(*rows, strict=True)))
    worst, best = (5, 25) if higher_is_better else (25, 5)
    left = LeftOutScores(earlier_only, later_only, neither)
    sign = 1 if higher_is_better else -1

    def case(alternative: Alternative) -> float:
        return sign * under_alternative(pairs, left, alternative, worst=worst, best=best).value

    with suppress(NotTestable):
        assert case(Alternative.WORST_CASE) <= case(Alternative.NO_CHANGE) <= case(Alternative.BEST_CASE)


def test_complete_pairs_are_the_default_figure_and_nobody_left_out_changes_nothing():
    pairs = PairCounts.of([10, 12, 14, 9], [12, 12, 18, 10])
    for alternative in Alternative:
        found = under_alternative(pairs, LeftOutScores(), alternative, worst=5, best=25, steps_per_point=5)
        assert found == mean_change(pairs.changes(), steps_per_point=5)


def test_a_score_beyond_the_ends_is_refused():
    with pytest.raises(ValueError, match="outside of 25 to 5"):
        under_alternative(
            PairCounts.of([10, 12], [12, 15]), LeftOutScores({26: 1}), Alternative.WORST_CASE, worst=25, best=5
        )


def test_attrition_without_anyone_left_or_with_one_has_no_difference():
    nobody = attrition({10: 4, 11: 2}, {})
    assert (nobody.n_left, nobody.mean_left, nobody.difference, nobody.standardised) == (0, None, None, None)
    assert nobody.share_left.value == 0
    assert attrition({10: 4, 11: 2}, {12: 1}).mean_left == 12
    with pytest.raises(NotTestable, match="no_data"):
        attrition({}, {})


@given(by_score, by_score)
def test_exchanging_who_stayed_flips_the_difference(first, second):
    if not first and not second:
        return
    there, back = attrition(first, second), attrition(second, first)
    if there.difference is None or back.difference is None:
        assert there.difference is back.difference
    else:
        assert there.difference.low == pytest.approx(-back.difference.high)


def lossy(seed: int = 1, n: int = 80) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    trait = random.normal(size=n)
    frame = pd.DataFrame(
        {
            "harmony then": np.rint(14 + 3 * trait + random.normal(size=n)),
            "harmony now": np.rint(16 + 3 * trait + random.normal(size=n)),
            "age": np.rint(40 + 6 * random.normal(size=n)),
        }
    )
    frame.loc[random.random(n) < 0.3, "harmony now"] = np.nan
    frame.loc[random.random(n) < 0.1, "age"] = np.nan
    return frame


def imputed(frame: pd.DataFrame, **options: int):
    return impute_change(frame, earlier="harmony then", later="harmony now", seed=options.pop("seed", 1), **options)


def test_the_seed_fixes_the_result_and_leaves_the_rows_alone():
    frame = lossy()
    before = frame.copy()
    assert imputed(frame) == imputed(frame)
    assert imputed(frame) != imputed(frame, seed=2)
    pd.testing.assert_frame_equal(frame, before)


def test_without_gaps_it_is_the_t_interval():
    frame = lossy().dropna().astype("int64")
    change = (frame["harmony now"] - frame["harmony then"]).to_numpy()
    found = imputed(frame)
    plain = mean_change(PairCounts.of(np.zeros_like(change), change).changes())
    assert found.missing_share == pytest.approx(0, abs=1e-12)
    assert found.estimate.value == pytest.approx(plain.value)
    assert found.estimate.high == pytest.approx(plain.high, rel=0.01)  # Barnard-Rubin df are a little fewer than n - 1


def test_a_column_that_repeats_another_does_no_harm():
    frame = lossy()
    frame["again"] = frame["age"]
    frame["same for all"] = 1
    assert np.isfinite(imputed(frame).estimate.low)


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda frame: frame.iloc[:9], "too_few"),
        (lambda frame: frame.assign(**{"harmony then": 12.0}), "no_variance"),
        (lambda frame: frame.drop(columns="harmony now"), "no column harmony now"),
        (lambda frame: frame.assign(age=np.inf), "infinite"),
        (lambda frame: frame.assign(age="old"), "could not convert"),
    ],
)
def test_what_cannot_be_imputed_is_told(spoil, error):
    with pytest.raises((NotTestable, ValueError), match=error):
        imputed(spoil(lossy()))


def test_one_imputation_or_no_variance_cannot_be_combined():
    with pytest.raises(NotTestable, match="too_few"):
        combine_imputations([0.5], [0.1], complete_df=20)
    with pytest.raises(NotTestable, match="no_variance"):
        combine_imputations([0.5, 0.5], [0.0, 0.0], complete_df=20)
