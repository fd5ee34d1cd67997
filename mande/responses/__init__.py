"""Questionnaire files become `Responses`: readers ─► table ─► layout ─► cleaning ─► one form a respondent."""

from mande.responses.layout import ColumnNames
from mande.responses.reading import Flow, Grouping, Responses, read_responses

__all__ = ["ColumnNames", "Flow", "Grouping", "Responses", "read_responses"]
