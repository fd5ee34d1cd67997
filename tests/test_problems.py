"""Every problem code has an example that reads whole, a page that lists it, and an explanation on the command line."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import mande
from docs.make_problems import problems
from mande.cli import main
from mande.errors import CATALOGUE
from mande.problem_examples import example_problem

DOCS = Path(mande.__file__).parent.parent / "docs"


def test_the_page_of_problems_is_as_the_catalogue_says():
    assert (DOCS / "problems.md").read_text(encoding="utf-8") == problems(), "run: python docs/make_problems.py"


def test_the_page_lists_every_code_once():
    codes = [line[2:7] for line in problems().splitlines() if line[3:4] == "-" and line.startswith("| ")]
    assert sorted(codes) == sorted(CATALOGUE)


@pytest.mark.parametrize("code", CATALOGUE)
def test_an_example_reads_whole(code):
    said = str(example_problem(code))
    assert '""' not in said
    assert "()" not in said
    assert not said.endswith(": ")
    assert "  " not in said.replace('school  5"', "")
    assert "{ " in said or "{" not in said


COUNTED = ["R-005", "R-015", "R-016", "R-039", "R-052", "R-068", "L-009", "M-022", "M-023", "M-057", "M-071"]


@pytest.mark.parametrize("code", COUNTED)
def test_one_is_said_in_the_singular(code):
    example = example_problem(code)
    one = replace(example, details={**example.details, "count": "1", "cells": "1"})
    assert re.search(r"\b1 (cells|rows|forms|entries|row above it were|entry are|form are|have)\b", one.what) is None
    assert re.search(r"\b3 (cells|rows|forms|entries|have)\b|\b43 cells\b|\b120 cells\b", example.what)


def test_a_code_is_explained(capsys):
    assert main(["explain", "r-044"]) == 0
    assert capsys.readouterr().out == (
        "R-044: Question with several answers marked (cell set aside).\n"
        'Such as:    parents.csv row 17, column "p05_now": "2, 3" is not one answer but several ("2", "3").\n'
        "What to do: Look at the paper form: if several are marked there, leave the cell empty; "
        "nobody can choose.\n"
    )


@pytest.mark.parametrize("typed", ["R-014", "r-14", "R14", " r 014"])
def test_a_code_may_be_typed_by_hand(typed, capsys):
    assert main(["explain", typed]) == 0
    assert capsys.readouterr().out.startswith("R-014: Answer that the question does not offer (cell set aside).\n")


def test_a_code_that_no_report_names_is_explained_without_a_title(capsys):
    assert main(["explain", "P-010"]) == 0
    assert capsys.readouterr().out.startswith("P-010: refused.\n")


def test_an_unknown_code_is_told_with_its_neighbours(capsys):
    assert main(["explain", "R-999"]) == 2
    assert "docs/problems.md" in capsys.readouterr().err
