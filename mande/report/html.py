"""An evaluation becomes one HTML page that needs nothing else: style and figures are inside."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import cast

from mande.catalog import find_template
from mande.errors import UnknownName, nearest
from mande.evaluation import Evaluation
from mande.report.context_making import report_context
from mande.report.environment import environment
from mande.report.translation import Translation
from mande.tally import EVERYONE

__all__ = ["render_html"]


def render_html(
    evaluation: Evaluation,
    *,
    template: str | Path = "ministry",
    language: str = "en",
    unit: str | None = None,
    draft: bool = False,
) -> str:
    """The report as HTML.

    unit: the group of the evaluation that the report is about, as in `Change.group` (`school=A`); for it to be there,
    the analysis names its grouping under `subgroups`, and small units are then withheld with what would give them away.
    draft: sentences without a translation are printed in English, and the report is marked as a draft.
    Raises UnknownName for a template or a unit that is not there, WrongUse if the template lacks words for something,
    or the catalogue of the language a sentence.
    """
    folder = find_template(template)
    _check_unit(evaluation, unit)
    env = environment(folder, language, draft=draft, house=evaluation.plan.style)
    translation = cast("Translation", env.globals["translation"])
    context = report_context(evaluation, str(translation.locale), unit=unit)
    values = {field.name: getattr(context, field.name) for field in fields(context)} | {"language": translation.tag}
    page = env.get_template("report.html.j2").render(values).lstrip()
    translation.refuse_if_missing()
    return page


def _check_unit(evaluation: Evaluation, unit: str | None) -> None:
    known = sorted({change.group for change in evaluation.changes if change.group != EVERYONE})
    if unit is not None and unit not in known:
        near = nearest(unit, known)
        hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(known) or 'none'}."
        raise UnknownName(f'The evaluation has no group "{unit}". {hint}')
