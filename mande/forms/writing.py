"""Forms are made in memory, all of them, and only then written: an error leaves no file."""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum
from pathlib import Path

from mande.errors import WrongUse
from mande.forms.codebook import codebook_csv, codebook_html
from mande.forms.paper import paper_html
from mande.forms.question import Order
from mande.forms.xlsform import xlsform
from mande.model import Instrument
from mande.output import output_folder, write_whole
from mande.pdf import render_pdf

__all__ = ["FormKind", "write_forms"]


class FormKind(StrEnum):
    PAPER = "paper"
    XLSFORM = "xlsform"
    CODEBOOK = "codebook"


def write_forms(
    instrument: Instrument,
    folder: str | Path,
    *,
    language: str = "en",
    kinds: Collection[FormKind] = tuple(FormKind),
    order: Order = Order.NOW_THEN,
    wave: str | None = None,
) -> list[Path]:
    """Write the forms of an instrument into `folder`; returns the files.

    order: the wave that stands first. wave: of a questionnaire that is asked once, when these forms are for.
    Raises WrongUse if the wording is withheld (a codebook is made even so), a language has no words, or a wave is named
    for a form that asks several; ComponentMissing if paper is asked for and Pango is not installed.
    """
    if wave is not None:
        _check_wave(instrument, wave)
    made: dict[str, bytes] = {}
    for kind in FormKind:
        if kind in kinds:
            made |= _made(kind, instrument, language, order, wave)
    target = output_folder(Path(folder))
    return [write_whole(target / name, content) for name, content in made.items()]


def _made(kind: FormKind, instrument: Instrument, language: str, order: Order, wave: str | None) -> dict[str, bytes]:
    """Contents by file name."""
    stem = re.sub(r"[^\w.-]", "_", f"{instrument.id}-{instrument.version}")
    own = f"{stem}-{wave}-{language}" if wave else f"{stem}-{language}"
    match kind:
        case FormKind.PAPER:
            page = paper_html(instrument, language=language, order=order, wave=wave)
            otherwise = "The other forms need none of it: --xlsform --codebook"
            return {f"{own}-paper.pdf": render_pdf(page, otherwise=otherwise)}
        case FormKind.XLSFORM:
            return {f"{own}-xlsform.xlsx": xlsform(instrument, language=language, order=order, wave=wave)}
        case FormKind.CODEBOOK:
            page = codebook_html(instrument, language=language)
            table = codebook_csv(instrument).encode("utf-8-sig")
            return {f"{stem}-{language}-codebook.html": page.encode(), f"{stem}-codebook.csv": table}


def _check_wave(instrument: Instrument, wave: str) -> None:
    if len(instrument.waves) > 1:
        asked = " and ".join(instrument.waves)
        raise WrongUse(f"{instrument.id} asks {asked} on one form. Leave --wave out.")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", wave):
        raise WrongUse(f'"{wave}" is not a name of a wave. Write it in small letters, such as baseline or follow-up.')
