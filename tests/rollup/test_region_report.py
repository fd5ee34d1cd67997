"""The regional report: every number from the roll-up, in whole sentences of three languages, and nothing invented."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from mande import roll_up
from mande.cli import main
from mande.errors import WrongUse
from mande.report.region import render_region, render_region_html
from mande.rollup import RollUp
from tests.report.conftest import text_of


@pytest.fixture(scope="module")
def region(notebook) -> RollUp:
    return notebook["region"]


@pytest.fixture(scope="module")
def page(region) -> str:
    return render_region_html(region)


def test_four_programmes_in_five_countries_with_outcomes_and_reach_together(region):
    assert {member.programme for member in region.members} == {"sfp-10-14", "lulu", "fast", "strong-families"}
    assert {row.country for row in region.reach.tables.countries} == {"KZ", "KG", "TJ", "TM", "UZ"}
    assert {outcome.programme for outcome in region.outcomes} == {member.programme for member in region.members}
    assert region.synthetic


def test_no_level_of_headings_is_left_out(page):
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_entries_that_two_ledgers_share_count_once(region):
    """Uzbekistan's own ledger is a part of the region's."""
    uzbekistan = region.reach.tables.row("programme_countries", programme="sfp-10-14", country="UZ")
    assert uzbekistan.value("families") == 5200 + 6850 + 7300
    assert [problem.code for problem in region.problems] == ["M-071"]


def test_a_correction_counts_once_and_a_stated_total_is_only_compared(region, page):
    kazakhstan = region.reach.tables.row("programme_countries", programme="sfp-10-14", country="KZ")
    assert (kazakhstan.value("families"), kazakhstan.value("schools")) == (1360, 70)
    assert [(check.said, check.agreement.value) for check in region.reach.stated] == [
        ("annual report 2025", "equal"),
        ("speech in Vienna", "different"),
    ]
    assert "speech in Vienna Families 22,000 20,889* different" in text_of(page)


def test_people_of_both_arms_are_analysed_of_those_enrolled(region):
    for position, member in enumerate(region.members):
        if member.programme == "strong-families":
            own = [row.change.n for outcome in region.outcomes for row in outcome.rows if row.member == position]
            (way,) = member.flows
            assert way.step("enrolled").high >= way.step("analysed", "forms").high > 1.5 * max(own)


def test_where_one_country_asked_fewer_questions_results_are_pooled_in_per_cent(region):
    units = {
        o.construct: (o.unit, len(o.rows))
        for o in region.outcomes
        if (o.programme, o.respondent) == ("sfp-10-14", "parent")
    }
    assert units["family-harmony"] == ("percent", 3)
    assert units["positive-involvement"] == ("points", 2)


def test_the_report_says_that_it_is_synthetic_and_prints_the_numbers_of_the_roll_up(region, page):
    text = text_of(page)
    assert "Synthetic data" in text
    for measure in ("families", "people_trained"):
        assert f"{region.reach.tables.total[0].value(measure):,}*" in text
    lulu = next(o for o in region.outcomes if o.construct == "resisting-pressure")
    assert f"{lulu.together.n} {lulu.interval.value:+.2f}" in text
    assert "their saved results: no answer of a single person was needed" in text


def test_what_was_counted_once_and_what_a_status_means_stand_on_the_page(page):
    text = text_of(page)
    assert "2 of its entries are in ledger.csv too; they were counted once" in text
    assert "achieved from 100% of the way · nearly from 80% of the way · behind less than that" in text
    assert "SDG target 3.5" in text


def test_every_figure_says_in_its_title_what_it_shows(page):
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawings) > 100
    assert all(re.search(r"<title>[^<]+</title>", drawing) for drawing in drawings)


@pytest.mark.parametrize("language", ["ru", "uz"])
def test_other_languages_have_the_same_numbers_and_no_sentence_is_missing(region, page, language):
    other = render_region_html(region, language=language)
    digits = [re.sub(r"[^\d]", "", cell) for cell in re.findall(r'<td class="num">(.*?)</td>', page)]
    theirs = [re.sub(r"[^\d]", "", cell) for cell in re.findall(r'<td class="num">(.*?)</td>', other)]
    assert sorted(theirs) == sorted(digits)


def test_a_region_of_ledgers_alone_and_one_without_a_ledger_have_a_report(region, tmp_path):
    from mande import measure_reach
    from tests.reach.test_ledger import read, row

    ledger = measure_reach(read(tmp_path, row(families=40), row(families=9, country="KZ")))
    assert "49" in text_of(render_region_html(roll_up([], [ledger])))
    assert "At a glance" not in text_of(render_region_html(roll_up([])))


def test_a_format_that_does_not_exist_is_refused(region, tmp_path):
    with pytest.raises(WrongUse, match="xlsx"):
        render_region(region, tmp_path, formats=["xlsx"])


def test_the_command_writes_the_report_and_the_roll_up(tmp_path, capsys):
    (tmp_path / "ledger.csv").write_text("programme,country,families\nsfp,UZ,40\nsfp,KZ,2\n", encoding="utf-8")
    (tmp_path / "regional.toml").write_text(
        'title = "R"\nledgers = ["ledger.csv"]\n[programme]\nid = "r"\nname = "R"\n', encoding="utf-8"
    )
    assert main(["roll-up", str(tmp_path / "regional.toml")]) == 0
    assert {path.name for path in Path(tmp_path, "output").iterdir()} == {
        "roll-up.json",
        "region-en.pdf",
        "region-en.html",
    }
    assert "Delivered: families 42" in capsys.readouterr().out


def test_the_pdf_carries_the_roll_up__and_verify_says_what_it_is(tmp_path, capsys):
    import pypdf

    from mande import measure_reach
    from tests.reach.test_ledger import read, row

    region = roll_up([], [measure_reach(read(tmp_path, row(families=40)))])
    (path,) = render_region(region, tmp_path, formats=["pdf"])
    with pypdf.PdfReader(path) as pdf:
        assert pdf.attachments["roll-up.json"][0].decode() == region.to_json()
    assert main(["verify", str(path)]) == 2
    assert "is a report on a region" in capsys.readouterr().err


def test_ledgers_alone_make_a_report_that_speaks_of_no_change(capsys, tmp_path):
    assert main(["roll-up", "--sample", "central-asia-2019", "-o", str(tmp_path), "--format", "html"]) == 0
    text = text_of((tmp_path / "region-en.html").read_text(encoding="utf-8"))
    assert "This report puts ledgers together: what was reported as delivered. No evaluation is part of it" in text
    assert "sfp-10-14 Kazakhstan 157 925 40" in text
    assert "Mean over evaluations" not in text
    assert "Which country does better" not in text
    assert "later minus earlier" not in text
