"""An instrument file is checked as a whole: every mistake at once, each with file, line, what and remedy."""

from pathlib import Path

import pytest

from mande import load_instrument
from mande.catalog import Room, names
from mande.errors import InstrumentProblems, UnknownName
from mande.programmes import known_programmes

GOOD = """\
id: x
version: "1"
title: {en: X}
respondent: parent
waves: [then, now]
status: {wording: own, key: provisional}
licence: CC-BY-4.0
answers:
  often: [{code: 1, label: {en: Never}}, {code: 2, label: {en: Always}}]
  not_answers: [{code: 99, label: {en: I prefer not to say}, kind: refused}]
items:
  - {id: a, text: {en: A}, answers: often}
  - {id: b, text: {en: B}, answers: often, reversed: true}
constructs:
  - {id: c, title: {en: C}, items: [a, b], better: higher}
"""


@pytest.fixture
def problems_of(tmp_path):
    """The problems of the good file with some text replaced, as "code line"."""

    def problems(*replacements: tuple[str, str]) -> list[str]:
        text = GOOD
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "x.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InstrumentProblems) as caught:
            load_instrument(path)
        return [f"{problem.code} line {problem.place.line}" for problem in caught.value.problems]

    return problems


def test_a_good_file_gives_an_instrument(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text(GOOD, encoding="utf-8")
    instrument = load_instrument(path)
    assert [item.id for item in instrument.rated_items] == ["a", "b"]
    assert instrument.possible_scores(instrument.constructs[0]) == (1, 2)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('version: "1"', "version: 1", "I-004 line 2"),
        ("title: {en: X}", "titel: {en: X}", "I-003 line 3"),
        ("licence: CC-BY-4.0\n", "", "I-002 line 1"),
        ("kind: refused", "kind: refusd", "I-004 line 10"),
        ("{id: b,", "{id: a,", "I-010 line 12"),
        ("answers: often, reversed", "answers: oftn, reversed", "I-011 line 13"),
        ("items: [a, b]", "items: [a, q]", "I-011 line 15"),
        ("{code: 2,", "{code: 1,", "I-012 line 9"),
        ("{code: 99,", "{code: 2,", "I-013 line 9"),
        ("items: [a, b]", "items: []", "I-014 line 15"),
        ("better: higher", "min_answered: 3, better: higher", "I-015 line 15"),
        ("items: [a, b]", "items: [a, b], score: share-correct", "I-018 line 15"),
        ("title: {en: X}", "title: {en: X, ru: Икс}", "I-019 line 12"),
        ("{en: B}, answers: often, reversed: true", "{en: B}", "I-021 line 13"),
        ("items: [a, b]", "items: [a, b, a]", "I-022 line 15"),
        ("  often: [", "  often: [[", "I-001 line 10"),
    ],
)
def test_each_mistake_is_named_with_its_line(problems_of, old, new, expected):
    assert expected in problems_of((old, new))


def test_a_mean_over_different_ranges_is_refused(problems_of):
    more = "  not_answers:", "  wide: [{code: 0, label: {en: N}}, {code: 9, label: {en: Y}}]\n  not_answers:"
    assert problems_of(more, ("text: {en: B}, answers: often", "text: {en: B}, answers: wide")) == ["I-016 line 16"]


def test_all_mistakes_come_at_once_in_the_order_of_the_file(problems_of):
    found = problems_of(
        ('version: "1"', "version: 1"), ("kind: refused", "kind: no"), ("items: [a, b]", "items: [a, q]")
    )
    assert found == ["I-004 line 2", "I-004 line 10", "I-011 line 15"]


def test_the_message_says_where_what_and_how_to_repair(tmp_path):
    (tmp_path / "x.yaml").write_text(GOOD.replace("items: [a, b]", "items: [a, q]"), encoding="utf-8")
    with pytest.raises(
        InstrumentProblems, match=r'^I-011 x.yaml line 15: There is no item "q" in this instrument\. There are: a, b\.$'
    ):
        load_instrument(tmp_path / "x.yaml")


