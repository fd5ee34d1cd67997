"""The words of a questionnaire as frozen values: instrument, item, answer scale, answer, construct.

Nothing here touches a file. `mande.instrument` reads these from YAML and says, with line numbers, what is wrong; once
an `Instrument` exists it is consistent, and every later step may rely on that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from math import ceil, lcm
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

__all__ = [
    "Ages",
    "Answer",
    "AnswerScale",
    "Band",
    "Better",
    "Construct",
    "FormPermission",
    "Frozen",
    "HeadField",
    "Instrument",
    "Item",
    "ItemKind",
    "Name",
    "NonAnswer",
    "NonAnswerKind",
    "Norm",
    "ScoreRule",
    "Status",
    "Translated",
    "ZeroIf",
    "in_language",
]

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
"""An identifier of instruments, constructs, waves and analyses: `family-harmony`."""

ItemName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
"""An item's identifier, which is also its column in a data file: `p01`."""

Translated = Mapping[str, str]
"""The same words by language code: `{"en": "Never", "ru": "Никогда"}`."""


def in_language(words: Translated, language: str) -> str:
    """The words in `language`, or in English, or in the first language there is.

    >>> in_language({"en": "Never", "ru": "Никогда"}, "ru")
    'Никогда'
    >>> in_language({"ru": "Никогда"}, "tg")
    'Никогда'
    """
    for candidate in (language, "en"):
        if candidate in words:
            return words[candidate]
    return next(iter(words.values()), "")


class Frozen(BaseModel):
    """Base of every value that is read from a file: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class ItemKind(StrEnum):
    RATING = "rating"  # one of an answer scale's codes; the only kind that is scored
    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"
    OPEN = "open"


class NonAnswerKind(StrEnum):
    """Why an offered answer carries no score. "Not applicable" is neither zero nor missing."""

    REFUSED = "refused"
    DONT_KNOW = "dont-know"
    NOT_APPLICABLE = "not-applicable"


class ScoreRule(StrEnum):
    """How item scores become a construct's score."""

    MEAN = "mean"  # mean of the answered items
    SUM = "sum"  # sum; every item must be answered unless min_answered says otherwise
    PRORATED_SUM = "prorated-sum"  # mean of the answered items × number of items
    TOTAL = "total"  # sum of other constructs; missing if one of them is missing
    SHARE_CORRECT = "share-correct"  # share of items answered right, 0 to 1


Better = Literal["higher", "lower"]
"""Which end of a construct is the good one. It changes words and colours, never a sign."""


class Answer(Frozen):
    """An offered answer. `code` stands in the data; `score` is what it counts, where that is something else."""

    code: int
    label: Translated
    score: int | None = None

    @property
    def counts(self) -> int:
        return self.code if self.score is None else self.score


class NonAnswer(Frozen):
    code: int
    label: Translated
    kind: NonAnswerKind


class AnswerScale(Frozen):
    """The answers that an item offers, in the order of the form."""

    id: str
    answers: tuple[Answer, ...] = Field(min_length=2)

    @cached_property
    def codes(self) -> tuple[int, ...]:
        return tuple(answer.code for answer in self.answers)

    @cached_property
    def scores(self) -> tuple[int, ...]:
        """What the answers count, before reversal, in the order of the codes."""
        return tuple(answer.counts for answer in self.answers)

    @property
    def lowest(self) -> int:
        return min(self.scores)

    @property
    def highest(self) -> int:
        return max(self.scores)


class Item(Frozen):
    """One statement or question. `reversed` turns an answer's score s into lowest + highest − s before scoring."""

    id: ItemName
    text: Translated
    answers: str | None = None
    kind: ItemKind = ItemKind.RATING
    reversed: bool = False
    correct: int | None = None


class ZeroIf(Frozen):
    """An answer after which a construct's other questions do not apply, so that its score is 0."""

    item: ItemName
    code: int


class Construct(Frozen):
    """What several items measure together: a protective factor, or a problem.

    A score exists when at least `min_answered` of the items are answered (default: 80 %, rounded up; all of them for a
    plain sum). It is an exact integer in steps of `unit` points, so that two people with the same change tie exactly.
    With `zero_if`, its item must be answered for a score, and the one answer named makes the score 0.
    """

    id: Name
    title: Translated
    meaning: Translated = Field(default_factory=dict)
    items: tuple[ItemName, ...] = ()
    of: tuple[Name, ...] = ()
    score: ScoreRule = ScoreRule.MEAN
    round: Literal["half-up"] | None = None
    min_answered: int | None = Field(default=None, ge=1)
    zero_if: ZeroIf | None = None
    better: Better

    @property
    def answers_needed(self) -> int:
        if self.min_answered is not None:
            return self.min_answered
        return len(self.items) if self.score is ScoreRule.SUM else ceil(Fraction(4, 5) * len(self.items))

    @property
    def steps_per_point(self) -> int:
        """The common denominator of every score that can occur: L = lcm of the possible numbers of answers.

        numbers.md asks for lcm(1..k); only answered counts from `answers_needed` to k occur, and leaving the others out
        keeps squares of long scales within 64 bits while all scores keep their values.
        """
        divides = self.score in (ScoreRule.MEAN, ScoreRule.PRORATED_SUM, ScoreRule.SHARE_CORRECT)
        if not divides or self.round is not None:
            return 1
        return lcm(*range(self.answers_needed, len(self.items) + 1))


class Band(Frozen):
    """Scores from `low` to `high`, both included, are called `id`."""

    id: Name
    low: float
    high: float


