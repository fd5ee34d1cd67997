"""Writes docs/methods.md and docs/validation.md from the docstrings of mande.stats and the values in tests/reference.

    python docs/make_methods.py

Nothing in the two files is typed by hand, so they cannot go stale: a test fails when they differ from what this writes.
"""

from __future__ import annotations

import importlib
import inspect
import json
import math
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

import mande.stats  # noqa: E402
from tests.stats.compared import COMPARED, OTHERWISE  # noqa: E402
from tests.stats.comparing import Compared  # noqa: E402

SIMULATIONS = ROOT / "tests" / "reference" / "simulations"
ROUNDING = 1e-12  # differences below are not told apart: they depend on the processor

METHODS_HEAD = """# Methods

One section for each figure: what it is, what it needs, when it has no value, its source, what it was compared with, and
how often its interval holds the truth or its test raises a false alarm. Written by docs/make_methods.py from the code
and from the results of the simulations in tests/reference/simulations; how it agrees with other programs is in
[validation.md](validation.md).

The DOIs were checked against citations of the same works in bibliographic records, papers and other software, not by
opening each. One was found nowhere else, that of Donner (1986); the journal and pages beside it were.
"""

VALIDATION_HEAD = """# Validation

Each figure on data of its own, computed by `mande` and by an independent program. The largest difference is relative
to the other program's value (a thousand times the absolute one where that is below .001), over all cases and all
values compared; differences below 10⁻¹² are rounding. The scripts and their values lie in tests/reference. Written by
docs/make_methods.py, which computes the differences anew.

| figure | other program | versions | values compared | largest difference | allowed, because |
|---|---|---|---|---|---|
"""


OTHERWISE_HEAD = """
## Figures without another program

| figure | how it is known to be right |
|---|---|
"""


@cache
def methods() -> str:
    """The text of docs/methods.md."""
    tables = _simulations()
    sections = [_module(name, tables) for name in _modules()]
    return "\n".join([METHODS_HEAD, *(section for section in sections if section)])


@cache
def validation() -> str:
    """The text of docs/validation.md; the differences are computed."""
    rows = "".join(_compared(compared) for compared in COMPARED)
    rest = "".join(f"| `{name}` | {how} |\n" for name, how in sorted(OTHERWISE.items()))
    return VALIDATION_HEAD + rows + OTHERWISE_HEAD + rest


def _modules() -> list[str]:
    return sorted(found.name for found in pkgutil.iter_modules(mande.stats.__path__) if not found.name.startswith("_"))


def _module(name: str, tables: dict[str, list[dict[str, Any]]]) -> str:
    module = importlib.import_module(f"mande.stats.{name}")
    functions = [getattr(module, each) for each in getattr(module, "__all__", ())]
    own = [each for each in functions if inspect.isfunction(each) and each.__module__ == module.__name__]
    if not own:
        return ""
    about = _paragraphs(inspect.getdoc(module) or "")
    parts = [f"## {name}\n", *about]
    for function in own:
        found = tables.get(f"{name}.{function.__name__}", []) + tables.get(function.__name__, [])
        parts += _function(name, function, found)
    return "\n".join(parts)


def _function(module: str, function: Callable[..., object], tables: list[dict[str, Any]]) -> Iterator[str]:
    yield f"### {module}.{function.__name__}\n"
    signature = str(inspect.signature(function)).replace("'", "")
    yield f"```python\n{function.__name__}{signature}\n```\n"
    yield from _paragraphs(inspect.getdoc(function) or "")
    for table in tables:
        yield from _simulation(table)


def _paragraphs(text: str) -> Iterator[str]:
    """Prose as prose; examples and anything indented as code."""
    for block in re.split(r"\n\s*\n", text.strip()):
        if block.startswith(">>>"):
            yield f"```python\n{block}\n```\n"
        elif block.startswith("    ") or "\n    " in block:
            yield f"```text\n{block}\n```\n"
        else:
            yield f"{block}\n"


def _simulations() -> dict[str, list[dict[str, Any]]]:
    tables: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(SIMULATIONS.glob("*.json")):
        kept = json.loads(path.read_text(encoding="utf-8"))
        for function in _functions(kept):
            tables.setdefault(function, []).append(kept)
    return tables


def _functions(kept: dict[str, Any]) -> list[str]:
    """What was simulated: `module.function`, or names of functions with the options they were called with."""
    if "function" in kept:
        return [kept["function"]]
    return re.sub(r"\([^)]*\)", "", kept["method"]).split(", ")


def _simulation(kept: dict[str, Any]) -> Iterator[str]:
    cells = [{**cell, "design": _design(cell)} for cell in kept["cells"]]
    columns = list(cells[0]["design"])
    how = f"{kept['replicates']:,} samples each, seed {kept['seed']}"
    of = f" `{kept['method']}`:" if "method" in kept else ""
    yield (
        f"Simulated:{of} {kept.get('counted') or kept['measures']} ({how}). {kept.get('statement', '')}".strip() + "\n"
    )
    yield f"| {' | '.join(columns)} | rate | ± | within |"
    yield f"|{'---|' * (len(columns) + 3)}"
    for cell in cells:
        design = " | ".join(str(cell["design"][column]) for column in columns)
        yield f"| {design} | {cell['rate']:.3f} | {cell['monte_carlo_error']:.3f} | {_promise(kept, cell)} |"
    yield ""


def _design(cell: dict[str, Any]) -> dict[str, Any]:
    return cell["design"] if isinstance(cell["design"], dict) else {"design": cell["design"]}


def _promise(kept: dict[str, Any], cell: dict[str, Any]) -> str:
    if "promised" not in cell:
        return ""
    return f"{kept['promise'][0]}–{kept['promise'][1]}" if cell["promised"] else "not promised"


def _compared(compared: Compared) -> str:
    differences = compared.differences()
    used = {name: version for name, version in compared.versions().items() if name in f"R {compared.program}"}
    versions = ", ".join(f"{name} {version}" for name, version in used.items())
    allowed = f"{_power(compared.tolerance)}: {compared.why}"
    return (
        f"| {compared.figure} | {compared.program} | {versions} | {len(differences):,} |"
        f" {_at_most(max(differences))} | {allowed} |\n"
    )


def _at_most(difference: float) -> str:
    """The next power of ten above: the digits below it are not the same on every processor."""
    return "below 10⁻¹²" if difference < ROUNDING else f"below {_power(10 ** math.ceil(math.log10(difference)))}"


def _power(value: float) -> str:
    return "10" + str(round(math.log10(value))).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def main() -> None:
    for name, text in (("methods.md", methods()), ("validation.md", validation())):
        (ROOT / "docs" / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
