"""A ministry's own look: logo, colours, cover text, and a template folder of its own."""

from pathlib import Path

import pypdf
import pytest

import mande
from mande.cli import main
from mande.errors import PlanProblems, UnknownName, WrongUse
from mande.evaluation import evaluation_of as loaded
from mande.report import render, render_html, render_pdf
from mande.verify import verify
from tests.report.conftest import steady_forms
from tests.small import EVALUATION, INSTRUMENT, forms_text

EXAMPLE = Path(mande.__file__).parent.parent / "docs" / "example-template"
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><title>x</title><rect width="40" height="10"/></svg>'
)
STYLE = """
[style]
logo = "logo.svg"
logo_text = "Ministry of Examples"
accent = "#7a1f3d"
heading = "#2b1530"
caution = "#8a5a00"
cover = "Working paper **3**. <script>no</script>"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("ministry")
    (folder / "mini.yaml").write_text(INSTRUMENT, encoding="utf-8")
    (folder / "forms.csv").write_text(forms_text(steady_forms(20)), encoding="utf-8")
    (folder / "logo.svg").write_text(LOGO, encoding="utf-8")
    (folder / "evaluation.toml").write_text(EVALUATION + STYLE, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def styled(folder):
    return mande.evaluate(mande.load_plan(folder / "evaluation.toml"))


@pytest.mark.parametrize("template", ["ministry", "brief", "technical"])
def test_logo_colours_and_cover_are_those_of_the_plan(styled, template):
    page = render_html(styled, template=template)
    assert '<img src="data:image/svg+xml;base64,' in page
    assert 'alt="Ministry of Examples"' in page
    assert "#7a1f3d" in page
    assert not [colour for colour in ("#0f6b7c", "#0b3c49", "#a4480d") if colour in page]
    if template != "brief":
        assert "Working paper <strong>3</strong>. &lt;script&gt;no&lt;/script&gt;" in page


def test_the_logo_travels_with_the_evaluation(styled, folder):
    again = loaded(styled.to_json().encode(), "saved")
    assert render_html(again) == render_html(styled)
    assert again.plan.style.logo.file == "logo.svg"


def test_the_logo_has_its_words_in_the_pdf(styled):
    import pikepdf

    from tests.report.test_pdf import structure

    with pikepdf.open(__import__("io").BytesIO(render_pdf(render_html(styled)))) as pdf:
        figures = [element for element in structure(pdf.Root.StructTreeRoot) if element.S == "/Figure"]
        assert str(figures[0].Alt) == "Ministry of Examples"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"logo.svg"', '"../logo.svg"', "outside"),
        ('"logo.svg"', '"https://x.example/logo.svg"', "is an address"),
        ('"#7a1f3d"', '"#ffd700"', "darker colour"),
        ("cover =", "covr =", "Did you mean"),
    ],
)
def test_a_look_that_cannot_be__error(folder, tmp_path, old, new, says):
    for file in folder.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    plan = tmp_path / "evaluation.toml"
    plan.write_text(plan.read_text().replace(old, new))
    with pytest.raises(PlanProblems, match=says):
        mande.load_plan(plan)


# a template of one's own


def test_the_example_template_is_a_page_in_the_ministrys_look(styled, tmp_path):
    (path,) = render(styled, tmp_path, template=EXAMPLE, formats=["pdf"])
    pages = [page.extract_text() for page in pypdf.PdfReader(path).pages]
    assert len(pages) == 1
    for words in ("Note for the Minister", "Harmony", "What it does not show", "Working paper 3"):
        assert words in pages[0]


def test_the_example_template_speaks_russian_with_its_own_catalogue(styled, read):
    text = read(render_html(styled, template=EXAMPLE, language="ru"))
    assert "Записка министру" in text
    assert "Чего это не показывает" in text


def test_a_report_by_an_own_template_is_verified_with_its_folder(styled, tmp_path):
    (path,) = render(styled, tmp_path, template=EXAMPLE, formats=["pdf"])
    assert verify(path, template=EXAMPLE).agrees
    with pytest.raises(WrongUse, match=r'"example-template", which is not one of mande\'s\. .* --template'):
        verify(path)


def test_the_plan_names_the_template_beside_it(folder, tmp_path):
    own = folder / "note"
    own.mkdir(exist_ok=True)
    for file in EXAMPLE.iterdir():
        if file.is_file():
            (own / file.name).write_bytes(file.read_bytes())
    plan = folder / "with-template.toml"
    plan.write_text('template = "note"\n' + (folder / "evaluation.toml").read_text())
    assert main(["report", str(plan), "-o", str(tmp_path), "--format", "html"]) == 0
    assert "Note for the Minister" in (tmp_path / "report-en.html").read_text(encoding="utf-8")


def test_folder_without_a_template__error(styled, tmp_path):
    with pytest.raises(UnknownName, match=r"no report\.html\.j2 in"):
        render_html(styled, template=tmp_path)


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        ("{{ picture('../secret.svg') }}", "lies outside"),
        ("{{ picture('http://x.example/a.png') }}", "is an address"),
        ("{{ picture('link.svg') }}", "lies outside"),
        ("{% include 'link.svg' %}", "leads out of the template's folder"),
    ],
)
def test_a_template_reads_only_its_own_folder__error(styled, tmp_path, inside, says):
    own = tmp_path / "own"
    own.mkdir()
    (tmp_path / "secret.svg").write_text(LOGO)
    (own / "link.svg").symlink_to(tmp_path / "secret.svg")
    (own / "report.html.j2").write_text(inside)
    with pytest.raises(WrongUse, match=says):
        render_html(styled, template=own)


def test_a_template_cannot_include_what_lies_above_it__error(styled, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (own / "report.html.j2").write_text("{% include '../secret.txt' %}")
    with pytest.raises(WrongUse, match=r"fault in line 1: \.\./secret\.txt\."):
        render_html(styled, template=own)
