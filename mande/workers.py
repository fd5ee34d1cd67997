"""Independent jobs in several processes: one that fails, or dies, does not stop the others, and memory stays flat."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from mande.errors import MandeError

__all__ = ["LIFETIME", "Done", "cores", "in_workers"]

Setup = TypeVar("Setup")
Job = TypeVar("Job")
Result = TypeVar("Result")

LIFETIME = 100
"""Jobs after which a process is replaced by a fresh one, so that what libraries keep does not add up."""


@dataclass(frozen=True, slots=True)
class Done(Generic[Job, Result]):
    """What became of a job: its result, or why there is none."""

    job: Job
    result: Result | None
    fault: str | None = None


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_workers(
    begin: Callable[[Setup], Callable[[Job], Result]],
    setup: Setup,
    jobs: Iterable[Job],
    *,
    workers: int,
    preload: Sequence[str] = (),
    lifetime: int = LIFETIME,
) -> Generator[Done[Job, Result], None, None]:
    """Do every job in one of `workers` processes; yields them as they are done, in any order.

    begin: called once a process with `setup`, gives what does one job; both are sent, so `begin` is a function of a
    module. preload: modules that every process finds loaded already. A job whose process dies is reported as such.
    """
    context = _context(preload)
    queue = iter(jobs)
    alive: dict[Any, _Worker] = {}

    def begin_with(job: Job) -> None:
        worker = _Worker(context, begin, setup)
        alive[worker.pipe] = worker
        worker.take(job)

    try:
        for _, job in zip(range(workers), queue, strict=False):  # in this order, or a job is lost
            begin_with(job)
        while alive:
            for pipe in wait(list(alive)):
                yield alive[pipe].answer()
                following = next(queue, None)
                if following is not None and alive[pipe].can_go_on(lifetime):
                    alive[pipe].take(following)
                    continue
                alive.pop(pipe).stop()
                if following is not None:
                    begin_with(following)
    finally:
        for worker in alive.values():
            worker.process.kill()
            worker.stop()


def _context(preload: Sequence[str]) -> Any:
    """Processes are forked from a server that has loaded `preload` and nothing else, where there can be one."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, *preload])
    return context


class _Worker:
    """A process and the pipe to it, which is closed when either end dies."""

    def __init__(self, context: Any, begin: Callable[..., Any], setup: object) -> None:
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=_serve, args=(other, begin, setup), daemon=True)
        self.process.start()
        other.close()
        self.jobs = 0
        self.job: Any = None

    def take(self, job: object) -> None:
        self.jobs, self.job = self.jobs + 1, job
        with suppress(OSError):  # it has died: the answer will say so
            self.pipe.send(job)

    def answer(self) -> Done[Any, Any]:
        try:
            result, fault = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            return Done(self.job, None, f"its process died ({_how(self.process.exitcode)})")
        return Done(self.job, result, fault)

    def can_go_on(self, lifetime: int) -> bool:
        return self.jobs < lifetime and self.process.is_alive()

    def stop(self) -> None:
        self.pipe.close()
        self.process.join()


def _how(code: int | None) -> str:
    if code is None or code >= 0:
        return f"exit code {code}"
    if -code == signal.SIGKILL:
        return "signal SIGKILL: if nobody ended it, memory ran out; ask for fewer workers"
    return f"signal {signal.Signals(-code).name}"


def _serve(pipe: Connection, begin: Callable[[object], Callable[[object], object]], setup: object) -> None:
    """Until the other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it is told, and closes the pipe
    work: Callable[[object], object] | None = None
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        try:
            work = work or begin(setup)
            answer: tuple[object, str | None] = (work(job), None)
        except MandeError as error:
            answer = (None, str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the other jobs go on
            answer = (None, f"a fault of mande ({type(error).__name__}: {error})")
        pipe.send(answer)
