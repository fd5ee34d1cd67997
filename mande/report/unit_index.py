"""The page that leads to the reports of all units, and names those without one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import quote

from mande.catalog import Room, room_folder
from mande.plan import EvaluationFile
from mande.report.environment import environment
from mande.report.translation import Translation

__all__ = ["Listed", "links_to", "render_index"]

Links = tuple[tuple[str, str], ...]
"""Each format's name with its address."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One unit of the index. outcome: "made", "kept", "withheld" or "failed"; fault: why it failed."""

    label: str
    outcome: str
    links: Links
    fault: str


def links_to(files: Iterable[Path], folder: Path) -> Links:
    """Relative to the folder of the index, for both can be moved together."""
    return tuple((path.suffix[1:].upper(), quote(os.path.relpath(path, folder).replace(os.sep, "/"))) for path in files)


def render_index(
    plan: EvaluationFile,
    grouping: str,
    reports: Sequence[Listed],
    whole: Links,
    language: str,
    *,
    masked: int,
    draft: bool,
) -> str:
    """The index as HTML that needs nothing else. whole: the report of everybody, where it is.
    masked: units beside those listed, whose labels could name a person.

    Raises WrongUse as `render_html` does.
    """
    env = environment(room_folder(Room.TEMPLATES) / "each", language, draft=draft)
    page = env.get_template("index.html.j2").render(
        plan=plan, grouping=grouping, reports=reports, whole=whole, masked=masked
    )
    cast("Translation", env.globals["translation"]).refuse_if_missing()
    return page.lstrip()
