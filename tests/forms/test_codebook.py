"""The codebook: every item, answer and status, and nothing of a wording that belongs to others."""

import csv
import io
from html.parser import HTMLParser

import pytest

from mande import load_instrument
from mande.forms import codebook_csv, codebook_html
from tests.forms.small import mixed


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


class Text(HTMLParser):
    """Gathers the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def visible(page: str) -> str:
    """The text of a page, with markup taken off and spaces joined."""
    parser = Text()
    parser.feed(page)
    return " ".join(" ".join(parser.parts).split())


@pytest.mark.parametrize(
    ("language", "wording", "key", "translation"),
    [
        ("en", "our own", "provisional, not verified", "draft, not reviewed"),
        ("ru", "собственные", "предварительный, не сверен", "черновой, не проверен"),
        ("uz", "oʻzimizniki", "dastlabki, tekshirilmagan", "qoralama, koʻrib chiqilmagan"),
    ],
)
def test_the_page_says_how_sure_wording_key_and_translations_are(language, wording, key, translation):
    text = visible(codebook_html(load_instrument("sfp-10-14-parent"), language=language))
    assert all(words in text for words in (wording, key, translation))


def test_the_page_has_every_item_in_every_language_with_its_columns():
    parent = load_instrument("sfp-10-14-parent")
    text = visible(codebook_html(parent, language="en"))
    for item in parent.items:
        assert all(words in text for words in (*item.text.values(), f"{item.id}_then", f"{item.id}_now"))
    for construct in parent.constructs:
        assert construct.title["en"] in text
    assert "mean of the answers, 1–5" in text


def test_the_page_needs_nothing_else_and_escapes_the_instrument(tmp_path):
    page = codebook_html(mixed(tmp_path), language="en")
    assert "<b>what</b>" not in page
    assert not any(outside in page for outside in ("<link", "<script", "src=", "url(", "@import"))


def test_the_table_has_a_row_for_each_item_and_offered_answer(tmp_path):
    table = rows(codebook_csv(load_instrument("sfp-10-14-parent")))
    assert len(table) == 20 * (5 + 1)
    assert table[0]["columns"] == "p01_then p01_now"
    assert (table[0]["wording"], table[0]["key"], table[0]["translation_ru"]) == ("own", "provisional", "draft")
    turned = [row["score"] for row in table if row["item"] == "p05"]
    assert turned == ["5", "4", "3", "2", "1", ""]


def test_a_right_answer_scores_1_and_what_is_not_scored_has_no_score(tmp_path):
    table = rows(codebook_csv(mixed(tmp_path)))
    scores = {(row["item"], row["code"]): row["score"] for row in table}
    assert (scores["k1", "1"], scores["k1", "2"], scores["k1", "99"]) == ("0", "1", "")
    assert scores["src", "1"] == scores["age", ""] == ""


def test_a_spreadsheet_takes_no_cell_of_the_table_for_a_formula(tmp_path):
    table = rows(codebook_csv(mixed(tmp_path)))
    assert not [cell for row in table for cell in row.values() if cell[:1] in ("=", "+", "@")]
    assert {"'=1+1 is <b>what</b> I can say.", "'-I give up."} <= {row["text_en"] for row in table}


def test_the_codebook_of_a_withheld_wording_shows_neutral_labels_and_says_where_the_form_is():
    text = visible(codebook_html(load_instrument("aiguessr"), language="en"))
    assert "short neutral labels" in text
    assert "github.com/moblangeois/aiguessr" in text
    assert "withheld" in text
