"""How texts are compared: what tells two headings or two answers apart, and what does not."""

from __future__ import annotations

import re

from mande.folding import folded, tokens

__all__ = ["as_typed_alike", "folded", "name_tokens", "shortened", "tokens", "whole_number"]

_LOOK_ALIKE = str.maketrans("авекмнорстухіј", "abekmhopctyxij")
"""Cyrillic letters that a form-filler cannot tell from Latin ones (after lower-casing)."""


def name_tokens(text: str) -> tuple[str, ...]:
    """The words of a column name; leading zeros of numbers do not matter: `P01_now` and `p1 - now` are alike.

    >>> name_tokens("grp/P01_now") == name_tokens("grp - p1.now")
    True
    """
    return tuple(re.sub(r"(?<!\d)0+(?=\d)", "", word) for word in tokens(text))


def as_typed_alike(code: str) -> str:
    """A respondent's code as far as hands can tell: case, spaces and joints, Cyrillic and Latin look-alikes.

    >>> as_typed_alike("А-01") == as_typed_alike("a01")
    True
    """
    return "".join(tokens(code)).translate(_LOOK_ALIKE)


def whole_number(text: str) -> int | None:
    """5, 5.0 and 5,0 are the whole number 5; 5.5 is none.

    >>> whole_number("5,0"), whole_number("5.5"), whole_number("пять")
    (5, None, None)
    """
    if len(text) > 20:
        return None
    whole, _, decimals = text.replace(",", ".").partition(".")
    digits = whole.removeprefix("-").removeprefix("+")
    if decimals.strip("0") or not digits.isascii() or not digits.isdigit():
        return None
    return int(whole)


def shortened(text: str, at_most: int = 60) -> str:
    """One line of at most so many characters, for a message."""
    line = " ".join(text.split())
    return line if len(line) <= at_most else line[: at_most - 1] + "…"
