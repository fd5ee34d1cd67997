"""The report in other languages: every sentence translated, with the same figures, in whole and right sentences."""

import re
import string
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from mande.catalog import find_sample, find_template
from mande.errors import WrongUse
from mande.evaluation import evaluate
from mande.plan import load_plan
from mande.report import render, render_html, render_pdf
from mande.report.catalogues import extract_messages, update_catalogues
from mande.report.environment import environment
from mande.report.translation import catalogue_folder, load_translation, read_catalogue, reviewed_by, there_are
from tests.report.conftest import Records

COMPLETE = ("ru", "uz")
BEGUN = ("kk", "ky", "tg", "tk", "uz_Cyrl")
SAMPLES = ("aiguessr", "tashkent-2016-synthetic")
FEW_NUMBERS = (0, 1, 2, 3, 4, 5, 11, 12, 21, 22, 25, 101, 111, 112, 121)

LATIN_WORD = re.compile(r"[A-Za-z]{3,}")
ENGLISH = re.compile(
    r"\b(the|of|and|with|not|from|that|this|which|was|were|are|is|people|score|change|interval|mean|area|question)\b"
)
PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")
CODE = re.compile(r"<code>.*?</code>|“Strengthening Families Program 10–14”")
REFERENCE = re.compile(r"[A-Z]\. [A-Z]\. \w+")
TAG = re.compile(r"</?\w+[^>]*>|&\w+;")


@cache
def catalogue(language: str) -> Catalog:
    return read_catalogue(catalogue_folder() / f"{language}.po")


def texts(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple) else [str(message.string)]


def originals(message: Message) -> list[str]:
    return list(message.id) if isinstance(message.id, (tuple, list)) else [str(message.id)]


def messages(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def plain(text: str) -> str:
    return TAG.sub(" ", PLACEHOLDER.sub(" ", CODE.sub(" ", text)))


def sentences(language: str) -> list[str]:
    """What readers of the language read, without code and without references, which stay as they were published."""
    return [plain(text) for message in messages(language) for text in texts(message) if not REFERENCE.match(text)]


# the catalogues


@pytest.fixture(scope="module")
def wanted() -> set[tuple[object, str | None]]:
    found = extract_messages(catalogue_folder().parent)
    return {(tuple(originals(message)), message.context) for message in found if message.id}


@pytest.mark.parametrize("language", COMPLETE)
def test_every_sentence_of_the_templates_is_translated_and_none_is_left_over(language, wanted):
    there = {(tuple(originals(m)), m.context) for m in messages(language) if all(texts(m)) and not m.fuzzy}
    assert wanted - there == set(), "run ./run words and translate what is empty"
    assert there - wanted == set(), "run ./run words"


@pytest.mark.parametrize("language", COMPLETE)
def test_placeholders_and_tags_are_those_of_the_original(language):
    for message in messages(language):
        original = originals(message)[-1]
        for text in texts(message):
            assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(original)) or (
                isinstance(message.id, tuple) and set(PLACEHOLDER.findall(text)) >= set(PLACEHOLDER.findall(original))
            ), text
            tags = sorted(tag for tag in TAG.findall(text) if tag != "&nbsp;")
            assert tags == sorted(tag for tag in TAG.findall(original) if tag != "&nbsp;"), text


@pytest.mark.parametrize(("language", "forms"), [("ru", 3), ("uz", 2)])
def test_plural_forms_are_as_many_as_the_language_has(language, forms):
    assert catalogue(language).num_plurals == forms
    plurals = [message for message in messages(language) if message.pluralizable]
    assert plurals
    assert all(len(texts(message)) == forms for message in plurals)


def test_russian_is_in_cyrillic__only_names_stay_latin():
    for text in sentences("ru"):
        latin = set(LATIN_WORD.findall(text))
        assert not {word for word in latin if word.islower()} - {"mande", "ten"}, text
        assert len(latin) < 4 or re.search(r"[А-я]", text), text


def test_uzbek_is_in_latin_letters_with_its_own_apostrophes():
    for text in sentences("uz"):
        assert not re.search(r"[А-яЁё]", text), text
        assert not re.search(r"\w['‘’`´]", text), text
        assert not re.search(r"[oOgG]\u02bc|[^oOgG\W]\u02bb", text), text
        assert not ENGLISH.search(text), text


@pytest.mark.parametrize(("language", "marks"), [("ru", "“”"), ("uz", "«»")])
def test_quotation_marks_are_those_of_the_language(language, marks):
    assert not [text for message in messages(language) for text in texts(message) if set(marks) & set(text)]


