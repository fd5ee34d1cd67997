"""Where the files of a source lie: on this machine, in a zip, or at an address that fsspec knows (s3://, memory://)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO

from mande.errors import ComponentMissing, DataProblems, Place, Problem
from mande.named_files import files_like

if TYPE_CHECKING:
    from mande.model import Instrument
    from mande.plan import Plan, Source

__all__ = ["StoredFile", "digest_of", "is_address", "is_many", "opened", "path_of", "size_of", "sources_of", "stored"]

_CHUNK = 1 << 22


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file. path: as it can be opened, on any machine that sees it. name, part: as it is called in messages."""

    path: str
    name: str
    part: str = ""

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.part or self.name).suffix.lower()


def is_address(name: str) -> bool:
    """Whether a source's file is an address such as s3://bucket/forms.csv.

    >>> is_address("s3://bucket/forms.csv"), is_address("forms.csv")
    (True, False)
    """
    return "://" in name


def is_many(name: str) -> bool:
    """Whether it names several files by a pattern: `forms/*.parquet`."""
    return "*" in name


def sources_of(plan: Plan) -> list[tuple[Source, Instrument]]:
    """The sources of a plan with one file each: a pattern stands for the files that fit it, in their order.

    Raises DataProblems if none fits.
    """
    return [
        (source.model_copy(update={"file": file}), instrument)
        for source, instrument in zip(plan.evaluation.source, plan.instruments, strict=True)
        for file in _files(plan.folder, source.file)
    ]


def _files(folder: Path, name: str) -> Sequence[str]:
    if not is_many(name):
        return [name]
    if is_address(name):
        scheme = name.partition("://")[0]
        found = [f"{scheme}://{path.removeprefix(f'{scheme}://')}" for path in _filesystem(name).glob(name)]
    else:
        found = files_like(folder, name)
    if not found:
        raise _refused(name, "no file fits the pattern", "Check the pattern; it is relative to evaluation.toml.")
    return sorted(found)


def path_of(plan: Plan, source: Source) -> str:
    """Where the file of a source lies, for this process and others of this machine."""
    return source.file if is_address(source.file) else str(plan.path_of(source).resolve())


def stored(path: str) -> StoredFile:
    """The file at a path or an address."""
    return StoredFile(path, PurePosixPath(path.replace("\\", "/")).name)


def opened(file: StoredFile) -> BinaryIO:
    """The file's bytes from the start. Raises DataProblems if it cannot be opened."""
    try:
        if is_address(file.path):
            return _filesystem(file.path).open(file.path, "rb")  # type: ignore[no-any-return]
        return Path(file.path).open("rb")
    except OSError as error:
        raise _refused(file.name, error.strerror or str(error), "Check the path and the rights.") from error


def size_of(file: StoredFile) -> int:
    """Bytes of the file. Raises DataProblems as `opened`."""
    with opened(file) as source:
        return source.seek(0, SEEK_END)


def digest_of(file: StoredFile) -> str:
    """SHA-256 of the file."""
    digest = hashlib.sha256()
    with opened(file) as source:
        while content := source.read(_CHUNK):
            digest.update(content)
    return digest.hexdigest()


def _filesystem(address: str) -> Any:
    try:
        import fsspec  # type: ignore[import-untyped]
    except ImportError as error:
        raise ComponentMissing('Addresses need the extra "cluster": pip install "mande[cluster]"') from error
    try:
        return fsspec.core.url_to_fs(address)[0]
    except (OSError, ImportError, ValueError) as error:
        remedy = "Check the address, and that its fsspec driver is installed."
        raise _refused(address, str(error), remedy) from error


def _refused(name: str, detail: str, remedy: str) -> DataProblems:
    return DataProblems([Problem("R-001", Place(name), details={"detail": detail, "remedy": remedy})])
