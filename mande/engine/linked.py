"""Waves that stand in several files, or rows: a person's rows are brought together on disk, then counted by bucket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from mande.engine.buckets import Apportioning, Buckets, rows_apart
from mande.engine.files import LaidOut, shared_out, source_result
from mande.engine.marks import MarkFile, Sorted, in_buckets
from mande.engine.renaming import Labels, labels_of_people, name_evidence, name_groups, with_folded_labels
from mande.engine.sums import Sums
from mande.engine.workers import Cluster, Workers
from mande.errors import DataProblems, Place, Problem
from mande.evaluation import SourceResult, pairs_alike
from mande.model import Instrument
from mande.plan import Analysis, Plan
from mande.responses import Flow, Grouping, Responses
from mande.responses.accounts import Cells
from mande.responses.blocks import BYTES_A_ROW
from mande.responses.checks import Patterns, judge_patterns
from mande.responses.column_names import ColumnNames, Layout
from mande.responses.evidence import ByLabel, Evidence, add_by_label
from mande.responses.forms import FileRead, Forms
from mande.responses.linking import Together, brought_together, first_rows, unmatched, without_people_seen_before
from mande.responses.people import folded_grouping
from mande.responses.reading import judge, noticed, read_rows
from mande.responses.result import LinkReport
from mande.responses.row_checks import without_second_forms
from mande.responses.seen import Key, marks_of
from mande.responses.splitting import Digest, OnlyAtOnce, Sizes
from mande.responses.storage import size_of
from mande.responses.table import Column
from mande.scoring import score
from mande.tally import Tally, make_tally

__all__ = ["LinkedCount", "count_linked"]


_TIMES = 4
"""How many times smaller than a block pieces and buckets are: every cell is a text of its own on the way to its bucket,
and every code is one while people are brought together."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with every bucket. The files' layouts are silent; labels are compared as they are folded."""

    layouts: tuple[Layout, ...]
    names: tuple[ColumnNames, ...]
    instrument: Instrument
    analysis: Analysis
    key: Key


@dataclass(slots=True)
class Part:
    """What was counted in one bucket, or in several. By file, in the order of `Responses.files`: flows and problems.

    read: evidence of single rows, by file. evidence: of what people answered. spellings: people by grouping and label.
    """

    people: int = 0
    tally: Tally = field(default_factory=Tally)
    read: dict[str, Evidence] = field(default_factory=dict)
    evidence: Evidence = field(default_factory=Evidence)
    flows: dict[str, Flow] = field(default_factory=dict)
    problems: Counter[tuple[str, str]] = field(default_factory=Counter)
    spellings: ByLabel = field(default_factory=dict)
    report: LinkReport | None = None
    families: list[Sorted] = field(default_factory=list)
    forms: list[Sorted] = field(default_factory=list)

    def add(self, other: Part) -> None:
        """Take in the next one, but for its tally and its marks, which are gathered elsewhere."""
        self.people += other.people
        for file, evidence in other.read.items():
            self.read.setdefault(file, Evidence()).add(evidence)
        self.evidence.add(other.evidence)
        for file, flow in other.flows.items():
            self.flows[file] = self.flows.get(file, Flow.nothing()) + flow
        self.problems.update(other.problems)
        add_by_label(self.spellings, other.spellings)
        self.report = other.report if self.report is None or other.report is None else self.report + other.report


@dataclass(frozen=True, slots=True)
class LinkedCount:
    """What was counted in the files of one instrument that hold one wave each.

    problems: how many of each code, by file. alike: pairs of labels that may be one, by file and grouping.
    """

    tally: Tally
    reads: tuple[FileRead, ...]
    people: int
    problems: Mapping[str, Counter[str]]
    alike: Mapping[str, dict[str, int]]
    labels: Labels
    waves: tuple[str, ...]
    families: int | None
    links: LinkReport | None

    @property
    def instrument(self) -> Instrument:
        return self.tally.instruments[self.reads[0].instrument]

    @property
    def sources(self) -> list[SourceResult]:
        return [source_result(read, self.problems[read.file], self.alike.get(read.file, {})) for read in self.reads]

    @property
    def forms_by_wave(self) -> Mapping[str, int]:
        return self.links.forms if self.links is not None else dict.fromkeys(self.waves, self.people)

    def note(self, problem: Problem) -> None:
        self.problems[problem.place.file][problem.code] += 1

    def file_of(self, wave: str) -> str:
        """The first file that holds a wave."""
        own = (read.file for read in self.reads if any(there in (wave, "") for _, there, _, _ in read.layout))
        return next(own, self.reads[0].file)

    def without_rows(self) -> Responses:
        """The responses as far as they are known, and nobody's answers."""
        nobody = np.empty((0, 0), dtype=np.int16)
        people = np.broadcast_to(np.int64(0), self.people)
        groups = {name: Grouping(tuple(sorted(own.values())), people[:0]) for name, own in self.labels.items()}
        codes = dict.fromkeys(self.waves, nobody)
        return Responses(
            self.instrument, codes, (), None, people, {}, groups, self.reads, (),
            links=self.links, families_counted=self.families,
        )  # fmt: skip


