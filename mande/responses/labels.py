"""Labels of groupings that may be two spellings of one: abbreviations, typing errors, words of other languages."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import combinations

import numpy as np

from mande.errors import Place, Problem
from mande.responses.result import Responses
from mande.responses.showing import shown, words_of
from mande.responses.text import as_typed_alike, folded, shortened, tokens

__all__ = ["group_sizes", "labels_alike"]

_NEAR = 0.85
_SHORTEST = 5  # letters that a likeness needs to be more than chance
_ABBREVIATED = 4  # letters at most of an abbreviation
_MANY = 400
"""With more labels than this every pair would take too long to compare; they are codes then, not words."""

_SAME = (
    {"m", "male", "man", "boy", "м", "муж", "мужской", "мужчина", "мальчик", "erkak", "ogil", "ogil bola", "эркак",
     "ўғил", "ўғил бола", "мард", "писар", "еркек", "ұл", "эркек", "бала"},
    {"f", "female", "woman", "girl", "ж", "жен", "женский", "женщина", "девочка", "ayol", "qiz", "qiz bola", "аёл",
     "қиз", "қиз бола", "зан", "духтар", "әйел", "қыз", "аял", "кыз"},
    {"yes", "y", "да", "ha", "ҳа", "ия", "иә", "ооба"}, {"no", "n", "нет", "yoq", "йўқ", "не", "жоқ", "жок"},
)  # fmt: skip


_FOLDED = [{folded(label) for label in same} for same in _SAME]


def labels_alike(responses: Responses) -> Iterator[Problem]:
    """One problem for each grouping with labels that look, or mean, the same."""
    for name, grouping in responses.groups.items():
        labels = [label for label in grouping.labels if label]
        pairs = [pair for pair in combinations(labels, 2) if _alike(*pair, labels)] if len(labels) <= _MANY else []
        for pair in pairs:
            said = " and ".join(f'"{shortened(label, 40)}"' for label in pair)
            yield Problem("R-043", Place(responses.files[0].file), said, {"group": name})


def group_sizes(responses: Responses, smallest: int) -> dict[str, list[tuple[str, str]]]:
    """The labels of each grouping with their people, the most frequent first; groups below `smallest` are not counted.

    A rare label without any word of a frequent one may be a name in the wrong column, and is told by its length.
    """
    found = {}
    for name, grouping in responses.groups.items():
        counts = np.bincount(grouping.position, minlength=len(grouping.labels)).tolist()
        sizes = sorted(zip(grouping.labels, counts, strict=True), key=lambda own: (-own[1], own[0]))
        frequent = [label for label, count in sizes if count >= smallest]
        known = words_of(frequent)
        found[name] = [
            (label or "no label", str(count))
            if count >= smallest
            else (shown(label, known, frequent) or "no label", f"< {smallest}")
            for label, count in sizes
            if count
        ]
    return found


def _alike(one: str, other: str, labels: list[str]) -> bool:
    """Whether two labels may be one. Those with other numbers, or other single letters ("5 A"), never are."""
    short, long = sorted((folded(one), folded(other)), key=len)
    if as_typed_alike(one) == as_typed_alike(other) or any({short, long} <= same for same in _FOLDED):
        return True
    if _is_abbreviation(short, long):
        return sum(folded(label).startswith(short) for label in labels) == 2
    if _marks(one) != _marks(other) or long.endswith(short) or len(short) < _SHORTEST:
        return False
    return SequenceMatcher(None, short, long).ratio() >= _NEAR


def _is_abbreviation(short: str, long: str) -> bool:
    """ "муж" of "мужской", but not "Ташкент" of "Ташкент область"."""
    return short.isalpha() and len(short) <= _ABBREVIATED and long.startswith(short) and long[len(short)].isalpha()


def _marks(label: str) -> list[str]:
    return sorted(word for word in tokens(label) if len(word) == 1 or any(letter.isdigit() for letter in word))
