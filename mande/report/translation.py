"""The translations of the report templates: one gettext catalogue (.po) a language, compiled in memory.

A catalogue says in its head who has reviewed it; until then every report in that language says that it is a draft.
"""

from __future__ import annotations

import gettext
import re
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.core import UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from mande.catalog import Room, room_folder
from mande.errors import WrongUse

__all__ = [
    "SOURCE_LANGUAGE",
    "Translation",
    "catalogue_folder",
    "catalogue_times",
    "load_translation",
    "read_catalogue",
    "there_are",
]

SOURCE_LANGUAGE = "en"
FOLDER = "_locale"
_REVIEWED = re.compile(r"^#?\s*Reviewed by:\s*(.+?)\s*$", re.MULTILINE)
_NOBODY = "nobody yet"


@dataclass(frozen=True, slots=True)
class Translation:
    """What turns the English of the templates into one language.

    draft: English may stand in for what is missing. missing: the English sentences that were asked for and have no
    translation, in the order of asking.
    """

    locale: Locale
    words: gettext.NullTranslations
    reviewed_by: str
    draft: bool
    missing: dict[str, None]

    @property
    def tag(self) -> str:
        """The language as HTML and PDF name it: `uz-Cyrl`."""
        return str(self.locale).replace("_", "-")

    @property
    def is_draft(self) -> bool:
        """Whether the report says that its translation is a draft: nobody has reviewed it, or English may stand in."""
        return self.locale.language != SOURCE_LANGUAGE and (self.draft or not self.reviewed_by)

    def refuse_if_missing(self) -> None:
        """Raises WrongUse if a sentence that the report needed has no translation, unless it may be a draft."""
        if self.draft or not self.missing:
            return
        name, first = self.locale.english_name, next(iter(self.missing))
        raise WrongUse(
            f"The {name} catalogue lacks {len(self.missing)} of the sentences that this report needs; the first is"
            f' "{first}". Complete it (docs/languages.md), or print these in English, marked as a draft, with --draft.'
        )


def load_translation(language: str, template: Path | None = None, *, draft: bool = False) -> Translation:
    """The translation into `language`: the template folder's own catalogue before the one that all templates share.

    Raises WrongUse for a language without a catalogue, naming those there are.

    >>> load_translation("uz_Cyrl").tag
    'uz-Cyrl'
    """
    locale, english = _locale(language), _English()
    if locale.language == SOURCE_LANGUAGE:
        return Translation(locale, gettext.NullTranslations(), "", draft, {})
    files = [folder / f"{locale}.po" for folder in _folders(template)]
    files = [path for path in files if path.is_file()]
    if not files:
        raise _unknown(language, template)
    compiled = [_compiled(path, path.stat().st_mtime_ns) for path in files]
    words = [gettext.GNUTranslations(BytesIO(content)) for content, _ in compiled]
    for first, second in zip(words, [*words[1:], english], strict=True):
        first.add_fallback(second)
    reviewers = [reviewer for _, reviewer in compiled]
    return Translation(locale, words[0], "; ".join(reviewers) if all(reviewers) else "", draft, english.missing)


def catalogue_times(template: Path | None = None) -> tuple[tuple[str, int], ...]:
    """The catalogues that a template may use, and when each was written."""
    paths = [path for folder in _folders(template) for path in sorted(folder.glob("*.po"))]
    return tuple((str(path), path.stat().st_mtime_ns) for path in paths)


def there_are(template: Path | None = None) -> list[str]:
    """The languages with sentences in a catalogue, English first."""
    paths = [path for folder in _folders(template) for path in folder.glob("*.po")]
    return [SOURCE_LANGUAGE, *sorted({path.stem for path in paths if len(read_catalogue(path))})]


def catalogue_folder() -> Path:
    """Where the catalogues lie that all templates share."""
    return room_folder(Room.TEMPLATES) / FOLDER


def read_catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.stem, charset="utf-8")


def reviewed_by(catalogue: Catalog) -> str:
    """Who has reviewed the catalogue, from the line "Reviewed by:" at its head; "" if nobody has."""
    found = _REVIEWED.search(catalogue.header_comment)
    return "" if found is None or found[1] == _NOBODY else found[1]


class _English(gettext.NullTranslations):
    """The end of the line: English stands in, and the sentence is noted as missing."""

    def __init__(self) -> None:
        super().__init__()
        self.missing: dict[str, None] = {}

    def gettext(self, message: str) -> str:
        self.missing[message] = None
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.missing[msgid1] = None
        return super().ngettext(msgid1, msgid2, n)

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return self.ngettext(msgid1, msgid2, n)


@lru_cache(maxsize=16)
def _compiled(path: Path, _changed: int) -> tuple[bytes, str]:
    catalogue, content = read_catalogue(path), BytesIO()
    write_mo(content, catalogue)
    return content.getvalue(), reviewed_by(catalogue)


def _folders(template: Path | None) -> list[Path]:
    own = [] if template is None else [template / FOLDER]
    return [*own, catalogue_folder()]


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        raise _unknown(language, None) from None


def _unknown(language: str, template: Path | None) -> WrongUse:
    return WrongUse(
        f'There is no report in the language "{language}". There are: {", ".join(there_are(template))}.'
        " How to add one: docs/languages.md."
    )
