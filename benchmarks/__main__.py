"""python -m benchmarks [--forms N] [--runs R] [--only NAME …]: what mande costs beside other programs, on made-up data.

Every measurement is a process of its own; programs that are compared take turns, so that a busy machine is as busy for
the one as for the other. The table goes to docs/scale-table.md, which docs/scale.md includes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from compileall import compile_dir
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.data import PEOPLE_PER_SCHOOL, make

ROOT = Path(__file__).resolve().parent.parent
TURNED = "05,17,19"
TIMES = 10
"""How many times as many forms the larger file has, by which memory is measured."""

LONG = 15
"""How many times as many the file has by which workers are measured: one of them takes over 20 s for it."""

KINDS = {"csv": "CSV", "parquet": "Parquet"}


@dataclass(frozen=True)
class Row:
    """One line of the table: what was compared, both sides, their ratio, what was asked for."""

    what: str
    ours: str
    theirs: str
    ratio: str
    target: str


def one(kind: str, *arguments: object) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.one", kind, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def whole(*command: str) -> float:
    begin = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - begin


def compared(what: str, target: str, pairs: list[tuple[float, float]]) -> Row:
    """Medians of both sides, and of their ratio pair by pair, with the least and the largest."""
    mine, other = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratios = sorted(a / b for a, b in pairs)
    spread = f" ({ratios[0]:.2f} to {ratios[-1]:.2f})" if len(ratios) > 1 else ""
    return Row(what, f"{mine:.2f} s", f"{other:.2f} s", f"{statistics.median(ratios):.2f}{spread}", target)


def against(what: str, target: str, runs: int, ours: Callable[[], float], theirs: Callable[[], float]) -> Row:
    return compared(what, target, [(ours(), theirs()) for _ in range(runs)])


def speed(folder: Path, forms: int, runs: int) -> list[Row]:
    plan = make(folder, forms)
    csv = plan.with_suffix("")
    what = f"{forms:,} forms to all changes, against bare pyarrow.csv.read_csv"
    pairs = [(one("mande", plan), one("bare", csv)) for _ in range(runs)]
    rows = [
        compared(what, "at most 2", [(ours["seconds"], theirs["seconds"]) for ours, theirs in pairs]),
        compared("the same, in processor time", "", [(o["processor"], t["processor"]) for o, t in pairs]),
    ]
    if shutil.which("Rscript"):
        script = str(ROOT / "benchmarks" / "peer.R")

        def in_r() -> float:
            done = subprocess.run(["Rscript", script, str(csv), TURNED], check=True, capture_output=True, text=True)
            return float(done.stdout.split()[-1])

        what = f"{forms:,} forms, R (data.table, base, psych) against mande"
        rows.append(against(what, "at least 8", max(1, runs // 2), in_r, lambda: one("mande", plan)["seconds"]))
    if find_spec("pingouin"):
        what = "45,000 forms, pingouin (one construct) against mande (all)"
        small = make(folder, 45_000)
        rows.append(
            against(what, "", 1, lambda: one("pingouin", csv)["seconds"], lambda: one("mande", small)["seconds"])
        )
    return rows


def memory(folder: Path, forms: int, runs: int) -> list[Row]:
    return [peak(folder, forms, runs, kind) for kind in KINDS]


def peak(folder: Path, forms: int, runs: int, kind: str) -> Row:
    plans = make(folder, TIMES * forms, kind=kind), make(folder, forms, kind=kind)
    large, small = (statistics.median(one("mande", plan)["peak"] for _ in range(runs)) for plan in plans)
    what = f"peak memory of {TIMES * forms:,} forms against {forms:,}, {KINDS[kind]}"
    return Row(what, f"{large:.0f} MB", f"{small:.0f} MB", f"{large / small:.2f}", "at most 1.1, 400 MB")


def workers(folder: Path, forms: int, runs: int) -> list[Row]:
    """Two processes against one, on a file that takes one of them long."""
    rows = []
    for kind, name in KINDS.items():
        plan = make(folder, LONG * forms, kind=kind)
        pairs = [(one("mande", plan, 1)["seconds"], one("mande", plan, 2)["seconds"]) for _ in range(runs)]
        rows.append(compared(f"{LONG * forms:,} forms, {name}, one worker against two", "at least 1.7", pairs))
    return rows


def start(folder: Path, forms: int, runs: int) -> list[Row]:
    del forms
    compile_dir(ROOT / "mande", quiet=1)  # as an installation does, and as the other programs are
    mande, out = (sys.executable, "-m", "mande"), str(folder)
    few = (*mande, "evaluate", "--sample", "aiguessr", "-o", out)
    return [
        against("34 forms, whole process, against importing pandas and scipy", "at most 1.5", 2 * runs + 1,
                lambda: whole(*few), lambda: whole(sys.executable, "-c", "import pandas, scipy")),
        against("mande --help against importing typer", "at most 1.5", 2 * runs + 1,
                lambda: whole(*mande, "--help"), lambda: whole(sys.executable, "-c", "import typer")),
    ]  # fmt: skip


def each(folder: Path, forms: int, runs: int) -> list[Row]:
    """Reports in bulk: by CPU time, the least of several turns of each; two workers by the clock."""
    del forms
    from benchmarks.each import FEW, NATION, SCHOOLS, plan_of

    plan, name = plan_of(folder, SCHOOLS), f"{SCHOOLS} two-page school reports"
    with tempfile.TemporaryDirectory(dir=folder) as aside:  # reports that are there already would not be made again
        found = [(one("each", plan, f"{aside}/{turn}", 1), one("weasyprint", plan)) for turn in range(runs)]
        both = one("scaling", plan, f"{aside}/scaling", runs)
    ours, bare = (min(side, key=lambda run: run["cpu"]) for side in zip(*found, strict=True))
    nation = one("evaluating", plan_of(folder, NATION))
    report, other = (run["cpu"] / run["reports"] for run in (ours, bare))
    minutes = (nation["cpu"] + report * NATION / 2) / 60
    return [
        Row(f"{name}, CPU a report: all of mande, against bare WeasyPrint of the same pages",
            f"{report:.3f} s", f"{other:.3f} s", f"{report / other:.2f}", "at most 1.15"),
        Row(f"{FEW} of them: one worker against two, clock, the best of several turns",
            f"{both['one']:.1f} s", f"{both['two']:.1f} s", f"{both['one'] / both['two']:.2f}", "at least 1.8"),
        Row("memory of a worker: its highest against that after ten reports", f"{ours['peak']:.0f} MB",
            f"{ours['early']:.0f} MB", f"{ours['peak'] / ours['early']:.2f}", "flat"),
        Row(f"{NATION:,} schools of {PEOPLE_PER_SCHOOL * NATION:,} forms, evaluated (CPU, peak memory)",
            f"{nation['cpu']:.0f} s", f"{nation['peak']:.0f} MB", "", ""),
        Row(f"{NATION:,} school reports, reckoned from the two above, two workers", f"{minutes:.0f} min", "", "", ""),
    ]  # fmt: skip


def outlook(folder: Path, forms: int) -> str:
    """What larger machines would need, from the slope between two files and how well two workers used two cores."""
    small, large = make(folder, forms), make(folder, TIMES * forms)
    few, many, alone, both = one("mande", small), one("mande", large), one("mande", large, 1), one("mande", large, 2)
    slope = (many["processor"] - few["processor"]) / ((TIMES - 1) * forms)
    fixed = max(0.0, few["processor"] - slope * forms)
    used = min(1.0, alone["seconds"] / both["seconds"] / 2)
    lines = [
        (
            f"Processor time is {fixed:.1f} s and {slope * 1e6:.1f} s for each million forms; two workers did "
            f"{2 * used:.1f} times as much as one. If more cores are used as well, and storage keeps up with them:"
        ),
        "",
        "| forms | CSV | processor time | laptop, 2 cores | server, 16 cores | cluster, 64 cores |",
        "|---|---|---|---|---|---|",
    ]
    for count in (45_000, 1_000_000, 100_000_000):
        clocks = (spoken(fixed + slope * count / cores / used) for cores in (2, 16, 64))
        size = f"{large.with_suffix('').stat().st_size / TIMES / forms * count / 1e6:,.0f} MB"
        lines.append(f"| {count:,} | {size} | {spoken(fixed + slope * count)} | {' | '.join(clocks)} |")
    return "\n".join(lines) + "\n"


def spoken(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


PARTS = {"speed": speed, "memory": memory, "workers": workers, "start": start, "each": each}


def written(rows: list[Row]) -> str:
    load = os.getloadavg()[0]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [f"Measured {time.strftime('%Y-%m-%d')} on {machine}, load {load:.1f}. Medians; both programs in turn.", ""]
    lines += ["| what | first | second | ratio | asked for |", "|---|---|---|---|---|"]
    lines += [f"| {row.what} | {row.ours} | {row.theirs} | {row.ratio} | {row.target} |" for row in rows]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--forms", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--folder", type=Path, help="where made-up data are kept [default: made and removed again]")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mande-bench-") as aside:
        rows = []
        for name in asked.only:
            for row in PARTS[name](asked.folder or Path(aside), asked.forms, asked.runs):
                print(f"{row.what}: {row.ours}, {row.theirs}, ratio {row.ratio} ({row.target})", flush=True)
                rows.append(row)
        if set(asked.only) == set(PARTS):
            text = f"{written(rows)}\n{outlook(asked.folder or Path(aside), asked.forms)}"
            (ROOT / "docs" / "scale-table.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
