"""A framework held against the ledger: numbers printed elsewhere, and names that no entry has."""

from __future__ import annotations

from collections.abc import Iterator

from mande.errors import Place, Problem, nearest
from mande.reach.ledger import Ledger
from mande.reach.results import Results
from mande.reach.stated import StatedCheck, agreement_of
from mande.reach.sums import entry_sums

__all__ = ["check_stated_numbers", "no_entry"]


def check_stated_numbers(results: Results, ledger: Ledger, smallest_cell: int) -> Iterator[StatedCheck]:
    """Every number that the framework says was printed elsewhere, beside the sum of the entries it speaks of."""
    entries = entry_sums(ledger.entries, smallest_cell)
    for stated in results.stated:
        source = stated.against
        counted = entries.sum(entries.chosen(source), source.measures)
        agreement = agreement_of(stated.value, counted.value)
        yield StatedCheck(
            stated.id,
            None,
            source.measures,
            source.entries,
            "",
            stated.value,
            counted,
            agreement,
            stated.expect,
            stated.where,
        )


def no_entry(results: Results, ledger: Ledger, file: str) -> Iterator[Problem]:
    """Names of a framework that no entry of the ledger has: perhaps misspelt, as their sum is nothing."""
    sources = [(f"indicator {i.id}", i.source) for i in results.indicator]
    sources += [(f"stated {s.id}", s.against) for s in results.stated]
    for key, source in sources:
        for column, wanted in source.entries.items():
            known = sorted({getattr(entry, column) for entry in ledger.entries} - {""})
            if wanted not in known:
                near = nearest(wanted, known) or known
                details = {"column": column, "hint": f"Did you mean {' or '.join(near)}?" if near else "None is given."}
                yield Problem("M-066", Place(file, key=key), source.where[column], details)
