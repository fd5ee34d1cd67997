"""Temporary folders: what lies in them may be answers, so none outlives its command, not even one that was killed.

Each folder has a file that is locked as long as its command lives: the system lets go of a lock whose holder has died.
Whoever makes a folder removes those that nobody holds any more.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

__all__ = ["folder_aside"]

PREFIX, LOCK, DATA = "mande-aside-", "in-use", "data"

SECONDS_TO_LOCK = 60
"""A folder that is younger may have been made this moment, and be locked in the next."""


@contextmanager
def folder_aside() -> Iterator[Path]:
    """A folder of this user's alone that goes at the end, with whatever is in it."""
    _remove_those_left_behind()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=PREFIX)))
        _lock(stack.enter_context((folder / LOCK).open("wb")).fileno())
        (folder / DATA).mkdir()
        yield folder / DATA


def _remove_those_left_behind() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # somebody else's, or gone meanwhile
            if _may_be_left_behind(folder):
                with (folder / LOCK).open("rb") as file:
                    _lock(file.fileno())
                    shutil.rmtree(folder, ignore_errors=True)


def _may_be_left_behind(folder: Path) -> bool:
    """Whether it is ours and not made just now; where there are no locks nobody can tell."""
    if sys.platform == "win32" or folder.is_symlink():
        return False
    found = folder.stat()
    return found.st_uid == os.getuid() and time.time() - found.st_mtime > SECONDS_TO_LOCK


def _lock(descriptor: int) -> None:
    """Raises OSError if another process holds it."""
    if sys.platform != "win32":
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
