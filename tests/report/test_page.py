"""What the page says: the evaluation's figures and no others, in whole sentences, with everybody's text as text."""

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from mande.catalog import Room, find_sample, find_template, room_folder
from mande.errors import CATALOGUE, ComponentMissing, Effect, OutputNotWritable, Reason, UnknownName, WrongUse
from mande.evaluation import evaluate
from mande.listing import findings
from mande.plan import load_plan
from mande.report import render, render_html
from mande.report.environment import environment
from mande.report.geometry import Axis
from tests.report.conftest import steady_forms, text_of

SHARED = sorted(room_folder(Room.TEMPLATES).rglob("*.j2"))


@cache
def shared(name: str):
    return environment(find_template("ministry")).get_template(f"_shared/{name}.j2").module


# limitations


@pytest.mark.parametrize(("spelled", "is_said"), [("12-maktab", True), ("13-maktab", False)])
def test_places_that_may_be_one_are_a_limitation(evaluation_of, read, spelled, is_said):
    """Six schools, one of them perhaps the first under another name: clusters are then too many."""
    schools = ["Школа №12", spelled, "Школа №1", "Школа №2", "Школа №3", "Школа №4"]
    rows = [[row[0], schools[i % 6], *row[2:]] for i, row in enumerate(steady_forms(60))]
    evaluation = evaluation_of(rows)
    page = read(render_html(evaluation))
    assert ("one place was counted as several" in page) is is_said
    assert ("1 pair of labels may be one and the same (R-043)" in findings(evaluation)) is is_said


@pytest.mark.parametrize(
    ("analysis", "said"),
    [
        ('cluster = "sex"\n', "If they are, one place was counted as several"),
        ('subgroups = ["sex"]\n', "If they are, one group stands here as two"),
        ('subgroups = ["school"]\n', ""),
    ],
    ids=["the cluster", "a subgroup", "neither"],
)
def test_names_that_may_be_one_are_a_limitation_of_what_rests_on_them(evaluation_of, read, tmp_path, analysis, said):
    head = 'id = "own"\ntitle = {en = "x"}\ndesign = "retrospective"\n'
    head += 'comparisons = [{earlier = "then", later = "now"}]\n'
    (tmp_path / "own.toml").write_text(head + analysis, encoding="utf-8")
    sexes = ["м", "муж", "жен", "дев", "кыз", "эркак"]
    rows = [[row[0], sexes[i % 6], *row[2:]] for i, row in enumerate(steady_forms(60))]
    evaluation = evaluation_of(
        rows, replaced={'"retrospective-pretest"': f'"{tmp_path / "own.toml"}"', 'school = "school"': 'sex = "school"'}
    )
    assert evaluation.sources[0].alike == {"sex": 4}
    page = read(render_html(evaluation, template="technical"))
    assert page.count("By sex, some names in the files look like two spellings of one.") == bool(said)
    assert said in page


# quality


def test_problems_stand_once_by_kind_with_what_each_file_has_of_them():
    evaluation = evaluate(load_plan(find_sample("tashkent-2016-synthetic")))
    annex = render_html(evaluation).partition('id="annex-c"')[2]
    kinds = dict(re.findall(r'<td class="id">([A-Z]-\d+)</td>(.*?)</tr>', annex, re.DOTALL))
    found = [source.problems for source in evaluation.sources]
    assert len(found) == 2
    assert set(kinds) == {code for problems in found for code in problems} >= {"R-020", "R-037"}
    for code, row in kinds.items():
        cells = [text_of(cell).strip() for cell in re.findall(r'<td class="num">(.*?)</td>', row)]
        assert cells == [str(problems.get(code, "·")) for problems in found]


# figures


def test_every_area_is_told_with_the_evaluations_figures(aiguessr, aiguessr_page, read):
    text = read(aiguessr_page)
    for change in aiguessr.changes:
        d, mean = change.direction, change.mean_change
        share = d.improved_share
        assert (
            f"{d.improved} of {change.n} students ({share.value:.0%}; 95% interval {share.low:.0%} to {share.high:.0%})"
            f" rated this area better for NOW than for THEN, {d.same} the same and {d.worse} worse."
        ) in text
        means = change.description
        assert (
            f"The mean went from {means.mean_earlier:.2f} to {means.mean_later:.2f}, a change of {mean.value:+.2f}"
            f" points (95% interval {mean.low:+.2f} to {mean.high:+.2f}), which is {change.effects.pomp:.0f}%"
            " of the scale’s range."
        ) in text


