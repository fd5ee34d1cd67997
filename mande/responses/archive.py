"""Zip files, and workbooks, which are zip files too: what they hold is measured before anything is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from mande.errors import DataProblems, Place, Problem

__all__ = ["LARGEST_UNPACKED", "check_size", "members"]

LARGEST_UNPACKED = 1 << 30
"""Bytes that a zip file or workbook may unpack to."""

_SUSPICIOUS = 1 << 26
_LARGEST_RATIO = 250


def check_size(file: str, content: bytes) -> None:
    """Refuse a zip that unpacks to more than a questionnaire can be, or that lies about its size."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
            too_dense = unpacked > _SUSPICIOUS and unpacked > _LARGEST_RATIO * len(content)
            if unpacked > LARGEST_UNPACKED or too_dense:
                detail = f"it would unpack to {unpacked >> 20} MB from {max(1, len(content) >> 10)} KB"
                raise _refused(file, detail, "Ask the sender for the answers as CSV.")
            damaged = archive.testzip()
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, OSError, EOFError, ValueError) as error:
        raise _refused(file, _why(error), "Download it again, without a password.") from error
    if damaged is not None:
        raise _refused(file, f"its part {damaged} is damaged", "Download it again.")


def members(file: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file in a checked zip that is a table; media and folders are passed over."""
    check_size(file, content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            name = PurePosixPath(member.filename)
            hidden = name.name.startswith(".") or "__MACOSX" in name.parts
            if not member.is_dir() and not hidden and name.suffix.lower() in {".csv", ".tsv", ".txt"}:
                yield member.filename, archive.read(member)


def _why(error: Exception) -> str:
    return (
        "it needs a password" if "encrypted" in str(error) or "password" in str(error) else "it is a damaged zip file"
    )


def _refused(file: str, detail: str, remedy: str) -> DataProblems:
    return DataProblems([Problem("R-001", Place(file), details={"detail": detail, "remedy": remedy})])
