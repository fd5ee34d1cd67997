"""Evaluations run by the engine however small their files are."""

import pytest

from mande import course, evaluation, imputing, load_plan
from mande.engine import evaluating, marks
from mande.engine.evaluating import evaluate
from mande.errors import DataProblems


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch):
    """Marks of files of a few dozen rows are on disk."""
    monkeypatch.setattr(marks, "MOST_HELD", 20)


@pytest.fixture
def plan_of(evaluation_file, tmp_path):
    """A plan whose file holds this text."""

    def write(text, replaced=None, file="forms.csv", address=""):
        path = evaluation_file([], {'file = "forms.csv"': f'file = "{address}{file}"', **(replaced or {})})
        (tmp_path / "forms.csv").unlink()
        if text is not None:
            (tmp_path / file).write_bytes(text.encode() if isinstance(text, str) else text)
        return load_plan(path)

    return write


@pytest.fixture
def rows_alone_matter(monkeypatch):
    """No figure of few people needs their rows together, so that a file of few people is counted in blocks, too."""
    monkeypatch.setattr(imputing, "MOST_PEOPLE_IMPUTED", 0)
    monkeypatch.setattr(course, "MOST_PEOPLE_IN_A_MODEL", 0)


@pytest.fixture
def in_blocks(rows_alone_matter, monkeypatch):
    """Evaluate in blocks; a plan that is read at once after all is an error."""

    def run(plan, block=10**7, **how):
        def at_once(*_, **__):
            raise AssertionError("read at once")

        with monkeypatch.context() as patched:
            patched.setattr(evaluating, "SMALL", 0)
            patched.setattr(evaluation, "evaluate_and_count", at_once)
            return evaluate(plan, block=block, **how)

    return run


@pytest.fixture
def at_once(rows_alone_matter):
    return evaluation.evaluate


def outcome(run):
    """The evaluation, or why there is none."""
    try:
        return run().to_json()
    except DataProblems as error:
        return str(error)