def test_summary_has_the_key_figure_of_each_area(aiguessr, aiguessr_page, read):
    text = read(aiguessr_page[aiguessr_page.index('id="summary"') : aiguessr_page.index('id="method"')])
    assert "Participants reported a clear improvement in all 3 areas" in text
    assert "29 of 31 students (94%) rated “Materiality awareness” better for NOW than for THEN." in text
    for change in aiguessr.changes:
        d, mean = change.direction, change.mean_change
        assert f"{mean.value:+.2f} {mean.low:+.2f} to {mean.high:+.2f}" in text
        assert f"{d.improved / change.n:.0%} {d.improved} of {change.n}" in text


def test_full_statistics_of_the_technical_report_have_every_figure(aiguessr, aiguessr_technical, read):
    page = aiguessr_technical
    text = read(page[page.index('id="annex-a"') : page.index('id="annex-b"')])
    for change in aiguessr.changes:
        for figure in (
            f"{change.t_test.t:.2f} ({change.t_test.df})",
            f"{change.signed_rank.w_plus:.1f} / {change.signed_rank.w_minus:.1f}",
            f"{change.effects.d_z.value:.2f} {change.effects.d_z.low:.2f} to {change.effects.d_z.high:.2f}",
            f"{change.effects.d_av.value:.2f} {change.effects.d_av.low:.2f} to {change.effects.d_av.high:.2f}",
            f"{change.effects.rank_biserial:.2f}",
            f"{change.reliability.alpha_earlier.value:.2f}",
            f"{change.reliability.reliable.improved} / {change.reliability.reliable.worse}",
        ):
            assert figure in text


def test_everybody_read_is_accounted_for(aiguessr, aiguessr_page, read):
    text = read(aiguessr_page)
    flow = aiguessr.sources[0].flow
    assert f"{flow.rows_read} questionnaires were read and {flow.rows_used} were used." in text
    cells = flow.cells
    assert f"{flow.rows_read} {flow.rows_used} 0 {cells.read} {cells.answered} {cells.blank}" in text
    for change in aiguessr.changes:
        assert f"{change.n} {change.n_left_out} {' '.join(map(str, change.left_out))}" in text


@pytest.mark.parametrize(("answered", "is_said"), [(20, False), (13, True)])
def test_a_reason_for_leaving_people_out_stands_where_somebody_was_left_out(evaluation_of, read, answered, is_said):
    evaluation = evaluation_of(steady_forms(20, answered))
    assert any(change.n_left_out for change in evaluation.changes) is is_said
    page = read(render_html(evaluation))
    assert ("no score at one of the times; see the table" in page) is is_said
    assert ("People compared 20 none" in page) is not is_said


def test_an_alpha_outside_of_its_axis_is_no_point_at_the_end_of_it():
    """Below 0 it is an arrowhead at the edge, an interval's end too; a point there would say 0."""
    figures = shared("figures.svg")

    def drawn(value: float, low: float) -> str:
        return figures.estimates(Axis(0, 1, 6, 98), 104, 0.7, ({"value": value, "low": low, "high": 0.9},), "t")

    assert ('<circle cx="6' in drawn(-0.88, -2), "<path" in drawn(-0.88, -2)) == (False, True)
    assert ("<circle" in drawn(0.5, -0.1), "<path" in drawn(0.5, -0.1)) == (True, True)
    assert ("<circle" in drawn(0.5, 0.1), "<path" in drawn(0.5, 0.1)) == (True, False)


@pytest.mark.parametrize(("torn", "is_said"), [(False, False), (True, True)])
def test_an_arrowhead_is_explained_where_one_is_drawn(evaluation_of, read, torn, is_said):
    """Answers to the two questions of an area that contradict each other: the higher the one, the lower the other."""
    rows = steady_forms(20)
    if torn:
        rows = [[*row[:3], 2 + i % 3, 2 + i % 3, 2 + i % 3, *row[6:]] for i, row in enumerate(rows)]
    evaluation = evaluation_of(rows)
    alphas = [change.reliability.alpha_later for change in evaluation.changes]
    assert any(alpha and alpha.low < 0 for alpha in alphas) is is_said
    assert ("An arrowhead at the edge" in read(render_html(evaluation))) is is_said


