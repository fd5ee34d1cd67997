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

    instruments: titles of the questionnaires, and languages: of their wording, for limitations of an instrument.
    """

    key: str
    group: Group | None = None
    areas: tuple[Area, ...] = ()
    count: int = 0
    total: int = 0
    instruments: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


def limits_of(evaluation: Evaluation, groups: Sequence[Group]) -> tuple[Limit, ...]:
    """The limitations that follow from the data, the plan and the instruments, gravest first."""
    found = [limit for group in groups for limit in _of_group(group)]
    found += _same_forms(evaluation, groups)
    found += _of_instruments(groups)
    unreliable = [group for group in groups if group.unreliable]
    found += [Limit("few-clusters", group) for group in unreliable[:1]]
    if any(group.clusters is None for group in groups):
        found.append(Limit("one-by-one"))
    if any(not area.change.primary for group in groups for area in group.areas):
        found.append(Limit("exploratory"))
    order = [
        "untestable", "withheld", "few-pairs", "ceiling", "low-alpha", "many-left-out", "same-at-both", "one-by-one",
        "few-clusters", "exploratory", "provisional-key", "draft-translation",
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda limit: order.index(limit.key)))


def _of_group(group: Group) -> Iterator[Limit]:
    for key, areas in (
        ("untestable", group.with_verdict("untestable")),
        ("withheld", group.with_verdict("withheld")),
        ("ceiling", tuple(area for area in group.areas if area.at_ceiling)),
        ("low-alpha", tuple(area for area in group.areas if area.low_alpha)),
        ("many-left-out", tuple(area for area in group.areas if _many_left_out(area))),
    ):
        if areas:
            yield Limit(key, group, areas)
    if group.n_high is not None and group.n_high < FEW_PAIRS:
        yield Limit("few-pairs", group)


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
