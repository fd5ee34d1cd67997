"""`mande form`: which files come out, and that an error leaves none."""

import io
import tomllib

import pytest

from mande import load_instrument
from mande.catalog import Room, names, room_folder
from mande.cli import main
from mande.errors import WrongUse
from mande.forms import FormKind, codebook_html, paper_html, write_forms, xlsform
from mande.forms.question import complete_languages
from tests.forms.small import mixed


def run(capsys, *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    output = capsys.readouterr()
    return code, output.out, output.err


def test_all_forms_are_made_unless_some_are_named(capsys, tmp_path):
    code, out, _ = run(capsys, "form", "sfp-10-14-youth", "--language", "uz", "-o", tmp_path / "all")
    stem = "sfp-10-14-youth-1"
    expected = {f"{stem}-uz-paper.pdf", f"{stem}-uz-xlsform.xlsx", f"{stem}-uz-codebook.html", f"{stem}-codebook.csv"}
    assert code == 0
    assert {path.name for path in (tmp_path / "all").iterdir()} == expected
    assert all(name in out for name in expected)


def test_only_the_named_form_is_made(capsys, tmp_path):
    code, *_ = run(capsys, "form", "sfp-10-14-youth", "--xlsform", "-o", tmp_path)
    assert code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["sfp-10-14-youth-1-en-xlsform.xlsx"]


@pytest.mark.parametrize("flags", [(), ("--paper",), ("--xlsform",), ("--codebook", "--xlsform")])
def test_the_form_of_a_withheld_wording_is_refused_and_no_file_is_left(capsys, tmp_path, flags):
    code, _, err = run(capsys, "form", "aiguessr", *flags, "-o", tmp_path / "out")
    assert code == 2
    assert "Where to get it: The wording is with the author of the study: github.com/moblangeois/aiguessr" in err
    assert not (tmp_path / "out").exists()


def test_the_codebook_of_a_withheld_wording_is_made(capsys, tmp_path):
    code, *_ = run(capsys, "form", "aiguessr", "--codebook", "-o", tmp_path)
    assert code == 0
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sfp-10-14-youth", "--order", "now"], "There are: now-then, then-now"),
        (["sfp-10-14-youth", "--wave", "baseline"], "asks then and now on one form"),
        (["sfp-10-14-youth", "--language", "de"], "There are: en, ru, uz"),
        (["sfp-10-14-yout"], "Did you mean sfp-10-14-youth"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_to_do(capsys, tmp_path, arguments, message):
    code, _, err = run(capsys, "form", *arguments, "-o", tmp_path / "out")
    assert code == 2
    assert message in err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("wave", ["../up", "Week 2", ""])
def test_a_wave_that_cannot_be_part_of_a_file_name_is_refused(tmp_path, wave):
    with pytest.raises(WrongUse, match="not a name of a wave"):
        write_forms(mixed(tmp_path), tmp_path / "out", kinds=[FormKind.XLSFORM], wave=wave)


def test_a_wave_stands_in_the_names_of_its_files(tmp_path):
    written = write_forms(mixed(tmp_path), tmp_path / "out", kinds=[FormKind.XLSFORM], wave="week-2")
    assert [path.name for path in written] == ["mixed-2-week-2-en-xlsform.xlsx"]


@pytest.mark.parametrize("name", names(Room.INSTRUMENTS))
def test_every_instrument_makes_its_forms_or_says_where_to_get_them(name):
    convert = pytest.importorskip("pyxform.xls2xform").convert
    instrument = load_instrument(name)
    assert codebook_html(instrument, language="ru")
    if not instrument.form.allowed:
        assert instrument.form.where
        with pytest.raises(WrongUse, match="Where to get it"):
            paper_html(instrument, language="en")
        return
    for language in complete_languages(instrument):
        assert paper_html(instrument, language=language)
        assert not convert(io.BytesIO(xlsform(instrument, language=language)), validate=False).warnings


def test_the_words_of_the_forms_have_the_same_keys_in_every_language():
    words = tomllib.loads((room_folder(Room.TEMPLATES) / "form" / "words.toml").read_text(encoding="utf-8"))

    def keys(part, before: str = "") -> set[str]:
        nested = [keys(value, f"{before}{key}.") for key, value in part.items() if isinstance(value, dict)]
        return {before + key for key in part}.union(*nested)

    for language, part in words.items():
        assert keys(part) == keys(words["en"]), language


def test_the_words_cover_what_an_instrument_can_be():
    from mande.form_words import form_words
    from mande.model import ItemKind, NonAnswerKind, ScoreRule

    words = form_words("en")
    assert set(words["kinds"]) == set(ItemKind) - {ItemKind.RATING}  # its answer scale says it
    assert set(words["scores"]) == set(ScoreRule)
    assert set(words["not_answers"]) == set(NonAnswerKind)


def test_the_fingerprint_changes_with_what_is_asked_and_not_with_how_it_is_scored(tmp_path):
    first = mixed(tmp_path).fingerprint
    assert mixed(tmp_path, **{"better: higher": "better: lower"}).fingerprint == first
    assert mixed(tmp_path, Perhaps="Maybe").fingerprint != first
    assert load_instrument("sfp-10-14-parent").fingerprint != load_instrument("sfp-10-14-youth").fingerprint