def test_lower_is_better__falling_scores_are_improvement(small, small_page, read):
    quarrels = small.changes[1]
    assert quarrels.mean_change.value < 0 < quarrels.direction.improved
    assert f"{quarrels.direction.improved} of 20 parents" in read(small_page)
    assert f"a change of −{-quarrels.mean_change.value:.2f} points" in read(small_page)


def test_provenance_has_every_hash_and_version(aiguessr, aiguessr_page, read):
    text = read(aiguessr_page).replace(" ", "")
    for digest in aiguessr.provenance.inputs.values():
        assert digest in text
    for name, number in aiguessr.provenance.versions.items():
        assert f"{name}{number}" in text


# claims


@pytest.mark.parametrize("word", ["caused by", "significant", "proves", "the programme led", "impact of the programme"])
def test_claims_beyond_the_design_are_not_made(aiguessr_page, read, word):
    assert word not in read(aiguessr_page).casefold()


def test_every_percentage_of_the_mean_stands_beside_pomp(aiguessr, aiguessr_technical, read):
    percent = f"{aiguessr.changes[2].effects.percent_of_mean:+.1f}"
    assert read(aiguessr_technical).count(percent) == 1
    assert aiguessr_technical.index(percent) > aiguessr_technical.index("(POMP)")


def test_rows_that_nobody_filled_in_are_no_questionnaires(evaluation_of, read):
    rows = [*steady_forms(20), ["", "", *[""] * 8], ["Total", "", *[40] * 8]]
    evaluation = evaluation_of(rows)
    flow = evaluation.sources[0].flow
    assert (flow.rows_read, dict(flow.rows_set_aside)) == (22, {"R-006": 1, "R-024": 1})
    text = read(render_html(evaluation))
    assert "20 questionnaires were read and 20 were used." in text
    assert "Questionnaires used 20 of 20 none" in text


def test_cells_of_rows_set_aside_stand_apart_from_answers_that_are_not_offered(evaluation_of, read):
    forms = steady_forms(20)
    forms[3][2] = 7  # not offered, in a row that is used
    page = render_html(evaluation_of([*forms, forms[0]]))  # a second form of the first person: 8 answer cells
    row = read(page[page.index("Rows and answer cells") :].split("<tbody>")[1].split("</tr>")[0])
    assert row.split() == ["forms.csv", "21", "20", "1", "168", "159", "0", "0", "1", "8"]


def test_the_summary_says_how_many_of_those_enrolled_the_results_rest_on(evaluation_of, read):
    plan = 'name = "A programme"\nenrolled = { families = 30 }'
    evaluation = evaluation_of(steady_forms(20, answered=18), replaced={'name = "A programme"': plan})
    assert "30 families enrolled with answers both times: 18 to 20 parents" in read(render_html(evaluation))


@pytest.mark.parametrize("path", sorted(room_folder(Room.ANALYSES).glob("*.toml")), ids=lambda path: path.stem)
def test_every_caveat_of_an_analysis_has_words(path: Path):
    for key in tomllib.loads(path.read_text(encoding="utf-8"))["caveats"]:
        for form in ("short", "title", "full"):
            assert len(getattr(shared("caveats"), form)(key)) > 5


def test_unknown_caveat__error():
    with pytest.raises(WrongUse, match='no words for the caveat "made-up"'):
        shared("caveats").full("made-up")


def test_every_reason_has_words():
    assert all(shared("words").reason(reason, 5).strip().endswith(".") for reason in Reason)


def test_every_problem_that_leaves_a_file_usable_has_words():
    for code, kind in CATALOGUE.items():
        if code.startswith(("R-", "L-")) and kind.effect is not Effect.REFUSED:
            assert shared("problems").title(code)
            assert shared("problems").counted(code, 2).startswith("2 ")
            assert shared("problems").effect(str(kind.effect))
            if kind.effect is Effect.ROW_SET_ASIDE:
                assert shared("problems").set_aside(code, 1).startswith("1 ")


# what cannot be shown


def test_change_that_cannot_be_tested_prints_the_reason(evaluation_of, read):
    page = render_html(evaluation_of(steady_forms(20, same=True)))
    assert "Quarrels: not testable. Nobody’s score changed." in read(page)
    assert "nan" not in read(page).casefold().split()


