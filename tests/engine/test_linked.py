"""Waves in several files, or rows: brought together on disk, they give what bringing them together in memory gives."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mande import load_plan
from mande.engine import evaluating
from mande.engine.evaluating import evaluate
from mande.errors import OutputNotWritable
from tests.engine.conftest import outcome
from tests.engine.odd_files import odd_rows
from tests.small import INSTRUMENT

ANALYSIS = """\
id = "before-after"
title = {en = "Before and after"}
design = "before-after"
comparisons = [{earlier = "baseline", later = "endline"}]
cluster = "school"
subgroups = ["school"]
"""
HEAD = """\
title = "T"
synthetic = true
analysis = "before-after.toml"
smallest_cell = 1
[programme]
id = "p"
name = "P"
"""
SOURCE = """
[[source]]
file = "{file}"
instrument = "mini.yaml"
id = "code"
groups = {{ school = "school" }}
{more}
"""
ITEMS = ("a1", "a2", "a3", "b1")
BEFORE, AFTER = range(2, 10, 2), range(3, 10, 2)
TWO_FILES = [("before.csv", 'wave = "baseline"'), ("after.csv", 'wave = "endline"')]


def as_text(rows: Sequence[Sequence[object]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()


def one_wave(n: int, seed: int, columns: range, more: bool = False) -> str:
    """Forms of one wave in an order of their own; codes in other letters, some forms twice, some rows not readable."""
    random = np.random.default_rng(seed)
    rows = odd_rows(n, seed)
    for row in rows:
        if random.random() < 0.1:
            row[0] = str(row[0]).lower().replace("p", "р")  # Cyrillic
    rows = [rows[i] for i in random.permutation(n)[: n - n // 8]]
    head = ["code", "school", *ITEMS, *(["_uuid", "comment"] if more else [])]
    forms = [[*row[:2], *(row[i] for i in columns)] for row in rows]
    if more:
        forms = [[*form, f"uuid:{i}", "nothing"] for i, form in enumerate(forms)]
        forms += forms[:9]  # which the server holds twice
    lines = as_text([head, *forms]).splitlines(keepends=True)
    lines.insert(len(lines) // 2, "P1,s,1\n")
    lines.insert(len(lines) // 3, ",,,,,\n")
    return "".join(lines)


@pytest.fixture
def plan_with(tmp_path):
    def write(files, sources=TWO_FILES, head=HEAD, instrument=INSTRUMENT):
        (tmp_path / "mini.yaml").write_text(instrument, encoding="utf-8")
        (tmp_path / "before-after.toml").write_text(ANALYSIS, encoding="utf-8")
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        said = head + "".join(SOURCE.format(file=file, more=more) for file, more in sources)
        (tmp_path / "evaluation.toml").write_text(said, encoding="utf-8")
        return load_plan(tmp_path / "evaluation.toml")

    return write


def files_of(n: int, seed: int, **how: bool) -> dict[str, str]:
    return {"before.csv": one_wave(n, seed, BEFORE, **how), "after.csv": one_wave(n, seed + 1, AFTER, **how)}


@pytest.mark.parametrize("block", [150, 900, 10**7])
@pytest.mark.parametrize("seed", range(3))
def test_two_files_give_the_same_bytes_in_any_buckets(plan_with, in_blocks, at_once, block, seed):
    plan = plan_with(files_of(120, seed))
    found = in_blocks(plan, block)
    assert found.to_json() == at_once(plan).to_json()
    (links,) = found.links
    assert links.exact > 50
    assert links.other_letters > 0
    assert links.unmatched["baseline"] > 0


def test_processes_give_the_same_bytes(plan_with, in_blocks, at_once):
    plan = plan_with(files_of(60, 7))
    assert in_blocks(plan, 900, workers=2).to_json() == at_once(plan).to_json()


def test_a_long_file_gives_the_same_bytes(plan_with, in_blocks, at_once):
    """One row a form, and a column that says its wave, not always rightly."""
    random, forms = np.random.default_rng(3), []
    for wave, columns, seed in (("Baseline", BEFORE, 3), ("endline", AFTER, 4)):
        forms += [[*row[:2], wave, *(row[i] for i in columns)] for row in odd_rows(90, seed)]
    for form in forms[::17]:
        form[2] = ["", "??", "ENDLINE"][random.integers(3)]
    text = as_text([["code", "school", "visit", *ITEMS], *(forms[i] for i in random.permutation(len(forms)))])
    plan = plan_with({"long.csv": text}, [("long.csv", 'wave_column = "visit"\nwaves = {baseline = "", endline = ""}')])
    assert in_blocks(plan, 500).to_json() == at_once(plan).to_json()


def test_a_baseline_beside_a_form_of_both_waves_gives_the_same_bytes(plan_with, in_blocks, at_once):
    head = HEAD.replace("before-after.toml", "retrospective-pretest")
    both = as_text([["code", "school", *(f"{i}_{w}" for i in ITEMS for w in ("then", "now"))], *odd_rows(80, 4)])
    sources = [("before.csv", 'wave = "baseline"'), ("last.csv", "")]
    plan = plan_with({"before.csv": one_wave(80, 3, BEFORE), "last.csv": both}, sources, head)
    assert in_blocks(plan, 700).to_json() == at_once(plan).to_json()


def test_three_files_of_which_two_hold_the_same_wave_give_the_same_bytes(plan_with, in_blocks, at_once):
    """Somebody whose form of a wave stands in an earlier file is counted once."""
    files = {**files_of(60, 1), "more.csv": one_wave(60, 9, AFTER)}
    plan = plan_with(files, [*TWO_FILES, ("more.csv", 'wave = "endline"')])
    found = in_blocks(plan, 400)
    assert found.to_json() == at_once(plan).to_json()
    assert found.sources[2].flow.rows_set_aside["R-020"] > 0


def test_forms_of_one_wave_need_no_codes(plan_with, in_blocks, at_once, tmp_path):
    other = INSTRUMENT.replace("id: mini", "id: other")
    (tmp_path / "other.yaml").write_text(other[: other.index("constructs:")] + "constructs: []\n", encoding="utf-8")
    said = '[[source]]\nfile = "once.csv"\ninstrument = "other.yaml"\nwave = "endline"\n'
    files = {**files_of(40, 2), "once.csv": one_wave(40, 8, AFTER).replace("code,", "number,", 1)}
    plan = plan_with(files, head=HEAD + said)
    assert in_blocks(plan, 300).to_json() == at_once(plan).to_json()


def test_parquet_gives_the_same_bytes(plan_with, in_blocks, at_once, tmp_path):
    for name, text in files_of(60, 5).items():
        skip = pa.csv.ParseOptions(newlines_in_values=True, invalid_row_handler=lambda row: "skip")
        rows = pa.csv.read_csv(io.BytesIO(text.encode()), parse_options=skip)
        pa.parquet.write_table(rows, tmp_path / name.replace("csv", "parquet"), row_group_size=7)
    plan = plan_with({}, [(file.replace("csv", "parquet"), more) for file, more in TWO_FILES])
    assert in_blocks(plan, 900).to_json() == at_once(plan).to_json()


def test_columns_that_no_question_needs_are_judged_over_all_buckets(plan_with, in_blocks, at_once):
    plan = plan_with(files_of(90, 6, more=True))
    assert in_blocks(plan, 600).to_json() == at_once(plan).to_json()


def test_a_form_that_a_server_holds_twice_under_two_codes_is_left_to_reading_at_once(plan_with, at_once, monkeypatch):
    """In two buckets the second form would not be found."""
    said = []
    monkeypatch.setattr(evaluating, "SMALL", 0)
    monkeypatch.setattr(evaluating, "_require_memory", lambda plan, size, reason: said.append(reason))
    rows = [[f"C{i}", "s", 1, 2, 3, 4, f"uuid:{i // 2 if i < 8 else i}"] for i in range(40)]
    text = as_text([["code", "school", *ITEMS, "_uuid"], *rows])
    plan = plan_with({"before.csv": text, "after.csv": text.replace("uuid:", "uuid:x")})
    assert evaluate(plan, block=100).to_json() == at_once(plan).to_json()
    assert said == ["before.csv holds a form twice, under different codes"]


def test_a_file_without_rows_is_refused_as_ever(plan_with, rows_alone_matter, at_once, monkeypatch):
    monkeypatch.setattr(evaluating, "SMALL", 0)
    empty = as_text([["code", "school", *ITEMS]])
    plan = plan_with({**files_of(30, 1), "after.csv": empty})
    assert outcome(lambda: evaluate(plan, block=300)) == outcome(lambda: at_once(plan))
    assert "R-003" in outcome(lambda: at_once(plan))


CELL = st.sampled_from(["", "1", "2", "5", "7", "99", "Never"])
CODE = st.sampled_from(["", "A1", "a-1", "А1", "A2", "B 3", "b3", "1,23E+14", "ИТОГО", "C4"])
FORM = st.tuples(CODE, st.sampled_from(["", "s", "S ", "t"]), *[CELL] * 4).map(list)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    before=st.lists(FORM, min_size=1, max_size=10),
    after=st.lists(FORM, min_size=1, max_size=10),
    n=st.integers(20, 300),
)
def test_any_forms_in_any_buckets_give_the_same_bytes_or_the_same_refusal(
    plan_with, rows_alone_matter, at_once, monkeypatch, before, after, n
):
    monkeypatch.setattr(evaluating, "SMALL", 0)
    head = ["code", "school", *ITEMS]
    plan = plan_with({"before.csv": as_text([head, *before]), "after.csv": as_text([head, *after])})
    assert outcome(lambda: evaluate(plan, block=n)) == outcome(lambda: at_once(plan))


def test_a_full_disk_is_said(plan_with, in_blocks, monkeypatch):
    plan, opened = plan_with(files_of(30, 1)), Path.open

    def full(path, mode="r", *more, **how):
        if mode == "ab":
            raise OSError(28, "No space left on device")
        return opened(path, mode, *more, **how)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(OutputNotWritable, match="No space left on device"):
        in_blocks(plan, 300)


def test_a_wave_that_nobody_compares_is_told_in_blocks_too(plan_with, in_blocks, at_once):
    head = ["code", "school", *(f"{item}_{wave}" for item in ITEMS for wave in ("baseline", "midline", "endline"))]
    rows = [[f"C{i}", "s", *(1 + (i + j) % 5 for j in range(12))] for i in range(30)]
    three = INSTRUMENT.replace("waves: [then, now]", "waves: [baseline, midline, endline]")
    plan = plan_with({"wide.csv": as_text([head, *rows])}, [("wide.csv", "")], instrument=three)
    found = in_blocks(plan, 300)
    assert found.to_json() == at_once(plan).to_json()
    assert found.sources[0].problems["L-009"] == 1
