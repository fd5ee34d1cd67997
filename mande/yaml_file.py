"""YAML files as people write them: what is wrong with one that cannot be read, and on which line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mande.errors import InstrumentProblems, Place, Problem

__all__ = ["parsed_yaml"]

_FAULTS = {
    "mapping values": ("there is a second colon, or the line begins too far right", 'Put the text in "quotes".'),
    "found unexpected end": ("a text is not closed", "Write the quotation mark at its end."),
    "expected ',' or ']'": ("a list in [ ] is not closed", "Write ] at its end, and a comma between its parts."),
    "expected ',' or '}'": ("what stands in { } is not closed", "Write } at its end, and a comma between its parts."),
    "found character '\\t'": ("there is a tab", "Begin lines with spaces."),
    "found character": ("there is a sign that YAML keeps for itself", 'Put the text in "quotes".'),
    "found duplicate key": ("a key is there twice", "Keep one of the two."),
    "found undefined alias": ("there is a * before a word", 'Put the text in "quotes".'),
    "expected <block end>": ("the line does not begin where the others do", "Let all keys of one level begin alike."),
    "expected chomping": ("there is a | or > before a text", 'Put the text in "quotes".'),
    "found unknown escape": ("there is a backslash in a text", "Write / instead of \\, or two backslashes."),
    "could not determine": ("there is a ! before a word", 'Put the text in "quotes".'),
    "but found another": ("the file holds several documents", "Remove the line with three hyphens."),
}


def parsed_yaml(path: Path) -> tuple[dict[str, Any], str]:
    """What a YAML file says, and its text. Raises InstrumentProblems if it is not YAML with keys in it."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        text = path.read_text(encoding="utf-8-sig")
        raw = YAML(typ="safe", pure=True).load(text)
    except UnicodeDecodeError as error:
        raise _refused(path, None, "the file is not UTF-8 text", "Save it with the encoding UTF-8.") from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        found = (fault for start, fault in _FAULTS.items() if str(error.problem).startswith(start))
        detail, remedy = next(found, ("the line cannot be read", 'Put texts in "quotes".'))
        raise _refused(path, None if mark is None else mark.line + 1, detail, remedy) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise _refused(path, None, "a date or a sign in it is none", 'Put texts in "quotes".') from error
    if not isinstance(raw, dict):
        raise _refused(path, 1, "there are no keys in it", 'Write: key: "value".')
    return raw, text


def _refused(path: Path, line: int | None, detail: str, remedy: str) -> InstrumentProblems:
    return InstrumentProblems(
        [Problem("I-001", Place(path.name, line=line), details={"detail": detail, "remedy": remedy})]
    )