def test_a_change_that_is_printed_as_zero_is_called_no_improvement(evaluation_of, read):
    """Of 400 people two answered one of three questions a step higher: a mean change of 0.0017, printed as 0.00."""
    rows = [[f"P{i:03d}", f"s{i % 40}", 3, 3 + (i < 2), 2, 2, 4, 4, 3, 3] for i in range(400)]
    evaluation = evaluation_of(rows)
    assert 0 < evaluation.changes[0].mean_change.value < 0.005
    text = read(render_html(evaluation))
    assert "no area has a mean change for the better" in text
    assert "largest change for the better" not in text
    assert "0.5% 2 of 400" in text  # and half a per cent is not 0 %


def test_withheld_area_has_no_figure_anywhere(evaluation_of, read):
    page = render_html(evaluation_of(steady_forms(12, answered=3)))
    rows = [read(row) for row in re.findall(r"<tr>.*?</tr>", page, flags=re.DOTALL) if ">Quarrels<" in row]
    assert rows
    for row in rows:
        left = re.sub(r"fewer than 5|1 to 5|b1 | 1 ", "", row)
        assert not re.search(r"\d", left), row
    assert "Quarrels. Fewer than 5 people: withheld" in read(page)
    assert not re.search(r"\bof 3 (parents|$)", read(page))


def test_a_technical_report_of_an_area_that_is_withheld_is_made(evaluation_of, read):
    text = read(render_html(evaluation_of(steady_forms(12, answered=3)), template="technical"))
    assert "Quarrels. Fewer than 5 people: withheld" in text


def test_one_usable_pair__page_is_made(evaluation_of, read):
    text = read(render_html(evaluation_of(steady_forms(1), smallest=1)))
    assert "These data allow no statement about change" in text


# safety


def test_text_of_others_stays_text(small_page):
    assert "<script" not in small_page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 * 7 }} &amp; “so”" in small_page
    assert "&lt;u&gt;A mother&lt;/u&gt;" in small_page
    assert "Do &lt;i&gt;this&lt;/i&gt; &amp; that" in small_page
    assert "<strong>bold</strong> &lt;b&gt;raw&lt;/b&gt;" in small_page
    assert "<img" not in small_page


def test_page_needs_nothing_from_elsewhere(small_page):
    style = re.findall(r"<style>(.*?)</style>", small_page, flags=re.DOTALL)
    assert not any("url(" in text or "@import" in text for text in style)
    assert not re.search(r'(?:src|srcset|data)\s*=\s*"', small_page)
    assert all(target.startswith("#") for target in re.findall(r'href="([^"]*)"', small_page))


def test_ids_are_unique_and_every_link_leads_somewhere(small_page):
    ids = re.findall(r'\bid="([^"]*)"', small_page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]*)"', small_page)) <= set(ids)


@pytest.mark.parametrize("path", SHARED, ids=lambda path: path.name)
def test_templates_do_not_switch_escaping_off(path: Path):
    text = path.read_text(encoding="utf-8").replace("FONT|safe", "")
    assert "|safe" not in text
    assert "autoescape false" not in text


# files


def test_render_writes_whole_files(small, tmp_path):
    assert render(small, tmp_path / "new", formats=["html"]) == [tmp_path / "new" / "report-en.html"]
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["report-en.html"]


def test_pango_missing__html_is_made_and_the_message_names_the_fix(small, tmp_path, monkeypatch):
    import builtins

    real = builtins.__import__

    def without_pango(name, *rest, **named):
        if name == "weasyprint":
            raise OSError("cannot load library 'libgobject-2.0-0'")
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without_pango)
    with pytest.raises(ComponentMissing, match=r"apt-get install .*libpango-1\.0-0"):
        render(small, tmp_path)
    assert (tmp_path / "report-en.html").is_file()
    assert not (tmp_path / "report-en.pdf").exists()


def test_unknown_template_or_format__error(small, tmp_path):
    with pytest.raises(UnknownName, match=r'no report template "minstry"\. Did you mean ministry'):
        render(small, tmp_path, template="minstry")
    with pytest.raises(WrongUse, match='"doc" is not a format'):
        render(small, tmp_path, formats=["doc"])


def test_folder_that_cannot_be_made__error(small, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputNotWritable):
        render(small, tmp_path / "file" / "below", formats=["html"])
