"""What a field office cannot see on a single form: patterns over items, forms, groups and files.

Nothing is changed here. Every finding is a problem that somebody should look at, with the numbers it rests on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from mande.errors import Place, Problem
from mande.model import Construct, Instrument
from mande.responses.item_checks import against_the_others, on_each_scale, only_the_lowest
from mande.responses.missing import CodeArray, Missing
from mande.responses.result import Responses
from mande.stats.counts import Estimate
from mande.stats.shares import wilson

__all__ = ["checked", "checked_together", "with_problems"]

BoolArray = npt.NDArray[np.bool_]

ENOUGH_ITEMS = 6
"""With fewer answers on a form, a pattern in them is chance."""

ENOUGH_FOR_DUPLICATES = 10
CEILING = 0.15
MANY_COPIES = 0.5


def checked(responses: Responses) -> Responses:
    """The same responses with what their patterns tell; each problem also stands with its file."""
    if not responses.instrument.rated_items:
        return responses
    work = _Patterns(responses)
    return with_problems(responses, list(work.problems()))


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
class _Patterns:
    """Looks for patterns in the answers of one respondent group."""

    responses: Responses

    @property
    def instrument(self) -> Instrument:
        return self.responses.instrument

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

    def problems(self) -> Iterator[Problem]:
        if not len(self.responses):
            return
        for wave in self.waves:
            yield from self._straight_lines(wave)
        if len(self.waves) > 1:
            for later in self.waves[1:]:
                yield from self._same_at_both(self.waves[0], later)
                better = self._better_by(self.waves[0], later)
                yield from self._same_step(self.waves[0], later, *better)
                yield from self._worse(self.waves[0], later, better[0])
        yield from self._same_forms()
        yield from self._ceiling()
        yield from against_the_others(self.responses, self._file_of)
        yield from self._few_answers()

    def _place(self, person: int, wave: str) -> Place:
        row = int(self.responses.rows[wave][person]) or int(self.responses.row[person])
        return Place(self._file_of(wave), row)

    def _file_of(self, wave: str) -> str:
        for read in self.responses.files:
            if any(w in (wave, "") for _, w, _, _ in read.layout):
                return read.file
        return self.responses.files[0].file

    def _straight_lines(self, wave: str) -> Iterator[Problem]:
        """One answer throughout, on a form that also asks the other way round."""
        codes = self.responses.codes[wave]
        turned = self.towards_better < 0
        if not turned.any() or turned.all():
            return
        answered = Missing.is_answer(codes)
        lowest = np.where(answered, codes, np.iinfo(np.int16).max).min(axis=1)
        highest = np.where(answered, codes, np.iinfo(np.int16).min).max(axis=1)
        both_ways = answered[:, turned].any(axis=1) & answered[:, ~turned].any(axis=1)
        straight = (answered.sum(axis=1) >= ENOUGH_ITEMS) & (lowest == highest) & both_ways
        for person in np.flatnonzero(straight).tolist():
            details = {"count": str(int(answered[person].sum())), "wave": wave.upper()}
            yield Problem("R-031", self._place(person, wave), str(int(lowest[person])), details)

    def _both(self, earlier: str, later: str) -> tuple[CodeArray, CodeArray, BoolArray]:
        one, other = self.responses.codes[earlier], self.responses.codes[later]
        return one, other, Missing.is_answer(one) & Missing.is_answer(other)

    def _same_at_both(self, earlier: str, later: str) -> Iterator[Problem]:
        one, other, both = self._both(earlier, later)
        same = ((one == other) | ~both).all(axis=1) & both.any(axis=1)
        for person in np.flatnonzero(same).tolist():
            yield Problem(
                "R-030", self._place(person, later), details={"earlier": earlier.upper(), "later": later.upper()}
            )

    def _better_by(self, earlier: str, later: str) -> tuple[npt.NDArray[np.int32], BoolArray]:
        """Change of each answer towards the better, and where there is one, shape (n, k)."""
        one, other, both = self._both(earlier, later)
        directed = both & (self.towards_better != 0)
        change = (other.astype(np.int32) - one) * self.towards_better.astype(np.int32)
        change[~directed] = 0
        return change, directed

    def _same_step(
        self, earlier: str, later: str, change: npt.NDArray[np.int32], directed: BoolArray
    ) -> Iterator[Problem]:
        """Every answer better by as many steps."""
        step = change.max(axis=1, initial=0)
        same = ((change == step[:, None]) | ~directed).all(axis=1)
        same &= (step > 0) & (directed.sum(axis=1) >= ENOUGH_ITEMS)
        for person in np.flatnonzero(same).tolist():
            details = {"earlier": earlier.upper(), "later": later.upper()}
            yield Problem("R-032", self._place(person, later), str(int(step[person])), details)

    def _worse(self, earlier: str, later: str, change: npt.NDArray[np.int32]) -> Iterator[Problem]:
        """Groups in which people got worse where the others got better: columns may be swapped there."""
        total = change.sum(axis=1)
        changed, worse = total != 0, total < 0
        if not changed.any():
            return
        named = {"earlier": earlier.upper(), "later": later.upper()}
        total_worse, total_changed = int(worse.sum()), int(changed.sum())
        whole = wilson(total_worse, total_changed)
        if whole.low > 0.5:
            yield Problem(
                "R-034", Place(self._file_of(later)), details=named | _numbers(total_worse, total_changed, whole)
            )
            return
        for name, grouping in self.responses.groups.items():
            count = len(grouping.labels)
            worse_by, changed_by = (
                np.bincount(grouping.position[people], minlength=count).tolist() for people in (worse, changed)
            )
            for label, *here in zip(grouping.labels, worse_by, changed_by, strict=True):
                rest = (total_worse - here[0], total_changed - here[1])
                yield from self._worse_group(name, label, (here[0], here[1]), rest, named)

    def _worse_group(
        self, name: str, label: str, here: tuple[int, int], rest: tuple[int, int], named: Mapping[str, str]
    ) -> Iterator[Problem]:
        """here, rest: people who got worse, and people who changed, in this group and in all others."""
        if not here[1] or not rest[1] or 2 * here[0] <= here[1]:
            return
        share, others = wilson(*here), wilson(*rest)
        if share.low > 0.5 and share.low > others.high:
            details = {**named, **_numbers(*here, share), "group": name, "others": _percent(others.value)}
            yield Problem("R-033", Place(self.responses.files[0].file), label, details)

    def _same_forms(self) -> Iterator[Problem]:
        """Forms of two respondents with every answer alike, unless all their answers are one and the same."""
        prints, telling = _fingerprints(self.responses)
        marks, first, count = np.unique(prints[telling], return_index=True, return_counts=True)
        people = np.flatnonzero(telling)
        for mark, known in zip(marks[count > 1], people[first[count > 1]].tolist(), strict=True):
            there = self._place(known, self.waves[0])
            for person in people[prints[people] == mark].tolist():
                if person != known and all((m[known] == m[person]).all() for m in self.responses.codes.values()):
                    yield Problem("R-035", self._place(person, self.waves[0]), details={"first": str(there.row)})

    def _ceiling(self) -> Iterator[Problem]:
        earlier = self.waves[0]
        for construct in self.instrument.constructs:
            if construct.items and (counts := self._at_best(construct, earlier)) is not None:
                at_best, of = counts
                share = wilson(at_best, of)
                if share.value >= CEILING and at_best > 1:
                    details = {"count": str(at_best), "of": str(of), "earlier": earlier.upper(), **_interval(share)}
                    yield Problem("R-037", Place(self._file_of(earlier)), construct.id, details)

    def _few_answers(self) -> Iterator[Problem]:
        """Only three answers in use where more are offered: perhaps a form with three was handed out."""
        for own in on_each_scale(self.responses):
            if (found := only_the_lowest(own)) is not None:
                offered = sorted(own.scale.codes)
                details = {"count": str(found[0]), "people": str(found[1]), "wave": own.wave.upper()}
                details |= {"highest": str(offered[2]), "offered": ", ".join(map(str, offered))}
                yield Problem("R-047", Place(self._file_of(own.wave)), own.scale.id, details)

    def _at_best(self, construct: Construct, wave: str) -> tuple[int, int] | None:
        column = {item.id: k for k, item in enumerate(self.instrument.rated_items)}
        own = [column[item] for item in construct.items if item in column]
        codes = self.responses.codes[wave][:, own]
        complete = Missing.is_answer(codes).all(axis=1)
        best = [np.isin(codes[complete, i], self._best_codes(k)) for i, k in enumerate(own)]
        of = int(complete.sum())
        return (int(np.all(best, axis=0).sum()), of) if of else None

    def _best_codes(self, k: int) -> list[int]:
        """The answers of an item that nobody can improve on."""
        scale = self.instrument.scale_of(self.instrument.rated_items[k])
        best = scale.highest if self.towards_better[k] > 0 else scale.lowest
        return [answer.code for answer in scale.answers if answer.counts == best]


def _fingerprints(responses: Responses) -> tuple[npt.NDArray[np.int64], BoolArray]:
    """A number of each person that is the same for the same answers, and whether the answers say enough to compare."""
    random = np.random.default_rng(20160501)
    prints = np.zeros(len(responses), dtype=np.int64)
    answered = np.zeros(len(responses), dtype=np.int64)
    varied = np.zeros(len(responses), dtype=bool)
    for codes in responses.codes.values():
        weights = random.integers(-(2**40), 2**40, size=codes.shape[1], dtype=np.int64)
        prints = prints * 3 + codes.astype(np.int64) @ weights
        is_answer = Missing.is_answer(codes)
        answered += is_answer.sum(axis=1)
        highest = np.where(is_answer, codes, np.iinfo(np.int16).min).max(axis=1)
        lowest = np.where(is_answer, codes, np.iinfo(np.int16).max).min(axis=1)
        varied |= (highest > lowest) & is_answer.any(axis=1)
    return prints, (answered >= ENOUGH_FOR_DUPLICATES) & varied


def _copies(earlier: Responses, later: Responses) -> Iterator[Problem]:
    if set(earlier.codes) != set(later.codes) or not len(later):
        return
    one, telling_one = _fingerprints(earlier)
    other, telling_other = _fingerprints(later)
    known = set(one[telling_one].tolist())
    copies = sum(1 for mark in other[telling_other].tolist() if mark in known)
    of = int(telling_other.sum())
    if of and copies > 2 and copies / of > MANY_COPIES:
        yield Problem("R-042", Place(later.files[0].file), earlier.file, {"count": str(copies), "of": str(of)})


def _numbers(worse: int, changed: int, share: Estimate) -> dict[str, str]:
    return {"worse": str(worse), "count": str(changed), **_interval(share)}


def _interval(share: Estimate) -> dict[str, str]:
    return {"share": _percent(share.value), "low": _percent(share.low), "high": _percent(share.high)}


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
