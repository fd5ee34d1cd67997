"""Groupings are listed with their people; labels that may be one are said, and never joined by a guess."""

import pytest

from mande import ColumnNames, load_plan, read_responses
from mande.checkup import write_page
from mande.evaluation import read_sources
from mande.listing import check
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
        ("Школа №12", "школа 12"),
        ("Maktab 12", "12-maktab"),
        ("Maktab №12", "Школа №12"),
        ("School No. 12", "мектеп N12"),
        ("Школа №45", "Шклоа 45"),
        ("Школа 12 Ташкент", "Ташкент 12-мактаб"),
        ("Cевер", "Север"),  # the first begins with a Latin C
    ],
)
def test_labels_that_may_be_one_are_said(grouped, one, other):
    (said,) = alike(grouped(*[one] * 5, other, other))
    assert said.startswith("In the grouping ")
    assert f'"{one}"' in said
    assert f'"{other}"' in said


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("м", "ж"),
        ("Школа 5", "Школа 6"),
        ("класс 5 А", "класс 5 Б"),
        ("school 1", "school 11"),
        ("Школа №1", "Школа №11"),
        ("Школа 12", "Детский сад 12"),
        ("Школа 5-12", "Школа 12-5"),
        ("no", "n 5"),
        ("Ташкент", "Ташкентская область"),
        ("married", "unmarried"),
        ("Юг", "Север"),
    ],
)
def test_labels_that_differ_in_what_counts_are_not_suspected(grouped, one, other):
    assert not alike(grouped(one, other, one, other))


def test_of_very_many_schools_those_numbered_alike_are_said(grouped):
    schools = [f"Maktab {i}" for i in range(1, 500)]
    one, other = alike(grouped(*schools * 6, "7-мактаб", "Мaktab  9"))
    assert '"7-мактаб" and "Maktab 7"' in one
    assert '"Maktab 9" and "Мaktab 9"' in other


def test_very_many_labels_are_listed_in_the_page_alone(grouped):
    text = check([grouped(*(f"school {i}" for i in range(100) for _ in range(6)))], smallest=5)
    assert "school 0 6, school 1 6" in text
    assert "and 60 more (all are in check.html)" in text


def test_an_abbreviation_of_several_labels_is_no_abbreviation(grouped):
    assert not alike(grouped("ср", "средний", "сроки", "ср", "средний", "сроки"))


def test_labels_that_may_name_people_are_masked_alike_in_the_problem_and_in_the_list(grouped):
    phones, names = ("+998 90 123 45 67", "+998901234567"), ("Каримова Нигора", "Каримова Нигорa")
    schools = [f"Школа {number}" for number in range(12)] * 3
    responses = grouped(*["Школа 45"] * 5, "Школаа 45", *[phones[0]] * 5, phones[1], *names, *schools)
    told = alike(responses)
    assert any('"Школа 45" and "Школаа 45"' in said for said in told)
    assert any("(personal data) and (personal data)" in said for said in told)
    assert any("(15 letters, not shown) and (15 letters, not shown)" in said for said in told)
    listed = [label for label, _ in group_sizes(responses, 5)["group"]]
    assert listed.count("(personal data)") == listed.count("(15 letters, not shown)") == 2
    assert not [label for label in (*phones, *names) if label in " ".join([*told, *listed])]


def test_a_group_that_is_withheld_for_another_ones_sake_is_explained(grouped):
    """Of 9 женщин, 6 мужчин and one "женский" nobody but the smallest large group can hide the one."""
    said = check([grouped(*["жен"] * 9, *["муж"] * 6, "женский")], smallest=5)
    assert '    "муж" (6) is withheld too, for with it one could work out: "женский"\n' in said
    assert "withheld too" not in check([grouped(*["жен"] * 9, *["муж"] * 6)], smallest=5)


def test_the_page_of_the_check_explains_it_too(grouped, tmp_path):
    page = write_page([grouped(*["жен"] * 9, *["муж"] * 6, "женский")], tmp_path, smallest=5).read_text(
        encoding="utf-8"
    )
    assert "<p>By group: reports withhold &#34;муж&#34; (6 people) too, for with it one could work out" in page
    assert "could work out &#34;женский&#34;.</p>" in page
    whole = write_page([grouped(*["жен"] * 9, *["муж"] * 6)], tmp_path, smallest=5).read_text(encoding="utf-8")
    assert "reports withhold" not in whole


@pytest.mark.parametrize("smallest", [1, 2])
def test_a_small_smallest_cell_shows_no_label_that_could_name_one_or_two_people(grouped, tmp_path, smallest):
    """The reports are for those who made the evaluation; what the check says is sent to those who typed the data."""
    responses = grouped(*["жен"] * 9, "Каримова", "Каримова", "Азизова")
    page = write_page([responses], tmp_path, smallest=smallest).read_text(encoding="utf-8")
    for said in (check([responses], smallest=smallest), page):
        assert "Каримова" not in said
        assert "Азизова" not in said
        assert "(8 letters, not shown)" in said
    assert "жен 9, (8 letters, not shown) < 3" in check([responses], smallest=smallest)


def test_what_is_said_of_alike_labels_shows_no_rare_one_either(evaluation_file):
    rows = [[f"P{i}", "Каримова" if i else "Каримовa", 1 + i % 5, 2, 5, 4, 3, 4, 2, 2] for i in range(2)]
    (read,) = read_sources(load_plan(evaluation_file(rows)))
    assert alike(read) == [
        'In the grouping "school", (8 letters, not shown) and (8 letters, not shown) may be one and the same.'
    ]


def test_labels_are_counted_and_small_groups_are_not(grouped):
    responses = grouped(*["ж"] * 6, *["м"] * 5, "Каримова", "", "")
    assert group_sizes(responses, 5) == {
        "group": [("ж", "6"), ("м", "5"), ("no label", "< 5"), ("(8 letters, not shown)", "< 5")]
    }
