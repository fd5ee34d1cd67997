"""What else an evaluation may have, as tables: linking, two people of a family, imputed scores, and monitoring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mande.evaluation import Evaluation
from mande.families import Agreement
from mande.imputing import Imputation
from mande.reach import Reach
from mande.reach.export import table_rows
from mande.report.flat import Cell, flat
from mande.responses import LinkReport

__all__ = ["more_tables"]


def more_tables(evaluation: Evaluation) -> Iterator[tuple[str, str, list[Mapping[str, Cell]]]]:
    """Name, what it holds, and rows; empty ones too."""
    yield (
        "Linking",
        "How forms of several waves were brought together.",
        [flat(x, LinkReport) for x in evaluation.links],
    )
    yield "Agreement", "Changes as two of a family report them.", [flat(x, Agreement) for x in evaluation.agreements]
    yield "Imputed", "Changes with imputed scores.", [flat(x, Imputation) for x in evaluation.imputations]
    yield "Reach", "What was delivered, by programme and country; totals last.", [*_delivered(evaluation.reach)]
    yield "Indicators", "The results framework, and what was reached.", [*_indicators(evaluation.reach)]


def _delivered(reach: Reach | None) -> Iterator[Mapping[str, Cell]]:
    if reach is None or reach.delivered is None:
        return
    head, *rows = table_rows(reach.delivered, "programme_countries")
    for row in rows:
        yield {str(name): cell for name, cell in zip(head, row, strict=True)}


def _indicators(reach: Reach | None) -> Iterator[Mapping[str, Cell]]:
    for indicator in reach.indicators if reach is not None else ():
        yield flat(indicator, type(indicator))
