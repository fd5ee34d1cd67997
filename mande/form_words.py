"""The words of the forms, by language: what a respondent reads beside the questions. They lie with the templates."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from mande.catalog import Room, room_folder
from mande.errors import WrongUse

__all__ = ["FormWords", "form_words", "languages_with_words", "wave_words"]

FormWords = Mapping[str, Any]
"""Words by key; `waves`, `kinds` and the like are mappings themselves. See report_templates/form/words.toml."""


def form_words(language: str) -> FormWords:
    """The words of the forms in a language. Raises WrongUse if there are none.

    >>> form_words("ru")["date"]
    'Дата'
    """
    if language not in _catalogue():
        there_are = ", ".join(_catalogue())
        raise WrongUse(
            f'The forms have no words in "{language}". There are: {there_are}. Add a part [{language}] to '
            "report_templates/form/words.toml, or choose another language."
        )
    words: FormWords = _catalogue()[language]
    return words


def languages_with_words() -> tuple[str, ...]:
    return tuple(_catalogue())


def wave_words(language: str, wave: str) -> Mapping[str, str]:
    """What a wave is called on the form (`word`), and when it was (`when`, `phrase`); a wave of one's own is its name.

    >>> wave_words("en", "now")["word"]
    'NOW'
    >>> wave_words("en", "week-2")["word"]
    'week-2'
    """
    own: Mapping[str, str] = form_words(language)["waves"].get(wave, {"word": wave, "when": "", "phrase": wave})
    return own


@cache
def _catalogue() -> Mapping[str, Any]:
    path = room_folder(Room.TEMPLATES) / "form" / "words.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
