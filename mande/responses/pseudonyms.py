"""A respondent's code becomes a keyed hash. The key stays with the evaluator; without it nobody can go back."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from mande.catalog import Room, room_folder
from mande.errors import WrongUse

__all__ = ["KEY_FILE", "key_for", "load_key", "pseudonyms", "session_key"]

KEY_FILE = ".mande-key"
_KEY_BYTES = 32
_SESSION_KEY = secrets.token_bytes(_KEY_BYTES)


def session_key() -> bytes:
    """A key that is gone when the program ends."""
    return _SESSION_KEY


def load_key(folder: Path) -> bytes:
    """The evaluator's key beside evaluation.toml, made on first use and readable by its owner alone.

    Where nothing can be written (a bundled sample), the key of this session. Raises WrongUse if the file is no key.
    """
    path = folder / KEY_FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    except OSError:
        return session_key()
    key = secrets.token_bytes(_KEY_BYTES)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
    return key


def key_for(project: Path) -> bytes:
    """The key of the project's folder; of this session for a bundled sample, which is nobody's to write in."""
    bundled = room_folder(Room.SAMPLES) in project.resolve().parents
    return session_key() if bundled else load_key(project)


def _read(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise WrongUse(
            f"{path} is not a key of mande. Put the right one back, or delete it to make a new one."
        ) from error
    if len(key) < _KEY_BYTES:
        raise WrongUse(f"{path} is too short for a key. Put the right one back, or delete it to make a new one.")
    return key


def pseudonyms(codes: Iterable[str], key: bytes) -> tuple[str, ...]:
    """A keyed hash of each code."""
    keyed = hashlib.blake2b(key=key[:64], digest_size=8)
    out = []
    for code in codes:
        one = keyed.copy()
        one.update(code.encode("utf-8", "surrogatepass"))
        out.append(one.hexdigest())
    return tuple(out)
