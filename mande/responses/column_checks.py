"""What a file's other columns tell: ages that cannot be, versions of the form, names spelled in several ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import compress

from mande.errors import Place, Problem
from mande.responses.forms import Forms
from mande.responses.showing import shown
from mande.responses.text import folded, shortened, whole_number

__all__ = ["check_columns"]

_ANY_AGE = (3, 110)


def check_columns(forms: Forms) -> Forms:
    """The same forms with these findings among what is noticed."""
    return forms.noticing([*_ages(forms), *_versions(forms), *_spellings(forms)])


def _ages(forms: Forms) -> Iterator[Problem]:
    column = forms.layout.age
    if column is None:
        return
    ages = forms.instrument.ages
    low, high = (ages.min, ages.max) if ages is not None else _ANY_AGE
    details = {"low": str(low), "high": str(high)}
    odd = {text for text in set(forms.ages) if text and not low <= (whole_number(text) or -1) <= high}
    for i, text in enumerate(forms.ages):
        if text in odd and i not in forms.set_aside:
            yield Problem("R-036", forms.place(i, forms.table.name_of(column)), shown(text), details)


def _versions(forms: Forms) -> Iterator[Problem]:
    used = forms.used
    counts = Counter(text for text, is_used in zip(forms.versions, used.tolist(), strict=True) if is_used and text)
    if len(counts) > 1:
        said = ", ".join(f"{shortened(version, 20)} ({n} forms)" for version, n in sorted(counts.items()))
        yield Problem("R-038", Place(forms.table.file), said)


def _spellings(forms: Forms) -> Iterator[Problem]:
    for name, texts in forms.groups.items():
        by_name: dict[str, Counter[str]] = {}
        for text, count in Counter(compress(texts, forms.used.tolist())).items():
            if text:
                by_name.setdefault(folded(text), Counter())[text] = count
        for spellings in by_name.values():
            if len(spellings) > 1:
                said = " and ".join(f'"{shortened(text, 30)}"' for text in sorted(spellings))
                most = max(sorted(spellings), key=lambda text, own=spellings: own[text])  # type: ignore[misc]
                details = {"group": name, "read_as": shortened(most, 30)}
                yield Problem(
                    "R-041",
                    Place(forms.table.file, column=forms.table.header[forms.layout.groups[name]]),
                    said,
                    details,
                )
