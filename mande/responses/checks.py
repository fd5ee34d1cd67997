"""What a field office cannot see on a single form: patterns over items, forms, groups and files.

Nothing is changed here. Every finding is a problem that somebody should look at, with the numbers it rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from mande.errors import Place, Problem
from mande.model import Instrument
from mande.responses.evidence import Evidence, GroupTable, take
from mande.responses.item_checks import count_answers, judge_items
from mande.responses.labels import labels_alike
from mande.responses.missing import CodeArray, Missing
from mande.responses.result import Responses
from mande.responses.seen import Key, Marks, marks_of_numbers, new_key, repeats
from mande.responses.version_checks import refuse_mixed_versions
from mande.stats.counts import Estimate, IntArray
from mande.stats.shares import wilson

__all__ = ["Patterns", "checked", "checked_together", "copies_of", "judge_patterns", "with_problems"]

BoolArray = npt.NDArray[np.bool_]

ENOUGH_ITEMS = 6
"""With fewer answers on a form, a pattern in them is chance."""

ENOUGH_FOR_DUPLICATES = 10
CEILING = 0.15
MANY_COPIES = 0.5


def checked(responses: Responses, smallest: int = 5) -> Responses:
    """The same responses with what their patterns tell; each problem also stands with its file.

    smallest: labels of groups of fewer people are said only where they cannot name a person.
    """
    evidence, patterns = Evidence(), Patterns(responses)
    found = [problem for alike in patterns.found(evidence) for problem in alike.problems()]
    problems = [*found, *_same_forms(responses, patterns.marks(new_key()))]
    return with_problems(responses, [*problems, *judge_patterns(evidence, responses, smallest)])


def judge_patterns(evidence: Evidence, responses: Responses, smallest: int = 5) -> Iterator[Problem]:
    """What all forms tell together; of the responses, only their files, waves and groupings are looked at."""
    file = _File(responses)
    refuse_mixed_versions(evidence, responses, file.of)
    for earlier, later in dict.fromkeys((earlier, later) for earlier, later, _ in evidence.changes):
        yield from _worse(evidence, file, earlier, later)
    yield from _ceiling(evidence, file)
    yield from labels_alike(responses, smallest)
    yield from judge_items(evidence, responses, file.of)


def checked_together(read: Sequence[Responses]) -> tuple[Responses, ...]:
    """The same with what only several files together tell: forms of one file again in another."""
    out = list(read)
    for i, later in enumerate(read):
        for earlier in read[:i]:
            if earlier.instrument.id == later.instrument.id:
                out[i] = with_problems(out[i], list(_copies(earlier, later)))
    return tuple(out)


def with_problems(responses: Responses, problems: Sequence[Problem]) -> Responses:
    """The same responses, with these problems also standing with their files."""

    def own(file: str) -> tuple[Problem, ...]:
        return tuple(problem for problem in problems if problem.place.file == file)

    files = tuple(
        replace(read, problems=(*read.problems, *own(read.file)))
        if read.file not in {other.file for other in responses.files[:i]}
        else read
        for i, read in enumerate(responses.files)
    )
    return replace(responses, files=files, problems=(*responses.problems, *problems))


@dataclass(frozen=True)
class _File:
    """Where patterns of one respondent group are found."""

    responses: Responses

    @property
    def instrument(self) -> Instrument:
        return self.responses.instrument

    @cached_property
    def waves(self) -> tuple[str, ...]:
        return tuple(self.responses.codes)

    def of(self, wave: str) -> str:
        for read in self.responses.files:
            if any(w in (wave, "") for _, w, _, _ in read.layout):
                return read.file
        return self.responses.files[0].file

    def place(self, person: int, wave: str) -> Place:
        row = int(self.responses.rows[wave][person]) or int(self.responses.row[person])
        return Place(self.of(wave), row)


@dataclass(frozen=True)
class _Range:
    """Of each form at one wave: how many answers, the lowest and the highest of them, shape (n,), if there is any."""

    answers: npt.NDArray[np.integer]
    lowest: CodeArray
    highest: CodeArray

    @classmethod
    def of(cls, codes: CodeArray, answered: BoolArray, least: int) -> _Range:
        """least: the lowest code that there can be."""
        highest = codes.max(axis=1, initial=np.iinfo(np.int16).min)  # `Missing` is below every answer
        above = codes.view(np.uint16) - np.uint16(least % 2**16)  # and here, counted round from the least, above them
        lowest = above.min(axis=1, initial=np.iinfo(np.uint16).max).astype(np.int16) + np.int16(least)
        return cls(_how_many(answered), lowest, highest)


def _how_many(cells: BoolArray) -> npt.NDArray[np.integer]:
    """True cells of each row, shape (n,), in the smallest numbers that hold them: the quickest to add."""
    many: npt.NDArray[np.integer] = cells.view(np.int8).sum(
        axis=1, dtype=np.int8 if cells.shape[1] < 2**7 else np.int32
    )
    return many


@dataclass(frozen=True, slots=True, eq=False)
class Alike:
    """Forms in whose answers the same pattern was found: counted at once, described one by one where they are shown.

    people: positions of the respondents. within: their file. describe: value and details of one of them.
    """

    code: str
    wave: str
    people: IntArray
    within: _File
    describe: Callable[[int], tuple[str, dict[str, str]]]

    @property
    def file(self) -> str:
        return self.within.of(self.wave)

    def problems(self) -> Iterator[Problem]:
        for person in self.people.tolist():
            yield Problem(self.code, self.within.place(person, self.wave), *self.describe(person))


@dataclass(frozen=True)
class Patterns:
    """Looks for patterns in the answers of one respondent group. known: `answered`, if it is known already."""

    responses: Responses
    known: Mapping[str, BoolArray] | None = None

    @property
    def instrument(self) -> Instrument:
        return self.responses.instrument

    @cached_property
    def file(self) -> _File:
        return _File(self.responses)

    @cached_property
    def waves(self) -> tuple[str, ...]:
        return tuple(self.responses.codes)

    @cached_property
    def towards_better(self) -> npt.NDArray[np.int64]:
        """By item: 1 if a higher code is better, −1 if a lower one is, 0 if no construct says."""
        direction = {item.id: 0 for item in self.instrument.rated_items}
        for construct in self.instrument.constructs:
            for item in construct.items:
                better = 1 if construct.better == "higher" else -1
                direction[item] = -better if self.instrument.item_by_id[item].reversed else better
        return np.array(list(direction.values()), dtype=np.int64)

    @cached_property
    def codes(self) -> tuple[int, int]:
        """The lowest and the highest that there can be."""
        codes = [code for scale in self.instrument.answer_scales.values() for code in scale.codes]
        return min(codes), max(codes)

    @cached_property
    def steps(self) -> type[np.int16 | np.int32]:
        """What holds the differences of the codes of a form, added up."""
        low, high = self.codes
        return np.int16 if (high - low) * len(self.instrument.rated_items) < 2**15 else np.int32

    @cached_property
    def answered(self) -> Mapping[str, BoolArray]:
        """By wave, where there is an answer, shape (n, k)."""
        return self.known or {wave: Missing.is_answer(codes) for wave, codes in self.responses.codes.items()}

    @cached_property
    def ranges(self) -> dict[str, _Range]:
        least, _ = self.codes
        return {wave: _Range.of(codes, self.answered[wave], least) for wave, codes in self.responses.codes.items()}

    def found(self, evidence: Evidence) -> Iterator[Alike]:
        """What single forms tell; what groups of them and constructs tell is added up in `evidence`."""
        if not self.instrument.rated_items or not len(self.responses):
            return
        count_answers(self.responses, self.answered, evidence)
        for wave in self.waves:
            yield self._straight_lines(wave)
        asked = [wave for wave in self.instrument.waves if wave in self.responses.codes]
        first, *others = asked if len(asked) > 1 else self.waves
        for later in others:  # of a form that asks THEN and NOW these two, whatever was asked at other times
            yield self._same_at_both(first, later)
            better = self._better_by(first, later)
            yield self._same_step(first, later, *better)
            self._count_worse(evidence, first, later, better[0])
        self._count_best(evidence, self.waves[0])

    def marks(self, key: Key) -> Marks:
        """Marks of each person's answers at all waves, 0 where they are too few to compare, or always the same."""
        columns = [codes[:, k] for codes in self.responses.codes.values() for k in range(codes.shape[1])]
        if not columns or not len(self.responses):
            return np.zeros((len(self.responses), 2), dtype=np.uint64)
        marks = marks_of_numbers(columns, key)
        ranges = self.ranges.values()
        varied = np.any([(own.highest > own.lowest) & (own.answers > 0) for own in ranges], axis=0)
        marks[~varied | (sum(own.answers.astype(np.int32) for own in ranges) < ENOUGH_FOR_DUPLICATES)] = 0
        return marks

    def _straight_lines(self, wave: str) -> Alike:
        """One answer throughout, on a form that also asks the other way round."""
        turned, own = self.towards_better < 0, self.ranges[wave]
        people = np.flatnonzero((own.answers >= ENOUGH_ITEMS) & (own.lowest == own.highest))
        answered = self.answered[wave][people]
        both_ways = answered[:, turned].any(axis=1) & answered[:, ~turned].any(axis=1)

        def describe(person: int) -> tuple[str, dict[str, str]]:
            return str(int(own.lowest[person])), {"count": str(int(own.answers[person])), "wave": wave.upper()}

        return Alike("R-031", wave, people[both_ways], self.file, describe)

    def _both(self, earlier: str, later: str) -> tuple[CodeArray, CodeArray, BoolArray]:
        one, other = self.responses.codes[earlier], self.responses.codes[later]
        return one, other, self.answered[earlier] & self.answered[later]

    def _same_at_both(self, earlier: str, later: str) -> Alike:
        one, other, both = self._both(earlier, later)
        same = ~((one != other) & both).any(axis=1) & both.any(axis=1)
        details = {"earlier": earlier.upper(), "later": later.upper()}
        return Alike("R-030", later, np.flatnonzero(same), self.file, lambda _: ("", details))

    def _better_by(self, earlier: str, later: str) -> tuple[npt.NDArray[np.integer], BoolArray]:
        """Change of each answer towards the better, and where there is one, shape (n, k)."""
        one, other, both = self._both(earlier, later)
        directed = both & (self.towards_better != 0)
        change = np.subtract(other, one, dtype=self.steps)  # what is missing may wrap round, and is set to 0
        change *= self.towards_better.astype(self.steps)
        change *= directed
        return change, directed

    def _same_step(self, earlier: str, later: str, change: npt.NDArray[np.integer], directed: BoolArray) -> Alike:
        """Every answer better by as many steps."""
        step = change.max(axis=1, initial=0)
        same = ~((change != step[:, None]) & directed).any(axis=1)
        same &= (step > 0) & (_how_many(directed) >= ENOUGH_ITEMS)
        details = {"earlier": earlier.upper(), "later": later.upper()}
        return Alike("R-032", later, np.flatnonzero(same), self.file, lambda person: (str(int(step[person])), details))

    def _count_worse(self, evidence: Evidence, earlier: str, later: str, change: npt.NDArray[np.integer]) -> None:
        """People who got worse, and who changed at all: everybody, then by group."""
        total = change.sum(axis=1, dtype=self.steps)
        people = total < 0, total != 0
        found = {(earlier, later, ""): GroupTable.of_all(*map(np.count_nonzero, people))}
        for name, grouping in self.responses.groups.items():
            sums = [np.bincount(grouping.position[own], minlength=len(grouping.labels)) for own in people]
            found[earlier, later, name] = GroupTable(grouping.labels, np.column_stack(sums))
        take(evidence.changes, found)

    def _count_best(self, evidence: Evidence, wave: str) -> None:
        for construct in self.instrument.constructs:
            own = [k for k, item in enumerate(self.instrument.rated_items) if item.id in construct.items]
            if own:
                at_best, complete = self._at_best(own, wave)
                evidence.at_best[construct.id] += at_best
                evidence.complete[construct.id] += complete

    def _at_best(self, own: Sequence[int], wave: str) -> tuple[int, int]:
        codes, complete = self.responses.codes[wave], self.answered[wave][:, own].all(axis=1)
        at_best = complete
        for k in own:
            at_best = at_best & np.logical_or.reduce([codes[:, k] == best for best in self._best_codes(k)])
        return int(np.count_nonzero(at_best)), int(np.count_nonzero(complete))

    def _best_codes(self, k: int) -> list[int]:
        """The answers of an item that nobody can improve on."""
        scale = self.instrument.scale_of(self.instrument.rated_items[k])
        best = scale.highest if self.towards_better[k] > 0 else scale.lowest
        return [answer.code for answer in scale.answers if answer.counts == best]


