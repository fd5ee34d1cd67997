"""At the end of a notebook's cell, results show themselves by the figures of the reports."""

import re
from xml.etree import ElementTree

import mande
from tests.report.conftest import steady_forms


def test_an_evaluation_shows_every_area_with_its_figures(small, read):
    shown = small._repr_html_()
    drawings = [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", shown, flags=re.DOTALL)]
    assert len(drawings) == 2 * len(small.changes)
    for change in small.changes:
        assert f"{change.mean_change.value:+.2f}".replace("-", "−") in read(shown)
        assert f"{change.direction.improved_share.value:.0%}" in read(shown)
    assert "Parents: Harmony" in read(shown)


def test_changes_without_a_plan_show_themselves_too(small, read):
    text = read(small.changes._repr_html_())
    assert "Parents: harmony" in text
    assert "then to now" in text


def test_withheld_changes_show_nothing(evaluation_of, read):
    shown = evaluation_of(steady_forms(12, answered=3))._repr_html_()
    row = next(row for row in re.findall(r"<tr>.*?</tr>", shown, flags=re.DOTALL) if "Quarrels" in row)
    assert read(row).split() == ["Parents:", "Quarrels", "then", "to", "now", "withheld"]


def test_in_russian_as_in_the_report(small, read):
    assert "Родители: Harmony" in read(mande.to_html(small, language="ru"))
