"""Rows that wait on disk in buckets: none is lost without a word."""

import pytest

from mande.engine.buckets import Buckets
from mande.errors import MandeError
from mande.responses.blocks import first_rows
from mande.responses.storage import stored


@pytest.fixture
def kept(tmp_path):
    (tmp_path / "forms.csv").write_text("code,p01\nA,1\nB,2\n", encoding="ascii")
    blocks, table = first_rows(stored(str(tmp_path / "forms.csv")))
    buckets = Buckets(tmp_path / "buckets", table, blocks.usual)
    buckets.add([b"", b"rows of bucket 1"])
    return buckets, tmp_path / "buckets"


@pytest.mark.parametrize("spoil", [lambda file: file.unlink(), lambda file: file.write_bytes(b"rows")])
def test_a_bucket_that_another_program_removed_or_cut_short_is_no_empty_bucket(kept, spoil):
    buckets, folder = kept
    spoil(folder / "1")
    with pytest.raises(MandeError, match=r"removed or cut short by another program .* nothing was written"):
        buckets.table(1)
    assert len(buckets.table(0)) == 0
