"""What a report template may use: values and numbers, no sentence, nothing rounded.

`Context` is a public contract: whoever writes a template reads this file. Everything in it is frozen, and nothing in it
comes from fewer people than the plan's smallest cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mande.change import Change
from mande.contrast import ArmContrast
from mande.course import Course
from mande.errors import Reason
from mande.evaluation import Provenance, SourceResult
from mande.families import Agreement
from mande.item_results import ItemResult
from mande.model import Instrument
from mande.plan import Analysis, EvaluationFile
from mande.reach import Reach
from mande.reach.flow import GroupFlow
from mande.report.limits import Limit
from mande.report.monitoring_view import AskedOnce, DoseView
from mande.report.numbers import as_printed
from mande.report.reach_view import DeliveredView
from mande.shifts import Shift
from mande.soundness import ItemSoundness, Soundness
from mande.stats.cluster import Inference
from mande.stats.counts import Estimate
from mande.stats.shift import ResponseShift
from mande.stats.subgroups import Subgroups

__all__ = [
    "AgreementRow",
    "Area",
    "ArmsView",
    "BandRow",
    "BandTable",
    "Chapter",
    "Context",
    "Group",
    "ItemRow",
    "ProblemRow",
    "Questionnaire",
    "Scale",
    "ShiftRow",
    "SourceView",
    "Unit",
    "Verdict",
]


NO_FORM = ("R-006", "R-024")
"""Rows of a file that nobody filled in: empty ones, and sums of others."""


class Verdict(StrEnum):
    """What may be said of an area: `mande.report.verdicts` has the rules."""

    BETTER = "better"
    WORSE = "worse"
    UNCLEAR = "unclear"  # may be chance
    UNSURE = "unsure"  # too few places to tell from chance: said by counts and direction, never called clear
    UNBALANCED = "unbalanced"  # the two arms were too different to begin with
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
class ArmsView:
    """The programme's change beside the comparison group's, for one area.

    contrast: the difference, later minus earlier, programme minus comparison. comparison: the change of the comparison
    group; None if it is withheld. p_adjusted: the larger p of the difference in changes and the ANCOVA, adjusted over
    the areas of one questionnaire and comparison.
    """

    contrast: ArmContrast
    comparison: Change | None
    p_adjusted: float | None
    verdict: Verdict

    @property
    def difference(self) -> Inference | None:
        """Difference in changes, with clusters where they are known."""
        return self.contrast.difference or self.contrast.plain_difference

    @property
    def ancova(self) -> Inference | None:
        return self.contrast.ancova or self.contrast.plain_ancova


@dataclass(frozen=True, slots=True)
class Area:
    """One construct of one respondent group between two waves. `change` has the figures, later minus earlier.

    verdict: what the design lets one say: of the difference between the arms where there are arms, else of the change.
    change_verdict: of the change alone. subgroups: by grouping, with the test of their difference. imputed: the mean
    change if the scores left out are imputed from those given.
    """

    id: str
    title: str
    meaning: str
    items: tuple[str, ...]
    answers_needed: int
    scale: Scale
    change: Change
    verdict: Verdict
    change_verdict: Verdict
    reason: Reason | None
    at_ceiling: bool
    low_alpha: bool
    arms: ArmsView | None
    soundness: Soundness | None
    subgroups: Mapping[str, Subgroups]
    imputed: Estimate | None

    @property
    def sign(self) -> int:
        """1 if higher is better, −1 if lower is."""
        return 1 if self.change.better == "higher" else -1

    @property
    def gain(self) -> float | None:
        """What the design speaks of (difference of arms, or mean change) towards the better end; None if unknown."""
        if self.arms is not None:
            found = self.arms.difference
            return None if found is None else found.estimate.value * self.sign
        return self.change_gain

    @property
    def change_gain(self) -> float | None:
        """The mean change towards the better end; None if it has no interval."""
        return None if self.change.interval is None else self.change.interval.value * self.sign

    @property
    def towards_better(self) -> bool:
        """Whether the gain is one as it is printed, or is clear."""
        return self.verdict is Verdict.BETTER or as_printed(self.gain or 0.0) > 0

    def reason_for(self, *figures: str) -> Reason | None:
        """Why one of the figures has no value."""
        return next((note.reason for note in self.change.notes if note.figure in (*figures, "all")), None)


@dataclass(frozen=True, slots=True)
class Group:
    """One questionnaire's respondents and one comparison: its areas in the order of the instrument.

    scale: the one of all areas, None if they differ. n_low, n_high: fewest and most pairs of an area, None if all are
    withheld. clusters: fewest and most clusters that an interval rests on, None if people were counted one by one;
    clustered_by: the grouping that they are;
    unreliable: p values rest on too few. most_improved: the primary area with the largest share improved; largest,
    smallest: primary areas by gain in per cent of their scale's range; None without figures. groupings: those with
    subgroups to show. parts: areas of each subgroup, by grouping and label.
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
    clustered_by: str
    unreliable: bool
    most_improved: Area | None
    largest: Area | None
    smallest: Area | None
    groupings: tuple[str, ...]
    parts: Mapping[str, Mapping[str, tuple[Area, ...]]]

    def with_verdict(self, *verdicts: str) -> tuple[Area, ...]:
        return tuple(area for area in self.areas if area.verdict in verdicts)

    @property
    def primary(self) -> tuple[Area, ...]:
        return tuple(area for area in self.areas if area.change.primary)

    @property
    def tested(self) -> tuple[Area, ...]:
        """Primary areas of which something can be said."""
        return tuple(a for a in self.primary if a.verdict not in (Verdict.UNTESTABLE, Verdict.WITHHELD))

    @property
    def leading(self) -> tuple[Area, ...]:
        """The primary areas, or all where none is."""
        return self.primary or self.areas

    @property
    def contrasted(self) -> tuple[Area, ...]:
        """Areas that are compared with the comparison group."""
        return tuple(area for area in self.areas if area.arms is not None)


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """One instrument with all comparisons that were made with it; the first named in the analysis is the main one."""

    instrument: Instrument
    title: str
    groups: tuple[Group, ...]
    courses: Mapping[str, Course]

    @property
    def main(self) -> Group:
        return self.groups[0]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A respondent group with its questionnaires; what is counted is counted over the primary areas of their mains."""

    respondent: str
    questionnaires: tuple[Questionnaire, ...]

    @property
    def mains(self) -> tuple[Group, ...]:
        return tuple(questionnaire.main for questionnaire in self.questionnaires)

    @property
    def comparisons(self) -> tuple[tuple[Group, ...], ...]:
        """The groups of each pair of waves, in the order of the analysis."""
        groups = [group for questionnaire in self.questionnaires for group in questionnaire.groups]
        pairs = dict.fromkeys((group.earlier, group.later) for group in groups)
        return tuple(tuple(g for g in groups if (g.earlier, g.later) == pair) for pair in pairs)

    @property
    def groupings(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for group in self.mains for name in group.groupings))

    @property
    def tested(self) -> tuple[Area, ...]:
        return tuple(area for group in self.mains for area in group.tested)

    def count(self, *verdicts: str) -> int:
        return sum(area.verdict in verdicts for area in self.tested)

    @property
    def towards_better(self) -> int:
        return sum(area.towards_better for area in self.tested)


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One area as two people of the same family see it. one, other: respondent groups."""

    one: str
    other: str
    title: str
    found: Agreement


