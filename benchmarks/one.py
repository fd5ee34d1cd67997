"""One measurement in a process of its own: python -m benchmarks.one KIND PATH … prints seconds, by the clock and of
processors, and peak memory."""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path


def bare(path: str) -> Callable[[], object]:
    from pyarrow import csv

    return lambda: csv.read_csv(path)


def mande(plan: str, workers: str = "") -> Callable[[], object]:
    """Modules are imported before the clock starts, as those of every other program are; and garbage is looked for as
    seldom as the command does."""
    import pyarrow.csv  # noqa: F401
    import scipy.special  # noqa: F401

    import mande.engine.linked
    import mande.evaluation  # noqa: F401
    from mande import evaluate, load_plan
    from mande.__main__ import GARBAGE

    loaded = load_plan(plan)
    gc.set_threshold(GARBAGE)
    return lambda: evaluate(loaded, workers=int(workers) if workers else None)


def pingouin(path: str) -> Callable[[], object]:
    import pandas
    import pingouin as own

    frame = pandas.read_csv(path, nrows=45_000)
    then, now = frame.filter(like="_then").mean(axis=1), frame.filter(like="_now").mean(axis=1)
    return lambda: (own.ttest(now, then, paired=True), own.wilcoxon(now, then), own.cronbach_alpha(frame.iloc[:, 3:8]))


def of_reports(kind: str) -> Callable[..., Callable[[], object]]:
    from benchmarks import each

    known = {
        "each": each.reports,
        "weasyprint": each.weasyprint,
        "evaluating": each.evaluating,
        "scaling": each.scaling,
    }
    return known[kind]


def main() -> None:
    kind, *arguments = sys.argv[1:]
    known: dict[str, Callable[..., Callable[[], object]]] = {"bare": bare, "mande": mande, "pingouin": pingouin}
    work = (known.get(kind) or of_reports(kind))(*arguments)
    begin, used = time.perf_counter(), processor()
    found = work()
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    measured = {"seconds": seconds, "processor": processor() - used, "peak": peak / 1024}
    own = found if isinstance(found, dict) else {}
    print(json.dumps({**measured, "file": Path(arguments[0]).name, **own}))


def processor() -> float:
    """Seconds that processors have worked for this process and those it started."""
    own = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in own)


if __name__ == "__main__":
    main()
