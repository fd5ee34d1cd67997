"""What may be shown: results of too few people are withheld, and those that would give them away with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

from mande.change import Change, Changes, Effects, Note, Reliability
from mande.contrast import ArmContrast
from mande.course import Course
from mande.errors import Reason
from mande.plan import Analysis
from mande.responses.labels import masks
from mande.soundness import Soundness
from mande.subtraction import row_to_hide
from mande.tally import EVERYONE, ChangeKey, Tally, dimension, group_name

__all__ = [
    "blur_reliability",
    "blur_soundness",
    "emptied",
    "hidden_by_crossing",
    "hidden_groups",
    "hidden_labels",
    "withhold",
    "withhold_contrasts",
    "withhold_courses",
    "without_names",
]

BLURRED = 2
"""Decimals of a coefficient that rests on nearly the people of the change: what a report prints, and no more."""

Figures = TypeVar("Figures")


def withhold(changes: Changes, smallest: int, subgroups: Collection[str] = (), counts: Tally | None = None) -> Changes:
    """The changes with every group of fewer than `smallest` people emptied, its n included; see `hidden_groups`.

    counts: those of the changes. With them groups are withheld, too, that a table by another of the subgroups would
    tell of: the later in the order of `subgroups`.
    """
    sizes = {change.key: change.n or 0 for change in changes}
    hidden = hidden_groups(sizes, smallest, subgroups)
    shown: dict[str, Collection[ChangeKey]] = {EVERYONE: _shown_of(EVERYONE, sizes, hidden)}
    if counts is not None:
        for grouping in subgroups:
            hidden = hidden_by_crossing(counts, hidden, grouping, shown, smallest)
            shown[grouping] = _shown_of(grouping, sizes, hidden)
    unlike = {
        one.key for one in changes if one.group == EVERYONE and one.is_unlike and sum(one.left_out or ()) >= smallest
    }
    return emptied(changes, hidden - unlike)  # of whom there is no figure, and many


def _shown_of(grouping: str, keys: Iterable[ChangeKey], hidden: Collection[ChangeKey]) -> set[ChangeKey]:
    return {key for key in keys if dimension(key.group) == grouping and key not in hidden}


def hidden_groups(sizes: Mapping[ChangeKey, int], smallest: int, subgroups: Collection[str] = ()) -> set[ChangeKey]:
    """The groups whose results are withheld: those of fewer than `smallest` people, and others that would tell of them.

    Where groups add up to a whole that is shown (girls and boys to all), one small group could be had by subtraction;
    so the smallest of the others is withheld with it, until those hidden are at least two groups and `smallest` people.
    sizes: people of each. subgroups: groupings of EVERYONE that may leave people without a label (a file that lacks the
    column); these count as a group too, which is never shown.
    """
    everyone = {key: n for key, n in sizes.items() if key.group == EVERYONE}
    hidden: set[ChangeKey] = set()
    for family in _families(sizes):
        whole = everyone.get(family[0]._replace(group=EVERYONE), 0) if dimension(family[0].group) in subgroups else 0
        own = {key: sizes[key] for key in family}
        hidden |= _hidden(own, smallest, max(0, whole - sum(own.values())))
    return hidden


def hidden_labels(sizes: Mapping[str, int], smallest: int) -> set[str]:
    """The labels of one grouping of everybody that `hidden_groups` withholds. sizes: people of each; "" is no label.

    >>> sorted(hidden_labels({"boys": 12, "girls": 20, "girl": 1}, 5))
    ['boys', 'girl']
    """
    keys = {ChangeKey("", "", "", "", label): people for label, people in sizes.items() if label}
    return {key.group for key in _hidden(keys, smallest, sizes.get("", 0))}


def hidden_by_crossing(
    counts: Tally,
    hidden: Collection[ChangeKey],
    grouping: str,
    shown_of: Mapping[str, Collection[ChangeKey]],
    smallest: int,
) -> set[ChangeKey]:
    """`hidden`, and the further groups of a grouping that tables by other groupings would otherwise tell of.

    shown_of: the groups that are shown by each of the other groupings, and EVERYONE's keys under EVERYONE.
    """
    found = {*hidden}
    for key, cells in counts.crossed.items():
        if grouping not in (key.one, key.other):
            continue
        other, turned = (key.other, cells) if key.one == grouping else (key.one, cells.turned())
        change = ChangeKey(*key[:4], EVERYONE)
        rows = {a for a in turned.rows if a and (*key[:4], group_name(grouping, a)) not in found}
        shown = shown_of.get(other, ())
        columns = {b for b in turned.columns if (*key[:4], group_name(other, b)) in shown}
        while row := row_to_hide(turned, rows, columns, smallest, whole_shown=change in shown_of[EVERYONE]):
            rows.discard(row)
            found.add(change._replace(group=group_name(grouping, row)))
    return found


def emptied(changes: Iterable[Change], hidden: Collection[ChangeKey]) -> Changes:
    """The changes, with no figure of those that are hidden."""
    return Changes(tuple(_empty(change) if change.key in hidden else change for change in changes))


def without_names(changes: Iterable[Change], counts: Tally, analysis: Analysis, smallest: int) -> Changes:
    """The changes but for those withheld of groups whose label could name a person: even empty they carry the label.

    The arms, which the analysis names, stay.
    """
    arms = analysis.arms
    named = (
        {group_name(arms.grouping, text) for text in (arms.programme, arms.comparison)} if arms is not None else set()
    )
    names = {
        group_name(grouping, text)
        for grouping, people in counts.people_by_grouping().items()
        for text in masks(people, smallest)
        if text
    }
    return Changes(tuple(change for change in changes if change.n is not None or change.group not in names - named))


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


def _families(keys: Iterable[ChangeKey]) -> Iterator[list[ChangeKey]]:
    """Keys that differ in nothing but the label of one grouping."""
    families: dict[tuple[str, ...], list[ChangeKey]] = {}
    for key in keys:
        families.setdefault((*key[:4], dimension(key.group)), []).append(key)
    yield from families.values()


def _hidden(sizes: Mapping[ChangeKey, int], smallest: int, unlabelled: int) -> set[ChangeKey]:
    by_size = sorted(sizes, key=lambda key: (sizes[key], key.group))
    hidden = [key for key in by_size if sizes[key] < smallest]
    telling = [key for key in hidden if sizes[key]]  # nobody is nothing to be found out
    if not telling and not 0 < unlabelled < smallest:
        return set(hidden)
    if len(sizes) == 1 and not unlabelled:
        return set(hidden)
    for key in by_size[len(hidden) :]:
        groups = len(telling) + (unlabelled > 0)
        if groups >= 2 and unlabelled + sum(sizes[key] for key in telling) >= smallest:
            break
        telling.append(key)
    return {*hidden, *telling}


def _empty(change: Change) -> Change:
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
        notes=(Note("all", Reason.OTHER_QUESTIONS if change.is_unlike else Reason.WITHHELD),),
    )
