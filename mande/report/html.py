"""An evaluation becomes one HTML page that needs nothing else: style and figures are inside."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import cast

from mande.catalog import find_template
from mande.errors import WrongUse
from mande.evaluation import Evaluation
from mande.report.context_making import report_context
from mande.report.environment import REPORT, environment, of_own_template, speaks_of_a_unit
from mande.report.translation import Translation

__all__ = ["refuse_if_silent_on_units", "render_html"]


def render_html(
    evaluation: Evaluation,
    *,
    template: str | Path = "ministry",
    language: str = "en",
    draft: bool = False,
) -> str:
    """The report as HTML: on everybody, or on the evaluation's unit where it has one.

    draft: sentences without a translation are printed in English, and the report is marked as a draft.
    Raises UnknownName for a template that is not there, WrongUse if the template has a fault (which is named with its
    line) or lacks words for something, if it speaks of a unit and there is none or the other way round, or if the
    catalogue of the language lacks a sentence.
    """
    folder = find_template(template)
    env = environment(folder, language, draft=draft, house=evaluation.plan.style)
    if evaluation.unit is not None:
        refuse_if_silent_on_units(template, language, draft=draft)
    translation = cast("Translation", env.globals["translation"])
    context = report_context(evaluation, str(translation.locale))
    values = {field.name: getattr(context, field.name) for field in fields(context)} | {"language": translation.tag}
    with of_own_template(folder):
        page = env.get_template(REPORT).render(values).lstrip()
    translation.refuse_if_missing()
    return page


def refuse_if_silent_on_units(template: str | Path, language: str = "en", *, draft: bool = False) -> None:
    """Raises WrongUse if the template would make the report on everybody of an evaluation on one unit."""
    folder = find_template(template)
    with of_own_template(folder):
        speaks = speaks_of_a_unit(environment(folder, language, draft=draft))
    if not speaks:
        raise WrongUse(
            f'The template "{Path(template).name}" does not speak of a unit: its report would be on everybody. '
            'Use "school", or a template whose report.html.j2 uses `unit`.'
        )
