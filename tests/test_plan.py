"""evaluation.toml is checked as a whole, together with the analysis, instruments and files that it names."""

import pytest

from mande import load_plan
from mande.errors import PlanProblems, UnknownName, WrongUse
from mande.responses.parquet import PARQUET
from mande.responses.readers import SPSS, WORKBOOKS
from mande.toml_file import DATA_FILES
from tests.small import forms


def problems_of(path) -> list[str]:
    with pytest.raises(PlanProblems) as caught:
        load_plan(path)
    return [str(problem) for problem in caught.value.problems]


def test_a_good_file_gives_a_plan_with_its_analysis_and_instruments(evaluation_file):
    plan = load_plan(evaluation_file(forms(3)))
    assert plan.analysis.comparisons[0].later == "now"
    assert plan.instruments[0].id == "mini"
    assert plan.output == plan.folder / "output"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'title = "A test"',
            "",
            'P-002 evaluation.toml line 1: The key "title" is missing. Add it above the first [table]: title = "…"',
        ),
        (
            'title = "A test"',
            'title = " "',
            (
                'P-004 evaluation.toml line 1 (title): The key "title" cannot be " ". '
                "It should be: text of at least 1 letter."
            ),
        ),
        (
            'id = "code"',
            'ids = "code"',
            'P-003 evaluation.toml line 13 (source 1, ids): "ids" is not a key that is known here. Did you mean "id"?',
        ),
        (
            "smallest_cell = 1",
            "smallest_cell = 0",
            (
                'P-004 evaluation.toml line 4 (smallest_cell): The key "smallest_cell" cannot be 0. '
                "It should be: 1 or more."
            ),
        ),
    ],
)
def test_each_mistake_says_where_what_and_how_to_repair(evaluation_file, old, new, message):
    assert problems_of(evaluation_file(forms(3), {old: new})) == [message]


def test_a_period_that_ends_before_it_begins_is_refused_with_its_line(evaluation_file):
    reversed_one = 'id = "test"\nperiod = { from = 2016-06-30, to = 2016-02-01 }'
    one_day = reversed_one.replace("2016-02-01", "2016-06-30")
    assert problems_of(evaluation_file(forms(3), {'id = "test"': reversed_one})) == [
        (
            'P-004 evaluation.toml line 8 (programme, period, to): The key "to" cannot be 2016-02-01. It should be: '
            "2016-06-30 (which stands under from) or a later day; exchange the two if they are reversed."
        )
    ]
    assert load_plan(evaluation_file(forms(3), {'id = "test"': one_day})).evaluation.programme.period is not None


def test_a_missing_file_suggests_the_nearest(evaluation_file):
    (message,) = problems_of(evaluation_file(forms(3), {'file = "forms.csv"': 'file = "form.csv"'}))
    assert "Did you mean forms.csv?" in message


def test_a_folder_in_the_place_of_a_file_is_said_to_be_one_with_the_pattern_for_its_files(evaluation_file, tmp_path):
    path = evaluation_file(forms(3), {'file = "forms.csv"': 'file = "data"'})
    (tmp_path / "data").mkdir()
    (message,) = problems_of(path)
    assert f'There is no file "data" in {tmp_path}. It is a folder: name a file in it.' in message
    assert message.endswith('"data/*.csv" stands for all of them.')
    (message,) = problems_of(evaluation_file(forms(3), {'file = "forms.csv"': 'file = "data/*.csv"'}))
    assert message.endswith("No file fits the pattern.")


def test_a_file_at_an_absolute_path_that_is_not_there_suggests_its_neighbour(evaluation_file, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "parents.csv").write_text("x")
    wanted = (tmp_path / "elsewhere" / "parent.csv").as_posix()
    (message,) = problems_of(evaluation_file(forms(3), {'file = "forms.csv"': f'file = "{wanted}"'}))
    assert message.endswith(f"Did you mean {tmp_path.as_posix()}/elsewhere/parents.csv?")


