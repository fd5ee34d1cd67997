"""A question that an exporter has put into a column for each version of the form is one question, if they agree."""

import pytest

from mande import ColumnNames, read_responses
from mande.errors import DataProblems

HEADER = ["code", "v1/a1_then", "a1_now", "a2_then", "a2_now", "a3_then", "a3_now", "b1_then", "b1_now", "v2/a1_then"]


@pytest.fixture
def read(tmp_path, mini):
    def reading(*firsts_and_lasts, header=HEADER):
        rows = [[f"P{i}", first, *"2345123", last] for i, (first, last) in enumerate(firsts_and_lasts)]
        path = tmp_path / "forms.csv"
        path.write_text("\n".join(";".join(row) for row in [header, *rows]), encoding="utf-8")
        return read_responses(path, mini, ColumnNames(id="code"))

    return reading


def test_columns_of_two_versions_are_joined_where_each_row_is_filled_in_one(read):
    responses = read(("1", ""), ("", "5"), ("3", ""), ("", "often"), ("x", ""))
    assert responses.codes["then"][:4, 0].tolist() == [1, 5, 3, 4]
    (joined,) = [problem for problem in responses.problems if problem.code == "R-066"]
    assert '"v1/a1_then" and "v2/a1_then" are the item a1 (then) in versions of the form' in joined.what
    (odd,) = [problem for problem in responses.problems if problem.code == "R-014"]
    assert odd.place.column == "v1/a1_then + v2/a1_then"
    assert responses.flow.cells.read == 5 * 8
    assert responses.unused_columns == ()


def test_columns_filled_in_one_and_the_same_row_are_refused(read):
    with pytest.raises(DataProblems, match=r"R-013 .*; 1 row is filled in both"):
        read(("1", ""), ("2", "5"), ("", "4"))


def test_the_same_heading_twice_is_joined_by_the_same_rule(read):
    header = [*HEADER[:-1], HEADER[1]]
    assert read(("1", ""), ("", "5"), header=header).codes["then"][:, 0].tolist() == [1, 5]
    with pytest.raises(DataProblems, match="R-004"):
        read(("1", "2"), ("", "5"), header=header)


def test_an_evaluation_in_blocks_reads_them_at_once(tmp_path, mini):
    from mande.responses.blocks import laid_out
    from mande.responses.splitting import OnlyAtOnce
    from mande.responses.storage import stored

    path = tmp_path / "forms.csv"
    rows = [["A", "1", *"2345123", ""], ["B", "", *"2345123", "4"]]
    path.write_text("\n".join(";".join(row) for row in [HEADER, *rows]) + "\n", encoding="utf-8")
    with pytest.raises(OnlyAtOnce, match=r"v1/a1_then.* stands there twice|is empty"):
        laid_out(stored(str(path)), mini, ColumnNames(id="code"), tmp_path)
