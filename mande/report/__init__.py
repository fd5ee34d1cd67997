"""Evaluation ─► context ─► words and figures (Jinja, SVG) ─► HTML ─► PDF, Word; and the evaluation as a workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mande.errors import ComponentMissing, WrongUse
from mande.evaluation import Evaluation
from mande.output import output_folder, write_whole
from mande.pdf import render_pdf
from mande.report.attached import attached_files
from mande.report.html import render_html

__all__ = ["ALL_FORMATS", "FORMATS", "check_formats", "own_template", "render", "render_html", "render_pdf"]

FORMATS = ("pdf", "html")
"""What is written unless formats are named."""


def render(
    evaluation: Evaluation,
    folder: str | Path,
    *,
    template: str | Path | None = None,
    language: str = "en",
    formats: Sequence[str] = FORMATS,
    draft: bool = False,
    name: str = "report",
) -> list[Path]:
    """Write the report into `folder` as report-<language>.pdf, .html, .xlsx, .docx; returns the files in that order.

    template: a name, or the path of a template's folder; by default the evaluation's own, `school` for one on a unit.
    name: what stands instead of "report".
    draft: sentences without a translation are printed in English instead of stopping the report.
    Every file is whole or absent. Raises WrongUse (unknown format, template or language, missing translations, folder
    that cannot be written), and ComponentMissing if a PDF is asked for and Pango is not installed, or a Word file and
    python-docx is not; the other formats are written even so.
    """
    check_formats(formats)
    making = _Making(evaluation, template or own_template(evaluation), language, draft)
    if {"pdf", "html", "docx"} & {*formats}:
        _ = making.page  # a template with a fault stops everything before a file is written
    target = output_folder(Path(folder))
    written: list[Path] = []
    missing: ComponentMissing | None = None
    for kind in formats:
        try:
            content = WRITERS[kind](making)
        except ComponentMissing as error:
            missing = error
            continue
        written.append(write_whole(target / f"{name}-{language}.{kind}", content))
    if missing is not None:
        raise missing
    return written


def own_template(evaluation: Evaluation) -> str:
    """The template of an evaluation for which none is named."""
    return evaluation.plan.template if evaluation.unit is None else "school"


def check_formats(formats: Sequence[str]) -> None:
    """Raises WrongUse for a format that there is not."""
    unknown = [name for name in formats if name not in ALL_FORMATS]
    if unknown:
        raise WrongUse(f'"{unknown[0]}" is not a format of a report. There are: {", ".join(ALL_FORMATS)}.')


@dataclass(frozen=True)
class _Making:
    """What every format is made from; the page is rendered once, when the first of them asks for it."""

    evaluation: Evaluation
    template: str | Path
    language: str
    draft: bool

    @cached_property
    def page(self) -> str:
        return render_html(self.evaluation, template=self.template, language=self.language, draft=self.draft)


def _pdf(making: _Making) -> bytes:
    return render_pdf(
        making.page, attached=attached_files(making.evaluation, making.template, making.language, draft=making.draft)
    )


def _workbook(making: _Making) -> bytes:
    from mande.report.workbook import render_workbook

    return render_workbook(making.evaluation, language=making.language)


def _word(making: _Making) -> bytes:
    from mande.report.word import render_word

    return render_word(
        making.page, title=making.evaluation.plan.title, author=making.evaluation.plan.programme.evaluator
    )


WRITERS: Mapping[str, Callable[[_Making], bytes]] = {
    "pdf": _pdf,
    "html": lambda making: making.page.encode(),
    "xlsx": _workbook,
    "docx": _word,
}
ALL_FORMATS = tuple(WRITERS)