@pytest.mark.parametrize("language", ["en", *COMPLETE])
def test_a_percentage_within_a_sentence_is_written_as_those_in_tables(language):
    """57 % in Russian, 57% in English and Uzbek: no sentence has its own way."""
    written = environment(find_template("ministry"), language).filters["percent"](0.57)
    said = [text for message in messages(COMPLETE[0]) for text in originals(message)]
    if language != "en":
        said = [text for message in messages(language) for text in texts(message)]
    found = {f"57{gap}%" for text in said for gap in re.findall(r"\d(\s*|&nbsp;)%%", text)}
    assert found == {written}


@pytest.mark.parametrize("language", COMPLETE)
def test_a_translation_is_no_copy_of_the_original(language):
    same = [text for message in messages(language) for text in texts(message) if text in originals(message)]
    assert all(len(LATIN_WORD.findall(plain(text))) <= 3 for text in same), same


@pytest.mark.parametrize(
    "claim", ["вызва(?:л|н)[аоы]? программ", "благодаря программ", "доказыва(?:ет|ют) эффект", "значим"]
)
def test_russian_claims_no_more_than_the_design_allows(claim):
    assert not [text for message in messages("ru") for text in texts(message) if re.search(claim, text)]


@pytest.mark.parametrize("language", BEGUN)
def test_other_languages_have_a_head_with_plural_forms(language):
    head = (catalogue_folder() / f"{language}.po").read_text(encoding="utf-8")
    assert re.search(r'"Plural-Forms: nplurals=[12]; plural=', head)
    assert load_translation(language).tag == language.replace("_", "-")


def test_catalogues_are_as_the_tool_writes_them():
    files = sorted(catalogue_folder().glob("*.po"))
    before = [path.read_bytes() for path in files]
    update_catalogues()
    assert [path.read_bytes() for path in files] == before


# sentences


@pytest.fixture(scope="module")
def russian():
    return environment(find_template("ministry"), "ru").get_template("_shared/words.j2").module


@pytest.fixture(scope="module")
def uzbek():
    return environment(find_template("ministry"), "uz").get_template("_shared/words.j2").module


@pytest.mark.parametrize(
    ("n", "words"),
    [(1, "1 родитель"), (2, "2 родителя"), (5, "5 родителей"), (11, "11 родителей"), (21, "21 родитель"),
     (22, "22 родителя"), (112, "112 родителей"), (1000, "1 000 родителей")],
)  # fmt: skip
def test_russian_counts(russian, n, words):
    assert russian.people("parent", n).replace("\xa0", " ") == words


@pytest.mark.parametrize(
    ("n", "words"),
    [(1, "1 из 1 родителя"), (21, "1 из 21 родителя"), (72, "1 из 72 родителей"), (75, "1 из 75 родителей")],
)
def test_russian_part_of_a_group_is_in_the_genitive(russian, n, words):
    assert russian.part_of("parent", 1, n).replace("&nbsp;", " ") == words


@pytest.mark.parametrize("respondent", ["parent", "youth", "teacher", "student", "caregiver", "adult", "somebody"])
def test_every_respondent_has_all_russian_forms(russian, respondent):
    forms = {russian.people(respondent, n).replace(str(n), "").strip() for n in (1, 2, 5)}
    assert len(forms) >= 2
    assert russian.people(respondent, 1)[1:] == russian.people(respondent, 21)[2:]


def test_uzbek_nouns_stay_singular_after_a_number(uzbek):
    assert {uzbek.people("parent", n).lstrip(string.digits) for n in FEW_NUMBERS} == {" nafar ota-ona"}


@pytest.mark.parametrize(
    ("language", "number", "percent", "date"),
    [("ru", "−1\xa0234,50", "57\xa0%", "1 февраля 2016 г."), ("uz", "−1\xa0234,50", "57%", "1-fevral, 2016")],
)
def test_numbers_and_dates_are_written_as_the_language_does(language, number, percent, date):
    from datetime import date as day

    filters = environment(find_template("ministry"), language).filters
    assert filters["number"](-1234.5, 2) == number
    assert filters["percent"](0.57) == percent
    assert filters["p"](0.0001) == "<\xa00,001"
    assert " ".join(filters["date"](day(2016, 2, 1)).split()) == date


