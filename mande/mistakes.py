"""What a checking library finds wrong with a value, said in the words of the person who wrote the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, get_args, get_origin

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["as_written", "example_of", "expected"]

_PATTERNS = {
    "^[a-z0-9]+(-[a-z0-9]+)*$": "a name of small Latin letters, digits and hyphens, such as family-harmony",
    "^[A-Za-z][A-Za-z0-9_]*$": "a name of Latin letters, digits and _, such as p01",
    "^[a-z]{2,3}([_-][A-Za-z]{2,4})?$": "the code of a language, such as ru",
}
_KINDS = {
    "string": 'text in "quotation marks"',
    "int": "a whole number, without quotation marks",
    "float": "a number, without quotation marks",
    "decimal": "a number, without quotation marks",
    "finite": "a number, without quotation marks",
    "bool": "true or false, without quotation marks",
    "date": "a date without quotation marks, such as 2016-02-01",
    "datetime": "a date without quotation marks, such as 2016-02-01",
    "mapping": "a table of keys and values",
    "dict": "a table of keys and values",
    "model": "a table of keys and values",
    "tuple": "a list",
    "list": "a list",
}
_LIMITS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "greater_than": lambda limit: f"more than {limit['gt']:g}",
    "greater_than_equal": lambda limit: f"{limit['ge']:g} or more",
    "less_than": lambda limit: f"less than {limit['lt']:g}",
    "less_than_equal": lambda limit: f"{limit['le']:g} or less",
    "too_short": lambda limit: f"a {_container(limit)} of at least {limit['min_length']}",
    "too_long": lambda limit: f"a list of at most {limit['max_length']}",
    "string_too_short": lambda limit: f"text of at least {_letters(limit['min_length'])}",
    "string_too_long": lambda limit: f"text of at most {limit['max_length']} letters",
    "string_pattern_mismatch": lambda limit: _PATTERNS.get(limit["pattern"], "another text"),
    "literal_error": lambda limit: str(limit["expected"]).replace("'", '"'),
    "enum": lambda limit: str(limit["expected"]).replace("'", '"'),
    "value_error": lambda limit: str(limit["error"]),
    "missing": lambda _: "a list with one more in it",
}


def _container(limit: Mapping[str, Any]) -> str:
    return "table" if limit.get("field_type") == "Dictionary" else "list"


def _letters(number: int) -> str:
    return f"{number} letter{'s' * (number != 1)}"


def expected(kind: str, limits: Mapping[str, Any]) -> str:
    """What a value should be, from the kind of error that pydantic gives it and what the error carries.

    >>> expected("greater_than_equal", {"ge": 1}), expected("int_parsing", {})
    ('1 or more', 'a whole number, without quotation marks')
    """
    if kind in _LIMITS:
        return _LIMITS[kind](limits)
    return next((words for start, words in _KINDS.items() if kind.startswith(start)), "something else")


def as_written(value: object, at_most: int = 60) -> str:
    """A value as the file has it: text in quotation marks, lists and tables by their kind.

    >>> as_written("five"), as_written(True), as_written({"a": 1}), as_written(None)
    ('"five"', 'true', 'this table', 'nothing')
    """
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return "this table" if value else "an empty table"
    if isinstance(value, str):
        return f'"{value if len(value) <= at_most else value[: at_most - 1] + "…"}"'
    if isinstance(value, Sequence):
        return "this list" if value else "an empty list"
    return str(value)


def example_of(model: type[BaseModel], key: str) -> str:
    """How a key of a model is written in a TOML file, by the kind of its value."""
    from pydantic import BaseModel

    for name, own in model.model_fields.items():
        if key in (name, own.alias):
            inner = [part for part in (own.annotation, *get_args(own.annotation)) if isinstance(part, type)]
            of_tables = any(issubclass(part, BaseModel) for part in inner if get_origin(part) is None)
            if of_tables:
                return f"[[{key}]]" if get_origin(own.annotation) is tuple else f"[{key}]"
            samples: dict[Any, str] = {str: '"…"', int: "5", float: "0.95", bool: "true", date: "2016-02-01"}
            return f"{key} = {next((samples[part] for part in inner if part in samples), '…')}"
    return f"{key} = …"
