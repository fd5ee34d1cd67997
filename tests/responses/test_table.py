"""Columns as they are held: the quick way to encode letters gives what the usual way gives."""

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from mande.responses.table import coded_by_letter

LETTER = st.sampled_from(["", "1", "2", "5", " ", "a", "-"])


def single_bytes(*chunks: list[str]) -> pa.ChunkedArray:
    return pa.chunked_array(
        [pa.array([cell.encode() or None for cell in cells], type=pa.binary(1)) for cells in chunks], pa.binary(1)
    )


@given(chunks=st.lists(st.lists(LETTER), max_size=3), before=st.lists(LETTER, max_size=3))
@example(chunks=[["1"] * 600, ["2", ""]], before=[])
def test_letters_and_empty_cells_are_read_back_with_distinct_values_as_they_come(chunks, before):
    cells = [cell for chunk in chunks for cell in chunk]
    column = coded_by_letter(single_bytes([*before, *cells], *chunks)[len(before) :])
    assert column.to_pylist() == cells * 2
    assert column.dictionary.to_pylist() == list(dict.fromkeys(cells))
    assert column.type.index_type == pa.uint8()


def test_a_zero_byte_in_a_cell_is_not_an_empty_cell():
    column = coded_by_letter(single_bytes(["1", "\0", ""]))
    assert column.to_pylist() == ["1", "\0", ""]
    assert len(column.dictionary) == 3
