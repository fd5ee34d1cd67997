"""Pictures that a report may carry: from one folder only, and refused if they could do anything but be seen."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from mande.errors import WrongUse

__all__ = ["data_url", "read_picture"]

LARGEST = 500_000
"""Bytes. A logo is a few thousand; more would stand in every copy of every report."""

SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
DRAWN = {
    "svg", "g", "defs", "symbol", "use", "title", "desc", "metadata", "style", "path", "rect", "circle", "ellipse",
    "line", "polyline", "polygon", "text", "tspan", "linearGradient", "radialGradient", "stop", "clipPath", "mask",
    "pattern", "marker", "switch",
}  # fmt: skip
"""Elements that only draw. Not among them: script, foreignObject, image, a, animate, set, filter effects that fetch."""

EDITORS = ("inkscape.org", "sodipodi", "w3.org/1999/02/22-rdf-syntax", "purl.org", "creativecommons.org")
"""Whose own elements, which nothing draws, drawing programs leave in a file."""


def read_picture(name: str, folder: Path) -> str:
    """The picture of that name in `folder`, as a data: URL (PNG, JPEG or SVG).

    Raises WrongUse, which says why, for an address, a file outside the folder (also by a symbolic link), one that
    is too large or no such picture, and an SVG with anything that is run or fetched.
    """
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:|//", name):
        raise WrongUse(f"{name} is an address; a report fetches nothing. Put the file beside evaluation.toml.")
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise WrongUse(f"{name} lies outside {folder}. Copy the file itself into that folder; links do not count.")
    if not path.is_file():
        raise WrongUse(f"There is no picture {name} in {folder}.")
    if path.stat().st_size > LARGEST:
        raise WrongUse(f"{name} has {path.stat().st_size:,} bytes; a picture may have {LARGEST:,}.")
    return data_url(path.read_bytes(), name)


def data_url(content: bytes, name: str) -> str:
    """The picture as a data: URL. Raises WrongUse as `read_picture` does.

    >>> data_url(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>', "x.svg")[:26]
    'data:image/svg+xml;base64,'
    """
    if content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        kind = "image/png" if content[:1] == b"\x89" else "image/jpeg"
        _check_pixels(content, name)
    else:
        kind = "image/svg+xml"
        for reason in _faults(content):
            raise WrongUse(f"{name} cannot be taken: {reason}. Save it as plain SVG, or as PNG.")
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _check_pixels(content: bytes, name: str) -> None:
    from io import BytesIO

    from PIL import Image

    try:
        with Image.open(BytesIO(content)) as picture:
            picture.verify()
    except (OSError, SyntaxError, ValueError) as error:
        raise WrongUse(f"{name} is a broken picture ({error}).") from error


def _faults(content: bytes) -> Iterator[str]:
    """What stands against an SVG, nothing if it only draws."""
    if b"<!ENTITY" in content or re.search(rb"<!DOCTYPE[^>]*\[", content):
        yield "it declares entities"
        return
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - without entities nothing can grow or be fetched
    except ElementTree.ParseError as error:
        yield f"it is no PNG, JPEG or SVG ({error})"
        return
    if root.tag != f"{SVG}svg":
        yield "it is no PNG, JPEG or SVG"
        return
    for element in root.iter():
        yield from _faults_of(element)


def _faults_of(element: ElementTree.Element) -> Iterator[str]:
    space, _, name = element.tag.rpartition("}")
    if f"{space}}}" != SVG:
        if not any(editor in space for editor in EDITORS):
            yield f"it holds something that is no drawing (<{name}>)"
        return
    if name not in DRAWN:
        yield f"it holds <{name}>, which can run or fetch something"
    for key, value in element.attrib.items():
        if key.lower().startswith("on"):
            yield f"it reacts to events ({key})"
        elif key in ("href", f"{XLINK}href") and not value.startswith("#"):
            yield f"it refers to {value[:60]}"
        elif _fetches(value):
            yield f"it fetches something ({key})"
    if name == "style" and _fetches(element.text or ""):
        yield "its style fetches something"


def _fetches(style: str) -> bool:
    """Whether a style refers to anything but a part of its own drawing; what is written in escapes is taken to."""
    return "\\" in style or "@import" in style or bool(re.search(r"url\(\s*['\"]?(?!#)", style, re.IGNORECASE))
