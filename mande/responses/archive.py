"""Zip files, and workbooks, which are zip files too: what they hold is measured before anything is unpacked."""

from __future__ import annotations

import io
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from mande.errors import DataProblems, OutputNotWritable, Place, Problem
from mande.responses.storage import StoredFile, opened

__all__ = ["LARGEST_UNPACKED", "check_size", "members", "unpacked"]

LARGEST_UNPACKED = 1 << 30
"""Bytes that a zip file or workbook may unpack to."""

_SUSPICIOUS = 1 << 26
_LARGEST_RATIO = 250
_DAMAGED = (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError, ValueError)


def check_size(file: str, content: bytes) -> None:
    """Refuse a zip that unpacks to more than a questionnaire can be, or that lies about its size."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_bomb(file, archive.infolist(), LARGEST_UNPACKED)
            damaged = archive.testzip()
    except (*_DAMAGED, OSError) as error:
        raise _refused(file, _why(error), "Download it again, without a password.") from error
    if damaged is not None:
        raise _refused(file, f"its part {damaged} is damaged", "Download it again.")


def members(file: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file in a checked zip that is a table; media and folders are passed over."""
    check_size(file, content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in filter(_is_table, archive.infolist()):
            yield member.filename, archive.read(member)


def unpacked(file: StoredFile, folder: Path) -> Iterator[StoredFile]:
    """Each file in a zip that is a table, as a file in `folder`: a table may be larger than memory.

    Raises DataProblems if the zip is damaged, or unpacks to far more than answers can be; OutputNotWritable.
    """
    try:
        with opened(file) as source, zipfile.ZipFile(source) as archive:
            _refuse_bomb(file.name, archive.infolist())
            for number, member in enumerate(filter(_is_table, archive.infolist())):
                target = folder / f"{number:05d}"  # the name inside the zip is not trusted
                with archive.open(member) as packed, target.open("wb") as unpacked_file:
                    shutil.copyfileobj(packed, unpacked_file, 1 << 20)
                yield StoredFile(str(target), file.name, member.filename)
    except _DAMAGED as error:
        raise _refused(file.name, _why(error), "Download it again, without a password.") from error
    except OSError as error:
        raise OutputNotWritable(
            f"Cannot unpack {file.name} into {folder.parent}: {error.strerror or error}. "
            "Free space there, or set TMPDIR to another disk."
        ) from error


def _is_table(member: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(member.filename)
    hidden = name.name.startswith(".") or "__MACOSX" in name.parts
    return not member.is_dir() and not hidden and name.suffix.lower() in {".csv", ".tsv", ".txt"}


def _refuse_bomb(file: str, members: Sequence[zipfile.ZipInfo], largest: int | None = None) -> None:
    size, packed = sum(member.file_size for member in members), sum(member.compress_size for member in members)
    too_dense = size > _SUSPICIOUS and size > _LARGEST_RATIO * packed
    if too_dense or (largest is not None and size > largest):
        detail = f"it would unpack to {size >> 20} MB from {max(1, packed >> 10)} KB"
        raise _refused(file, detail, "Ask the sender for the answers as CSV.")


def _why(error: Exception) -> str:
    return (
        "it needs a password" if "encrypted" in str(error) or "password" in str(error) else "it is a damaged zip file"
    )


def _refused(file: str, detail: str, remedy: str) -> DataProblems:
    return DataProblems([Problem("R-001", Place(file), details={"detail": detail, "remedy": remedy})])
