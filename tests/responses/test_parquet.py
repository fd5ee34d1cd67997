"""Parquet is read as the same cells would stand in a CSV file, whatever type a column has and however it is cut."""

import io
import os

import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mande.errors import DataProblems
from mande.responses import parquet
from mande.responses.parquet import in_equal_steps, parquet_rows, read_parquet
from mande.responses.row_checks import rounded

NUMBERS = {
    "int8": st.integers(-(2**7), 2**7 - 1),
    "int16": st.integers(-(2**15), 2**15 - 1),
    "int64": st.integers(-(2**63), 2**63 - 1),
    "uint8": st.integers(0, 2**8 - 1),
    "uint64": st.integers(0, 2**64 - 1),
}
ANSWERS = st.integers(-9, 5)
CATEGORIES = pa.dictionary(pa.int8(), pa.string())
TEXTS = st.sampled_from(["", "5", " Often", "Хорошо", "F00000001", "x" * 300])


def columns(kind: str | pa.DataType) -> st.SearchStrategy[list[object]]:
    numbers = NUMBERS.get(kind, TEXTS)
    cells = st.one_of(ANSWERS, numbers) if kind in ("int8", "int16", "int64") else numbers
    return st.lists(st.one_of(st.none(), cells), min_size=1, max_size=40)


def as_cells(values: list[object]) -> list[str]:
    return ["" if value is None else str(value) for value in values]


def in_a_file(column: pa.Array, group: int) -> io.BytesIO:
    content = io.BytesIO()
    line = pa.array(["filled"] * len(column))
    pyarrow.parquet.write_table(pa.table({"line": line, "cell": column}), content, row_group_size=group)
    content.seek(0)
    return content


@given(
    kind=st.sampled_from([*NUMBERS, "string", "large_string", CATEGORIES]),
    data=st.data(),
    group=st.integers(1, 50),
    rows=st.integers(1, 50),
    different=st.booleans(),
)
def test_every_cell_is_read_as_it_would_stand_in_a_csv_file(kind, data, group, rows, different):
    values = data.draw(columns(kind))
    content = in_a_file(pa.array(values, type=kind), group)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(parquet, "_ROWS_AT_ONCE", rows)
        patched.setattr(parquet, "_STEP", 3)
        whole = read_parquet("forms.parquet", content, "")
        groups = range(-(-len(values) // group))
        parts = list(parquet_rows("forms.parquet", content, groups, 2, rows, {1} if different else ()))
    assert [*whole.cells(1)] == [cell.strip() for cell in as_cells(values)]
    assert [cell for part in parts for cell in part.cells(1)] == [*whole.cells(1)]
    assert [row for part in parts for row in part.row.tolist()] == [*range(2, 2 + len(values))]
    assert max(map(len, parts)) <= rows


@given(whole=st.integers(0, 10_000), rows=st.integers(1, 3000), longest=st.integers(1, 500))
def test_parts_of_row_groups_are_about_as_long_as_each_other(whole, rows, longest):
    step, steps = in_equal_steps(whole, rows, longest)
    assert step <= longest
    assert step * steps <= rows
    parts = -(-whole // rows)
    assert (parts + 1) * step * steps >= whole
    assert parts * (step + 1) * steps >= whole


@given(
    first=st.lists(ANSWERS, min_size=1, max_size=300), later=st.lists(st.integers(-300, 300), min_size=1, max_size=300)
)
@example(first=[1] * 600, later=[*range(-125, 125), None])
@example(first=[None] * 600, later=[*range(251)])
def test_numbers_far_apart_are_read_like_numbers_near_each_other(first, later):
    values = [*first, *later]
    content = in_a_file(pa.array(values, type=pa.int16()), len(first))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(parquet, "_ROWS_AT_ONCE", 2 * len(first))
        whole = read_parquet("forms.parquet", content, "")
    assert [*whole.cells(1)] == as_cells(values)


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        (pa.array([5.0, 2.5, None, float("nan"), -9.0]), ["5", "2.5", "", "", "-9"]),
        (pa.array([b"5", "Хорошо".encode(), None]), ["5", "Хорошо", ""]),
        (pa.array([b"5", None], type=pa.large_binary()), ["5", ""]),
        (pa.DictionaryArray.from_arrays(pa.array([1, 0, None]), pa.array([b"no", b"yes"])), ["yes", "no", ""]),
        (pa.array([True, None, False]), ["True", "", "False"]),
        (pa.array([[1, 2], None, []]), ["[1, 2]", "", "[]"]),
        (pa.array([{"a": 1}, None]), ["{'a': 1}", ""]),
    ],
    ids=lambda value: str(getattr(value, "type", "")),
)
def test_a_column_of_another_type_is_read_as_text(column, cells):
    assert [*read_parquet("forms.parquet", in_a_file(column, 2), "").cells(1)] == cells


def test_rows_without_a_cell_are_counted_and_no_more():
    content = io.BytesIO()
    blank = pa.table({"code": pa.array(["", None]), "p01": pa.array([None, None], type=pa.int8())})
    pyarrow.parquet.write_table(blank, content)
    read = read_parquet("forms.parquet", content, "")
    assert (len(read), read.rows_read) == (0, 2)
    assert [problem.code for problem in read.problems] == ["R-006", "R-006"]
    assert [[*read.cells(column)] for column in (0, 1)] == [[], []]


def test_a_number_that_was_rounded_looks_so():
    """Two codes that became one number are no form sent twice (R-020), but codes that were rounded (R-023)."""
    read = read_parquet("forms.parquet", in_a_file(pa.array([1e17 + 16, 2.0**53 - 1]), 2), "")
    code, exact = read.cells(1)
    assert rounded(code)
    assert exact == "9007199254740991"


@pytest.mark.parametrize("as_categories", [False, True])
def test_a_text_that_is_not_utf_8_is_refused(as_categories):
    bad = pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xff"))
    column = pa.DictionaryArray.from_arrays(pa.array([0]), bad) if as_categories else bad
    with pytest.raises(DataProblems, match="not a whole Parquet file"):
        read_parquet("forms.parquet", in_a_file(column, 1), "")


def test_a_file_whose_name_is_not_utf_8_is_read(tmp_path):
    path = tmp_path / os.fsdecode("Форма.parquet".encode("cp1251"))
    try:
        path.write_bytes(in_a_file(pa.array([5]), 1).getvalue())
    except OSError:
        pytest.skip("names are UTF-8 here")
    with path.open("rb") as source:
        assert [*read_parquet("forms.parquet", source, "").cells(1)] == ["5"]
