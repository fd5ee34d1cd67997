"""What of a cell may stand in a message: slips of the pen and known words, never a text that could be a name."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from difflib import SequenceMatcher

from mande.responses.personal import looks_personal
from mande.responses.text import folded, shortened

__all__ = ["mask", "shown", "shown_heading", "some", "words_of"]

_NEAR = 0.8
"""From this likeness to an offered answer on a text is taken for a misspelling of it, and shown."""

_MOST_DIGITS = 6  # a longer number may be a document's or a person's
_FULL_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_WORD = re.compile(r"[^\W\d_]+|\d+")


def shown(value: str, known: Collection[str] = (), labels: Collection[str] = ()) -> str:
    """A cell's text for a message, on one line; what could name a person is told by its length only.

    known: words that may stand in a message, folded. labels: offered answers, folded; what is nearly one is shown.

    >>> shown("7"), shown("2, 3"), shown("Oftne", labels=["often"]), shown("нет ответа")
    ('7', '2, 3', 'Oftne', 'нет ответа')
    >>> shown("Каримова Н."), shown("anna@example.org"), shown("12.05.1985")
    ('(11 letters, not shown)', '(personal data)', '(a date, not shown)')
    """
    return mask(value, known, labels) or shortened(value)


def mask(value: str, known: Collection[str] = (), labels: Collection[str] = ()) -> str | None:
    """What stands in a message instead of a text that could name a person; None for one that may be shown itself.

    >>> mask("Каримова Н."), mask("7")
    ('(11 letters, not shown)', None)
    """
    text = shortened(value)
    if looks_personal(value):
        return "(personal data)"
    words = _WORD.findall(folded(value) if "<" not in value else value.casefold())
    numbers = [word for word in words if word.isdigit()]
    if len(numbers) > 2 and _FULL_DATE.search(value):
        return "(a date, not shown)"
    plain = all(word in known or word in _USUAL or len(word) == 1 for word in words if not word.isdigit())
    if (plain or len(text) <= 2) and sum(map(len, numbers)) <= _MOST_DIGITS:
        return None
    return None if _is_nearly_one_of(folded(value), labels) else f"({len(text)} letters, not shown)"


def shown_heading(heading: str) -> str:
    """A column's heading, shortened."""
    return "(personal data)" if looks_personal(heading) else shortened(heading, 30)


def some(names: Sequence[str], most: int = 12) -> str:
    """The first names, and how many there are besides: a list that ends without a word is taken for the whole.

    >>> some(["a", "b", "c"], 2), some(["a", "b"], 2)
    ('a, b … and 1 more', 'a, b')
    """
    more = f" … and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def words_of(texts: Collection[str]) -> frozenset[str]:
    """The words of texts that may be shown, such as the labels of an answer scale."""
    return frozenset(word for text in texts for word in _WORD.findall(folded(text)))


_USUAL = words_of(
    """
    none null nil nan N/A value error blank empty missing skip skipped no yes not answer answered do don't know
    refused true false ok agree disagree total sum mean average unknown test years year old
    нет да не знаю знает ответа ответил ответила без отказ отказался отказалась пропуск пропущено пусто
    затрудняюсь ответить согласен согласна применимо истина ложь лет год года годиков итого всего
    ha yoʻq йўқ ҳа bilmayman билмайман javob жавоб берилмаган berilmagan yosh yoshda ёш
    """.splitlines()
)
"""What people and programs write where there is no answer, or where they tick; none of them is a name."""


def _is_nearly_one_of(text: str, labels: Collection[str]) -> bool:
    return len(text) < 80 and any(SequenceMatcher(None, text, label).ratio() >= _NEAR for label in labels)
