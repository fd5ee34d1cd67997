"""Marks of pieces: who stands there twice is found wherever the marks are kept."""

from functools import partial

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mande.engine import marks
from mande.engine.marks import MarkFile, in_buckets, put_aside
from mande.engine.workers import Processes, Threads
from mande.errors import MandeError, OutputNotWritable

ROW = st.tuples(st.integers(0, 3).map(lambda i: i << 62 | i), st.integers(0, 2).map(lambda i: i << 40))
PIECES = st.lists(
    st.lists(ROW, max_size=5).map(lambda rows: np.array(rows, dtype=np.uint64).reshape(-1, 2)), max_size=4
)


def first_seen(pieces):
    """Rows whose mark an earlier row has."""
    seen, twice = set(), []
    for i, mark in enumerate(tuple(row) for piece in pieces for row in piece.tolist()):
        if mark[0] and mark in seen:
            twice.append(i)
        seen.add(mark)
    return twice


@pytest.mark.parametrize("held", [0, 6, 1000])
@given(pieces=PIECES, aside=st.sets(st.integers(0, 3)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_row_whose_mark_stands_in_any_earlier_piece_is_found_wherever_it_is_kept(
    tmp_path_factory, held, pieces, aside
):
    folder = tmp_path_factory.mktemp("marks")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(marks, "MOST_HELD", held)
        kept = MarkFile(folder)
        for i, piece in enumerate(pieces):
            own = [in_buckets(piece)]
            kept.add(put_aside(own, folder / "of-a-worker") if i in aside else own)
        assert kept.repeats().tolist() == first_seen(pieces)
        assert kept.rows == sum(map(len, pieces))
    own = set(range(len(pieces))) - aside
    assert bool(list(folder.glob("marks-*"))) == (kept.known > held and bool(own))


def test_a_worker_that_cannot_write_says_so(tmp_path):
    mark = in_buckets(np.ones((1, 2), dtype=np.uint64))
    with Processes(1) as workers, pytest.raises(OutputNotWritable, match=r"Cannot write to .*none: No such file"):
        list(workers.map(put_aside, [([mark], tmp_path / "none" / "marks")]))


@pytest.mark.parametrize("at_once", [8, 1 << 16])
@pytest.mark.parametrize("who", [partial(Threads, 3), partial(Processes, 2)], ids=["threads", "processes"])
def test_those_who_stand_there_twice_are_the_same_whoever_looks_for_them(tmp_path, monkeypatch, who, at_once):
    monkeypatch.setattr(marks, "MOST_HELD", 0)
    monkeypatch.setattr(marks, "ROWS_AT_ONCE", at_once)
    generator = np.random.default_rng(4)
    kept = MarkFile(tmp_path)
    words = [generator.integers(1, 400, 300, dtype=np.uint64) << np.uint64(55) for _ in range(5)]
    pieces = [np.column_stack([own, own]) for own in words]
    for piece in pieces:
        kept.add([in_buckets(piece)])
    without = np.arange(0, 1500, 7)
    given = np.concatenate(pieces)
    left = np.where(np.isin(np.arange(1500), without)[:, None], 0, given)
    with who() as workers:
        for looking in (workers, None):
            assert kept.repeats(workers=looking).tolist() == first_seen([given]) != []
            assert kept.repeats(without, looking).tolist() == first_seen([left])


def test_marks_that_are_gone_from_the_disk_are_not_made_up(tmp_path, monkeypatch):
    monkeypatch.setattr(marks, "MOST_HELD", 0)
    kept = MarkFile(tmp_path)
    kept.add([in_buckets(np.full((40, 2), 1 << 60, dtype=np.uint64))])
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-8])
    with pytest.raises(MandeError, match=r"removed or cut short by another program .* nothing was written"):
        kept.repeats()
    file.unlink()
    with pytest.raises(MandeError, match="removed or cut short"):
        kept.repeats()
