"""Which column is which item and wave. Decided from names alone; the order of columns is never evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from mande.errors import DataProblems, Place, Problem, nearest
from mande.model import Instrument, ItemKind
from mande.responses.column_names import AnswerColumn, ColumnNames, Layout
from mande.responses.headings import Claim, Headings, How
from mande.responses.own_forms import own_head
from mande.responses.showing import shown_heading, some
from mande.responses.table import Table
from mande.responses.text import folded, name_tokens, shortened, whole_number
from mande.responses.unfound import Unfound
from mande.responses.waves import WaveWords

__all__ = ["Claims", "claims_of", "lay_out", "refuse_second_header"]

_RECOGNISED = 0.25
"""With a smaller share of the columns found, one message about the whole file says more than one for each item."""

_AGE_WORDS = frozenset(
    map(
        folded,
        (*("age", "your age", "age in years", "your age in years", "age (years)", "how old are you"),
         *("возраст", "ваш возраст", "возраст (лет)", "возраст, лет", "возраст (полных лет)", "полных лет"),
         *("ваш возраст (лет)", "ваш возраст (полных лет)", "сколько вам лет", "сколько вам полных лет"),
         *("yosh", "yoshi", "yoshingiz", "ёш", "ёши", "ёшингиз", "син", "жас", "жасы", "жашы", "ýaşy")),
    )
)  # fmt: skip


def lay_out(table: Table, instrument: Instrument, names: ColumnNames) -> Layout:
    """Match header and instrument. Raises DataProblems with every column that is missing, unclear or unknown."""
    return _Work(table, instrument, names).layout()


class Claims(NamedTuple):
    """What the headings of a table say. waves: those of answer columns, "" alone where a column says a row's wave."""

    claims: list[Claim]
    waves: tuple[str, ...]
    words: WaveWords


def claims_of(table: Table, instrument: Instrument, names: ColumnNames) -> Claims:
    """What every heading of the table says, for a proposal of a layout."""
    work = _Work(table, instrument, names)
    return Claims(work.claims, work.keys(), work.words)


def refuse_second_header(table: Table, instrument: Instrument, names: ColumnNames) -> None:
    """Raises DataProblems if item and wave stand in two rows, one below the other."""
    _Work(table, instrument, names).refuse_second_header()


