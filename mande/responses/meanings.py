"""What a text can mean as an answer: a code, a label in any language of the instrument, or why there is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mande.errors import nearest
from mande.model import Answer, AnswerScale, Instrument, NonAnswer, in_language
from mande.responses.missing import NON_ANSWERS, Missing
from mande.responses.showing import shown, words_of
from mande.responses.text import folded, shortened, whole_number

__all__ = ["SEVERAL_MARKS", "Meanings", "Reading"]

SEVERAL_MARKS = "R-044"

_UNANSWERED = frozenset({"n/a", "#null!"})
"""What exporters write into the cell of a question that was never answered."""

_NUMBER_FIRST = re.compile(r"^[(\[]?([+-]?\d{1,4})[)\]]?\s*[-–—.,:;=)]*\s*(\D.*)$", re.DOTALL)
_NUMBER_LAST = re.compile(r"^(.*\D)\s*[-–—:=]*\s*[(\[]?(?<!\d)(\d{1,4})[)\]]?$", re.DOTALL)
_BETWEEN_NUMBERS = re.compile(r"[\s,;./|\\+&–—-]+|\b(?:и|или|and|or|va|yoki|ва)\b")
_DECIMAL = re.compile(r"\d+[.,]\d+")
_BETWEEN_WORDS = re.compile(r"[,;/|+&\n]")
_MONTH = r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*"
_DATE = re.compile(
    rf"^(?:\d{{1,2}}[.\- /]{_MONTH}\.?(?:[.\- /]\d{{2,4}})?|{_MONTH}[.\- /]\d{{1,4}}|\d{{4}}-\d{{2}}-\d{{2}}(?: .*)?"
    r"|\d{1,2}[./]\d{1,2}[./](?:19|20)?\d{2})$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one distinct text of a column means. problem: the code of what is to be said of it, "" if nothing."""

    code: int
    problem: str = ""
    details: Mapping[str, str] | None = None
    languages: frozenset[str] = frozenset()
    near: str = ""  # the offered answer that the text is nearly, folded


