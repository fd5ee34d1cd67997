"""What the blocks of a file say together and no block says alone; it adds up, and is judged when all have spoken.

A file that is read at once is one block: it is judged by the same functions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from mande.stats.counts import IntArray
from mande.stats.reliability import ItemSums

__all__ = ["LOOKED_AT", "ByLabel", "Evidence", "GroupTable", "ReadOtherwise", "add_by_label", "take"]

Key = TypeVar("Key", bound=Hashable)

LOOKED_AT = 2_000
"""Different texts of a column that are looked at to tell whether it holds personal data."""

ReadOtherwise = tuple[str, str, str, tuple[tuple[str, str], ...]]
"""Column, problem code, text, details of cells that were read in another notation."""


ByLabel = dict[str, Counter[str]]
"""Forms by grouping and label."""


@dataclass(frozen=True, slots=True, eq=False)
class GroupTable:
    """Several counts of each group of a grouping. labels: shape (n,). counts: shape (n, k)."""

    labels: tuple[str, ...]
    counts: IntArray

    @classmethod
    def of_all(cls, *counts: int | np.integer[Any]) -> GroupTable:
        """Counts of everybody together."""
        return cls(("",), np.array([counts], dtype=np.int64))

    def __add__(self, other: object) -> GroupTable:
        if not isinstance(other, GroupTable):
            return NotImplemented
        if self.labels == other.labels:  # as is usual: then this is quick, however many there are
            return GroupTable(self.labels, self.counts + other.counts)
        return self._merged((*self.labels, *other.labels), np.concatenate([self.counts, other.counts]))

    def __iter__(self) -> Iterator[tuple[str, list[int]]]:
        """Each label with its counts."""
        return zip(self.labels, self.counts.tolist(), strict=True)

    def renamed(self, names: Mapping[str, str]) -> GroupTable:
        """The same under other labels; groups that get one label become one."""
        return self._merged([names.get(label, label) for label in self.labels], self.counts)

    @classmethod
    def _merged(cls, labels: Sequence[str], counts: IntArray) -> GroupTable:
        place = {label: i for i, label in enumerate(dict.fromkeys(labels))}
        total = np.zeros((len(place), counts.shape[1]), dtype=np.int64)
        np.add.at(total, [place[label] for label in labels], counts)
        return cls(tuple(place), total)


@dataclass(slots=True)
class Evidence:
    """Counts over rows.

    Of all rows: read_otherwise: cells by what was read how. numbers: cells by answer scale and number. no_answers:
    cells by a text that is no answer. languages: cells with a label that is not in the language of the headings.
    texts: of columns that may be personal, the first different texts. has_ids: whether any row has a code. set_aside:
    forms set aside, by label.

    Of used forms: spellings: by label. versions: by version of the form. at_best, complete: people by construct who
    answered all of it with the best answer, and at all. changes: by two waves and grouping ("" for all together), the
    people of each group who got worse, and who changed. answers: by wave, answer scale and grouping, the people of each
    group who gave an answer, and their answers by code, in the order of the scale. items: sums by construct and wave.
    given: by wave, its forms, and of each item more than 0 if anything is marked on any of them, shape (1 + k,).
    """

    read_otherwise: Counter[ReadOtherwise] = field(default_factory=Counter)
    numbers: Counter[tuple[str, int]] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    texts: dict[int, dict[str, None]] = field(default_factory=dict)
    has_ids: bool = False
    set_aside: ByLabel = field(default_factory=dict)
    spellings: ByLabel = field(default_factory=dict)
    versions: Counter[str] = field(default_factory=Counter)
    at_best: Counter[str] = field(default_factory=Counter)
    complete: Counter[str] = field(default_factory=Counter)
    no_answers: Counter[str] = field(default_factory=Counter)
    changes: dict[tuple[str, str, str], GroupTable] = field(default_factory=dict)
    answers: dict[tuple[str, str, str], GroupTable] = field(default_factory=dict)
    items: dict[tuple[str, str], ItemSums] = field(default_factory=dict)
    given: dict[str, IntArray] = field(default_factory=dict)

    def add(self, other: Evidence) -> None:
        """Take in what the next block says; blocks come in the order of the file."""
        for name in ("read_otherwise", "numbers", "no_answers", "languages", "versions", "at_best", "complete"):
            getattr(self, name).update(getattr(other, name))
        for name in ("set_aside", "spellings"):
            add_by_label(getattr(self, name), getattr(other, name))
        for column, texts in other.texts.items():
            self.look(column, texts)
        for name in ("changes", "answers", "items", "given"):
            take(getattr(self, name), getattr(other, name))
        self.has_ids |= other.has_ids

    def look(self, column: int, texts: Iterable[str]) -> None:
        """Keep the first different texts of a column."""
        known = self.texts.setdefault(column, {})
        for text in texts:
            if len(known) >= LOOKED_AT:
                return
            known.setdefault(text)


def take(mine: dict[Any, Any], theirs: Mapping[Any, Any]) -> None:
    """Add what adds up with `+`."""
    for key, own in theirs.items():
        mine[key] = mine[key] + own if key in mine else own


def add_by_label(mine: dict[Key, Counter[str]], theirs: Mapping[Key, Mapping[str, int]]) -> None:
    """Add counts by label."""
    for key, counts in theirs.items():
        mine.setdefault(key, Counter()).update(counts)
