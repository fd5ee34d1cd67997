"""People, the forms they have at each wave, and what is taken from those forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mande.responses.choices import Choices
from mande.responses.forms import Forms
from mande.responses.matching import Keys
from mande.responses.missing import CodeArray, Missing
from mande.responses.pseudonyms import pseudonyms
from mande.responses.result import Grouping
from mande.responses.row_checks import rounded
from mande.responses.table import Column
from mande.responses.text import folded
from mande.stats.counts import IntArray

__all__ = ["People", "Taken", "WaveForms", "folded_grouping", "grouping", "labels_of"]


@dataclass(frozen=True, slots=True)
class WaveForms:
    """The used rows of a file that speak of one wave, or of all its waves at once (wave is then "")."""

    forms: Forms
    wave: str
    position: IntArray

    def __len__(self) -> int:
        return len(self.position)

    @property
    def keys(self) -> Keys:
        at, ids, parts = self.position.tolist(), list(self.forms.ids), self.forms.code_parts
        return Keys([ids[i] for i in at], [parts[i] for i in at])


@dataclass(frozen=True, slots=True)
class People:
    """People and the forms they have: by wave, part and position in the part, −1 where there is none, shape (n, 2)."""

    keys: Sequence[tuple[str, tuple[str, ...]]]
    forms: Mapping[str, IntArray]


@dataclass(frozen=True, slots=True)
class Taken:
    """Takes the rows of the parts into the order of people."""

    parts: Sequence[WaveForms]
    people: People

    def _by_part(self, wave: str) -> Iterator[tuple[WaveForms, np.ndarray, np.ndarray]]:
        """Each part with a form of the wave: the people it serves, and their positions among the rows of its table."""
        forms = self.people.forms[wave if wave in self.people.forms else ""]
        for p, part in enumerate(self.parts):
            people = np.flatnonzero(forms[:, 0] == p)
            if len(people):
                yield part, people, part.position[forms[people, 1]]

    def codes(self, wave: str) -> CodeArray:
        items = len(self.parts[0].forms.instrument.rated_items)
        codes = np.full((len(self.people.keys), items), Missing.NO_FORM, dtype=np.int16, order="F")
        for part, people, rows in self._by_part(wave):
            codes[people] = part.forms.codes_of(wave)[1][rows]
        return codes

    def rows(self, wave: str) -> IntArray:
        rows = np.zeros(len(self.people.keys), dtype=np.int64)
        for part, people, positions in self._by_part(wave):
            rows[people] = part.forms.table.row[positions]
        return rows

    def identities(self) -> list[str]:
        """A person without a code is a person of its own, known by file and row."""
        out = []
        for number, (code, parts) in enumerate(self.people.keys):
            out.append(
                code or ("\n".join(parts) if all(parts) and parts else f"{self.parts[0].forms.table.file}\n{number}")
            )
        return out

    def coded(self) -> npt.NDArray[np.bool_]:
        """Who has a code, or all parts of one, that tells who is who, shape (n,)."""
        own = (bool(code and not rounded(code)) or bool(parts and all(parts)) for code, parts in self.people.keys)
        return np.fromiter(own, dtype=bool, count=len(self.people.keys))

    def texts(self, of: str, name: str = "") -> list[str]:
        """A text of each person, from the first of their forms that has one."""
        texts = [""] * len(self.people.keys)
        for wave in reversed(list(self.people.forms)):
            for part, people, rows in self._by_part(wave):
                own = list(part.forms.families if of == "family" else part.forms.groups.get(name, ()))
                if own:
                    for person, row in zip(people.tolist(), rows.tolist(), strict=True):
                        texts[person] = own[row] or texts[person]
        return texts

    def choices(self) -> dict[str, Choices]:
        """What each person chose, by question, or by question and wave (`where_baseline`) where there are several."""
        found = {}
        for wave in self.people.forms:
            questions = dict.fromkeys(name for part in self.parts if part.wave == wave for name in part.forms.choices)
            for name in questions:
                found[name if len(self.people.forms) == 1 else f"{name}_{wave}"] = self._choices(name, wave)
        return found

    def _choices(self, name: str, wave: str) -> Choices:
        codes = next(part.forms.choices[name].codes for part in self.parts if name in part.forms.choices)
        chosen = np.zeros((len(self.people.keys), len(codes)), dtype=bool)
        answered = np.zeros(len(self.people.keys), dtype=bool)
        for part, people, rows in self._by_part(wave):
            own = part.forms.choices.get(name)
            if own is not None:
                chosen[people], answered[people] = own.chosen[rows], own.answered[rows]
        return Choices(codes, chosen, answered)

    def families(self, key: bytes) -> tuple[str, ...] | None:
        if all(part.forms.layout.family is None for part in self.parts):
            return None
        texts = self.texts("family")
        return tuple(name if text else "" for name, text in zip(pseudonyms(texts, key), texts, strict=True))

    def groups(self) -> dict[str, Grouping]:
        names = dict.fromkeys(name for part in self.parts for name in part.forms.groups)
        return {name: self._grouping(name) for name in names}

    def _grouping(self, name: str) -> Grouping:
        if len(self.parts) > 1:
            cells, rows = Column.of(self.texts("group", name)), np.arange(len(self.people.keys))
        else:
            cells, rows = self.parts[0].forms.groups[name], self.parts[0].position
        return grouping(cells, rows, labels_of(cells.counts(_mask(rows, len(cells)))))


def _mask(rows: IntArray, n: int) -> npt.NDArray[np.bool_]:
    mask = np.zeros(n, dtype=bool)
    mask[rows] = True
    return mask


def labels_of(counts: Mapping[str, int]) -> dict[str, str]:
    """By how it is folded, one label for spellings that differ in case and spaces only: the most frequent of them."""
    spellings: dict[str, dict[str, int]] = {}
    for text, count in counts.items():
        if count:
            spellings.setdefault(folded(text), {})[text] = count
    return {key: max(sorted(own), key=lambda text, own=own: own[text]) for key, own in spellings.items()}  # type: ignore[misc]


def grouping(cells: Column, rows: IntArray, label: Mapping[str, str]) -> Grouping:
    """The rows' groups. label: of each folded text that a row may have."""
    labels = sorted(label.values())
    number = {text: i for i, text in enumerate(labels)}
    place = np.array([number.get(label.get(key, ""), -1) for key in cells.folded()], dtype=np.int64)
    return Grouping(tuple(labels), place[cells.position[rows]])


def folded_grouping(cells: Column, rows: IntArray) -> Grouping:
    """The rows' groups, called as their labels are folded."""
    position, keys = cells.position[rows], cells.folded()
    there = np.bincount(position, minlength=len(keys)).tolist()
    labels = sorted({key for key, people in zip(keys, there, strict=True) if people})
    number = {key: i for i, key in enumerate(labels)}
    place = np.array([number.get(key, -1) for key in keys], dtype=np.int64)
    return Grouping(tuple(labels), place[position])
