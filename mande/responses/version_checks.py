"""Forms of another version of the questionnaire: three answers instead of five, other questions under the same numbers.

Their scores cannot be compared, so what is certain is refused; an instrument's file names its other versions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from mande.errors import DataProblems, Place, Problem
from mande.instrument import load_instrument
from mande.model import Instrument
from mande.responses.item_checks import AnswersOnScale, on_each_scale, only_the_lowest
from mande.responses.meanings import Meanings
from mande.responses.missing import Missing
from mande.responses.result import Responses

__all__ = ["other_version_at", "refuse_mixed_versions"]

OFTEN = 0.05
"""From this share of answers that only the other version offers, they are no slips of the pen."""

AT_LEAST = 5
HIGHER_ELSEWHERE = 0.2
"""Where at least this share of answers is above the third elsewhere, a hundred answers without one are no chance."""


def refuse_mixed_versions(read: Sequence[Responses]) -> None:
    """Raises DataProblems where answers are of another version than the instrument that evaluation.toml names."""
    problems = [problem for responses in read for problem in _mixed(responses)]
    if problems:
        raise DataProblems(problems)


def other_version_at(instrument: Instrument, wave: str, read: Sequence[Responses]) -> Instrument | None:
    """The other version of an instrument that holds the wave which the instrument itself lacks."""
    for responses in read:
        other = responses.instrument
        related = other.id in instrument.other_versions or instrument.id in other.other_versions
        if related and wave in responses.codes and responses.has_wave(wave).any():
            return other
    return None


def _mixed(responses: Responses) -> Iterator[Problem]:
    others = [load_instrument(name) for name in responses.instrument.other_versions]
    for other in others:
        yield from _answers_of(other, responses)
        if _offers_fewer(other, responses.instrument):
            yield from _parts_with_fewer(other, responses)


def _answers_of(other: Instrument, responses: Responses) -> Iterator[Problem]:
    """Answers that were set aside here, and that the other version offers."""
    meanings = [Meanings(other, scale) for scale in other.answer_scales.values()]
    for file in responses.files:
        refused = Counter(problem.value for problem in file.problems if problem.code == "R-014")
        known = {text: n for text, n in refused.items() if any(m.read(text).code > Missing.BLANK for m in meanings)}
        count, answered = sum(known.values()), file.flow.cells.answered
        if count >= AT_LEAST and count >= OFTEN * (count + answered):
            shown = ", ".join(f'"{text}"' for text in sorted(known)[:3])
            details = {"count": str(count), "instrument": responses.instrument.id, "other": other.id}
            yield Problem("R-045", Place(file.name), shown, details)


def _offers_fewer(other: Instrument, instrument: Instrument) -> bool:
    def most(of: Instrument) -> int:
        return max(len(scale.codes) for scale in of.answer_scales.values())

    return most(other) < most(instrument)


def _parts_with_fewer(other: Instrument, responses: Responses) -> Iterator[Problem]:
    """Waves, and groups within a wave, that used the lowest three answers only, where the others used all."""
    for own in on_each_scale(responses):
        if only_the_lowest(own):
            if any(_goes_higher(further) for further in on_each_scale(responses) if further.wave != own.wave):
                yield _problem(other, responses, own.wave.upper(), own)
            continue
        for name, grouping in responses.groups.items():
            for position, label in enumerate(grouping.labels):
                here = grouping.position == position
                if only_the_lowest(own, here) and _goes_higher(own, ~here):
                    yield _problem(other, responses, f'the {name} "{label}" ({own.wave.upper()})', own)


def _goes_higher(own: AnswersOnScale, people: np.ndarray | slice = slice(None)) -> bool:
    counts = own.count(people)
    total, above = sum(counts.values()), sum(counts[code] for code in sorted(own.scale.codes)[3:])
    return total > 0 and above / total >= HIGHER_ELSEWHERE


def _problem(other: Instrument, responses: Responses, where: str, own: AnswersOnScale) -> Problem:
    file = next((f.name for f in responses.files if any(w in (own.wave, "") for _, w, *_ in f.layout)), responses.file)
    highest = str(sorted(own.scale.codes)[2])
    details = {"instrument": responses.instrument.id, "other": other.id, "highest": highest}
    return Problem("R-046", Place(file), where, details)
