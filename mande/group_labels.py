"""What the groups of a grouping are called: texts of cells become a label, and a label has words by language.

A label is the key of its group in every figure; its words are for readers. Two texts with one label are one group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Discriminator, Field, StringConstraints, Tag

from mande.checked import Mistake
from mande.folding import folded
from mande.model import Name

__all__ = ["GroupLabels", "LabelWords", "Labels", "contradictions", "labels_alone", "read_labels"]

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}([_-][A-Za-z]{2,4})?$")]
Words = Annotated[Mapping[LanguageCode, Text], Field(min_length=1)]
Label = Annotated[
    Annotated[Text, Tag("one word")] | Annotated[Words, Tag("words by language")],
    Discriminator(lambda said: "words by language" if isinstance(said, Mapping) else "one word"),
]

Labels = Mapping[Name, Mapping[Text, Label]]
"""By grouping and text of a cell, the label: one word for all languages, or words by language."""

_PLAIN = ""
"""Stands for the language of a label that is one word for all languages."""


@dataclass(frozen=True, slots=True)
class GroupLabels:
    """The labels of one grouping. read_as: label by folded text of a cell. words: by label, by language."""

    read_as: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class LabelWords:
    """What labels are called in one language. words: by grouping and label, where there is a word."""

    words: Mapping[str, Mapping[str, str]]

    @classmethod
    def read(cls, labels: Labels, language: str) -> LabelWords:
        """Of what evaluation.toml says; `uz-Cyrl` and `uz_Cyrl` are one language."""
        return cls({name: _words_in(language, read_labels(entries).words) for name, entries in labels.items()})

    def of(self, grouping: str, label: str) -> str:
        """The word for a label, or the label itself.

        >>> words = LabelWords.read({"sex": {"1": {"en": "girls", "ru": "девочки"}}}, "ru")
        >>> words.of("sex", "girls"), words.of("sex", "boys")
        ('девочки', 'boys')
        """
        return self.words.get(grouping, {}).get(label, label)


def _words_in(language: str, by_label: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    wanted = language.replace("-", "_")
    found = ((label, code, word) for label, words in by_label.items() for code, word in words.items())
    return {label: word for label, code, word in found if code.replace("-", "_") == wanted}


@dataclass(slots=True)
class _Group:
    """Texts whose labels share a word. words: by language, each as it was first written, then others."""

    texts: list[str]
    words: dict[str, list[str]]

    @property
    def folded(self) -> set[str]:
        return {folded(word) for own in self.words.values() for word in own}

    @property
    def label(self) -> str:
        """The English word, else the word for all languages, else that of the first language by its code."""
        return self.words[next(name for name in ("en", _PLAIN, min(self.words)) if name in self.words)][0]

    def take(self, texts: list[str], words: Mapping[str, list[str]]) -> None:
        self.texts += texts
        for language, own in words.items():
            known = self.words.setdefault(language, [])
            known += [word for word in own if word not in known]


def read_labels(entries: Mapping[str, str | Mapping[str, str]]) -> GroupLabels:
    """The labels of one grouping, from what its table says. A label's own words are read as it, too.

    >>> found = read_labels({"1": {"en": "girls", "ru": "девочки"}, "жен": "girls", "2": "boys"})
    >>> found.read_as["жен"], found.read_as["девочки"], found.read_as["2"]
    ('girls', 'girls', 'boys')
    >>> found.words["girls"]["ru"]
    'девочки'
    """
    groups = _groups(entries)
    read_as = {word: group.label for group in groups for word in sorted(group.folded)}
    read_as |= {folded(text): group.label for group in groups for text in group.texts}
    words = {group.label: {code: own[0] for code, own in group.words.items() if code != _PLAIN} for group in groups}
    return GroupLabels(read_as, words)


def labels_alone(labels: Labels) -> dict[str, dict[str, str | Mapping[str, str]]]:
    """The same labels and words without the texts of cells, which may be names, and stay with the answers."""
    return {
        grouping: {label: words or label for label, words in read_labels(entries).words.items()}
        for grouping, entries in labels.items()
    }


def contradictions(labels: Mapping[str, Any], arms: Mapping[str, str], arms_grouping: str) -> Iterator[Mistake]:
    """What cannot be true together. arms: the labels that the analysis names in its grouping, by what they are there.

    labels: as the file has them, whose shape may be wrong: TypeError and AttributeError then end the search.
    """
    for grouping, entries in labels.items():
        yield from _read_twice(grouping, entries)
        for group in _groups(entries):
            yield from _two_words(grouping, group)
        yield from _labels_of_labels(grouping, entries)
    if arms_grouping in labels:
        read_as = read_labels(labels[arms_grouping]).read_as
        for arm, text in arms.items():
            label = read_as.get(folded(text), text)
            if label != text:
                details = {"label": label, "group": arms_grouping, "arm": arm}
                yield Mistake("P-019", ("labels", arms_grouping), text, details)


def _groups(entries: Mapping[str, str | Mapping[str, str]]) -> list[_Group]:
    groups: list[_Group] = []
    for text, label in entries.items():
        said = {_PLAIN: label} if isinstance(label, str) else label
        own = _Group([text], {language: [word.strip()] for language, word in said.items()})
        for other in [group for group in reversed(groups) if group.folded & own.folded]:
            groups.remove(other)
            other.take(own.texts, own.words)
            own = other
        groups.append(own)
    for group in groups:
        _forget_plain_words_of_a_language(group)
    return groups


def _forget_plain_words_of_a_language(group: _Group) -> None:
    """ "girls" alone is no further word beside {en = "girls"}."""
    others = {folded(word) for language, own in group.words.items() if language != _PLAIN for word in own}
    plain = [word for word in group.words.pop(_PLAIN, []) if folded(word) not in others]
    if plain:
        group.words[_PLAIN] = plain


def _read_twice(grouping: str, entries: Mapping[str, Any]) -> Iterator[Mistake]:
    """Two entries that stand for the same cells."""
    first: dict[str, str] = {}
    for text in entries:
        before = first.setdefault(folded(text), text)
        if before != text:
            yield Mistake("P-016", ("labels", grouping, text), text, {"first": before})


def _two_words(grouping: str, group: _Group) -> Iterator[Mistake]:
    for language, words in group.words.items():
        for other in words[1:]:
            details = {"first": words[0], "language": f' in "{language}"' if language else ""}
            yield Mistake("P-017", ("labels", grouping, group.texts[-1]), other, details)


def _labels_of_labels(grouping: str, entries: Mapping[str, Any]) -> Iterator[Mistake]:
    """A text that is read as one label, and is itself another one: what is read as that, is it to be read on?"""
    groups = _groups(entries)
    for group in groups:
        for text in group.texts:
            other = next((own for own in groups if own is not group and folded(text) in own.folded), None)
            if other is not None:
                details = {"label": group.label, "first": other.texts[0]}
                yield Mistake("P-018", ("labels", grouping, text), text, details)
