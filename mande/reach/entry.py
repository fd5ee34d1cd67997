"""What a ledger's row says: who was reached, where, when, in numbers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

__all__ = [
    "CHILDREN", "MEASURES", "NAMES", "STATED_TOTAL", "TEXTS", "Entry", "band_of", "counts_children", "is_measure",
    "measures_in",
]  # fmt: skip

MEASURES = ("people_trained", "families", "schools", "girls", "boys", "children", "sessions", "certificates")
"""Columns of whole numbers, in the order of tables. Age bands come beside them: `girls_10_12`, `boys_13_14`."""

CHILDREN = ("girls", "boys", "children")
NAMES = ("activity", "programme", "country", "region", "school", "cycle")
"""Columns that say what is counted and where; an empty one says nothing of it."""

TEXTS = ("source", "note", "currency", "entry", "corrects")
STATED_TOTAL = "stated-total"
"""The activity of a row that is a printed total: never added, only compared."""

_BAND = re.compile(r"(girls|boys|children)_(\d{1,2})_(\d{1,2})")


def band_of(column: str) -> tuple[str, int, int] | None:
    """What an age band's column counts.

    >>> band_of("girls_10_12"), band_of("girls")
    (('girls', 10, 12), None)
    """
    found = _BAND.fullmatch(column)
    return (found[1], int(found[2]), int(found[3])) if found else None


def is_measure(column: str) -> bool:
    return column in MEASURES or band_of(column) is not None


def counts_children(column: str) -> bool:
    """Whether small counts of this column are withheld."""
    return column in CHILDREN or band_of(column) is not None


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a ledger. Names are keys (see `Ledger.labels`), the country an ISO code; "" is not given.

    counts: the filled measures. cost: with its currency, "" if none is named. row: as a spreadsheet shows it.
    """

    row: int
    id: str
    corrects: str
    activity: str
    programme: str
    country: str
    region: str
    school: str
    cycle: str
    begins: date | None
    ends: date | None
    counts: Mapping[str, int]
    cost: Decimal | None
    currency: str
    source: str
    note: str

    @property
    def period(self) -> str:
        """The year, or the years it spans: "2019", "2017–2019", "" if not dated; the last one if no begin is known."""
        last = self.ends or self.begins
        if last is None:
            return ""
        first = self.begins or last
        return str(last.year) if first.year == last.year else f"{first.year}–{last.year}"

    @property
    def year(self) -> int | None:
        """The year in which it ends, as far as that is known."""
        last = self.ends or self.begins
        return None if last is None else last.year

    @property
    def place(self) -> tuple[object, ...]:
        """Everything but the numbers: two rows with the same are about the same."""
        return (*(getattr(self, name) for name in NAMES), self.begins, self.ends)

    @property
    def school_key(self) -> tuple[str, str, str] | None:
        """Which school, where one is named."""
        return (self.country, self.region, self.school) if self.school else None

    @property
    def is_one_school(self) -> bool:
        """Whether the entry stands for one known school: people at a training are not a school that was reached."""
        if not self.school or self.counts.get("schools", 1) != 1:
            return False
        return bool(self.counts.keys() - {"people_trained", "certificates"})

    @property
    def digest(self) -> str:
        """Of place and numbers, to know the same entry in another ledger."""
        said = (*map(str, self.place), *(f"{k}={v}" for k, v in sorted(self.counts.items())), str(self.cost))
        return hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:16]

    def count(self, measure: str) -> int | None:
        """A measure, children being girls and boys where they stand alone."""
        if measure == "children" and measure not in self.counts:
            parts = [self.counts[name] for name in ("girls", "boys") if name in self.counts]
            return sum(parts) if len(parts) == len(("girls", "boys")) else None
        return self.counts.get(measure)

    def matches(self, where: Mapping[str, str]) -> bool:
        return all(getattr(self, name) == wanted for name, wanted in where.items())


def measures_in(entries: Iterable[Entry]) -> tuple[str, ...]:
    """The measures that some entry has, in the order of tables, age bands last."""
    entries = list(entries)
    found = {name for entry in entries for name in entry.counts}
    if any(entry.is_one_school for entry in entries):
        found.add("schools")
    if {"girls", "boys"} <= found:
        found.add("children")
    bands = sorted((*band[1:], name) for name in found if (band := band_of(name)))
    return (*(name for name in MEASURES if name in found), *(name for _, _, name in bands))