def _worse(evidence: Evidence, file: _File, earlier: str, later: str) -> Iterator[Problem]:
    """Groups in which people got worse where the others got better: columns may be swapped there."""
    ((_, (all_worse, all_changed)),) = evidence.changes[earlier, later, ""]
    if not all_changed:
        return
    named = {"earlier": earlier.upper(), "later": later.upper()}
    whole = wilson(all_worse, all_changed)
    if whole.low > 0.5:
        yield Problem("R-034", Place(file.of(later)), details=named | _numbers(all_worse, all_changed, whole))
        return
    for (*waves, grouping), groups in evidence.changes.items():
        for label, (worse, changed) in groups if grouping and waves == [earlier, later] else ():
            rest = all_worse - worse, all_changed - changed
            yield from _worse_group(file, (grouping, label), (worse, changed), rest, named)


def _worse_group(
    file: _File, group: tuple[str, str], here: tuple[int, int], rest: tuple[int, int], named: Mapping[str, str]
) -> Iterator[Problem]:
    """here, rest: people who got worse, and people who changed, in this group and in all others."""
    if not here[1] or not rest[1] or 2 * here[0] <= here[1]:
        return
    share, others = wilson(*here), wilson(*rest)
    if share.low > 0.5 and share.low > others.high:
        details = {**named, **_numbers(*here, share), "group": group[0], "others": _percent(others.value)}
        yield Problem("R-033", Place(file.responses.files[0].file), group[1], details)


