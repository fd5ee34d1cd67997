"""The paper form: what is on it, on every page, and what a photocopier and a screen reader get."""

import io
import re

import pytest

from mande import load_instrument
from mande.errors import WrongUse
from mande.forms import Order, paper_html
from mande.pdf import render_pdf
from tests.forms.small import mixed

pikepdf = pytest.importorskip("pikepdf")
BOX_PX = 20.8  # 5.5 mm, in the units of the page's own drawing


@pytest.fixture(scope="module")
def printed():
    """The Russian parent form: its instrument, the PDF, and the text of each page on one line."""
    from pypdf import PdfReader

    parent = load_instrument("sfp-10-14-parent")
    pdf = render_pdf(paper_html(parent, language="ru"))
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]
    return parent, pdf, pages


def boxes(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        operators = [each for page in document.pages for each in pikepdf.parse_content_stream(page)]
    sizes = [tuple(map(float, numbers[2:4])) for numbers, operator in operators if str(operator) == "re"]
    return sum(abs(width - BOX_PX) < 0.1 and abs(height - BOX_PX) < 0.1 for width, height in sizes)


def test_every_item_is_printed_once_and_in_order(printed):
    parent, _, pages = printed
    text = " ".join(pages)
    places = [text.index(item.text["ru"]) for item in parent.items]
    assert places == sorted(places)


def test_a_form_of_two_waves_fits_on_one_sheet_and_says_on_each_page_what_it_is(printed):
    _, _, pages = printed
    assert len(pages) == 2
    for number, page in enumerate(pages, start=1):
        assert "sfp-10-14-parent · версия 1 · СЕЙЧАС + ТОГДА · ru" in page
        assert f"{number} / 2" in page
        assert "СЕЙЧАС в эти дни ТОГДА до программы" in page  # the head of the table
    assert "Код:" in pages[1]  # sheets that come apart


def test_there_is_a_box_for_every_item_wave_and_offered_answer(printed):
    parent, pdf, _ = printed
    assert boxes(pdf) == len(parent.items) * 2 * (5 + 1) + len(("female", "male"))


def test_a_screen_reader_gets_language_title_and_tags_and_every_font_is_embedded(printed):
    parent, pdf, _ = printed
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert str(document.Root.Lang) == "ru"
        assert document.Root.MarkInfo.Marked
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert document.open_metadata()["dc:title"] == parent.title["ru"]
        assert document.open_metadata()["pdfuaid:part"] == "1"
        fonts = [each for each in document.objects if isinstance(each, pikepdf.Dictionary) and "/FontFile3" in each]
        fonts += [each for each in document.objects if isinstance(each, pikepdf.Dictionary) and "/FontFile2" in each]
        described = [
            each
            for each in document.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor"
        ]
    assert described
    assert len(fonts) == len(described)


def test_the_same_instrument_gives_the_same_bytes(printed):
    parent, pdf, _ = printed
    assert render_pdf(paper_html(parent, language="ru")) == pdf


@pytest.mark.parametrize(("order", "first"), [(Order.NOW_THEN, "NOW"), (Order.THEN_NOW, "THEN")])
def test_the_order_of_the_parts_and_the_instructions_agree(order, first):
    page = paper_html(load_instrument("sfp-10-14-parent"), language="en", order=order)
    heads = re.findall(r'class="wavehead"[^>]*>(\w+)', page)
    assert heads[0] == first
    left = re.search(r"First fill in the left part, from top to bottom: ([^.]+)\.", page)
    assert left is not None
    assert first in left[1]


def test_every_kind_of_question_has_its_space_and_markup_in_an_item_stays_text(tmp_path):
    page = paper_html(mixed(tmp_path), language="en")
    assert "&lt;b&gt;what&lt;/b&gt;" in page
    assert page.count('class="choice"') == 3 + 3  # waves to tick; two sources and the refusal
    assert page.count('class="digits"') == 1
    assert page.count('class="lines"') == 1
    assert 'class="wide"' not in page  # one short block of boxes leaves the page upright


def test_a_form_for_a_certain_wave_says_which_and_offers_none_to_tick(tmp_path):
    page = paper_html(mixed(tmp_path), language="ru", wave="baseline")
    assert "<b>ДО</b> · до программы" in page
    assert "Когда заполняется" not in page


def test_only_rated_items_are_asked_at_each_of_two_waves(tmp_path):
    page = paper_html(mixed(tmp_path, "then, now"), language="en")
    table_boxes = page.count('<td class="in ')
    assert table_boxes == 2 * (2 * (3 + 1) + 1 * (2 + 1))
    assert page.count("Who told you?") == 1


def test_long_labels_are_set_smaller_before_they_take_the_room_of_the_items(tmp_path):
    from mande.forms.paper import LANDSCAPE_MM, LEAST_HEAD_PT, NUMBER_MM, TEXT_MM

    long = " ".join(["Unpronounceable-circumstances"] * 2) + " incomprehensibilities"
    page = paper_html(mixed(tmp_path, "then, now", Perhaps=long), language="en")
    widths = [float(width) for width in re.findall(r'<col style="width: ([\d.]+)mm">', page)]
    assert sum(widths[1 : 1 + 8]) <= LANDSCAPE_MM - TEXT_MM - NUMBER_MM + 0.1
    assert all(float(size) >= LEAST_HEAD_PT for size in re.findall(r"font-size: ([\d.]+)pt\">", page))
    assert 'class="wide"' in page


@pytest.mark.parametrize(
    ("instrument", "language", "message"),
    [
        ("aiguessr", "en", "github.com/moblangeois/aiguessr"),
        ("sfp-10-14-parent", "tg", "report_templates/form/words.toml"),
    ],
)
def test_what_cannot_be_printed_says_what_to_do(instrument, language, message):
    with pytest.raises(WrongUse, match=re.escape(message)):
        paper_html(load_instrument(instrument), language=language)


def test_a_language_that_the_instrument_lacks_is_refused_with_those_it_has(tmp_path):
    with pytest.raises(WrongUse, match=r'no words in "uz" for: .*a1.*complete in: en, ru'):
        paper_html(mixed(tmp_path), language="uz")
