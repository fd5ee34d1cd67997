"""The forms of one respondent group, from one file or several, become one `Responses`: a row a person, all waves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mande.errors import DataProblems, Place, Problem
from mande.responses.choices import Choices
from mande.responses.forms import Forms
from mande.responses.matching import Keys, Match, match
from mande.responses.missing import CodeArray, Missing
from mande.responses.pseudonyms import pseudonyms
from mande.responses.result import Grouping, LinkReport, OpenAnswer, Responses
from mande.responses.row_checks import rounded
from mande.responses.text import folded
from mande.stats.counts import IntArray

__all__ = ["families_in_common", "link"]


@dataclass(frozen=True, slots=True)
class _WaveForms:
    """The used rows of a file that speak of one wave, or of all its waves at once (wave is then "")."""

    forms: Forms
    wave: str
    position: IntArray

    def __len__(self) -> int:
        return len(self.position)

    @property
    def keys(self) -> Keys:
        at = self.position.tolist()
        return Keys([self.forms.ids[i] for i in at], [self.forms.code_parts[i] for i in at])


def link(sources: Sequence[Forms], key: bytes) -> tuple[Responses, ...]:
    """Bring together what belongs together. key: for pseudonyms.

    Files that hold every wave stay apart, one Responses each, but a person already seen in an earlier file is set
    aside. Files of one wave each, and long files, of one instrument become one Responses.
    Raises DataProblems if forms of several waves have nothing that says who is who.
    """
    sources = _without_people_seen_before(sources)
    done: list[Responses] = []
    by_instrument: dict[tuple[str, str], list[Forms]] = {}
    for forms in sources:
        if _is_whole(forms):
            done.append(_responses([_WaveForms(forms, "", np.flatnonzero(forms.used))], key))
        else:
            by_instrument.setdefault((forms.instrument.respondent, forms.instrument.id), []).append(forms)
    done += [_linked(group, key) for group in by_instrument.values()]
    return tuple(done)


def families_in_common(one: Responses, other: Responses) -> tuple[int, int, int] | None:
    """Families with forms of both respondent groups, of the first only, of the other only; None if not recorded."""
    if one.family is None or other.family is None:
        return None
    first, second = set(filter(None, one.family)), set(filter(None, other.family))
    return len(first & second), len(first - second), len(second - first)


def _is_whole(forms: Forms) -> bool:
    """Whether each row holds all waves of its person."""
    return forms.wave_of is None and set(forms.waves) == set(forms.instrument.waves)


def _without_people_seen_before(sources: Sequence[Forms]) -> list[Forms]:
    if len(sources) < 2:
        return list(sources)
    seen: dict[tuple[str, str, str], str] = {}
    kept = []
    for forms in sources:
        found: dict[int, Problem] = {}
        own: dict[tuple[str, str, str], str] = {}
        waves = _waves_of_rows(forms)
        for i in np.flatnonzero(forms.used).tolist():
            person = (forms.instrument.id, waves[i], forms.ids[i])
            if not forms.ids[i] or rounded(forms.ids[i]):
                continue
            if person in seen:
                found[i] = Problem("R-020", forms.place(i), details={"first": seen[person]})
            else:
                own[person] = f"row {int(forms.table.row[i])} of {forms.table.file}"
        kept.append(forms.without(found))
        seen |= own
    return kept


def _waves_of_rows(forms: Forms) -> list[str]:
    if forms.wave_of is not None:
        return [forms.waves[wave] for wave in forms.wave_of.tolist()]
    return ["" if _is_whole(forms) else forms.waves[0]] * len(forms)


def _linked(sources: Sequence[Forms], key: bytes) -> Responses:
    waves = list(dict.fromkeys(wave for forms in sources for wave in forms.waves))
    parts = [part for wave in waves for part in _of_wave(sources, wave)]
    if len(waves) > 1 and not all(forms.layout.id is not None or forms.layout.code for forms in sources):
        file = next(f.table.file for f in sources if f.layout.id is None and not f.layout.code)
        raise DataProblems([Problem("L-001", Place(file), details={"waves": " and ".join(waves)})])
    return _responses(parts, key)


def _of_wave(sources: Sequence[Forms], wave: str) -> Iterator[_WaveForms]:
    """The forms of a wave, file by file."""
    for forms in sources:
        if wave in forms.waves:
            rows, _ = forms.codes_of(wave)
            yield _WaveForms(forms, wave, np.flatnonzero(rows))


@dataclass(frozen=True, slots=True)
class _People:
    """People and the forms they have: by wave, part and position in the part, −1 where there is none, shape (n, 2)."""

    keys: Sequence[tuple[str, tuple[str, ...]]]
    forms: Mapping[str, IntArray]


def _responses(parts: Sequence[_WaveForms], key: bytes) -> Responses:
    people, report, noticed = _people(parts)
    instrument = parts[0].forms.instrument
    waves = [wave for part in parts for wave in ([part.wave] if part.wave else part.forms.waves)]
    taken = _Taken(parts, people)
    files = {id(part.forms): part.forms for part in parts}
    reads = [
        forms.noticing([p for p in noticed if p.place.file == forms.table.file]).file_read() for forms in files.values()
    ]
    rows = {wave: taken.rows(wave) for wave in dict.fromkeys(waves)}
    first_row = np.zeros(len(people.keys), dtype=np.int64)
    for wave_rows in reversed(rows.values()):
        first_row = np.where(wave_rows > 0, wave_rows, first_row)
    return Responses(
        instrument=instrument,
        codes={wave: taken.codes(wave) for wave in rows},
        respondent=pseudonyms(taken.identities(), key),
        family=taken.families(key),
        row=first_row,
        rows=rows,
        groups=taken.groups(),
        files=tuple(reads),
        problems=tuple(problem for read in reads for problem in read.problems),
        choices=_choices(parts),
        open_answers=tuple(_open_answers(parts)),
        themes=_themes(parts),
        links=report,
    )


def _people(parts: Sequence[_WaveForms]) -> tuple[_People, LinkReport | None, list[Problem]]:
    """Go through the waves in their order and find for each form the person it belongs to, or a new one."""
    waves = list(dict.fromkeys(part.wave for part in parts))
    if len(parts) == 1:
        keys, position = parts[0].keys, np.arange(len(parts[0]), dtype=np.int64)
        forms = np.column_stack([np.zeros_like(position), position])
        return _People(list(zip(keys.ids, keys.parts, strict=True)), {waves[0]: forms}), None, []
    return _people_of_several_parts(parts, waves)


_NOBODY = (-1, -1)


def _people_of_several_parts(
    parts: Sequence[_WaveForms], waves: Sequence[str]
) -> tuple[_People, LinkReport | None, list[Problem]]:
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
    people = _People(known, {wave: np.array(own, dtype=np.int64).reshape(-1, 2) for wave, own in forms.items()})
    if len(waves) < 2:
        return people, None, noticed
    report = _report(parts, people, waves, counts, ambiguous)
    noticed += _unmatched(parts, report)
    return people, report, noticed


def _joined(keys: Iterable[Keys]) -> Keys:
    ids: list[str] = []
    parts: list[tuple[str, ...]] = []
    for own in keys:
        ids += own.ids
        parts += own.parts
    return Keys(ids, parts)


def _report(
    parts: Sequence[_WaveForms],
    people: _People,
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
    parts: Sequence[_WaveForms],
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


def _unmatched(parts: Sequence[_WaveForms], report: LinkReport) -> Iterator[Problem]:
    for wave, count in report.unmatched.items():
        if count:
            file = next(part.forms.table.file for part in parts if part.wave == wave)
            details = {"count": str(count), "of": str(report.forms[wave]), "wave": wave}
            yield Problem("L-005", Place(file), details=details)


@dataclass(frozen=True, slots=True)
class _Taken:
    """Takes the rows of the parts into the order of people."""

    parts: Sequence[_WaveForms]
    people: _People

    def _by_part(self, wave: str) -> Iterator[tuple[_WaveForms, np.ndarray, np.ndarray]]:
        """Each part with a form of the wave: the people it serves, and their positions among the rows of its table."""
        forms = self.people.forms[wave if wave in self.people.forms else ""]
        for p, part in enumerate(self.parts):
            people = np.flatnonzero(forms[:, 0] == p)
            if len(people):
                yield part, people, part.position[forms[people, 1]]

    def codes(self, wave: str) -> CodeArray:
        items = len(self.parts[0].forms.instrument.rated_items)
        codes = np.full((len(self.people.keys), items), Missing.NO_FORM, dtype=np.int16, order="F")
        for part, people, rows in self._by_part(wave):
            codes[people] = part.forms.codes_of(wave)[1][rows]
        return codes

    def rows(self, wave: str) -> IntArray:
        rows = np.zeros(len(self.people.keys), dtype=np.int64)
        for part, people, positions in self._by_part(wave):
            rows[people] = part.forms.table.row[positions]
        return rows

    def identities(self) -> list[str]:
        """A person without a code is a person of its own, known by file and row."""
        out = []
        for number, (code, parts) in enumerate(self.people.keys):
            out.append(
                code or ("\n".join(parts) if all(parts) and parts else f"{self.parts[0].forms.table.file}\n{number}")
            )
        return out

    def texts(self, of: str, name: str = "") -> list[str]:
        """A text of each person, from the first of their forms that has one."""
        texts = [""] * len(self.people.keys)
        for wave in reversed(list(self.people.forms)):
            for part, people, rows in self._by_part(wave):
                own = part.forms.families if of == "family" else part.forms.groups.get(name, ())
                if own:
                    for person, row in zip(people.tolist(), rows.tolist(), strict=True):
                        texts[person] = own[row] or texts[person]
        return texts

    def families(self, key: bytes) -> tuple[str, ...] | None:
        if all(part.forms.layout.family is None for part in self.parts):
            return None
        texts = self.texts("family")
        return tuple(name if text else "" for name, text in zip(pseudonyms(texts, key), texts, strict=True))

    def groups(self) -> dict[str, Grouping]:
        names = dict.fromkeys(name for part in self.parts for name in part.forms.groups)
        return {name: _grouping(self.texts("group", name)) for name in names}


def _grouping(texts: Sequence[str]) -> Grouping:
    """One label for spellings that differ in case and spaces only: the most frequent of them."""
    spellings: dict[str, Counter[str]] = {}
    for text, count in Counter(texts).items():
        spellings.setdefault(folded(text), Counter())[text] += count
    label = {key: max(sorted(own), key=lambda text, own=own: own[text]) for key, own in spellings.items()}  # type: ignore[misc]
    labels = sorted(label.values())
    place = {key: labels.index(text) for key, text in label.items()}
    return Grouping(tuple(labels), np.array([place[folded(text)] for text in texts], dtype=np.int64))


def _choices(parts: Sequence[_WaveForms]) -> Mapping[str, Choices]:
    """Multiple choices of used rows, where one file has them."""
    if len({id(part.forms) for part in parts}) > 1:
        return {}
    forms, rows = parts[0].forms, parts[0].position
    return {name: Choices(own.codes, own.chosen[rows], own.answered[rows]) for name, own in forms.choices.items()}


def _open_answers(parts: Sequence[_WaveForms]) -> Iterator[OpenAnswer]:
    for part in parts:
        for question, texts in part.forms.open_answers.items():
            for i in part.position.tolist():
                if texts[i]:
                    yield OpenAnswer(part.forms.table.file, int(part.forms.table.row[i]), question, texts[i])


def _themes(parts: Sequence[_WaveForms]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {}
    for part in parts:
        for name, texts in part.forms.themes.items():
            own = counts.setdefault(name, Counter())
            for i in part.position.tolist():
                own.update({code for code in texts[i].replace(";", " ").replace(",", " ").split() if code})
    return {name: dict(sorted(own.items())) for name, own in counts.items()}
