"""Instrument ─► forms: a paper questionnaire (PDF), an XLSForm for Kobo and ODK, a codebook (HTML and CSV)."""

from __future__ import annotations

from mande.forms.codebook import codebook_csv, codebook_html
from mande.forms.paper import paper_html
from mande.forms.question import Order
from mande.forms.writing import FormKind, write_forms
from mande.forms.xlsform import xlsform

__all__ = ["FormKind", "Order", "codebook_csv", "codebook_html", "paper_html", "write_forms", "xlsform"]
