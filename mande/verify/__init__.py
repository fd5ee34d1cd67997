"""A report is held against itself, and against the questionnaires: is every figure what it should be?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mande.catalog import find_template
from mande.engine.evaluating import evaluate
from mande.errors import UnknownName, WrongUse
from mande.evaluation import Evaluation
from mande.plan import Plan, load_plan
from mande.report.attached import Making, read_report
from mande.tally import dimension, label
from mande.units import evaluate_each
from mande.verify.comparing import Compared, Outcome, compare, values_of
from mande.verify.pages import compare_pages, made_again
from mande.verify.recomputing import recomputed

__all__ = ["Compared", "Outcome", "Verification", "verify"]


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of every value. data: None if no questionnaires were given."""

    name: str
    evaluation: Evaluation
    making: Making
    figures: tuple[Compared, ...]
    pages: tuple[Compared, ...]
    data: tuple[Compared, ...] | None

    @property
    def agrees(self) -> bool:
        """Nothing differs. Values that could not be recomputed do not count."""
        every = (*self.figures, *self.pages, *(self.data or ()))
        return not any(one.outcome is Outcome.DIFFERS for one in every)


def verify(report: str | Path, data: str | Path | None = None, *, template: str | Path | None = None) -> Verification:
    """Recompute a PDF report from the counts it carries, and read its pages against the figures it carries.

    data: an evaluation.toml (or its folder) beside the questionnaires, to recompute from them too. Without it, somebody
    who changed counts, figures and pages alike would not be found out. template: the folder of the report's template,
    if it is not one of mande's.
    Raises WrongUse if the file is no report of mande, MandeError if what it carries cannot be read.
    """
    path = Path(report)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WrongUse(f"{path} cannot be read ({error.strerror}). Give a PDF report of mande.") from error
    carried = read_report(content, path.name)
    evaluation, made = carried.evaluation, carried.making
    folder = _template_of(made, template)
    anew = made_again(evaluation, folder, made)
    return Verification(
        path.name,
        evaluation,
        made,
        figures=_figures(evaluation),
        pages=tuple(compare_pages(content, anew, made, folder, name=path.name)),
        data=tuple(_from_data(evaluation, Path(data))) if data is not None else None,
    )


def _figures(evaluation: Evaluation) -> tuple[Compared, ...]:
    try:
        return tuple(recomputed(evaluation))
    except (ValueError, KeyError) as error:  # counts that no people can have, or of no construct
        return (Compared("counts", Outcome.DIFFERS, f"cannot be counts ({error})", "counts"),)


def _template_of(made: Making, given: str | Path | None) -> Path:
    if given is not None:
        return find_template(Path(given))
    try:
        return find_template(made.template)
    except UnknownName as error:
        raise WrongUse(
            f'The report was made by the template "{made.template}", which is not one of mande\'s. '
            "Give its folder with --template FOLDER."
        ) from error


NOT_FIGURES = ("provenance · versions", "plan · output")


def _from_data(evaluation: Evaluation, data: Path) -> list[Compared]:
    anew = _made_anew(load_plan(data / "evaluation.toml" if data.is_dir() else data), evaluation.unit)
    if anew is None:
        return [Compared("unit", Outcome.DIFFERS, evaluation.unit, "no unit of which anything may be shown")]
    stated, found = values_of(evaluation), values_of(anew)
    return [one for one in compare(stated, found) if not one.place.startswith(NOT_FIGURES)]


def _made_anew(plan: Plan, unit: str | None) -> Evaluation | None:
    """The evaluation of everybody, or of the unit; None if there is no such unit to be shown."""
    return evaluate(plan) if unit is None else evaluate_each(plan, dimension(unit)).get(label(unit))
