"""The text of an HTML element as runs of one look each, as a word processor takes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["PASSED_OVER", "Look", "Run", "pieces", "plain", "runs", "tidy"]

PASSED_OVER = {"style", "script", "head", "title", "template"}
BLOCKS = {
    "address", "article", "aside", "blockquote", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "footer",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "li", "main", "nav", "ol", "p", "section", "summary", "table", "ul",
}  # fmt: skip
BREAK = "\N{LINE SEPARATOR}"
"""A break of the line, until `tidy` makes it one: a line break of the HTML's own text is only a space."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a piece of text looks. in_cell: a span there stands on a line of its own, as on the page."""

    bold: bool = False
    italic: bool = False
    below: bool = False
    above: bool = False
    in_cell: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    text: str
    look: Look


def pieces(element: Any, look: Look | None = None, *, deep: bool = False) -> Iterator[Run | Any]:
    """The text of an element as runs, and the blocks in it as they are (deep: their text as runs too)."""
    look = look or Look()
    if element.text:
        yield Run(element.text, look)
    for child in element:
        if isinstance(child.tag, str):
            if child.tag == "span" and not look.in_cell and _ends_in_a_word(child):
                yield Run(" ", look)
            if child.tag in BLOCKS and not deep:
                yield child
            else:
                yield from _inline(child, look, deep=deep)
        if child.tail:
            yield Run(child.tail, look)


def _ends_in_a_word(span: Any) -> bool:
    """Whether a span that the page sets apart would grow together with what stands before it."""
    before = span.getprevious()
    text = (span.getparent().text if before is None else before.tail or before.text_content()) or ""
    return bool(re.search(r"[\w.)%]$", text))


def _inline(child: Any, look: Look, *, deep: bool) -> Iterator[Run | Any]:
    tag = child.tag
    if tag in PASSED_OVER:
        return
    if tag == "br" or (tag == "span" and look.in_cell and "turned" not in (child.get("class") or "")):
        yield Run(BREAK, look)
    if tag == "svg":
        yield Run(_words_of(child), replace(look, italic=True))
        return
    yield from pieces(child, _looking(tag, look), deep=deep)


def _looking(tag: str, look: Look) -> Look:
    if tag in {"b", "strong"}:
        return replace(look, bold=True)
    if tag in {"i", "em"}:
        return replace(look, italic=True)
    if tag == "sub":
        return replace(look, below=True)
    return replace(look, above=True) if tag == "sup" else look


def _words_of(drawing: Any) -> str:
    """What a drawing says of itself: its title, and the description after it."""
    parts = [child.text for child in drawing if isinstance(child.tag, str) and child.tag in {"title", "desc"}]
    return ". ".join(part.strip().rstrip(".") for part in parts if part)


def runs(element: Any, look: Look) -> list[Run]:
    return tidy([piece for piece in pieces(element, look, deep=True) if isinstance(piece, Run)])


def tidy(of: list[Run]) -> list[Run]:
    """Spaces as a browser shows them: one between words, none at the ends of a line."""
    found: list[Run] = []
    ends_open = False
    for run in of:
        text = "\n" if run.text == BREAK else _collapsed(run.text)
        if not ends_open:
            text = text.removeprefix(" ") if found and text != "\n" else text.lstrip(" \n")
        if text:
            found.append(Run(text, run.look))
            ends_open = not text.endswith((" ", "\n"))
    if found:
        found[-1] = Run(found[-1].text.rstrip(" \n"), found[-1].look)
    return found if any(run.text for run in found) else []


def _collapsed(text: str) -> str:
    """White space as one space, but for the kinds that hold words together."""
    return re.sub(r"[ \t\r\n\f]+", " ", text)


def plain(of: list[Run]) -> str:
    return "".join(run.text for run in of)
