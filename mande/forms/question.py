"""What a form asks, whatever it is printed on: who fills it in, which answers each item offers, at which waves."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from mande.errors import WrongUse
from mande.form_words import form_words
from mande.model import Instrument, Item, ItemKind, NonAnswerKind, Translated

__all__ = [
    "ONE_WAVE",
    "WAVES_TO_TICK",
    "Offered",
    "Order",
    "asks_wave",
    "check_form_language",
    "column_name",
    "columns_of",
    "complete_languages",
    "form_waves",
    "offered_answers",
    "refuse_if_withheld",
    "whose_form",
]

ONE_WAVE = "one"
"""An instrument that is asked once on a form does not know at which wave: the form says it."""

WAVES_TO_TICK = ("baseline", "endline", "follow-up")
"""Offered on a form of one wave when it was not made for a certain one."""


class Order(StrEnum):
    """Which wave stands first: on paper in the left part, on a phone on the first screens."""

    NOW_THEN = "now-then"
    THEN_NOW = "then-now"


class Offered(NamedTuple):
    """An answer that an item offers; `kind` says why a non-answer is none."""

    code: int
    label: Translated
    kind: NonAnswerKind | None = None


def whose_form(instrument: Instrument) -> tuple[str, ...]:
    """What the head of a form asks: columns of the data file, keys of the words. An item of that name replaces it.

    The wave is asked apart: `asks_wave`.
    """
    return tuple(name for name in instrument.form.head if name != "wave" and name not in instrument.item_by_id)


def asks_wave(instrument: Instrument, wave: str | None) -> bool:
    """Whether the form asks when it is filled in: it was not made for a certain wave, and cannot know."""
    return wave is None and instrument.waves == (ONE_WAVE,) and "wave" in instrument.form.head


def offered_answers(instrument: Instrument, item: Item) -> tuple[Offered, ...]:
    """The answers of an item in the order of the form, non-answers last; none for numbers and free text."""
    if item.answers is None or item.kind in (ItemKind.NUMBER, ItemKind.OPEN):
        return ()
    answers = tuple(Offered(answer.code, answer.label) for answer in instrument.scale_of(item).answers)
    return answers + tuple(Offered(other.code, other.label, other.kind) for other in instrument.not_answers)


def form_waves(instrument: Instrument, order: Order) -> tuple[str, ...]:
    """The waves that a rated item is asked at, in the order of the form."""
    return instrument.waves if order is Order.THEN_NOW else instrument.waves[::-1]


def column_name(instrument: Instrument, item: Item, wave: str) -> str:
    """The column of an item at a wave: `p01_then`. What is asked once has no ending.

    >>> from mande.instrument import load_instrument
    >>> parent = load_instrument("sfp-10-14-parent")
    >>> column_name(parent, parent.items[0], "then")
    'p01_then'
    """
    if item.kind is not ItemKind.RATING or len(instrument.waves) == 1:
        return item.id
    return f"{item.id}_{wave.replace('-', '_')}"


def columns_of(instrument: Instrument, item: Item) -> tuple[str, ...]:
    """Every column of an item, earlier waves first."""
    return tuple(dict.fromkeys(column_name(instrument, item, wave) for wave in instrument.waves))


def refuse_if_withheld(instrument: Instrument) -> None:
    """Raises WrongUse, with where to get the questionnaire, if its wording may not be printed by mande."""
    if instrument.form.allowed and instrument.status.wording != "withheld":
        return
    where = instrument.form.where or f"with its owners; see {instrument.citation or instrument.source}"
    raise WrongUse(
        f"The wording of {instrument.id} belongs to others, so mande prints no form of it. Where to get it: "
        f"{where.rstrip('.')}. mande scores its answers: enter them under the column names of the codebook "
        f"(mande form {instrument.id} --codebook)."
    )


def check_form_language(instrument: Instrument, language: str) -> None:
    """Raises WrongUse if the form cannot be printed whole in this language."""
    form_words(language)
    missing = sorted(set(_without(instrument, language)))
    if missing:
        raise WrongUse(
            f'{instrument.id} has no words in "{language}" for: {", ".join(missing)}. '
            f"It is complete in: {', '.join(complete_languages(instrument))}."
        )


def complete_languages(instrument: Instrument) -> tuple[str, ...]:
    """Languages in which a form can be printed without a word of another."""
    return tuple(language for language in instrument.languages if not any(_without(instrument, language)))


def _without(instrument: Instrument, language: str) -> Iterator[str]:
    """What a respondent reads and is not there in this language."""
    if language not in instrument.title:
        yield "title"
    if instrument.instructions and language not in instrument.instructions:
        yield "instructions"
    for item in instrument.items:
        if language not in item.text:
            yield item.id
        for answer in offered_answers(instrument, item):
            if language not in answer.label:
                yield f"answer {answer.code}"
