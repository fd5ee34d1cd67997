"""What was delivered, who came and what was asked once, on the pages of an ordinary report."""

import pytest

from mande.catalog import Room, room_folder
from mande.evaluation import Evaluation, evaluate
from mande.plan import load_plan
from mande.report import render_html
from tests.report.conftest import text_of

REGION = room_folder(Room.SAMPLES) / "central-asia-regional-synthetic"


@pytest.fixture(scope="module")
def families() -> Evaluation:
    """With a ledger, a register, and the dose among the subgroups."""
    return evaluate(load_plan(REGION / "uz-sfp" / "evaluation.toml"))


@pytest.fixture(scope="module")
def families_page(families) -> str:
    return text_of(render_html(families))


@pytest.fixture(scope="module")
def schools_page() -> str:
    """With a register, satisfaction and an observer's checklist, and no ledger."""
    return text_of(render_html(evaluate(load_plan(REGION / "uz-fast" / "evaluation.toml"))))


def test_non_response_stands_beside_those_enrolled(families, families_page):
    assert families.plan.programme.enrolled == {"families": 101}
    steps = "Families enrolled Families that came at least once Families that completed Families that answered"
    assert steps in families_page
    assert "101 101 95 −6 91 −10" in families_page
    assert "Of the families that came, 91 answered and 10 did not." in families_page


def test_without_any_monitoring_file_the_enrolled_of_the_plan_are_shown_all_the_same(evaluation_of):
    from tests.report.conftest import steady_forms

    enrolled = {'name = "A programme"': 'name = "A programme"\nenrolled = { parents = 25 }'}
    evaluation = evaluation_of(steady_forms(20), replaced=enrolled)
    page = text_of(render_html(evaluation))
    assert "People enrolled People who answered People analysed" in page
    assert "25 20 −5 20 Bars:" in page
    assert "What was delivered" not in page


def test_change_by_sessions_attended_is_called_a_description(families, families_page):
    assert {change.group for change in families.changes} >= {"dose=1–5", "dose=6", "dose=7"}
    assert "Sessions attended 0 1–5 6 7 Families enrolled" in families_page
    assert "A description only: families choose how often they come" in families_page


def test_the_page_of_numbers_is_there_with_a_ledger_and_not_without(families_page, schools_page):
    assert (
        "At a glance Strengthening Families Program 10–14, February – June 2024 510 people trained 6,850 families"
        in (families_page.replace("\N{THIN SPACE}", " ").replace("–June", "– June").replace("February–", "February –"))
    )
    assert "At a glance" not in schools_page


def test_what_was_asked_once_is_described_and_in_no_chapter_of_results(schools_page):
    assert "61 forms were handed in. Asked once, so this is an opinion and not a change." in schools_page
    assert "42 sessions were observed." in schools_page
    assert "Answers from 1 to 5; the highest: Agree and Strongly agree." in schools_page
    assert "Observers" not in schools_page


def test_girls_and_boys_and_totals_stand_in_the_tables(families_page):
    assert "Uzbekistan 510 6,850 545 3,540 3,310 6,850" in families_page
    assert "3,540 3,310 52%" in families_page
