"""Printed totals held against the sum of the entries: never added, only compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mande.errors import Place, Problem, nearest
from mande.reach.entry import Entry, counts_children
from mande.reach.results import Expect, Results
from mande.reach.sums import entry_sums
from mande.reach.tables import Figure, add_up, recorded_by_activity

__all__ = [
    "Agreement", "StatedCheck", "agreement_of", "check_stated_numbers", "check_stated_rows", "missing_names",
    "problem_of",
]  # fmt: skip


class Agreement(StrEnum):
    EQUAL = "equal"
    ROUNDED = "rounded"  # the sum, rounded to tens, hundreds, thousands …
    DIFFERENT = "different"
    NOT_COUNTED = "not counted"  # no entry has this number, or it is withheld


@dataclass(frozen=True, slots=True)
class StatedCheck:
    """One stated number beside what the entries add up to.

    id: of the framework's statement, "" for a row of the ledger. row: of the ledger, None for a statement. where: which
    entries were added, by column and key; period: "" for any. said: where it was printed.
    """

    id: str
    row: int | None
    measures: tuple[str, ...]
    where: Mapping[str, str]
    period: str
    stated: int
    counted: Figure
    agreement: Agreement
    expect: Expect
    said: str

    @property
    def difference(self) -> int | None:
        """Counted minus stated."""
        return None if self.counted.value is None else self.counted.value - self.stated

    @property
    def needs_a_person(self) -> bool:
        fits = {"equal": (Agreement.EQUAL,), "rounded": (Agreement.EQUAL, Agreement.ROUNDED)}
        return self.expect in fits and self.agreement not in fits[self.expect]


def agreement_of(stated: int, counted: int | None) -> Agreement:
    """Whether a stated number is the sum, or the sum rounded half up to a power of ten.

    >>> [agreement_of(stated, 43935).value for stated in (43935, 44000, 43940, 43900, 45000)]
    ['equal', 'rounded', 'rounded', 'rounded', 'different']
    """
    if counted is None:
        return Agreement.NOT_COUNTED
    if stated == counted:
        return Agreement.EQUAL
    steps = (10**k for k in range(1, len(str(counted))))
    rounded = {(counted + step // 2) // step * step for step in steps}
    return Agreement.ROUNDED if stated in rounded else Agreement.DIFFERENT


def check_stated_rows(stated: Sequence[Entry], entries: Sequence[Entry], smallest_cell: int) -> Iterator[StatedCheck]:
    """Every number of the ledger's stated totals. What a total names (programme, country …) says of which entries."""
    recorded = recorded_by_activity(entries)
    for total in stated:
        where = {
            name: key for name in ("programme", "country", "region", "school", "cycle") if (key := getattr(total, name))
        }
        own = [entry for entry in entries if entry.matches(where) and _within(entry, total)]
        for measure, number in total.counts.items():
            counted = add_up(own, measure, recorded)
            if counts_children(measure) and 0 < (counted.value or 0) < smallest_cell:
                counted = Figure(None, withheld=True)
            agreement = agreement_of(number, counted.value)
            said = total.source or total.note
            yield StatedCheck(
                total.id, total.row, (measure,), where, total.period, number, counted, agreement, "equal", said
            )


def _within(entry: Entry, total: Entry) -> bool:
    """Whether the entry lies in the total's period; an entry without a date lies in any."""
    first, last = entry.begins or entry.ends, entry.ends or entry.begins
    begins_late_enough = total.begins is None or first is None or first >= total.begins
    return begins_late_enough and (total.ends is None or last is None or last <= total.ends)


def problem_of(check: StatedCheck, file: str) -> Problem:
    """The problem of a stated number that does not fit."""
    scope = ", ".join(check.where.values()) or "all programmes and places"
    difference = "not counted" if check.difference is None else f"{check.difference:+,} beside what is stated"
    details = {
        "stated": f"{check.stated:,}",
        "measure": " + ".join(check.measures),
        "scope": scope,
        "counted": "nothing" if check.counted.value is None else f"{check.counted.value:,}",
        "difference": difference,
    }
    place = Place(file, check.row, check.measures[0]) if check.row else Place(file, key=f"stated {check.id}")
    return Problem("M-042", place, str(check.stated), details)


def check_stated_numbers(results: Results, entries: Sequence[Entry], smallest_cell: int) -> Iterator[StatedCheck]:
    """Every number that the framework says was printed elsewhere, beside the sum of the entries it speaks of."""
    sums = entry_sums(entries, smallest_cell)
    for stated in results.stated:
        source = stated.against
        counted = sums.sum(sums.chosen(source), source.measures)
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


def missing_names(results: Results, entries: Sequence[object], file: str) -> Iterator[Problem]:
    """Names of a framework that no entry (or block of entries) has: perhaps misspelt, as their sum is nothing."""
    sources = [(f"indicator {i.id}", i.source) for i in results.indicator]
    sources += [(f"stated {s.id}", s.against) for s in results.stated]
    for key, source in sources:
        for column, wanted in source.entries.items():
            known = sorted({getattr(entry, column) for entry in entries} - {""})
            if wanted not in known:
                near = nearest(wanted, known) or known
                details = {"column": column, "hint": f"Did you mean {' or '.join(near)}?" if near else "None is given."}
                yield Problem("M-066", Place(file, key=key), source.where[column], details)
