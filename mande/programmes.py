"""What programmes are called, by their ids: of those that the instruments know, and of those that evaluations name."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache

from mande.catalog import Room, room_folder
from mande.model import Translated, in_language

__all__ = ["known_programmes", "programme_names"]


@cache
def known_programmes() -> Mapping[str, Translated]:
    """The names of the programmes that mande's instruments are for.

    >>> known_programmes()["strong-families"]["uz"]
    'Kuchli oilalar'
    """
    path = room_folder(Room.INSTRUMENTS) / "programmes.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def programme_names(language: str, given: Iterable[tuple[str, str, str]] = ()) -> dict[str, str]:
    """By id, the name for a report in a language. given: id, language and name as evaluations say; the first counts.

    >>> names = programme_names("ru", [("sfp-10-14", "en", "SFP in Tashkent"), ("own", "en", "Our own")])
    >>> names["sfp-10-14"], names["own"]
    ('Укрепление семьи 10–14', 'Our own')
    """
    words = {name: dict(known) for name, known in known_programmes().items()}
    said: dict[tuple[str, str], str] = {}
    for name, own_language, own in given:
        words.setdefault(name, {})[own_language] = said.setdefault((name, own_language), own)
    return {name: in_language(own, language) for name, own in words.items()}
