"""Jobs in processes: one that fails or dies does not stop the others."""

import os
import signal
from typing import Any

from mande.errors import WrongUse
from mande.workers import in_workers


def begin(offset: int):
    """In the worker: adds `offset`; some numbers fail, and one takes the process with it."""

    def work(number):
        if number == 3:
            raise WrongUse("three is not wanted")
        if number == 4:
            os._exit(9)
        if number == 9:
            os.kill(os.getpid(), signal.SIGKILL)
        if number == 5:
            raise ZeroDivisionError("five")
        return number + offset, os.getpid()

    return work


def done(numbers, **options) -> dict[int, Any]:
    return {one.job: one for one in in_workers(begin, 100, numbers, **options)}


def test_every_job_is_done_once_whatever_the_number_of_workers():
    for workers in (1, 2, 3):
        found = done([1, 2, 6, 7, 8], workers=workers)
        assert {job: one.result[0] for job, one in found.items()} == {n: n + 100 for n in (1, 2, 6, 7, 8)}


def test_a_job_that_fails_or_kills_its_process_is_named_and_the_others_are_done():
    found = done([1, 2, 3, 4, 5, 6, 7, 9], workers=2)
    assert {job: one.fault for job, one in found.items() if one.fault} == {
        3: "three is not wanted",
        4: "its process died (exit code 9)",
        5: "a fault of mande (ZeroDivisionError: five)",
        9: "its process died (signal SIGKILL: if nobody ended it, memory ran out; ask for fewer workers)",
    }
    assert {job for job, one in found.items() if one.result} == {1, 2, 6, 7}


def test_a_process_is_replaced_after_its_share_of_jobs():
    results = [one.result for one in in_workers(begin, 0, [10] * 6, workers=1, lifetime=2)]
    processes = [result[1] for result in results if result is not None]
    assert [processes.count(pid) for pid in dict.fromkeys(processes)] == [2, 2, 2]


def test_who_stops_listening_leaves_no_process_behind():
    import multiprocessing

    before = {*multiprocessing.active_children()}
    jobs = in_workers(begin, 0, range(10, 20), workers=2)
    next(jobs)
    jobs.close()
    assert not {*multiprocessing.active_children()} - before


def test_no_jobs_no_process():
    assert done([], workers=2) == {}
