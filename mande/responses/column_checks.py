"""What a file's other columns tell: ages that cannot be, versions of the form, names spelled in several ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import compress

from mande.errors import Place, Problem
from mande.responses.forms import Forms
from mande.responses.text import folded, shortened, whole_number

__all__ = ["check_columns"]

_ANY_AGE = (3, 110)


def check_columns(forms: Forms) -> Forms:
    """The same forms with these findings among what is noticed."""
    return forms.noticing([*_ages(forms), *_versions(forms), *_spellings(forms)])


def _ages(forms: Forms) -> Iterator[Problem]:
    """Ages that nobody has, and those that the questionnaire is not made for."""
    column = forms.layout.age
    if column is None:
        return
    name, ages, instrument = forms.table.name_of(column), forms.instrument.ages, forms.instrument.id
    for i, text in enumerate(forms.ages):
        if not text or i in forms.set_aside:
            continue
        age, place, shown = whole_number(text) or -1, forms.place(i, name), shortened(text, 20)
        if not _ANY_AGE[0] <= age <= _ANY_AGE[1]:
            yield Problem("R-036", place, shown, {"low": str(_ANY_AGE[0]), "high": str(_ANY_AGE[1])})
        elif ages is not None and not ages.min <= age <= ages.max:
            yield Problem(
                "R-049", place, shown, {"instrument": instrument, "low": str(ages.min), "high": str(ages.max)}
            )


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
