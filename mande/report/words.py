"""The Jinja environment of every report: escaping, strict and sandboxed, with numbers and dates by locale.

No sentence is written here. Templates hold whole English sentences in `{% trans %}`; catalogues replace them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_interval
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markdown_it import MarkdownIt
from markupsafe import Markup

from mande.catalog import Room, room_folder
from mande.errors import WrongUse
from mande.model import in_language
from mande.report import geometry
from mande.report.catalogue import SOURCE_LANGUAGE, load_translation

__all__ = ["environment", "template_error"]

NONE = "–"
MINUS = "\N{MINUS SIGN}"


def environment(folder: Path, language: str = SOURCE_LANGUAGE, *, draft: bool = False) -> ImmutableSandboxedEnvironment:
    """The environment for the templates in `folder` and those that all templates share, in a language.

    Names of templates are relative to one of the two folders; nothing outside them can be included. The global
    `translation` tells templates about the language, and the caller afterwards which sentences were missing.
    """
    translation = load_translation(language, folder, draft=draft)
    env = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([folder, room_folder(Room.TEMPLATES)]),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_translations(translation.words, newstyle=True)  # type: ignore[attr-defined]
    env.policies["ext.i18n.trimmed"] = True
    env.filters |= _filters(translation.locale)
    env.globals |= {name: getattr(geometry, name) for name in geometry.__all__}
    env.globals |= {"unknown": template_error, "translation": translation}
    return env


def template_error(kind: str, key: str) -> str:
    """Stop the report: the template has no words for something the evaluation needs said."""
    raise WrongUse(
        f'This report template has no words for the {kind} "{key}". Add them under report_templates/_shared.'
    )


def _filters(locale: Locale) -> Mapping[str, Callable[..., Any]]:
    numbers = _Numbers(locale)
    return {
        "number": numbers.number,
        "signed": numbers.signed,
        "percent": numbers.percent,
        "p": numbers.p,
        "date": lambda value: format_date(value, "long", locale=locale),
        "period": lambda value: _period(value.from_, value.to, locale),
        "listing": lambda values: format_list([str(value) for value in values], locale=locale),
        "language_name": lambda code: Locale.parse(code).get_display_name(locale) or code,
        "words": lambda words: in_language(words, str(locale)),
        "markdown": _markdown,
        "markdown_line": partial(_markdown, inline=True),
        "pieces": _pieces,
        "total": lambda counted: sum(counted.values()) if isinstance(counted, Mapping) else counted,
        "humanised": lambda name: str(name).replace("-", " ").replace("_", " "),
    }


class _Numbers:
    """Numbers as the locale writes them, with a real minus sign; None is a dash. Only here is anything rounded."""

    def __init__(self, locale: Locale) -> None:
        self.locale = locale

    def number(self, value: float | None, digits: int = 0) -> str:
        if value is None:
            return NONE
        text = format_decimal(_not_minus_zero(value, digits), "#,##0." + "0" * digits, locale=self.locale)
        return text.replace("-", MINUS)

    def signed(self, value: float | None, digits: int = 2) -> str:
        text = self.number(value, digits)
        return f"+{text}" if value is not None and round(value, digits) > 0 else text

    def percent(self, share: float | None, digits: int = 0) -> str:
        """A share from 0 to 1 as a percentage; 99.6 % is never printed as 100 %, nor 0.4 % as 0 %."""
        if share is None:
            return NONE
        if 0 < share < 0.005 or 0.995 <= share < 1:
            digits = max(digits, 1)
        pattern = self.locale.percent_formats[None].pattern.replace("#,##0", f"#,##0.{'0' * digits}")
        text = format_percent(share, pattern, locale=self.locale)
        return text.replace("-", MINUS).replace(" ", "\N{NO-BREAK SPACE}")

    def p(self, value: float | None) -> str:
        if value is None:
            return NONE
        if value < 0.001:
            return f"<\N{NO-BREAK SPACE}{self.number(0.001, 3)}"
        return self.number(value, 3)


def _not_minus_zero(value: float, digits: int) -> float:
    return value if round(value, digits) else 0.0


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
