"""Files that a TOML file names: whether they are there, and what is said where one is not."""

from __future__ import annotations

from pathlib import Path

from mande.checked import KeyPath, Mistake
from mande.errors import nearest

__all__ = ["file_not_there", "files_like", "may_be_there"]


def may_be_there(folder: Path, name: str) -> bool:
    """Whether the file is there; of an address that is not known before it is opened. A pattern stands for files."""
    if "://" in name:
        return True
    return bool(files_like(folder, name)) if "*" in name else (folder / name).is_file()


def files_like(folder: Path, pattern: str) -> list[str]:
    """The files that fit a pattern, relative to the folder unless the pattern itself is not; in their order."""
    path = Path(pattern)
    if path.is_absolute():
        return sorted(found.as_posix() for found in Path(path.anchor).glob(str(path.relative_to(path.anchor))))
    return sorted(found.relative_to(folder).as_posix() for found in folder.glob(pattern))


def file_not_there(key: KeyPath, name: str, folder: Path) -> Mistake:
    """name: relative to the folder, in which a file of a similar name may stand."""
    if (folder / name).is_dir():
        every = f' "{name.rstrip("/")}/*.csv" stands for all of them.' if key[0] == "source" else ""
        hint = f"It is a folder: name a file in it.{every}"
    elif "*" in name:
        hint = "No file fits the pattern."
    else:
        beside = Path(name).parent
        present = [(beside / path.name).as_posix() for path in (folder / beside).glob("*") if path.is_file()]
        near = nearest(name, sorted(present))
        hint = f"Did you mean {' or '.join(near)}?" if near else "Check the name; it is relative to this file."
    return Mistake("P-010", key, name, {"folder": str(folder.resolve()), "hint": hint})
