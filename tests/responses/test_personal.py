"""Columns by which somebody could be found are dropped, by their heading or by what stands in them."""

import pytest

from mande import ColumnNames, load_instrument, read_responses

ITEMS = [item.id for item in load_instrument("fast-parent").rated_items]


def dropped(tmp_path, heading, cells):
    rows = [["code", heading, *ITEMS]]
    rows += [[f"P{i}", cell, *["2", "4"][i % 2] * len(ITEMS)] for i, cell in enumerate(cells)]
    path = tmp_path / "parents.csv"
    path.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    (read,) = read_responses(path, "fast-parent", ColumnNames(id="code", wave="baseline")).files
    return read.personal_columns == (heading,)


@pytest.mark.parametrize("heading", ["Контакт", "Телефон мамы", "Phone", "kontakt", "ФИО родителя", "Manzil"])
def test_a_heading_says_it(tmp_path, heading):
    assert dropped(tmp_path, heading, ["–", "–", "–"])


@pytest.mark.parametrize("number", ["901234567", "998901234567", "90 123 45 67", "0555123456", "+992 93 123 45 67"])
def test_telephone_numbers_say_it_under_any_heading(tmp_path, number):
    assert dropped(tmp_path, "x", [number, number[:-1] + "8", ""])


@pytest.mark.parametrize(
    "cells", [["12", "13", "14"], ["301234567", "302345678", "201234567"], ["2019", "2020", "2021"]]
)
def test_other_numbers_stay(tmp_path, cells):
    assert not dropped(tmp_path, "x", cells)
