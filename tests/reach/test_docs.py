"""docs/reach.md is tested both ways: its examples are good files, and every column and key is in it."""

import re
import textwrap
import tomllib
from pathlib import Path

import mande
from mande.reach.ledger_rows import KNOWN
from mande.reach.results import Indicator, IndicatorSource, Milestone, Results, ResultsPeriod, StatedNumber, Status

TEXT = (Path(mande.__file__).parent.parent / "docs" / "reach.md").read_text(encoding="utf-8")


def test_the_example_is_a_good_framework():
    part = TEXT.partition("## The results framework")[2].partition("| key |")[0]
    block = textwrap.dedent("\n".join(line for line in part.splitlines() if line.startswith("    ") or not line))
    results = Results.model_validate(tomllib.loads(block))
    assert [status.id for status in results.status] == [status.id for status in Results.model_fields["status"].default]


def test_every_column_and_key_is_documented():
    models = (Results, Status, ResultsPeriod, Indicator, IndicatorSource, Milestone, StatedNumber)
    keys = {field.alias or name for model in models for name, field in model.model_fields.items()}
    assert {*KNOWN, *keys} - set(re.findall(r"`([a-z_]+)`", TEXT)) == set()
