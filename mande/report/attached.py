"""What a PDF report carries inside, so that it can be recomputed from itself: the evaluation, and how it was set."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from importlib.metadata import version
from pathlib import Path

from mande.catalog import Room, find_template, room_folder
from mande.errors import MandeError, WrongUse
from mande.evaluation import Evaluation, evaluation_of
from mande.pdf import AttachedFile, pdf_versions

__all__ = [
    "EVALUATION", "MAKING", "ROLL_UP",
    "Carried", "Making", "attached_files", "making", "read_report", "reading_pdf", "template_digest",
]  # fmt: skip

EVALUATION, MAKING, ROLL_UP = "evaluation.json", "report.json", "roll-up.json"
FORMAT = "mande-report-2"
UNDATED = date(2000, 1, 1)
"""Dates the files of an evaluation whose plan has no period: the day of making would change the bytes."""


@dataclass(frozen=True, slots=True)
class Making:
    """How a report was set: everything but the evaluation that its pages depend on."""

    format: str
    template: str
    language: str
    draft: bool
    template_digest: str
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Carried:
    """What was found inside a report."""

    evaluation: Evaluation
    making: Making


def making(template: str | Path, language: str, *, draft: bool = False) -> Making:
    """How a report is set here and now. Raises ComponentMissing without Pango, UnknownName for the template."""
    versions = {name: _version(name) for name in ("mande", "jinja2", "babel", "markdown-it-py", "pydyf")}
    digest = template_digest(find_template(template))
    return Making(FORMAT, Path(template).name, language, draft, digest, versions | pdf_versions())


def attached_files(
    evaluation: Evaluation, template: str | Path, language: str, *, draft: bool = False
) -> list[AttachedFile]:
    """The files of a report: its figures with the plan and the counts behind them, and how it was set."""
    period = evaluation.plan.programme.period
    dated = period.to if period is not None else UNDATED
    setting = json.dumps(asdict(making(template, language, draft=draft)), indent=2, sort_keys=True).encode()
    return [
        AttachedFile(
            EVALUATION,
            evaluation.to_json().encode(),
            "Every figure at full precision, the plan, and the counts behind the figures; nothing about one person",
            dated,
        ),
        AttachedFile(MAKING, setting, "How this report was set: template, language, versions", dated),
    ]


def read_report(content: bytes, name: str) -> Carried:
    """What the PDF carries. Raises WrongUse if it is no report of mande, MandeError if what it carries is broken."""
    files = _files(content, name)
    if ROLL_UP in files:
        raise WrongUse(
            f"{name} is a report on a region. Verify the reports of its evaluations; make it again with: mande roll-up"
        )
    if EVALUATION not in files or MAKING not in files:
        raise WrongUse(f"{name} carries no {EVALUATION}: it is no report of mande, or another program saved it again.")
    try:
        found = Making(**json.loads(files[MAKING]))
    except (ValueError, TypeError) as error:
        raise MandeError(f"{MAKING} in {name} cannot be read ({error}).") from error
    if found.format != FORMAT:
        raise MandeError(f'{name} is a report of format "{found.format}"; this mande reads "{FORMAT}".')
    return Carried(evaluation_of(files[EVALUATION], f"{EVALUATION} in {name}"), found)


def _files(content: bytes, name: str) -> Mapping[str, bytes]:
    if not content.startswith(b"%PDF"):  # the library would search it for one, and log what it misses
        raise WrongUse(f"{name} is no PDF. Give the PDF of a report; it carries what its other forms do not.")
    import pypdf

    with reading_pdf(name), pypdf.PdfReader(io.BytesIO(content)) as pdf:
        return {file: versions[0] for file, versions in pdf.attachments.items()}


@contextmanager
def reading_pdf(name: str) -> Iterator[None]:
    """Silences the library that reads PDFs. Raises WrongUse for a PDF that is damaged, in our own words alone."""
    from pypdf.errors import PyPdfError

    log, nowhere = logging.getLogger("pypdf"), logging.NullHandler()
    told, log.propagate = log.propagate, False
    log.addHandler(nowhere)
    try:
        yield
    except (PyPdfError, zlib.error, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise WrongUse(
            f"{name} is a damaged PDF: a part of it is missing or was changed. Get the file again from whoever made "
            "it, or make the report again."
        ) from error
    finally:
        log.removeHandler(nowhere)
        log.propagate = told


_version = cache(version)


def template_digest(template: Path) -> str:
    """SHA-256 of every file that the template may use."""
    digest = hashlib.sha256()
    shared = room_folder(Room.TEMPLATES)
    for folder in (template, shared / "_shared", shared / "_locale"):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
