"""What these data, rather than the design, leave unsure: found here, put into words by the template."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mande.evaluation import Evaluation

if TYPE_CHECKING:
    from mande.report.context import Area, Group

__all__ = ["FEW_PAIRS", "MANY_LEFT_OUT", "Limit", "limits_of"]

FEW_PAIRS = 50
"""With fewer pairs than this, the report says that a few answers would move the result."""

MANY_LEFT_OUT = 0.1
"""From this share of a group without both scores on, the report says that those left out may differ."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One limitation. key: which; group: of whom (None: of all); areas: where; count of total: questionnaires.

    groupings: whose labels may be one. instruments: titles of the questionnaires, and languages: of their wording, for
    limitations of an instrument.
    """

    key: str
    group: Group | None = None
    areas: tuple[Area, ...] = ()
    count: int = 0
    total: int = 0
    groupings: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


ORDER = (
    *("untestable", "withheld", "few-pairs", "unbalanced", "lost-unevenly", "ceiling", "low-alpha", "unreversed"),
    *(
        "many-left-out",
        "same-at-both",
        "one-by-one",
        "one-place",
        "few-clusters",
        "places-alike",
        "groups-alike",
        "exploratory",
        "provisional-key",
    ),
    "draft-translation",
)


def limits_of(evaluation: Evaluation, groups: Sequence[Group]) -> tuple[Limit, ...]:
    """The limitations that follow from the data, the plan and the instruments, gravest first.

    Of several comparisons with one questionnaire the main one speaks for all.
    """
    mains = list({group.instrument.id: group for group in reversed(groups)}.values())[::-1]
    found = [limit for group in mains for limit in _of_group(group)]
    found += _same_forms(evaluation, mains)
    found += _of_instruments(mains)
    found += _of_places(groups)
    found += _labels_alike(evaluation, groups)
    if any(not area.change.primary for group in groups for area in group.areas):
        found.append(Limit("exploratory"))
    return tuple(sorted(found, key=lambda limit: ORDER.index(limit.key)))


def _of_places(groups: Sequence[Group]) -> Iterator[Limit]:
    unreliable = [group for group in groups if group.unreliable]
    yield from [Limit("few-clusters", group) for group in unreliable if group.clusters][:1]
    yield from [Limit("one-place", group) for group in unreliable if not group.clusters][:1]
    if any(group.clusters is None and not group.unreliable for group in groups):
        yield Limit("one-by-one")


def _labels_alike(evaluation: Evaluation, groups: Sequence[Group]) -> Iterator[Limit]:
    """Labels that may be one, where an interval rests on them as clusters, or where a subgroup is shown by them."""
    alike = {(source.instrument, name) for source in evaluation.sources for name in source.alike}
    places = dict.fromkeys(g.clustered_by for g in groups if (g.instrument.id, g.clustered_by) in alike)
    shown = dict.fromkeys(name for g in groups for name in g.parts if (g.instrument.id, name) in alike)
    if places:
        yield Limit("places-alike", groupings=tuple(places))
    if shown:
        yield Limit("groups-alike", groupings=tuple(shown))


def _of_group(group: Group) -> Iterator[Limit]:
    leading = group.primary or group.areas
    for key, areas in (
        ("untestable", tuple(area for area in leading if area.change_verdict == "untestable")),
        ("withheld", group.with_verdict("withheld")),
        ("unbalanced", tuple(area for area in leading if area.verdict == "unbalanced")),
        ("lost-unevenly", tuple(area for area in leading if _lost_unevenly(area))),
        ("ceiling", tuple(area for area in leading if area.at_ceiling)),
        ("low-alpha", tuple(area for area in leading if area.low_alpha)),
        ("unreversed", tuple(area for area in leading if area.soundness is not None and area.soundness.unreversed)),
        ("many-left-out", tuple(area for area in leading if _many_left_out(area))),
    ):
        if areas:
            yield Limit(key, group, areas)
    if group.n_high is not None and group.n_high < FEW_PAIRS:
        yield Limit("few-pairs", group)


def _lost_unevenly(area: Area) -> bool:
    lost = area.arms.contrast.attrition if area.arms is not None else None
    return lost is not None and not lost.difference.low <= 0 <= lost.difference.high


def _of_instruments(groups: Sequence[Group]) -> Iterator[Limit]:
    of = {group.instrument.id: group for group in groups}.values()
    provisional = [group.instrument_title for group in of if group.instrument.status.key == "provisional"]
    if provisional:
        yield Limit("provisional-key", instruments=tuple(provisional))
    drafts: dict[tuple[str, ...], list[str]] = {}
    for group in of:
        languages = tuple(code for code, status in group.instrument.status.translations.items() if status == "draft")
        drafts.setdefault(languages, []).append(group.instrument_title)
    for languages, titles in drafts.items():
        if languages:
            yield Limit("draft-translation", instruments=tuple(titles), languages=languages)


def _many_left_out(area: Area) -> bool:
    n, left_out = area.change.n, area.change.n_left_out
    return n is not None and left_out is not None and left_out >= MANY_LEFT_OUT * (n + left_out)


def _same_forms(evaluation: Evaluation, groups: Sequence[Group]) -> Iterator[Limit]:
    for group in groups:
        own = [source for source in evaluation.sources if source.instrument == group.instrument.id]
        same = sum(source.problems.get("R-030", 0) for source in own)
        if same:
            yield Limit("same-at-both", group, count=same, total=sum(source.flow.rows_used for source in own))
