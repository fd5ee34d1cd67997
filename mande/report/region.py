"""A roll-up becomes the regional report, as HTML and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import cast

from mande.catalog import Room, room_folder
from mande.errors import WrongUse
from mande.output import output_folder, write_whole
from mande.pdf import AttachedFile, render_pdf
from mande.report.attached import ROLL_UP, UNDATED
from mande.report.environment import environment
from mande.report.region_context import region_context
from mande.report.translation import Translation
from mande.rollup import RollUp

__all__ = ["REGION_FORMATS", "ROLL_UP", "render_region", "render_region_html"]

REGION_FORMATS = ("pdf", "html", "docx")


def render_region_html(rolled: RollUp, *, language: str = "en", draft: bool = False) -> str:
    """The regional report as HTML. draft: sentences without a translation are printed in English.

    Raises WrongUse if the catalogue of the language lacks a sentence.
    """
    env = environment(room_folder(Room.TEMPLATES) / "regional", language, draft=draft)
    translation = cast("Translation", env.globals["translation"])
    context = region_context(rolled, str(translation.locale))
    values = {field.name: getattr(context, field.name) for field in fields(context)} | {"language": translation.tag}
    page = env.get_template("region.html.j2").render(values).lstrip()
    translation.refuse_if_missing()
    return page


def render_region(
    rolled: RollUp, folder: str | Path, *, language: str = "en", formats: Sequence[str] = ("pdf", "html"),
    draft: bool = False,
) -> list[Path]:  # fmt: skip
    """Write the report into `folder` as region-<language>.pdf, .html, .docx. The PDF carries the roll-up.

    Every file is whole or absent. Raises WrongUse and ComponentMissing as `render` does.
    """
    unknown = [name for name in formats if name not in REGION_FORMATS]
    if unknown:
        raise WrongUse(f'"{unknown[0]}" is not a format of a regional report. There are: {", ".join(REGION_FORMATS)}.')
    page, target = render_region_html(rolled, language=language, draft=draft), output_folder(Path(folder))
    return [write_whole(target / f"region-{language}.{name}", _content(name, page, rolled)) for name in formats]


def _content(name: str, page: str, rolled: RollUp) -> bytes:
    if name == "html":
        return page.encode()
    if name == "pdf":
        return render_pdf(page, attached=[_attached(rolled)])
    from mande.report.word import render_word

    return render_word(page, title=rolled.plan.title, author=rolled.plan.programme.evaluator)


def _attached(rolled: RollUp) -> AttachedFile:
    period = rolled.plan.programme.period
    about = "Every figure at full precision; nothing about one person"
    return AttachedFile(ROLL_UP, rolled.to_json().encode(), about, period.to if period is not None else UNDATED)
