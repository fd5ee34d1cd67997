"""One rendered report for many tests: rendering is what takes the time."""

import html
import logging
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from mande.catalog import find_sample
from mande.evaluation import Evaluation, evaluate
from mande.plan import load_plan
from mande.report import render_html, render_pdf
from mande.report.attached import attached_files
from tests.small import EVALUATION, INSTRUMENT, forms_text

NARRATIVE = """
[narrative]
context = "Plain **bold** <b>raw</b> ![x](file:///etc/passwd) {{ 7 * 7 }}"
recommendations = ["Do <i>this</i> & that"]
quotes = [{ text = '<script>alert(1)</script> {{ 7 * 7 }} & “so”', who = "<u>A mother</u>" }]
"""


def steady_forms(n: int, answered: int | None = None, *, same: bool = False) -> list[list[object]]:
    """n forms: harmony rises for most; quarrels falls by one for every other, or stays the same.

    answered: how many of them answer the question on quarrels.
    """
    rows: list[list[object]] = []
    for i in range(n):
        then = 2 + i % 2
        now = then + 1 if i % 4 else then
        quarrels = [4, 4 if same or i % 2 else 3] if answered is None or i < answered else ["", ""]
        rows.append([f"P{i:03d}", "A", then, now, 6 - then, 6 - now, then, min(now + i % 3, 5), *quarrels])
    return rows


@pytest.fixture(scope="session")
def evaluation_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Evaluation]:
    def make(rows: Sequence[Sequence[object]], *, smallest: int = 5, narrative: str = "", replaced=None) -> Evaluation:
        folder = tmp_path_factory.mktemp("evaluation")
        (folder / "mini.yaml").write_text(INSTRUMENT, encoding="utf-8")
        (folder / "forms.csv").write_text(forms_text(rows), encoding="utf-8")
        plan = EVALUATION.replace("smallest_cell = 1", f"smallest_cell = {smallest}") + narrative
        for old, new in (replaced or {}).items():
            plan = plan.replace(old, new)
        (folder / "evaluation.toml").write_text(plan, encoding="utf-8")
        return evaluate(load_plan(folder / "evaluation.toml"))

    return make


@pytest.fixture(scope="session")
def small(evaluation_of) -> Evaluation:
    """Twenty synthetic forms, with a narrative that tries to break out."""
    return evaluation_of(steady_forms(20), narrative=NARRATIVE)


@pytest.fixture(scope="session")
def small_page(small) -> str:
    return render_html(small)


@pytest.fixture(scope="session")
def aiguessr() -> Evaluation:
    return evaluate(load_plan(find_sample("aiguessr")))


@pytest.fixture(scope="session")
def aiguessr_page(aiguessr) -> str:
    return render_html(aiguessr)


@pytest.fixture(scope="session")
def aiguessr_technical(aiguessr) -> str:
    return render_html(aiguessr, template="technical")


@pytest.fixture(scope="session")
def tashkent() -> Evaluation:
    """Two questionnaires, from few schools: every kind of figure that a report without a comparison group has."""
    return evaluate(load_plan(find_sample("tashkent-2016-synthetic")))


class Records(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@pytest.fixture(scope="session")
def rendered(small, small_page) -> tuple[bytes, list[str]]:
    """The PDF of `small`, and what WeasyPrint complained of."""
    records, logger = Records(), logging.getLogger("weasyprint")
    logger.addHandler(records)
    try:
        return render_pdf(small_page, attached=attached_files(small, "ministry", "en")), records.messages
    finally:
        logger.removeHandler(records)


@pytest.fixture(scope="session")
def pdf_file(rendered, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pdf") / "report.pdf"
    path.write_bytes(rendered[0])
    return path


def text_of(page: str) -> str:
    """What a reader sees: no styles, no tags, single spaces."""
    without_style = re.sub(r"<(style|title|desc)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", without_style)))


@pytest.fixture(scope="session")
def read() -> Callable[[str], str]:
    return text_of
