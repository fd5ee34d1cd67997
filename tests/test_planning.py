"""`mande plan-size`, as somebody at a desk meets it."""

import pytest

from mande.cli import main
from mande.errors import WrongUse
from mande.planning import Question, answer

ASKED = ["plan-size", "--change", "0.3", "--sd", "0.8", "--r", "0.5"]
SCHOOLS = ["--icc", "0.1", "--per-school", "16", "--attrition", "0.2"]


def test_plan_size_says_families_and_schools(capsys: pytest.CaptureFixture[str]):
    assert main([*ASKED, *SCHOOLS]) == 0
    printed = capsys.readouterr().out
    assert "Begin with 192 families in 12 schools of 16." in printed
    assert "With 20% lost on the way, about 154 have both questionnaires." in printed
    assert "ICC 0.1" in printed
    assert len(printed.splitlines()) <= 6


def test_without_schools_it_is_about_families(capsys: pytest.CaptureFixture[str]):
    assert main(ASKED) == 0
    printed = capsys.readouterr().out
    assert "Begin with 58 families." in printed
    assert "school" not in printed


def test_with_a_comparison_group_both_are_named(capsys: pytest.CaptureFixture[str]):
    assert main([*ASKED, "--comparison"]) == 0
    assert "and as many for comparison" in capsys.readouterr().out


def test_few_schools_are_warned_of():
    assert "not reliable" in answer(Question(1.5, sd_change=0.8, per_school=10, icc=0.1))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--change", "0.3"], "--sd-change, or --sd with --r"),
        (["--change", "0.3", "--sd", "1"], "--sd-change, or --sd with --r"),
        (["--change", "0.3", "--sd", "1", "--sd-change", "1"], "either"),
        (["--change", "0.3", "--sd", "1", "--r", "1"], "--r from -1"),
        (["--change", "0", "--sd-change", "1"], "cannot be 0"),
        (["--change", "0.3", "--sd-change", "1", "--icc", "0.1"], "--per-school"),
        (["--change", "0.3", "--sd-change", "1", "--attrition", "1"], "attrition"),
    ],
)
def test_an_incomplete_or_impossible_question_is_answered_with_what_is_missing(arguments, told, capsys):
    assert main(["plan-size", *arguments]) == 2
    assert told in capsys.readouterr().err


def test_in_a_notebook_it_is_wrong_use():
    with pytest.raises(WrongUse):
        answer(Question(0.3))
