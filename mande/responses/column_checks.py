"""What a file's other columns tell: ages that cannot be, versions of the form, names spelled in several ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from mande.errors import Place, Problem
from mande.responses.column_names import Layout
from mande.responses.evidence import Evidence, add_by_label
from mande.responses.forms import Forms
from mande.responses.labels import masks
from mande.responses.showing import shown
from mande.responses.table import Table
from mande.responses.text import folded, shortened, whole_number

__all__ = ["check_ages", "count_columns", "judge_columns"]

_ANY_AGE = (3, 110)
ENOUGH_TO_NAME = 5
"""A label of fewer people may be a person's name, and is masked where it is printed."""


def count_columns(forms: Forms, evidence: Evidence) -> None:
    """Add what the used forms say of groupings and versions to `evidence`, for `judge_columns`."""
    evidence.versions.update(_filled(forms.versions.counts(forms.used)))
    used = forms.used
    add_by_label(evidence.spellings, {name: cells.counts(used) for name, cells in forms.groups.items()})
    if not used.all():
        add_by_label(evidence.set_aside, {name: cells.counts(~used) for name, cells in forms.groups.items()})


def judge_columns(evidence: Evidence, table: Table, layout: Layout) -> Iterator[Problem]:
    """What all used forms of a file tell together."""
    yield from _versions(evidence, table)
    yield from _spellings(evidence, table, layout)
    yield from _without_label(evidence, table, layout)


def check_ages(forms: Forms) -> Iterator[Problem]:
    """Ages that nobody has, and those that the questionnaire is not made for."""
    column = forms.layout.age
    if column is None:
        return
    ages, name = forms.instrument.ages, forms.table.name_of(column)
    low, high = (ages.min, ages.max) if ages is not None else _ANY_AGE
    odd = forms.ages.where(lambda text: bool(text) and not low <= (whole_number(text) or -1) <= high)
    for i in np.flatnonzero(odd & forms.used).tolist():
        can_be = _ANY_AGE[0] <= (whole_number(forms.ages[i]) or -1) <= _ANY_AGE[1]
        low, high = (low, high) if can_be else _ANY_AGE
        details = {"instrument": forms.instrument.id, "low": str(low), "high": str(high)}
        yield Problem("R-049" if can_be else "R-036", forms.place(i, name), shown(forms.ages[i]), details)


def _filled(counts: Counter[str]) -> Counter[str]:
    return Counter({text: count for text, count in counts.items() if text})


def _versions(evidence: Evidence, table: Table) -> Iterator[Problem]:
    if len(evidence.versions) > 1:
        counts = sorted(evidence.versions.items())
        said = (f"{shortened(version, 20)} ({n} form{'s' * (n != 1)})" for version, n in counts)
        yield Problem("R-038", Place(table.file), ", ".join(said))


def _spellings(evidence: Evidence, table: Table, layout: Layout) -> Iterator[Problem]:
    for name, column in layout.groups.items():
        counts = _filled(evidence.spellings.get(name, Counter()))
        by_name: dict[str, list[str]] = {}
        for text in counts:
            by_name.setdefault(folded(text), []).append(text)
        several = [sorted(own) for own in by_name.values() if len(own) > 1]
        masked = masks(_people(by_name.values(), counts), ENOUGH_TO_NAME) if several else {}
        for spellings in several:
            said = " and ".join(masked.get(text, f'"{shortened(text, 30)}"') for text in spellings)
            most = max(spellings, key=lambda text, own=counts: own[text])  # type: ignore[misc]
            details = {"group": name, "read_as": masked.get(most, shortened(most, 30))}
            yield Problem("R-041", Place(table.file, column=table.header[column]), said, details)


def _people(of_one_name: Iterable[Sequence[str]], counts: Counter[str]) -> dict[str, int]:
    """By spelling, the people of all spellings of its name."""
    return {text: sum(counts[other] for other in own) for own in of_one_name for text in own}


def _without_label(evidence: Evidence, table: Table, layout: Layout) -> Iterator[Problem]:
    """Used forms whose cell of a grouping is empty."""
    for name, column in layout.groups.items():
        spellings = evidence.spellings.get(name, Counter())
        blank = sum(count for text, count in spellings.items() if not text.strip())
        if 0 < blank < spellings.total():
            details = {"group": name, "count": str(blank), "of": str(spellings.total())}
            yield Problem("R-068", Place(table.file, column=table.name_of(column)), str(blank), details)
