"""Who counts: processes that die, or whose command does, and what threads and processes ask of the system."""

import gc
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mande.engine.workers import Processes, Threads
from mande.errors import MandeError
from tests.engine.workers_that_die import die, die_once

STATUS = Path("/proc/self/status")


def large_pages_are_on() -> bool:
    return "THP_enabled:\t1" in STATUS.read_text(encoding="ascii")


@pytest.mark.skipif(not STATUS.exists() or "THP_enabled" not in STATUS.read_text(), reason="Linux says so from 5.0 on")
def test_memory_comes_in_small_pages_as_long_as_threads_count():
    before = large_pages_are_on()
    with Threads(2):
        assert not large_pages_are_on()
    assert large_pages_are_on() == before


def test_workers_look_for_garbage_as_seldom_as_who_starts_them():
    before = gc.get_threshold()
    gc.set_threshold(12_345, 6, 7)
    try:
        with Processes(1) as workers:
            assert list(workers.map(gc.get_threshold, [()])) == [(12_345, 6, 7)]
    finally:
        gc.set_threshold(*before)


def test_a_worker_that_dies_costs_time_and_no_result(tmp_path):
    with Processes(2) as workers:
        assert list(workers.map(die_once, ((str(tmp_path / "died"), i) for i in range(6)))) == list(range(6))
    assert (tmp_path / "died").exists()


@pytest.mark.skipif(not STATUS.exists(), reason="processes are looked for as Linux shows them")
def test_workers_end_when_the_command_that_started_them_is_killed(tmp_path):
    script = tmp_path / "command.py"
    script.write_text("""
import os, time
from mande.engine.workers import Processes
if __name__ == "__main__":
    workers = Processes(1)
    print(*workers.map(os.getpid, [()]), flush=True)
    time.sleep(60)
""")
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as command:
        assert command.stdout is not None
        worker = Path("/proc") / command.stdout.readline().strip() / "status"
        assert worker.exists()
        command.kill()
    for _ in range(100):
        if not worker.exists() or "State:\tZ" in worker.read_text():
            return
        time.sleep(0.1)
    pytest.fail("ten seconds later the worker still waits for work")


def test_a_part_that_kills_every_worker_is_an_error_that_says_so():
    with Processes(1) as workers, pytest.raises(MandeError, match=r"died 3 times .* nothing was written"):
        list(workers.map(die, [(1,)]))
