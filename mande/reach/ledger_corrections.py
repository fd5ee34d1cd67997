"""Later rows of a ledger correct earlier ones, which stay to be seen."""

from __future__ import annotations

from collections.abc import Sequence

from mande.errors import Place, Problem, nearest
from mande.reach.entry import Entry

__all__ = ["corrected"]


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
