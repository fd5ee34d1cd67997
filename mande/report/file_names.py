"""Names of files and folders from labels of any alphabet: readable, and safe on every system."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

__all__ = ["file_name", "file_names"]

KEPT = " -_.,()'\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{NUMERO SIGN}"
"""Kept beside letters, marks and digits: no system gives them a meaning inside of a name."""

LONGEST = 150
"""Bytes in UTF-8: systems take 255, and an ending and a language come after it."""

TAKEN = {"index", "con", "prn", "aux", "nul", *(f"{name}{i}" for name in ("com", "lpt") for i in range(10))}
"""The index of the reports; and what Windows takes for devices, whatever ending they have."""


def file_names(labels: Iterable[str], what: str) -> Mapping[str, str]:
    """A name for each label, no two of which are the same on a system that does not tell A from a.

    what: stands before a label without letters, so that the file says what it is about wherever it is sent.

    >>> dict(file_names(["School 12", "07", "a/b", "A", "a"], "school"))["07"]
    'school 07'
    """
    names = {label: file_name(label if any(map(str.isalpha, label)) else f"{what} {label}") for label in labels}
    often = Counter(map(_alike, names.values()))
    return {label: name if often[_alike(name)] == 1 else _marked(name, label) for label, name in names.items()}


def file_name(label: str) -> str:
    """The label itself where it can be a name; else as near as can be, with a mark that is this label's own.

    >>> file_name("Мактаб №3, Тошкент")
    'Мактаб №3, Тошкент'
    >>> file_name("../../etc/passwd")
    'etc-passwd 3754d6'
    """
    text = unicodedata.normalize("NFC", label)
    kept = "".join(c if c in KEPT or unicodedata.category(c)[0] in "LMN" else "-" for c in text)
    name = _short(" ".join(kept.split())).strip(" .-") or "unit"
    if name == label and name.partition(".")[0].lower() not in TAKEN:
        return name
    return _marked(name, label)


def _marked(name: str, label: str) -> str:
    return f"{name} {hashlib.sha256(label.encode()).hexdigest()[:6]}"


def _short(name: str) -> str:
    return name.encode()[:LONGEST].decode(errors="ignore")


def _alike(name: str) -> str:
    return unicodedata.normalize("NFKC", name.casefold())
