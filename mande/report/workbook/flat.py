"""A frozen result as one row of a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic_core import to_jsonable_python

__all__ = ["Cell", "flat"]

Cell = str | int | float | bool | None


def flat(result: object) -> dict[str, Cell]:
    """A frozen result as one row: an estimate becomes three columns, a list one text."""
    return dict(_cells("", to_jsonable_python(result)))


def _cells(name: str, value: Any) -> Iterator[tuple[str, Cell]]:
    if isinstance(value, dict):
        value = {key: inner for key, inner in value.items() if key != "confidence"}
        for key, inner in value.items():
            yield from _cells(name if key in ("value", "estimate") and name else f"{name}_{key}".lstrip("_"), inner)
    elif isinstance(value, list):
        yield name, "; ".join(_in_words(inner) for inner in value)
    else:
        yield name, value


def _in_words(value: Any) -> str:
    if isinstance(value, list):
        return ": ".join(_in_words(inner) for inner in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {cell}" for name, cell in _cells("", value))
    return str(value)
