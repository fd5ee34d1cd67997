"""Words by which headings, and cells of a wave column, say when a question was asked about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from mande.responses.text import name_tokens

__all__ = ["WAVE_WORDS", "WaveWords"]

_EARLIER = (
    "then", "pre", "before", "baseline", "base line", "pretest", "pre test", "t0", "before the programme",
    "before the program", "back then", "past",
    "тогда", "до", "раньше", "прежде", "до программы", "до занятий", "до начала", "было", "перед", "базовый",
    "oldin", "avval", "ilgari", "osha vaqtda", "oʻsha vaqtda", "oʻshanda", "dasturdan oldin", "boshlangʻich",
    "олдин", "аввал", "илгари", "ўша вақтда", "ўшанда", "дастурдан олдин",
    "пеш", "пештар", "он вақт", "он вақтҳо", "пеш аз барнома", "қаблан",
    "бұрын", "дейін", "сол кезде", "мурда", "мурун", "чейин", "ошол кезде", "öň", "ozal", "şol wagt",
)  # fmt: skip
_LATER = (
    "now", "post", "after", "endline", "end line", "posttest", "post test", "after the programme",
    "after the program", "currently", "today",
    "сейчас", "теперь", "после", "после программы", "после занятий", "стало", "сегодня", "итоговый", "конечный",
    "hozir", "keyin", "hozirda", "hozirgi", "hozirgi vaqtda", "dasturdan keyin", "endi", "yakuniy",
    "ҳозир", "кейин", "ҳозирда", "ҳозирги вақтда", "дастурдан кейин", "энди",
    "акнун", "баъд", "пас аз барнома", "қазір", "кейін", "азыр", "кийин", "häzir", "indi", "soň",
)  # fmt: skip
_FOLLOW_UP = ("follow up", "followup", "fu", "отсроченный", "повторный", "последующий", "kuzatuv")

_MEANING = {
    "then": "earlier", "before": "earlier", "pre": "earlier", "baseline": "earlier", "pretest": "earlier",
    "now": "later", "after": "later", "post": "later", "endline": "later", "posttest": "later",
    "follow-up": "follow-up", "followup": "follow-up",
}  # fmt: skip
_WORDS = {"earlier": _EARLIER, "later": _LATER, "follow-up": _FOLLOW_UP}
_OWN_WORDS: Mapping[str, tuple[str, ...]] = {"baseline": ("t1",), "endline": ("t2",), "follow-up": ("t3",)}

WAVE_WORDS: Mapping[str, tuple[str, ...]] = {
    wave: (*_WORDS[meaning], *_OWN_WORDS.get(wave, ())) for wave, meaning in _MEANING.items()
}
"""Words that name a wave when the evaluator gives none of her own."""

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class WaveWords:
    """The words that tell the waves of one source apart.

    waves: those that a heading may say. others: waves that the file does not hold, so that a heading which speaks of
    one of them is not taken for another. endings: the evaluator's own words by wave, which replace ours.
    """

    waves: tuple[str, ...]
    others: tuple[str, ...] = ()
    endings: Mapping[str, str] | None = None

    @cached_property
    def phrases(self) -> Mapping[Phrase, str]:
        """Wave by phrase; a phrase that would stand for two waves stands for none."""
        found: dict[Phrase, str] = {}
        twice = set()
        for wave in (*self.waves, *self.others):
            for phrase in set(self._of(wave)):
                if phrase in found:
                    twice.add(phrase)
                found[phrase] = wave
        return {phrase: wave for phrase, wave in found.items() if phrase and phrase not in twice}

    @property
    def spoken(self) -> list[str]:
        """Every word of every wave, as texts."""
        return [" ".join(phrase) for phrase in self.phrases]

    @cached_property
    def longest(self) -> int:
        return max(map(len, self.phrases), default=0)

    def said_in(self, words: Sequence[str]) -> set[str]:
        """The waves that a run of words speaks of; a phrase inside a longer one does not count."""
        return self.apart(words)[0]

    def apart(self, words: Sequence[str]) -> tuple[set[str], Phrase]:
        """The waves that a run of words speaks of, and the words that are of no wave."""
        waves: set[str] = set()
        rest: list[str] = []
        i = 0
        while i < len(words):
            for length in range(min(self.longest, len(words) - i), 0, -1):
                wave = self.phrases.get(tuple(words[i : i + length]))
                if wave is not None:
                    waves.add(wave)
                    i += length
                    break
            else:
                rest.append(words[i])
                i += 1
        return waves, tuple(rest)

    def are_all_said(self, words: Sequence[str]) -> bool:
        """Whether the words are nothing but phrases of waves."""
        words = tuple(words)
        if not words:
            return True
        return any(
            words[:length] in self.phrases and self.are_all_said(words[length:])
            for length in range(1, min(self.longest, len(words)) + 1)
        )

    def only_wave_in(self, words: Sequence[str]) -> str | None:
        """The one wave that the words speak of, None if they speak of none or of several."""
        said = self.said_in(words)
        return said.pop() if len(said) == 1 else None

    def of_value(self, value: str) -> str | None:
        """The wave that a cell of a wave column stands for."""
        words = name_tokens(value)
        return self.phrases.get(words) or self.only_wave_in(words)

    def _of(self, wave: str) -> Iterator[Phrase]:
        own = (self.endings or {}).get(wave)
        if own is not None:
            yield name_tokens(own)
            return
        yield name_tokens(wave)
        meaning = _MEANING.get(wave)
        alone = sum(_MEANING.get(other) == meaning for other in (*self.waves, *self.others)) == 1
        if meaning is not None and alone:
            yield from map(name_tokens, WAVE_WORDS[wave])
