"""Results as a notebook shows them when they stand at the end of a cell: the figures of the reports."""

from __future__ import annotations

from mande.catalog import find_template
from mande.change import Changes
from mande.evaluation import Evaluation
from mande.model import in_language
from mande.report.environment import environment
from mande.style import Style
from mande.tally import EVERYONE

__all__ = ["to_html"]


def to_html(result: Changes | Evaluation, *, language: str = "en") -> str:
    """The changes of everybody as a table of figures, in HTML that needs nothing else.

    Parts of groups are left to `to_frame()`. What an evaluation withholds is withheld here; `Changes` that were
    measured without one are all there.
    """
    titles: dict[tuple[str, str], str] = {}
    house = Style()
    if isinstance(result, Changes):
        changes = result
    else:
        changes, house = result.changes, result.plan.style
        for instrument in result.instruments:
            titles |= {(instrument.id, c.id): in_language(c.title, language) for c in instrument.constructs}
    env = environment(find_template("ministry"), language, house=house)
    shown = [change for change in changes if change.group == EVERYONE]
    return env.get_template("_shared/notebook.html.j2").render(changes=shown, titles=titles).strip()
