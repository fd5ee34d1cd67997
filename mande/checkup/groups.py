"""What a check says of groupings: their labels and people, and which group is withheld for another one's sake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mande.disclosure import hidden_labels
from mande.plan import LEAST_CELL
from mande.responses import Responses
from mande.responses.labels import group_sizes, masks, people_by_label

__all__ = ["GroupingShown", "groupings"]


@dataclass(frozen=True, slots=True)
class WithheldToo:
    """A group that is large enough, and withheld because with it one could work out `few`. label, few: as printed."""

    label: str
    people: int
    few: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupingShown:
    """sizes: labels as they may be printed, with their people, the most frequent first."""

    name: str
    sizes: tuple[tuple[str, str], ...]
    withheld_too: tuple[WithheldToo, ...]


def groupings(source: Responses, smallest: int) -> Iterator[GroupingShown]:
    """Each grouping of a source. smallest: the plan's smallest cell; rare labels are masked below `LEAST_CELL` too."""
    least = max(smallest, LEAST_CELL)
    for name, sizes in group_sizes(source, least).items():
        yield GroupingShown(name, tuple(sizes), tuple(_withheld_too(source, name, smallest, least)))


def _withheld_too(source: Responses, name: str, smallest: int, least: int) -> Iterator[WithheldToo]:
    people = people_by_label(source.groups[name])
    masked, hidden = masks(people, least), hidden_labels(people, smallest)
    said = {label: masked.get(label) or (f'"{label}"' if label else "no label") for label in people}
    few = tuple(said[label] for label, count in people.items() if 0 < count < smallest)
    for label in sorted(label for label in hidden if people[label] >= smallest):
        yield WithheldToo(said[label], people[label], few)
