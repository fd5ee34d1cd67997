"""Groupings are listed with their people; labels that may be one are said, and never joined by a guess."""

import pytest

from mande import ColumnNames, read_responses
from mande.responses.labels import group_sizes
from tests.small import HEADER


@pytest.fixture
def grouped(tmp_path, mini):
    def reading(*labels):
        rows = [[f"P{i}", label, 1 + i % 5, 2, 5, 4, 3, 4, 2, 2] for i, label in enumerate(labels)]
        path = tmp_path / "forms.csv"
        lines = [HEADER, *rows]
        path.write_text("\n".join(",".join(map(str, line)) for line in lines), encoding="utf-8")
        return read_responses(path, mini, ColumnNames(id="code", groups={"group": HEADER[1]}))

    return reading


def alike(responses):
    return [problem.what for problem in responses.problems if problem.code == "R-043"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("м", "муж"),
        ("м", "Male"),
        ("ж", "аёл"),
        ("oʻgʻil", "Boy"),
        ("муж", "мужской"),
        ("Самарканд", "Самаркант"),
        ("Школа 5", "Школаа 5"),
        ("Ферганский", "Фергански"),
        ("Cевер", "Север"),  # the first begins with a Latin C
    ],
)
def test_labels_that_may_be_one_are_said(grouped, one, other):
    (said,) = alike(grouped(one, other, one, other))
    assert said.startswith("In the grouping ")
    assert f'"{one}"' in said
    assert f'"{other}"' in said


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("м", "ж"),
        ("Школа 5", "Школа 6"),
        ("класс 5 А", "класс 5 Б"),
        ("Ташкент", "Ташкентская область"),
        ("married", "unmarried"),
        ("Юг", "Север"),
    ],
)
def test_labels_that_differ_in_what_counts_are_not_suspected(grouped, one, other):
    assert not alike(grouped(one, other, one, other))


def test_an_abbreviation_of_several_labels_is_no_abbreviation(grouped):
    assert not alike(grouped("ср", "средний", "сроки", "ср", "средний", "сроки"))


def test_labels_are_counted_and_small_groups_are_not(grouped):
    responses = grouped(*["ж"] * 6, *["м"] * 5, "Каримова", "", "")
    assert group_sizes(responses, 5) == {
        "group": [("ж", "6"), ("м", "5"), ("no label", "< 5"), ("(8 letters, not shown)", "< 5")]
    }
