"""Evaluation ─► context ─► words and figures (Jinja, SVG) ─► HTML ─► PDF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mande.errors import ComponentMissing, WrongUse
from mande.evaluation import Evaluation
from mande.output import output_folder, write_whole
from mande.pdf import render_pdf
from mande.report.html import render_html

__all__ = ["FORMATS", "render", "render_html", "render_pdf"]

FORMATS = ("pdf", "html")


def render(
    evaluation: Evaluation,
    folder: str | Path,
    *,
    template: str | Path = "ministry",
    language: str = "en",
    formats: Sequence[str] = FORMATS,
    draft: bool = False,
) -> list[Path]:
    """Write the report into `folder` as report-<language>.pdf and .html; returns the files in the order of `formats`.

    draft: sentences without a translation are printed in English instead of stopping the report.
    Every file is whole or absent. Raises WrongUse (unknown format, template or language, missing translations, folder
    that cannot be written), and ComponentMissing if a PDF is asked for and Pango is not installed; the other formats
    are written even so.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise WrongUse(f'"{unknown[0]}" is not a format of a report. There are: {", ".join(FORMATS)}.')
    page = render_html(evaluation, template=template, language=language, draft=draft)
    target = output_folder(Path(folder))
    written: list[Path] = []
    missing: ComponentMissing | None = None
    for name in formats:
        try:
            content = render_pdf(page) if name == "pdf" else page.encode()
        except ComponentMissing as error:
            missing = error
            continue
        written.append(write_whole(target / f"report-{language}.{name}", content))
    if missing is not None:
        raise missing
    return written
