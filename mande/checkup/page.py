"""check.html: what was read, how the columns were taken, every problem by kind, and the answers of each item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mande.checkup.groups import groupings
from mande.errors import CATALOGUE, Problem
from mande.model import in_language
from mande.output import output_folder, write_whole
from mande.responses import Responses
from mande.responses.labels import lines_to_join
from mande.responses.missing import Missing

__all__ = ["write_page"]

_SHOWN = 200
"""Problems of one kind on the page; problems.csv has all of them."""


@dataclass(frozen=True, slots=True)
class ItemAnswers:
    """The answers to one item at one wave. counts: people by answer. missing: by kind."""

    item: str
    text: str
    wave: str
    counts: tuple[tuple[str, int, float], ...]
    missing: tuple[tuple[str, int], ...]
    n: int


@dataclass(frozen=True, slots=True)
class Kind:
    """The problems of one code."""

    code: str
    effect: str
    problems: Sequence[Problem]

    @property
    def shown(self) -> Sequence[Problem]:
        return self.problems[:_SHOWN]


def write_page(read: Sequence[Responses], folder: Path, *, smallest: int, language: str = "en") -> Path:
    """Write check.html, which needs no other file. smallest: fewer people than this are not counted by answer.

    Raises OutputNotWritable.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("mande.checkup", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("page.html.j2").render(
        sources=[_shown(source, smallest, language) for source in read],
        smallest=smallest,
    )
    return write_whole(output_folder(folder) / "check.html", page.encode("utf-8", errors="replace"))


def _shown(source: Responses, smallest: int, language: str) -> Mapping[str, object]:
    """What the page says of one respondent group."""
    first, *others = source.codes
    return {
        "source": source,
        "kinds": list(_kinds(source)),
        "items": list(_answers(source, smallest, language)),
        "groupings": list(groupings(source, smallest)),
        "lines": lines_to_join([source]),
        "first": first,
        "stayed": {later: source.stayed(first, later) for later in others} if source.links is not None else {},
    }


def _kinds(source: Responses) -> Iterator[Kind]:
    by_code: dict[str, list[Problem]] = {}
    for problem in source.problems:
        by_code.setdefault(problem.code, []).append(problem)
    for code in sorted(by_code):
        yield Kind(code, CATALOGUE[code].effect.value, by_code[code])


def _answers(source: Responses, smallest: int, language: str) -> Iterator[ItemAnswers]:
    for k, item in enumerate(source.instrument.rated_items):
        scale = source.instrument.scale_of(item)
        labels = {a.code: f"{a.code} {in_language(a.label, language)}" for a in scale.answers}
        for wave, codes in source.codes.items():
            yield _item_answers(item.id, in_language(item.text, language), wave, codes[:, k], labels, smallest)


def _item_answers(
    item: str, text: str, wave: str, codes: np.ndarray, labels: Mapping[int, str], smallest: int
) -> ItemAnswers:
    values, counts = np.unique(codes, return_counts=True)
    counted = dict(zip(values.tolist(), counts.tolist(), strict=True))
    n = sum(count for code, count in counted.items() if code > Missing.BLANK)
    missing = {Missing(code).name.lower().replace("_", " "): c for code, c in counted.items() if code <= Missing.BLANK}
    shares = tuple((label, counted.get(code, 0), counted.get(code, 0) / n) for code, label in labels.items() if n)
    return ItemAnswers(item, text, wave, shares if n >= smallest else (), tuple(missing.items()), n)
