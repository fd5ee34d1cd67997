"""How alike a heading and an item are, to offer the one for the other. Nothing is ever read by likeness."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from mande.responses.text import folded, name_tokens
from mande.responses.waves import WaveWords

__all__ = ["ENOUGH", "likeness"]

ENOUGH = 0.6
"""From this likeness on a heading is offered: that of the standard library's "close matches"."""

_IN_BRACKETS = re.compile(r"\[([^\[\]]+)\]\s*$")
"""The row of a grid, behind the question above the grid, as Google Forms writes it."""


def likeness(heading: str, key: str, texts: Iterable[str], wave: str, words: WaveWords) -> float:
    """How alike a heading and an item at a wave are, 0 to 1; 0 if not enough, or if it speaks of other waves alone.

    key: `item_wave`, compared as it is. texts: the item's, compared without the words of waves, which are long beside
    a short question and would make NOW of one item like THEN of another.

    >>> words = WaveWords(("then", "now"))
    >>> likeness("NOW [I stay calm]", "p1_now", ["I keep calm"], "now", words) > ENOUGH
    True
    >>> likeness("THEN [I stay calm]", "p1_now", ["I keep calm"], "now", words)
    0.0
    """
    said, _ = words.apart(name_tokens(heading))
    if wave and said and wave not in said:
        return 0.0
    rests = [rest for part in _parts(heading) if (rest := _without_waves(part, words))]
    pairs = [(folded(key), folded(heading)), *((_without_waves(text, words), rest) for text in texts for rest in rests)]
    return max(_ratio(*pair) for pair in pairs)


def _parts(heading: str) -> Iterator[str]:
    yield heading
    if row := _IN_BRACKETS.search(heading):
        yield row[1]


def _without_waves(text: str, words: WaveWords) -> str:
    return " ".join(words.apart(name_tokens(text))[1])


def _ratio(text: str, heading: str) -> float:
    matcher = SequenceMatcher(None, text, heading)
    near = matcher.real_quick_ratio() >= ENOUGH and matcher.quick_ratio() >= ENOUGH
    ratio = matcher.ratio() if near else 0.0
    return ratio if ratio >= ENOUGH else 0.0
