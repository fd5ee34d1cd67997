"""What docs/ says of the statistics is what the code and the kept results say."""

import json
import re
from pathlib import Path

import pytest

from docs.make_methods import methods, validation
from tests.stats.compared import OTHERWISE

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.parametrize(("name", "written"), [("methods.md", methods), ("validation.md", validation)])
def test_document_is_what_the_generator_writes(name, written):
    assert (DOCS / name).read_text(encoding="utf-8") == written(), "run: python docs/make_methods.py"


def test_every_method_names_a_source_or_the_program_it_agrees_with():
    sections = re.split(r"^### ", methods(), flags=re.MULTILINE)[1:]
    lacking = [text.split("\n")[0] for text in sections if not re.search(r"doi:|Agrees with|\(\d{4}\)|>>>", text)]
    assert not lacking


def test_every_public_figure_is_compared_or_its_proof_is_named():
    """A section says what it agrees with, or the figure stands in the second table of validation.md; never both."""
    sections = re.split(r"^### ", methods(), flags=re.MULTILINE)[1:]
    compared = {
        text.split("\n")[0] for text in sections if re.search(r"Agrees with|Near to R|with\s+R `|from R `", text)
    }
    assert {text.split("\n")[0] for text in sections} - compared == {*OTHERWISE}


def test_no_figure_is_validated_beyond_what_is_allowed():
    assert "nan" not in validation()
    assert "not promised" in methods()


def test_every_simulation_is_printed_somewhere():
    printed = methods()
    for kept in (DOCS.parent / "tests" / "reference" / "simulations").glob("*.json"):
        simulated = json.loads(kept.read_text(encoding="utf-8"))
        assert (simulated.get("counted") or simulated["measures"]) in printed, kept.name
        assert f"seed {simulated['seed']}" in printed
