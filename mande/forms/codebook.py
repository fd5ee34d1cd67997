"""The codebook: every item, answer and construct with its codes, and how sure wording, key and translations are."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from mande.form_words import form_words, wave_words
from mande.forms.pages import render_page
from mande.forms.question import Offered, columns_of, offered_answers
from mande.model import Construct, Instrument, Item, ItemKind, in_language

__all__ = ["codebook_csv", "codebook_html"]


def codebook_html(instrument: Instrument, *, language: str) -> str:
    """The codebook as one page, explained in `language`, with the wording in every language that the instrument has.

    A withheld wording stays withheld: the page shows the neutral labels and says where the questionnaire is.
    """
    words = form_words(language)
    return render_page(
        "codebook.html.j2",
        words=words,
        language=language,
        instrument=instrument,
        title=in_language(instrument.title, language),
        languages=instrument.languages,
        items=[_item(instrument, number, item) for number, item in enumerate(instrument.items, start=1)],
        scales=[(name, scale.answers) for name, scale in instrument.answer_scales.items()],
        not_answers=instrument.not_answers,
        constructs=[_construct(instrument, construct) for construct in instrument.constructs],
        waves=[wave_words(language, wave)["word"] or wave for wave in instrument.waves],
        is_withheld=instrument.status.wording == "withheld",
        in_language=in_language,
    )


def codebook_csv(instrument: Instrument) -> str:
    """The codebook as CSV, one row an item and offered answer; what is asked without answers has one row.

    `score` is what the answer counts (reversed items turned, right answers 1 and others 0), empty for a non-answer.
    """
    text = io.StringIO(newline="")
    languages = instrument.languages
    header = ["instrument", "version", "number", "item", "columns", "kind", "reversed", "constructs"]
    header += [f"text_{language}" for language in languages] + ["code", "answer_kind", "score"]
    header += [f"label_{language}" for language in languages] + ["wording", "key"]
    header += [f"translation_{language}" for language in languages]
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    status = instrument.status
    tail = [status.wording, status.key, *(status.translations.get(language, "") for language in languages)]
    for number, item in enumerate(instrument.items, start=1):
        for middle in _item_rows(instrument, item):
            writer.writerow([_plain(cell) for cell in (instrument.id, instrument.version, str(number), *middle, *tail)])
    return text.getvalue()


def _item_rows(instrument: Instrument, item: Item) -> Iterator[list[str]]:
    languages, columns = instrument.languages, " ".join(columns_of(instrument, item))
    constructs = " ".join(construct.id for construct in instrument.constructs if item.id in construct.items)
    head = [item.id, columns, item.kind.value, "yes" if item.reversed else "no", constructs]
    head += [in_language(item.text, language) for language in languages]
    offered = offered_answers(instrument, item)
    for answer in offered:
        kind = "answer" if answer.kind is None else answer.kind.value
        labels = [in_language(answer.label, language) for language in languages]
        yield [*head, str(answer.code), kind, _score(instrument, item, answer), *labels]
    if not offered:
        yield [*head, "", "", "", *("" for _ in languages)]


def _score(instrument: Instrument, item: Item, answer: Offered) -> str:
    if answer.kind is not None or item.kind is not ItemKind.RATING:
        return ""
    return str(instrument.points(item)[answer.code])


def _plain(cell: str) -> str:
    """A spreadsheet takes a cell that begins with one of these for a formula; an apostrophe keeps it a text."""
    is_number = cell.lstrip("-").isdigit()
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not is_number else cell


def _item(instrument: Instrument, number: int, item: Item) -> dict[str, object]:
    return {
        "number": number,
        "id": item.id,
        "columns": columns_of(instrument, item),
        "text": item.text,
        "kind": item.kind.value,
        "scale": item.answers,
        "is_reversed": item.reversed,
        "correct": item.correct,
        "constructs": [construct for construct in instrument.constructs if item.id in construct.items],
    }


def _construct(instrument: Instrument, construct: Construct) -> dict[str, object]:
    parts = construct.items or construct.of
    low, high = instrument.possible_scores(construct)
    return {
        "own": construct,
        "parts": parts,
        "needs": f"{construct.answers_needed} / {len(parts)}" if construct.items else f"{len(parts)} / {len(parts)}",
        "span": f"{float(low):g}–{float(high):g}",
    }
