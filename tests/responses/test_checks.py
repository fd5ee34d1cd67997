"""What a field office cannot see on a single form is found, with its numbers, and sound data are left alone."""

import numpy as np
import pytest

from mande import load_instrument
from mande.responses import ColumnNames, read_responses

ITEMS = [f"p{i:02d}" for i in range(1, 21)]
REVERSED = [5, 17, 19]


@pytest.fixture(scope="module")
def parents():
    return load_instrument("sfp-10-14-parent")


@pytest.fixture
def codes_said(tmp_path, parents):
    def read(then, now, **others):
        header = ["code", *others, *[f"{i}_then" for i in ITEMS], *[f"{i}_now" for i in ITEMS]]
        rows = [
            ["", *(str(values[n]) for values in others.values()), *map(str, a), *map(str, b)]
            for n, (a, b) in enumerate(zip(then.tolist(), now.tolist(), strict=True))
        ]
        lines = [",".join([f"P{n:03d}", *row[1:]]) for n, row in enumerate(rows)]
        (tmp_path / "parents.csv").write_text("\n".join([",".join(header), *lines]))
        groups = {name: name for name in others if name != "age"}
        responses = read_responses(tmp_path / "parents.csv", parents, ColumnNames(id="code", groups=groups))
        return responses.problems

    return read


def answers(n, seed=1):
    """Forms that got a little better, item by item, without a pattern; the questions that are turned round, too."""
    draw = np.random.default_rng(seed)
    then = draw.integers(1, 6, (n, 20))
    now = np.clip(then + draw.choice([-1, 0, 0, 1, 1], (n, 20)), 1, 5)
    turned = [k for k, item in enumerate(ITEMS) if int(item[1:]) in (5, 17, 19)]
    now[:, turned] = np.clip(then[:, turned] - draw.choice([-1, 0, 1], (n, len(turned))), 1, 5)
    return then, now


def only(problems, code):
    return [problem for problem in problems if problem.code == code]


def test_sound_forms_are_left_alone(codes_said):
    assert codes_said(*answers(60)) == ()


def test_then_equal_to_now_on_the_whole_form(codes_said):
    then, now = answers(20)
    now[3] = then[3]
    (problem,) = codes_said(then, now)
    assert str(problem).startswith("R-030 parents.csv row 5: Every answer is the same for THEN and NOW.")


def test_one_answer_throughout(codes_said):
    then, now = answers(20)
    now[3] = 5
    (problem,) = only(codes_said(then, now), "R-031")
    assert problem.what == "All 20 answers (NOW) are 5, also where the question is put the other way round."


def test_every_answer_better_by_the_same_step(codes_said, parents):
    then, now = answers(20)
    then[3] = 3
    now[3] = [2 if item.reversed else 4 for item in parents.rated_items]
    assert [problem.place.row for problem in only(codes_said(then, now), "R-032")] == [5]


def test_columns_that_one_facilitator_swapped(codes_said):
    then, now = answers(80)
    facilitator = np.array(["F1", "F2", "F3", "F4"])[np.arange(80) % 4]
    swapped = facilitator == "F3"
    then[swapped], now[swapped] = now[swapped].copy(), then[swapped].copy()
    (problem,) = codes_said(then, now, facilitator=facilitator)
    assert problem.code == "R-033"
    assert problem.value == "F3"
    assert "13 of 16 people got worse (81 %, 57 % to 93 %); elsewhere 18 %" in problem.what


def test_a_file_with_all_columns_swapped(codes_said):
    then, now = answers(40)
    assert [problem.code for problem in codes_said(now, then)] == ["R-034"]


def test_a_form_entered_twice_under_another_code(codes_said):
    then, now = answers(20)
    then[7], now[7] = then[2], now[2]
    (problem,) = codes_said(then, now)
    assert (problem.code, problem.place.row, problem.details["first"]) == ("R-035", 9, "4")
    assert problem.what.endswith("which is another respondent.")


@pytest.mark.parametrize("codes", [["", ""], ["K1", ""], ["1,23E+14", "1,23E+14"]])
def test_forms_alike_are_of_two_respondents_only_where_codes_say_so(tmp_path, parents, codes):
    then, now = answers(2)
    form = ",".join(map(str, [*then[0], *now[0]]))
    header = ",".join(["code", *[f"{i}_then" for i in ITEMS], *[f"{i}_now" for i in ITEMS]])
    (tmp_path / "p.csv").write_text("\n".join([header, *(f'"{code}",{form}' for code in codes)]))
    names = ColumnNames(id="code") if any(codes) else None
    (problem,) = only(read_responses(tmp_path / "p.csv", parents, names).problems, "R-035")
    assert problem.what.endswith("the same as in row 2, which may be the same form sent twice.")
    assert "A column with a code of each respondent (id)" in problem.remedy


