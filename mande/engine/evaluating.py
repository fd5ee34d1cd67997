"""Runs a plan: block by block where its files are large or others are to count, at once where they are small."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mande import course, evaluation, imputing
from mande.errors import DataProblems, MandeError, Problem
from mande.evaluation import Evaluation
from mande.plan import Analysis, Plan
from mande.responses import Responses
from mande.responses.storage import StoredFile, is_address, path_of, size_of, sources_of, stored
from mande.tally import Tally

if TYPE_CHECKING:
    from mande.engine.files import FileCount
    from mande.engine.linked import LinkedCount
    from mande.engine.workers import Workers

__all__ = ["evaluate", "evaluate_and_count"]

SMALL = 4 << 20
"""Files of fewer bytes are read at once: starting workers would take longer."""

BYTES_AT_ONCE = 12
"""Memory that a file takes when it is read at once, for each of its bytes (measured: docs/scale.md)."""


def evaluate(
    plan: Plan,
    responses: Sequence[Responses] | None = None,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    block: int | None = None,
) -> Evaluation:
    """Run a plan. The result is the same, to the last bit, however it is counted.

    responses: those of its sources, if they have been read already. workers: processes of this machine that count; by
    default this process does, with a thread a core. scheduler: address of a Dask scheduler whose workers count. block:
    bytes of a file that are counted at a time.
    Groups smaller than the plan's smallest cell are withheld, so that no output can show them.
    Raises DataProblems with the problems of all sources that cannot be used, and MandeError if workers keep dying, or
    if files must be read at once and are too large for this machine's memory.
    """
    by = plan.analysis
    return evaluate_and_count(plan, by, responses, workers=workers, scheduler=scheduler, block=block)[0]


def evaluate_and_count(
    plan: Plan,
    counted_by: Analysis,
    responses: Sequence[Responses] | None = None,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    block: int | None = None,
) -> tuple[Evaluation, Tally]:
    """As `evaluate`, with the counts, for which `counted_by` may name subgroups beyond those of the plan."""
    if responses is not None:
        return evaluation.evaluate_and_count(plan, counted_by, responses)
    files = [stored(path_of(plan, source)) for source, _ in sources_of(plan)]
    if workers is None and scheduler is None and all(map(_is_small, files)):
        return evaluation.evaluate_and_count(plan, counted_by)
    return _in_blocks(plan, counted_by, sum(map(size_of, files)), workers, scheduler, block)


def _in_blocks(
    plan: Plan, counted_by: Analysis, size: int, workers: int | None, scheduler: str | None, block: int | None
) -> tuple[Evaluation, Tally]:
    from mande.aside import folder_aside
    from mande.engine.workers import workers_for
    from mande.responses.blocks import BLOCK
    from mande.responses.splitting import OnlyAtOnce

    try:
        _require_counts_alone(plan)
        with folder_aside() as aside:
            with workers_for(workers, scheduler) as pool:
                files = _counted(replace(plan, analysis=counted_by), pool, block or BLOCK, aside)
            return _concluded(plan, counted_by, files)
    except OnlyAtOnce as reason:
        _require_memory(plan, size, str(reason))
        return evaluation.evaluate_and_count(plan, counted_by)
    except DataProblems:
        if size >= 16 * SMALL:
            raise
        return evaluation.evaluate_and_count(plan, counted_by)  # which says it in the words of a file read at once


def _require_counts_alone(plan: Plan) -> None:
    """Raise OnlyAtOnce if the plan asks for a figure that needs every person's answers together."""
    from mande.responses.splitting import OnlyAtOnce

    said, instruments = plan.evaluation, {instrument.id for instrument in plan.instruments}
    if said.attendance is not None:
        raise OnlyAtOnce("answers are held against the sessions that a family attended")
    if said.narrative.released:
        raise OnlyAtOnce("open answers are quoted from it")
    if any({one, other} <= instruments for one, other in plan.analysis.agreement):
        raise OnlyAtOnce("answers of two people of one family are compared")
    if any(source.family and not {*plan.analysis.cluster} & {*source.groups} for source in said.source):
        raise OnlyAtOnce("people of one family are a cluster")


