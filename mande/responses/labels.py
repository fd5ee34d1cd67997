"""Labels of groupings that may be two spellings of one: abbreviations, typing errors, words of other languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import chain, combinations

import numpy as np

from mande.errors import Place, Problem
from mande.responses.personal import looks_personal
from mande.responses.result import Grouping, Responses
from mande.responses.showing import mask, words_of
from mande.responses.text import as_typed_alike, folded, shortened, tokens
from mande.toml_file import as_toml

__all__ = ["group_sizes", "labels_alike", "lines_to_join", "masks", "people_by_label"]

_NEAR = 0.85
_SHORTEST = 5  # letters that a likeness needs to be more than chance
_ABBREVIATED = 4  # letters at most of an abbreviation
_MANY = 400
"""With more labels than this every pair would take too long to compare: only those of one form are found then."""

_SAME = (
    {"m", "male", "man", "boy", "м", "муж", "мужской", "мужчина", "мальчик", "erkak", "ogil", "ogil bola", "эркак",
     "ўғил", "ўғил бола", "мард", "писар", "еркек", "ұл", "эркек", "бала"},
    {"f", "female", "woman", "girl", "ж", "жен", "женский", "женщина", "девочка", "ayol", "qiz", "qiz bola", "аёл",
     "қиз", "қиз бола", "зан", "духтар", "әйел", "қыз", "аял", "кыз"},
    {"yes", "y", "да", "ha", "ҳа", "ия", "иә", "ооба"}, {"no", "n", "нет", "yoq", "йўқ", "не", "жоқ", "жок"},
)  # fmt: skip


_FOLDED = [{folded(label) for label in same} for same in _SAME]
_SCHOOL = words_of(["school", "школа", "maktab", "мактаб", "мектеп"])
_NO_NAMES = words_of([*chain.from_iterable(_SAME)]) | _SCHOOL
_NUMBER_SIGN = re.compile(r"№|\b(?:no|n|nr|номер)[.°º]?\s*(?=\d)")


def labels_alike(responses: Responses, smallest: int) -> Iterator[Problem]:
    """A problem for each two labels of a grouping that look, or mean, the same; masked as in `group_sizes`."""
    for name, grouping in responses.groups.items():
        labels = [label for label in grouping.labels if label]
        pairs = _pairs_alike(labels)
        sizes = people_by_label(grouping) if pairs else {}
        masked, joined = masks(sizes, smallest), _joined(pairs, sizes)
        for pair in pairs:
            said = " and ".join(masked.get(label) or f'"{shortened(label, 40)}"' for label in pair)
            others = [label for label in pair if joined[label] != label]
            shown = not any(label in masked for label in (*pair, *(joined[label] for label in pair)))
            lines = [f"{as_toml(label)} = {as_toml(joined[label])}" for label in others] if shown else []
            details = {"group": name, "line": " and ".join(lines) or '"…" = "…"', "lines": "\n".join(lines)}
            yield Problem("R-043", Place(responses.files[0].file), said, details)


def _pairs_alike(labels: Sequence[str]) -> list[tuple[str, str]]:
    """Each two labels that may be one. Of very many, those alike but for look-alikes and spaces, or numbered alike."""
    if len(labels) <= _MANY:
        return [pair for pair in combinations(labels, 2) if _alike(*pair, labels)]
    of_one_form: dict[object, list[str]] = {}
    for label in labels:
        for form in {as_typed_alike(label), _numbered(label)} - {None}:
            of_one_form.setdefault(form, []).append(label)
    return sorted({pair for own in of_one_form.values() for pair in combinations(own, 2)})


def _joined(pairs: Sequence[tuple[str, str]], sizes: Mapping[str, int]) -> dict[str, str]:
    """By label, the one of most people (or the longest) among all that may be one with it, or with one of these."""
    found: dict[str, set[str]] = {}
    for one, other in pairs:
        together = found.get(one, {one}) | found.get(other, {other})
        found |= dict.fromkeys(together, together)
    return {label: max(sorted(own), key=lambda text: (sizes[text], len(text))) for label, own in found.items()}


def lines_to_join(read: Iterable[Responses]) -> dict[str, list[str]]:
    """By grouping, the lines of evaluation.toml that would make one of each two labels that may be one (R-043)."""
    found: dict[str, dict[str, None]] = {}
    for problem in (problem for responses in read for problem in responses.problems if problem.code == "R-043"):
        own = found.setdefault(problem.details["group"], {})
        own |= dict.fromkeys(problem.details["lines"].splitlines())
    return {name: list(lines) for name, lines in found.items() if lines}


def group_sizes(responses: Responses, smallest: int) -> dict[str, list[tuple[str, str]]]:
    """The labels of each grouping with their people, the most frequent first; groups below `smallest` are not counted.

    Labels that could name a person are masked (`masks`).
    """
    found = {}
    for name, grouping in responses.groups.items():
        sizes = people_by_label(grouping)
        masked = masks(sizes, smallest)
        found[name] = [
            (masked.get(label, label) or "no label", str(count) if count >= smallest else f"< {smallest}")
            for label, count in sorted(sizes.items(), key=lambda own: (-own[1], own[0]))
            if count
        ]
    return found


def masks(sizes: Mapping[str, int], smallest: int) -> dict[str, str]:
    """What stands instead of the labels that could name a person; labels that may be shown are not in it.

    sizes: the people of each label of a grouping. A label of `smallest` people or more names a group, unless it looks
    like a telephone number or an e-mail address; a rarer one without any word of these may be a name in the wrong cell.

    >>> masks({"School 5": 9, "School 6": 1, "Karimova Nigora": 1, "+998 90 123 45 67": 1}, 5)
    {'Karimova Nigora': '(15 letters, not shown)', '+998 90 123 45 67': '(personal data)'}
    """
    frequent = {label for label, people in sizes.items() if people >= smallest and not looks_personal(label)}
    known, near = (
        words_of(frequent) | _NO_NAMES,
        {told for label in frequent for told in (folded(label), " ".join(_words(label)))},
    )
    found = {label: mask(label, known, near) for label in sizes if label not in frequent}
    return {label: told for label, told in found.items() if told is not None}


def people_by_label(grouping: Grouping) -> dict[str, int]:
    """How many people have each label of a grouping."""
    counts = np.bincount(grouping.position, minlength=len(grouping.labels)).tolist()
    return dict(zip(grouping.labels, counts, strict=True))


def _alike(one: str, other: str, labels: Sequence[str]) -> bool:
    """Whether two labels may be one. Those with other numbers, or other single letters ("5 A"), never are."""
    short, long = sorted((folded(one), folded(other)), key=len)
    if as_typed_alike(one) == as_typed_alike(other) or any({short, long} <= same for same in _FOLDED):
        return True
    if _is_abbreviation(short, long):
        return sum(folded(label).startswith(short) for label in labels) == 2
    if _numbered(one) is not None and _numbered(one) == _numbered(other):
        return True
    short, long = sorted((" ".join(_words(one)), " ".join(_words(other))), key=len)
    if _marks(one) != _marks(other) or long.endswith(short) or len(short) < _SHORTEST:
        return False
    return SequenceMatcher(None, short, long).ratio() >= _NEAR


def _is_abbreviation(short: str, long: str) -> bool:
    """ "муж" of "мужской", but not "Ташкент" of "Ташкент область"."""
    return short.isalpha() and len(short) <= _ABBREVIATED and long.startswith(short) and long[len(short)].isalpha()


@lru_cache(maxsize=4096)
def _numbered(label: str) -> tuple[tuple[int, ...], tuple[str, ...]] | None:
    """The numbers of a label in their order, and its words in none, but for "school" and "No"; None without a number.

    >>> _numbered("12-maktab") == _numbered("Школа №12"), _numbered("Maktab 1") == _numbered("Maktab 11")
    (True, False)
    """
    words = [part for word in _words(label) for part in re.findall(r"\d+|\D+", word)]
    numbers = tuple(int(word) for word in words if word.isdecimal())
    return (numbers, tuple(sorted({*words} - _SCHOOL - {*filter(str.isdecimal, words)}))) if numbers else None


@lru_cache(maxsize=4096)
def _words(label: str) -> tuple[str, ...]:
    """The words of a label without number signs, which are no part of a name."""
    return tokens(_NUMBER_SIGN.sub(" ", label.casefold()))


def _marks(label: str) -> list[str]:
    return sorted(word for word in _words(label) if len(word) == 1 or any(letter.isdigit() for letter in word))