def test_the_word_no_stays_a_word(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text(GOOD.replace("{en: Never}", "{en: no}"), encoding="utf-8")
    assert load_instrument(path).answer_scales["often"].answers[0].label["en"] == "no"


def test_an_unknown_name_suggests_the_nearest():
    with pytest.raises(UnknownName, match="Did you mean sfp-10-14-parent"):
        load_instrument("sfp-10-14-parents")


def test_a_project_can_bring_an_instrument_and_its_folder_must_say_the_truth(tmp_path):
    folder = tmp_path / "instruments" / "y"
    folder.mkdir(parents=True)
    (folder / "1.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(
        InstrumentProblems, match=r'I-020 1\.yaml line 1: The id is "x", but the file lies where "y" belongs'
    ):
        load_instrument("y", project=tmp_path)
    (folder / "1.yaml").write_text(GOOD.replace("id: x\n", "id: y\n"), encoding="utf-8")
    assert load_instrument("y", project=tmp_path).id == "y"


WITH_TOTAL = "constructs:\n  - {id: t, title: {en: T}, of: [c], score: total, better: higher}\n"
WHOLE = ("constructs:\n", WITH_TOTAL)


@pytest.mark.parametrize("rule", ["mean", "prorated-sum", "share-correct"])
def test_a_total_of_fractions_of_points_is_refused(problems_of, rule):
    correct = ("answers: often}", "answers: often, correct: 1}"), ("reversed: true", "correct: 1")
    found = problems_of(WHOLE, ("items: [a, b]", f"items: [a, b], score: {rule}"), *correct)
    assert found == ["I-023 line 15"]


def test_a_total_of_sums_and_of_rounded_sums_is_taken(tmp_path):
    for rule in ("sum", "prorated-sum, round: half-up"):
        text = GOOD.replace(*WHOLE).replace("items: [a, b]", f"items: [a, b], score: {rule}")
        (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
        assert load_instrument(tmp_path / "x.yaml").constructs[0].of == ("c",)


@pytest.mark.parametrize(
    ("bands", "expected"),
    [
        ("[1, 1.5, low], [1.5, 2, high]", "I-025 line 21"),  # 1.5 is in both
        ("[1.5, 2, high], [1, 1, low]", "I-025 line 21"),
        ("[1, 1, low], [1.5, 2, much]", "I-026 line 21"),
        ("[1, 1, low], [2, 2, high]", "I-027 line 21"),  # a mean of 1 and 2 is in neither
        ("[1, 2, null]", "I-004 line 21"),  # and not that the band "None" has no words
        ("[1, null, low], [1.5, 2, high]", "I-004 line 21"),
        ('["1", 1, low], [1.5, 2, much]', "I-026 line 21"),  # a number in quotation marks is one
        ('["1", 2, low], [1, 2, high]', "I-025 line 21"),
    ],
)
def test_bands_hold_every_score_once_and_have_words(problems_of, bands, expected):
    norm = (
        "norms:\n  - id: n\n    title: {en: N}\n    citation: Somebody (1999)\n"
        "    words: {low: {en: low}, high: {en: high}}\n"
    )
    assert problems_of(("better: higher}\n", "better: higher}\n" + norm + f"    bands: {{c: [{bands}]}}\n")) == [
        expected
    ]


def test_the_answer_that_makes_a_score_zero_must_be_on_its_scale(problems_of):
    assert problems_of(("better: higher", "better: higher, zero_if: {item: a, code: 3}")) == ["I-024 line 15"]
    assert problems_of(("better: higher", "better: higher, zero_if: {item: z, code: 1}")) == ["I-011 line 15"]


@pytest.mark.parametrize("name", names(Room.INSTRUMENTS))
def test_every_instrument_that_ships_is_sound_and_says_where_it_comes_from(name):
    from mande.catalog import find_instrument

    instrument = load_instrument(name)
    assert instrument.licence
    assert instrument.citation
    assert (Path(find_instrument(name)).parent / instrument.source).is_file()
    if instrument.programme:
        assert {*instrument.languages} <= known_programmes()[instrument.programme].keys(), "add it to programmes.toml"
