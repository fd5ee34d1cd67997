"""`mande check` notices what evaluation.toml hardly means: a known programme misspelt, languages without words."""

import pytest

from mande import load_plan
from mande.catalog import find_sample, samples
from mande.checkup import plan_notices
from mande.cli import main
from mande.errors import WrongUse
from mande.evaluation import evaluate
from mande.report import render_html
from mande.responses.sources import read_plan
from tests.small import forms


def noticed(path):
    return [str(problem) for problem in plan_notices(load_plan(path))]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("sfp-10-14s", "sfp-10-14"), ("sfp1014", "sfp-10-14"), ("strong-family", "strong-families"), ("lula", "lulu")],
)
def test_a_programme_that_is_nearly_a_known_one_is_said_with_it(evaluation_file, typed, meant):
    assert noticed(evaluation_file(forms(3), {'id = "test"': f'id = "{typed}"'})) == [
        (
            f'P-022 evaluation.toml line 7 (programme, id): The programme is called "{typed}", which is nearly '
            f'"{meant}", a programme that mande knows. If it is that one, write its id: evaluations and ledgers of one '
            "programme are put together by it."
        )
    ]


@pytest.mark.parametrize("typed", ["sfp-10-14", "sfp-12-16", "lulu", "test", "fatherhood", "families"])
def test_a_known_programme_and_one_of_ones_own_are_not_questioned(evaluation_file, typed):
    assert not noticed(evaluation_file(forms(3), {'id = "test"': f'id = "{typed}"'}))


LANGUAGES = {"smallest_cell = 1": 'languages = ["en", "kk", "uz-Cyrl", "rus", "uz"]\nsmallest_cell = 5'}


def test_languages_without_words_are_said_with_what_would_be_printed(evaluation_file, capsys):
    path = evaluation_file(forms(12), LANGUAGES)
    said = noticed(path)
    assert [message.split(";")[0] for message in said] == [
        'P-023 evaluation.toml line 4 (languages 2): Reports have no sentences in "kk" (Kazakh) yet',
        'P-023 evaluation.toml line 4 (languages 3): Reports have no sentences in "uz-Cyrl" (Uzbek (Cyrillic)) yet',
        'P-024 evaluation.toml line 4 (languages 4): There are no reports in a language "rus"',
    ]
    main(["check", str(path)])
    printed = capsys.readouterr().out
    assert all(message.partition(": ")[2] in printed for message in said)
    assert "P-023, P-024" in printed.splitlines()[-2]
    assert "P-024,noticed,evaluation.toml" in (path.parent / "output/problems.csv").read_text(encoding="utf-8-sig")


def test_what_is_said_of_a_language_is_what_happens(evaluation_file):
    evaluation = evaluate(load_plan(evaluation_file(forms(12), LANGUAGES)))
    for language in ("kk", "uz-Cyrl", "rus"):
        with pytest.raises(WrongUse):
            render_html(evaluation, language=language)
    assert "Draft translation" in render_html(evaluation, language="kk", draft=True)


@pytest.mark.parametrize("sample", samples())
def test_no_sample_is_questioned(sample):
    assert not noticed(find_sample(sample))


@pytest.mark.parametrize(("people", "noticed"), [(4, True), (5, False)])
def test_a_questionnaire_of_fewer_people_than_may_be_shown_is_noticed(evaluation_file, people, noticed):
    plan = load_plan(evaluation_file(forms(people), {"smallest_cell = 1": "smallest_cell = 5"}))
    found = [problem for problem in plan_notices(plan, read_plan(plan)) if problem.code == "P-028"]
    assert bool(found) is noticed
    if found:
        assert found[0].what == "mini: 4 people, fewer than smallest_cell = 5, so nothing is shown of them."
        assert found[0].place.line == 4