class Norm(Frozen):
    """Cut-offs of a cited source, by construct. Verdict words come from here or from nowhere.

    words: what each band is called, by its id. bands: of a construct, lowest scores first; every possible score is in
    exactly one.
    """

    id: Name
    title: Translated
    citation: str
    note: Translated = Field(default_factory=dict)
    words: Mapping[Name, Translated] = Field(default_factory=dict)
    bands: Mapping[Name, tuple[Band, ...]]

    def band_of(self, construct: str, score: float) -> str:
        """The band of a score of a construct, in points. Raises ValueError for a score that cannot occur."""
        for band in self.bands[construct]:
            if band.low <= score <= band.high:
                return band.id
        raise ValueError(f"{score} of {construct} is in no band of {self.id}")


class Status(Frozen):
    """How sure the instrument is: whose words, whether the scoring key is verified, who reviewed each translation."""

    wording: Literal["own", "licensed", "withheld"]
    key: Literal["verified", "documented", "provisional"]
    translations: Mapping[str, str] = Field(default_factory=dict)


HeadField = Literal["code", "family", "school", "group", "facilitator", "sex", "age", "date", "wave"]
"""What the head of a form can ask, and the column of a data file; `wave`: when the form is filled in."""


class FormPermission(Frozen):
    """Whether mande may print the questionnaire; if not, where to get it. head: what is asked above the questions."""

    allowed: bool = True
    where: str = ""
    head: tuple[HeadField, ...] = get_args(HeadField)


class Ages(Frozen):
    min: int = Field(ge=0)
    max: int = Field(ge=0)


class Instrument(Frozen):
    """One version of a questionnaire. A published version never changes; a correction is a new version.

    other_versions: instruments with the same item ids and other answers or questions, which must not be mixed with it.
    """

    id: Name
    version: str
    title: Translated
    programme: Name | None = None
    respondent: Name
    waves: tuple[Name, ...] = Field(min_length=1)
    status: Status
    licence: str
    citation: str = ""
    source: str = ""
    instructions: Translated = Field(default_factory=dict)
    form: FormPermission = FormPermission()
    ages: Ages | None = None
    other_versions: tuple[Name, ...] = ()
    answer_scales: Mapping[str, AnswerScale] = Field(default_factory=dict)
    not_answers: tuple[NonAnswer, ...] = ()
    items: tuple[Item, ...] = Field(min_length=1)
    constructs: tuple[Construct, ...] = ()
    norms: tuple[Norm, ...] = ()

    @cached_property
    def item_by_id(self) -> Mapping[str, Item]:
        return {item.id: item for item in self.items}

    @cached_property
    def construct_by_id(self) -> Mapping[str, Construct]:
        return {construct.id: construct for construct in self.constructs}

    @cached_property
    def rated_items(self) -> tuple[Item, ...]:
        """The items that have an answer scale, in the order of the form: the columns of every answer matrix."""
        return tuple(item for item in self.items if item.answers is not None and item.kind is ItemKind.RATING)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Languages in which every item has its text, English first."""
        complete = set.intersection(*(set(item.text) for item in self.items))
        return tuple(sorted(complete, key=lambda language: (language != "en", language)))

    @cached_property
    def fingerprint(self) -> str:
        """Twelve hex digits of what a form asks: questions, offered answers, waves. Scoring and titles do not enter.

        A form carries it, so that data of an instrument file that was changed without a new version can be told.
        """
        asked = {
            "id": self.id,
            "version": self.version,
            "waves": self.waves,
            "items": [[item.id, item.kind, item.answers, dict(item.text)] for item in self.items],
            "answers": {
                name: [[answer.code, dict(answer.label)] for answer in scale.answers]
                for name, scale in self.answer_scales.items()
            },
            "not_answers": [[answer.code, dict(answer.label)] for answer in self.not_answers],
        }
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:12]

    def scale_of(self, item: Item) -> AnswerScale:
        """The answer scale of a rated item."""
        if item.answers is None:
            raise ValueError(f"item {item.id} has no answer scale")
        return self.answer_scales[item.answers]

    def points(self, item: Item) -> Mapping[int, int]:
        """What each answer counts, by code: 1 or 0 where one is right, else its score, turned where the item is."""
        scale = self.scale_of(item)
        if item.correct is not None:
            return {code: int(code == item.correct) for code in scale.codes}
        ends = scale.lowest + scale.highest
        return {answer.code: ends - answer.counts if item.reversed else answer.counts for answer in scale.answers}

    def possible_scores(self, construct: Construct) -> tuple[Fraction, Fraction]:
        """Lowest and highest score that the construct can take, in points."""
        if construct.score is ScoreRule.TOTAL:
            ranges = [self.possible_scores(self.construct_by_id[part]) for part in construct.of]
            return sum((low for low, _ in ranges), Fraction(0)), sum((high for _, high in ranges), Fraction(0))
        if construct.score is ScoreRule.SHARE_CORRECT:
            return Fraction(0), Fraction(1)
        scales = [self.scale_of(self.item_by_id[item]) for item in construct.items]
        low, high = sum(scale.lowest for scale in scales), sum(scale.highest for scale in scales)
        divisor = len(scales) if construct.score is ScoreRule.MEAN else 1
        return Fraction(low, divisor), Fraction(high, divisor)

    def scores_that_occur(self, construct: Construct) -> tuple[Fraction, ...]:
        """Every score that some answers give, in points, lowest first."""
        low, high = self.possible_scores(construct)
        if construct.steps_per_point == 1:
            return tuple(Fraction(score) for score in range(ceil(low), int(high) + 1))
        n, k = construct.answers_needed, len(construct.items)
        per_item = k if construct.score is ScoreRule.PRORATED_SUM else 1
        of = (
            Fraction(total * per_item, answered)
            for answered in range(n, k + 1)
            for total in range(ceil(low * answered / per_item), int(high * answered / per_item) + 1)
        )
        return tuple(sorted(set(of)))
