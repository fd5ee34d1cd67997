"""Temporary folders: answers that lie there do not outlive their command."""

import errno
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from mande import aside as room
from mande.aside import folder_aside

HOLDS_ONE = """
import time
from mande.aside import folder_aside
with folder_aside() as aside:
    (aside / "answers").write_text("5,4,3")
    print(aside, flush=True)
    time.sleep(60)
"""


on_unix = pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks")


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def looking_old(folder: Path) -> Path:
    made = time.time() - 3600
    os.utime(folder, (made, made))
    return folder


def begun() -> tuple[subprocess.Popen[str], Path]:
    """A command that holds a folder, which looks as if it had done so for long."""
    command = subprocess.Popen([sys.executable, "-c", HOLDS_ONE], stdout=subprocess.PIPE, text=True)
    assert command.stdout is not None
    return command, looking_old(Path(command.stdout.readline().strip()))


def left_behind(name: str) -> Path:
    folder = Path(tempfile.gettempdir()) / name
    folder.mkdir()
    return looking_old(folder)


def test_a_folder_is_its_owners_alone_and_goes_at_the_end(temporary):
    with folder_aside() as aside:
        (aside / "answers").write_text("5,4,3", encoding="ascii")
        assert aside.parent == temporary
        assert aside.stat().st_mode & 0o077 == 0
    assert list(temporary.iterdir()) == []


@on_unix
def test_the_folder_of_a_killed_command_goes_with_the_next_one(temporary):
    command, aside = begun()
    with command:
        command.kill()
    assert (aside / "answers").exists()
    with folder_aside():
        assert not aside.exists()


@on_unix
def test_the_folder_of_a_command_that_is_at_work_stays(temporary):
    command, aside = begun()
    with command:
        with folder_aside():
            is_there = (aside / "answers").exists()
        command.kill()
    assert is_there


@on_unix
def test_a_folder_that_was_made_this_moment_or_on_another_machine_stays(temporary):
    (temporary / f"{room._prefix()}new").mkdir()
    left_behind("mande-aside-elsewhere-x")
    left_behind("mande-of-somebody")
    before = sorted(temporary.iterdir())
    with folder_aside():
        pass
    assert sorted(temporary.iterdir()) == before


@on_unix
def test_a_link_is_not_followed(temporary):
    own = left_behind("own")
    (temporary / f"{room._prefix()}link").symlink_to(own)
    with folder_aside():
        assert own.is_dir()


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give a folder away")
def test_another_users_folder_stays(temporary):
    other = left_behind(f"{room._prefix()}other")
    os.chown(other, 12345, 12345)
    with folder_aside():
        assert other.is_dir()


@on_unix
def test_where_there_are_no_locks_nothing_is_removed_and_the_command_goes_on(temporary, monkeypatch):
    def flock(*_: object) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr("fcntl.flock", flock)
    left = left_behind(f"{room._prefix()}left")
    with folder_aside() as aside:
        assert left.is_dir()
        assert aside.is_dir()
