"""Who of one wave is who of another: by the same code, by one in other letters, or with one part different."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field

from mande.responses.row_checks import rounded
from mande.responses.text import as_typed_alike

__all__ = ["Keys", "Match", "match"]

_FEWEST_PARTS = 3
"""A code of fewer parts says too little to forgive one."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What identifies the forms of one wave: a typed id each ("" if none), and the parts of a self-made code."""

    ids: Sequence[str]
    parts: Sequence[tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(slots=True)
class Match:
    """Positions of the earlier and later forms of one person, by how they were found.

    ambiguous: later position, and the earlier ones that it could be.
    """

    exact: dict[int, int] = field(default_factory=dict)
    other_letters: dict[int, int] = field(default_factory=dict)
    tolerance: dict[int, int] = field(default_factory=dict)
    ambiguous: dict[int, list[int]] = field(default_factory=dict)

    @property
    def pairs(self) -> dict[int, int]:
        """Earlier position by later position."""
        return {**self.exact, **self.other_letters, **self.tolerance}


def match(earlier: Keys, later: Keys) -> Match:
    """Link later forms to earlier ones. Nobody is linked twice, and nobody by a guess.

    An id is used as typed, then without regard to case, joints and Cyrillic look-alikes. A self-made code needs all
    parts, or all but one if it has at least three and no other pair is as near, seen from either side.

    >>> match(Keys(["a1", "b2"], [(), ()]), Keys(["B2", "a1"], [(), ()])).pairs
    {1: 0, 0: 1}
    """
    found = Match()
    _by_key(found, earlier, later, found.exact, lambda keys, i: "" if rounded(keys.ids[i]) else keys.ids[i])
    _by_key(
        found, earlier, later, found.other_letters,
        lambda keys, i: "" if rounded(keys.ids[i]) else as_typed_alike(keys.ids[i]),
    )  # fmt: skip
    _by_key(found, earlier, later, found.exact, lambda keys, i: _complete(keys.parts[i]))
    _with_one_part_different(found, earlier, later)
    return found


def _by_key(
    found: Match, earlier: Keys, later: Keys, into: dict[int, int], key: Callable[[Keys, int], str | tuple[str, ...]]
) -> None:
    """Link forms with the same key where only one form of each wave has it; the others are ambiguous."""
    by_key: tuple[dict[Hashable, list[int]], dict[Hashable, list[int]]] = (defaultdict(list), defaultdict(list))
    taken = set(found.pairs.values())
    for side, keys, linked in ((0, earlier, taken), (1, later, {*found.pairs, *found.ambiguous})):
        for i in range(len(keys)):
            if i not in linked and (own := key(keys, i)):
                by_key[side][own].append(i)
    for shared, later_ones in by_key[1].items():
        earlier_ones = by_key[0].get(shared, [])
        if len(earlier_ones) == 1 and len(later_ones) == 1:
            into[later_ones[0]] = earlier_ones[0]
        elif earlier_ones:
            found.ambiguous |= dict.fromkeys(later_ones, earlier_ones)


def _with_one_part_different(found: Match, earlier: Keys, later: Keys) -> None:
    near_later, near_earlier = defaultdict(set), defaultdict(set)
    done = {*found.pairs, *found.ambiguous}
    taken = set(found.pairs.values()) | {i for own in found.ambiguous.values() for i in own}
    index = defaultdict(list)
    for i in range(len(earlier)):
        if i not in taken:
            for rest in _all_but_one(earlier.parts[i]):
                index[rest].append(i)
    for j in range(len(later)):
        if j in done:
            continue
        for rest in _all_but_one(later.parts[j]):
            for i in index.get(rest, ()):
                near_later[j].add(i)
                near_earlier[i].add(j)
    for j, candidates in near_later.items():
        if len(candidates) == 1 and len(near_earlier[next(iter(candidates))]) == 1:
            found.tolerance[j] = next(iter(candidates))
        else:
            found.ambiguous[j] = sorted(candidates)


def _complete(parts: tuple[str, ...]) -> tuple[str, ...]:
    folded = tuple(map(as_typed_alike, parts))
    return folded if parts and all(folded) else ()


def _all_but_one(parts: tuple[str, ...]) -> list[tuple[int, tuple[str, ...]]]:
    """The code without each of its parts in turn, where the rest is filled in."""
    folded = tuple(map(as_typed_alike, parts))
    rests = [(i, folded[:i] + folded[i + 1 :]) for i in range(len(folded))]
    return [(i, rest) for i, rest in rests if all(rest)] if len(folded) >= _FEWEST_PARTS else []
