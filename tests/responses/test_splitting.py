"""A text file in pieces: every byte is in one, each ends with a row, and the last ones are smaller."""

import io
from hashlib import sha256

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from mande.responses.blocks import first_rows
from mande.responses.delimited import Start, Usual, rows_of_piece
from mande.responses.splitting import Digest, Sizes, text_pieces
from mande.responses.storage import stored

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


def rows_in_letters(text: str, letters: set[int], longer: set[int]):
    start = Start(("a", "b", "c"), ",", 0, 2, ())
    return rows_of_piece("x.csv", start, pa.py_buffer(text.encode()), 2, Usual(frozenset(letters)), longer)


@given(st.lists(st.tuples(*[st.sampled_from(["1", "2", "", "12", '""', '"3"', "я", "0x5", "05"])] * 3), min_size=1))
def test_cells_are_what_was_typed_whether_columns_are_taken_for_letters_or_not(rows):
    text = "".join(f"{','.join(row)}\n" for row in rows)
    longer: set[int] = set()
    quick, plain = rows_in_letters(text, {0, 2}, longer), rows_in_letters(text, set(), set())
    assert [list(quick.cells(i)) for i in range(3)] == [list(plain.cells(i)) for i in range(3)]
    assert longer == {i for i in (0, 2) if any(len(row[i].strip('"').encode()) > 1 for row in rows)}


def test_a_column_whose_first_cells_are_single_bytes_is_one_of_letters_and_a_cyrillic_letter_is_two(tmp_path):
    (tmp_path / "forms.csv").write_text("digit,letter,empty,answer\n" + "1,ж,,12\n2,м,,3\n" * 3)
    blocks, _ = first_rows(stored(str(tmp_path / "forms.csv")))
    assert blocks.usual.letters == {0, 2}
