"""The words of the forms, by language, and the templates that use them. Both lie with the report templates."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from mande.catalog import Room, room_folder
from mande.errors import WrongUse

__all__ = ["FormWords", "form_words", "languages_with_words", "render_page", "wave_words"]

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


def render_page(template: str, **context: object) -> str:
    """One HTML page that needs nothing else. Everything from an instrument is escaped, nothing outside is read."""
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(context)


def _folder() -> Path:
    return room_folder(Room.TEMPLATES) / "form"


@cache
def _catalogue() -> Mapping[str, Any]:
    return tomllib.loads((_folder() / "words.toml").read_text(encoding="utf-8"))
