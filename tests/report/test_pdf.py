"""The PDF: accessible, marked on every page, repeatable, and made from nothing but the page."""

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest
from pypdf import PdfReader

from mande.errors import WrongUse
from mande.pdf import AttachedFile
from mande.report import render_pdf


def structure(element: pikepdf.Object) -> list[pikepdf.Dictionary]:
    """The elements of the structure tree below this one."""
    kids = element.get("/K", [])
    kids = [kid for kid in (kids if isinstance(kids, pikepdf.Array) else [kids]) if isinstance(kid, pikepdf.Dictionary)]
    found = [kid for kid in kids if "/S" in kid]
    return found + [below for kid in found for below in structure(kid)]


def test_weasyprint_has_nothing_to_complain_of(rendered):
    assert rendered[1] == []


def test_catalogue_says_language_marked_and_title(pdf_file):
    with pikepdf.open(pdf_file) as pdf:
        assert str(pdf.Root.Lang) == "en"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        assert pdf.open_metadata()["dc:title"] == "A test"


def test_every_figure_has_words(pdf_file):
    with pikepdf.open(pdf_file) as pdf:
        figures = [element for element in structure(pdf.Root.StructTreeRoot) if element.S == "/Figure"]
        assert len(figures) >= 10
        assert all(re.search(r"[A-Za-z]{4}", str(figure.get("/Alt", ""))) for figure in figures)


def test_headings_do_not_skip_a_level_and_are_bookmarks(pdf_file):
    with pikepdf.open(pdf_file) as pdf:
        tags = [str(element.S) for element in structure(pdf.Root.StructTreeRoot)]
    levels = [int(tag[2]) for tag in tags if re.fullmatch(r"/H[1-6]", tag)]
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    titles = [item.title for item in PdfReader(pdf_file).outline[1] if not isinstance(item, list)]
    assert titles[0] == "Summary"
    assert "A Sizes and tests" in [" ".join(title.split()) for title in titles]


def test_fonts_are_embedded(pdf_file):
    with pikepdf.open(pdf_file) as pdf:
        dictionaries = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary)]
        fonts = [item for item in dictionaries if item.get("/Type") == "/FontDescriptor"]
        assert fonts
        assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(font.keys()) for font in fonts)


def test_table_headers_say_what_they_head(pdf_file):
    with pikepdf.open(pdf_file) as pdf:
        headers = [element for element in structure(pdf.Root.StructTreeRoot) if element.S == "/TH"]
        assert {str(header.A.Scope) for header in headers} == {"/Column", "/Row"}


def test_contents_name_the_page_of_each_section(pdf_file):
    pages = [page.extract_text() for page in PdfReader(pdf_file).pages]
    entries = re.findall(r"^(\S+) (.+?) (\d+)$", pages[1], flags=re.MULTILINE)
    assert len(entries) >= 10
    for number, title, page in entries:
        assert title in pages[int(page) - 1], (number, title, page)


def test_links_can_be_printed(pdf_file):
    with pikepdf.open(pdf_file) as pdf:
        links = [link for page in pdf.pages for link in page.get("/Annots", []) if link.Subtype == "/Link"]
        assert links
        assert all(int(link.F) & 4 for link in links)


def test_synthetic_data_say_so_on_every_page(pdf_file):
    pages = [page.extract_text().casefold() for page in PdfReader(pdf_file).pages]
    assert len(pages) > 8
    assert all("synthetic data" in page for page in pages)


@pytest.mark.parametrize("profile", ["PDF_UA_1", "PDF_A_3U"])
def test_independent_validator_finds_no_fault(pdf_file, profile):
    page = pytest.importorskip("page")
    report = page.validate_pdf(pdf_file, profile=page.ValidationProfile[profile])
    assert report.is_compliant, [failure.message for failure in report.failures]


def test_it_says_that_it_is_archival_and_accessible_in_plain_metadata(pdf_file):
    with pikepdf.open(pdf_file) as pdf:
        said = pdf.open_metadata()
        assert (said["pdfaid:part"], said["pdfaid:conformance"], said["pdfuaid:part"]) == ("3", "U", "1")
        assert "/Filter" not in pdf.Root.Metadata
        assert pdf.Root.Metadata.read_raw_bytes().count(b"<rdf:RDF") == 1
        assert "/DestOutputProfile" in pdf.Root.OutputIntents[0]


def test_every_letter_can_be_read_back(pdf_file):
    """The U of PDF/A-3u: every font that is drawn with says which letters its shapes are."""
    with pikepdf.open(pdf_file) as pdf:
        dictionaries = [item for item in pdf.objects if isinstance(item, pikepdf.Dictionary)]
        fonts = [item for item in dictionaries if item.get("/Type") == "/Font" and item.get("/Subtype") == "/Type0"]
        assert fonts
        assert all("/ToUnicode" in font for font in fonts)


def test_what_it_was_made_from_is_attached_once_as_data(pdf_file, small):
    with pikepdf.open(pdf_file) as pdf:
        files = {str(file.UF): file for file in pdf.Root.AF}
        assert [str(file.UF) for file in pdf.Root.AF] == ["evaluation.json", "report.json"]
        assert {str(file.AFRelationship) for file in files.values()} == {"/Data"}
        content = files["evaluation.json"].EF.F
        assert str(content.Subtype) == "/application/json"
        assert str(content.Params.ModDate) == "D:20000101000000Z"
        assert content.read_bytes().decode() == small.to_json()


def test_no_path_of_this_machine_is_inside(pdf_file, tmp_path):
    with pikepdf.open(pdf_file) as pdf:
        texts = [pdf.attachments[name].get_file().read_bytes() for name in pdf.attachments]
    texts.append(pdf_file.read_bytes())
    assert not any(str(place).encode() in text for text in texts for place in (Path.cwd(), tmp_path.parent))


def test_same_page_and_files_give_same_bytes():
    file = AttachedFile("x.json", b"{}", "A file", date(2016, 5, 1))
    page = '<html lang="en"><title>T</title><h1>T</h1><p>Text <a href="#x">link</a></p><p id="x">There</p></html>'
    assert render_pdf(page) == render_pdf(page)
    assert render_pdf(page, attached=[file]) == render_pdf(page, attached=[file])


@pytest.mark.parametrize(
    "inner",
    [
        '<img alt="x" src="file:///etc/passwd">',
        '<img alt="x" src="http://127.0.0.1:9/x.png">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
        "<style>@import url(file:///etc/passwd);</style>",
        "<style>p { background: url(http://127.0.0.1:9/x.png) }</style><p>x</p>",
    ],
)
def test_nothing_is_fetched__error(inner):
    with pytest.raises(WrongUse, match="may not read"):
        render_pdf(f'<html lang="en"><head><title>T</title></head><body>{inner}</body></html>')


def test_figure_that_asks_for_a_file_is_not_drawn(caplog):
    svg = '<svg viewBox="0 0 9 9"><title>x</title><image href="file:///etc/passwd" width="9" height="9"/></svg>'
    render_pdf(f'<html lang="en"><head><title>T</title></head><body>{svg}</body></html>')
    assert "Failed to render SVG" in caplog.text