def _counted(plan: Plan, workers: Workers, block: int, aside: Path) -> list[FileCount | LinkedCount]:
    """Files that hold every wave, each by itself; then those of each instrument whose waves are brought together."""
    from mande.engine.files import count_file, lay_out_source
    from mande.engine.linked import count_linked
    from mande.responses.seen import new_key

    refused = _Refused()
    files = []
    for number, (source, instrument) in enumerate(sources_of(plan)):
        (folder := aside / str(number)).mkdir()
        with refused:
            files.append((lay_out_source(plan, source, instrument, workers, folder), folder))
    in_parts = list(dict.fromkeys(own.instrument.id for own, _ in files if not own.is_whole))
    whole: list[FileCount] = []
    how: dict[str, Any] = {"key": new_key(), "block": block}
    for own, folder in files:
        if own.instrument.id not in in_parts:
            earlier = [other for other in whole if other.instrument.id == own.instrument.id]
            with refused:
                whole.append(count_file(plan, own, earlier, workers, **how, aside=folder))
    linked: list[LinkedCount] = []
    for name in in_parts:
        (folder := aside / name).mkdir()
        with refused:
            together = [own for own, _ in files if own.instrument.id == name]
            linked.append(count_linked(plan, together, workers, **how, aside=folder))
    refused.raise_if_any()
    _require_many([*whole, *linked])
    return [*whole, *linked]


class _Refused:
    """Gathers the problems of sources that cannot be used."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, DataProblems):
            return False
        self._problems += error.problems
        return True

    def raise_if_any(self) -> None:
        if self._problems:
            raise DataProblems(self._problems)


def _require_many(counted: Sequence[FileCount | LinkedCount]) -> None:
    from mande.responses.splitting import OnlyAtOnce

    if any(own.people <= max(imputing.MOST_PEOPLE_IMPUTED, course.MOST_PEOPLE_IN_A_MODEL) for own in counted):
        raise OnlyAtOnce("so few people's scores are imputed, and modelled, one by one")


def _concluded(plan: Plan, counted_by: Analysis, files: Sequence[FileCount | LinkedCount]) -> tuple[Evaluation, Tally]:
    from mande.engine.files import FileCount
    from mande.responses.label_checks import unknown_groupings
    from mande.responses.sources import check_waves, given_twice, waves_not_compared

    read = [own.without_rows() for own in files]
    marks = [(it.file, it.digest, it.part, it.instrument) for own in files for it in own.reads]
    if refused := [*given_twice(marks), *check_waves(read, plan), *unknown_groupings(read, plan)]:
        raise DataProblems(refused)
    for own, responses in zip(files, read, strict=True):
        for problem in waves_not_compared(responses, plan, own.forms_by_wave):
            own.note(problem)
    _add_copies([own for own in files if isinstance(own, FileCount)])
    counts = reduce(add, (own.tally for own in files), Tally())
    return evaluation.conclude_and_count(plan, counted_by, counts, [it for own in files for it in own.sources], read)


def _add_copies(files: Sequence[FileCount]) -> None:
    """Forms of one file that stand in another of the same questionnaire."""
    from mande.engine.marks import copies_among
    from mande.responses.checks import copies_of

    for instrument in Counter(own.instrument.id for own in files):
        same = [own for own in files if own.instrument.id == instrument]
        copies = copies_among([own.forms for own in same]) if len(same) > 1 else Counter()
        for (i, j), count in copies.items():
            found = copies_of(same[i].read.file, same[j].read.file, count, same[j].forms.known)
            same[j].problems.update(problem.code for problem in found)


def _is_small(file: StoredFile) -> bool:
    """Whether a file is to be read at once; one that is packed may be larger than it looks."""
    return not is_address(file.path) and file.suffix not in (".zip", ".parquet", ".pq") and size_of(file) < SMALL


def _require_memory(plan: Plan, size: int, reason: str) -> None:
    """Raise MandeError if reading at once would take more memory than there is."""
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 2**62
    if size * BYTES_AT_ONCE > 0.75 * there:
        raise MandeError(
            f"{plan.file.name}: its files must be read at once, because {reason}. That would take about "
            f"{size * BYTES_AT_ONCE / 2**30:.0f} GB of memory; this machine has {there / 2**30:.0f} GB. Nothing was "
            "written. Evaluate region by region and bring the results together (mande.roll_up), bring the waves of "
            "a person into one row first (docs/scale.md says how), or use a larger machine."
        )
