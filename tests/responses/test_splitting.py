"""A text file in pieces: every byte is in one, each ends with a row, and the last ones are smaller."""

import io
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from mande.responses.splitting import Digest, Sizes, text_pieces

CELL = st.sampled_from(["1", "", '"a,b"', '"two\nlines"', '"a ""b"""', "a long answer of somebody"])
ROWS = st.lists(st.lists(CELL, min_size=2, max_size=3).map(",".join), min_size=1, max_size=60)


def pieces_of(text: bytes, sizes: Sizes):
    digest = Digest()
    found = list(text_pieces(io.BytesIO(text), 0, 2, ",", sizes, digest))
    assert digest.hexdigest() == sha256(text).hexdigest()
    return found


@given(rows=ROWS, block=st.integers(40, 400), late=st.none() | st.integers(0, 500))
def test_each_byte_is_in_one_piece_that_begins_with_a_row(rows, block, late):
    text = "".join(f"{row}\n" for row in rows).encode()
    begins, at = {}, 0
    for i, row in enumerate(rows):
        begins[at] = i + 2
        at += len(row.encode()) + 1
    found = pieces_of(text, Sizes(block, late))
    assert [piece.start for piece in found] == [sum(own.length for own in found[:i]) for i in range(len(found))]
    assert sum(piece.length for piece in found) == len(text)
    assert all(begins[piece.start] == piece.row for piece in found)


def test_towards_the_end_pieces_are_half_as_large():
    found = pieces_of(b"1234567,9\n" * 1000, Sizes(2000, late=6000))
    assert [piece.length for piece in found] == [2000, 2000, 2000, 1000, 1000, 1000, 1000]
