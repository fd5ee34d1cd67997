"""A proposal of the columns of an unknown file, for `mande map`: what was recognised, and guesses marked as such."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from mande.model import Instrument
from mande.responses.column_names import ColumnNames
from mande.responses.headings import Claim, How
from mande.responses.layout import claims_of
from mande.responses.readers import read_tables
from mande.responses.table import Table
from mande.responses.text import folded, shortened, tokens

__all__ = ["Proposal", "proposal_toml", "propose"]

_NEAR = 0.72
"""From this likeness on a heading is offered as a guess; nothing is ever read by a guess."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A column for an item and wave. heading is "" if there is none; guess says why it is only one, "" if it is not."""

    key: str
    heading: str
    guess: str


def propose(path: str | Path, instrument: Instrument, names: ColumnNames) -> tuple[list[Proposal], list[str]]:
    """A proposal for each rated item and wave, and headings left over. Raises DataProblems if nothing can be read."""
    tables = read_tables(path)
    best = max(tables, key=lambda table: len(claims_of(table, instrument, names)[0]))
    claims, words = claims_of(best, instrument, names)
    proposals = list(_proposals(best, instrument, words.waves, claims))
    taken = {proposal.heading for proposal in proposals}
    return proposals, [name for name in best.header if name and name not in taken]


def proposal_toml(file: str, instrument: Instrument, proposals: Sequence[Proposal], left_over: Sequence[str]) -> str:
    """The proposal as a piece of evaluation.toml."""
    lines = ["[[source]]", f"file = {_quoted(file)}", f"instrument = {_quoted(instrument.id)}", "", "[source.columns]"]
    for proposal in proposals:
        line = f"{proposal.key} = {_quoted(proposal.heading)}"
        if not proposal.heading:
            lines.append(f"# {line}  # {proposal.guess}")
        else:
            lines.append(f"{line}  # GUESS, please check: {proposal.guess}" if proposal.guess else line)
    if left_over:
        lines += ["", "# Headings that are not used above:", *(f"#   {_quoted(name)}" for name in left_over)]
    return "\n".join(lines) + "\n"


def _proposals(
    table: Table, instrument: Instrument, waves: tuple[str, ...], claims: Sequence[Claim]
) -> Iterator[Proposal]:
    recognised = {
        (i.id, w): _recognised(table, i.id, w, claims, alone=len(waves) == 1)
        for w in waves
        for i in instrument.rated_items
    }
    claimed = {claim.column for claim in claims}
    free = [name for i, name in enumerate(table.header) if name and i not in claimed]
    wanted = {
        key: [f"{key[0]}_{key[1]}", *instrument.item_by_id[key[0]].text.values()]
        for key, p in recognised.items()
        if p is None
    }
    near = _nearest_pairs(wanted, free)
    for key, proposal in recognised.items():
        name = f"{key[0]}_{key[1]}" if len(waves) > 1 else key[0]
        if proposal is not None:
            yield Proposal(name, *proposal)
        elif key in near:
            heading, likeness = near[key]
            yield Proposal(name, heading, f"alike by {likeness:.0%}")
        else:
            yield Proposal(name, "", "no heading is like it")


def _recognised(table: Table, item: str, wave: str, claims: Sequence[Claim], *, alone: bool) -> tuple[str, str] | None:
    """The heading that says item and wave and "", or one that says it in part and what is unsure of it."""
    own = [claim for claim in claims if claim.item == item and claim.wave in (wave, None)]
    sure = [claim for claim in own if claim.how > How.WORDS_AFTER and (claim.wave == wave or alone)]
    if len(sure) == 1:
        return table.header[sure[0].column], ""
    if not own:
        return None
    others = ", ".join(_quoted(shortened(table.header[claim.column], 60)) for claim in own[1:])
    why = "it names the item, but no wave" if own[0].wave is None else "it could be one of several"
    return table.header[own[0].column], why + (f"; or {others}" if others else "")


def _likeness(text: str, heading: str) -> float:
    """How alike a text and a heading are; the same number and wave in an otherwise other name come next to equality."""
    alike = SequenceMatcher(None, folded(text), folded(heading)).ratio()
    number, other = re.findall(r"\d+", text), re.findall(r"\d+", heading)
    same_number = len(number) == 1 and len(other) == 1 and int(number[0]) == int(other[0])
    return max(alike, 0.9) if same_number and text.rpartition("_")[2] in tokens(heading) else alike


def _nearest_pairs(
    wanted: Mapping[tuple[str, str], Sequence[str]], headings: Sequence[str]
) -> dict[tuple[str, str], tuple[str, float]]:
    """Heading and likeness by item and wave, the likest first; no heading is offered twice."""
    pairs = [
        (max(_likeness(text, heading) for text in texts), key, heading)
        for key, texts in wanted.items()
        for heading in headings
    ]
    found: dict[tuple[str, str], tuple[str, float]] = {}
    taken: set[str] = set()
    for likeness, key, heading in sorted(pairs, key=lambda pair: -pair[0]):
        if likeness >= _NEAR and key not in found and heading not in taken:
            found[key] = heading, likeness
            taken.add(heading)
    return found


def _quoted(text: str) -> str:
    """A TOML string on one line."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
