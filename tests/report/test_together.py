"""Somebody has every output of one evaluation and wants the answers of a few people."""

import io
import json
import re
from functools import reduce
from operator import add

import docx
import openpyxl
import pytest

from mande import load_plan, measure_change
from mande.evaluation import Evaluation, read_sources
from mande.report import render_html
from mande.report.word import render_word
from mande.report.workbook import render_workbook
from mande.scoring import score
from mande.tally import make_tally
from tests.awkward import SMALLEST, awkward_rows, make_evaluation


class Known:
    """Everything that is known of one evaluation: by us, and by those who have its outputs."""

    def __init__(self, folder, seed: int) -> None:
        self.evaluation: Evaluation = make_evaluation(folder, awkward_rows(seed))
        plan = load_plan(folder / "evaluation.toml")
        counts = reduce(add, (make_tally(score(source), plan.analysis) for source in read_sources(plan)))
        self.truth = {change.key: change for change in measure_change(counts, plan.analysis)}
        self.hidden = {change.key: self.truth[change.key] for change in self.evaluation.changes if change.n is None}
        self.json = self.evaluation.to_json()
        self.page = render_html(self.evaluation)
        self.book = openpyxl.load_workbook(io.BytesIO(render_workbook(self.evaluation)))
        self.word = docx.Document(io.BytesIO(render_word(self.page, title="T")))

    def numbers(self) -> set[float]:
        """Every number in the two outputs that do not round."""
        cells = [cell for sheet in self.book for row in sheet.iter_rows(values_only=True) for cell in row]
        return {round(x, 10) for x in (*_numbers(json.loads(self.json)), *cells) if isinstance(x, float)}


def _numbers(value: object) -> list[object]:
    if isinstance(value, dict):
        return [number for inner in value.values() for number in _numbers(inner)]
    if isinstance(value, list):
        return [number for inner in value for number in _numbers(inner)]
    return [value]


@pytest.fixture(scope="module", params=[1, 2, 3])
def known(request, tmp_path_factory) -> Known:
    return Known(tmp_path_factory.mktemp("together"), request.param)


def test_no_figure_of_a_withheld_group_is_in_any_number(known):
    assert known.hidden
    shown = {number for change in known.evaluation.changes if change.n for number in _figures(change)}
    for change in known.hidden.values():
        assert not (_figures(change) - shown) & known.numbers()


def _figures(change) -> set[float]:
    """Figures with so many digits that no other group has them by chance."""
    means = change.description
    values = [means.mean_change, means.sd_earlier, means.sd_later, means.r] if means else []
    values += [change.t_test.t if change.t_test else None, change.effects.d_av.value if change.effects.d_av else None]
    return {round(value, 10) for value in values if value is not None and value * 1e4 % 1}


def test_columns_of_withheld_groups_are_empty_on_the_page_and_in_word(known):
    for group in {key.group.partition("=")[2] for key in known.hidden if key.group.startswith("sex=")}:
        if all(key in known.hidden for key in known.truth if key.group == f"sex={group}"):
            for row in _columns_of(known.word, group):
                assert not re.search(r"\d", row), row
    assert "withheld" in known.page


def _columns_of(word, group: str) -> list[str]:
    """Cells under the head of a group in the tables of subgroups."""
    found = []
    for table in word.tables:
        head = [cell.text for cell in table.rows[0].cells]
        places = [place for place, text in enumerate(head) if group and re.match(rf"{group}\b", text, re.IGNORECASE)]
        found += [row.cells[place].text for row in table.rows[1:] for place in places]
    return found


def test_people_cannot_be_had_by_subtraction_from_the_flow(known):
    """Rows used are those of everyone; what the shown groups leave of them is nobody, or too many to be recognised."""
    (source,) = known.evaluation.sources
    groups: dict[tuple[str, ...], list[int]] = {}
    for change in known.evaluation.changes:
        if change.n is not None and change.group.startswith("sex="):
            groups.setdefault(change.key[:4], []).append(change.n + change.n_left_out)
    for shown in groups.values():
        rest = source.flow.rows_used - sum(shown)
        assert rest == 0 or rest >= SMALLEST


def test_nobody_and_no_school_is_named(known):
    for text in (
        known.json,
        known.page,
        str(_numbers([row for s in known.book for row in s.iter_rows(values_only=True)])),
    ):
        assert not re.search(r"\bP\d{3}\b", text)
    tallies = json.loads(known.json)["tallies"]["rows"]
    assert not any(isinstance(name, str) for row in tallies if row["clusters"] for name in row["clusters"]["cluster"])
