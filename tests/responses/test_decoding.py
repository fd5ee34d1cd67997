"""Old encodings of Cyrillic: a file whose answers are numbers has few letters to tell them by."""

import pyarrow as pa
import pytest

from mande.errors import DataProblems
from mande.responses.decoding import as_utf8


def read(text, encoding):
    found, how = as_utf8(pa.py_buffer(text.encode(encoding)), "forms.csv")
    return found.to_pybytes().decode(), how


def forms(word):
    return "\n".join([f"{word};p01;p02", *(f"{word};{1 + i % 5};3" for i in range(8))])


SHORT = ["Школа 1", "Школа №5", "Код;Школа;Пол", "код;школа;пол", "Часто", "Щит", "Бишкек", "Хорошо", "ШКОЛА", "м", "М"]


@pytest.mark.parametrize("word", SHORT)
def test_few_letters_of_windows_are_read_as_such(word):
    assert read(forms(word), "cp1251") == (forms(word), "cp1251")


@pytest.mark.parametrize("word", ["Школа 1", "Город", "Код;Школа;Пол", "Я ясно говорю", "Девочка"])
def test_capitals_tell_the_macintosh(word):
    assert read(forms(word), "mac-cyrillic") == (forms(word), "mac-cyrillic")


def test_the_first_cyrillic_may_stand_far_down():
    text = "code;p01\n" * 9000 + forms("Город")
    assert read(text, "mac-cyrillic") == (text, "mac-cyrillic")


@pytest.mark.parametrize("encoding", ["koi8-r", "cp866"])
@pytest.mark.parametrize("word", ["Школа 1", "Код;Школа;Пол", "Часто", "Иногда"])
def test_the_other_encodings_are_told_by_their_letters(word, encoding):
    assert read(forms(word), encoding) == (forms(word), encoding)


def test_a_letter_that_may_be_any_is_refused():
    with pytest.raises(DataProblems, match="in an old encoding that cannot be told"):
        read(forms("ж"), "cp1251")
