"""The command as a process of its own: `mande`, or `python -m mande`."""

import gc
import os
import sys

__all__ = ["GARBAGE", "run"]

GARBAGE = 200_000
"""Objects that are made before any of them is looked at again. Looking for garbage takes a fifth of a short command;
with 50,000 it still took a twentieth, and reports need as much memory with either."""


def run() -> int:
    """Exit code of the command."""
    gc.set_threshold(GARBAGE)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # no other package looks on, nor is one looked for
    from mande.cli import main

    code = main()
    gc.freeze()  # what is left ends with the process
    return code


if __name__ == "__main__":
    sys.exit(run())
