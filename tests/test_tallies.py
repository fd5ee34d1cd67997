"""The counts that travel with a report: enough to recompute it, and no few people among them or between them."""

from itertools import groupby

import pytest

from mande import measure_change
from mande.evaluation import Evaluation
from mande.tallies import CountedChange
from mande.tally import EVERYONE, dimension
from tests.awkward import SMALLEST, awkward_rows, make_evaluation


@pytest.fixture(scope="module", params=range(12))
def awkward(request, tmp_path_factory) -> Evaluation:
    return make_evaluation(tmp_path_factory.mktemp("awkward"), awkward_rows(request.param))


def many(n: int) -> bool:
    return n == 0 or n >= SMALLEST


def families(evaluation: Evaluation) -> list[tuple[CountedChange, list[CountedChange]]]:
    """Everyone's row with the rows of one grouping of them."""
    rows = sorted(evaluation.tallies.rows, key=lambda row: (row.key[:4], dimension(row.group)))
    everyone = {row.key[:4]: row for row in rows if row.group == EVERYONE}
    grouped = groupby(rows, key=lambda row: (row.key[:4], dimension(row.group)))
    return [(everyone[key], list(own)) for (key, name), own in grouped if name != EVERYONE]


def test_no_row_is_of_few_people(awkward):
    assert all(sum(row.people) >= SMALLEST for row in awkward.tallies.rows)


def test_what_the_groups_leave_of_everyone_is_nobody_or_many(awkward):
    for everyone, parts in families(awkward):
        assert many(sum(everyone.people) - sum(sum(part.people) for part in parts))


def test_who_skipped_a_question_is_nobody_or_many(awkward):
    for row in awkward.tallies.rows:
        if row.items:
            complete = row.items[0].n
            assert many(complete)
            assert many(sum(row.people) - complete)


def test_item_sums_of_the_groups_leave_nobody_or_many(awkward):
    for everyone, parts in families(awkward):
        complete = [part.items[0].n for part in parts if part.items]
        if everyone.items and len(complete) == len(parts):
            rest = everyone.items[0].n - sum(complete)
            assert many(rest)
            assert many(sum(everyone.people) - sum(sum(part.people) for part in parts) - rest)


def test_no_cluster_is_of_few_people_nor_what_the_groups_leave_of_it(awkward):
    for row in awkward.tallies.rows:
        assert all(map(many, row.clusters.n if row.clusters else ()))
    for everyone, parts in families(awkward):
        tables = [part.clusters for part in parts if part.clusters]
        if everyone.clusters and tables:
            rest = dict(zip(everyone.clusters.cluster, everyone.clusters.n, strict=True))
            for table in tables:
                for number, n in zip(table.cluster, table.n, strict=True):
                    rest[number] -= n
            assert all(map(many, rest.values()))


def test_scores_of_people_left_out_are_of_nobody_or_many(awkward):
    for row in awkward.tallies.rows:
        assert all(many(sum(scores.values())) for scores in (row.earlier_only, row.later_only))
        assert row.group == EVERYONE or not (row.earlier_only or row.later_only)


def test_items_and_clusters_are_not_always_kept_back(tmp_path):
    rows = [
        [f"P{i}", "AB"[i % 2], *[1 + (i + k) % 5 for k in range(8)], "girl" if i % 4 < 2 else "boy"] for i in range(40)
    ]
    for row in make_evaluation(tmp_path, rows).tallies.rows:
        assert row.kept_back == ()
        assert row.items is not None
        assert row.clusters.cluster == (1, 2)
        assert sum(row.clusters.n) == sum(row.people)


def test_names_of_clusters_do_not_travel(awkward):
    assert all(
        isinstance(number, int) for row in awkward.tallies.rows if row.clusters for number in row.clusters.cluster
    )


def test_changes_measured_from_them_are_the_changes(awkward):
    anew = {
        change.key: change for change in measure_change(awkward.tallies.tally(awkward.instruments), awkward.analysis)
    }
    for change in awkward.changes:
        if change.n is not None:
            again = anew[change.key]
            assert (again.n, again.left_out) == (change.n, change.left_out)
            for name in ("description", "mean_change", "t_test", "signed_rank", "sign_test", "direction", "effects"):
                assert getattr(again, name) == getattr(change, name)


def test_answers_to_a_question_and_the_counts_leave_nobody_or_many(awkward):
    """A question's own table is of all who answered it; the sums and pairs of an area are of some of them."""
    rows = {row.construct: row for row in awkward.tallies.rows if row.group == EVERYONE}
    for result in awkward.items:
        row = rows.get("quarrels" if result.item == "b1" else "harmony")
        if row and row.items:
            assert many(result.n - row.items[0].n)
        if row and result.item == "b1":
            assert many(result.n - sum(row.people))
