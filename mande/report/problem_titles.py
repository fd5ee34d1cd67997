"""The titles of problems as annex C of the reports words them, for whoever asks what a code means."""

from __future__ import annotations

from html import unescape

from mande.catalog import Room, room_folder
from mande.errors import WrongUse
from mande.report.environment import environment

__all__ = ["problem_title"]


def problem_title(code: str) -> str:
    """What a problem is called in a report in English; "" for one that no report has to name, as it stops before.

    >>> problem_title("R-020"), problem_title("P-001")
    ('Second form of a respondent who has one already', '')
    """
    words = environment(room_folder(Room.TEMPLATES)).get_template("_shared/problems.j2").module
    try:
        return unescape(str(words.title(code)).strip())  # type: ignore[attr-defined]
    except WrongUse:  # the templates have no words for it
        return ""
