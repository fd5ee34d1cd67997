"""Changes: the public frame, the real data set figure by figure, and what has no value says why."""

import math

import pandas as pd
import pytest

from mande import ColumnNames, measure_change, read_responses, score
from mande.catalog import Room, room_folder
from mande.change import COLUMNS
from mande.errors import Reason
from tests.small import forms


@pytest.fixture(scope="module")
def aiguessr() -> pd.DataFrame:
    path = room_folder(Room.SAMPLES) / "aiguessr" / "data_site_a_items.csv"
    responses = read_responses(path, "aiguessr", ColumnNames(id="participant"))
    return measure_change(score(responses)).to_frame().set_index("construct")


CONTRACT = """
respondent, construct, earlier, later, group, n, n_left_out, mean_earlier, sd_earlier, mean_later, sd_later, r,
mean_change, ci_low, ci_high, t, df, p_t, w_plus, w_minus, n_zero, p_wilcoxon, p_sign, improved, same, worse,
at_best_earlier, at_best_later, pomp_change, d_z, d_z_low, d_z_high, d_av, d_av_low, d_av_high, rank_biserial,
p_adjusted, alpha_earlier, alpha_later, note, clusters, icc, ci_low_clustered, ci_high_clustered, se_clustered,
t_clustered, df_clustered, p_clustered
"""


def test_the_columns_are_the_public_contract():
    assert ", ".join(COLUMNS) == " ".join(CONTRACT.split())


# The published table, as printed: construct, then figure and value to the last digit given.
PUBLISHED = {
    "materiality": {
        "n": "31", "mean_earlier": "2.8000", "sd_earlier": "0.757188", "mean_later": "3.883871", "sd_later": "0.709505",
        "mean_change": "1.083871", "t": "9.454729", "df": "30", "d_z": "1.698119", "rank_biserial": "1.0000",
        "p_adjusted": "3.32183e-10", "improved": "29", "same": "2", "worse": "0", "alpha_earlier": "0.7065",
        "alpha_later": "0.7681",
    },
    "impact": {
        "n": "30", "mean_earlier": "3.2000", "sd_earlier": "0.729312", "mean_later": "4.266667", "sd_later": "0.803906",
        "mean_change": "1.066667", "t": "9.085495", "df": "29", "d_z": "1.658777", "rank_biserial": "0.979310",
        "p_adjusted": "5.54951e-10", "improved": "28", "same": "1", "worse": "1", "alpha_earlier": "0.6991",
        "alpha_later": "0.8570",
    },
    "efficacy": {
        "n": "30", "mean_earlier": "2.388889", "sd_earlier": "0.793090", "mean_later": "3.600000",
        "sd_later": "0.755060", "mean_change": "1.211111", "t": "9.994910", "df": "29", "d_z": "1.824813",
        "rank_biserial": "1.0000", "p_adjusted": "2.00296e-10", "improved": "28", "same": "2", "worse": "0",
        "alpha_earlier": "0.7626", "alpha_later": "0.7708",
    },
}  # fmt: skip


def as_printed(value: float, like: str) -> str:
    if "e" in like:
        return f"{value:.{len(like.split('e', maxsplit=1)[0].split('.')[1])}e}"
    return f"{value:.{len(like.partition('.')[2])}f}"


@pytest.mark.parametrize(
    ("construct", "figure", "printed"),
    [(construct, *figure) for construct, figures in PUBLISHED.items() for figure in figures.items()],
)
def test_the_real_retrospective_pretest_is_reproduced_to_the_last_digit(aiguessr, construct, figure, printed):
    assert as_printed(float(aiguessr.loc[construct, figure]), printed) == printed


def test_people_left_out_are_counted(aiguessr):
    assert (aiguessr.n + aiguessr.n_left_out).tolist() == [34, 34, 34]


def test_where_lower_is_better_going_down_is_improving_and_the_sign_stays(read_mini):
    rows = [[f"P{i}", "s", 1, 2, 5, 5, 3, 4, 4, now] for i, now in enumerate([1, 2, 3, 4, 5, 2])]
    quarrels = measure_change(score(read_mini(rows)))[1]
    assert (quarrels.direction.improved, quarrels.direction.same, quarrels.direction.worse) == (4, 1, 1)
    assert quarrels.mean_change.value < 0
    assert quarrels.effects.d_z.value < 0
    assert quarrels.at_best_earlier == 0
    assert quarrels.at_best_later == pytest.approx(1 / 6)


