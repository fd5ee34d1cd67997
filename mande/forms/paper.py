"""The paper questionnaire: what its template prints, and how wide the columns of boxes must be for their words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from mande.forms.question import (
    ONE_WAVE,
    WAVES_TO_TICK,
    Order,
    check_form_language,
    form_waves,
    offered_answers,
    refuse_if_withheld,
    whose_form,
)
from mande.forms.words import form_words, render_page, wave_words
from mande.model import Instrument, Item, ItemKind, in_language

__all__ = ["Box", "Part", "Question", "paper_html"]

PORTRAIT_MM, LANDSCAPE_MM = 186.0, 273.0
"""Width of the text area of the two pages; the style sheet has the margins."""
TEXT_MM, LEAST_TEXT_MM, NUMBER_MM = 72.0, 60.0, 9.0
"""An item's words should have the first width and must have the second; its number has the third."""
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
    parts = tuple(_fitted(list(_parts(instrument, language, waves))))
    is_wide = any(part.boxes_mm > PORTRAIT_MM - TEXT_MM - NUMBER_MM for part in parts)
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
        to_tick=[wave_words(language, name) for name in WAVES_TO_TICK] if shown == (ONE_WAVE,) else [],
        parts=parts,
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
    """Millimetres in which the longest word of a label stands unbroken, in the type of the table's head."""
    longest = max((sum(map(_letter_mm, word)) for word in re.split(r"\s+|(?<=-)", label)), default=0.0)
    return max(12.0, longest + 2.2)


def _letter_mm(letter: str) -> float:
    if letter in "ʻʼ'’‘.,:;!|iIlj-":
        return 0.8
    if letter.lower() in "mwжмшщюы":
        return 2.4
    return 1.5 if letter < "Ͱ" else 1.7  # Cyrillic is wider than Latin


def _fitted(parts: list[Part]) -> Iterator[Part]:
    """Column widths, made narrower where even the wide page would leave too little for the items."""
    room = LANDSCAPE_MM - LEAST_TEXT_MM - NUMBER_MM
    for part in parts:
        shrink = min(1.0, room / part.boxes_mm) if part.boxes_mm else 1.0
        boxes = tuple(Box(box.code, box.label, box.is_answer, round(box.mm * shrink, 2)) for box in part.boxes)
        yield Part(part.questions, boxes, part.waves, max(LEAST_HEAD_PT, round(HEAD_PT * shrink, 1)))