def test_ages_that_cannot_be(codes_said):
    ages = [34] * 20
    ages[4], ages[5] = 340, 0
    problems = codes_said(*answers(20), age=ages)
    assert [(p.code, p.place.row, p.value) for p in problems] == [("R-036", 6, "340"), ("R-036", 7, "0")]


AGE_HEADINGS = ["Ваш возраст", "ваш возраст (полных лет):", "Your age", "How old are you?", "Ёшингиз"]


@pytest.mark.parametrize("heading", AGE_HEADINGS)
def test_an_age_is_known_by_the_words_of_its_question(codes_said, heading):
    problems = codes_said(*answers(20), **{heading: [34] * 19 + [340]})
    assert [(problem.value, problem.place.column) for problem in only(problems, "R-036")] == [("340", heading)]


@pytest.mark.parametrize("heading", ["Возраст ребёнка", "Age group"])
def test_the_age_of_somebody_else_is_not_taken_for_the_age(codes_said, heading):
    assert not only(codes_said(*answers(20), **{heading: [34] * 19 + [340]}), "R-036")


def test_a_ceiling_at_the_start(codes_said, parents):
    then, now = answers(30)
    own = [ITEMS.index(item) for item in parents.constructs[0].items]
    for person in range(8):
        then[person, own] = [1 if parents.rated_items[k].reversed else 5 for k in own]
    (problem,) = only(codes_said(then, now), "R-037")
    assert problem.what.startswith("8 of 30 people are at the best score of family-harmony already at THEN (27 %")


def test_a_file_again_in_another(tmp_path, parents):
    from mande.responses import link, read_forms
    from mande.responses.checks import checked_together

    then, now = answers(20)
    header = ",".join(["code", *[f"{i}_then" for i in ITEMS], *[f"{i}_now" for i in ITEMS]])
    for name, letter in (("one", "A"), ("two", "B")):
        lines = [
            ",".join([f"{letter}{n}", *map(str, [*a, *b])]) for n, (a, b) in enumerate(zip(then, now, strict=True))
        ]
        (tmp_path / f"{name}.csv").write_text("\n".join([header, *lines]))
    forms = [read_forms(tmp_path / f"{name}.csv", parents, ColumnNames(id="code")) for name in ("one", "two")]
    _, two = checked_together(link(forms, b"k" * 32))
    (problem,) = only(two.problems, "R-042")
    assert problem.what == "20 of 20 forms hold the same answers as forms of the file one.csv."


def test_versions_of_a_form_that_are_mixed(tmp_path, parents):
    then, now = answers(20)
    header = ",".join(["code", "__version__", *[f"{i}_then" for i in ITEMS], *[f"{i}_now" for i in ITEMS]])
    lines = [
        ",".join([f"A{n}", "v1" if n < 15 else "v2", *map(str, [*a, *b])])
        for n, (a, b) in enumerate(zip(then, now, strict=True))
    ]
    (tmp_path / "one.csv").write_text("\n".join([header, *lines]))
    responses = read_responses(tmp_path / "one.csv", parents, ColumnNames(id="code"))
    assert [problem.value for problem in only(responses.problems, "R-038")] == ["v1 (15 forms), v2 (5 forms)"]


def test_answers_in_a_language_that_the_headings_do_not_speak(tmp_path, parents):
    then, now = answers(20)
    header = ["code"] + [f"{item.text['ru']} {w}" for w in ("ТОГДА", "СЕЙЧАС") for item in parents.rated_items]
    words = {a.code: a.label["uz"] for a in parents.answer_scales["frequency"].answers}
    lines = [
        ";".join([f"A{n}", *(words[int(c)] for c in [*a, *b])]) for n, (a, b) in enumerate(zip(then, now, strict=True))
    ]
    (tmp_path / "one.csv").write_text("\n".join([";".join(header), *lines]))
    responses = read_responses(tmp_path / "one.csv", parents, ColumnNames(id="code"))
    (problem,) = only(responses.problems, "R-039")
    assert problem.what == 'The headings are in "ru", but the answers of 800 cells only in "uz".'
