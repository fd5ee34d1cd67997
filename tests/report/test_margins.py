"""Every sample on paper: no word in a margin, no heading alone at a page's foot, and no more pages than asked for."""

import shutil
from collections.abc import Iterable, Iterator

import pytest
import weasyprint
from weasyprint.document import Document
from weasyprint.formatting_structure.boxes import Box, TextBox

from mande.catalog import find_sample, samples
from mande.evaluation import evaluate
from mande.plan import load_plan
from mande.report import render_html

HALF_A_MILLIMETRE = 96 / 25.4 / 2
LONGEST = {"ministry": 20, "brief": 2}
HEADINGS = {"h2", "h3"}


def laid_out(html: str) -> Document:
    return weasyprint.HTML(string=html).render()


def texts(box: Box, heading: bool = False) -> Iterator[tuple[TextBox, bool]]:
    """Every piece of text below the box, and whether it is part of a heading."""
    heading = heading or box.element_tag in HEADINGS
    if isinstance(box, TextBox):
        yield box, heading
    for child in getattr(box, "children", ()):
        yield from texts(child, heading)


def pages(document: Document) -> Iterator[tuple[int, Box, list[tuple[TextBox, bool]]]]:
    """Number, page box and texts of each page, without what its margins repeat."""
    for number, page in enumerate(document.pages, 1):
        sheet = page._page_box
        yield number, sheet, [t for child in sheet.children if child.element_tag == "html" for t in texts(child)]


def in_a_margin(document: Document) -> list[tuple[int, str]]:
    """Page and text of what reaches out of the page's content."""
    found = []
    for number, sheet, words in pages(document):
        left, right = sheet.content_box_x(), sheet.content_box_x() + sheet.width
        found += [
            (number, box.text)
            for box, _ in words
            if not left - HALF_A_MILLIMETRE <= box.position_x <= right + HALF_A_MILLIMETRE - box.width
        ]
    return found


def headings_left_alone(document: Document) -> list[tuple[int, str]]:
    """Page and text of headings with nothing of what they head below them."""
    found = []
    for number, _, words in pages(document):
        lowest = max((box.position_y for box, heading in words if not heading), default=0)
        found += [(number, box.text) for box, heading in words if heading and box.position_y > lowest]
    return found


def boxes(box: Box) -> Iterator[Box]:
    yield box
    for child in getattr(box, "children", ()):
        yield from boxes(child)


def running_heads(document: Document) -> list[tuple[int, str, str]]:
    """Number of each page, the section that its head names, and the one that is going on where the page begins."""
    found, going_on = [], ""
    for number, sheet, words in pages(document):
        named = [
            text for box in sheet.children if getattr(box, "at_keyword", "") == "@top-left" for text, _ in texts(box)
        ]
        opened = [
            [text for text, _ in texts(box)]
            for child in sheet.children
            if child.element_tag == "html"
            for box in boxes(child)
            if box.style["string_set"] != "none" and box.style["string_set"][0][0] == "section"
        ]
        if opened and min(text.position_y for text, _ in words) == opened[0][0].position_y:
            going_on = spoken(opened[0])
        found.append((number, spoken(named), going_on))
        going_on = spoken(opened[-1]) if opened else going_on
    return found


def spoken(of: Iterable[TextBox]) -> str:
    return " ".join(" ".join(box.text for box in of).split()).casefold()


def test_a_long_word_in_a_narrow_column_is_found():
    narrow = (
        "<table style='table-layout: fixed; width: 100%'><td>a<td style='width: 9mm; white-space: nowrap'>Yaxshilandi"
    )
    assert in_a_margin(laid_out(narrow)) == [(1, "Yaxshilandi")]


def test_a_heading_at_the_foot_of_a_page_is_found():
    style = "<style>@page { size: 60mm 60mm; margin: 10mm } h3 { break-after: auto }</style>"
    page = f"{style}<p style='height: 20mm'>a<h3>Lonely</h3><p>b"
    assert headings_left_alone(laid_out(page)) == [(1, "Lonely")]


@pytest.mark.parametrize("language", ["en", "ru", "uz"])
def test_a_small_report_keeps_to_its_columns(aiguessr, language):
    document = laid_out(render_html(aiguessr, language=language))
    assert in_a_margin(document) == []
    assert headings_left_alone(document) == []


def test_the_head_of_a_page_names_the_section_that_is_going_on_where_it_begins(tashkent):
    """A table of section 3 at the top of a page does not stand under the head of section 4, which begins below it."""
    heads = running_heads(laid_out(render_html(tashkent)))
    assert len({named for _, named, _ in heads}) > 10
    assert [(page, named) for page, named, _ in heads] == [(page, going_on) for page, _, going_on in heads]


@pytest.mark.slow
@pytest.mark.parametrize("template", ["ministry", "brief", "technical"])
@pytest.mark.parametrize("sample", samples())
def test_every_sample_keeps_to_its_columns_and_its_length_in_every_language(sample, template):
    evaluation = evaluate(load_plan(find_sample(sample)))
    for language in ("en", "ru", "uz"):
        document = laid_out(render_html(evaluation, template=template, language=language))
        assert in_a_margin(document) == [], language
        assert headings_left_alone(document) == [], language
        assert len(document.pages) <= LONGEST.get(template, 100), language
        if template != "brief":
            ((_, _, chapters, _),) = document.make_bookmark_tree()
            assert chapters[1][1][0] == chapters[0][1][0] + 1, f"{language}: the summary is longer than its page"


@pytest.mark.parametrize("language", ["ru", "uz"])
def test_the_summary_of_one_questionnaire_from_few_schools_is_one_page(tmp_path, language):
    sample = find_sample("tashkent-2016-synthetic")
    text = sample.read_text(encoding="utf-8")
    youth, rest = text.index('[[source]]\nfile = "youth.csv"'), text.index("[narrative]")
    (tmp_path / "evaluation.toml").write_text(text[:youth] + text[rest:], encoding="utf-8")
    shutil.copy(sample.parent / "parents.csv", tmp_path)
    html = render_html(evaluate(load_plan(tmp_path / "evaluation.toml")), language=language)
    ((_, _, chapters, _),) = laid_out(html).make_bookmark_tree()
    (_, summary, *_), (_, method, *_) = chapters[:2]
    assert method[0] == summary[0] + 1
