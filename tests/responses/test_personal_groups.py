"""A grouping's labels are printed, so a grouping by people is refused before anything is."""

import pytest

from mande import ColumnNames, read_responses
from mande.errors import DataProblems
from tests.small import HEADER

NAMES = ["Каримова Нигора", "Юсупов Бахром", "Алиева Дилноза", "Рахимов Улугбек", "Саидова Малика", "Исмоилов Жасур"]


def grouped_by(tmp_path, mini, heading: str, labels: list[str], column: str | None = None):
    rows: list[list[object]] = [[f"P{i}", label, 1, 2, 5, 4, 3, 4, 2, 2] for i, label in enumerate(labels)]
    lines: list[list[object]] = [[HEADER[0], heading, *HEADER[2:]], *rows]
    path = tmp_path / "forms.csv"
    path.write_text("\n".join(",".join(map(str, line)) for line in lines), encoding="utf-8")
    return read_responses(path, mini, ColumnNames(id="code", groups={"sex": column or heading}))


@pytest.mark.parametrize(
    ("heading", "labels", "column", "why"),
    [
        ("ФИО родителя", ["ж", "м"] * 3, None, "what looks like a name"),
        ("sex", ["ж", "м"] * 3, "code", "people's codes"),
        ("кто", NAMES, None, "a label for each person"),
    ],
)
def test_a_grouping_that_names_people_is_refused(tmp_path, mini, heading, labels, column, why):
    with pytest.raises(DataProblems, match=f"R-065 .*{why}"):
        grouped_by(tmp_path, mini, heading, labels, column)


def test_a_grouping_that_people_share_is_used(tmp_path, mini):
    assert grouped_by(tmp_path, mini, "пол", ["ж", "м"] * 3).groups["sex"].labels == ("ж", "м")
