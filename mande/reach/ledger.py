"""A ledger file becomes checked entries: every row is used, superseded, a stated total, or set aside with reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mande.errors import Effect, Problem
from mande.reach.entry import STATED_TOTAL, Entry
from mande.reach.ledger_checks import corrected, noticed, same_as_above
from mande.reach.ledger_rows import RowReader, columns_of
from mande.responses.readers import read_table

if TYPE_CHECKING:
    import pandas as pd

    from mande.plan import Period

__all__ = ["Ledger", "LedgerFlow", "read_ledger"]


@dataclass(frozen=True, slots=True)
class LedgerFlow:
    """What became of a ledger's rows. rows_set_aside: by problem code."""

    rows_read: int
    rows_used: int
    rows_superseded: int
    stated_totals: int
    rows_set_aside: Mapping[str, int]

    def __post_init__(self) -> None:
        kept = self.rows_used + self.rows_superseded + self.stated_totals
        if self.rows_read != kept + sum(self.rows_set_aside.values()):
            raise AssertionError(f"rows do not reconcile: {self}")


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was delivered, as one file says.

    entries: those that count. superseded: those that a later row corrects, kept to be seen. stated: printed totals.
    labels: the commonest spelling of each activity, programme, region, school and cycle, by column and key.
    """

    file: str
    digest: str
    entries: tuple[Entry, ...]
    superseded: tuple[Entry, ...]
    stated: tuple[Entry, ...]
    labels: Mapping[str, Mapping[str, str]]
    flow: LedgerFlow
    problems: tuple[Problem, ...]

    def label(self, column: str, key: str) -> str:
        return self.labels.get(column, {}).get(key, key)

    def to_frame(self) -> pd.DataFrame:
        """One row an entry, with `status`: used, superseded or stated total. Counts that are not given are NA."""
        import pandas as pd

        kept = {"used": self.entries, "superseded": self.superseded, "stated total": self.stated}
        rows = [_flat(entry) | {"status": status} for status, entries in kept.items() for entry in entries]
        frame = pd.DataFrame(rows).sort_values("row", ignore_index=True) if rows else pd.DataFrame()
        counts = {name for entries in kept.values() for entry in entries for name in entry.counts}
        return frame.astype(dict.fromkeys(sorted(counts), "Int64"))


def read_ledger(path: str | Path, *, period: Period | None = None) -> Ledger:
    """Read and check a ledger (CSV or the first sheet of a workbook).

    period: the evaluation's; entries outside of it are noticed. Raises DataProblems if the file or its columns cannot
    be used; every other problem is in `Ledger.problems`, and its row is counted in `Ledger.flow`.
    """
    table = read_table(Path(path))
    columns, column_problems = columns_of(table)
    reader = RowReader(table, columns)
    read, problems = reader.entries()
    unique, doubles = same_as_above(table.file, read)
    used, superseded, corrections = corrected(table.file, unique)
    counted = [entry for entry in used if entry.activity != STATED_TOTAL]
    found = [*table.problems, *column_problems, *problems, *doubles, *corrections]
    found += noticed(table.file, counted, reader.labels, period)
    stated = tuple(entry for entry in used if entry.activity == STATED_TOTAL)
    flow = LedgerFlow(table.rows_read, len(counted), len(superseded), len(stated), _set_aside(found))
    in_order = sorted(found, key=lambda problem: (problem.place.row or 0, problem.code))
    return Ledger(
        table.file, table.digest, tuple(counted), tuple(superseded), stated, reader.labels, flow, tuple(in_order)
    )


def _set_aside(problems: Sequence[Problem]) -> dict[str, int]:
    return dict(sorted(Counter(p.code for p in problems if p.effect is Effect.ROW_SET_ASIDE).items()))


def _flat(entry: Entry) -> dict[str, object]:
    names = ("row", "id", "corrects", "activity", "programme", "country", "region", "school", "cycle", "begins", "ends")
    said = {name: getattr(entry, name) for name in names}
    return said | dict(entry.counts) | {"cost": entry.cost, "currency": entry.currency, "source": entry.source}
