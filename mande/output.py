"""Output is whole or absent: written aside and renamed, so a failed run leaves the last good one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from mande.errors import OutputNotWritable

__all__ = ["output_folder", "write_whole"]


def output_folder(path: Path) -> Path:
    """Make the folder if need be. Raises OutputNotWritable."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_writable(path, error) from error
    return path


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file so that nobody ever sees half of it. Raises OutputNotWritable."""
    try:
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(aside).chmod(0o644)  # a temporary file is made for its owner alone
            Path(aside).replace(path)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _not_writable(path, error) from error
    return path


def _not_writable(path: Path, error: OSError) -> OutputNotWritable:
    return OutputNotWritable(f"Cannot write {path}: {error.strerror}. Choose another folder with -o, or free this one.")