def test_those_already_at_the_best_score_could_not_improve(read_mini):
    rows = [
        [f"P{i}", "s", 1, 2, 5, 5, 3, 4, then, now] for i, (then, now) in enumerate([(1, 1), (1, 2), (3, 1), (4, 4)])
    ]
    direction = measure_change(score(read_mini(rows)))[1].direction
    assert (direction.able, direction.improved) == (2, 1)
    assert direction.improved_of_able.value == 1 / 2


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([], Reason.NO_DATA),
        ([(2, 3)], Reason.TOO_FEW),
        ([(2, 2), (3, 3), (4, 4)], Reason.NO_CHANGE),
        ([(2, 3), (3, 4), (4, 5)], Reason.ALL_EQUAL),
    ],
)
def test_what_cannot_be_tested_says_why_and_never_gives_a_number(read_mini, answers, reason):
    rows = [[f"P{i}", "s", 1, 2, 5, 5, 3, 4, then, now] for i, (then, now) in enumerate(answers)]
    changes = measure_change(score(read_mini([*rows, ["P9", "s", 1, 2, 5, 5, 3, 4, "", ""]])))
    quarrels = changes[1]
    assert quarrels.t_test is None
    assert quarrels.p_adjusted is None
    assert ("t_test", reason) in quarrels.notes
    row = changes.to_frame().iloc[1]
    assert math.isnan(row["t"])
    assert f"t_test: {reason}" in row["note"]


def test_no_figure_is_ever_infinite(read_mini):
    for n in (1, 2, 3, 8):
        frame = measure_change(score(read_mini(forms(n)))).to_frame()
        numbers = frame.select_dtypes("number")
        assert not numbers.isin([math.inf, -math.inf]).any().any()
        assert not (frame[["p_t", "p_wilcoxon", "p_sign", "p_adjusted"]] == 0).any().any()


def test_an_untestable_construct_leaves_the_family_of_tests(read_mini):
    rows = [[*row[:8], 3, 3] for row in forms(30)]
    harmony, quarrels = measure_change(score(read_mini(rows)))
    assert quarrels.p_adjusted is None
    assert harmony.p_adjusted == harmony.p


def test_schools_widen_the_interval_that_is_to_be_trusted_and_the_plain_one_stays_beside_it(read_mini):
    rows = [[f"P{i}", f"school {i % 4}", 1, 2, 5, 5, 3, 4, 3, 1 + (i % 4) // 2 + int(i % 7 == 0)] for i in range(40)]
    quarrels = measure_change(score(read_mini(rows)))[1]
    plain, trusted = quarrels.mean_change, quarrels.interval
    assert trusted.value == pytest.approx(plain.value, abs=1e-12)
    assert trusted.high - trusted.low > plain.high - plain.low
    assert quarrels.clustered.inference.clusters == 4
    assert [str(caution) for caution in quarrels.clustered.inference.cautions] == ["few_clusters", "low_df"]
    assert quarrels.p == quarrels.clustered.inference.p > quarrels.t_test.p


def test_what_allows_for_schools_stands_in_the_frame(read_mini):
    rows = [[f"P{i}", f"school {i % 4}", 1, 2, 5, 5, 3, 4, 3, 1 + (i % 4) // 2 + int(i % 7 == 0)] for i in range(40)]
    changes = measure_change(score(read_mini(rows)))
    row, clustered = changes.to_frame().iloc[1], changes[1].clustered
    found = clustered.inference
    assert (row["clusters"], row["icc"]) == (4, clustered.icc.value)
    assert (row["ci_low_clustered"], row["ci_high_clustered"]) == (found.estimate.low, found.estimate.high)
    assert (row["se_clustered"], row["t_clustered"]) == (found.standard_error, found.t)
    assert (row["df_clustered"], row["p_clustered"]) == (found.df, found.p)


def test_one_school_cannot_show_how_schools_differ_and_says_so(read_mini):
    rows = [[row[0], "the only school", *row[2:]] for row in forms(30)]
    harmony = measure_change(score(read_mini(rows)))[0]
    assert harmony.clustered is None
    assert ("clustered", Reason.TOO_FEW_CLUSTERS) in harmony.notes
    assert harmony.p == harmony.t_test.p
