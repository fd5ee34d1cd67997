"""The Word file: the page's own headings, sentences and tables, to be edited."""

import io
import re
import sys

import docx
import lxml.html
import pytest

from mande.errors import ComponentMissing
from mande.report import render_html
from mande.report.word import render_word
from tests.report.conftest import text_of

PAGE = '<!doctype html><html lang="ru"><head><title>T</title><style>p {{}}</style></head><body>{}</body></html>'


@pytest.fixture(scope="module")
def word(aiguessr_page):
    return docx.Document(io.BytesIO(render_word(aiguessr_page, title="A title", author="Somebody")))


def made(body: str):
    return docx.Document(io.BytesIO(render_word(PAGE.format(body), title="T")))


def lines(document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs if paragraph.text]


def cells(document) -> list[str]:
    return [cell.text for table in document.tables for row in table.rows for cell in row.cells]


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_every_sentence_of_the_page_but_those_on_drawings_is_there(aiguessr_page, word):
    page = lxml.html.document_fromstring(aiguessr_page)
    for element in page.find_class("drawn"):
        element.drop_tree()
    page = squeezed(text_of(lxml.html.tostring(page, encoding="unicode")))
    for line in lines(word):
        assert squeezed(line) in page
    assert any("a change of +1.08 points (95% interval +0.85 to +1.32)" in line for line in lines(word))


def test_it_begins_with_its_cover_and_not_with_what_a_browser_needs(aiguessr_page, word):
    assert "To the content" in aiguessr_page
    assert lines(word)[:2] == ["Evaluation report", "AIGuessr workshop, site A, 2026"]


def test_every_change_of_the_evaluation_stands_in_a_table(aiguessr, word):
    text = " ".join(cells(word))
    for change in aiguessr.changes:
        assert f"{change.mean_change.value:+.2f}\n{change.mean_change.low:+.2f} to" in text


def test_headings_are_headings(word):
    styles = [(paragraph.style.name, paragraph.text) for paragraph in word.paragraphs]
    assert ("Title", "AIGuessr workshop, site A, 2026") in styles
    assert ("Heading 1", "A Sizes and tests") in styles
    assert ("Heading 2", "Area by area") in styles


def test_a_drawing_gives_its_words():
    document = made(
        "<table><tr><td><svg><title>Mean 2 then</title><desc>Up</desc><text>9</text></svg></td></tr></table>"
    )
    assert cells(document) == ["Mean 2 then. Up"]


def test_a_sentence_on_how_to_read_a_drawing_stays_behind_with_it():
    document = made(
        "<p>Mean. <span class=drawn>○ then, ● now.</span> Improved: people.</p><p class='sub drawn'>Bars</p>"
    )
    assert lines(document) == ["Mean. Improved: people."]


@pytest.mark.parametrize("template", ["ministry", "technical"])
def test_no_sentence_speaks_of_marks_that_are_not_there(tashkent, template):
    """Word has no drawings: no mark of theirs is explained, and no colour or bar."""
    document = docx.Document(io.BytesIO(render_word(render_html(tashkent, template=template), title="T")))
    marks = re.compile("[○●]|[Bb]and is|[Bb]road band|^Bars|[Ee]ach mark|grey|darker line|arrowhead|on an axis")
    assert [line for line in lines(document) if marks.search(line)] == []


def test_what_is_underlined_on_the_page_is_underlined():
    document = made(
        '<table><tr><td class="num flag"><b>0.59</b><span>0.4 to 0.7</span></td><td><b>0.81</b></td></tr></table>'
    )
    runs = [run for cell in document.tables[0].rows[0].cells for run in cell.paragraphs[0].runs]
    assert [run.text for run in runs if run.underline] == ["0.59"]


def test_spans_of_cells_are_kept():
    table = "<table><tr><th rowspan=2>a</th><td colspan=2>b</td></tr><tr><td>c</td><td>d</td></tr></table>"
    assert cells(made(table)) == ["a", "b", "b", "a", "c", "d"]


def test_space_is_as_on_the_page():
    body = "<p>One\n <b>two</b> , d<sub>av</sub>\n</p><ol><li>first\n</li></ol><p><span>A</span><span>B</span></p>"
    assert lines(made(body)) == ["One two , dav", "first", "A B"]


def test_the_mark_of_synthetic_data_is_on_every_page():
    assert made('<p class="mark">Synthetic</p><p>x</p>').sections[0].header.paragraphs[0].text == "Synthetic"


def test_title_and_language_are_said(word):
    assert (word.core_properties.title, word.core_properties.author) == ("A title", "Somebody")
    assert 'w:lang w:val="ru"' in made("<p>x</p>").styles["Normal"].element.xml


def test_text_of_others_stays_text(small_page):
    document = docx.Document(io.BytesIO(render_word(small_page, title="T")))
    assert any("<script>alert(1)</script> {{ 7 * 7 }}" in line for line in lines(document))


def test_the_same_page_gives_the_same_bytes(small_page, monkeypatch):
    import time

    first = render_word(small_page, title="T")
    later = time.localtime(time.time() + 86_400)
    monkeypatch.setattr(time, "localtime", lambda *_: later)
    assert render_word(small_page, title="T") == first


def test_without_python_docx_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(ComponentMissing, match=r"pip install \"mande\[word\]\""):
        render_word(PAGE.format(""), title="T")
