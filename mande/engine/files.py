"""A file of any size becomes a tally and its account: it is cut into pieces, workers count them, the counts add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, repeat
from pathlib import Path

import numpy as np

from mande.engine.counting import Again, Count, Job, count_pieces
from mande.engine.marks import MarkFile
from mande.engine.renaming import Labels, labels_of_people, name_evidence, name_groups, with_folded_labels
from mande.engine.sums import Sums
from mande.engine.workers import Cluster, Workers
from mande.errors import DataProblems, Place, Problem, WrongUse
from mande.evaluation import SourceResult, pairs_alike
from mande.model import Instrument
from mande.plan import Plan, Source
from mande.responses import Flow, Grouping, Responses
from mande.responses.blocks import BYTES_A_ROW, Blocks, laid_out
from mande.responses.checks import judge_patterns
from mande.responses.column_names import ColumnNames, Layout
from mande.responses.forms import FileRead, is_whole
from mande.responses.reading import Judged, judge
from mande.responses.seen import Key
from mande.responses.sources import column_names
from mande.responses.splitting import Digest, OnlyAtOnce, Piece, Sizes
from mande.responses.storage import digest_of, path_of, size_of, stored
from mande.responses.table import Table
from mande.responses.text import folded
from mande.stats.counts import IntArray
from mande.tally import Tally

__all__ = ["FileCount", "LaidOut", "count_file", "lay_out_source", "shared_out", "source_result"]


_SMALLEST = 1 << 20
"""Bytes of a piece below which it costs more to begin with it than to count it."""

_HELD = 1 << 27
"""Bytes of a file whose marks may be held; those of a larger one are too many, and are written as they come."""


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A source as it can be read in blocks. table: its first rows. digest: of what it was unpacked from, else ""."""

    blocks: Blocks
    table: Table
    layout: Layout
    instrument: Instrument
    names: ColumnNames
    digest: str

    @property
    def is_whole(self) -> bool:
        return is_whole(self.layout, self.instrument)

    def file_read(self, digest: str, flow: Flow, judged: Judged) -> FileRead:
        """The account of the file, once all of its rows have been read. digest: of the text."""
        table, instrument = self.table, self.instrument
        personal = {problem.place.column or "" for problem in judged.personal}
        return FileRead(
            file=table.file,
            digest=self.digest or digest,
            part=table.part,
            how=table.how,
            instrument=instrument.id,
            version=instrument.version,
            respondent=instrument.respondent,
            flow=flow,
            problems=(),
            layout=tuple((*key, table.name_of(found.column), found.by) for key, found in self.layout.found.items()),
            unused_columns=tuple(name for name in self.layout.unused if name not in personal),
            personal_columns=tuple(sorted(personal)),
        )


def lay_out_source(plan: Plan, source: Source, instrument: Instrument, workers: Workers, aside: Path) -> LaidOut:
    """aside: a folder for what is unpacked. Raises DataProblems if nothing fits, OnlyAtOnce if blocks do not tell."""
    is_zip = source.file.lower().endswith(".zip")
    if is_zip and isinstance(workers, Cluster):
        raise WrongUse(f"Unpack {source.file} first: the workers of a cluster could not see what is unpacked here.")
    names, file = column_names(source, plan), stored(path_of(plan, source))
    found = laid_out(file, instrument, names, aside)
    return LaidOut(*found, instrument, names, digest_of(file) if is_zip else "")


def source_result(read: FileRead, problems: Counter[str], alike: dict[str, int]) -> SourceResult:
    known = read.name, read.digest, read.instrument, read.respondent, read.flow
    found = {code: count for code, count in sorted(problems.items()) if count}
    return SourceResult(*known, found, read.unused_columns, alike)


@dataclass(frozen=True, slots=True)
class FileCount:
    """What was counted in one file.

    problems: how many of each code. alike: pairs of labels that may be one, by grouping. families: different ones, None
    without family codes. ids, forms: marks of its people.
    """

    tally: Tally
    read: FileRead
    problems: Counter[str]
    labels: Labels
    families: int | None
    ids: MarkFile
    forms: MarkFile
    alike: dict[str, int] = field(default_factory=dict)

    @property
    def sources(self) -> list[SourceResult]:
        return [source_result(self.read, self.problems, self.alike)]

    @property
    def reads(self) -> tuple[FileRead, ...]:
        return (self.read,)

    @property
    def people(self) -> int:
        return self.read.flow.rows_used

    @property
    def forms_by_wave(self) -> dict[str, int]:
        """Each form holds every wave."""
        return dict.fromkeys((wave for _, wave, _, _ in self.read.layout), self.people)

    def note(self, problem: Problem) -> None:
        self.problems[problem.code] += 1

    def put_aside(self) -> None:
        """Hold no marks in memory any more. Raises OutputNotWritable if the disk is full."""
        self.ids.put_aside()
        self.forms.put_aside()

    def without_rows(self) -> Responses:
        """The responses as far as they are known: what was read, how many people, which waves, and nobody's answers."""
        nobody = np.empty((0, 0), dtype=np.int16)
        waves = dict.fromkeys(wave for _, wave, _, _ in self.read.layout)
        people = np.broadcast_to(np.int64(0), self.read.flow.rows_used)
        groups = {name: Grouping(tuple(sorted(own.values())), people[:0]) for name, own in self.labels.items()}
        codes = dict.fromkeys(waves, nobody)
        return Responses(
            self.instrument, codes, (), None, people, {}, groups, (self.read,), (), families_counted=self.families
        )

    @property
    def instrument(self) -> Instrument:
        return self.tally.instruments[self.read.instrument]


