"""The Jinja environment of every report: escaping, strict and sandboxed, with numbers and dates by locale.

No sentence is written here. Templates hold whole English sentences in `{% trans %}`; catalogues replace them.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, cast

from babel import Locale
from babel.dates import format_date, format_interval
from babel.lists import format_list
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markdown_it import MarkdownIt
from markupsafe import Markup

from mande.catalog import Room, room_folder
from mande.errors import WrongUse
from mande.model import in_language
from mande.picture import read_picture
from mande.report import geometry
from mande.report.numbers import Numbers, as_printed
from mande.report.translation import SOURCE_LANGUAGE, Translation, catalogue_times, load_translation
from mande.style import Style

__all__ = ["REPORT", "environment", "of_own_template", "speaks_of_a_unit", "template_error"]

REPORT = "report.html.j2"
"""The one file that every template has."""


def environment(
    folder: Path, language: str = SOURCE_LANGUAGE, *, draft: bool = False, house: Style | None = None
) -> ImmutableSandboxedEnvironment:
    """The environment for the templates in `folder` and those that all templates share, in a language.

    Names of templates are relative to one of the two folders; nothing outside them can be included. The global
    `translation` tells templates about the language, and the caller afterwards which sentences were missing. house: the
    look, by default mande's own. The global `picture` gives a picture of the template's own folder as a data: URL.
    """
    env = _environment(folder, language, draft, house or Style(), catalogue_times(folder))
    cast("Translation", env.globals["translation"]).missing.clear()
    return env


@lru_cache(maxsize=8)
def _environment(
    folder: Path, language: str, draft: bool, house: Style, _times: object
) -> ImmutableSandboxedEnvironment:
    """Kept, for compiling the templates takes longer than filling them; Jinja itself sees when one of them changes."""
    translation = load_translation(language, folder, draft=draft)
    env = ImmutableSandboxedEnvironment(
        loader=_Inside([folder, room_folder(Room.TEMPLATES)]),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_translations(translation.words, newstyle=True)  # type: ignore[attr-defined]
    env.policies["ext.i18n.trimmed"] = True
    env.filters |= _filters(translation.locale)
    env.globals |= {name: getattr(geometry, name) for name in geometry.__all__}
    env.globals |= {"unknown": template_error, "refused": refused, "translation": translation, "house": house}
    env.globals["picture"] = partial(read_picture, folder=folder)
    return env


def speaks_of_a_unit(env: ImmutableSandboxedEnvironment) -> bool:
    """Whether the report's template uses `unit`, and so can be about one school rather than about everybody."""
    source, path, _ = cast("FileSystemLoader", env.loader).get_source(env, REPORT)
    return "unit" in _undeclared(env, source, path)


@lru_cache(maxsize=8)
def _undeclared(env: ImmutableSandboxedEnvironment, source: str, path: str) -> set[str]:
    return find_undeclared_variables(env.parse(source, filename=path))


class _Inside(FileSystemLoader):
    """Files of the folders, and none that a link there leads to."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, file, is_current = super().get_source(environment, template)
        if not any(Path(file).resolve().is_relative_to(Path(folder).resolve()) for folder in self.searchpath):
            raise WrongUse(f"{template} leads out of the template's folder. Copy the file itself into it.")
        return source, file, is_current


def template_error(kind: str, key: str) -> str:
    """Stop the report: the template has no words for something the evaluation needs said."""
    raise WrongUse(
        f'This report template has no words for the {kind} "{key}". Add them under report_templates/_shared.'
    )


def refused(message: str) -> str:
    """Stop the report: it is not one that the template can make."""
    raise WrongUse(message)


@contextmanager
def of_own_template(folder: Path) -> Iterator[None]:
    """Faults of a template of somebody's own become WrongUse that names file and line; those of mande stay faults."""
    try:
        yield
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        lines = [(frame.filename, frame.lineno or 0) for frame in traceback.extract_tb(error.__traceback__)]
        if isinstance(error, TemplateSyntaxError):
            lines = [(error.filename or "", error.lineno)]
        own = [(Path(name), line) for name, line in lines if Path(name).is_relative_to(folder)]
        if not own or folder.is_relative_to(room_folder(Room.TEMPLATES)):
            raise
        path, line = own[-1]
        name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        said = str(error).rstrip(".")
        raise WrongUse(
            f"The template {name} has a fault in line {line}: {said}. What a template may use: docs/templates.md."
        ) from error


def _filters(locale: Locale) -> Mapping[str, Callable[..., Any]]:
    numbers = Numbers(locale)
    return {
        "number": numbers.number,
        "signed": numbers.signed,
        "as_printed": as_printed,
        "percent": numbers.percent,
        "p": numbers.p,
        "date": lambda value: format_date(value, "long", locale=locale),
        "period": lambda value: _period(value.from_, value.to, locale),
        "listing": lambda values: format_list([str(value) for value in values], locale=locale),
        "language_name": lambda code: Locale.parse(code).get_display_name(locale) or code,
        "words": lambda words: in_language(words, str(locale)),
        "markdown": _markdown,
        "markdown_line": partial(_markdown, inline=True),
        "country": lambda code: locale.territories.get(code, code),
        "pieces": _pieces,
        "total": lambda counted: sum(counted.values()) if isinstance(counted, Mapping) else counted,
        "humanised": lambda name: str(name).replace("-", " ").replace("_", " "),
    }


def _period(start: date, end: date, locale: Locale) -> str:
    whole_months = start.day == 1 and (end + timedelta(days=1)).day == 1
    return str(format_interval(start, end, "yMMMM" if whole_months else "yMMMd", locale=locale))


def _markdown(text: str, *, inline: bool = False) -> Markup:
    """The evaluator's own text: paragraphs, lists and emphasis. HTML stays text; images and headings are not taken."""
    renderer = MarkdownIt("commonmark", {"html": False}).disable(["image", "heading", "lheading", "html_block"])
    one_paragraph = "\n\n" not in text.strip()
    html = renderer.renderInline(text) if inline and one_paragraph else renderer.render(text)
    return Markup(html)  # noqa: S704 - the renderer escapes, and raw HTML is off


def _pieces(text: str, size: int = 8) -> Iterable[str]:
    """A long code in pieces between which a line may break."""
    return [text[i : i + size] for i in range(0, len(text), size)]
