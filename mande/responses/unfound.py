"""What is said of columns that are not found, once for a file: which they are, and what to write or to run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mande.errors import Place, Problem
from mande.model import Instrument
from mande.responses.headings import Claim
from mande.responses.likeness import likeness
from mande.responses.personal import looks_personal
from mande.responses.showing import shown_heading, some
from mande.responses.table import Table
from mande.responses.text import shortened
from mande.responses.waves import WaveWords
from mande.toml_file import as_toml

__all__ = ["Unfound"]

Key = tuple[str, str]
"""Item and wave; the wave is "" where a column says it."""

_OFFERED = 3
"""So many lines are offered to paste; `mande map` has the others."""

_MAP = "see what is proposed by: mande map evaluation.toml"


@dataclass(frozen=True, slots=True)
class Unfound:
    """Speaks of one file's columns. waves: of answer columns. compared: waves that the file could hold instead."""

    table: Table
    instrument: Instrument
    words: WaveWords
    waves: Sequence[str]
    compared: Sequence[str]

    def no_column(self, lacking: Sequence[Key], free: Sequence[str]) -> Problem:
        """Items for which there is no column (R-010). free: headings that are no item's."""
        by_item: dict[str, list[str]] = {}
        for item, wave in lacking:
            by_item.setdefault(item, []).append(wave or "every wave")
        if len(lacking) == 1:
            items = f'the item "{lacking[0][0]}" ({lacking[0][1] or "every wave"})'
        else:
            named = some([f"{item} ({', '.join(waves)})" for item, waves in by_item.items()])
            items = f"{len(by_item)} of the {len(self.instrument.rated_items)} items: {named}"
        details = {"items": items, "count": str(len(lacking)), "hint": self._what_to_do(lacking, free)}
        return Problem("R-010", Place(self.table.file), details=details)

    def no_wave(self, silent: Sequence[tuple[Claim, Sequence[str]]], *, others_say: bool) -> Problem:
        """Columns that name an item and no wave (R-062), each with the waves that its item lacks.

        others_say: whether further columns do name a wave.
        """
        names = [self.table.name_of(claim.column) for claim, _ in silent]
        details = {
            "count": str(len(silent)),
            "waves": " or ".join(self.waves),
            "hint": self._how_to_say_the_wave(silent, others_say=others_say),
        }
        return Problem("R-062", Place(self.table.file), some([f'"{shown_heading(n)}"' for n in names], 3), details)

    def _what_to_do(self, lacking: Sequence[Key], free: Sequence[str]) -> str:
        near = self._near(lacking, free)
        keys = {key: _name_of(key) for key in lacking}
        if near:
            offered = list(near.items())[:_OFFERED]
            several = len(lacking) > 1
            asked = ", ".join(
                " or ".join(f'"{shortened(name)}"' for name in names) + (f" for {keys[key]}" if several else "")
                for key, names in offered
            )
            lines = {keys[key]: names[0] for key, names in offered if len(names) == 1 and not looks_personal(names[0])}
            line = as_toml(lines) if len(lines) == len(offered) else f"{{ {keys[offered[0][0]]} = … }}"
            said = f"Did you mean the column {asked}? Then name it in evaluation.toml: columns = {line}."
        else:
            said = f"Name its column in evaluation.toml: columns = {{ {keys[lacking[0]]} = … }}."
        if len(lacking) == 1:
            without = "has no change" if lacking[0][1] else "rests on the other questions"
            return f"{said} If it is lost, add an empty column {keys[lacking[0]]}: its area then {without}."
        return " ".join([*([said] if near else []), self._if_it_was_not_asked(lacking), f"Otherwise {_MAP}"])

    def _if_it_was_not_asked(self, lacking: Sequence[Key]) -> str:
        """Questions of a wave that the form does not have, or questions that were not on it at all."""
        whole = len(self.instrument.rated_items)
        without = {wave for wave in self.waves if sum(own == wave for _, own in lacking) == whole}
        left = [wave for wave in self.waves if wave not in without]
        if without and len(left) == 1 and len(lacking) == whole * len(without):
            return f"If the file holds {left[0]} only, write below its [[source]]: wave = {as_toml(left[0])}."
        return (
            "If they were not on the printed form, name the instrument that was printed (mande list has them), "
            "or its version."
        )

    def _near(self, lacking: Sequence[Key], free: Sequence[str]) -> Mapping[Key, Sequence[str]]:
        """By item and wave the heading that is nearest, none for two of them; two headings for one alone."""
        alike = [
            (
                likeness(name, _name_of(key), self.instrument.item_by_id[key[0]].text.values(), key[1], self.words),
                key,
                name,
            )
            for key in lacking
            for name in free
        ]
        ordered = sorted((pair for pair in alike if pair[0]), key=lambda pair: (-pair[0], pair[2]))
        if len(lacking) == 1:
            return {lacking[0]: [name for _, _, name in ordered[:2]]} if ordered else {}
        found: dict[Key, list[str]] = {}
        offered: set[str] = set()
        for _, key, name in ordered:
            if key not in found and name not in offered:
                found[key] = [name]
                offered.add(name)
        return {key: found[key] for key in lacking if key in found}

    def _how_to_say_the_wave(self, silent: Sequence[tuple[Claim, Sequence[str]]], *, others_say: bool) -> str:
        items = [claim.item for claim, _ in silent]
        if len(set(items)) < len(items):
            words = ", ".join(f'{wave} = "…"' for wave in self.waves)
            return (
                "Write below its [[source]] by which words of a heading the waves are told apart: "
                f"waves = {{ {words} }}. Otherwise {_MAP}"
            )
        if others_say:
            names = {f"{claim.item}_{waves[0]}": self.table.name_of(claim.column) for claim, waves in silent[:_OFFERED]}
            more = " and so on" if len(silent) > _OFFERED else ""
            line = (
                "" if any(map(looks_personal, names.values())) else f", if it is so: columns = {as_toml(names)}{more}"
            )
            return f"Name them below its [[source]]{line}. Otherwise {_MAP}"
        waves = self.compared or self.waves
        lines = ", or ".join(f"wave = {as_toml(wave)}" for wave in waves)
        return f"If the file holds one of them only, write below its [[source]]: {lines}. Otherwise {_MAP}"


def _name_of(key: Key) -> str:
    item, wave = key
    return f"{item}_{wave}" if wave else item
