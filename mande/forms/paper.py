"""The paper questionnaire: what its template prints, and how wide the columns of boxes must be for their words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from mande.form_words import form_words, wave_words
from mande.forms.pages import render_page
from mande.forms.question import (
    WAVES_TO_TICK,
    Order,
    asks_wave,
    check_form_language,
    form_waves,
    offered_answers,
    refuse_if_withheld,
    whose_form,
)
from mande.model import Instrument, Item, ItemKind, in_language

__all__ = ["Box", "Part", "Question", "paper_html"]

PORTRAIT_MM, LANDSCAPE_MM = 186.0, 273.0
"""Width of the text area of the two pages; the style sheet has the margins."""
TEXT_MM, NUMBER_MM = 60.0, 9.0
"""An item's words keep this width at least; its number has that width."""
HEAD_PT, LEAST_HEAD_PT = 7.5, 5.8
"""Type of the answers' labels at the head of a table, and the smallest that a person can read."""
APART_MM = 2.0
"""A non-answer stands this much apart from the answers."""


@dataclass(frozen=True, slots=True)
class Box:
    """An offered answer on paper; `mm` is the width of its column in a table of boxes."""

    code: int
    label: str
    is_answer: bool
    mm: float


@dataclass(frozen=True, slots=True)
class Question:
    number: int
    text: str
    kind: ItemKind
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Consecutive questions that share their answers. `waves` is empty unless they are asked at several waves."""

    questions: tuple[Question, ...]
    boxes: tuple[Box, ...]
    waves: tuple[str, ...]
    head_pt: float = HEAD_PT

    @property
    def is_table(self) -> bool:
        return self.questions[0].kind is ItemKind.RATING

    @property
    def boxes_mm(self) -> float:
        return sum(box.mm for box in self.boxes) * max(1, len(self.waves)) if self.is_table else 0.0


def paper_html(instrument: Instrument, *, language: str, order: Order = Order.NOW_THEN, wave: str | None = None) -> str:
    """The questionnaire as one HTML page for printing on A4.

    order: the wave of the left part. wave: of a questionnaire that is asked once, when this form is for; without it the
    form offers the usual waves to tick. Raises WrongUse if the wording is withheld, a wave is named although the form
    asks several, or the instrument or the forms have no words in this language.
    """
    refuse_if_withheld(instrument)
    check_form_language(instrument, language)
    waves = form_waves(instrument, order)
    parts = tuple(_parts(instrument, language, waves))
    is_wide = any(_shrink(part, PORTRAIT_MM) < LEAST_HEAD_PT / HEAD_PT for part in parts)
    shown = waves if len(waves) > 1 else (wave or waves[0],)
    return render_page(
        "paper.html.j2",
        words=form_words(language),
        language=language,
        id=instrument.id,
        version=instrument.version,
        fingerprint=instrument.fingerprint,
        licence=instrument.licence,
        title=in_language(instrument.title, language),
        instructions=instrument.instructions.get(language, ""),
        fields=whose_form(instrument),
        waves=[wave_words(language, name) for name in shown],
        to_tick=[wave_words(language, name) for name in WAVES_TO_TICK] if asks_wave(instrument, wave) else [],
        parts=[_fitted(part, LANDSCAPE_MM if is_wide else PORTRAIT_MM) for part in parts],
        is_wide=is_wide,
    )


def _parts(instrument: Instrument, language: str, waves: tuple[str, ...]) -> Iterator[Part]:
    numbered = enumerate(instrument.items, start=1)
    for (is_rating, _), group in groupby(numbered, key=lambda pair: (pair[1].kind is ItemKind.RATING, pair[1].answers)):
        questions = tuple(_question(instrument, language, number, item) for number, item in group)
        several = waves if is_rating and len(waves) > 1 else ()
        boxes = questions[0].boxes if is_rating else ()
        yield Part(questions, boxes, tuple(several))


def _question(instrument: Instrument, language: str, number: int, item: Item) -> Question:
    offered = offered_answers(instrument, item)
    labels = [in_language(one.label, language) for one in offered]
    answers_mm = max((_width(label) for label, one in zip(labels, offered, strict=True) if not one.kind), default=0.0)
    boxes = tuple(
        Box(one.code, label, one.kind is None, _width(label) + APART_MM if one.kind else answers_mm)
        for label, one in zip(labels, offered, strict=True)
    )
    return Question(number, in_language(item.text, language), item.kind, boxes)


def _width(label: str) -> float:
    """Millimetres for a label of some three lines, its longest word unbroken, in the type of a table's head."""
    words = [sum(map(_letter_mm, word)) for word in re.split(r"\s+|(?<=-)", label)]
    return max(12.0, 2.2 + max(words), 2.2 + sum(words) / 3)


def _letter_mm(letter: str) -> float:
    if letter in "ʻʼ'’‘.,:;!|iIlj-":
        return 0.8
    if letter.lower() in "mwжмшщюы":
        return 2.4
    return 1.5 if letter < "Ͱ" else 1.7  # Cyrillic is wider than Latin


def _shrink(part: Part, page_mm: float) -> float:
    """How much narrower than wished the boxes of a part must stand, for its items to keep their width."""
    return min(1.0, (page_mm - TEXT_MM - NUMBER_MM) / part.boxes_mm) if part.boxes_mm else 1.0


def _fitted(part: Part, page_mm: float) -> Part:
    """The part with narrower columns and smaller labels, where the page is too small for it."""
    shrink = _shrink(part, page_mm)
    boxes = tuple(replace(box, mm=round(box.mm * shrink, 2)) for box in part.boxes)
    return replace(part, boxes=boxes, head_pt=max(LEAST_HEAD_PT, round(HEAD_PT * shrink, 1)))