def count_file(
    plan: Plan,
    own: LaidOut,
    earlier: Sequence[FileCount],
    workers: Workers,
    *,
    key: Key,
    block: int,
    aside: Path,
) -> FileCount:
    """Count one file of a plan. earlier: files of the same instrument, whose people are not counted again.

    Raises DataProblems if it cannot be used, OnlyAtOnce if it must be read at once.
    """
    table, layout = own.table, own.layout
    size, shares = size_of(own.blocks.file), workers.number * workers.together
    if own.blocks.start is not None:  # row groups of Parquet are as large as they are
        block = shared_out(size, block, shares)
    job = Job(
        own.blocks,
        layout.silent(),
        own.instrument,
        own.names,
        with_folded_labels(plan.analysis),
        key,
        max(1, block // BYTES_A_ROW),
        aside if workers.see_the_disk and (workers.results_travel or size > _HELD) else None,
    )
    sizes = Sizes(block, own.blocks.last(shares, block) if workers.together > 1 else None)
    for other in earlier[-1:]:  # the marks of one file at a time are held
        other.put_aside()
    counting, digest = _Counting(job, workers, sizes, aside, list(earlier)), Digest()
    total = counting.run(counting.cut(digest))
    if not total.flow.rows_read:
        raise DataProblems([Problem("R-003", Place(table.file))])
    if counting.again is not None:
        total = counting.run(iter(counting.pieces))
    return _judged(plan, own, job, total, counting, digest.hexdigest())


def shared_out(size: int, block: int, shares: int) -> int:
    """Bytes of a piece, `block` at most, so that each worker has as many pieces to count as any other.

    >>> shared_out(105_000_000, 12_000_000, 2)  # ten pieces: with nine, one of two workers would wait for the other
    10500000
    """
    pieces = -(-size // (block * shares)) * shares
    return min(block, max(_SMALLEST, -(-size // pieces)))


@dataclass(slots=True)
class _Counting:
    """Counts the pieces of a file; `again`: who turned out to stand there twice, None if nobody does.

    They are found when all have been counted, and then all is counted once more without them.
    """

    job: Job
    workers: Workers
    sizes: Sizes
    aside: Path
    earlier: list[FileCount]
    pieces: list[Piece] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    again: Again | None = None
    ids: MarkFile = field(init=False)
    families: MarkFile = field(init=False)
    forms: MarkFile = field(init=False)

    def cut(self, digest: Digest) -> Iterator[Piece]:
        for piece in self.job.blocks.pieces(self.sizes, digest):
            self.pieces.append(piece)
            yield piece

    def run(self, pieces: Iterator[Piece]) -> Count:
        """Count all pieces; a first time, and again without those who stand there twice."""
        total, tallies = Count(), Sums()
        submissions, self.ids, self.families, self.forms = (MarkFile(self.aside) for _ in range(4))
        rows = self.rows if self.again is None else []
        for counted in self.workers.map(count_pieces, self._tasks(pieces)):
            total.add(counted)
            tallies.add(counted.tally)
            submissions.add(counted.submissions)
            self.ids.add(counted.ids)
            self.families.add(counted.families)
            self.forms.add(counted.forms)
            rows += counted.rows
        total.tally = tallies.total()
        if self.again is None:
            self.again = self._again(submissions)
        return total

    def _tasks(self, pieces: Iterator[Piece]) -> Iterator[tuple[Job, list[tuple[Piece, Again]]]]:
        own = self._without_the_second(pieces)
        for first in own:
            others = 0 if self.sizes.is_late(first[0].start) else self.workers.together - 1
            yield self.job, [first, *islice(own, others)]

    def _without_the_second(self, pieces: Iterator[Piece]) -> Iterator[tuple[Piece, Again]]:
        if self.again is None:
            yield from zip(pieces, repeat(Again()))
            return
        start = 0
        for piece, rows in zip(pieces, self.rows, strict=True):
            yield piece, self.again.within(start, rows)
            start += rows

    def _again(self, submissions: MarkFile) -> Again | None:
        sent = self.twice(submissions)
        second = self.twice(self.ids, sent)
        elsewhere = self.ids.in_any([own.ids for own in self.earlier], np.union1d(sent, second))
        found = Again(sent, second, elsewhere)
        return found if any(len(rows) for rows in found.all) else None

    def twice(self, marks: MarkFile, without: IntArray | None = None) -> IntArray:
        return marks.repeats(without, self.workers)


def _judged(plan: Plan, own: LaidOut, job: Job, total: Count, counting: _Counting, digest: str) -> FileCount:
    """What all pieces say together."""
    table, layout = own.table, own.layout
    labels = labels_of_people(total.evidence.spellings, total.elsewhere)
    _require_arms(plan, labels)
    name_evidence(total.evidence, labels)
    judged = judge(total.evidence, table, layout, job.instrument, job.names)
    read = own.file_read(digest, total.flow, judged)
    tally = name_groups(total.tally, job.instrument, plan.analysis, labels)
    families = None if layout.family is None else counting.families.known - len(counting.twice(counting.families))
    count = FileCount(tally, read, total.problems, labels, families, counting.ids, counting.forms)
    if not total.evidence.has_ids:
        del count.problems["R-022"]
    patterns = list(judge_patterns(total.evidence, count.without_rows()))
    count.alike.update(pairs_alike(patterns))
    said = [*table.problems, *layout.problems, *judged.personal, *judged.others, *patterns]
    count.problems.update(problem.code for problem in said)
    count.problems["R-035"] += len(counting.twice(counting.forms))
    return count


def _require_arms(plan: Plan, labels: Labels) -> None:
    arms = plan.analysis.arms
    spelled = labels.get(arms.grouping, {}) if arms is not None else {}
    for name in (arms.programme, arms.comparison) if arms is not None else ():
        if spelled.get(folded(name), name) != name:
            raise OnlyAtOnce(f'most people\'s spelling of the arm "{name}" is another one')
