"""A report agrees with itself and its questionnaires; a digit changed in its counts, figures or pages is found."""

import io
import json
from collections import Counter
from dataclasses import replace

import pikepdf
import pytest

from mande import load_plan
from mande.cli import main
from mande.evaluation import evaluate, evaluation_of
from mande.pdf import render_pdf
from mande.report import render
from mande.report.attached import making, read_report
from mande.verify import Outcome, Verification, verify
from mande.verify.comparing import same
from mande.verify.pages import compare_pages
from mande.verify.recomputing import recomputed
from tests.report.conftest import steady_forms
from tests.small import EVALUATION, INSTRUMENT, forms_text


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An evaluation with its questionnaires and its report."""
    folder = tmp_path_factory.mktemp("verified")
    (folder / "mini.yaml").write_text(INSTRUMENT, encoding="utf-8")
    (folder / "forms.csv").write_text(forms_text(steady_forms(24)), encoding="utf-8")
    (folder / "evaluation.toml").write_text(EVALUATION.replace("cell = 1", "cell = 5"), encoding="utf-8")
    render(evaluate(load_plan(folder / "evaluation.toml")), folder, formats=["pdf"])
    return folder


@pytest.fixture(scope="module")
def report(folder):
    return folder / "report-en.pdf"


@pytest.fixture(scope="module")
def evaluation(report):
    return read_report(report.read_bytes(), report.name).evaluation


@pytest.fixture(scope="module")
def found(folder, report) -> Verification:
    return verify(report, folder)


def differing(compared) -> list[str]:
    return [one.place for one in compared if one.outcome is Outcome.DIFFERS]


def changed(evaluation, old: str, new: str):
    text = evaluation.to_json()
    assert old in text
    return evaluation_of(text.replace(old, new, 1).encode(), "changed")


# what is left alone


def test_a_report_agrees_with_itself_and_its_questionnaires(found):
    assert found.agrees
    assert {one.outcome for one in found.figures} == {Outcome.AGREES}
    assert len(found.figures) > 250
    assert [one.place for one in found.pages] == ["the whole file, byte for byte"]
    assert len(found.data) > 500


def test_it_carries_the_evaluation_as_it_was_saved(evaluation, folder):
    assert evaluation.to_json() == evaluate(load_plan(folder / "evaluation.toml")).to_json()


def test_a_report_of_a_sample_with_clusters_and_subgroups_agrees(tashkent):
    outcomes = Counter(one.outcome for one in recomputed(tashkent))
    assert outcomes[Outcome.DIFFERS] == 0
    assert outcomes[Outcome.AGREES] > 2000
    why = {one.why for one in recomputed(tashkent) if one.outcome is Outcome.CANNOT}
    assert all("too few" in reason or "withheld" in reason for reason in why)


@pytest.fixture(scope="module")
def tashkent():
    from mande.catalog import find_sample

    return evaluate(load_plan(find_sample("tashkent-2016-synthetic")))


# what is changed


def test_a_changed_figure_is_found(evaluation):
    value = evaluation.changes[0].mean_change.value
    forged = changed(evaluation, f'"value": {value}', f'"value": {value + 0.001}')
    assert any(
        "mean_change · value" in place or "· estimate · value" in place for place in differing(recomputed(forged))
    )


def test_every_number_of_a_change_is_watched(evaluation):
    """Each in its turn, made larger by a millionth."""
    change = evaluation.changes[0]
    for name in ("at_best_earlier", "p_adjusted"):
        forged = replace(change, **{name: (getattr(change, name) or 0) + 1e-6})
        rows = (forged, *evaluation.changes.rows[1:])
        other = replace(evaluation, changes=replace(evaluation.changes, rows=rows))
        assert any(name in place for place in differing(recomputed(other)))


def test_a_changed_count_is_found(evaluation):
    row = evaluation.tallies.rows[0]
    people = (row.people[0] + 1, *row.people[1:])
    rows = (replace(row, people=people), *evaluation.tallies.rows[1:])
    assert differing(recomputed(replace(evaluation, tallies=replace(evaluation.tallies, rows=rows))))


def test_a_result_without_counts_is_found(evaluation):
    rows = evaluation.tallies.rows[1:]
    assert differing(recomputed(replace(evaluation, tallies=replace(evaluation.tallies, rows=rows))))


PAGES = (
    '<html lang="en"><title>T</title><h1>Found</h1><p>18 of 24 parents</p><h1 style="break-before: page">2</h1></html>'
)


def printed(page: str = PAGES) -> bytes:
    return render_pdf(page)


def test_a_changed_digit_on_a_page_is_found_with_its_page():
    found = list(compare_pages(printed(PAGES.replace("18", "23")), printed(), making("ministry", "en")))
    (digit, *_) = [one for one in found if one.outcome is Outcome.DIFFERS]
    assert (digit.place, digit.stated, digit.found) == ("page 1", "23", "18")


def test_a_page_too_few_is_found():
    found = compare_pages(printed(PAGES.replace("break-before: page", "")), printed(), making("ministry", "en"))
    assert "pages" in differing(found)


def test_a_changed_attachment_is_found(report, tmp_path, monkeypatch):
    monkeypatch.setattr("mande.verify.made_again", lambda *_: report.read_bytes())
    with pikepdf.open(report) as pdf:
        stream = pdf.attachments["evaluation.json"].obj.EF.F
        data = json.loads(stream.read_bytes())
        data["changes"]["rows"][0]["direction"]["improved"] += 1
        stream.write(json.dumps(data).encode())
        pdf.save(tmp_path / "forged.pdf")
    found = verify(tmp_path / "forged.pdf")
    assert not found.agrees
    assert [place.split(" · ", 1)[1] for place in differing(found.figures)] == ["direction · improved"]


def test_a_note_laid_over_a_page_is_found():
    with pikepdf.open(io.BytesIO(printed())) as pdf:
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FreeText, Rect=[0, 0, 9, 9])
        pdf.pages[1].Annots = pikepdf.Array([pdf.make_indirect(note)])
        content = io.BytesIO()
        pdf.save(content)
    found = compare_pages(content.getvalue(), printed(), making("ministry", "en"))
    assert differing(found) == ["page 2 · drawing"]


def test_a_report_saved_again_by_another_program_is_not_called_changed():
    with pikepdf.open(io.BytesIO(printed())) as pdf:
        content = io.BytesIO()
        pdf.save(content)
    found = list(compare_pages(content.getvalue(), printed(), making("ministry", "en")))
    assert not differing(found)
    assert [one.place for one in found if one.outcome is Outcome.CANNOT] == ["the whole file, byte for byte"]


def test_of_other_versions_the_numbers_are_held_against_it():
    older = replace(making("ministry", "en"), versions={"mande": "0.0.9"})
    found = list(compare_pages(printed(PAGES.replace("Found", "Seen")), printed(), older))
    assert not differing(found)
    assert "another mande" in next(one.why for one in found if one.why)
    assert differing(compare_pages(printed(PAGES.replace("18", "23")), printed(), older)) == ["all pages"]


def test_other_questionnaires_are_found(report, folder, tmp_path):
    for name in ("mini.yaml", "evaluation.toml"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    rows = steady_forms(24)
    rows[3][2] = 5
    (tmp_path / "forms.csv").write_text(forms_text(rows), encoding="utf-8")
    from mande.verify import _from_data

    carried = read_report(report.read_bytes(), "r").evaluation
    places = differing(_from_data(carried, tmp_path))
    assert any(place.startswith("changes") for place in places)
    assert any("forms.csv" in place for place in places)


def test_numbers_are_the_same_to_nine_digits():
    assert same(1.0, 1.0 + 1e-12)
    assert not same(1.0, 1.0 + 1e-8)
    assert not same(3, 4)
    assert not same(None, 0.0)
    assert not same("better", "worse")


# as a command


def test_the_command_ends_with_0_and_says_what_only_the_questionnaires_can_show(report, found, capsys, monkeypatch):
    monkeypatch.setattr("mande.verify.verify", lambda *_, **__: replace(found, data=None))
    assert main(["verify", str(report)]) == 0
    out = capsys.readouterr().out
    assert f"Figures, recomputed from the counts in the report: {len(found.figures)} agrees" in out
    assert "--data evaluation.toml" in out


def test_the_command_ends_with_1_and_names_what_differs(report, found, capsys, monkeypatch):
    wrong = replace(found.figures[0], outcome=Outcome.DIFFERS, stated=1, found=2)
    monkeypatch.setattr("mande.verify.verify", lambda *_, **__: replace(found, figures=(wrong, *found.figures[1:])))
    assert main(["verify", str(report)]) == 1
    out = capsys.readouterr().out
    assert f"{wrong.place}: the report has 1, it should be 2" in out
    assert "do not rely" in out


@pytest.mark.parametrize("content", [b"<!doctype html><title>Report</title>", b"no PDF at all", b""])
def test_a_file_that_is_no_pdf_is_refused_in_our_own_words_alone(content, tmp_path, capsys, caplog):
    (tmp_path / "report-en.html").write_bytes(content)
    assert main(["verify", str(tmp_path / "report-en.html")]) == 2
    assert capsys.readouterr().err == (
        "report-en.html is no PDF. Give the PDF of a report; it carries what its other forms do not.\n"
    )
    assert not caplog.records


BROKEN = {
    "nothing but its header": lambda content: b"%PDF-1.7\ncut off",
    "cut off in the middle": lambda content: content[: len(content) // 2],
    "its last bytes are missing": lambda content: content[:-10],
    "sent as text": lambda content: content.replace(b"\n", b"\r\n"),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_pdf_that_is_broken_is_refused_in_our_own_words_alone(report, broken, tmp_path, capsys, caplog):
    (tmp_path / "x.pdf").write_bytes(broken(report.read_bytes()))
    assert main(["verify", str(tmp_path / "x.pdf")]) == 2
    assert capsys.readouterr().err == (
        "x.pdf is a damaged PDF: a part of it is missing or was changed. Get the file again from whoever made it, or "
        "make the report again.\n"
    )
    assert not caplog.records


def test_a_pdf_without_an_evaluation_ends_with_2(tmp_path, capsys):
    (tmp_path / "x.pdf").write_bytes(render_pdf('<html lang="en"><title>T</title><p>x</p></html>'))
    assert main(["verify", str(tmp_path / "x.pdf")]) == 2
    assert "no report of mande" in capsys.readouterr().err


def test_a_file_that_is_not_there_ends_with_2(tmp_path, capsys):
    assert main(["verify", str(tmp_path / "x.pdf")]) == 2
    assert "cannot be read" in capsys.readouterr().err


# every template, every language, drafts


@pytest.mark.parametrize("language", ["en", "ru", "uz"])
@pytest.mark.parametrize(
    "template", ["brief", *(pytest.param(name, marks=pytest.mark.slow) for name in ("ministry", "technical"))]
)
def test_a_digit_changed_in_a_report_is_found(evaluation, tmp_path, template, language):
    """Made twice to the same bytes; then, after a change in the attachment alone, no page but the figures disagree."""
    (path,) = render(evaluation, tmp_path, template=template, language=language, formats=["pdf"])
    genuine = path.read_bytes()
    assert (
        render(evaluation, tmp_path, template=template, language=language, formats=["pdf"])[0].read_bytes() == genuine
    )
    assert verify(path).agrees

    other = changed(evaluation, '"value": 0.5', '"value": 0.6')
    (path,) = render(other, tmp_path, template=template, language=language, formats=["pdf"])
    assert differing(verify(path).figures)  # attachment and pages changed alike

    with pikepdf.open(path) as false, pikepdf.open(io.BytesIO(genuine)) as true:
        names = false.Root.Names.EmbeddedFiles.Names
        for mine, theirs in zip(names[1::2], true.Root.Names.EmbeddedFiles.Names[1::2], strict=True):
            mine.EF.F.write(theirs.EF.F.read_bytes())
        other_pages = io.BytesIO()
        false.save(other_pages)
    path.write_bytes(other_pages.getvalue())
    assert differing(verify(path).pages)  # pages changed alone


def test_a_draft_with_english_in_it_agrees_with_itself(evaluation, tmp_path):
    """Kazakh has no sentences yet."""
    (path,) = render(evaluation, tmp_path, language="kk", formats=["pdf"], draft=True)
    assert verify(path).agrees
