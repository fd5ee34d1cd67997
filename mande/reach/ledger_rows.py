"""Rows of a ledger's table as entries: which column is what, and what each cell says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from mande.errors import DataProblems, Place, Problem, nearest
from mande.reach.cells import NotReadable, read_amount, read_day, read_whole
from mande.reach.entry import MEASURES, NAMES, STATED_TOTAL, TEXTS, Entry, is_measure
from mande.reach.places import country_code, country_suggestions
from mande.reach.spellings import commonest, spelling_key
from mande.responses.table import Table

__all__ = ["RowReader", "columns_of"]

_DATES = ("period_from", "period_to")
KNOWN = (*NAMES, *_DATES, *MEASURES, "cost", *TEXTS)
"""Every column of a ledger; age bands come beside them."""


def columns_of(table: Table) -> tuple[dict[str, int], list[Problem]]:
    """Where each known column stands. Raises DataProblems without any column of numbers, or with two of one name."""
    columns: dict[str, int] = {}
    refused: list[Problem] = []
    unused: list[Problem] = []
    for position, heading in enumerate(table.header):
        name = spelling_key(heading).replace("-", "_")
        if name in columns:
            refused.append(Problem("M-003", Place(table.file), heading))
        elif name in KNOWN or is_measure(name):
            columns[name] = position
        else:
            unused.append(Problem("M-002", Place(table.file), heading, {"hint": _hint(name, columns)}))
    if not any(map(is_measure, columns)):
        refused.append(Problem("M-001", Place(table.file), details={"known": ", ".join(MEASURES)}))
    if refused:
        raise DataProblems([*refused, *unused])
    return columns, unused


def _hint(name: str, taken: Mapping[str, int]) -> str:
    near = [known for known in nearest(name, KNOWN) if known not in taken]
    return f'Did you mean "{near[0]}"?' if near else "Nothing needs to be done if it is only for you."


class RowReader:
    """Reads the cells of one table. `labels` are the spellings of its names, by column and key."""

    def __init__(self, table: Table, columns: Mapping[str, int]) -> None:
        self.table = table
        self._texts = {name: _column(table, position) for name, position in columns.items()}
        self.headings = {name: table.header[position] for name, position in columns.items()}
        self._problems: list[Problem] = []
        self.labels = {
            name: commonest(text for text in self._texts[name] if text)
            for name in NAMES
            if name in self._texts and name != "country"
        }
        self._countries = {text: country_code(text) for text in set(self._texts.get("country", ()))}

    def entries(self) -> tuple[list[Entry], list[Problem]]:
        """The entries, and every problem of a cell or row. Rows without a known country or any number are set aside."""
        self._problems = list(self._translated_countries())
        read = [self._entry(i, row) for i, row in enumerate(self.table.row.tolist())]
        return [entry for entry in read if entry is not None], self._problems

    def _text(self, name: str, i: int) -> str:
        return self._texts[name][i] if name in self._texts else ""

    def _entry(self, i: int, row: int) -> Entry | None:
        names = {name: spelling_key(self._text(name, i)) for name in NAMES}
        counts = {name: n for name in self._texts if is_measure(name) and (n := self._whole(name, i, row)) is not None}
        cost = self._cell("cost", i, row, "M-012", read_amount)
        begins, ends = self._period(i, row)
        country = self._country(i, row, is_total=names["activity"] == STATED_TOTAL)
        if country is None:
            return None
        if not counts and cost is None:
            self._problems.append(Problem("M-035", Place(self.table.file, row)))
            return None
        said = {name: self._text(name, i) for name in ("corrects", "currency", "source", "note")}
        return Entry(
            row=row, id=self._text("entry", i), begins=begins, ends=ends, counts=counts, cost=cost,
            **(names | said | {"country": country}),
        )  # fmt: skip

    def _cell(self, name: str, i: int, row: int, code: str, read: Callable[[str], Any]) -> Any:
        text = self._text(name, i)
        if not text:
            return None
        try:
            return read(text)
        except NotReadable:
            self._problems.append(Problem(code, self._place(name, row), text))
            return None

    def _whole(self, name: str, i: int, row: int) -> int | None:
        read = self._cell(name, i, row, "M-010", read_whole)
        if read is None:
            return None
        if read.adjusted:
            details = {"read_as": str(read.value)}
            self._problems.append(Problem("M-013", self._place(name, row), self._text(name, i), details))
        return int(read.value)

    def _period(self, i: int, row: int) -> tuple[date | None, date | None]:
        begins: date | None = self._cell("period_from", i, row, "M-011", lambda text: read_day(text, last=False))
        ends: date | None = self._cell("period_to", i, row, "M-011", lambda text: read_day(text, last=True))
        if begins and ends and ends < begins:
            details = {"begins": begins.isoformat()}
            self._problems.append(Problem("M-014", self._place("period_to", row), self._text("period_to", i), details))
            return None, None
        return begins, ends

    def _country(self, i: int, row: int, *, is_total: bool) -> str | None:
        """The code, "" where the ledger has no countries or a total is of all of them, None if it is not known."""
        text = self._text("country", i)
        if not text and ("country" not in self._texts or is_total):
            return ""
        if not text:
            self._problems.append(Problem("M-021", self._place("country", row)))
            return None
        if self._countries[text] is None:
            near = country_suggestions(text)
            hint = f"Did you mean {' or '.join(near)}?" if near else "Write its name, or its code of two letters."
            self._problems.append(Problem("M-020", self._place("country", row), text, {"hint": hint}))
        return self._countries[text]

    def _translated_countries(self) -> Iterator[Problem]:
        """A country spelled in several ways: told once for each spelling but the commonest."""
        spellings: dict[str, list[tuple[str, int]]] = {}
        for text, count in Counter(self._texts.get("country", ())).most_common():
            if code := self._countries[text]:
                spellings.setdefault(code, []).append((text, count))
        for (common, _), *others in spellings.values():
            for text, count in others:
                details = {"read_as": common, "count": str(count)}
                yield Problem("M-022", Place(self.table.file, column=self.headings["country"]), text, details)

    def _place(self, name: str, row: int) -> Place:
        return Place(self.table.file, row, self.headings[name])


def _column(table: Table, position: int) -> list[str]:
    values, index = table.distinct(position)
    stripped = [value.strip() for value in values]
    return [stripped[i] for i in index.tolist()]
