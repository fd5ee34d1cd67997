"""From what a YAML or TOML file says to a checked model: every mistake at once, each with its place and remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from mande.errors import Place, Problem, nearest
from mande.mistakes import as_written, example_of, expected

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

    mistakes: best an iterator, so that what looks for them may stumble over a file of the wrong shape.

    prefix: the first letter of the problem codes, `I` for instruments, `P` for plans.
    The model is None if there are problems.
    """
    from pydantic import ValidationError

    checked: Model | None = None
    found: list[Mistake] = []
    try:
        checked = model.model_validate(data)
        found += mistakes
    except ValidationError as error:
        found = _as_far_as_they_go(mistakes)
        found = [*_mistakes(error.errors(include_url=False), data, prefix, model), *found]
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


def _as_far_as_they_go(mistakes: Iterable[Mistake]) -> list[Mistake]:
    """What else is wrong with a file of the wrong shape: the search for it ends where it meets that shape."""
    found: list[Mistake] = []
    with suppress(TypeError, ValueError, AttributeError, LookupError):
        found.extend(mistakes)
    return found


def _mistakes(details: Sequence[ErrorDetails], data: object, prefix: str, model: type[BaseModel]) -> Iterator[Mistake]:
    """One mistake for each value, however many kinds of value it could have been."""
    found: dict[tuple[KeyPath, str], list[ErrorDetails]] = {}
    for detail in details:
        if not _follows(detail, details):
            what = detail["type"] if detail["type"] in ("missing", "extra_forbidden") else "value"
            found.setdefault((_path(detail, data), what), []).append(detail)
    for (path, what), own in found.items():
        yield _mistake(path, what, own, prefix, model)


def _path(detail: ErrorDetails, data: object) -> KeyPath:
    """The way to the value as far as the file goes: the library adds steps of its own, such as the kind it tried."""
    steps, node = [step for step in detail["loc"] if step != "[key]"], data
    if detail["type"] == "missing":
        return tuple(steps)
    there = []
    for step in steps:
        with suppress(TypeError, LookupError):
            node = node[step]  # type: ignore[index]  # whatever it is: the file may say anything
            there.append(step)
    return tuple(there)


def _follows(detail: ErrorDetails, others: Sequence[ErrorDetails]) -> bool:
    """A list is called too short when its entries are wrong; only what is wrong with them is worth saying."""
    path = detail["loc"]
    return detail["type"] == "too_short" and any(o["loc"][: len(path)] == path != o["loc"] for o in others)


def _mistake(path: KeyPath, what: str, details: Sequence[ErrorDetails], prefix: str, model: type[BaseModel]) -> Mistake:
    key = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
    if what == "missing" and isinstance(path[-1], str):
        owner = next((own for own in _models_below(model) if key in _keys(own)), model)
        example = example_of(owner, key) if prefix == "P" else f"{key}: …"
        where = "here" if path[:-1] else "at the end" if example.startswith("[") else "above the first [table]"
        return Mistake(f"{prefix}-002", path[:-1], key, {"key": key, "where": where, "example": example})
    if what == "extra_forbidden":
        return Mistake(f"{prefix}-003", path, str(path[-1]), {"hint": _hint(path, model, prefix)})
    value = details[0]["input"]
    said = " or ".join(dict.fromkeys(expected(d["type"], d.get("ctx", {})) for d in details))
    if said == "a list" and prefix == "P":
        said += f'; if it is a table that may come several times, write "[[{key}]]"'
    if value is None:
        said += ", and in quotation marks if there is a comma in it"
    return Mistake(
        f"{prefix}-004", path[:-1] if what == "missing" else path, as_written(value), {"key": key, "expected": said}
    )


def _hint(path: KeyPath, model: type[BaseModel], prefix: str) -> str:
    """What to do with a key that is not known here: it is misspelt, or it stands in the wrong table."""
    key = str(path[-1])
    if len(path) > 1 and key in _keys(model):
        return "It belongs to the top of the file" + (", above the first line in [brackets]." if prefix == "P" else ".")
    below = {name: own for name in model.model_fields for own in _models_in(model.model_fields[name].annotation)}
    tables = [name for name, own in below.items() if key in _keys(own) and name != path[0]]
    near = nearest(key, sorted({known for own in _models_below(model) for known in _keys(own)}))
    if tables and prefix == "P":
        return f'It belongs under "{example_of(model, tables[0])}".'
    return f'Did you mean "{near[0]}"?' if near else "Remove it."


def _keys(model: type[BaseModel]) -> set[str]:
    """The keys of a model as files have them."""
    return {field.alias or name for name, field in model.model_fields.items()}


def _models_below(model: type[BaseModel]) -> list[type[BaseModel]]:
    """The model and every model used in its fields."""
    seen: list[type[BaseModel]] = []
    waiting = [model]
    while waiting:
        here = waiting.pop(0)
        if here not in seen:
            seen.append(here)
            waiting += [own for field in here.model_fields.values() for own in _models_in(field.annotation)]
    return seen


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    from typing import get_args

    from pydantic import BaseModel

    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
