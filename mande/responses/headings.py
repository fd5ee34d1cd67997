"""What one heading says: which item, which wave, and how plainly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from mande.model import Instrument, Item
from mande.responses.text import name_tokens, tokens
from mande.responses.waves import WaveWords

__all__ = ["Claim", "Headings", "How"]

_SHORTEST_TEXT = 8
"""Letters that an item's text needs to be looked for inside a longer heading."""


class How(IntEnum):
    """How plainly a heading names its item; a plainer one wins over the others."""

    WORDS_AFTER = 1  # the item's text, then words that are neither item nor wave
    PART = 2  # behind a group, a question number, a question
    WHOLE = 3  # nothing but item and wave
    NAMED = 4  # by the evaluator


@dataclass(frozen=True, slots=True)
class Claim:
    """A column says that it is an item at a wave; None if it does not say which. by: "name", "text", "named"."""

    column: int
    item: str
    wave: str | None
    how: How
    by: str
    dual: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """An item in a run of words: from where, to where, and by what."""

    item: str
    start: int
    end: int
    by: str
    language: str = ""


@dataclass(frozen=True)
class Headings:
    """Reads headings for one instrument."""

    items: tuple[Item, ...]
    words: WaveWords

    @staticmethod
    def of(instrument: Instrument, words: WaveWords) -> Headings:
        return Headings(instrument.items, words)

    @cached_property
    def _ids(self) -> dict[tuple[str, ...], str | None]:
        """Item by the words of its id; None where two ids are alike but for zeros."""
        found: dict[tuple[str, ...], str | None] = {}
        for item in self.items:
            key = name_tokens(item.id)
            found[key] = item.id if key not in found else None
        return found

    @cached_property
    def _glued(self) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        """Words such as `p1now` and `prep1`, as what stands before and after the joint."""
        glued: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        for key in self._ids:
            for phrase in self.words.phrases:
                if len(key) == 1 and len(phrase) == 1 and key[0][-1].isdigit() and phrase[0].isalpha():
                    glued[key[0] + phrase[0]] = (key, phrase)
                    glued[phrase[0] + key[0]] = (phrase, key)
        return glued

    @cached_property
    def _texts(self) -> dict[tuple[str, ...], list[tuple[str, str]]]:
        """Items (with language) by the words of their text."""
        found: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        for item in self.items:
            for language, text in item.text.items():
                if words := name_tokens(text):
                    found.setdefault(words, []).append((item.id, language))
        return found

    @cached_property
    def _text_lines(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(f" {' '.join(words)} ", words) for words in self._texts]

    def claims(self, column: int, heading: str) -> list[Claim]:
        """What a heading says: no claim, one, or one for each of several items that it names."""
        if not heading:
            return []
        words = self._unglued(name_tokens(heading))
        by_name = list(self._by_name(words))
        by_text = list(self._by_text(words))
        by_name = by_name or [found for text in by_text[:1] for found in self._ids_beside(words, text)]
        claims = [self._claim(column, words, found) for found in (*by_text, *by_name)]
        named = {claim.item for claim in claims}
        if by_text and by_name and {f.item for f in by_name} <= {f.item for f in by_text}:
            claims = claims[: len(by_text)]
        best: dict[str, Claim] = {}
        for claim in claims:
            if claim.item not in best or (claim.wave is not None, claim.how) > (
                best[claim.item].wave is not None, best[claim.item].how,
            ):  # fmt: skip
                best[claim.item] = claim
        return [best[item] for item in sorted(named) if item in best]

    def _unglued(self, words: Sequence[str]) -> tuple[str, ...]:
        out: list[str] = []
        for word in words:
            before, after = self._glued.get(word, ((word,), ()))
            out += [*before, *after]
        return tuple(out)

    def _by_name(self, words: tuple[str, ...]) -> Iterator[_Found]:
        """Ids that end the heading, but for words of waves and the number of a dual scale."""
        for end in range(len(words), 0, -1):
            rest = words[end:]
            if not (self.words.are_all_said(rest) or rest in (("1",), ("2",))):
                continue
            for key, item in self._ids.items():
                if item is not None and words[max(0, end - len(key)) : end] == key and self._stands_alone(key, end):
                    yield _Found(item, end - len(key), end, "name")

    def _ids_beside(self, words: tuple[str, ...], text: _Found) -> Iterator[_Found]:
        """Ids (those with a number) anywhere beside an item's text: they must not speak of another item."""
        for key, item in self._ids.items():
            if item is not None and any(character.isdigit() for character in "".join(key)):
                for start in range(len(words) - len(key) + 1):
                    outside = start + len(key) <= text.start or start >= text.end
                    if words[start : start + len(key)] == key and outside:
                        yield _Found(item, start, start + len(key), "name")

    def _stands_alone(self, key: tuple[str, ...], end: int) -> bool:
        """An id without any digit (such as `age`) is taken only where it begins the heading: elsewhere it is a word."""
        return any(character.isdigit() for word in key for character in word) or end == len(key)

    def _by_text(self, words: tuple[str, ...]) -> Iterator[_Found]:
        """Items whose text stands in the heading; a text inside a longer one that stands there does not count."""
        line = f" {' '.join(words)} "
        spans = []
        for text, key in self._text_lines:
            long_enough = len(text) - 2 >= _SHORTEST_TEXT or len(text) == len(line)
            if long_enough and (at := line.find(text)) >= 0:
                start = line.count(" ", 0, at + 1) - 1
                spans.append((start, start + len(key), key))
        for start, end, key in spans:
            inside = any((s, e) != (start, end) and s <= start and end <= e for s, e, _ in spans)
            if not inside:
                for item, language in self._texts[key]:
                    yield _Found(item, start, end, "text", language)

    def _claim(self, column: int, words: tuple[str, ...], found: _Found) -> Claim:
        before, after = words[: found.start], words[found.end :]
        wave = self.words.only_wave_in(after)
        if wave is None and not self.words.said_in(after):
            wave = self.words.only_wave_in(before)
        dual = after[-1] if wave is None and after and after[-1] in ("1", "2") and found.by == "name" else ""
        plain_before, plain_after = self.words.are_all_said(before), self.words.are_all_said(after) or bool(dual)
        how = How.WORDS_AFTER if not plain_after else How.WHOLE if plain_before else How.PART
        return Claim(column, found.item, wave, how, found.by, dual, found.language)


def looks_like_heading(headings: Headings, text: str) -> bool:
    """Whether a cell below the header speaks of an item, as a second header row does."""
    return len(tokens(text)) > 0 and bool(headings.claims(0, text))
