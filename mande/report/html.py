"""An evaluation becomes one HTML page that needs nothing else: style and figures are inside."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import cast

from mande.catalog import find_template
from mande.evaluation import Evaluation
from mande.report.catalogue import Translation
from mande.report.gathering import report_context
from mande.report.words import environment

__all__ = ["render_html"]


def render_html(
    evaluation: Evaluation, *, template: str | Path = "ministry", language: str = "en", draft: bool = False
) -> str:
    """The report as HTML.

    draft: sentences without a translation are printed in English, and the report is marked as a draft.
    Raises UnknownName for a template that is not there, WrongUse if it lacks words for something.
    """
    folder = find_template(template)
    env = environment(folder, language, draft=draft)
    translation = cast("Translation", env.globals["translation"])
    context = report_context(evaluation, str(translation.locale))
    values = {field.name: getattr(context, field.name) for field in fields(context)} | {"language": translation.tag}
    page = env.get_template("report.html.j2").render(values).lstrip()
    translation.refuse_if_missing()
    return page
