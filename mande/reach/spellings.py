"""Names that people type: which spellings are one name, and which look like one."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

__all__ = ["commonest", "look_alikes", "spelling_key"]

_APOSTROPHES = re.compile("['`´ʻʼ‘’]")
_SHORTEST = 4
"""Shorter names look alike by chance."""


def spelling_key(text: str) -> str:
    """What is compared of a name: case, spaces, dashes, dots and apostrophes do not tell names apart.

    >>> spelling_key("SFP  10–14"), spelling_key("sfp-10-14"), spelling_key("Oʻzbekiston"), spelling_key("O'zbekiston")
    ('sfp-10-14', 'sfp-10-14', 'ozbekiston', 'ozbekiston')
    """
    plain = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return "-".join(re.findall(r"[^\W_]+", plain))


def commonest(spellings: Iterable[str]) -> dict[str, str]:
    """By key, the spelling used most often; of equally common ones the first."""
    labels: dict[str, str] = {}
    for text, _ in Counter(spellings).most_common():
        labels.setdefault(spelling_key(text), text)
    return labels


def look_alikes(counts: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Pairs (rarer key, commoner key) that differ by one letter, or by two neighbours exchanged. Numbers must be equal.

    counts: how often each key stands in the file. Keys in one neighbourhood share what is left without one letter, so
    thousands of schools take no longer to compare than to read.

    >>> list(look_alikes({"samarkand": 9, "samarqand": 1, "school-12": 3, "school-21": 3}))
    [('samarqand', 'samarkand')]
    """
    seen: dict[str, list[str]] = {}
    found: set[tuple[str, str]] = set()
    for key in counts:
        for rest in _without_one_letter(key):
            for other in seen.setdefault(rest, []):
                if other != key and _digits(other) == _digits(key):
                    rare, common = sorted((key, other), key=lambda name: (counts[name], name))
                    found.add((rare, common))
            seen[rest].append(key)
    yield from sorted(found)


def _digits(key: str) -> str:
    return re.sub(r"\D+", " ", key).strip()


def _without_one_letter(key: str) -> set[str]:
    if sum(letter.isalpha() for letter in key) < _SHORTEST:
        return set()
    return {key} | {key[:i] + key[i + 1 :] for i, letter in enumerate(key) if letter.isalpha()}
