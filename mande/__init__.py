"""mande: from questionnaire files to evaluation reports of prevention programmes.

    plan = mande.load_plan("evaluation.toml")
    evaluation = mande.evaluate(plan)
    evaluation.changes.to_frame()
    mande.render(evaluation, Path("output"))

Each step can be taken alone: `load_instrument`, `read_responses`, `score`, `measure_change`. Names are imported when
they are first used, so `import mande` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mande.change import Changes
    from mande.engine.evaluating import evaluate
    from mande.evaluation import Evaluation, load_evaluation
    from mande.instrument import load_instrument
    from mande.measure import measure_change
    from mande.model import Instrument
    from mande.plan import Plan, load_analysis, load_plan
    from mande.reach import Ledger, Reach, measure_reach, read_ledger
    from mande.regional import load_regional
    from mande.report import render
    from mande.report.each import render_each
    from mande.responses import ColumnNames, Responses, read_responses
    from mande.rollup import RollUp, roll_up, roll_up_plan
    from mande.scoring import Scores, score
    from mande.tally import Tally, make_tally
    from mande.units import Units, evaluate_each

__all__ = [
    "Changes",
    "ColumnNames",
    "Evaluation",
    "Instrument",
    "Ledger",
    "Plan",
    "Reach",
    "Responses",
    "RollUp",
    "Scores",
    "Tally",
    "Units",
    "evaluate",
    "evaluate_each",
    "load_analysis",
    "load_evaluation",
    "load_instrument",
    "load_plan",
    "load_regional",
    "make_tally",
    "measure_change",
    "measure_reach",
    "read_ledger",
    "read_responses",
    "render",
    "render_each",
    "roll_up",
    "roll_up_plan",
    "score",
    "to_html",
]

_HOME = {
    "change": ("Changes",),
    "engine.evaluating": ("evaluate",),
    "evaluation": ("Evaluation", "load_evaluation"),
    "instrument": ("load_instrument",),
    "measure": ("measure_change",),
    "model": ("Instrument",),
    "plan": ("Plan", "load_analysis", "load_plan"),
    "reach": ("Ledger", "Reach", "measure_reach", "read_ledger"),
    "report": ("render",),
    "report.each": ("render_each",),
    "report.notebook": ("to_html",),
    "responses": ("ColumnNames", "Responses", "read_responses"),
    "regional": ("load_regional",),
    "rollup": ("RollUp", "roll_up", "roll_up_plan"),
    "scoring": ("Scores", "score"),
    "tally": ("Tally", "make_tally"),
    "units": ("Units", "evaluate_each"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("importlib.metadata").version("mande")
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'mande' has no attribute '{name}'")
    return getattr(import_module(f"mande.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
