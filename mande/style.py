"""A ministry's own look: its colours, logo and cover text, checked so that every reader can read them."""

from __future__ import annotations

from colorsys import hls_to_rgb, rgb_to_hls
from typing import Annotated

from pydantic import AfterValidator

from mande.errors import WrongUse
from mande.model import Frozen
from mande.picture import data_url

__all__ = ["READABLE", "Colour", "Picture", "Style", "contrast", "mixed"]

READABLE = 4.5
"""Least contrast of text and what it stands on: WCAG 2.2, success criterion 1.4.3, level AA."""

WHITE = "#ffffff"


def contrast(one: str, other: str) -> float:
    """Contrast of two colours by WCAG 2.2, from 1 (the same) to 21 (black on white).

    >>> round(contrast("#000000", "#ffffff"), 1), round(contrast("#777777", "#ffffff"), 2)
    (21.0, 4.48)
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mixed(colour: str, other: str, share: float) -> str:
    """`colour` with a share (0 to 1) of another.

    >>> mixed("#000000", "#ffffff", 0.5)
    '#808080'
    """
    parts = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in parts)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(parts: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in _parts(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _readable(text: str) -> str:
    colour = text.strip().lower()
    if len(colour) != 7 or colour[0] != "#" or any(letter not in "0123456789abcdef" for letter in colour[1:]):
        raise ValueError('a colour as "#0f6b7c"')
    found = contrast(colour, WHITE)
    if found < READABLE:
        raise ValueError(
            f"a darker colour: text in {colour} has a contrast of {found:.1f} to 1 with the white page, and readers "
            f"need {READABLE} to 1 (WCAG AA). The same hue in a shade that can be read is {_darkened(colour)}"
        )
    return colour


def _darkened(colour: str) -> str:
    shades = (mixed(colour, "#000000", step / 100) for step in range(1, 101))
    return next(shade for shade in shades if contrast(shade, WHITE) >= READABLE)


Colour = Annotated[str, AfterValidator(_readable)]
"""Six hexadecimal digits; text in it can be read on white, and white text on it."""


def _shown(url: str) -> str:
    """A picture from wherever: a saved evaluation can come from a stranger, so it is looked through again."""
    import base64
    import binascii

    try:
        return data_url(base64.b64decode(url.partition(",")[2], validate=True), "the logo")
    except (WrongUse, binascii.Error) as error:
        raise ValueError(f"a picture: {error}") from error


class Picture(Frozen):
    """A file that is carried along, so that a report can be made again without it. content: a data: URL."""

    file: str
    content: Annotated[str, AfterValidator(_shown)]


class Style(Frozen):
    """accent: what is new or counted. heading: titles and key figures. caution: what to beware of.

    logo_text: what the logo says, for those who do not see it. cover: text at the foot of the cover, in Markdown.
    """

    logo: Picture | None = None
    logo_text: str = ""
    accent: Colour = "#0f6b7c"
    heading: Colour = "#0b3c49"
    caution: Colour = "#a4480d"
    cover: str = ""

    @property
    def pale(self) -> str:
        """Bands of intervals behind marks in the accent."""
        return mixed(self.accent, WHITE, 0.73)

    @property
    def worse(self) -> str:
        """The bar of those who got worse: the colour of caution, light enough to be another grey than the accent."""
        hue, _, saturation = rgb_to_hls(*(part / 255 for part in _parts(self.caution)))
        shades = (_hex(hls_to_rgb(hue, step / 100, saturation * 0.78)) for step in range(101))
        return next(shade for shade in shades if contrast(shade, WHITE) <= 2.8)

    @property
    def wide(self) -> str:
        """Broad bands behind marks: bounds."""
        return mixed(self.worse, WHITE, 0.7)
