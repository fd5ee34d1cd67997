"""How many people are in each band of a cited norm, before and after, with nobody to be had by subtraction."""

import re
from functools import cache

import pytest

from mande import load_plan
from mande.catalog import find_sample
from mande.evaluation import Evaluation, evaluate
from mande.report import render_html
from mande.report.bands import without_small_cells
from mande.report.context_making import report_context
from mande.report.workbook.tables import tables_of
from mande.tally import EVERYONE


@cache
def sample() -> Evaluation:
    return evaluate(load_plan(find_sample("strong-families-three-waves")))


def test_people_by_band_are_counted_from_the_same_people_as_the_change():
    tables = report_context(sample()).bands
    assert {table.group.instrument.id for table in tables} == {"sdq-parent"}
    for row in tables[0].rows:
        change = next(one for one in sample().changes if one.key == row.area.change.key)
        assert row.n == change.n
        for counts in (row.earlier, row.later):
            assert None in counts or sum(count or 0 for count in counts) == row.n


def test_a_band_holds_the_scores_that_its_norm_says():
    (table,) = report_context(sample()).bands
    row = next(row for row in table.rows if row.area.id == "total-difficulties")
    counted = next(own for own in sample().tallies.rows if own.key == row.area.change.key)
    assert counted.group == EVERYONE
    scores = list(zip(counted.earlier, counted.people, strict=True))
    by_hand = [sum(n for score, n in scores if low <= score <= high) for low, high in ((0, 13), (14, 16), (17, 40))]
    assert row.earlier == without_small_cells(by_hand, 5)


def test_the_report_names_the_norm_and_says_that_a_band_is_no_diagnosis():
    page = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", render_html(sample())))
    assert "how many people are in each band" in page
    assert "nothing is tested here, and a band is not a diagnosis" in page


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([40, 12, 9], (40, 12, 9)),
        ([40, 12, 2], (40, None, None)),  # of 54 in all, 12 would tell that 2 are left
        ([50, 0, 4], (None, 0, None)),
        ([3, 0, 0], (None, None, None)),
        ([40, 3, 4], (40, None, None)),  # together they are 7: nobody can tell who is in which
        ([40, 1, 2], (None, None, None)),  # together they would be 3
    ],
)
def test_a_band_of_few_people_is_withheld_with_another_that_would_give_it_away(counts, shown):
    assert without_small_cells(counts, 5) == shown


def test_the_workbook_has_the_bands_that_the_report_shows():
    (table,) = [table for table in tables_of(sample(), "en") if table.name == "Bands"]
    (shown,) = report_context(sample()).bands
    held = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert [(row["earlier"], row["later"]) for row in held] == [
        counts for row in shown.rows for counts in zip(row.earlier, row.later, strict=True)
    ]
