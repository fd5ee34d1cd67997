"""Small questionnaires and files that tests make for themselves."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from mande import ColumnNames, Instrument, Responses, load_instrument, load_plan, read_responses
from mande.catalog import find_sample
from mande.units import Units, evaluate_each
from tests.small import EVALUATION, INSTRUMENT, forms_text

# No time limits in tests: a first example pays for imports. The same examples on every run of CI, new ones at home.
settings.register_profile("mande", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("mande")


@pytest.fixture
def mini(tmp_path: Path) -> Instrument:
    """Four items, two constructs; the second is better when lower."""
    path = tmp_path / "mini.yaml"
    path.write_text(INSTRUMENT, encoding="utf-8")
    return load_instrument(path)


@pytest.fixture(scope="session")
def mini_instrument(tmp_path_factory: pytest.TempPathFactory) -> Instrument:
    """The same questionnaire, once for all examples of a property."""
    path = tmp_path_factory.mktemp("mini") / "mini.yaml"
    path.write_text(INSTRUMENT, encoding="utf-8")
    return load_instrument(path)


@pytest.fixture
def read_mini(tmp_path: Path, mini: Instrument) -> Callable[[Sequence[Sequence[object]]], Responses]:
    """Write rows of the mini questionnaire to a file and read it."""

    def read(rows: Sequence[Sequence[object]]) -> Responses:
        path = tmp_path / "forms.csv"
        path.write_text(forms_text(rows), encoding="utf-8")
        return read_responses(path, mini, ColumnNames(id="code", groups={"school": "school"}))

    return read


@pytest.fixture
def evaluation_file(tmp_path: Path, mini: Instrument) -> Callable[..., Path]:
    """Write an evaluation.toml with its file of forms, some text replaced."""

    def write(rows: Sequence[Sequence[object]], replaced: Mapping[str, str] | None = None) -> Path:
        text = EVALUATION
        for old, new in (replaced or {}).items():
            assert old in text, old
            text = text.replace(old, new)
        (tmp_path / "forms.csv").write_text(forms_text(rows), encoding="utf-8")
        path = tmp_path / "evaluation.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def units_of_sample() -> Callable[[str, str], Units]:
    """A sample evaluated for everybody and for each unit, once for all tests."""

    @cache
    def evaluated(sample: str, grouping: str) -> Units:
        return evaluate_each(load_plan(find_sample(sample)), grouping)

    return evaluated
