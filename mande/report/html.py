"""An evaluation becomes one HTML page that needs nothing else: style and figures are inside."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from mande.catalog import find_template
from mande.evaluation import Evaluation
from mande.report.gathering import report_context
from mande.report.words import environment

__all__ = ["render_html"]


def render_html(evaluation: Evaluation, *, template: str | Path = "ministry", language: str = "en") -> str:
    """The report as HTML.

    Raises UnknownName for a template that is not there, WrongUse if it lacks words for something.
    """
    folder = find_template(template)
    context = report_context(evaluation, language)
    page = environment(folder, language).get_template("report.html.j2")
    return page.render({field.name: getattr(context, field.name) for field in fields(context)}).lstrip()
