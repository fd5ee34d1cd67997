"""The same people before, and afterwards for THEN and for now: how far they judge their earlier selves otherwise."""

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from mande import load_plan
from mande.catalog import find_sample
from mande.engine import evaluating
from mande.evaluation import Evaluation, evaluate
from mande.report import render_html
from mande.report.workbook.tables import tables_of
from tests.small import EVALUATION, INSTRUMENT

SAMPLE = find_sample("sfp-with-pretest")
WAVES = ("before", "then", "now")
ITEMS = ("a1", "a2", "a3", "b1")
ANALYSIS = """\
id = "own"
title = {en = "Own"}
design = "before-after"
comparisons = [{earlier = "before", later = "now"}]
shift = {before = "before", then = "then", now = "now"}
cluster = "school"
"""


@cache
def sample() -> Evaluation:
    return evaluate(load_plan(SAMPLE))


def forms(n: int, without_then: int = 0, schools: int = 6) -> str:
    """n people in some schools, spelled in two ways, each form with all three waves; the first few left THEN out."""
    random = np.random.default_rng(4)
    lines = [",".join(["code", "school", *(f"{item}_{wave}" for item in ITEMS for wave in WAVES)])]
    for i in range(n):
        answers = random.integers(1, 6, 12).astype(str)
        if i < without_then:
            answers[1::3] = ""
        lines.append(",".join([f"P{i:03d}", f"{'School' if i % 4 else 'SCHOOL'} {i % schools}", *answers]))
    return "\n".join(lines) + "\n"


@pytest.fixture
def plan_of(tmp_path):
    def write(text: str, comparisons: str = '{earlier = "before", later = "now"}', smallest: int = 5):
        (tmp_path / "mini.yaml").write_text(INSTRUMENT.replace("[then, now]", "[before, then, now]"), encoding="utf-8")
        own = ANALYSIS.replace('{earlier = "before", later = "now"}', comparisons)
        (tmp_path / "own.toml").write_text(own, encoding="utf-8")
        (tmp_path / "forms.csv").write_text(text, encoding="utf-8")
        said = EVALUATION.replace("retrospective-pretest", "own.toml")
        said = said.replace("smallest_cell = 1", f"smallest_cell = {smallest}")
        (tmp_path / "evaluation.toml").write_text(said, encoding="utf-8")
        return load_plan(tmp_path / "evaluation.toml")

    return write


def test_the_sample_shows_what_its_generator_found_in_the_files():
    text = (SAMPLE.parent / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z-]+) \| (\d+) \|.*\| (\S+) \| (\S+) \| (\S+) \|$", text, re.MULTILINE)
    shown = {shift.construct: shift.found for shift in sample().shifts}
    assert len(rows) == len(shown) == 4
    for construct, n, *figures in rows:
        found = shown[construct]
        assert found is not None
        assert found.n == int(n)
        steps = (found.shift, found.perceived, found.measured)
        assert [step.value for step in steps if step] == pytest.approx([float(f) for f in figures], abs=0.0051)
        assert found.shift.value + found.perceived.value == pytest.approx(found.measured.value)
        assert found.lower + found.same + found.higher == found.n


def test_the_claim_is_the_measured_change_and_not_the_perceived_one():
    assert {change.key[2:4] for change in sample().changes} == {("baseline", "now")}


@pytest.mark.parametrize("template", ["ministry", "technical"])
def test_the_report_shows_shift_perceived_and_measured_change_with_both_explanations(template):
    page = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", render_html(sample(), template=template)))
    assert "Parents: before, and looking back on it" in page
    assert "Family harmony 75 −0.48 −0.56 to −0.39" in page
    assert "Two explanations cannot be told apart here" in page
    assert ("p values of this table are not adjusted" in page) == (template == "technical")


def test_a_form_that_asks_then_and_now_only_shows_no_shift():
    found = evaluate(load_plan(find_sample("aiguessr")))
    assert found.shifts == ()
    assert "looking back on it" not in render_html(found)


def test_the_workbook_has_the_shifts_unrounded():
    (table,) = [table for table in tables_of(sample(), "en") if table.name == "Response shift"]
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    harmony = next(shift.found for shift in sample().shifts if shift.construct == "family-harmony")
    assert next(row for row in rows if row["construct"] == "family-harmony")["shift"] == harmony.shift.value


@pytest.mark.parametrize("block", [200, 3000])
def test_blocks_of_a_file_add_up_to_the_same_bytes(plan_of, monkeypatch, block):
    monkeypatch.setattr("mande.imputing.MOST_PEOPLE_IMPUTED", 0)
    monkeypatch.setattr("mande.course.MOST_PEOPLE_IN_A_MODEL", 0)
    plan = plan_of(forms(60))
    once = evaluate(plan)
    monkeypatch.setattr(evaluating, "SMALL", 0)
    monkeypatch.setattr("mande.evaluation.evaluate", None)  # nothing is read at once
    assert evaluating.evaluate(plan, block=block).to_json() == once.to_json()
    assert all(shift.found and shift.found.shift.interval for shift in once.shifts)


# ── what few people's answers could be subtracted from ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("without_then", "shown"), [(0, True), (3, False), (5, True)])
def test_where_few_left_then_out_only_the_shift_is_shown(plan_of, without_then, shown):
    for shift in evaluate(plan_of(forms(40, without_then))).shifts:
        assert shift.found is not None
        assert shift.found.n == 40 - without_then
        assert (shift.found.measured is not None) == (shift.found.perceived is not None) == shown


def test_the_few_could_be_had_where_nothing_is_withheld(plan_of):
    """The attack that the rule above is against: the measured change of all less that of those with THEN."""
    found = evaluate(plan_of(forms(40, 1), smallest=1))
    change = next(change for change in found.changes if change.construct == "quarrels")
    shift = next(shift.found for shift in found.shifts if shift.construct == "quarrels")
    assert shift
    assert shift.measured
    assert change.n
    assert change.mean_change
    of_the_one = change.n * change.mean_change.value - shift.n * shift.measured.value
    first = forms(40).splitlines()[1].split(",")
    assert of_the_one == pytest.approx(int(first[-1]) - int(first[-3]))


def test_where_the_shift_itself_could_be_subtracted_from_nothing_is_shown(plan_of):
    text = forms(40).splitlines()
    text[1] = re.sub(r",[1-5]$", ",", text[1])  # one person without now, whose THEN is compared with before
    both = '{earlier = "before", later = "now"}, {earlier = "before", later = "then"}'
    shifts = {shift.construct: shift.found for shift in evaluate(plan_of("\n".join(text) + "\n", both)).shifts}
    assert shifts["quarrels"] is None
    assert shifts["harmony"] is not None


def test_fewer_than_the_smallest_cell_are_withheld_and_the_report_says_so(plan_of):
    found = evaluate(plan_of(forms(9, without_then=5, schools=2)))
    assert [shift.found for shift in found.shifts] == [None, None]
    table = render_html(found).rpartition("looking back on it")[2]
    assert "fewer than 5" in table[: table.index("</tr>", table.index("<tbody>"))]


def test_a_wave_of_the_shift_that_no_source_has_is_refused(plan_of, tmp_path: Path):
    plan_of(forms(10))
    own = (tmp_path / "own.toml").read_text(encoding="utf-8").replace('then = "then"', 'then = "back-then"')
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    with pytest.raises(Exception, match=r"P-012|L-007"):
        evaluate(load_plan(tmp_path / "evaluation.toml"))
