"""A proposal of the columns of an unknown file, for `mande map`: what was recognised, and guesses marked as such."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mande.model import Instrument
from mande.responses.column_names import ColumnNames
from mande.responses.headings import Claim, How
from mande.responses.layout import Claims, claims_of, refuse_second_header
from mande.responses.likeness import likeness
from mande.responses.readers import read_tables
from mande.responses.table import Table
from mande.responses.text import folded, name_tokens, shortened
from mande.responses.waves import WaveWords
from mande.toml_file import as_toml

__all__ = ["Proposal", "Proposed", "proposal_toml", "propose"]

_FEW_LABELS = 30
_CODES = {"code", "id", "respondent", "respondent code", "respondent id", "participant", "participant code", "код",
          "код респондента", "код участника", "шифр", "анкета", "номер анкеты", "код анкеты", "kod", "raqam",
          "anketa raqami", "record id", "studentcode"}  # fmt: skip
_GROUPS = {
    "school": {"school", "школа", "maktab", "мактаб", "мактаб рақами", "номер школы", "мектеп"},
    "sex": {"sex", "gender", "пол", "jinsi", "jins", "жинси", "жинс", "ҷинс", "жынысы"},
    "class": {"class", "grade", "класс", "sinf", "синф", "сынып"},
    "group": {"group", "группа", "guruh", "гуруҳ", "гурӯҳ", "топ"},
    "site": {"site", "place", "место", "площадка", "joy", "город", "city", "shahar"},
    "district": {"district", "район", "tuman", "туман", "ноҳия"},
    "region": {"region", "область", "регион", "viloyat", "вилоят"},
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A column for an item and wave. heading is "" if there is none; guess says why it is only one, "" if it is not."""

    key: str
    heading: str
    guess: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is proposed for one file. sheet: which of several tables was looked at, "" if there is only one.

    columns: one a rated item and wave. others: further keys that look likely, as TOML. left_over: other headings.
    """

    columns: Sequence[Proposal]
    sheet: str
    others: Mapping[str, str]
    left_over: Sequence[str]


def propose(path: str | Path, instrument: Instrument, names: ColumnNames) -> Proposed:
    """A proposal for each rated item and wave of a file.

    Raises DataProblems if nothing can be read, or if the header is in two rows, which no list of columns mends.
    """
    tables = read_tables(path)
    wanted = [table for table in tables if names.sheet in (None, table.part)] or tables
    best = max(
        wanted, key=lambda table: (len(claims_of(table, instrument, names).claims), len(table.header), len(table))
    )
    refuse_second_header(best, instrument, names)
    columns = list(_proposals(best, instrument, claims_of(best, instrument, names), names))
    taken = {proposal.heading for proposal in columns} | {name for name in _named(names) if name}
    free = [name for name in best.header if name and name not in taken]
    others = _other_keys(best, free, names)
    return Proposed(columns, best.part if len(tables) > 1 else "", others, free)


def proposal_toml(said: Mapping[str, object], proposed: Proposed) -> str:
    """The proposal as a piece of evaluation.toml. said: what that says of the source already, which stays."""
    lines = ["# In place of this file's [[source]]; look at every line that says GUESS.", "[[source]]"]
    lines += [f"{key} = {as_toml(value)}" for key, value in said.items() if key != "columns"]
    if proposed.sheet and "sheet" not in said:
        lines.append(f"sheet = {as_toml(proposed.sheet)}  # GUESS: most questions are found in it")
    lines += [f"# {key} = {value}  # GUESS: remove the first # if it is so" for key, value in proposed.others.items()]
    lines += ["", "[source.columns]"]
    for proposal in proposed.columns:
        line = f"{proposal.key} = {as_toml(proposal.heading)}"
        if not proposal.heading:
            lines.append(f"# {line}  # {proposal.guess}")
        else:
            lines.append(f"{line}  # GUESS, please check: {proposal.guess}" if proposal.guess else line)
    if proposed.left_over:
        lines += ["", "# Headings that are not used above:", *(f"#   {as_toml(name)}" for name in proposed.left_over)]
    return "\n".join(lines) + "\n"


def _named(names: ColumnNames) -> list[str | None]:
    """The headings that the evaluator has named, but for answers."""
    several = [names.groups, names.open_answers, names.themes]
    return [
        *(names.id, names.family, names.age, names.wave_column, *names.code),
        *(heading for own in several for heading in (own or {}).values()),
    ]


def _proposals(table: Table, instrument: Instrument, claims: Claims, names: ColumnNames) -> Iterator[Proposal]:
    """What is named, then what is recognised, then guesses: by likeness, and by the number of the question."""
    alone = len(claims.waves) == 1
    keys = {
        (item.id, wave): item.id if alone else f"{item.id}_{wave}"
        for wave in claims.waves
        for item in instrument.rated_items
    }
    named = names.columns or {}
    recognised = {
        key: (named[name], "") if name in named else _recognised(table, *key, claims.claims, alone=alone)
        for key, name in keys.items()
    }
    claimed = {claim.column for claim in claims.claims}
    used = {*named.values(), *(name for name in _named(names) if name)}
    free = [name for i, name in enumerate(table.header) if name and i not in claimed and name not in used]
    wanted = {
        key: [keys[key], *instrument.item_by_id[key[0]].text.values()] for key, own in recognised.items() if own is None
    }
    near = {**_by_number(wanted, free, claims), **_nearest_pairs(wanted, free, claims.words)}
    twice = {name for name, count in Counter(filter(None, table.header)).items() if count > 1}
    for key, name in keys.items():
        heading, guess = recognised[key] or near.get(key, ("", "no heading is like it"))
        if heading in twice:
            heading, guess = "", f"two columns are called {as_toml(shortened(heading))}: rename one in the file"
        yield Proposal(name, heading, guess)


def _recognised(table: Table, item: str, wave: str, claims: Sequence[Claim], *, alone: bool) -> tuple[str, str] | None:
    """The heading that says item and wave and "", or one that says it in part and what is unsure of it."""
    own = [claim for claim in claims if claim.item == item and claim.wave in (wave, None)]
    sure = [claim for claim in own if claim.how > How.WORDS_AFTER and (claim.wave == wave or alone)]
    if len(sure) == 1:
        return table.header[sure[0].column], ""
    if not own:
        return None
    others = ", ".join(as_toml(shortened(table.header[claim.column], 60)) for claim in own[1:])
    why = "it names the item, but no wave" if own[0].wave is None else "it could be one of several"
    return table.header[own[0].column], why + (f"; or {others}" if others else "")


def _by_number(
    wanted: Mapping[tuple[str, str], Sequence[str]], headings: Sequence[str], claims: Claims
) -> dict[tuple[str, str], tuple[str, str]]:
    """Headings of which the number alone speaks of an item ("В1 до"): only where it speaks of one item and no other."""
    spoken: dict[tuple[int, str], list[str]] = {}
    for heading in headings:
        number = _only_number(heading)
        waves = claims.words.said_in(_spaced(heading))
        if number is not None and len(waves) < 2 and len(_spaced(heading)) <= 6:
            for wave in waves or (claims.waves if len(claims.waves) == 1 else ()):
                spoken.setdefault((number, wave), []).append(heading)
    items = Counter((_only_number(item), wave) for item, wave in wanted)
    found = {}
    for item, wave in wanted:
        number = _only_number(item)
        own = spoken.get((number, wave), []) if number is not None and items[number, wave] == 1 else []
        if len(own) == 1:
            found[item, wave] = own[0], f"only its number {number} and its words for the time say so"
        elif own:
            found[item, wave] = "", f"several have the number {number}: {', '.join(map(as_toml, own))}"
    return found


def _spaced(heading: str) -> tuple[str, ...]:
    """The words of a heading, with letters and digits apart: "В1до" says "до"."""
    return name_tokens(re.sub(r"(?<=\d)(?=[^\W\d])|(?<=[^\W\d])(?=\d)", " ", heading))


def _only_number(text: str) -> int | None:
    numbers = re.findall(r"\d+", text)
    return int(numbers[0]) if len(numbers) == 1 and len(numbers[0]) < 5 else None


def _nearest_pairs(
    wanted: Mapping[tuple[str, str], Sequence[str]], headings: Sequence[str], words: WaveWords
) -> dict[tuple[str, str], tuple[str, str]]:
    """Heading and likeness by item and wave, the likest first; no heading is offered twice."""
    pairs = [
        (likeness(heading, name, texts, key[1], words), key, heading)
        for key, (name, *texts) in wanted.items()
        for heading in headings
    ]
    found: dict[tuple[str, str], tuple[str, str]] = {}
    taken: set[str] = set()
    for alike, key, heading in sorted(pairs, key=lambda pair: -pair[0]):
        if alike and key not in found and heading not in taken:
            found[key] = heading, f"alike by {alike:.0%}"
            taken.add(heading)
    return found


def _other_keys(table: Table, free: Sequence[str], names: ColumnNames) -> dict[str, str]:
    """The code and the groupings that headings and cells speak of, where evaluation.toml does not name them."""
    found: dict[str, str] = {}
    by_words = {folded(name): name for name in free}
    codes = [by_words[words] for words in by_words if words in _CODES]
    if names.id is None and not names.code and len(codes) == 1:
        found["id"] = as_toml(codes[0])
    groups = {group: by_words[words] for group, known in _GROUPS.items() for words in by_words if words in known}
    few = {group: name for group, name in groups.items() if _labels(table, name) <= _FEW_LABELS}
    if few and not names.groups:
        found["groups"] = as_toml(few)
    return found


def _labels(table: Table, heading: str) -> int:
    return len(table.cells(table.header.index(heading)).counts())
