"""Columns as they are held: the quick way to encode letters gives what the usual way gives."""

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from mande.responses.table import coded_by_letter, texts

LETTER = st.sampled_from(["", "1", "2", "5", " ", "a", "-"])


def decoded(column: pa.DictionaryArray) -> list[str]:
    return column.to_pylist()


@given(cells=st.lists(LETTER), before=st.lists(LETTER, max_size=3))
def test_letters_and_empty_cells_are_read_back_with_distinct_values_as_they_come(cells, before):
    whole = texts(before + cells)
    column = coded_by_letter(whole[len(before) :])
    assert decoded(column) == cells
    assert column.dictionary.to_pylist() == list(dict.fromkeys(cells))


@given(cells=st.lists(st.sampled_from(["", "1", "12", "\0", "я"]), min_size=1))
@example(["1", "\0"])
@example(["", "12"])
def test_a_column_with_anything_else_is_read_in_the_usual_way(cells):
    column = coded_by_letter(texts(cells))
    assert decoded(column) == cells
    assert (column.type.index_type == pa.int32()) == any(cell not in ("", "1") for cell in cells)