def test_a_list_of_waves_in_a_source_is_a_mistake_and_no_fault(evaluation_file):
    several = {'id = "code"': 'id = "code"\nwave = ["then", "now"]'}
    assert {message[:5] for message in problems_of(evaluation_file(forms(3), several))} == {"P-004"}


TWO_FILES = {
    'instrument = "mini.yaml"\n': 'instrument = "mini.yaml"\nwave = "then"\n',
    'groups = { school = "school" }': (
        '[[source]]\nfile = "now.csv"\ninstrument = "mini.yaml"\nwave = "now"\nid = "code"'
    ),
}


@pytest.mark.parametrize(("earlier", "later"), [("then", "now"), ("pre", "post")])
def test_a_file_for_each_wave_is_not_called_asked_on_one_form(evaluation_file, tmp_path, earlier, later):
    (tmp_path / "now.csv").write_text("code\n")
    (message,) = problems_of(evaluation_file(forms(3), {**TWO_FILES, '"then"': f'"{earlier}"', '"now"': f'"{later}"'}))
    assert message.startswith(
        f'P-027 evaluation.toml line 18 (source 2, wave): This file holds "{later}", another "{earlier}"'
    )
    assert 'write analysis = "before-after"' in message


def test_before_and_after_are_two_files_with_their_waves(evaluation_file, tmp_path):
    (tmp_path / "now.csv").write_text("code\n")
    waves = {'"then"': '"baseline"', '"now"': '"endline"', "retrospective-pretest": "before-after"}
    found = load_plan(evaluation_file(forms(3), {**TWO_FILES, **waves}))
    assert found.analysis.design.value == "before-after"


def test_an_unknown_analysis_suggests_the_nearest(evaluation_file):
    (message,) = problems_of(evaluation_file(forms(3), {"retrospective-pretest": "retrospective-pretst"}))
    assert 'There is no analysis "retrospective-pretst". Did you mean retrospective-pretest?' in message


def test_all_mistakes_come_at_once(evaluation_file):
    wrong = {'title = "A test"': "", "forms.csv": "fromage.txt", "smallest_cell = 1": "smallest_cell = -1"}
    codes = [message[:5] for message in problems_of(evaluation_file(forms(3), wrong))]
    assert sorted(codes) == ["P-002", "P-004", "P-010"]


def test_broken_toml_names_the_line(evaluation_file):
    (message,) = problems_of(evaluation_file(forms(3), {"[programme]": "[programme"}))
    assert message == (
        "P-001 evaluation.toml line 6: This line cannot be read: [programme – the bracket of a table is not closed. "
        "Write ] (or ]]) behind the name of the table."
    )


def test_a_file_that_is_not_there_points_to_the_samples(tmp_path):
    with pytest.raises(UnknownName, match="There is no file"):
        load_plan(tmp_path / "nothing.toml")


def test_a_folder_is_answered_with_the_plan_that_lies_in_it(evaluation_file, tmp_path):
    path = evaluation_file(forms(3))
    with pytest.raises(WrongUse) as caught:
        load_plan(tmp_path)
    assert str(caught.value) == f"{tmp_path} is a folder; did you mean {path}?"
    (tmp_path / "empty").mkdir()
    with pytest.raises(WrongUse, match="is a folder, and holds no evaluation"):
        load_plan(tmp_path / "empty")


@pytest.mark.parametrize("ending", sorted(DATA_FILES))
def test_a_data_file_is_said_to_be_one(tmp_path, ending):
    (tmp_path / f"ответы{ending}").write_bytes(b"code,a1\n\xff,2\n")
    with pytest.raises(WrongUse, match=r"is a data file; name it under \[\[source\]\]"):
        load_plan(tmp_path / f"ответы{ending}")


def test_every_kind_of_file_that_is_read_is_a_data_file():
    assert {*WORKBOOKS, *SPSS, *PARQUET} <= DATA_FILES
