"""A piece of a file becomes a `Count`. The same function runs here, in another process, and on another machine."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from mande.engine.marks import Sorted, in_buckets, put_aside
from mande.model import Instrument
from mande.plan import Analysis
from mande.responses import Flow, Responses
from mande.responses.blocks import Blocks
from mande.responses.checks import Patterns
from mande.responses.column_names import ColumnNames, Layout
from mande.responses.evidence import ByLabel, Evidence, add_by_label
from mande.responses.forms import Forms
from mande.responses.people import folded_grouping
from mande.responses.reading import noticed, read_rows
from mande.responses.row_checks import marks_of_families, marks_of_ids, marks_of_submissions, set_again_aside
from mande.responses.seen import Key
from mande.responses.splitting import Piece
from mande.responses.table import Table
from mande.scoring import score
from mande.stats.counts import IntArray
from mande.tally import Tally, make_tally

__all__ = ["Again", "Count", "Job", "count_pieces"]


def _nowhere() -> IntArray:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with every piece of a file.

    rows: of Parquet that are held at a time. aside: a folder for marks, None if they are handed over.
    analysis: labels of groups are compared as they are folded, since which spelling stands for a group is known only
    when all blocks have been counted.
    """

    blocks: Blocks
    layout: Layout
    instrument: Instrument
    names: ColumnNames
    analysis: Analysis
    key: Key
    rows: int
    aside: Path | None


@dataclass(frozen=True, slots=True, eq=False)
class Again:
    """Rows of a piece that are set aside because an earlier row is of the same form or person; positions, sorted.

    sent: forms that the server holds twice. second: second forms of a person. elsewhere: of a person in another file.
    """

    sent: IntArray = field(default_factory=_nowhere)
    second: IntArray = field(default_factory=_nowhere)
    elsewhere: IntArray = field(default_factory=_nowhere)

    def within(self, start: int, rows: int) -> Again:
        """Those from row `start` on, counted from there."""
        return Again(*(own[slice(*np.searchsorted(own, (start, start + rows)))] - start for own in self.all))

    @property
    def all(self) -> tuple[IntArray, IntArray, IntArray]:
        return self.sent, self.second, self.elsewhere


MARKS = ("submissions", "ids", "families", "forms")


@dataclass(slots=True)
class Count:
    """What was counted in one piece, or in several. rows: of each piece, those in which anything stands.

    problems: how many of each code. elsewhere: by label, people who are counted in another file. submissions, ids,
    families, forms: marks of the rows (of forms: of people), to find those that stand there twice; none where no column
    says it.
    """

    tally: Tally = field(default_factory=Tally)
    evidence: Evidence = field(default_factory=Evidence)
    flow: Flow = field(default_factory=Flow.nothing)
    problems: Counter[str] = field(default_factory=Counter)
    elsewhere: ByLabel = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    submissions: list[Sorted] = field(default_factory=list)
    ids: list[Sorted] = field(default_factory=list)
    families: list[Sorted] = field(default_factory=list)
    forms: list[Sorted] = field(default_factory=list)

    def add(self, other: Count) -> None:
        """Take in the next one, but for its tally and its marks, which are gathered elsewhere."""
        self.evidence.add(other.evidence)
        self.flow += other.flow
        self.problems.update(other.problems)
        add_by_label(self.elsewhere, other.elsewhere)

    def put_aside(self, folder: Path) -> None:
        """Write the marks, a file for each thread. Raises OutputNotWritable if the disk is full."""
        own = folder / f"marks-of-{os.getpid()}-{threading.get_ident()}"
        for marks in MARKS:
            setattr(self, marks, put_aside(getattr(self, marks), own))


def count_pieces(job: Job, pieces: Sequence[tuple[Piece, Again]]) -> Count:
    """Count some pieces, each without the rows that are set aside in it. Raises DataProblems, or OnlyAtOnce."""
    total: Count | None = None
    read = []
    for piece, again in pieces:
        rows = 0
        for table in job.blocks.tables(piece, job.rows):
            counted, responses = _count_rows(job, table, again.within(rows, len(table)))
            rows += len(table)
            del table  # which takes much memory
            _count_answers(job, responses, counted)
            if job.aside is not None:
                counted.put_aside(job.aside)
            total = counted if total is None else _joined(total, counted)
        read.append(rows)
    total = total or Count()
    total.rows = read
    return total


def _joined(total: Count, other: Count) -> Count:
    """`total` with the next count taken in, its tally and its marks as well."""
    total.add(other)
    total.tally += other.tally
    for marks in MARKS:
        getattr(total, marks).extend(getattr(other, marks))
    return total


def _count_rows(job: Job, table: Table, again: Again) -> tuple[Count, Responses]:
    """What the rows of a table say, and the answers of those that are used."""
    evidence = Evidence()
    forms = read_rows(table, job.layout, job.instrument, job.names, evidence)
    submissions, ids = marks_of_submissions(forms, job.key), marks_of_ids(forms, job.key)
    forms = set_again_aside(set_again_aside(forms, "R-026", again.sent), "R-020", again.second)
    before = noticed(forms, evidence)
    forms = set_again_aside(before, "R-020", again.elsewhere)
    flow = forms.flow()
    count = Count(
        evidence=evidence,
        flow=flow,
        problems=Counter(problem.code for problem in forms.problems),
        elsewhere={name: cells.counts(before.used & ~forms.used) for name, cells in forms.groups.items()}
        if len(again.elsewhere)
        else {},
        submissions=[in_buckets(submissions)],
        ids=[in_buckets(ids)],
        families=[in_buckets(marks_of_families(forms, job.key))],
    )
    return count, _responses(forms, flow)


def _count_answers(job: Job, responses: Responses, count: Count) -> None:
    """Add what the answers say."""
    scores = score(responses)
    tally, answered = make_tally(scores, job.analysis), scores.answered
    del scores  # which take much memory
    count.tally = replace(tally, instruments={})
    patterns = Patterns(responses, answered)
    for alike in patterns.found(count.evidence):
        count.problems[alike.code] += len(alike.people)
    count.forms = [in_buckets(patterns.marks(job.key))]


def _responses(forms: Forms, flow: Flow) -> Responses:
    """The used forms, nobody of them with a name; groups are called as their labels are folded."""
    used = np.flatnonzero(forms.used)
    row = forms.table.row[used]
    everyone = len(used) == len(forms)
    codes = {wave: m if everyone else m[used] for wave, m in forms.answers.codes.items()}
    groups = {name: folded_grouping(cells, used) for name, cells in forms.groups.items()}
    return Responses(
        instrument=forms.instrument,
        codes=codes,
        respondent=(),
        family=None,
        row=row,
        rows=dict.fromkeys(codes, row),
        groups=groups,
        files=(forms.file_read(flow),),
        problems=(),
    )