def count_linked(
    plan: Plan,
    files: Sequence[LaidOut],
    workers: Workers,
    *,
    key: Key,
    block: int,
    aside: Path,
) -> LinkedCount:
    """Count the files of one instrument whose rows have to be brought together by the code of their person.

    Raises DataProblems if they cannot be used, OnlyAtOnce if they must be read at once.
    """
    _require_codes(files, workers)
    size, block = sum(size_of(own.blocks.file) for own in files), max(1, block // _TIMES)
    buckets = -(-size // shared_out(size, block, workers.number))
    found = [_apportioned(own, workers, key, block, buckets, aside / str(i)) for i, own in enumerate(files)]
    job = Job(
        tuple(own.layout.silent() for own in files),
        tuple(own.names for own in files),
        files[0].instrument,
        with_folded_labels(plan.analysis),
        key,
    )
    total, tallies, families, forms = Part(), Sums(), MarkFile(aside), MarkFile(aside)
    stored = [own.buckets for own in found]
    for part in workers.map(count_bucket, ((job, stored, i) for i in range(buckets))):
        families.add(part.families)
        forms.add(part.forms)
        tallies.add(part.tally)
        total.add(part)
    total.tally = tallies.total()
    return _judged(plan, files, found, job, total, families, forms)


def _require_codes(files: Sequence[LaidOut], workers: Workers) -> None:
    waves = {wave for own in files for wave in own.layout.waves}
    if len(waves) > 1 and any(own.layout.code or own.layout.id is None for own in files):
        raise OnlyAtOnce("the waves of a person, who has a code of several parts or none, are brought together")
    if len({own.table.file for own in files}) < len(files):
        raise OnlyAtOnce("one file is given for several waves")
    if isinstance(workers, Cluster):
        raise OnlyAtOnce("the waves of a person are brought together on this machine's disk")


@dataclass(frozen=True, slots=True)
class _Apportioned:
    """A file of which the rows are in buckets. problems: of rows that could not be read, by code."""

    buckets: Buckets
    digest: str
    problems: Counter[str]


def _apportioned(own: LaidOut, workers: Workers, key: Key, block: int, number: int, folder: Path) -> _Apportioned:
    how = Apportioning(own.blocks, own.layout.silent(), key, max(1, block // BYTES_A_ROW), number)
    buckets, digest, problems = Buckets(folder, own.table, own.blocks.usual), Digest(), Counter[str]()
    submissions, apart = MarkFile(folder), MarkFile(folder)
    for part in workers.map(rows_apart, ((how, piece) for piece in own.blocks.pieces(Sizes(block), digest))):
        buckets.add(part.rows)
        problems.update(part.problems)
        submissions.add(part.submissions)
        apart.add(part.submissions_apart)
    if submissions.rows and len(submissions.repeats()) != len(apart.repeats()):
        raise OnlyAtOnce(f"{own.table.file} holds a form twice, under different codes")
    return _Apportioned(buckets, digest.hexdigest(), problems)


def count_bucket(job: Job, stored: Sequence[Buckets], bucket: int) -> Part:
    """Count the people of one bucket."""
    part, sources = Part(), []
    for buckets, layout, names in zip(stored, job.layouts, job.names, strict=True):
        table, evidence = buckets.table(bucket), Evidence()
        forms = without_second_forms(read_rows(table, layout, job.instrument, names, evidence), job.key)
        sources.append(noticed(forms, evidence))
        part.read[table.file] = evidence
    together = brought_together(without_people_seen_before(sources))
    for forms in together.files:
        part.flows[forms.table.file] = forms.flow()
    texts = {name: Column.of(together.taken.texts("group", name)) for name in _groupings(sources)}
    part.spellings = {name: cells.counts() for name, cells in texts.items()}
    responses = _responses(together, job.instrument, texts)
    patterns = Patterns(responses)
    part.people, part.report = len(responses), together.report
    part.tally = replace(make_tally(score(responses), job.analysis), instruments={})
    said = [problem for forms in together.files for problem in forms.problems if problem.code != "L-005"]
    part.problems.update((problem.place.file, problem.code) for problem in said)
    for alike in patterns.found(part.evidence):
        part.problems[alike.file, alike.code] += len(alike.people)
    part.forms = [in_buckets(patterns.marks(job.key))]
    if any(layout.family is not None for layout in job.layouts):
        part.families = [in_buckets(marks_of(Column.of(together.taken.texts("family")), job.key))]
    return part


def _groupings(sources: Sequence[Forms]) -> list[str]:
    return list(dict.fromkeys(name for forms in sources for name in forms.groups))


def _responses(together: Together, instrument: Instrument, texts: Mapping[str, Column]) -> Responses:
    """People of whom nobody has a name; groups are called as their labels are folded."""
    taken = together.taken
    everybody = np.arange(len(taken.people.keys))
    rows = {wave: taken.rows(wave) for wave in together.waves}
    return Responses(
        instrument=instrument,
        codes={wave: taken.codes(wave) for wave in together.waves},
        respondent=(),
        family=None,
        row=first_rows(rows, len(everybody)),
        rows=rows,
        groups={name: folded_grouping(cells, everybody) for name, cells in texts.items()},
        files=tuple(forms.file_read() for forms in together.files),
        problems=(),
    )


def _judged(
    plan: Plan,
    files: Sequence[LaidOut],
    found: Sequence[_Apportioned],
    job: Job,
    total: Part,
    families: MarkFile,
    forms: MarkFile,
) -> LinkedCount:
    """What all buckets say together."""
    labels = labels_of_people(total.spellings, {})
    name_evidence(total.evidence, labels)
    problems = {own.table.file: Counter[str]() for own in files}
    for (file, code), times in total.problems.items():
        problems[file][code] += times
    reads = {
        own.table.file: _file_read(own, stored, job, total, problems[own.table.file])
        for own, stored in zip(files, found, strict=True)
    }
    in_order = tuple(reads[file] for file in total.flows)
    counted_families = families.known - len(families.repeats()) if families.rows else None
    waves = tuple(dict.fromkeys(wave for own in in_order for _, wave, _, _ in own.layout))
    count = LinkedCount(
        name_groups(total.tally, job.instrument, plan.analysis, labels),
        in_order,
        total.people,
        problems,
        {},
        labels,
        total.report.waves if total.report is not None else waves,
        counted_families,
        total.report,
    )
    patterns = list(judge_patterns(total.evidence, count.without_rows()))
    alone = unmatched(total.report, count.file_of) if total.report is not None else ()
    for problem in (*patterns, *alone):
        count.note(problem)
    problems[count.file_of(next(iter(count.waves), ""))]["R-035"] += len(forms.repeats())
    alike = {file: pairs_alike([p for p in patterns if p.place.file == file]) for file in problems}
    return replace(count, alike=alike)


def _file_read(own: LaidOut, stored: _Apportioned, job: Job, total: Part, problems: Counter[str]) -> FileRead:
    """The account of one file; what its rows say together is added to `problems`."""
    file = own.table.file
    unread, columns = sum(stored.problems.values()), len(own.layout.found)
    aside = {code: columns * rows for code, rows in stored.problems.items()}
    flow = total.flows[file] + Flow(unread, 0, stored.problems, Cells(unread * columns, 0, 0, 0, {}, aside))
    if not flow.rows_read:
        raise DataProblems([Problem("R-003", Place(file))])
    judged = judge(total.read[file], own.table, own.layout, job.instrument, own.names)
    if not total.read[file].has_ids:
        del problems["R-022"]
    problems.update(stored.problems)
    problems.update(p.code for p in (*own.table.problems, *own.layout.problems, *judged.personal, *judged.others))
    return own.file_read(stored.digest, flow, judged)
