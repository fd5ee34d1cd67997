"""A checked ledger becomes `Delivered`: tables, and printed totals beside the sums, without rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mande.reach.ledger import Ledger, LedgerFlow
from mande.reach.results import Results
from mande.reach.stated import StatedCheck, check_stated_numbers, check_stated_rows
from mande.reach.tables import ReachTables, make_tables

__all__ = ["Delivered", "deliver", "stated_checks"]


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was delivered, without rows: everything here may be printed. Counts of few children are withheld.

    file, digest, flow: of the ledger. labels: spellings of names, by column and key. stated: printed totals beside the
    sums.
    """

    file: str
    digest: str
    flow: LedgerFlow
    labels: Mapping[str, Mapping[str, str]]
    tables: ReachTables
    stated: tuple[StatedCheck, ...]

    def label(self, column: str, key: str) -> str:
        """The commonest spelling of a name in the ledger."""
        return self.labels.get(column, {}).get(key, key)


def deliver(ledger: Ledger, results: Results | None = None, *, smallest_cell: int = 5) -> Delivered:
    """Add up a ledger, and hold stated totals against it: its own, and those of a framework."""
    return Delivered(
        file=ledger.file,
        digest=ledger.digest,
        flow=ledger.flow,
        labels=ledger.labels,
        tables=make_tables(ledger.entries, smallest_cell=smallest_cell),
        stated=stated_checks(ledger, results, smallest_cell),
    )


def stated_checks(ledger: Ledger, results: Results | None, smallest_cell: int) -> tuple[StatedCheck, ...]:
    """The stated numbers of the ledger's rows, then those of the framework."""
    own = tuple(check_stated_rows(ledger.stated, ledger.entries, smallest_cell))
    return own if results is None else (*own, *check_stated_numbers(results, ledger.entries, smallest_cell))
