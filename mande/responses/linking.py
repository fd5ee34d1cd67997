"""The forms of one respondent group, from one file or several, become one `Responses`: a row a person, all waves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mande.errors import DataProblems, Place, Problem
from mande.responses.forms import Forms
from mande.responses.matching import Keys, Match, match
from mande.responses.people import People, Taken, WaveForms
from mande.responses.pseudonyms import pseudonyms
from mande.responses.result import LinkReport, OpenAnswer, Responses
from mande.responses.row_checks import KEEP_ONE, rounded
from mande.responses.showing import some
from mande.stats.counts import IntArray

__all__ = [
    "Together",
    "brought_together",
    "families_in_common",
    "first_rows",
    "link",
    "unmatched",
    "without_people_seen_before",
]


def link(sources: Sequence[Forms], key: bytes) -> tuple[Responses, ...]:
    """Bring together what belongs together. key: for pseudonyms.

    Files that hold every wave stay apart, one Responses each, but a person already seen in an earlier file is set
    aside. Files of one wave each, and long files, of one instrument become one Responses; with them those that hold
    several waves, where another wave of the same people stands in a file of its own (a true pre-test).
    Raises DataProblems if forms of several waves have nothing that says who is who.
    """
    sources = without_people_seen_before(sources)
    done: list[Responses] = []
    by_instrument: dict[tuple[str, str], list[Forms]] = {}
    in_parts = {forms.instrument.id for forms in sources if not forms.is_whole}
    for forms in sources:
        if forms.is_whole and forms.instrument.id not in in_parts:
            done.append(_responses(_together([WaveForms(forms, "", np.flatnonzero(forms.used))]), key))
        else:
            by_instrument.setdefault((forms.instrument.respondent, forms.instrument.id), []).append(forms)
    done += [_responses(brought_together(group), key) for group in by_instrument.values()]
    return tuple(done)


@dataclass(frozen=True, slots=True)
class Together:
    """The forms of each person of one respondent group, and what is to be said of bringing them together."""

    taken: Taken
    report: LinkReport | None
    noticed: tuple[Problem, ...]

    @property
    def waves(self) -> tuple[str, ...]:
        own = (wave for part in self.taken.parts for wave in ([part.wave] if part.wave else part.forms.waves))
        return tuple(dict.fromkeys(own))

    @property
    def files(self) -> list[Forms]:
        """With what is to be said of each."""
        files = {id(part.forms): part.forms for part in self.taken.parts}
        return [
            forms.noticing([problem for problem in self.noticed if problem.place.file == forms.table.file])
            for forms in files.values()
        ]


def families_in_common(one: Responses, other: Responses) -> tuple[int, int, int] | None:
    """Families with forms of both respondent groups, of the first only, of the other only; None if not recorded."""
    if one.family is None or other.family is None:
        return None
    first, second = set(filter(None, one.family)), set(filter(None, other.family))
    return len(first & second), len(first - second), len(second - first)


def without_people_seen_before(sources: Sequence[Forms]) -> list[Forms]:
    """The files, without the forms of people whose form of that wave stands in an earlier file."""
    if len(sources) < 2:
        return list(sources)
    seen: dict[tuple[str, str, str], str] = {}
    kept = []
    for forms in sources:
        found: dict[int, Problem] = {}
        own: dict[tuple[str, str, str], str] = {}
        waves, ids = _waves_of_rows(forms), list(forms.ids)
        for i in np.flatnonzero(forms.used).tolist():
            person = (forms.instrument.id, waves[i], ids[i])
            if not ids[i] or rounded(ids[i]):
                continue
            if person in seen:
                found[i] = Problem("R-020", forms.place(i), details={"first": seen[person], "which": KEEP_ONE})
            else:
                own[person] = f"row {int(forms.table.row[i])} of {forms.table.file}"
        kept.append(forms.without(found))
        seen |= own
    return kept


def _waves_of_rows(forms: Forms) -> list[str]:
    if forms.wave_of is not None:
        return [forms.waves[wave] for wave in forms.wave_of.tolist()]
    return ["" if forms.is_whole else forms.waves[0]] * len(forms)


def brought_together(sources: Sequence[Forms]) -> Together:
    """Files of one instrument. Raises DataProblems if forms of several waves have nothing that says who is who."""
    in_parts_first = sorted(sources, key=lambda forms: forms.is_whole)
    waves = list(dict.fromkeys(wave for forms in in_parts_first for wave in forms.waves))
    parts = [part for wave in waves for part in _of_wave(sources, wave)]
    if len(waves) > 1 and not all(forms.layout.id is not None or forms.layout.code for forms in sources):
        file = next(f.table.file for f in sources if f.layout.id is None and not f.layout.code)
        raise DataProblems([Problem("L-001", Place(file), details={"waves": " and ".join(waves)})])
    return _together(parts)


def _together(parts: Sequence[WaveForms]) -> Together:
    people, report, noticed = _people(parts)
    return Together(Taken(parts, people), report, tuple(noticed))


def _of_wave(sources: Sequence[Forms], wave: str) -> Iterator[WaveForms]:
    """The forms of a wave, file by file."""
    for forms in sources:
        if wave in forms.waves:
            rows, _ = forms.codes_of(wave)
            yield WaveForms(forms, wave, np.flatnonzero(rows))


def _responses(together: Together, key: bytes) -> Responses:
    taken, parts = together.taken, together.taken.parts
    reads = [forms.file_read() for forms in together.files]
    rows = {wave: taken.rows(wave) for wave in together.waves}
    return Responses(
        instrument=parts[0].forms.instrument,
        codes={wave: taken.codes(wave) for wave in rows},
        respondent=pseudonyms(taken.identities(), key),
        family=taken.families(key),
        row=first_rows(rows, len(taken.people.keys)),
        rows=rows,
        groups=taken.groups(),
        files=tuple(reads),
        problems=tuple(problem for read in reads for problem in read.problems),
        choices=taken.choices(),
        open_answers=tuple(_open_answers(parts)),
        themes=_themes(parts),
        links=together.report,
        coded=taken.coded(),
    )


def first_rows(rows: dict[str, IntArray], people: int) -> IntArray:
    """Of each person the row of the first wave there is."""
    first = np.zeros(people, dtype=np.int64)
    for wave_rows in reversed(rows.values()):
        first = np.where(wave_rows > 0, wave_rows, first)
    return first


def _people(parts: Sequence[WaveForms]) -> tuple[People, LinkReport | None, list[Problem]]:
    """Go through the waves in their order and find for each form the person it belongs to, or a new one."""
    waves = list(dict.fromkeys(part.wave for part in parts))
    if len(parts) == 1:
        keys, position = parts[0].keys, np.arange(len(parts[0]), dtype=np.int64)
        forms = np.column_stack([np.zeros_like(position), position])
        return People(list(zip(keys.ids, keys.parts, strict=True)), {waves[0]: forms}), None, []
    return _people_of_several_parts(parts, waves)


_NOBODY = (-1, -1)


def _people_of_several_parts(
    parts: Sequence[WaveForms], waves: Sequence[str]
) -> tuple[People, LinkReport | None, list[Problem]]:
    known: list[tuple[str, tuple[str, ...]]] = []
    forms: dict[str, list[tuple[int, int]]] = {wave: [] for wave in waves}
    counts: Counter[str] = Counter()
    ambiguous: dict[str, int] = {}
    noticed: list[Problem] = []
    for wave in waves:
        own = [(p, j) for p, part in enumerate(parts) if part.wave == wave for j in range(len(part))]
        keys = _joined(part.keys for part in parts if part.wave == wave)
        before = Keys([code for code, _ in known], [code for _, code in known])
        found = match(before, keys) if known else Match()
        noticed += _said(parts, forms, own, found)
        counts.update(exact=len(found.exact), other=len(found.other_letters), tolerance=len(found.tolerance))
        if known:
            ambiguous[wave] = len(found.ambiguous)
        pairs = found.pairs
        for j, form in enumerate(own):
            person = pairs.get(j, len(known))
            if person == len(known):
                known.append((keys.ids[j], keys.parts[j]))
                for other in waves:
                    forms[other].append(_NOBODY)
            forms[wave][person] = form
    people = People(known, {wave: np.array(own, dtype=np.int64).reshape(-1, 2) for wave, own in forms.items()})
    if len(waves) < 2:
        return people, None, noticed
    report = _report(parts, people, waves, counts, ambiguous)
    alone = {wave: _alone(parts, people, wave) for wave in waves}
    noticed += unmatched(report, lambda wave: next(part.forms.table.file for part in parts if part.wave == wave), alone)
    return people, report, noticed


def _alone(parts: Sequence[WaveForms], people: People, wave: str) -> tuple[Place, ...]:
    """Where the forms of people stand who have none of another wave, file by file."""
    number = np.sum([own[:, 0] >= 0 for own in people.forms.values()], axis=0)
    own = people.forms[wave]
    found = sorted(map(tuple, own[(own[:, 0] >= 0) & (number == 1)].tolist()))
    return tuple(parts[p].forms.place(int(parts[p].position[j])) for p, j in found)


def _joined(keys: Iterable[Keys]) -> Keys:
    ids: list[str] = []
    parts: list[tuple[str, ...]] = []
    for own in keys:
        ids += own.ids
        parts += own.parts
    return Keys(ids, parts)


def _report(
    parts: Sequence[WaveForms],
    people: People,
    waves: Sequence[str],
    counts: Counter[str],
    ambiguous: Mapping[str, int],
) -> LinkReport:
    has = {wave: people.forms[wave][:, 0] >= 0 for wave in waves}
    number = np.sum(list(has.values()), axis=0)
    return LinkReport(
        respondent=parts[0].forms.instrument.respondent,
        waves=tuple(waves),
        forms={wave: int(has[wave].sum()) for wave in waves},
        people=len(people.keys),
        in_all_waves=int((number == len(waves)).sum()),
        exact=counts["exact"],
        other_letters=counts["other"],
        tolerance=counts["tolerance"],
        ambiguous=dict(ambiguous),
        unmatched={wave: int((has[wave] & (number == 1)).sum()) for wave in waves},
    )


def _said(
    parts: Sequence[WaveForms],
    forms: Mapping[str, list[tuple[int, int]]],
    own: Sequence[tuple[int, int]],
    found: Match,
) -> Iterator[Problem]:
    def place(form: tuple[int, int]) -> Place:
        part = parts[form[0]]
        return part.forms.place(int(part.position[form[1]]))

    def first_form(person: int) -> tuple[Place, str]:
        wave, form = next((wave, own[person]) for wave, own in forms.items() if own[person] != _NOBODY)
        return place(form), wave

    for code, pairs in (("L-003", found.tolerance), ("L-004", found.other_letters)):
        for j, person in pairs.items():
            there, _ = first_form(person)
            yield Problem(code, place(own[j]), details={"row": str(there.row), "file": there.file})
    for j, persons in found.ambiguous.items():
        places = [first_form(person) for person in persons]
        rows = ", ".join(str(there.row) for there, _ in places[:5]) + (" …" if len(places) > 5 else "")
        details = {"count": str(len(persons)), "wave": places[0][1], "rows": rows}
        yield Problem("L-002", place(own[j]), details=details)


def unmatched(
    report: LinkReport, file_of: Callable[[str], str], places: Mapping[str, tuple[Place, ...]] | None = None
) -> Iterator[Problem]:
    """People with forms of one wave only. file_of: the file of a wave. places: of those forms, if they are known.

    Of a code that was mistyped only the row is said: the code itself stays in the file.
    """
    for wave, count in report.unmatched.items():
        if count:
            own, file = (places or {}).get(wave, ()), file_of(wave)
            details = {"count": str(count), "of": str(report.forms[wave]), "wave": wave, "rows": _rows(own, file)}
            yield Problem("L-005", Place(file), details=details, places=own)


def _rows(places: Sequence[Place], file: str) -> str:
    """The first of these rows; those of a second file of the wave with its name.

    >>> _rows([Place("a.csv", 4), Place("a.csv", 7), Place("b.csv", 2)], "a.csv")
    'rows 4, 7, 2 of b.csv'
    """
    if not places:
        return "these forms"
    said = [str(place.row) if place.file == file else f"{place.row} of {place.file}" for place in places]
    return f"row{'s' * (len(said) > 1)} {some(said, 5)}"


def _each_row_once(parts: Sequence[WaveForms]) -> Iterator[WaveForms]:
    """The parts, but of a form that holds several waves only the first: its rows are the same in the others."""
    seen = set()
    for part in parts:
        if not part.forms.is_whole or id(part.forms) not in seen:
            seen.add(id(part.forms))
            yield part


def _open_answers(parts: Sequence[WaveForms]) -> Iterator[OpenAnswer]:
    for part in _each_row_once(parts):
        for question, cells in part.forms.open_answers.items():
            texts = list(cells)
            for i in part.position.tolist():
                if texts[i]:
                    yield OpenAnswer(part.forms.table.file, int(part.forms.table.row[i]), question, texts[i])


def _themes(parts: Sequence[WaveForms]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {}
    for part in _each_row_once(parts):
        for name, cells in part.forms.themes.items():
            own, texts = counts.setdefault(name, Counter()), list(cells)
            for i in part.position.tolist():
                own.update({code for code in texts[i].replace(";", " ").replace(",", " ").split() if code})
    return {name: dict(sorted(own.items())) for name, own in counts.items()}
