"""Who counts the parts: threads of this process, other processes, or a cluster. Results come in the order of the parts.

At most a few parts are under way at a time, so memory does not grow with the file. A worker that is lost costs its
part's time: the part is counted again.
"""

from __future__ import annotations

import gc
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack
from multiprocessing import get_context, parent_process
from typing import Any, ClassVar, Protocol, Self, TypeVar

from mande.engine.memory import keep_freed_memory, memory_for_threads
from mande.errors import ComponentMissing, MandeError, WrongUse
from mande.workers import cores

__all__ = ["Cluster", "Processes", "Threads", "Workers", "workers_for"]

Task = TypeVar("Task")
Result = TypeVar("Result")

TRIES = 3
SECONDS_TO_ANSWER = 10
"""How long a scheduler is waited for."""


class Workers(Protocol):
    number: int

    together: ClassVar[int]
    """Pieces of a file in one task: more where a result has to travel, so that workers do most of the adding."""

    results_travel: ClassVar[bool]
    """Whether they see no memory of this process, so that what is large is quicker written than handed over."""

    see_the_disk: ClassVar[bool]
    """Whether what they write on this machine's disk can be read here."""

    def map(self, function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]]) -> Iterator[Result]:
        """function(*task) of each task, in the order of the tasks."""


def workers_for(workers: int | None, scheduler: str | None) -> AbstractContextManager[Workers]:
    """As asked for on the command line. Raises WrongUse if that cannot be."""
    if scheduler is not None and workers is not None:
        raise WrongUse("Give either --workers or --scheduler: the scheduler knows its own workers.")
    if scheduler is not None:
        return Cluster(scheduler)
    if workers is not None and workers < 1:
        raise WrongUse(f"--workers is {workers}; it has to be 1 or more.")
    return Processes(workers) if workers is not None else Threads(cores())


class Threads:
    """Threads of this process: what pyarrow and numpy do, and only that, is done at the same time."""

    together: ClassVar[int] = 1
    results_travel: ClassVar[bool] = False
    see_the_disk: ClassVar[bool] = True

    def __init__(self, workers: int) -> None:
        self.number, self._pool = workers, ThreadPoolExecutor(workers, thread_name_prefix="mande")
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._open.enter_context(memory_for_threads())
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._open.close()

    def map(self, function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]]) -> Iterator[Result]:
        return _in_order((self._pool.submit(function, *task) for task in tasks), self.number + 1)


def _in_order(started: Iterable[Future[Result]], ahead: int) -> Iterator[Result]:
    """Results in order; no more than `ahead` tasks are begun before the oldest is done."""
    waiting: deque[Future[Result]] = deque()
    for future in started:
        waiting.append(future)
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


class Processes:
    """Other processes on this machine, each with one thread. One that dies is replaced, and its part counted again."""

    together: ClassVar[int] = 4
    results_travel: ClassVar[bool] = True
    see_the_disk: ClassVar[bool] = True

    def __init__(self, workers: int) -> None:
        self.number, self._pool = workers, self._new_pool(workers)

    @staticmethod
    def _new_pool(workers: int) -> Executor:
        pool = ProcessPoolExecutor(
            workers, mp_context=get_context("spawn"), initializer=_get_ready, initargs=gc.get_threshold()
        )
        pool.submit(int)  # the first task starts them: they get ready while the first part is cut
        return pool

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        """Waits for them only if they may be at work; nobody has to wait while they end."""
        self._pool.shutdown(wait=error is not None, cancel_futures=True)

    def map(self, function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]]) -> Iterator[Result]:
        waiting: deque[tuple[tuple[Any, ...], Future[Result]]] = deque()
        for task in tasks:
            waiting.append((task, self._submit(function, task)))
            if len(waiting) > self.number + 1:
                yield self._first(function, waiting)
        while waiting:
            yield self._first(function, waiting)

    def _submit(self, function: Callable[..., Result], task: tuple[Any, ...]) -> Future[Result]:
        try:
            return self._pool.submit(function, *task)
        except BrokenProcessPool as error:  # it broke since; the part is counted again when its turn comes
            broken: Future[Result] = Future()
            broken.set_exception(error)
            return broken

    def _first(self, function: Callable[..., Result], waiting: deque[tuple[tuple[Any, ...], Future[Result]]]) -> Result:
        for _ in range(TRIES):
            try:
                result = waiting[0][1].result()
            except BrokenProcessPool:
                self._pool.shutdown(cancel_futures=True)
                self._pool = self._new_pool(self.number)
                again = [
                    (task, future if _is_done(future) else self._submit(function, task)) for task, future in waiting
                ]
                waiting.clear()
                waiting.extend(again)
            else:
                waiting.popleft()
                return result
        raise MandeError(
            f"A worker process died {TRIES} times on the same part of the file; nothing was written. It may have run "
            "out of memory: try fewer --workers, or smaller files. A script that asks for workers must begin its work "
            'under if __name__ == "__main__":, for every worker imports it.'
        )


def _is_done(future: Future[Any]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _get_ready(*seldom: int) -> None:
    """N workers are N threads: what the libraries would add on top only gets in their way.

    seldom: how often they look for garbage, as the process that starts them does.
    """
    threading.Thread(target=_end_with_who_started_us, daemon=True).start()
    gc.set_threshold(*seldom)
    keep_freed_memory()
    import pyarrow as pa

    import mande.engine.counting  # noqa: F401  # which takes a while

    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)


def _end_with_who_started_us() -> None:
    """Else a worker whose command was killed would wait for work for ever, with answers in its memory."""
    started_by = parent_process()
    if started_by is not None:
        started_by.join()
        os._exit(1)


class Cluster:
    """Workers of a Dask scheduler, on this machine or others; they need mande and must see the files."""

    together: ClassVar[int] = 2
    results_travel: ClassVar[bool] = True
    see_the_disk: ClassVar[bool] = False

    def __init__(self, scheduler: str) -> None:
        try:
            import distributed
        except ImportError as error:
            raise ComponentMissing('A scheduler needs the extra "cluster": pip install "mande[cluster]"') from error
        try:
            self._client: Any = distributed.Client(scheduler, timeout=SECONDS_TO_ANSWER, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, ValueError, TimeoutError) as error:
            message = f"No Dask scheduler answers at {scheduler} ({error}). Start one with: dask scheduler"
            raise WrongUse(message) from error
        self.number = max(1, len(self._client.scheduler_info(n_workers=-1)["workers"]))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def map(self, function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]]) -> Iterator[Result]:
        from distributed import KilledWorker

        try:
            started = (self._client.submit(function, *task, pure=False) for task in tasks)
            yield from _in_order(started, 2 * self.number + 1)
        except KilledWorker as error:
            raise MandeError(
                "Several workers of the cluster died on the same part of the file; nothing was written. They may have "
                "run out of memory."
            ) from error
