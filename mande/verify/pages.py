"""What is printed, against what the figures give: the report is made anew and read page by page."""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mande.evaluation import Evaluation
from mande.pdf import render_pdf
from mande.report.attached import Making, attached_files, making, reading_pdf
from mande.report.html import render_html
from mande.verify.comparing import Compared, Outcome

if TYPE_CHECKING:
    from pypdf import PageObject

__all__ = ["compare_pages", "made_again"]

NUMBER = re.compile(r"\d")

Drawing = tuple[bytes, int]
"""What draws a page, and how many things are laid over it."""


def made_again(evaluation: Evaluation, template: Path, made: Making) -> bytes:
    """The PDF that this evaluation gives here and now, by the template in that folder."""
    html = render_html(evaluation, template=template, language=made.language, draft=made.draft)
    return render_pdf(html, attached=attached_files(evaluation, template, made.language, draft=made.draft))


def compare_pages(
    printed: bytes, again: bytes, made: Making, template: Path | None = None, *, name: str = "The file"
) -> Iterator[Compared]:
    """Every page: its words, its numbers, and how it is drawn. name: of the printed file.

    Where the report was set by other versions than these (`made`), words and drawing may differ for that reason alone:
    only its numbers are held against it. Raises WrongUse if it is damaged.
    """
    if printed == again:
        yield Compared("the whole file, byte for byte", Outcome.AGREES)
        return
    alike = making(template or made.template, made.language, draft=made.draft) == made
    with reading_pdf(name):
        texts, drawings = _read(printed)
    expected, wanted_drawings = _read(again)
    if not alike and [text.split() for text in texts] != [text.split() for text in expected]:
        yield from _words("all pages", " ".join(texts), " ".join(expected), numbers_only=True)
        yield Compared("all pages · words and drawing", Outcome.CANNOT, why=_other_versions(made))
        return
    if len(texts) != len(expected):
        yield Compared("pages", Outcome.DIFFERS, len(texts), len(expected))
    for number, (text, wanted) in enumerate(zip(texts, expected, strict=False), 1):
        yield from _words(f"page {number}", text, wanted, numbers_only=False)
    if alike:
        yield from _drawings(drawings, wanted_drawings)


def _words(place: str, text: str, wanted: str, *, numbers_only: bool) -> Iterator[Compared]:
    mine, theirs = _tokens(text, numbers_only), _tokens(wanted, numbers_only)
    if mine == theirs:
        yield Compared(place, Outcome.AGREES)
        return
    matcher = difflib.SequenceMatcher(None, mine, theirs, autojunk=False)
    for kind, start, end, from_, to in matcher.get_opcodes():
        if kind != "equal":
            yield Compared(place, Outcome.DIFFERS, " ".join(mine[start:end]), " ".join(theirs[from_:to]))


def _tokens(text: str, numbers_only: bool) -> list[str]:
    return [token for token in text.split() if NUMBER.search(token) or not numbers_only]


def _drawings(mine: Sequence[Drawing], theirs: Sequence[Drawing]) -> Iterator[Compared]:
    """Figures are drawings; and something may be laid over a page."""
    changed = False
    for number, (drawing, wanted) in enumerate(zip(mine, theirs, strict=False), 1):
        if drawing != wanted:
            changed = True
            yield Compared(f"page {number} · drawing", Outcome.DIFFERS, "as found", "as the figures give it")
    if not changed:
        why = "pages are drawn as they should be, but another program has saved the file again"
        yield Compared("the whole file, byte for byte", Outcome.CANNOT, why=why)


def _drawing(page: PageObject) -> Drawing:
    content = page.get_contents()
    return content.get_data() if content is not None else b"", len(page.get("/Annots") or ())


def _read(pdf: bytes) -> tuple[list[str], list[Drawing]]:
    """Of each page its text and its drawing."""
    from pypdf import PdfReader

    pages = list(PdfReader(io.BytesIO(pdf)).pages)
    return [page.extract_text() for page in pages], [_drawing(page) for page in pages]


def _other_versions(made: Making) -> str:
    here = making(made.template, made.language)
    names = [name for name in made.versions if made.versions[name] != here.versions.get(name)]
    if made.template_digest != here.template_digest:
        names.append(f"template {made.template}")
    return f"made with another {', '.join(names)} than is installed here"
