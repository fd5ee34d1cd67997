"""What evaluation.toml says of labels, held against the files: groupings and texts that no file has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mande.errors import Problem, nearest
from mande.folding import folded
from mande.responses.forms import Forms
from mande.responses.labels import masks
from mande.responses.result import Responses
from mande.toml_file import toml_locator

if TYPE_CHECKING:
    from mande.plan import Plan

__all__ = ["grouping_hint", "texts_nowhere", "unknown_groupings"]

SHOWN = 8


def unknown_groupings(read: Sequence[Responses], plan: Plan) -> Iterator[Problem]:
    """Groupings that have labels and that no source has."""
    there = sorted({name for responses in read for name in responses.groups})
    for name in plan.evaluation.labels:
        if name not in there:
            hint = grouping_hint(name, there, otherwise=" Name its column in a source, under groups.")
            yield Problem("P-020", toml_locator(plan.file)(("labels", name)), name, {"hint": hint})


def grouping_hint(name: str, there: Sequence[str], *, otherwise: str = "") -> str:
    """What to write instead of a grouping that no source has. otherwise: said where nothing looks like it.

    >>> grouping_hint("shcool", ["school", "sex"])
    'Did you mean school?'
    """
    near = nearest(name, there)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return (f"There are: {', '.join(there)}." if there else "No source has groups.") + otherwise


def texts_nowhere(files: Sequence[Forms], plan: Plan, smallest: int) -> Iterator[Problem]:
    """Texts that have a label and stand in no cell, of a row that is used or of one that is not.

    smallest: as for `masks`, for a text that is misspelt may be a name, and so may the labels that are there.
    """
    locate = toml_locator(plan.file)
    for name, entries in plan.evaluation.labels.items():
        held = {text for forms in files for text in _held(forms, name)}
        nowhere = [text for text in entries if folded(text) not in held]
        there = _people(files, name)
        masked = masks({**there, **dict.fromkeys(nowhere, 0)}, smallest) if nowhere else {}
        said = [f'"{label}"' for label in sorted(there) if label and label not in masked]
        hint = f"The labels there are: {', '.join(said[:SHOWN])}{', …' * (len(said) > SHOWN)}." if said else ""
        for text in nowhere:
            place = replace(locate(("labels", name, text)), key=f"labels, {name}")  # the text may be a name
            yield Problem("P-021", place, masked.get(text, text), {"group": name, "hint": hint})


def _held(forms: Forms, name: str) -> Iterator[str]:
    """The texts of a grouping's cells, folded; and of our own forms the plain words that they stand for."""
    column = forms.layout.groups.get(name)
    plain = forms.layout.labels.get(name, {})
    for text in forms.table.labelled(column).distinct() if column is not None else ():
        yield folded(text)
        yield folded(plain.get(folded(text), text))


def _people(files: Sequence[Forms], name: str) -> Counter[str]:
    """Used rows by label, as they are read."""
    return sum((forms.groups[name].counts(forms.used) for forms in files if name in forms.groups), Counter())
