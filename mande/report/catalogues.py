"""What translators work on: the sentences of the report templates, gathered into the catalogues of all languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from mande.catalog import Room, room_folder
from mande.output import write_whole
from mande.report.translation import FOLDER, read_catalogue

__all__ = ["Progress", "extract_messages", "update_catalogues"]

KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)}
OPTIONS = {"newstyle_gettext": "true", "trimmed": "true"}
"""As the environment of mande.report.environment reads the templates: otherwise a sentence is not found again."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a catalogue is: sentences in all, and those without a translation."""

    language: str
    total: int
    missing: int


def update_catalogues(folder: Path | None = None, *, begin: str | None = None) -> list[Progress]:
    """Bring every catalogue of a templates' folder up to its templates; what is translated stays, what is new is empty.

    folder: the templates; by default those that mande brings along. A sentence that no template has any more moves to
    the end of its catalogue, commented out. A catalogue that is only a head stays so, except the one to `begin`.
    """
    root = folder or room_folder(Room.TEMPLATES)
    template = extract_messages(root)
    paths = sorted((root / FOLDER).glob("*.po"))
    return [_update(path, template) for path in paths if len(read_catalogue(path)) or path.stem == begin]


def extract_messages(folder: Path) -> Catalog:
    """Every sentence of the templates in `folder`, with the files that it stands in."""
    catalogue = Catalog()
    for path in sorted(folder.rglob("*.j2")):
        name = path.relative_to(folder).as_posix()
        for message, context in _messages(path):
            catalogue.add(message, locations=[(name, 0)], context=context)
    return catalogue


def _messages(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    with path.open("rb") as file:
        for _, message, _, context in extract("jinja2.ext:babel_extract", file, KEYWORDS, [], OPTIONS):
            yield message, context


def _update(path: Path, template: Catalog) -> Progress:
    catalogue = read_catalogue(path)
    template.creation_date = catalogue.creation_date
    catalogue.update(template, no_fuzzy_matching=True)
    content = BytesIO()
    write_po(content, catalogue, width=120, include_lineno=False, sort_by_file=True)
    write_whole(path, content.getvalue())
    entries = [message for message in catalogue if message.id]
    return Progress(path.stem, len(entries), sum(message.fuzzy or not _is_whole(message.string) for message in entries))


def _is_whole(translation: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(translation) if isinstance(translation, (tuple, list)) else bool(translation)
