"""The documents are tested both ways: every key is documented, and nothing documented is missing."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

import mande
from mande.model import (
    Ages,
    Answer,
    Construct,
    FormPermission,
    Instrument,
    Item,
    NonAnswer,
    Norm,
    Status,
)  # fmt: skip
from mande.plan import EvaluationFile, models

DOCS = Path(mande.__file__).parent.parent / "docs"

DOCUMENTED: dict[str, tuple[type[BaseModel], ...]] = {
    "instruments.md": (Instrument, Item, Construct, Answer, NonAnswer, Status, FormPermission, Ages, Norm),
    "evaluation.md": models(),
}
SAME_AS = {"answer_scales": "answers", "from_": "from"}  # the model's name, and the file's


def keys(model: type[BaseModel]) -> set[str]:
    return {SAME_AS.get(name, name) for name in model.model_fields}


def in_code(document: str) -> set[str]:
    """Words that stand alone in backticks, outside code blocks."""
    prose = "\n".join(line for line in (DOCS / document).read_text().splitlines() if not line.startswith("    "))
    return set(re.findall(r"`([a-z_]+)(?:: [^`]*)?`", prose))


@pytest.mark.parametrize("document", DOCUMENTED)
def test_every_key_is_documented(document):
    known = set().union(*(keys(model) for model in DOCUMENTED[document]))
    assert known - in_code(document) == set()


@pytest.mark.parametrize("document", DOCUMENTED)
def test_the_examples_are_good_files(document, tmp_path):
    import textwrap

    lines = (DOCS / document).read_text().splitlines()
    block = textwrap.dedent("\n".join(line for line in lines if line.startswith("    ") or not line))
    if document == "instruments.md":
        path = tmp_path / "x.yaml"
        path.write_text(block, encoding="utf-8")
        assert mande.load_instrument(path).constructs[0].id == "calm"
    else:
        import tomllib

        assert EvaluationFile.model_validate(tomllib.loads(block)).smallest_cell == 5


def test_the_readme_shows_commands_that_exist():
    readme = (DOCS.parent / "README.md").read_text()
    from mande.cli import app

    verbs = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    assert set(re.findall(r"\./run mande ([\w-]+)", readme)) <= verbs


def test_the_readme_s_notebook_example_runs(monkeypatch, tmp_path):
    readme = (DOCS.parent / "README.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    monkeypatch.chdir(DOCS.parent)
    code = code.replace("output/notebook", str(tmp_path / "notebook"))
    names: dict[str, object] = {}
    exec(code, names)  # our own README
    assert list((tmp_path / "notebook").glob("*.pdf"))


def test_every_format_of_a_report_is_documented():
    from mande.report import ALL_FORMATS

    for document in (DOCS / "outputs.md", DOCS.parent / "README.md"):
        rows = re.findall(r"^\| `([a-z.]+)` \|", document.read_text(), re.MULTILINE)
        assert {*ALL_FORMATS, "evaluation.json"} <= {*rows}


def test_what_the_pdf_carries_is_documented():
    from mande.evaluation import FORMAT, Evaluation
    from mande.report.attached import EVALUATION, MAKING

    text = (DOCS / "outputs.md").read_text()
    fields = set(Evaluation.__dataclass_fields__) - {"sources"}
    assert all(f"`{name}`" in text for name in (*fields, EVALUATION, MAKING, FORMAT, "kept_back"))


def test_the_citation_names_the_version_that_is_installed():
    from importlib.metadata import version

    assert f"\nversion: {version('mande')}\n" in (DOCS.parent / "CITATION.cff").read_text()
