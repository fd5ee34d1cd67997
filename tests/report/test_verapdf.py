"""Every report conforms to PDF/A-3u and PDF/UA-1 by the reference validator. How to have it: tests/verapdf.py."""

import pytest
import weasyprint

from mande.catalog import find_sample, samples
from mande.cli import main
from mande.evaluation import evaluate
from mande.plan import load_plan
from mande.report import render
from tests.verapdf import PROFILES, faults, is_here

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not is_here(), reason="veraPDF is not installed")]

LANGUAGES = "en", "ru", "uz"
NONE: dict[str, list[str]] = {profile: [] for profile in PROFILES}


def test_a_plain_pdf_conforms_to_neither(tmp_path):
    weasyprint.HTML(string="<p>Hello</p>").write_pdf(tmp_path / "plain.pdf")
    assert all(faults(tmp_path / "plain.pdf", profile) for profile in PROFILES)


@pytest.mark.parametrize("template", ["ministry", "brief", "technical"])
@pytest.mark.parametrize("sample", samples())
def test_reports_of_every_sample_conform_in_every_language(sample, template, tmp_path):
    evaluation = evaluate(load_plan(find_sample(sample)))
    for language in LANGUAGES:
        [pdf] = render(evaluation, tmp_path, template=template, language=language, formats=("pdf",))
        assert {profile: faults(pdf, profile) for profile in PROFILES} == NONE


@pytest.mark.parametrize(
    "command",
    [
        "report --sample fast-parents-teachers --each school --format pdf",
        "roll-up --sample central-asia-regional-synthetic --language uz",
        "roll-up --sample central-asia-2019 --language ru",
    ],
)
def test_reports_on_units_and_regions_conform(command, tmp_path):
    assert main([*command.split(), "-o", str(tmp_path)]) == 0
    found = {pdf.name: {profile: faults(pdf, profile) for profile in PROFILES} for pdf in tmp_path.rglob("*.pdf")}
    assert found
    assert found == dict.fromkeys(found, NONE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_paper_forms_are_accessible(language, tmp_path):
    assert main(["form", "sfp-10-14-parent", "--language", language, "-o", str(tmp_path)]) == 0
    [pdf] = tmp_path.rglob("*.pdf")
    assert faults(pdf, "PDFUA_1") == []
