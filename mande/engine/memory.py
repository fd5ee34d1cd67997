"""Memory for those who make and drop large arrays: what glibc and Linux do by default slows them down.

Elsewhere than on Linux with glibc nothing is done.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["keep_freed_memory", "memory_for_threads"]

_LARGEST_KEPT, _MOST_KEPT, _STORES_AT_MOST = -3, -1, -8  # M_MMAP_THRESHOLD, M_TRIM_THRESHOLD, M_ARENA_MAX in malloc.h
_SET_NO_LARGE_PAGES, _GET_NO_LARGE_PAGES = 41, 42  # PR_SET_THP_DISABLE and PR_GET_THP_DISABLE in prctl.h


@contextmanager
def memory_for_threads() -> Iterator[None]:
    """For as long as it lasts, this process gets its memory in pages of 4 KB.

    numpy asks for pages of 2 MB, which are zeroed whole, and taken apart while all threads wait as soon as a part of
    them is free: a tenth of the time of two threads.

    What stays: threads use what another one has freed. glibc keeps a store of memory for each thread, and what lies
    unused in them adds up to a tenth of all, the more the longer the file.
    """
    _asked("mallopt", _STORES_AT_MOST, 1)
    before = _asked("prctl", _GET_NO_LARGE_PAGES, 0, 0, 0, 0)
    _asked("prctl", _SET_NO_LARGE_PAGES, 1, 0, 0, 0)
    try:
        yield
    finally:
        if before == 0:
            _asked("prctl", _SET_NO_LARGE_PAGES, 0, 0, 0, 0)


def keep_freed_memory() -> None:
    """Let this process keep what it frees, to use it again: for one that does nothing else, and ends."""
    _asked("mallopt", _LARGEST_KEPT, 32 << 20)
    _asked("mallopt", _MOST_KEPT, 512 << 20)


def _asked(function: str, *values: int) -> int | None:
    """What a function of the system's library answers; None where there is none of this name."""
    known = getattr(ctypes.CDLL(None), function, None) if sys.platform == "linux" else None
    return None if known is None else int(known(*map(ctypes.c_long, values)))
