"""An evaluation as plain tables: one a sheet of the workbook, nothing rounded, nothing left out but the withheld."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from mande.evaluation import Evaluation
from mande.report.workbook import result_tables as results
from mande.report.workbook import source_tables as sources
from mande.report.workbook.flat import Cell, flat

__all__ = ["SHEETS", "Table", "tables_of"]

Rows = Iterable[Mapping[str, Cell]]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its name, what it holds, the heads of its columns, and its rows."""

    name: str
    about: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


SHEETS: Mapping[str, tuple[str, Callable[[Evaluation, str], Rows]]] = {
    "Summary": ("The main result of each area.", results.areas_in_brief),
    "Changes": ("Every change at full precision; the columns are explained on the first sheet.", results.changes),
    "Contrasts": (
        "Programme less comparison, in points.",
        lambda evaluation, _: [flat(contrast) for contrast in evaluation.contrasts],
    ),
    "Subgroups": ("Change of each subgroup, and the test that they do not differ.", results.subgroups),
    "Waves": (
        "Change from the first wave at each later one.",
        lambda evaluation, _: [flat(course) for course in evaluation.courses],
    ),
    "Questions": ("Answers, after turning the questions marked reversed.", results.questions),
    "Reliability": (
        "Alpha, omega and reliable change, of those who answered every question of an area both times.",
        results.reliability,
    ),
    "Soundness": ("What stands behind each change.", results.soundness),
    "Agreement": (
        "Changes as two of a family report them.",
        lambda evaluation, _: [flat(agreement) for agreement in evaluation.agreements],
    ),
    "Response shift": (
        "THEN beside the answers given before, perceived and measured change, of people with all three.",
        results.shifts,
    ),
    "Bands": ("People in each band of a cited norm, of those with both scores: a description, no test.", results.bands),
    "Imputed": (
        "Changes with imputed scores.",
        lambda evaluation, _: [flat(imputation) for imputation in evaluation.imputations],
    ),
    "Reach": ("What was delivered, by programme and country; totals last.", results.delivered),
    "Indicators": ("The results framework, and what was reached.", results.indicators),
    "Linking": (
        "How forms of several waves were brought together.",
        lambda evaluation, _: [flat(link) for link in evaluation.links],
    ),
    "Files": ("Rows and answer cells of each file: read = used + set aside.", sources.files),
    "Problems": ("Every kind of problem in the files, and what became of it.", sources.problems),
    "Codebook": ("Questions and offered answers with their codes.", sources.codebook),
    "Areas": ("How questions make up an area's score.", sources.areas),
    "Provenance": ("What the figures were made from (SHA-256), and with.", sources.provenance),
}
"""Every sheet in order: what it holds, and its rows in a language."""


def tables_of(evaluation: Evaluation, language: str) -> list[Table]:
    """Every table that has a row, in the order of the workbook; titles and questions in `language`."""
    return list(_tables(evaluation, language))


def _tables(evaluation: Evaluation, language: str) -> Iterator[Table]:
    for name, (about, rows_of) in SHEETS.items():
        rows = list(rows_of(evaluation, language))
        if rows:
            columns = tuple(dict.fromkeys(column for row in rows for column in row))
            yield Table(name, about, columns, tuple(tuple(row.get(column) for column in columns) for row in rows))
