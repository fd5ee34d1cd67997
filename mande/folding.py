"""When two texts are the same text for a reader: case, spaces, punctuation and the like do not tell them apart."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["folded", "tokens"]

_APOSTROPHES = re.compile("['ʻʼʽʾʿˈ’‘‛`´ʹ′\u0313]")
_TAG = re.compile(r"<[^<>]{1,200}>|&nbsp;|&#160;")
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=65_536)
def tokens(text: str) -> tuple[str, ...]:
    """The words of a text: case, accents of Uzbek oʻ and gʻ, ё, punctuation, spaces and markup do not matter.

    >>> tokens("<b>Oʻzim</b> — 4.  Всё_хорошо!")
    ('ozim', '4', 'все', 'хорошо')
    """
    plain = unicodedata.normalize("NFKC", _TAG.sub(" ", text)).casefold().replace("ё", "е")
    return tuple(_WORD.findall(_APOSTROPHES.sub("", plain)))


@lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """The words joined by one space; a text without any word (such as "+") stands for itself.

    >>> folded("  I prefer   NOT to say. ")
    'i prefer not to say'
    """
    return " ".join(tokens(text)) or text.strip()
