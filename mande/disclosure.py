"""What may be shown: results of too few people are withheld, and those that would give them away with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

from mande.change import Change, Changes, Effects, Note, Reliability
from mande.contrast import ArmContrast
from mande.course import Course
from mande.errors import Reason
from mande.soundness import Soundness
from mande.tally import EVERYONE, ChangeKey, Tally, dimension

__all__ = ["blur_reliability", "blur_soundness", "withhold", "withhold_contrasts", "withhold_courses"]

BLURRED = 2
"""Decimals of a coefficient that rests on nearly the people of the change: what a report prints, and no more."""

Figures = TypeVar("Figures")


def withhold(changes: Changes, smallest: int, subgroups: Collection[str] = ()) -> Changes:
    """The changes with every group of fewer than `smallest` people emptied, its n included.

    Where groups add up to a whole that is shown (girls and boys to all), one small group could be had by subtraction;
    so the smallest of the others is withheld with it, until those hidden are at least two groups and `smallest` people.
    subgroups: groupings of EVERYONE that may leave people without a label (a file that lacks the column); these count
    as a group too, which is never shown.
    """
    everyone = {change.key: change.n or 0 for change in changes if change.group == EVERYONE}
    hidden: set[ChangeKey] = set()
    for family in _families(changes):
        key = family[0].key
        whole = everyone.get(key._replace(group=EVERYONE), 0) if dimension(key.group) in subgroups else 0
        hidden |= _hidden(family, smallest, max(0, whole - sum(change.n or 0 for change in family)))
    return Changes(tuple(_emptied(change) if change.key in hidden else change for change in changes))


def withhold_contrasts(contrasts: Iterable[ArmContrast], smallest: int) -> tuple[ArmContrast, ...]:
    """The contrasts of arms that both have at least `smallest` people; the others are left out whole."""
    return tuple(c for c in contrasts if min(c.n or 0, c.n_comparison or 0) >= smallest)


def withhold_courses(courses: Iterable[Course], smallest: int) -> tuple[Course, ...]:
    """The courses whose every wave has at least `smallest` people; the others are left out whole."""
    return tuple(course for course in courses if all(change.n >= smallest for change in course.changes.changes))


def blur_reliability(changes: Changes, counts: Tally, smallest: int) -> Changes:
    """Changes whose reliability is blurred where few skipped a question.

    Alpha and the others are of those who answered every question. At full precision they fit one score of the single
    person who did not, and no other: the counts of the change hold everybody, so alpha would give that score away.
    """
    return Changes(
        tuple(
            replace(change, reliability=_blurred(change.reliability))
            if change.n is not None and _few_skipped(change.key, counts, smallest)
            else change
            for change in changes
        )
    )


def blur_soundness(found: Iterable[Soundness], counts: Tally, smallest: int) -> tuple[Soundness, ...]:
    """As `blur_reliability`, for what is known of the questions; the change by wording holds means and is left out."""
    return tuple(
        replace(
            one,
            same_measure=_blurred(one.same_measure),
            items=_blurred(one.items),
            wording=None,
            notes=(*one.notes, Note("wording", Reason.WITHHELD)) if one.wording is not None else one.notes,
        )
        if _few_skipped(ChangeKey(*_key(one), EVERYONE), counts, smallest)
        else one
        for one in found
    )


def _key(one: Soundness) -> tuple[str, str, str, str]:
    return one.instrument, one.construct, one.earlier, one.later


def _few_skipped(key: ChangeKey, counts: Tally, smallest: int) -> bool:
    """Whether the people compared who answered some questions only are few."""
    items = counts.item_sums.get(key)
    return items is not None and 0 < counts.pairs[key].n - items.earlier.n < smallest


def _blurred(figures: Figures) -> Figures:
    """The same with every float rounded, however deep it stands."""
    if isinstance(figures, float):
        return round(figures, BLURRED)  # type: ignore[return-value]
    if isinstance(figures, tuple):
        return type(figures)(map(_blurred, figures))
    if is_dataclass(figures) and not isinstance(figures, type):
        names = (field.name for field in fields(figures) if field.name != "confidence")
        return replace(figures, **{name: _blurred(getattr(figures, name)) for name in names})
    return figures


def _families(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Changes that differ in nothing but the label of one grouping."""
    families: dict[tuple[str, ...], list[Change]] = {}
    for change in changes:
        families.setdefault((*change.key[:4], dimension(change.group)), []).append(change)
    yield from families.values()


def _hidden(family: Sequence[Change], smallest: int, unlabelled: int) -> set[ChangeKey]:
    by_size = sorted(family, key=lambda change: (change.n or 0, change.group))
    hidden = [change for change in by_size if (change.n or 0) < smallest]
    if not hidden and not 0 < unlabelled < smallest:
        return set()
    if len(family) == 1 and not unlabelled:
        return {change.key for change in hidden}
    for change in by_size[len(hidden) :]:
        groups = len(hidden) + (unlabelled > 0)
        if groups >= 2 and unlabelled + sum(h.n or 0 for h in hidden) >= smallest:
            break
        hidden.append(change)
    return {change.key for change in hidden}


def _emptied(change: Change) -> Change:
    return replace(
        change,
        n=None,
        left_out=None,
        description=None,
        mean_change=None,
        t_test=None,
        clustered=None,
        signed_rank=None,
        sign_test=None,
        direction=None,
        at_best_earlier=None,
        at_best_later=None,
        effects=Effects.none(),
        reliability=Reliability.none(),
        p_adjusted=None,
        notes=(Note("all", Reason.WITHHELD),),
    )