class Meanings:
    """The texts that one answer scale of an instrument understands.

    answers, missing: what the evaluator adds, as in evaluation.toml. Numbers are codes before they are labels.
    """

    def __init__(
        self,
        instrument: Instrument,
        scale: AnswerScale,
        *,
        answers: Mapping[str, int] | None = None,
        missing: Mapping[str, str] | None = None,
    ) -> None:
        self.scale = scale
        self.offered = ", ".join(map(str, scale.codes))
        self.by_code: dict[int, int] = {code: code for code in scale.codes}
        self.by_code |= {n.code: int(NON_ANSWERS[n.kind]) for n in instrument.not_answers}
        self._labels: dict[str, set[int]] = {}
        self._languages: dict[str, set[str]] = {}
        self._add_labels(scale.answers)
        self._add_labels(instrument.not_answers)
        self._given = {folded(text): code for text, code in (answers or {}).items()}
        self._given |= {folded(text): _MISSING_WORDS[kind] for text, kind in (missing or {}).items()}
        self._given_exact = {text.strip(): _MISSING_WORDS[kind] for text, kind in (missing or {}).items()}
        self._words = words_of(self._labels)

    def _add_labels(self, answers: Iterable[Answer | NonAnswer]) -> None:
        for answer in answers:
            code = answer.code if isinstance(answer, Answer) else int(NON_ANSWERS[answer.kind])
            for language, label in answer.label.items():
                self._labels.setdefault(folded(label), set()).add(code)
                self._languages.setdefault(folded(label), set()).add(language)

    def read(self, text: str, *, declared_missing: bool = False) -> Reading:
        """The meaning of a cell's text."""
        plain = text.strip(" \t\r\n\u00a0\u200b\u200e\u200f\ufeff'")
        if not plain:
            return Reading(Missing.BLANK)
        if (given := self._given_meaning(plain)) is not None:
            return given
        number = whole_number(plain)
        if number is not None and number in self.by_code:
            return self._number(number, text, declared_missing=declared_missing)
        words = folded(plain)
        if words in self._labels and number is None:
            return self._label(plain, words)
        if declared_missing or plain.casefold() in _UNANSWERED:
            return Reading(Missing.BLANK, "R-016")
        return (
            self._number_and_words(plain)
            or self._in_two_languages(plain)
            or self._several_marks(plain)
            or self._none(plain)
        )

    def label_code(self, label: str) -> int | None:
        """The one code that a label stands for, None if none or several."""
        codes = self._labels.get(folded(label), set())
        return next(iter(codes)) if len(codes) == 1 else None

    def shown(self, text: str, problem: str) -> str:
        """A cell's text for the message of a problem. A full date may be a birthday, a day and a month are none."""
        if problem == "R-019":
            return shortened(text) if len(re.findall(r"\d+", text)) < 3 else "(a date, not shown)"
        return shown(text, self._words, self._labels)

    def offered_beside(self, text: str, near: str, language: str, *, in_words: bool = False) -> str:
        """The answers to choose from: by their codes to who typed a number, in words to who typed words.

        near: the label that the text is nearly. language: of the heading or of the other cells, "" if neither has one.
        in_words: whether the other cells of the column hold words, so that a number among them is offered words too.
        """
        if not (in_words or any(letter.isalpha() for letter in text)) or (not near and not language):
            return self.offered
        if self.shown(text, "R-014") != shortened(text):
            near = ""  # what is not shown is no misspelling either
        spoken = self._languages.get(near, {language})
        labels = [
            in_language(answer.label, language if language in spoken else min(spoken)) for answer in self.scale.answers
        ]
        meant = next((label for label in labels if folded(label) == near), near)
        return ", ".join(shortened(label, 30) for label in labels) + (f'; perhaps "{meant}"' if near else "")

    def _given_meaning(self, plain: str) -> Reading | None:
        code = self._given_exact.get(plain, self._given.get(folded(plain)))
        if code is None:
            return None
        return Reading(code, "R-016" if code == Missing.BLANK else "R-015", {"read_as": _shown(code)})

    def _number(self, number: int, text: str, *, declared_missing: bool) -> Reading:
        code = self.by_code[number]
        if declared_missing and code > Missing.BLANK:
            return Reading(Missing.BLANK, "R-016")
        adjusted = code > Missing.BLANK and text.strip() != str(number)
        return Reading(code, "R-015", {"read_as": str(code)}) if adjusted else Reading(code)

    def _label(self, plain: str, words: str) -> Reading:
        codes = self._labels[words]
        if len(codes) > 1:
            return Reading(Missing.SET_ASIDE, "R-029", {"answers": ", ".join(_shown(c) for c in sorted(codes))})
        return Reading(next(iter(codes)), languages=frozenset(self._languages[words]))

    def _number_and_words(self, plain: str) -> Reading | None:
        """ "4 – Agree", "4. Agree", "Agree (4)": taken if the number and the words agree."""
        for match, first, last in ((_NUMBER_FIRST.match(plain), 1, 2), (_NUMBER_LAST.match(plain), 2, 1)):
            if match is None:
                continue
            number, words = int(match[first]), folded(match[last])
            codes = self._labels.get(words)
            if codes is None:
                continue
            if self.by_code.get(number) in codes:
                code = self.by_code[number]
                return Reading(code, "R-015", {"read_as": _shown(code)}, frozenset(self._languages[words]))
            read_as = ", ".join(_shown(code) for code in sorted(codes))
            return Reading(Missing.SET_ASIDE, "R-018", {"number": str(number), "read_as": read_as})
        return None

    def _in_two_languages(self, plain: str) -> Reading | None:
        """ "Часто / Tez-tez": taken if every part is a label, and all of the same answer."""
        parts = [folded(part) for part in re.split(r"[/|\n]", plain) if part.strip()]
        if len(parts) < 2 or not all(part in self._labels for part in parts):
            return None
        shared = set.intersection(*(self._labels[part] for part in parts))
        if len(shared) != 1:
            return None
        code = next(iter(shared))
        languages = frozenset(language for part in parts for language in self._languages[part])
        return Reading(code, "R-015", {"read_as": _shown(code)}, languages)

    def _several_marks(self, plain: str) -> Reading | None:
        """ "2, 3", "2/3", "2.3" or "Often; Always": several answers were marked, and nobody can know which counts."""
        pieces = [piece for piece in _BETWEEN_NUMBERS.split(plain) if piece]
        if not all(piece.isdigit() and str(int(piece)) == piece and int(piece) in self.by_code for piece in pieces):
            pieces = [piece.strip() for piece in _BETWEEN_WORDS.split(plain) if piece.strip()]
            if not all(folded(piece) in self._labels for piece in pieces):
                return None
        if len(pieces) < 2:
            return None
        number = plain.replace(",", ".") if _DECIMAL.fullmatch(plain) else ""
        details = {
            "answers": ", ".join(f'"{piece}"' for piece in pieces),
            "or_number": f" (or the number {number}, which is no answer here)" if number else "",
        }
        return Reading(Missing.SET_ASIDE, SEVERAL_MARKS, details)

    def _none(self, plain: str) -> Reading:
        if _DATE.match(plain):
            return Reading(Missing.SET_ASIDE, "R-019")
        near = nearest(folded(plain), list(self._labels), at_most=1) if len(plain) < 80 else []
        return Reading(Missing.SET_ASIDE, "R-014", near="".join(near))


_MISSING_WORDS = {
    "blank": int(Missing.BLANK),
    **{kind.value: int(missing) for kind, missing in NON_ANSWERS.items()},
}


def _shown(code: int) -> str:
    return str(code) if code > Missing.BLANK else Missing(code).name.lower().replace("_", " ")
