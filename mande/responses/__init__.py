"""Questionnaire files become `Responses`: readers ─► table ─► layout ─► cleaning ─► rows ─► linking ─► checks."""

from mande.responses.accounts import Cells, Flow
from mande.responses.column_names import ColumnNames
from mande.responses.forms import FileRead, Forms
from mande.responses.linking import families_in_common, link
from mande.responses.reading import read_forms, read_responses
from mande.responses.result import Grouping, LinkReport, OpenAnswer, Responses

__all__ = [
    "Cells",
    "ColumnNames",
    "FileRead",
    "Flow",
    "Forms",
    "Grouping",
    "LinkReport",
    "OpenAnswer",
    "Responses",
    "families_in_common",
    "link",
    "read_forms",
    "read_responses",
]
