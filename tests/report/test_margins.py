"""No word stands in a margin, in no language: a column too narrow for its longest word is a defect."""

import shutil

import pytest
import weasyprint
from weasyprint.formatting_structure.boxes import TextBox

from mande.catalog import find_sample, samples
from mande.evaluation import evaluate
from mande.plan import load_plan
from mande.report import render_html

HALF_A_MILLIMETRE = 96 / 25.4 / 2


def in_a_margin(html: str) -> list[tuple[int, str]]:
    """Page and text of what reaches out of the page's content."""
    found = []
    for number, page in enumerate(weasyprint.HTML(string=html).render().pages, 1):
        sheet = page._page_box
        left, right = sheet.content_box_x(), sheet.content_box_x() + sheet.width
        content = [box for child in sheet.children if child.element_tag == "html" for box in child.descendants()]
        found += [
            (number, box.text)
            for box in content
            if isinstance(box, TextBox)
            and not left - HALF_A_MILLIMETRE <= box.position_x <= right + HALF_A_MILLIMETRE - box.width
        ]
    return found


def test_a_long_word_in_a_narrow_column_is_found():
    narrow = (
        "<table style='table-layout: fixed; width: 100%'><td>a<td style='width: 9mm; white-space: nowrap'>Yaxshilandi"
    )
    assert in_a_margin(narrow) == [(1, "Yaxshilandi")]


@pytest.mark.parametrize("language", ["en", "ru", "uz"])
def test_a_small_report_keeps_to_its_columns(aiguessr, language):
    assert in_a_margin(render_html(aiguessr, language=language)) == []


@pytest.mark.slow
@pytest.mark.parametrize("template", ["ministry", "brief", "technical"])
@pytest.mark.parametrize("sample", samples())
def test_every_sample_keeps_to_its_columns_in_every_language(sample, template):
    evaluation = evaluate(load_plan(find_sample(sample)))
    pages = {language: render_html(evaluation, template=template, language=language) for language in ("en", "ru", "uz")}
    assert {language: in_a_margin(html) for language, html in pages.items()} == {"en": [], "ru": [], "uz": []}


@pytest.mark.parametrize("language", ["ru", "uz"])
def test_the_summary_of_one_questionnaire_from_few_schools_is_one_page(tmp_path, language):
    sample = find_sample("tashkent-2016-synthetic")
    text = sample.read_text(encoding="utf-8")
    youth, rest = text.index('[[source]]\nfile = "youth.csv"'), text.index("[narrative]")
    (tmp_path / "evaluation.toml").write_text(text[:youth] + text[rest:], encoding="utf-8")
    shutil.copy(sample.parent / "parents.csv", tmp_path)
    html = render_html(evaluate(load_plan(tmp_path / "evaluation.toml")), language=language)
    ((_, _, chapters, _),) = weasyprint.HTML(string=html).render().make_bookmark_tree()
    (_, summary, *_), (_, method, *_) = chapters[:2]
    assert method[0] == summary[0] + 1
