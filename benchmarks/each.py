"""Reports in bulk: 200 schools' reports by worker processes, and the same pages by bare WeasyPrint."""

from __future__ import annotations

import json
import os
import resource
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks.data import PEOPLE_PER_SCHOOL, make
from mande import evaluate_each, load_plan
from mande.report import each, render_html

SCHOOLS, FEW, NATION = 200, 100, 4290
begin = each._begin


def plan_of(folder: Path, schools: int) -> Path:
    return make(folder, schools * PEOPLE_PER_SCHOOL)


def noting(setting: each._Setting) -> Callable[[each._Job], None]:
    """As a worker does, noting what its process has cost so far."""
    make_one = begin(setting)

    def make_and_note(job: each._Job) -> None:
        make_one(job)
        note = {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "cpu": time.process_time()}
        with (setting.folder / f"{os.getpid()}.notes").open("a") as file:
            file.write(f"{json.dumps(note)}\n")

    return make_and_note


def reports(plan: str, target: str, workers: str) -> Callable[[], dict[str, float]]:
    """All reports of the units; cpu: of the workers, their start included; peak: of a worker, at most, and at first."""
    units = evaluate_each(load_plan(plan), "school")
    each._begin = noting

    def work() -> dict[str, float]:
        done = list(each.render_each(units, target, formats=("pdf",), workers=int(workers)))
        made = sum(one.outcome is each.Outcome.MADE for one in done)
        files = list(Path(target).rglob("*.notes"))
        notes = [[json.loads(line) for line in file.read_text().splitlines()] for file in files]
        return {
            "reports": made,
            "cpu": sum(own[-1]["cpu"] for own in notes),
            "peak": max(own[-1]["peak"] for own in notes),
            "early": max(own[min(9, len(own) - 1)]["peak"] for own in notes),
        }

    return work


def weasyprint(plan: str) -> Callable[[], dict[str, float]]:
    """The same pages, tagged and archival as those of mande, one after the other in one process."""
    import weasyprint as own

    units = evaluate_each(load_plan(plan), "school")
    pages = [render_html(units[name], template="school") for name in units]

    def work() -> dict[str, float]:
        before = time.process_time()
        for page in pages:
            own.HTML(string=page).write_pdf(pdf_variant="pdf/a-3u", pdf_tags=True)
        return {"reports": len(pages), "cpu": time.process_time() - before}

    return work


def evaluating(plan: str) -> Callable[[], dict[str, float]]:
    """Everybody and every unit, without a report; cpu: of it."""
    loaded = load_plan(plan)

    def work() -> dict[str, float]:
        before = time.process_time()
        parts = len(evaluate_each(loaded, "school").parts)
        return {"units": parts, "cpu": time.process_time() - before}

    return work


def scaling(plan: str, target: str, turns: str) -> Callable[[], dict[str, float]]:
    """The clock of some reports with one worker and two, in turn: the best of each, for a busy machine only adds."""
    units = evaluate_each(load_plan(plan), "school")
    few = replace(units, parts=units.parts[:FEW])

    def seconds(workers: int, turn: int) -> float:
        start = time.perf_counter()
        done = each.render_each(few, Path(target) / f"{workers}-{turn}", formats=("pdf",), workers=workers)
        assert all(one.outcome is each.Outcome.MADE for one in done)
        return time.perf_counter() - start

    def work() -> dict[str, float]:
        seconds(1, -1)  # the server that workers are forked from loads its modules
        pairs = [(seconds(1, turn), seconds(2, turn)) for turn in range(int(turns))]
        return {"one": min(one for one, _ in pairs), "two": min(two for _, two in pairs)}

    return work
