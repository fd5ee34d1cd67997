"""Writes the tables of docs/templates.md from the classes of mande.report.context, below its text.

    python docs/make_templates.py

A test fails when the document differs from what this writes, when a template uses a name that it lacks, and when a name
in it is missing from a report's context or of another type.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from mande.report import context  # noqa: E402
from mande.report.environment import environment  # noqa: E402
from mande.report.limits import Limit  # noqa: E402
from mande.style import Style  # noqa: E402

DOCUMENT = ROOT / "docs" / "templates.md"
BEGINS = "## Names at hand\n"
"""What stands before is written by hand."""

FILTERS = {
    "number": "`2.5\\|number(1)`: by the locale, with so many decimals; nothing is `–`",
    "signed": "the same with + or −, two decimals",
    "as_printed": "a change in points, rounded as `signed` prints it: 0.004 is no improvement",
    "percent": "a share from 0 to 1 as a percentage",
    "p": "a p value: three decimals, or < 0.001",
    "date": "a date in words",
    "period": "a period (`plan.programme.period`) in words",
    "listing": "a list in words: a, b and c",
    "language_name": "a language's name by its code",
    "country": "a country's name by its code",
    "words": "of words by language, those of the report",
    "markdown": "the evaluator's text: paragraphs, lists, emphasis; HTML stays text",
    "markdown_line": "the same, without a paragraph around a single one",
    "pieces": "a long code in pieces between which a line may break",
    "total": "the sum of counts",
    "humanised": "a name without its hyphens",
}
GLOBALS = {
    "house": "the house style, see `Style`",
    "picture": "`picture(name)`: a picture of the template's folder as a data: URL",
    "translation": "of the language: `tag`, `is_draft`, `reviewed_by`",
    "unknown": "`unknown(kind, key)`: stop the report, because there are no words for something",
    "refused": "`refused(message)`: stop the report, because it is not one that this template can make",
    "Axis": "`Axis(low, high, left, right)`: of a figure; called with a value it gives a position; `ticks()`, `digits`",
    "axis_around": "`axis_around(values, left, right)`: an axis that holds zero and every value",
    "width_of": "`width_of(text, size)`: about how wide a short number is",
}
CLASSES = [getattr(context, name) for name in context.__all__ if name not in ("Context", "Verdict")]


def document() -> str:
    parts = [
        DOCUMENT.read_text(encoding="utf-8").partition(BEGINS)[0].rstrip() + f"\n\n{BEGINS}",
        _described(context.Context),
        _table(context.Context, language="str"),
        "\n`language` is written as HTML writes it (`uz-Cyrl`).\n",
        "\n### Globals\n",
        _plain(GLOBALS),
        "\n### Filters\n",
        _plain(FILTERS),
        "\n## Their parts\n",
        "A type of another module is documented there: `Change` in `mande.change`, the plan in `evaluation.md`.",
        *(f"\n### {kind.__name__}\n{_described(kind)}{_table(kind)}" for kind in CLASSES),
        f"\n### Limit\n{_described(Limit)}{_table(Limit)}",
        f"\n### Style\nThe global `house`. {_described(Style)}{_table(Style)}",
        f"\n### Verdict\n{inspect.getdoc(context.Verdict)}\n\n{_verdicts()}\n",
    ]
    return "\n".join(part.rstrip("\n") for part in parts) + "\n"


def names(kind: Any) -> dict[str, str]:
    """Every public name of a class with its type: fields, properties, and methods with what they take."""
    found = {}
    fields = kind.model_fields if issubclass(kind, Style) else {field.name: field for field in dataclasses.fields(kind)}
    annotations = inspect.get_annotations(kind)
    for name in fields:
        found[name] = _type(annotations[name])
    for name, member in vars(kind).items():
        if name.startswith("_") or name in found:
            continue
        if isinstance(member, property) and member.fget is not None:
            found[name] = _type(inspect.get_annotations(member.fget)["return"])
        elif inspect.isfunction(member):
            found[f"{name}{_call(member)}"] = _type(inspect.get_annotations(member)["return"])
    return found


def _call(method: object) -> str:
    parameters = list(inspect.signature(method).parameters.values())[1:]  # type: ignore[arg-type]
    return f"({', '.join(str(parameter).partition(':')[0] for parameter in parameters)})"


def _type(annotation: object) -> str:
    return str(annotation).replace("|", "or")


def _described(kind: type) -> str:
    return re.sub(r"\n(?!\n)", " ", inspect.getdoc(kind) or "").replace("\n ", "\n\n") + "\n"


def _table(kind: type, **more: str) -> str:
    rows = [f"| `{name}` | {type_} |" for name, type_ in (names(kind) | more).items()]
    return "\n| name | type |\n|---|---|\n" + "\n".join(rows) + "\n"


def _plain(said: dict[str, str]) -> str:
    return (
        "\n| name | what it is |\n|---|---|\n"
        + "\n".join(f"| `{name}` | {what} |" for name, what in said.items())
        + "\n"
    )


def _verdicts() -> str:
    return ", ".join(f"`{verdict}`" for verdict in context.Verdict)


def undocumented() -> Iterator[str]:
    """Filters and globals that the environment has and this file does not describe, or the other way round."""
    env = environment(ROOT / "report_templates" / "ministry")
    plain = environment.__globals__["Environment"]()
    jinja = {"gettext", "ngettext", "npgettext", "pgettext", "_"}
    yield from ({*env.filters} - {*plain.filters}) ^ {*FILTERS}
    yield from ({*env.globals} - {*plain.globals} - jinja) ^ {*GLOBALS}


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
