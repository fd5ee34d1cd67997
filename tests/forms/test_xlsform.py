"""The XLSForm converts, its labels tell the waves apart, and what Kobo and ODK export of it is read again."""

import csv
import io
import shutil
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

import pytest

from mande import ColumnNames, load_instrument, read_responses
from mande.errors import WrongUse
from mande.forms import Order, xlsform
from mande.forms.xlsform import choice_rows, survey_rows
from tests.forms.small import mixed

openpyxl = pytest.importorskip("openpyxl")
pyxform = pytest.importorskip("pyxform.xls2xform")

RU = "label::Русский (ru)"
KOBO_ENDS = ["_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status", "_submitted_by"]
KOBO_ENDS += ["__version__", "_tags", "_index"]
ODK_ENDS = ["meta-instanceID", "KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected"]
ODK_ENDS += ["Status", "ReviewState", "DeviceID", "Edits", "FormVersion"]


@pytest.fixture(scope="module")
def parent():
    return load_instrument("sfp-10-14-parent")


def converted(content: bytes, *, validate: bool = False) -> ElementTree.Element:
    result = pyxform.convert(io.BytesIO(content), validate=validate)
    assert result.warnings == []
    return ElementTree.fromstring(result.xform)


def local(root: ElementTree.Element, tag: str) -> list[ElementTree.Element]:
    return [element for element in root.iter() if element.tag.rsplit("}", 1)[-1] == tag]


def by_name(rows) -> dict[str, Mapping[str, str]]:
    return {row["name"]: row for row in rows if "name" in row}


@pytest.mark.parametrize("waves", ["one", "then, now", "baseline, follow-up"])
def test_every_kind_of_question_converts_without_a_warning(tmp_path, waves):
    root = converted(xlsform(mixed(tmp_path, waves), language="en"))
    assert local(root, "title")[0].text == "=A form"


def test_the_form_names_its_instrument_and_version_and_starts_in_the_language_asked_for(parent):
    root = converted(xlsform(parent, language="ru"))
    data = next(element for element in local(root, "data") if element.get("id"))
    assert (data.get("id"), data.get("version")) == ("sfp-10-14-parent", "1")
    hidden = {str(bind.get("nodeset")): bind.get("calculate") for bind in local(root, "bind") if bind.get("calculate")}
    assert hidden["/data/form_id"] == "'sfp-10-14-parent'"
    assert hidden["/data/form_version"] == "'1'"
    assert hidden["/data/form_hash"] == f"'{parent.fingerprint}'"
    translations = {element.get("lang"): element.get("default") for element in local(root, "translation")}
    assert set(translations) == {"English (en)", "Русский (ru)", "Oʻzbekcha (uz)"}
    assert translations["Русский (ru)"] == "true()"


@pytest.mark.skipif(shutil.which("java") is None, reason="ODK Validate needs Java")
def test_odk_validate_accepts_the_form(parent):
    converted(xlsform(parent, language="uz"), validate=True)


def test_labels_hold_wave_and_item_so_no_two_are_alike(parent):
    rows = by_name(survey_rows(parent))
    for item in parent.items:
        for wave, word in (("then", "ТОГДА"), ("now", "СЕЙЧАС")):
            row = rows[f"{item.id}_{wave}"]
            assert row["type"] == "select_one frequency"
            assert row[RU] == f"{word}: {item.text['ru']}"
    labels = [row[RU] for row in survey_rows(parent) if RU in row and row["type"] != "begin_group"]
    assert len(set(labels)) == len(labels)


def test_choices_are_the_codes_non_answers_last(parent):
    rows = list(choice_rows(parent))
    assert [row["name"] for row in rows] == ["1", "2", "3", "4", "5", "99"]
    assert rows[-1][RU] == "Предпочитаю не отвечать"


@pytest.mark.parametrize(("order", "first"), [(Order.NOW_THEN, "now"), (Order.THEN_NOW, "then")])
def test_one_wave_is_asked_to_its_end_before_the_other_begins(parent, order, first):
    waves = [name.rpartition("_")[2] for name in by_name(survey_rows(parent, order=order)) if name.startswith("p")]
    assert waves[:20] == [first] * 20
    assert len(set(waves[20:])) == 1