@pytest.mark.parametrize(
    ("change", "written"),
    [(0.685, "+0.69"), (0.705, "+0.71"), (0.005, "+0.01"), (-0.005, "−0.01"), (0.0049, "0.00"), (-0.0049, "0.00")],
)
def test_halves_are_rounded_as_a_calculator_does_and_words_go_by_that(change, written):
    filters = environment(find_template("ministry"), "en").filters
    assert filters["signed"](change) == written
    assert (filters["as_printed"](change) > 0) == written.startswith("+")


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0.004, "0.4%"),
        (0.996, "99.6%"),
        (-0.002, "−0.2%"),
        (-0.996, "−99.6%"),
        (-0.0001, "−0.01%"),
        (0.0003, "0.03%"),
        (0.9996, "99.96%"),
        (0.005, "0.5%"),
        (0.725, "73%"),
        (0.825, "83%"),
        (0, "0%"),
        (-0.08, "−8%"),
    ],
)
def test_a_small_share_is_not_rounded_to_nothing_nor_a_large_one_to_all(share, written):
    assert environment(find_template("ministry"), "en").filters["percent"](share) == written


@pytest.mark.parametrize(("language", "joined"), [("ru", "а, б и в"), ("uz", "а, б va в"), ("tg", "а, б, в")])
def test_lists_are_joined_as_the_language_does(language, joined):
    assert environment(find_template("ministry"), language).filters["listing"](["а", "б", "в"]) == joined


# reports


@pytest.fixture(scope="module", params=SAMPLES)
def sample(request):
    return evaluate(load_plan(find_sample(request.param)))


@pytest.mark.parametrize("language", COMPLETE)
def test_every_sample_is_a_report_in_every_complete_language(sample, language, read):
    page = render_html(sample, language=language)
    assert f'<html lang="{language}">' in page
    text = read(page)
    change = next(change for change in sample.changes if change.description)
    assert f"{change.description.mean_earlier:.2f}".replace(".", ",") in text
    assert not re.search(r"\d\.\d\d(?!\d)", re.sub(r"\d+\.\d+\.\d+", "", text)), "a number with a decimal point"


@pytest.fixture(scope="module", params=COMPLETE)
def translated(request, small) -> tuple[str, str, list[str]]:
    """Language, page, and what WeasyPrint complained of."""
    import logging

    records, logger = Records(), logging.getLogger("weasyprint")
    page = render_html(small, language=request.param)
    logger.addHandler(records)
    try:
        render_pdf(page)
    finally:
        logger.removeHandler(records)
    return request.param, page, records.messages


def test_every_letter_has_a_glyph(translated):
    assert translated[2] == []


def test_draft_translation_says_so_on_cover_and_pages(translated, read):
    words = {"ru": "черновой перевод", "uz": "qoralama tarjima"}[translated[0]]
    assert read(translated[1]).casefold().count(words) >= 2


def test_reviewed_translation_is_no_draft():
    head = Catalog(header_comment="# x\n# Reviewed by: A. Karimova, Ministry of Health, 2026-12-01")
    assert reviewed_by(head) == "A. Karimova, Ministry of Health, 2026-12-01"
    assert reviewed_by(catalogue("ru")) == ""
    assert load_translation("ru").is_draft
    assert not load_translation("en").is_draft


# what is not there


def test_unknown_language__error_names_those_there_are(small):
    with pytest.raises(WrongUse, match=r'no report in the language "xx"\. There are: en, ru, uz\.'):
        render_html(small, language="xx")
    with pytest.raises(WrongUse, match=r'language "fr"'):
        render_html(small, language="fr")
    assert there_are() == ["en", *COMPLETE]


def test_incomplete_language__refused_unless_a_draft_is_asked_for(small, tmp_path, read):
    with pytest.raises(WrongUse, match=r"Kazakh catalogue lacks \d+ of the sentences .* --draft"):
        render(small, tmp_path, language="kk", formats=["html"])
    assert list(tmp_path.iterdir()) == []
    [path] = render(small, tmp_path, language="kk", formats=["html"], draft=True)
    assert "Draft translation" in read(path.read_text(encoding="utf-8"))


def test_own_catalogue_of_a_template_comes_first(tmp_path: Path):
    (tmp_path / "_locale").mkdir()
    (tmp_path / "_locale" / "ru.po").write_text('msgid "Parents"\nmsgstr "Мамы и папы"\n', encoding="utf-8")
    (tmp_path / "page.j2").write_text("{% trans %}Parents{% endtrans %}, {% trans %}Teachers{% endtrans %}")
    assert environment(tmp_path, "ru").get_template("page.j2").render() == "Мамы и папы, Учителя"
