"""Results as JSON; files that are whole or absent: written aside and renamed, so a failed run leaves the last."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from pydantic_core import to_json

from mande.errors import OutputNotWritable

__all__ = ["json_of", "output_folder", "write_whole"]


def json_of(result: Any, *, as_format: str | None = None) -> str:
    """A result of dataclasses and models as JSON with full precision; the same result gives the same text.

    as_format: stands first, as "format", for whoever reads it again. Values are written as what they are: to make a
    writer for the whole type of an evaluation takes far longer than to write a small one.
    """
    text = to_json(result, indent=2, by_alias=True, inf_nan_mode="null").decode()
    return text if as_format is None else f'{{\n  "format": "{as_format}",{text[1:]}'


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
