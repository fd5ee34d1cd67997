"""Temporary folders: answers that lie there do not outlive their command."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from mande.aside import folder_aside

HOLDS_ONE = """
import time
from mande.aside import folder_aside
with folder_aside() as aside:
    (aside / "answers").write_text("5,4,3")
    print(aside, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def begun() -> tuple[subprocess.Popen[str], Path]:
    """A command that holds a folder, which looks as if it had done so for long."""
    command = subprocess.Popen([sys.executable, "-c", HOLDS_ONE], stdout=subprocess.PIPE, text=True)
    assert command.stdout is not None
    aside = Path(command.stdout.readline().strip())
    made = time.time() - 3600
    os.utime(aside.parent, (made, made))
    return command, aside


def test_a_folder_is_its_owners_alone_and_goes_at_the_end(temporary):
    with folder_aside() as aside:
        (aside / "answers").write_text("5,4,3", encoding="ascii")
        assert aside.parent.parent == temporary
        assert aside.parent.stat().st_mode & 0o077 == 0
    assert list(temporary.iterdir()) == []


def test_the_folder_of_a_killed_command_goes_with_the_next_one(temporary):
    command, aside = begun()
    with command:
        command.kill()
    assert (aside / "answers").exists()
    with folder_aside():
        assert not aside.parent.exists()


def test_the_folder_of_a_command_that_is_at_work_stays(temporary):
    command, aside = begun()
    with command:
        with folder_aside():
            is_there = (aside / "answers").exists()
        command.kill()
    assert is_there


def test_a_folder_that_was_made_this_moment_or_is_somebody_elses_stays(temporary):
    (temporary / "mande-aside-new").mkdir()
    (temporary / "mande-aside-new" / "in-use").touch()
    (temporary / "mande-aside-other").mkdir()
    os.utime(temporary / "mande-aside-other", (0, 0))
    (temporary / "mande-aside-link").symlink_to(temporary / "mande-aside-new")
    before = sorted(temporary.iterdir())
    with folder_aside():
        pass
    assert sorted(temporary.iterdir()) == before