class _Work:
    """One file's headings, what they say, and what is wrong with them."""

    def __init__(self, table: Table, instrument: Instrument, names: ColumnNames) -> None:
        self.own = own_head(table, instrument, names)
        self.table, self.instrument, self.names = table, instrument, self.own.names
        self.problems: list[Problem] = []
        self.told: list[Problem] = []
        self.wave_column = self._wave_column()
        self.waves, others = self._waves()
        self.words = WaveWords(self.waves, others, names.waves)
        self.headings = Headings.of(instrument, self.words)
        self.claims = [claim for column in range(len(table.header)) for claim in self._claims(column)]
        self._counts = Counter(name for name in table.header if name)

    def layout(self) -> Layout:
        named = self._named_columns()
        found = self._found(named)
        if any(problem.code in ("R-004", "R-010", "R-062") for problem in self.problems):
            self.refuse_second_header()
        self._refuse_if_little_was_found(found)
        extra = self._extra({column.column for column in found.values()})
        layout = Layout(
            found=found,
            waves=self.waves,
            id=self._named(self.names.id),
            family=self._named(self.names.family),
            groups=self._named_ones(self.names.groups),
            unused=(),
            words=self.words,
            wave_column=self.wave_column,
            code=tuple(column for name in self.names.code if (column := self._named(name)) is not None),
            age=self._age({column.column for column in found.values()}),
            open_answers=self._named_ones(self.names.open_answers),
            themes=self._named_ones(self.names.themes),
            extra=extra,
            wave_values=self.names.wave_values or {},
            labels=self.own.labels,
        )
        if self.problems:
            raise DataProblems(list({str(problem): problem for problem in self.problems}.values()))
        return self._finished(layout)

    def _finished(self, layout: Layout) -> Layout:
        unused = tuple(self.table.name_of(c) for c in range(len(self.table.header)) if c not in layout.used)
        joined = {self.table.name_of(column) for own in layout.found.values() for column in own.also}
        twice = sorted(name for name, count in self._counts.items() if count > 1 and name not in joined)
        problems = tuple(self._problem_of("R-051", name, count=str(self._counts[name])) for name in twice)
        return replace(layout, unused=unused, problems=(*self.own.problems, *self.told, *problems))

    def _wave_column(self) -> int | None:
        """The column that says a row's wave: the named one, or REDCap's, if the file is to hold several waves."""
        if self.names.wave_column is not None:
            return self._named(self.names.wave_column)
        if self.names.wave is not None or self.names.columns or self.names.waves:
            return None
        events = [i for i, name in enumerate(self.table.header) if name.strip() == "redcap_event_name"]
        several = len(self.instrument.waves) + len(self.names.other_waves) > 1
        return events[0] if len(events) == 1 and several else None

    def _waves(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Waves that the headings may say, and those of other files."""
        own = self.instrument.waves
        if self.names.wave is not None:
            return (self.names.wave,), tuple(w for w in (*own, *self.names.other_waves) if w != self.names.wave)
        if self.wave_column is not None:
            waves = tuple(self.names.wave_values or ()) or (own if len(own) > 1 else self.names.other_waves)
            return tuple(waves), ()
        compared = bool(self.instrument.constructs)  # what has no score is described, once
        asked_once = compared and len(own) == 1 and own[0] not in self.names.other_waves
        if asked_once and len(self.names.other_waves) > 1:
            return self.names.other_waves, ()
        return own, ()

    def _claims(self, column: int) -> list[Claim]:
        own = self.headings.claims(column, self.table.header[column])
        label = self.table.label_of(column)
        return own or (self.headings.claims(column, label) if label else [])

    def _named_columns(self) -> dict[tuple[str, str], AnswerColumn]:
        """Answer columns that the evaluator names by `item_wave`, or by the item alone where there is one wave."""
        keys = {f"{item.id}_{wave}": (item.id, wave) for item in self.instrument.items for wave in self.keys()}
        if len(self.keys()) == 1:
            keys |= {item.id: (item.id, self.keys()[0]) for item in self.instrument.items}
        found = {}
        for name, heading in (self.names.columns or {}).items():
            if name not in keys:
                near = nearest(name, sorted(keys))
                self._say("R-017", name, hint=f"Did you mean {' or '.join(near)}?" if near else "Use item_wave.")
            elif (column := self._named(heading)) is not None:
                found[keys[name]] = AnswerColumn(*keys[name], column, How.NAMED, "named")
        return found

    def keys(self) -> tuple[str, ...]:
        """The waves of answer columns: a long file has one column for all of them."""
        return ("",) if self.wave_column is not None else self.waves

    def _found(self, named: Mapping[tuple[str, str], AnswerColumn]) -> dict[tuple[str, str], AnswerColumn]:
        taken = {column.column for column in named.values()}
        rated = {item.id for item in self.instrument.rated_items}
        claims = [claim for claim in self.claims if claim.column not in taken and claim.item in rated]
        claims = self._without_two_items(claims, rated)
        found: dict[tuple[str, str], AnswerColumn] = {}
        self.lacking: list[tuple[str, str]] = []
        self.silent: dict[int, tuple[Claim, list[str]]] = {}
        for item in self.instrument.rated_items:
            own = [claim for claim in claims if claim.item == item.id]
            for wave in self.keys():
                key = (item.id, wave)
                column = named.get(key) or self._choose(key, self._speak_of(wave, own), own)
                if column is not None:
                    found[key] = column
        self._say_what_is_unfound()
        return found

    def _speak_of(self, wave: str, claims: Iterable[Claim]) -> list[Claim]:
        if len(self.keys()) == 1:
            return [claim for claim in claims if claim.wave in (None, wave) or not wave]
        return [claim for claim in claims if claim.wave == wave]

    def _without_two_items(self, claims: list[Claim], rated: set[str]) -> list[Claim]:
        """A column that names two items is nobody's; it is refused if one of them has no better column."""
        by_column: dict[int, list[Claim]] = {}
        for claim in claims:
            by_column.setdefault(claim.column, []).append(claim)
        single = [own[0] for own in by_column.values() if len(own) == 1]
        served = {(claim.item, claim.wave) for claim in single}
        for own in by_column.values():
            if len(own) > 1 and not all((claim.item, claim.wave) in served for claim in own):
                wave = own[0].wave or (self.waves[0] if self.waves else "")
                heading = self.table.name_of(own[0].column)
                self.problems.append(
                    Problem(
                        "R-012",
                        Place(self.table.file, column=heading),
                        shortened(heading),
                        {"first": own[0].item, "second": own[1].item, "wave": wave},
                    )
                )
        return single

    def _choose(self, key: tuple[str, str], candidates: list[Claim], own: list[Claim]) -> AnswerColumn | None:
        """The plainest candidate; empty columns never compete with filled ones."""
        if len(candidates) > 1:
            filled = [claim for claim in candidates if not self.table.is_blank(claim.column)]
            candidates = filled or candidates[:1]
        exact = [claim for claim in candidates if claim.how > How.WORDS_AFTER] or candidates
        if len(exact) == 1:
            claim = exact[0]
            return AnswerColumn(*key, claim.column, claim.how, claim.by, claim.language)
        if not exact:
            self._take_unfound(key, own)
            return None
        return self._of_versions(key, exact)

    def _of_versions(self, key: tuple[str, str], candidates: Sequence[Claim]) -> AnswerColumn | None:
        """One question in a column for each version of the form, if no row is filled in two of them."""
        first, *others = candidates
        columns = [claim.column for claim in candidates]
        headings = [self.table.name_of(column) for column in columns]
        value = " and ".join(f'"{shortened(name)}"' for name in headings)
        twice = self.table.filled_twice(columns)
        if not twice:
            self.told.append(self._problem_of("R-066", value, item=key[0], wave=key[1] or "every wave"))
            also = tuple(claim.column for claim in others)
            return AnswerColumn(*key, first.column, first.how, first.by, first.language, also)
        if len(set(headings)) == 1:
            self._say("R-004", headings[0], count=str(len(headings)))
        else:
            why = f"; {twice} row{' is' if twice == 1 else 's are'} filled in both"
            self._say("R-013", value, item=key[0], wave=key[1] or "every wave", why=why)
        return None

    def _take_unfound(self, key: tuple[str, str], own: Sequence[Claim]) -> None:
        """Note a column that is not found; what is to be said of all of them is said once."""
        silent = [claim for claim in own if claim.wave is None]
        if not silent or len(self.keys()) < 2:
            self.lacking.append(key)
        elif any(claim.dual for claim in silent):
            value = ", ".join(shortened(self.table.name_of(claim.column), 40) for claim in silent[:2])
            earlier, later = self.waves[0], self.waves[-1]
            self._say("R-058", value, waves=" or ".join(self.waves), earlier=earlier, later=later)
        else:
            for claim in silent:
                self.silent.setdefault(claim.column, (claim, []))[1].append(key[1])

    def _say_what_is_unfound(self) -> None:
        unfound = Unfound(self.table, self.instrument, self.words, self.waves, self.names.other_waves)
        if self.lacking:
            taken = {claim.column for claim in self.claims}
            free = [name for i, name in enumerate(self.table.header) if name and i not in taken]
            self.problems.append(unfound.no_column(self.lacking, list(dict.fromkeys(free))))
        if self.silent:
            rated = {item.id for item in self.instrument.rated_items}
            others_say = any(claim.wave is not None and claim.item in rated for claim in self.claims)
            self.problems.append(unfound.no_wave(list(self.silent.values()), others_say=others_say))

    def _refuse_if_little_was_found(self, found: Mapping[tuple[str, str], AnswerColumn]) -> None:
        wanted = len(self.instrument.rated_items) * len(self.keys())
        if len(found) >= _RECOGNISED * wanted or len(self.lacking) <= 1:
            return
        there, hint = self._what_is_there()
        details = {
            "found": str(len(found)),
            "wanted": str(wanted),
            "instrument": self.instrument.id,
            "what_is_there": there,
            "hint": hint,
        }
        others = [problem for problem in self.problems if problem.code != "R-010"]
        raise DataProblems([Problem("R-009", Place(self.table.file), details=details), *others])

    def _what_is_there(self) -> tuple[str, str]:
        """The headings, and what to do; not of a file without a header, whose first row is a person's form."""
        named = [name for name in self.table.header if name]
        if 2 * sum(1 for name in named if self._is_answer(name)) >= len(named):
            return "The first row holds answers, no headings.", "Put a row of headings above it."
        return f"The columns are: {self._headings()}.", "Is this the right file for the instrument?"

    def _headings(self) -> str:
        return some([shown_heading(name) for name in self.table.header if name])

    def _is_answer(self, text: str) -> bool:
        labels = (
            label
            for scale in self.instrument.answer_scales.values()
            for a in scale.answers
            for label in a.label.values()
        )
        return whole_number(text) is not None or folded(text) in map(folded, labels)

    def refuse_second_header(self) -> None:
        """Refuse a header in two rows: waves alone above the items, or items (or waves) in the first row below."""
        titles = [line for p in self.table.problems if p.code == "R-052" for line in p.details["titles"].splitlines()]
        above = [*titles, *(name for name in self.table.header if name)]
        waves_alone = {self.words.only_wave_in(name_tokens(text)) for text in above if self._is_wave_alone(text)}
        title_says_wave = any(self.words.said_in(name_tokens(title)) for title in titles)
        first = [self.table.distinct(c)[0][:1] for c in range(len(self.table.header))] if len(self.table) else []
        texts = [cells[0] for cells in first if cells and cells[0].strip()]
        speaking = [text for text in texts if self.headings.claims(0, text) or self._is_wave_alone(text)]
        if len(waves_alone - {None}) > 1 or title_says_wave or len(speaking) * 2 >= len(self.instrument.rated_items):
            row = int(self.table.row[0]) - (1 if title_says_wave else 0) if len(self.table) else 2
            heading = (speaking or [name for name in self.table.header if name])[0]
            raise DataProblems([Problem("R-008", Place(self.table.file), shortened(heading, 40), {"row": str(row)})])

    def _is_wave_alone(self, text: str) -> bool:
        words = name_tokens(text)
        return bool(words) and self.words.are_all_said(words)

    def _extra(self, taken: set[int]) -> dict[tuple[str, str], int]:
        """Columns of items that are not rated, where exactly one column says so."""
        extra: dict[tuple[str, str], int] = {}
        kinds = {item.id: item.kind for item in self.instrument.items}
        for key in {(claim.item, claim.wave or "") for claim in self.claims}:
            own = [
                claim for claim in self.claims if (claim.item, claim.wave or "") == key and claim.column not in taken
            ]
            plain = [claim for claim in own if claim.how > How.WORDS_AFTER]
            if kinds[key[0]] is not ItemKind.RATING and len(plain) == 1:
                extra[key] = plain[0].column
        return extra

    def _age(self, taken: set[int]) -> int | None:
        """The named column, else the one whose heading is the word for age."""
        if self.names.age is not None:
            return self._named(self.names.age)
        found = [i for i, name in enumerate(self.table.header) if folded(name) in _AGE_WORDS and i not in taken]
        return found[0] if len(found) == 1 else None

    def _named_ones(self, names: Mapping[str, str] | None) -> dict[str, int]:
        return {key: column for key, name in (names or {}).items() if (column := self._named(name)) is not None}

    def _named(self, name: str | None) -> int | None:
        """The column that the evaluator names; a problem if there is none, or more than one."""
        if name is None:
            return None
        exact = [i for i, heading in enumerate(self.table.header) if heading == name.strip()]
        alike = exact or [i for i, h in enumerate(self.table.header) if name_tokens(h) == name_tokens(name) and h]
        if not alike:
            near = nearest(name, [heading for heading in self.table.header if heading]) or self._ending_with(name)
            shown = " or ".join(f'"{shortened(heading)}"' for heading in near)
            self._say("R-011", name, hint=f"Did you mean {shown}?" if near else f"The columns are: {self._headings()}.")
        if len(alike) > 1:
            self._say("R-004", name, count=str(len(alike)))
        return alike[0] if alike else None

    def _ending_with(self, name: str) -> list[str]:
        """Headings that end with these words, as those of a form's groups do: "intro/code" of "code"."""
        words = name_tokens(name)
        return [heading for heading in self.table.header if words and name_tokens(heading)[-len(words) :] == words]

    def _say(self, code: str, value: str, **details: str) -> None:
        problem = self._problem_of(code, value, **details)
        if str(problem) not in {str(other) for other in self.problems if other.code == code}:
            self.problems.append(problem)

    def _problem_of(self, code: str, value: str, **details: str) -> Problem:
        return Problem(code, Place(self.table.file), value, details)
