"""Forms of another version of the questionnaire: three answers instead of five, other questions under the same numbers.

Their scores cannot be compared, so what is certain is refused; an instrument's file names its other versions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from mande.errors import DataProblems, Place, Problem
from mande.instrument import load_instrument
from mande.model import AnswerScale, Instrument
from mande.responses.evidence import Evidence
from mande.responses.item_checks import FileOf, above_the_lowest, answers_to, only_the_lowest
from mande.responses.meanings import Meanings
from mande.responses.missing import Missing
from mande.responses.result import Responses

__all__ = ["other_version_at", "refuse_answers_of_others", "refuse_mixed_versions"]

OFTEN = 0.05
"""From this share of answers that only the other version offers, they are no slips of the pen."""

AT_LEAST = 5
HIGHER_ELSEWHERE = 0.2
"""Where at least this share of answers is above the third elsewhere, a hundred answers without one are no chance."""


def other_version_at(instrument: Instrument, wave: str, read: Sequence[Responses]) -> Instrument | None:
    """The other version of an instrument that holds the wave which the instrument itself lacks."""
    for responses in read:
        other = responses.instrument
        if other.id in instrument.other_versions and wave in responses.codes:
            return other
    return None


def refuse_answers_of_others(evidence: Evidence, file: str, instrument: Instrument) -> None:
    """Raises DataProblems where many cells hold what this instrument does not offer, and another version does."""
    answered = sum(evidence.numbers.values())
    problems = []
    for other in map(load_instrument, instrument.other_versions):
        meanings = [Meanings(other, scale) for scale in other.answer_scales.values()]
        known = Counter(
            {
                text: count
                for text, count in evidence.no_answers.items()
                if any(own.read(text).code > Missing.BLANK for own in meanings)
            }
        )
        count = known.total()
        if count >= AT_LEAST and count >= OFTEN * max(answered, count):
            shown = ", ".join(f'"{text}"' for text in sorted(known)[:3])
            details = {"count": str(count), "instrument": instrument.id, "other": other.id}
            problems.append(Problem("R-045", Place(file), shown, details))
    if problems:
        raise DataProblems(problems)


def refuse_mixed_versions(evidence: Evidence, responses: Responses, file_of: FileOf) -> None:
    """Raises DataProblems where one wave, or one group, used the lowest answers only, and the others used all."""
    instrument, problems = responses.instrument, []
    for other in map(load_instrument, instrument.other_versions):
        fewer = max(len(scale.codes) for scale in other.answer_scales.values())
        for scale in instrument.answer_scales.values():
            if fewer < len(scale.codes):
                problems += [
                    _problem(other, instrument, scale, where, file_of(wave))
                    for wave, where in _parts_with_fewer(evidence, tuple(responses.codes), scale)
                ]
    if problems:
        raise DataProblems(problems)


def _parts_with_fewer(evidence: Evidence, waves: Sequence[str], scale: AnswerScale) -> Iterator[tuple[str, str]]:
    """Wave, and what it or a group in it is called."""
    for wave in waves:
        if only_the_lowest(scale, answers_to(evidence, wave, scale)):
            if any(_share_higher(evidence, further, scale) >= HIGHER_ELSEWHERE for further in waves):
                yield wave, wave.upper()
        elif _share_higher(evidence, wave, scale) >= HIGHER_ELSEWHERE:
            for (at, of, name), groups in evidence.answers.items():
                for label, found in groups if name and (at, of) == (wave, scale.id) else ():
                    if only_the_lowest(scale, found):
                        yield wave, f'the {name} "{label}" ({wave.upper()})'


def _share_higher(evidence: Evidence, wave: str, scale: AnswerScale) -> float:
    _, *answers = answers_to(evidence, wave, scale)
    return sum(above_the_lowest(scale, answers)) / sum(answers) if any(answers) else 0.0


def _problem(other: Instrument, instrument: Instrument, scale: AnswerScale, where: str, file: str) -> Problem:
    details = {"instrument": instrument.id, "other": other.id, "highest": str(sorted(scale.codes)[2])}
    return Problem("R-046", Place(file), where, details)
