"""What the blocks of a file say together and no block says alone; it adds up, and is judged when all have spoken.

A file that is read at once is one block: it is judged by the same functions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from mande.stats.reliability import ItemSums

__all__ = ["LOOKED_AT", "ByLabel", "Evidence", "ReadOtherwise", "add_by_label"]

Key = TypeVar("Key", bound=Hashable)

LOOKED_AT = 2_000
"""Different texts of a column that are looked at to tell whether it holds personal data."""

ReadOtherwise = tuple[str, str, str, tuple[tuple[str, str], ...]]
"""Column, problem code, text, details of cells that were read in another notation."""


ByLabel = dict[str, Counter[str]]
"""Forms by grouping and label."""


@dataclass(slots=True)
class Evidence:
    """Counts over rows.

    Of all rows: read_otherwise: cells by what was read how. numbers: cells by answer scale and number. no_answers:
    cells by a text that is no answer. languages: cells with a label that is not in the language of the headings.
    texts: of columns that may be personal, the first different texts. has_ids: whether any row has a code. set_aside:
    forms set aside, by label.

    Of used forms: spellings: by label. versions: by version of the form. worse, changed: people who got worse and who
    changed, by waves and grouping ("" for all together), then by label. at_best, complete: people by construct who
    answered all of it with the best answer, and at all. answers: by wave, answer scale, grouping ("") and code, then by
    label. answering: people who gave them. items: sums by construct and wave.
    """

    read_otherwise: Counter[ReadOtherwise] = field(default_factory=Counter)
    numbers: Counter[tuple[str, int]] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    texts: dict[int, dict[str, None]] = field(default_factory=dict)
    has_ids: bool = False
    set_aside: ByLabel = field(default_factory=dict)
    spellings: ByLabel = field(default_factory=dict)
    versions: Counter[str] = field(default_factory=Counter)
    worse: dict[tuple[str, str, str], Counter[str]] = field(default_factory=dict)
    changed: dict[tuple[str, str, str], Counter[str]] = field(default_factory=dict)
    at_best: Counter[str] = field(default_factory=Counter)
    complete: Counter[str] = field(default_factory=Counter)
    no_answers: Counter[str] = field(default_factory=Counter)
    answers: dict[tuple[str, str, str, int], Counter[str]] = field(default_factory=dict)
    answering: dict[tuple[str, str, str], Counter[str]] = field(default_factory=dict)
    items: dict[tuple[str, str], ItemSums] = field(default_factory=dict)

    def add(self, other: Evidence) -> None:
        """Take in what the next block says; blocks come in the order of the file."""
        for name in ("read_otherwise", "numbers", "no_answers", "languages", "versions", "at_best", "complete"):
            getattr(self, name).update(getattr(other, name))
        for name in ("set_aside", "spellings", "worse", "changed", "answers", "answering"):
            add_by_label(getattr(self, name), getattr(other, name))
        for column, texts in other.texts.items():
            self.look(column, texts)
        for key, sums in other.items.items():
            self.take_items(key, sums)
        self.has_ids |= other.has_ids

    def take_items(self, key: tuple[str, str], sums: ItemSums) -> None:
        """Add sums of a construct's items at a wave."""
        self.items[key] = self.items[key] + sums if key in self.items else sums

    def look(self, column: int, texts: Iterable[str]) -> None:
        """Keep the first different texts of a column."""
        known = self.texts.setdefault(column, {})
        for text in texts:
            if len(known) >= LOOKED_AT:
                return
            known.setdefault(text)


def add_by_label(mine: dict[Key, Counter[str]], theirs: Mapping[Key, Mapping[str, int]]) -> None:
    """Add counts by label."""
    for key, counts in theirs.items():
        mine.setdefault(key, Counter()).update(counts)
