"""The house keeps its order: who may import whom, what is public, what stays out of the data folders."""

import ast
import importlib
from itertools import chain
from pathlib import Path

import pytest

import mande

PACKAGE = Path(mande.__file__).parent
CHECKOUT = PACKAGE.parent

ROOMS = [
    "problem_kinds",
    "errors",
    "problem_examples",
    "stats",
    "model",
    "catalog",
    "mistakes",
    "checked",
    "toml_file",
    "yaml_file",
    "output",
    "instrument",
    "named_files",
    "aside",
    "picture",
    "style",
    "folding",
    "group_labels",
    "programmes",
    "plan",
    "form_words",
    "responses",
    "scoring",
    "splits",
    "crossing",
    "item_counts",
    "tally",
    "unlike",
    "change",
    "measure",
    "contrast",
    "course",
    "families",
    "imputing",
    "soundness",
    "shifts",
    "planning",
    "reach",
    "subtraction",
    "disclosure",
    "item_results",
    "tallies",
    "workers",
    "evaluation",
    "regional",
    "rollup",
    "engine",
    "units",
    "pdf",
    "forms",
    "report",
    "verify",
    "checkup",
    "listing",
    "cli",
    "__main__",
]
"""From the ground up: a room imports only from rooms before it."""


def imports_of(path: Path) -> set[str]:
    """Rooms that a module imports, also inside functions; imports for type checkers alone do not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "mande":
            rest = node.module.split(".")[1:]
            found |= {rest[0]} if rest else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("mande.")}
    return found


def modules() -> list[Path]:
    """Every module but the package's own front door."""
    found = (path for path in PACKAGE.rglob("*.py") if "_bundled" not in path.parts)
    return sorted(path for path in found if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_from_rooms_above_it(path):
    room = path.relative_to(PACKAGE).with_suffix("").parts[0]
    assert room in ROOMS, f"{room} has no place in the house: add it to ROOMS"
    too_low = {name for name in imports_of(path) - {room} if name not in ROOMS[: ROOMS.index(room)]}
    assert not too_low


def test_every_public_name_can_be_imported_and_is_listed_once():
    assert sorted(set(mande.__all__)) == list(mande.__all__)
    for name in mande.__all__:
        assert getattr(mande, name) is not None


def test_every_module_keeps_its_promised_names():
    for path in modules():
        relative = path.relative_to(PACKAGE.parent).with_suffix("").parts
        module = importlib.import_module(".".join(part for part in relative if part != "__init__"))
        for name in getattr(module, "__all__", ()):
            assert hasattr(module, name), f"{module.__name__} promises {name}"


def test_data_folders_hold_no_python_that_ships():
    import tomllib

    wheel = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert "/sample_data/**/*.py" in wheel["exclude"]
    others = chain.from_iterable(
        (CHECKOUT / room).rglob("*.py") for room in ("instruments", "analyses", "report_templates")
    )
    assert not list(others)


@pytest.mark.parametrize("arguments", [["--help"], ["list"]])
def test_help_and_list_start_without_the_heavy_libraries(arguments):
    import subprocess
    import sys

    code = (
        "import sys; from mande.cli import main; main(sys.argv[1:]);"
        "heavy = {'pandas', 'scipy', 'statsmodels', 'weasyprint', 'pyarrow'} & {*sys.modules}; assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_dozen_families_are_evaluated_without_pandas(tmp_path):
    import subprocess
    import sys

    code = (
        "import sys\nfrom mande.cli import main\n"
        f"assert main(['evaluate', '--sample', 'aiguessr', '-o', {str(tmp_path)!r}]) == 0\n"
        "heavy = {'pandas', 'scipy.optimize', 'scipy.stats', 'statsmodels', 'weasyprint'} & {*sys.modules}\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
