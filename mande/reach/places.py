"""Countries: a code or a name in any of the house's languages becomes its ISO code; nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from mande.errors import nearest
from mande.reach.spellings import spelling_key

__all__ = ["country_code", "country_name", "country_suggestions"]

_HOUSE = ("en", "ru", "uz", "uz_Cyrl", "kk", "ky", "tg", "tk")
_OTHERS = ("ar", "de", "es", "fr", "tr", "zh")
_ALSO = {
    "KG": ("Kyrgyz Republic", "Кыргызская Республика", "Киргизская Республика", "Кыргыз Республикасы"),
    "KZ": ("Republic of Kazakhstan", "Республика Казахстан", "Қазақстан Республикасы"),
    "TJ": ("Republic of Tajikistan", "Республика Таджикистан", "Ҷумҳурии Тоҷикистон"),
    "TM": ("Туркмения",),
    "UZ": ("Republic of Uzbekistan", "Республика Узбекистан", "Oʻzbekiston Respublikasi"),
}


def country_code(text: str) -> str | None:
    """The ISO 3166 code of two letters, or None if the text is neither a code nor the name of a country.

    >>> [country_code(text) for text in ("UZ", "uzb", "Узбекистан", "O'zbekiston", "Uzbekstan")]
    ['UZ', 'UZ', 'UZ', 'UZ', None]
    """
    key = spelling_key(text)
    for locales in (_HOUSE, _OTHERS):
        found = _names(locales).get(key)
        if found:
            return found
    return None


def country_suggestions(text: str) -> list[str]:
    """Names that look like the text, best first, each of another country.

    >>> country_suggestions("Uzbekstan")[0]
    'Uzbekistan'
    """
    keys = nearest(spelling_key(text), [key for key in _names(_HOUSE) if len(key) > len("UZB")])
    codes = dict.fromkeys(_names(_HOUSE)[key] for key in keys)
    return [country_name(code) for code in codes]


def country_name(code: str, language: str = "en") -> str:
    """The country's name in a language, or the code itself if it has none; "" stays "".

    >>> country_name("KZ", "ru"), country_name("KZ", "tg")
    ('Казахстан', 'Қазоқистон')
    """
    from babel import Locale

    return str(Locale.parse(language.replace("-", "_")).territories.get(code, code))


@cache
def _names(locales: Iterable[str]) -> dict[str, str]:
    """Codes by key of every name and code; a name that two countries share is left out."""
    from babel import Locale
    from babel.core import get_global

    codes: dict[str, set[str]] = {}
    countries = {str(code) for code in Locale.parse("en").territories if re.fullmatch("[A-Z]{2}", str(code))}
    for locale in locales:
        for code, name in Locale.parse(locale).territories.items():
            if code in countries:
                codes.setdefault(spelling_key(name), set()).add(str(code))
    for code in countries:
        codes.setdefault(spelling_key(code), set()).add(code)
    for alias, replaced_by in get_global("territory_aliases").items():
        if len(alias) == len("UZB") and alias.isalpha() and len(replaced_by) == 1 and replaced_by[0] in countries:
            codes.setdefault(spelling_key(alias), set()).add(replaced_by[0])
    for code, names in _ALSO.items():
        for name in names:
            codes.setdefault(spelling_key(name), set()).add(code)
    return {key: next(iter(found)) for key, found in codes.items() if len(found) == 1 and key}
