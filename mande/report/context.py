"""What a report template may use: values and numbers, no sentence, nothing rounded.

`Context` is a public contract: whoever writes a template reads this file. Everything in it is frozen, and nothing in it
comes from fewer people than the plan's smallest cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mande.change import Change
from mande.errors import Reason
from mande.evaluation import ItemResult, Provenance, SourceResult
from mande.model import Instrument
from mande.plan import Analysis, EvaluationFile
from mande.report.limits import Limit

__all__ = [
    "Area",
    "Context",
    "Group",
    "ItemRow",
    "ProblemRow",
    "Scale",
    "SourceView",
    "Subgroup",
    "Verdict",
]


class Verdict(StrEnum):
    """What may be said of an area. Better and worse only if the adjusted p is below 1 − confidence."""

    BETTER = "better"
    WORSE = "worse"
    UNCLEAR = "unclear"
    UNTESTABLE = "untestable"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Scale:
    """Lowest and highest possible score of a construct, and the form's words for answers at these ends ("" if none)."""

    low: float
    high: float
    low_label: str
    high_label: str


@dataclass(frozen=True, slots=True)
class Area:
    """One construct of one respondent group between two waves. `change` has the figures, later minus earlier."""

    id: str
    title: str
    meaning: str
    items: tuple[str, ...]
    answers_needed: int
    scale: Scale
    change: Change
    verdict: Verdict
    reason: Reason | None
    at_ceiling: bool
    low_alpha: bool

    @property
    def gain(self) -> float | None:
        """The mean change, counted towards the better end; None if it has no interval."""
        if self.change.interval is None:
            return None
        return self.change.interval.value * (1 if self.change.better == "higher" else -1)

    def reason_for(self, *figures: str) -> Reason | None:
        """Why one of the figures has no value."""
        return next((note.reason for note in self.change.notes if note.figure in (*figures, "all")), None)


@dataclass(frozen=True, slots=True)
class Subgroup:
    """Some of a group, by a grouping of the files (`sex`) and its label there (`female`); areas as in the group."""

    dimension: str
    label: str
    areas: tuple[Area, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """One instrument's respondents and one comparison: its areas in the order of the instrument.

    scale: the one of all areas, None if they differ. n_low, n_high: fewest and most pairs of an area, None if all are
    withheld. clusters: fewest and most clusters that an interval rests on, None if people were counted one by one;
    unreliable: p values of some area rest on too few. most_improved: the area with the largest share improved; largest,
    smallest: by gain; None without figures.
    """

    respondent: str
    earlier: str
    later: str
    instrument: Instrument
    instrument_title: str
    areas: tuple[Area, ...]
    scale: Scale | None
    n_low: int | None
    n_high: int | None
    clusters: tuple[int, int] | None
    unreliable: bool
    most_improved: Area | None
    largest: Area | None
    smallest: Area | None
    subgroups: tuple[Subgroup, ...]

    def with_verdict(self, *verdicts: str) -> tuple[Area, ...]:
        return tuple(area for area in self.areas if area.verdict in verdicts)


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """How often a problem came up in a file, and what it did to the data. Codes: `mande.errors.CATALOGUE`."""

    code: str
    effect: str
    count: int


@dataclass(frozen=True, slots=True)
class SourceView:
    """One file: what was read, used and set aside. n_low, n_high: pairs analysed of its respondents."""

    result: SourceResult
    instrument_title: str
    problems: tuple[ProblemRow, ...]
    n_low: int | None
    n_high: int | None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item: its text and results by wave (after reversal); a wave with too few answers is missing."""

    id: str
    text: str
    reversed: bool
    areas: tuple[str, ...]
    waves: Mapping[str, ItemResult]


@dataclass(frozen=True, slots=True)
class Context:
    """All that a template may use.

    counted: areas that are primary and could be tested; better, worse: those of them with that verdict. items: by
    instrument. forms_read, forms_used: of all sources.
    """

    language: str
    plan: EvaluationFile
    analysis: Analysis
    instruments: tuple[Instrument, ...]
    groups: tuple[Group, ...]
    sources: tuple[SourceView, ...]
    items: Mapping[str, tuple[ItemRow, ...]]
    limits: tuple[Limit, ...]
    counted: int
    better: int
    worse: int
    forms_read: int
    forms_used: int
    provenance: Provenance
