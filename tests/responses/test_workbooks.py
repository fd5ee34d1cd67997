"""Workbooks of every format that Excel and LibreOffice save are read alike: cells, dates, title rows, sums, sheets."""

import struct
from pathlib import Path

import pytest

from mande import ColumnNames, read_responses
from mande.errors import DataProblems
from mande.responses.compound import has_endless_chain
from mande.responses.missing import Missing
from mande.responses.readers import read_tables
from tests.responses.workbooks.make import HEADER, ROWS

FOLDER = Path(__file__).parent / "workbooks"
NAMES = ColumnNames(id="код", groups={"school": "школа"})
FILES = ["old.xls", "open.ods", "binary.xlsb", "made.xlsx"]
EXPECTED = {
    "then": [[1, 5, 3, 2], [2, 4, 5, 1], [3, 4, 5, 3]],
    "now": [[2, 4, 4, 2], [3, 4, 4, 1], [Missing.BLANK, 5, Missing.REFUSED, 2]],
}


@pytest.fixture
def path_of(tmp_path):
    """The committed file, or the same rows written by xlsxwriter."""

    def path(name):
        if name != "made.xlsx":
            return FOLDER / name
        import xlsxwriter

        with xlsxwriter.Workbook(tmp_path / name, {"default_date_format": "dd.mm.yyyy"}) as book:
            sheet = book.add_worksheet("Ввод")
            for i, row in enumerate(ROWS):
                sheet.write_row(i, 0, row)
            book.add_worksheet("коды").write_row(0, 0, ["код", "значение"])
        return tmp_path / name

    return path


@pytest.mark.parametrize("name", FILES)
def test_a_workbook_is_read_with_its_title_rows_and_sums(path_of, mini, name):
    responses = read_responses(path_of(name), mini, NAMES)
    assert {wave: codes.tolist() for wave, codes in responses.codes.items()} == EXPECTED
    assert responses.groups["school"].labels == ("Мактаб №6", "Школа 5")
    assert responses.row.tolist() == [4, 5, 6]
    assert responses.flow.rows_set_aside == {"R-024": 1}
    assert {problem.code for problem in responses.problems} == {"R-015", "R-024", "R-052"}


@pytest.mark.parametrize("name", FILES)
def test_cells_are_texts_as_they_were_typed(path_of, name):
    table = read_tables(path_of(name))[0]
    assert table.header == tuple(HEADER)
    assert list(table.cells(0)) == ["А-1", "А-2", "7", ""]
    assert [text[:10] for text in table.cells(2)] == ["2026-05-12", "2026-05-13", "", ""]
    assert list(table.cells(HEADER.index("b1_now"))) == ["2", "1", "2", "5"]


@pytest.mark.parametrize("name", FILES)
def test_a_workbook_whose_end_is_missing_is_refused_in_words(path_of, mini, tmp_path, name):
    content = path_of(name).read_bytes()
    path = tmp_path / f"half{Path(name).suffix}"
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(DataProblems, match=r"R-00[12]"):
        read_responses(path, mini, NAMES)


@pytest.mark.parametrize("name", FILES)
def test_a_workbook_under_another_name_is_known_by_its_first_bytes(path_of, mini, tmp_path, name):
    path = tmp_path / "forms.csv"
    path.write_bytes(path_of(name).read_bytes())
    assert len(read_responses(path, mini, NAMES)) == 3


@pytest.mark.parametrize("start", [48, 60, 76])
def test_an_old_workbook_whose_sectors_go_in_a_circle_is_refused_before_memory_ends(mini, tmp_path, start):
    content = bytearray((FOLDER / "old.xls").read_bytes())
    (table,) = struct.unpack_from("<I", content, 76)
    if start == 60:
        struct.pack_into("<I", content, 60, 0)  # the table of small sectors begins where the workbook does
    (first,) = struct.unpack_from("<I", content, start)
    first = 0 if start == 76 else first
    struct.pack_into("<I", content, 512 * (table + 1) + 4 * first, first)
    assert has_endless_chain(bytes(content))
    (tmp_path / "round.xls").write_bytes(content)
    with pytest.raises(DataProblems, match=r"R-001 .*it is damaged"):
        read_responses(tmp_path / "round.xls", mini, NAMES)


def test_a_sound_old_workbook_has_no_endless_chain():
    assert not has_endless_chain((FOLDER / "old.xls").read_bytes())