def test_a_form_that_is_asked_once_asks_for_its_wave_or_carries_it(tmp_path):
    once = mixed(tmp_path)
    assert by_name(survey_rows(once))["wave"]["type"] == "select_one waves"
    assert {"baseline", "endline", "follow-up"} <= {row["name"] for row in choice_rows(once)}
    assert by_name(survey_rows(once, wave="endline"))["wave"]["calculation"] == "'endline'"
    assert "endline" not in {row["name"] for row in choice_rows(once, wave="endline")}


def test_an_item_named_like_a_column_of_the_head_takes_its_place(tmp_path):
    own = mixed(tmp_path, **{"id: age,": "id: school,"})
    names = [row["name"] for row in survey_rows(own) if "name" in row]
    assert names.count("school") == 1
    converted(xlsform(own, language="en"))


def test_no_cell_becomes_a_formula(tmp_path):
    workbook = openpyxl.load_workbook(io.BytesIO(xlsform(mixed(tmp_path), language="en")))
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {"=A form", "+Yes", "-I give up.", "@you: tell us."} <= {cell.value for cell in cells}


def test_the_same_instrument_gives_the_same_bytes(parent):
    assert xlsform(parent, language="en") == xlsform(parent, language="en")


def test_a_withheld_wording_makes_no_form():
    with pytest.raises(WrongUse, match=r"github\.com/moblangeois/aiguessr"):
        xlsform(load_instrument("aiguessr"), language="en")


# ── what the servers export of a filled form ──────────────────────────────────────────────────────────────────────


def filled(instrument, respondent: int) -> dict[str, str]:
    """The values of one submission, by question, as a server stores them."""
    row = {"form_id": instrument.id, "form_version": instrument.version, "form_hash": instrument.fingerprint}
    row |= {"code": f"P{respondent:02d}", "family": f"F{respondent:02d}", "school": f"school {respondent % 2}"}
    row |= {"group": "A", "facilitator": "x", "date": "2026-05-01"}
    for k, item in enumerate(instrument.items):
        row |= {f"{item.id}_then": str(1 + (k + respondent) % 4), f"{item.id}_now": str(2 + (k + respondent) % 4)}
    return {**row, "p03_then": "99", "p04_now": ""}


def written(path, header: Sequence[str], rows: Sequence[Mapping[str, str]], **style) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, **style)
        writer.writerow(header)
        writer.writerows([row.get(name, "") for name in header] for row in rows)


def questions(instrument) -> list[str]:
    kept = [row for row in survey_rows(instrument) if row["type"] not in ("begin_group", "end_group", "note")]
    return [row["name"] for row in kept]


@pytest.mark.parametrize("server", ["kobo", "odk"])
def test_what_a_server_exports_of_a_filled_form_is_read_without_a_mapping(tmp_path, parent, server):
    rows = [filled(parent, respondent) for respondent in range(6)]
    path = tmp_path / f"{server}.csv"
    if server == "kobo":
        style = {"delimiter": ";", "quoting": csv.QUOTE_ALL, "lineterminator": "\r\n"}
        written(path, [*questions(parent), *KOBO_ENDS], rows, **style)
    else:
        written(path, ["SubmissionDate", *questions(parent), *ODK_ENDS], rows, lineterminator="\n")
    read = read_responses(path, parent, ColumnNames(id="code", family="family", groups={"school": "school"}))
    assert len(read) == 6
    assert read.flow.cells.read == 6 * 40
    assert read.flow.cells.not_answers == 6
    assert read.flow.cells.blank == 6
    assert read.flow.cells.set_aside == 0
    frame = read.to_frame()
    assert frame["p01_then"].tolist() == [int(row["p01_then"]) for row in rows]
    assert frame["p20_now"].tolist() == [int(row["p20_now"]) for row in rows]
