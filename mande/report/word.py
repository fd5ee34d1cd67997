"""The report as a Word file that can be edited: the same headings, sentences and tables, taken from its HTML.

Figures are drawings beside numbers in tables; Word gets the numbers, and each drawing's own words in its place.
Sentences on how to read a drawing stay behind with it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mande.errors import ComponentMissing
from mande.report.word_runs import PASSED_OVER, Look, Run, pieces, plain, runs, tidy

__all__ = ["INSTALL_WORD", "render_word"]

INSTALL_WORD = 'pip install "mande[word]"'
FIXED = datetime(2000, 1, 1)  # noqa: DTZ001 - Word writes no zone; the day of making would change the bytes
NOT_IN_WORD = ("skip", "drawn")
"""Classes of what needs a browser, and of sentences that speak of marks in a drawing."""
WRITTEN_OUT = {"contents"}
"""Lists of pages are left to Word, which can make its own."""


def render_word(html: str, *, title: str, author: str = "") -> bytes:
    """The Word file of a report's page; the same page gives the same bytes.

    Raises ComponentMissing if python-docx, which is the extra `word`, is not installed.
    """
    try:
        import docx
        from lxml import html as parser
    except ImportError as error:
        raise ComponentMissing(
            f"A Word file needs python-docx, which is not installed. Install it with: {INSTALL_WORD}. "
            "The other formats need none of it."
        ) from error
    page = parser.document_fromstring(html)
    for kind in NOT_IN_WORD:
        for element in page.find_class(kind):
            element.drop_tree()
    document = docx.Document()
    _set_up(document, language=page.get("lang") or "en")
    properties = document.core_properties
    properties.title, properties.author, properties.language = title, author, page.get("lang") or "en"
    properties.created = properties.modified = FIXED
    properties.last_modified_by, properties.comments = "", "Made by mande"
    _Writer(document).block(page.find("body"))
    content = io.BytesIO()
    document.save(content)
    return _dated(content.getvalue())


def _set_up(document: Any, *, language: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2.2)
    normal = document.styles["Normal"]
    normal.font.size = Pt(10)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), language)
    normal.element.get_or_add_rPr().append(spoken)


class _Writer:
    """Walks the page and writes what it meets."""

    def __init__(self, document: Any) -> None:
        self.document = document

    def block(self, element: Any) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag in PASSED_OVER:
            return
        classes = set((element.get("class") or "").split())
        if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self.document.add_heading(plain(runs(element, Look())), level=0 if tag == "h1" else int(tag[1]) - 1)
        elif tag == "table":
            self.table(element)
        elif tag in {"ol", "ul"} and not (tag == "ol" and _inside(element, WRITTEN_OUT)):
            self.items(element, "List Number" if tag == "ol" else "List Bullet")
        elif tag == "p" and "mark" in classes:
            self.document.sections[0].header.paragraphs[0].text = plain(runs(element, Look()))
        elif tag not in {"ol", "ul"}:
            self.flow(element)

    def flow(self, element: Any) -> None:
        """Text in paragraphs, with the blocks that stand between."""
        style = "Intense Quote" if element.tag == "blockquote" else None
        loose: list[Run] = []
        for piece in pieces(element):
            if isinstance(piece, Run):
                loose.append(piece)
                continue
            self.paragraph(loose, style)
            loose = []
            self.block(piece)
        self.paragraph(loose, style)

    def paragraph(self, loose: list[Run], style: str | None = None) -> None:
        written = tidy(loose)
        if written:
            _fill(self.document.add_paragraph(style=style), written)

    def items(self, element: Any, style: str) -> None:
        for item in element.iterchildren("li"):
            self.paragraph([piece for piece in pieces(item, deep=True) if isinstance(piece, Run)], style)

    def table(self, element: Any) -> None:
        rows = list(element.iter("tr"))
        placed = list(_placed([list(row.iterchildren("td", "th")) for row in rows]))
        width = max((place.x + place.across for place in placed), default=0)
        if not width:
            return
        table = self.document.add_table(rows=len(rows), cols=width, style="Table Grid")
        grid = [list(row.cells) for row in table.rows]
        for place in placed:
            if place.across * place.down > 1:
                grid[place.y][place.x].merge(grid[place.y + place.down - 1][place.x + place.across - 1])
            _fill_cell(grid[place.y][place.x], place.cell)
        for row, written in zip(rows, table.rows, strict=True):
            if row.getparent().tag == "thead":
                _repeat(written)
        self.document.add_paragraph()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a cell of the page stands in a grid, and over how many rows and columns."""

    cell: Any
    y: int
    x: int
    down: int
    across: int


def _placed(rows: list[list[Any]]) -> Iterator[_Place]:
    taken: set[tuple[int, int]] = set()
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            while (y, x) in taken:
                x += 1
            across, down = _span(cell, "colspan"), min(_span(cell, "rowspan"), len(rows) - y)
            taken |= {(y + j, x + i) for j in range(down) for i in range(across)}
            yield _Place(cell, y, x, down, across)
            x += across


def _fill(paragraph: Any, text: list[Run]) -> None:
    for run in text:
        written = paragraph.add_run(_allowed(run.text))
        written.bold, written.italic = run.look.bold or None, run.look.italic or None
        written.font.subscript, written.font.superscript = run.look.below or None, run.look.above or None


def _fill_cell(target: Any, cell: Any) -> None:
    from docx.shared import Pt

    look = Look(bold=cell.tag == "th", in_cell=True)
    paragraph = target.paragraphs[0]
    _fill(paragraph, runs(cell, look))
    paragraph.paragraph_format.space_after = Pt(0)
    flagged = "flag" in (cell.get("class") or "").split()
    for run in paragraph.runs:
        run.font.size = Pt(8)
        run.font.underline = (
            flagged and run.bold
        ) or None  # the sentences beside the table speak of what is underlined


def _allowed(text: str) -> str:
    """Without the control characters that a Word file cannot hold."""
    return "".join(letter for letter in text if letter in "\n\t" or ord(letter) >= 32)


def _repeat(row: Any) -> None:
    """Say the row again at the head of each page."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _span(cell: Any, name: str) -> int:
    value = cell.get(name) or "1"
    return max(1, int(value)) if value.isdecimal() else 1


def _inside(element: Any, classes: set[str]) -> bool:
    return any(classes & {*(above.get("class") or "").split()} for above in element.iterancestors())


def _dated(content: bytes) -> bytes:
    """The same archive with every file dated alike, so that the same report gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
