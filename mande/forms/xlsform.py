"""The XLSForm: a workbook that KoboToolbox and ODK turn into an electronic questionnaire.

Only syntax that pyxform 3.0 knows is used. Each rated item is asked once a wave; the wave stands in the label as well,
so that an export with labels has no two headers alike. Hidden columns carry the instrument's id, version and
fingerprint into every export.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from mande.errors import WrongUse
from mande.form_words import form_words, languages_with_words, wave_words
from mande.forms.question import (
    WAVES_TO_TICK,
    Order,
    asks_wave,
    check_form_language,
    column_name,
    complete_languages,
    form_waves,
    offered_answers,
    refuse_if_withheld,
    whose_form,
)
from mande.model import Instrument, Item, ItemKind, Translated

__all__ = ["Row", "choice_rows", "survey_rows", "xlsform"]

Row = Mapping[str, str]
"""One row of a sheet, by column."""

ITEMS_ON_A_SCREEN = 5
_TYPES = {ItemKind.RATING: "select_one", ItemKind.CHOICE: "select_one", ItemKind.CHOICES: "select_multiple"}
_HEAD_TYPES = {"date": "date", "age": "integer", "sex": "select_one sexes"}
_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # a fixed date: the same form gives the same bytes


def xlsform(instrument: Instrument, *, language: str, order: Order = Order.NOW_THEN, wave: str | None = None) -> bytes:
    """The questionnaire as an XLSForm in every language it has, `language` first on the phone.

    order: the wave of the first screens. wave: of a questionnaire that is asked once, when this form is for.
    Raises WrongUse like `paper_html`.
    """
    refuse_if_withheld(instrument)
    check_form_language(instrument, language)
    title = instrument.title[language]
    settings = {
        "form_title": title,
        "form_id": instrument.id,
        "version": instrument.version,
        "default_language": _tag(language),
        "style": "pages",
    }
    survey, choices = list(survey_rows(instrument, order=order, wave=wave)), list(choice_rows(instrument, wave=wave))
    return _workbook({"survey": survey, "choices": choices, "settings": [settings]})


def survey_rows(instrument: Instrument, *, order: Order = Order.NOW_THEN, wave: str | None = None) -> Iterator[Row]:
    """The sheet "survey": hidden columns, whose form it is, instructions, then the items screen by screen."""
    hidden = {"id": instrument.id, "version": instrument.version, "hash": instrument.fingerprint}
    for name, value in hidden.items():
        yield {"type": "calculate", "name": f"form_{name}", "calculation": _text_literal(value)}
    yield from _head(instrument, wave)
    if instrument.instructions:
        yield {"type": "note", "name": "instructions", **_labels(instrument, instrument.instructions)}
    for at, number, items in _screens(instrument, order):
        label = (
            _labels(instrument, {language: _heading(language, at) for language in _languages(instrument)}) if at else {}
        )
        yield {
            "type": "begin_group",
            "name": _plain_name(f"{at or 'items'}_{number}"),
            **label,
            "appearance": "field-list",
        }
        for item in items:
            yield _question(instrument, item, at)
        yield {"type": "end_group"}


def choice_rows(instrument: Instrument, *, wave: str | None = None) -> Iterator[Row]:
    """The sheet "choices": one list an answer scale, its non-answers last."""
    first_item_of = {item.answers: item for item in reversed(instrument.items) if item.answers is not None}
    for scale in instrument.answer_scales:
        for offered in offered_answers(instrument, first_item_of[scale]) if scale in first_item_of else ():
            row = {"list_name": _plain_name(scale), "name": str(offered.code)}
            yield {**row, **_labels(instrument, offered.label)}
    for sex in ("female", "male") if "sex" in whose_form(instrument) else ():
        words = {language: form_words(language)["sexes"][sex] for language in _languages(instrument)}
        yield {"list_name": "sexes", "name": sex, **_labels(instrument, words)}
    for at in WAVES_TO_TICK if asks_wave(instrument, wave) else ():
        when = {language: wave_words(language, at)["when"] for language in _languages(instrument)}
        yield {"list_name": "waves", "name": at, **_labels(instrument, when)}


def _head(instrument: Instrument, wave: str | None) -> Iterator[Row]:
    yield {"type": "begin_group", "name": "about", **_own_words(instrument, "organiser"), "appearance": "field-list"}
    for name in whose_form(instrument):
        yield {"type": _HEAD_TYPES.get(name, "text"), "name": name, **_own_words(instrument, name)}
    if asks_wave(instrument, wave):
        yield {"type": "select_one waves", "name": "wave", **_own_words(instrument, "when_filled_in")}
    yield {"type": "end_group"}
    if len(instrument.waves) == 1 and not asks_wave(instrument, wave):
        yield {"type": "calculate", "name": "wave", "calculation": _text_literal(wave or instrument.waves[0])}


def _screens(instrument: Instrument, order: Order) -> Iterator[tuple[str, int, Sequence[Item]]]:
    """Wave (empty if asked once), number of the screen, its items."""
    several = len(instrument.waves) > 1
    rated = [item for item in instrument.items if several and item.kind is ItemKind.RATING]
    once = [item for item in instrument.items if item not in rated]
    asked = [(wave, rated) for wave in form_waves(instrument, order)] if several else []
    for wave, items in [*asked, ("", once)]:
        for number, start in enumerate(range(0, len(items), ITEMS_ON_A_SCREEN), start=1):
            yield wave, number, items[start : start + ITEMS_ON_A_SCREEN]


def _question(instrument: Instrument, item: Item, wave: str) -> Row:
    kind = "integer" if item.kind is ItemKind.NUMBER else "text"
    if item.kind in _TYPES and item.answers is not None:
        kind = f"{_TYPES[item.kind]} {_plain_name(item.answers)}"
    if not wave:
        return {"type": kind, "name": item.id, **_labels(instrument, item.text)}
    text = {language: _item_at_wave(language, wave, item.text[language]) for language in _languages(instrument)}
    return {"type": kind, "name": column_name(instrument, item, wave), **_labels(instrument, text)}


def _item_at_wave(language: str, wave: str, text: str) -> str:
    words: str = form_words(language)["item_at_wave"]
    return words.format(wave=wave_words(language, wave)["word"], text=text)


def _heading(language: str, wave: str) -> str:
    words = wave_words(language, wave)
    return f"{words['word']} ({words['when']})" if words["when"] else words["word"]


def _languages(instrument: Instrument) -> list[str]:
    return [language for language in complete_languages(instrument) if language in languages_with_words()]


def _labels(instrument: Instrument, text: Translated) -> Row:
    return {f"label::{_tag(language)}": text[language] for language in _languages(instrument)}


def _own_words(instrument: Instrument, key: str) -> Row:
    return _labels(instrument, {language: form_words(language)[key] for language in _languages(instrument)})


def _tag(language: str) -> str:
    tag: str = form_words(language)["tag"]
    return tag


def _plain_name(name: str) -> str:
    return re.sub(r"\W", "_", name)


def _text_literal(value: str) -> str:
    """A text in an expression of the form, which knows no escapes: quoted by the mark it does not contain."""
    if "'" not in value:
        return f"'{value}'"
    if '"' not in value:
        return f'"{value}"'
    raise WrongUse(f"An XLSForm cannot carry {value}, which has both kinds of quotation marks. Give it another name.")


def _workbook(sheets: Mapping[str, Sequence[Row]]) -> bytes:
    """The sheets as .xlsx; every cell is text, whatever it begins with."""
    import xlsxwriter

    content = io.BytesIO()
    never = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, {"in_memory": True, **never}) as workbook:
        workbook.set_properties({"created": _MADE})
        bold = workbook.add_format({"bold": True})
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            columns = list(dict.fromkeys(column for row in rows for column in row))
            for c, column in enumerate(columns):
                sheet.write_string(0, c, column, bold)
                sheet.set_column(c, c, 60 if column.startswith("label") else 20)
                for r, row in enumerate(rows, start=1):
                    if row.get(column):
                        sheet.write_string(r, c, row[column])
    return content.getvalue()