@dataclass(frozen=True, slots=True)
class BandRow:
    """One area: people by band, lowest scores first, of the n with both scores; None where they are withheld."""

    area: Area
    n: int
    words: tuple[str, ...]
    earlier: tuple[int | None, ...]
    later: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class BandTable:
    """The bands of a cited norm for one questionnaire, in its main comparison."""

    group: Group
    title: str
    citation: str
    note: str
    rows: tuple[BandRow, ...]


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """One area where a true pre-test and a retrospective one were asked of the same people; found is None: withheld."""

    respondent: str
    title: str
    better: str
    primary: bool
    shift: Shift

    @property
    def found(self) -> ResponseShift | None:
        return self.shift.found


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """How often a problem came up in a file, and what it did to the data. Codes: `mande.errors.CATALOGUE`."""

    code: str
    effect: str
    count: int


@dataclass(frozen=True, slots=True)
class SourceView:
    """One file: what was read, used and set aside. Rows that are no forms, empty or adding others up, are no people."""

    result: SourceResult
    instrument_title: str
    problems: tuple[ProblemRow, ...]

    @property
    def forms_read(self) -> int:
        return self.result.flow.rows_used + sum(self.forms_set_aside.values())

    @property
    def forms_set_aside(self) -> Mapping[str, int]:
        """By problem code."""
        return {code: n for code, n in self.result.flow.rows_set_aside.items() if code not in NO_FORM}

    @property
    def cells_of_rows(self) -> int:
        """Answer cells of the rows set aside, whatever stood in them."""
        flow = self.result.flow
        return sum(n for code, n in flow.cells.set_aside_by_reason.items() if code in flow.rows_set_aside)

    @property
    def cells_not_offered(self) -> int:
        """Cells of used rows that hold something which is no answer of the question."""
        return self.result.flow.cells.set_aside - self.cells_of_rows


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item: its text and results by wave (after reversal); a wave with too few answers is missing.

    area: the first of its areas, "" if it is in none. within: how it goes with the rest of each of its areas, in the
    main comparison. suspect: its answers look as if they still had to be turned. leading: a leading area scores it, or
    is a total of an area that does.
    """

    id: str
    text: str
    reversed: bool
    areas: tuple[str, ...]
    waves: Mapping[str, ItemResult]
    within: tuple[ItemSoundness, ...]
    suspect: bool
    leading: bool

    @property
    def area(self) -> str:
        return self.areas[0] if self.areas else ""


@dataclass(frozen=True, slots=True)
class Unit:
    """One school (or place, or cycle) of a grouping, whose own report this is.

    groups: main comparisons with the areas of the unit's people alone, whole: the same of everybody, in one order.
    """

    grouping: str
    label: str
    groups: tuple[Group, ...]
    whole: tuple[Group, ...]

    @property
    def is_numbered(self) -> bool:
        """Whether the label is a mere number, so that a reader must be told of what."""
        return not any(map(str.isalpha, self.label))


@dataclass(frozen=True, slots=True)
class Context:
    """All that a template may use.

    groups: every questionnaire and comparison, in order; chapters: the same by respondent. counted: primary areas of
    the main comparisons of which something can be said; better, worse, unsure, unbalanced: those with that verdict;
    towards_better: those that moved that way on average, clear or not. items: by instrument. waves: by instrument,
    those its items were answered at. forms_read, forms_used: of all sources. reach: None without ledger, register and
    framework; delivered: its ledger; flows: from enrolled to analysed; dose: change by sessions attended; once:
    questionnaires that were asked once. titles: of instruments by id. unit: of a report on one unit.
    """

    language: str
    plan: EvaluationFile
    analysis: Analysis
    instruments: tuple[Instrument, ...]
    groups: tuple[Group, ...]
    chapters: tuple[Chapter, ...]
    sources: tuple[SourceView, ...]
    items: Mapping[str, tuple[ItemRow, ...]]
    waves: Mapping[str, tuple[str, ...]]
    limits: tuple[Limit, ...]
    counted: int
    better: int
    worse: int
    unsure: int
    unbalanced: int
    towards_better: int
    forms_read: int
    forms_used: int
    provenance: Provenance
    agreements: tuple[AgreementRow, ...]
    bands: tuple[BandTable, ...]
    shifts: tuple[ShiftRow, ...]
    reach: Reach | None
    delivered: DeliveredView | None
    flows: tuple[GroupFlow, ...]
    dose: DoseView
    once: tuple[AskedOnce, ...]
    titles: Mapping[str, str]
    unit: Unit | None
