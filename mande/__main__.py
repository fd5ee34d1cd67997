"""The command as a process of its own: `mande`, or `python -m mande`."""

import gc
import sys

__all__ = ["run"]


def run() -> int:
    """Exit code of the command. Looking for garbage takes a fifth of a short one, and finds none."""
    gc.set_threshold(50_000)
    from mande.cli import main

    code = main()
    gc.freeze()  # what is left ends with the process
    return code


if __name__ == "__main__":
    sys.exit(run())