def _ceiling(evidence: Evidence, file: _File) -> Iterator[Problem]:
    for construct, of in evidence.complete.items():
        at_best = evidence.at_best[construct]
        if of and at_best > 1 and (share := wilson(at_best, of)).value >= CEILING:
            earlier = file.waves[0]
            details = {"count": str(at_best), "of": str(of), "earlier": earlier.upper(), **_interval(share)}
            yield Problem("R-037", Place(file.of(earlier)), construct, details)


def _same_forms(responses: Responses, marks: Marks) -> list[Problem]:
    """Forms with every answer alike, unless all their answers are one and the same.

    That they are of two respondents is known only where both have a code.
    """
    file, again, first = _File(responses), *repeats(marks)
    wave = next(iter(responses.codes), "")
    coded = np.ones(len(responses), dtype=bool) if responses.coded is None else responses.coded
    return [
        Problem(
            "R-035",
            file.place(person, wave),
            details={"first": str(file.place(known, wave).row), **(_TWO if coded[[person, known]].all() else _PERHAPS)},
        )
        for person, known in zip(again.tolist(), first.tolist(), strict=True)
    ]


_TWO = {"who": "is another respondent", "tell_apart": ""}
_PERHAPS = {
    "who": "may be the same form sent twice",
    "tell_apart": " A column with a code of each respondent (id), or with the server's number of each form (_uuid), "
    "tells them apart.",
}


def _copies(earlier: Responses, later: Responses) -> Iterator[Problem]:
    if set(earlier.codes) == set(later.codes) and len(later):
        key = new_key()
        known, own = (Patterns(read).marks(key) for read in (earlier, later))
        both = np.concatenate([np.unique(known[known[:, 0] > 0], axis=0), own])
        again, first = repeats(both)
        copies = int((first[again >= len(both) - len(own)] < len(both) - len(own)).sum())
        yield from copies_of(earlier.file, later.files[0].file, copies, int((own[:, 0] > 0).sum()))


def copies_of(earlier: str, later: str, copies: int, of: int) -> Iterator[Problem]:
    """copies: forms of the later file whose answers stand in the earlier one; of: forms that say enough to compare."""
    if of and copies > 2 and copies / of > MANY_COPIES:
        yield Problem("R-042", Place(later), earlier, {"count": str(copies), "of": str(of)})


def _numbers(worse: int, changed: int, share: Estimate) -> dict[str, str]:
    return {"worse": str(worse), "count": str(changed), **_interval(share)}


def _interval(share: Estimate) -> dict[str, str]:
    return {"share": _percent(share.value), "low": _percent(share.low), "high": _percent(share.high)}


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
