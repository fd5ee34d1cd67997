"""The command as a process of its own: `mande`, or `python -m mande`."""

import gc
import os
import signal
import sys
from types import FrameType

__all__ = ["GARBAGE", "run"]

GARBAGE = 200_000
"""Objects that are made before any of them is looked at again. Looking for garbage takes a fifth of a short command;
with 50,000 it still took a twentieth, and reports need as much memory with either."""


def run() -> int:
    """Exit code of the command."""
    gc.set_threshold(GARBAGE)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # no other package looks on, nor is one looked for
    signal.signal(signal.SIGTERM, _end)
    from mande.cli import main

    code = main()
    gc.freeze()  # what is left ends with the process
    return code


def _end(number: int, _: FrameType | None) -> None:
    """As at Ctrl+C, what was put aside on the disk is removed: there may be answers in it."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(run())
