"""What a ledger's rows say of each other, and of themselves: doubles, corrections, sums, dates, spellings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mande.errors import Place, Problem, nearest
from mande.reach.entry import NAMES, Entry, band_of
from mande.reach.spellings import look_alikes

if TYPE_CHECKING:
    from mande.plan import Period

__all__ = ["corrected", "noticed", "same_as_above"]


def same_as_above(file: str, entries: Sequence[Entry]) -> tuple[list[Entry], list[Problem]]:
    """The entries without those equal to an earlier one in everything but their number."""
    first: dict[tuple[object, ...], int] = {}
    kept: list[Entry] = []
    problems: list[Problem] = []
    for entry in entries:
        said = _said(entry)
        if said in first:
            problems.append(Problem("M-030", Place(file, entry.row), details={"first": str(first[said])}))
        else:
            first[said] = entry.row
            kept.append(entry)
    return kept, problems


def _said(entry: Entry) -> tuple[object, ...]:
    plain = replace(entry, row=0, id="")
    return (*plain.place, *sorted(plain.counts.items()), plain.cost, plain.currency, plain.corrects, plain.note)


def corrected(file: str, entries: Sequence[Entry]) -> tuple[list[Entry], list[Entry], list[Problem]]:
    """The entries that count, those that are superseded, and what is wrong with corrections.

    A row may correct an entry above it, and may be corrected itself by one below. The last correction counts. A row
    that corrects nothing that is known is set aside: used, it could count the same people twice.
    """
    standing: dict[str, Entry] = {}  # by id, the entry that stands for it now
    superseded: list[Entry] = []
    used: dict[int, Entry] = {}
    problems: list[Problem] = []
    for entry in entries:
        if entry.id and entry.id in standing:
            details = {"first": str(standing[entry.id].row)}
            problems.append(Problem("M-032", Place(file, entry.row, "entry"), entry.id, details))
            continue
        if entry.corrects and entry.corrects not in standing:
            details = {"hint": _hint(entry.corrects, list(standing))}
            problems.append(Problem("M-033", Place(file, entry.row, "corrects"), entry.corrects, details))
            continue
        if entry.corrects:
            replaced = standing[entry.corrects]
            if replaced.corrects == entry.corrects:
                details = {"first": str(replaced.row)}
                problems.append(Problem("M-034", Place(file, entry.row, "corrects"), entry.corrects, details))
            used.pop(replaced.row, None)
            superseded.append(replaced)
            standing = {id_: entry if kept is replaced else kept for id_, kept in standing.items()}
        if entry.id:
            standing[entry.id] = entry
        used[entry.row] = entry
    return list(used.values()), superseded, problems


def _hint(wanted: str, known: Sequence[str]) -> str:
    near = nearest(wanted, known)
    return f"Did you mean {' or '.join(near)}?" if near else "Corrections stand below what they correct."


def noticed(
    file: str, entries: Sequence[Entry], labels: Mapping[str, Mapping[str, str]], period: Period | None
) -> Iterator[Problem]:
    """Everything that somebody should look at in entries that are used as they stand."""
    yield from _same_place(file, entries)
    yield from _spellings(file, entries, labels)
    for entry in entries:
        yield from _sums(file, entry)
        yield from _outside(file, entry, period)
        if entry.school and entry.counts.get("schools", 1) > 1:
            yield Problem("M-036", Place(file, entry.row, "schools"), str(entry.counts["schools"]))


def _same_place(file: str, entries: Sequence[Entry]) -> Iterator[Problem]:
    """Rows on the same activity, place and period that share a measure: perhaps one of them is a new version."""
    earlier: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        same = earlier.setdefault(entry.place, [])
        for other in same:
            if entry.counts.keys() & other.counts.keys():
                yield Problem("M-031", Place(file, entry.row), details={"first": str(other.row)})
                break
        same.append(entry)


def _spellings(file: str, entries: Sequence[Entry], labels: Mapping[str, Mapping[str, str]]) -> Iterator[Problem]:
    for column in NAMES:
        if column in labels:
            counts = Counter(getattr(entry, column) for entry in entries)
            names = labels[column]
            for rare, common in look_alikes({key: n for key, n in counts.items() if key}):
                row = next(entry.row for entry in entries if getattr(entry, column) == rare)
                details = {"near": names[common], "count": str(counts[common])}
                yield Problem("M-023", Place(file, row, column), names[rare], details)


def _sums(file: str, entry: Entry) -> Iterator[Problem]:
    counts = entry.counts
    if counts.keys() >= {"girls", "boys", "children"} and counts["girls"] + counts["boys"] != counts["children"]:
        details = {"girls": str(counts["girls"]), "boys": str(counts["boys"])}
        yield Problem("M-040", Place(file, entry.row, "children"), str(counts["children"]), details)
    for whole in ("girls", "boys", "children"):
        bands = {name: n for name, n in counts.items() if (band := band_of(name)) and band[0] == whole}
        if bands and whole in counts and sum(bands.values()) > counts[whole]:
            details = {"sum": str(sum(bands.values())), "bands": ", ".join(bands)}
            yield Problem("M-041", Place(file, entry.row, whole), str(counts[whole]), details)


def _outside(file: str, entry: Entry, period: Period | None) -> Iterator[Problem]:
    if period is None:
        return
    for column, day in (("period_from", entry.begins), ("period_to", entry.ends)):
        if day is not None and not period.from_ <= day <= period.to:
            details = {"from": period.from_.isoformat(), "to": period.to.isoformat()}
            yield Problem("M-015", Place(file, entry.row, column), day.isoformat(), details)
