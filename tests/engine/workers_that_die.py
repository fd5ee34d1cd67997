"""Tasks that kill the process they run in."""

import os
import signal
from pathlib import Path


def die_once(path: str, number: int) -> int:
    """Die the first time that number 1 is asked for."""
    if number == 1 and not Path(path).exists():
        Path(path).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die(_: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0
