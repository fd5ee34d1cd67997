"""Temporary folders: what lies in them may be answers, so none outlives its command for long, not even a killed one.

Each folder is locked as long as its command lives: the system lets go of a lock whose holder has died. Whoever makes a
folder removes those that this machine has made and nobody holds any more.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

__all__ = ["folder_aside"]

SECONDS_TO_LOCK = 60
"""A folder that is younger may have been made this moment, and be locked in the next."""


@contextmanager
def folder_aside() -> Iterator[Path]:
    """A folder of this user's alone that goes at the end, with whatever is in it."""
    _remove_those_left_behind()
    with tempfile.TemporaryDirectory(prefix=_prefix()) as folder, _held(Path(folder)):
        yield Path(folder)


def _prefix() -> str:
    """With the machine's name, for the lock of another machine on the same disk may not be seen here."""
    return f"mande-aside-{re.sub(r'[^A-Za-z0-9]', '', platform.node())}-"


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Locked, where there are locks; where there are none nobody can tell that it is not."""
    if sys.platform == "win32":
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _remove_those_left_behind() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_prefix()}*"):
        with suppress(OSError):  # somebody else's, in use, or gone meanwhile
            _remove_if_left_behind(folder)


def _remove_if_left_behind(folder: Path) -> None:
    """Raises OSError if another process holds it, or if nobody can tell."""
    if sys.platform == "win32" or folder.is_symlink():
        return
    found = folder.stat()
    if found.st_uid != os.getuid() or time.time() - found.st_mtime <= SECONDS_TO_LOCK:
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)
