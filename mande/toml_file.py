"""TOML files as people write them: what is wrong with one that cannot be read, and on which line a key stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from mande.checked import KeyPath, Locate, dotted
from mande.errors import Place, PlanProblems, Problem, UnknownName, WrongUse

__all__ = ["DATA_FILES", "as_toml", "parsed_toml", "refuse_if_not_toml", "toml_locator"]

DATA_FILES = frozenset(
    (*(".csv", ".tsv", ".tab", ".zip", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"),
     *(".sav", ".zsav", ".por", ".parquet", ".pq"))
)  # fmt: skip
"""Endings of files with data, which are named in a TOML file instead of being one."""

_FAULTS = {
    "Cannot declare": ("this table is there twice", 'Join the two; if there may be several, write "[[…]]" for each.'),
    "Cannot overwrite": ("a key is there twice", "Keep one of the two."),
    "Duplicate inline": ("a key is there twice in { }", "Keep one of the two."),
    "Cannot mutate": ("something is added to what was closed above", "Write all of it in one place."),
    "Expected ']": ("the bracket of a table is not closed", "Write ] (or ]]) behind the name of the table."),
    "Expected '='": ("there is no = behind the key", 'Write: key = "value"; a key with spaces stands in "quotes".'),
    "Expected newline": ("there is more behind the value", 'Text, and what is no plain number, stands in "quotes".'),
    "Invalid statement": ("the line has no key", 'Write: key = "value", or # before a remark.'),
    "Invalid value": (
        "what stands behind = is no value",
        'Text stands in "quotes"; a number and true or false do not.',
    ),
    "Invalid date": ("this is not a date", "Write it as 2016-02-01."),
    "Unclosed array": ("a list is not closed", "Write ] at its end, and a comma between its parts."),
    "Unclosed inline": ("a table in { } is not closed", "Write } at its end, and a comma between its parts."),
    "Unescaped": ("there is a backslash in a text", "Write / instead of \\ in paths."),
    "Invalid hex": ("there is a backslash in a text", "Write / instead of \\ in paths."),
    "Unterminated": ("a text is not closed", "Write the quotation marks at its end."),
    "Illegal character '\\n'": ("a text is not closed", "Write the quotation mark at its end, on the same line."),
    'Expected "\'"': ("a text is not closed", "Write the quotation mark at its end, on the same line."),
    "Illegal": ("there is a sign that no text may hold", "Type the line again."),
}
_CURLY = re.compile("[“”„«»‘’]")


def refuse_if_not_toml(file: Path, usual: str, *, data_under: str, otherwise: str) -> None:
    """Says what was given in the place of a TOML file: a folder, a file with data, or nothing that is there.

    usual: how such a file is called. data_under: where it names its data. Raises UnknownName or WrongUse.
    """
    if file.is_dir():
        if (file / usual).is_file():
            raise WrongUse(f"{file} is a folder; did you mean {file / usual}?")
        raise WrongUse(f"{file} is a folder, and holds no {usual}. {otherwise}")
    if not file.is_file():
        raise UnknownName(f"There is no file {file}. {otherwise}")
    if file.suffix.lower() in DATA_FILES:
        raise WrongUse(f"{file} is a data file; name it under {data_under} in a file such as {usual}, and give that.")


def parsed_toml(path: Path) -> dict[str, Any]:
    """What a TOML file says. Raises PlanProblems if it is not TOML."""
    try:
        return tomllib.loads(_text_of(path))
    except UnicodeDecodeError as error:
        raise PlanProblems([Problem("P-005", Place(path.name))]) from error
    except tomllib.TOMLDecodeError as error:
        raise PlanProblems([_fault(path, str(error))]) from error
    except RecursionError as error:
        details = {"detail": "lists stand in lists without an end", "remedy": "Write it plainer."}
        raise PlanProblems([Problem("P-001", Place(path.name), details=details)]) from error


def as_toml(value: object) -> str:
    """A value on one line of a TOML file.

    >>> as_toml({"school": 'No "5"', "follow-up": [1, True]})
    '{ school = "No \\\\"5\\\\"", follow-up = [1, true] }'
    """
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_key(str(k))} = {as_toml(v)}' for k, v in value.items())} }}" if value else "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(as_toml, value))}]"
    return value.isoformat() if isinstance(value, date) else repr(value)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else as_toml(name)


def toml_locator(path: Path) -> Locate:
    """Names the line of a key in this file."""
    lines = _Lines(path)

    def locate(key: KeyPath) -> Place:
        return Place(path.name, key=dotted(key), line=lines.of(key))

    return locate


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")


def _fault(path: Path, said: str) -> Problem:
    """The fault in our words, with the line where reading stopped."""
    lines = _text_of(path).split("\n")
    at = re.search(r"\(at line (\d+)", said)
    number = int(at[1]) if at else max((i for i, line in enumerate(lines, 1) if line.strip()), default=1)
    line = lines[number - 1].strip() if number <= len(lines) else ""
    found = (fault for start, fault in _FAULTS.items() if said.startswith(start))
    detail, remedy = next(found, ("the line cannot be read", 'Write: key = "value".'))
    if _CURLY.search(line) and "=" in line:
        detail, remedy = "there are curly quotation marks", 'Write straight ones: "…".'
    shown = line if len(line) <= 60 else f"{line[:59]}…"
    return Problem("P-001", Place(path.name, line=number), shown, {"detail": detail, "remedy": remedy})


class _Lines:
    """Where keys stand. A key is on the first line up to which the file, read from its beginning, has it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: dict[int, dict[str, Any] | None] = {}

    @cached_property
    def _text(self) -> list[str]:
        return [f"{line}\n" for line in _text_of(self._path).split("\n")]

    def of(self, key: KeyPath) -> int:
        """The line of a key, or of the nearest one above it that is there; the first for the file as a whole."""
        whole = self._up_to(len(self._text)) or {}
        there = key[: self._depth(whole, key)]
        if not there:
            return 1
        low, high = 0, len(self._text)
        while high - low > 1:
            middle = (low + high) // 2
            readable = self._readable_from(middle, high)
            if self._depth(self._up_to(readable) or {}, there) == len(there):
                high = middle
            else:
                low = middle
        return high

    def _readable_from(self, line: int, at_most: int) -> int:
        """The first line from here on at which no value is left open."""
        return next((n for n in range(line, at_most) if self._up_to(n) is not None), at_most)

    def _up_to(self, line: int) -> dict[str, Any] | None:
        if line not in self._read:
            try:
                self._read[line] = tomllib.loads("".join(self._text[:line]))
            except tomllib.TOMLDecodeError:
                self._read[line] = None
        return self._read[line]

    @staticmethod
    def _depth(node: Any, key: KeyPath) -> int:
        """How many steps of the key are there."""
        for depth, step in enumerate(key):
            if isinstance(node, dict) and step in node:
                node = node[str(step)]
            elif isinstance(node, list) and isinstance(step, int) and step < len(node):
                node = node[step]
            else:
                return depth
        return len(key)
