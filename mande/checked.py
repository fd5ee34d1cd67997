"""From what a YAML or TOML file says to a checked model: every mistake at once, each with its place and remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from mande.errors import Place, Problem, nearest

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

__all__ = ["KeyPath", "Locate", "Mistake", "check", "dotted"]

KeyPath = tuple[str | int, ...]
"""The way to a value inside a file: `("items", 3, "answers")`."""

Locate = Callable[[KeyPath], Place]
"""Where in the file a value stands."""

Model = TypeVar("Model", bound="BaseModel")


class Mistake(NamedTuple):
    """A problem before its place is known: code, way to the value, the value, and details for the sentence."""

    code: str
    path: KeyPath
    value: str = ""
    details: dict[str, str] = {}  # noqa: RUF012 - a NamedTuple's default, never written to


def check(
    model: type[Model], data: object, *, mistakes: Iterable[Mistake], locate: Locate, prefix: str
) -> tuple[Model | None, list[Problem]]:
    """Check `data` against `model` and gather its problems together with the `mistakes` found by other means.

    prefix: the first letter of the problem codes, `I` for instruments, `P` for plans.
    The model is None if there are problems.
    """
    from pydantic import ValidationError

    checked: Model | None = None
    found = list(mistakes)
    try:
        checked = model.model_validate(data)
    except ValidationError as error:
        known = sorted({key for path in _models_below(model) for key in path.model_fields})
        details = error.errors(include_url=False)
        found = [_mistake(detail, prefix, known) for detail in details if not _follows(detail, details)] + found
    problems = [Problem(m.code, locate(m.path), m.value, m.details) for m in found]
    problems.sort(key=lambda problem: (problem.place.line or 0, problem.place.column or ""))
    return (None if problems else checked), problems


def dotted(path: KeyPath) -> str:
    """A key path as people write it, counting from 1.

    >>> dotted(("source", 0, "file"))
    'source 1, file'
    """
    parts: list[str] = []
    for step in path:
        if isinstance(step, int) and parts:
            parts[-1] += f" {step + 1}"
        else:
            parts.append(str(step))
    return ", ".join(parts)


def _follows(detail: ErrorDetails, others: Sequence[ErrorDetails]) -> bool:
    """A list is called too short when its entries are wrong; only what is wrong with them is worth saying."""
    path = detail["loc"]
    return detail["type"] == "too_short" and any(o["loc"][: len(path)] == path != o["loc"] for o in others)


def _mistake(detail: ErrorDetails, prefix: str, known: Sequence[str]) -> Mistake:
    path = tuple(step for step in detail["loc"] if step != "[key]")
    key = str(path[-1]) if path else ""
    if detail["type"] == "missing":
        return Mistake(f"{prefix}-002", path[:-1], key, {"key": key})
    if detail["type"] == "extra_forbidden":
        near = nearest(key, known)
        return Mistake(f"{prefix}-003", path, key, {"hint": f'Did you mean "{near[0]}"?' if near else "Remove it."})
    expected = (
        detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ").removeprefix("String should ")
    )
    if expected == "a valid tuple":
        expected = f'a list; for a table that may come several times, write "[[{key}]]"'
    if detail["input"] is None:
        expected += ", and in quotation marks if there is a comma in it"
    return Mistake(f"{prefix}-004", path, _short(detail["input"]), {"key": key, "expected": expected})


def _short(value: Any, at_most: int = 60) -> str:
    text = str(value)
    return text if len(text) <= at_most else text[: at_most - 1] + "…"


def _models_below(model: type[BaseModel]) -> set[type[BaseModel]]:
    """The model and every model used in its fields, for suggesting keys."""
    from typing import get_args

    from pydantic import BaseModel

    seen: set[type[BaseModel]] = set()
    waiting: list[Any] = [model]
    while waiting:
        here = waiting.pop()
        if isinstance(here, type) and issubclass(here, BaseModel) and here not in seen:
            seen.add(here)
            waiting.extend(field.annotation for field in here.model_fields.values())
        waiting.extend(get_args(here))
    return seen
