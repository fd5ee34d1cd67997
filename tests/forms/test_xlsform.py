"""The XLSForm converts, and its labels tell the waves apart. What servers export of it: test_round_trip.py."""

import io
import shutil
from collections.abc import Mapping
from xml.etree import ElementTree

import pytest

from mande import load_instrument
from mande.catalog import Room, names
from mande.errors import WrongUse
from mande.forms import Order, xlsform
from mande.forms.question import complete_languages
from mande.forms.xlsform import choice_rows, survey_rows
from tests.forms.small import mixed

openpyxl = pytest.importorskip("openpyxl")
pyxform = pytest.importorskip("pyxform.xls2xform")

RU = "label::Русский (ru)"


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


PRINTED = [name for name in names(Room.INSTRUMENTS) if load_instrument(name).form.allowed]


@pytest.mark.parametrize("name", PRINTED)
def test_the_form_of_every_instrument_that_may_be_printed_converts(name):
    instrument = load_instrument(name)
    for language in complete_languages(instrument):
        converted(xlsform(instrument, language=language))


@pytest.mark.skipif(shutil.which("java") is None, reason="ODK Validate needs Java")
@pytest.mark.parametrize("name", ["sfp-10-14-parent", "lulu-youth", "strong-families-demographics"])
def test_odk_validate_accepts_the_form(name):
    converted(xlsform(load_instrument(name), language="uz"), validate=True)


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
    rows = [row for row in choice_rows(parent) if row["list_name"] == "frequency"]
    assert [row["name"] for row in rows] == ["1", "2", "3", "4", "5", "99"]
    assert rows[-1][RU] == "Предпочитаю не отвечать"


def test_the_head_asks_for_sex_and_age_but_not_of_a_teacher_or_an_observer(parent):
    rows = by_name(survey_rows(parent))
    assert (rows["sex"]["type"], rows["age"]["type"]) == ("select_one sexes", "integer")
    sexes = {row["name"]: row[RU] for row in choice_rows(parent) if row["list_name"] == "sexes"}
    assert sexes == {"female": "женский", "male": "мужской"}
    for name in ("fast-teacher", "facilitator-checklist", "strong-families-demographics"):
        assert not {"sex", "age"} & set(by_name(survey_rows(load_instrument(name))))
        assert "sexes" not in {row["list_name"] for row in choice_rows(load_instrument(name))}


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
    columns = [row["name"] for row in survey_rows(own) if "name" in row]
    assert columns.count("school") == 1
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
