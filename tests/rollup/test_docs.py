"""docs/region.md is tested both ways: its example is a good file, every key is in it, and the notebook runs."""

import re
import textwrap
import tomllib
from pathlib import Path

import mande
from mande.regional import RegionalFile

CHECKOUT = Path(mande.__file__).parent.parent
TEXT = (CHECKOUT / "docs" / "region.md").read_text(encoding="utf-8")


def test_the_example_is_a_good_file_and_every_key_is_documented():
    part = TEXT.partition("what is put together:")[2].partition("| key |")[0]
    block = textwrap.dedent("\n".join(line for line in part.splitlines() if line.startswith("    ") or not line))
    assert RegionalFile.model_validate(tomllib.loads(block)).smallest_cell == 5
    assert set(RegionalFile.model_fields) - set(re.findall(r"`([a-z_]+)`", TEXT)) == set()


def test_the_notebook_runs_and_shows_what_it_says(notebook):
    region, pressure = notebook["region"], notebook["pressure"]
    assert pressure.together.n == sum(row.change.n for row in pressure.rows)
    assert region.reach.tables.row("programme_countries", programme="lulu", country="TJ").value("girls") == 1330
