"""`labels` in evaluation.toml: what stands in cells becomes the label of a group, whose words are the report's."""

import json
from html import unescape
from textwrap import dedent

import pytest

from mande import evaluate, evaluate_each, load_plan
from mande.catalog import find_sample
from mande.cli import main
from mande.errors import DataProblems, PlanProblems
from mande.evaluation import read_sources
from mande.folding import folded
from mande.group_labels import labels_alone, read_labels
from mande.report import render_html
from mande.report.each import render_each
from mande.report.workbook.tables import tables_of
from mande.responses.labels import people_by_label
from tests.report.conftest import steady_forms

ANALYSIS = """\
id = "by-sex"
title = {en = "x"}
design = "retrospective"
comparisons = [{earlier = "then", later = "now"}]
subgroups = ["sex"]
"""
LABELS = """
[labels.sex]
"1" = { en = "women", ru = "женщины", uz = "ayollar" }
"жен" = "women"
"2" = { uz = "erkaklar", ru = "мужчины", en = "men" }
"""
AS_TYPED = ("1", "2", "жен", "Жен ", "2", "женщины")
MEANT = ("women", "men", "women", "women", "men", "women")


@pytest.fixture
def planned(evaluation_file, tmp_path):
    """A plan by sex, whose cells hold these texts in turn."""

    def make(texts, labels="", replaced=None):
        (tmp_path / "by-sex.toml").write_text(ANALYSIS, encoding="utf-8")
        rows = [[code, texts[i % len(texts)], *answers] for i, (code, _, *answers) in enumerate(steady_forms(60))]
        path = evaluation_file(
            rows,
            {
                '"retrospective-pretest"': '"by-sex.toml"',
                'school = "school"': 'sex = "school"',
                "smallest_cell = 1": "smallest_cell = 5",
                **(replaced or {}),
            },
        )
        path.write_text(path.read_text(encoding="utf-8") + labels, encoding="utf-8")
        return path

    return make


def figures(evaluation):
    """The saved evaluation, but for what tells of the files themselves."""
    saved = json.loads(evaluation.to_json())
    for source in saved["sources"]:
        del source["digest"]
    return {name: part for name, part in saved.items() if name not in ("plan", "provenance")}


def problems_of(path):
    with pytest.raises((PlanProblems, DataProblems)) as caught:
        evaluate(load_plan(path))
    return [str(problem) for problem in caught.value.problems]


def test_texts_with_a_label_give_the_figures_of_a_file_that_says_the_label(planned):
    labelled = evaluate(load_plan(planned(AS_TYPED, LABELS)))
    typed = evaluate(load_plan(planned(MEANT)))
    assert {change.group for change in labelled.changes} == {"all", "sex=men", "sex=women"}
    assert figures(labelled) == figures(typed)


def test_the_label_is_the_same_whatever_language_is_written_first_and_printed(planned):
    other = LABELS.replace(
        '{ en = "women", ru = "женщины", uz = "ayollar" }', '{ uz = "ayollar", ru = "женщины", en = "women" }'
    )
    in_russian = {"smallest_cell = 5": 'languages = ["ru"]\nsmallest_cell = 5'}
    one, two = (evaluate(load_plan(planned(AS_TYPED, *given))) for given in ((LABELS,), (other, in_russian)))
    assert figures(one) == figures(two)


def test_a_report_prints_the_word_of_its_language_and_the_workbook_the_label_beside_it(planned):
    evaluation = evaluate(load_plan(planned(AS_TYPED, LABELS)))
    words = {"en": ("women", "men"), "ru": ("женщины", "мужчины"), "uz": ("ayollar", "erkaklar")}
    for language, own in words.items():
        page = render_html(evaluation, template="technical", language=language)
        printed = {word for both in words.values() for word in both if f">{word}<" in page}
        assert printed == {*own}, language
    (sheet,) = (table for table in tables_of(evaluation, "ru") if table.name == "Subgroups")
    named = {(row[sheet.columns.index("name")], row[sheet.columns.index("label")]) for row in sheet.rows}
    assert named == {("women", "женщины"), ("men", "мужчины")}


def test_a_label_without_a_word_in_the_language_is_printed_by_mandes_own_word_or_as_it_is(planned):
    labels = '\n[labels.sex]\n"1" = "girls"\n"2" = "pupils"\n'
    page = render_html(evaluate(load_plan(planned(("1", "2"), labels))), template="technical", language="ru")
    assert ">Девочки<" in page
    assert ">pupils<" in page


def test_each_unit_has_the_folder_of_its_label_and_the_title_of_its_word(planned, tmp_path):
    units = evaluate_each(load_plan(planned(AS_TYPED, LABELS)), "sex")
    made = list(render_each(units, tmp_path / "out", language="ru", formats=["html"], workers=1))
    assert sorted(report.files[0].relative_to(tmp_path).as_posix() for report in made) == [
        "out/by-sex/men/men-ru.html",
        "out/by-sex/women/women-ru.html",
    ]
    assert ">женщины</h1>" in (tmp_path / "out/by-sex/women/women-ru.html").read_text(encoding="utf-8")
    index = (tmp_path / "out/by-sex/index.html").read_text(encoding="utf-8")
    assert ">мужчины<" in index
    assert ">men<" not in index


def test_a_saved_evaluation_holds_labels_and_words_and_no_text_of_a_cell(planned):
    labels = '\n[labels.sex]\n"Nigora Karimova" = { en = "F1", ru = "Ф1" }\n"Dilnoza" = "F2"\n'
    saved = evaluate(load_plan(planned(("Nigora Karimova", "Dilnoza"), labels))).to_json()
    assert "Karimova" not in saved
    assert "Dilnoza" not in saved
    assert json.loads(saved)["plan"]["labels"] == {"sex": {"F1": {"en": "F1", "ru": "Ф1"}, "F2": "F2"}}


@pytest.mark.parametrize(
    "entries",
    [
        {"1": {"ru": "Девочки"}, "2": "девочки", "3": "boys"},
        {"1": {"uz": "qizlar", "ru": "девочки"}, "2": "qizlar"},
        {"1": "girls", "2": {"ru": "девочки", "en": "Girls"}, "3": {"ru": "девочки", "uz": "qizlar"}},
    ],
)
def test_what_is_saved_of_labels_is_read_as_the_same_labels(entries):
    saved = labels_alone({"sex": entries})["sex"]
    assert read_labels(saved).words == read_labels(entries).words
    assert {read_labels(saved).read_as[folded(label)] for label in saved} == saved.keys()


def test_a_report_with_labels_is_verified_from_its_questionnaires(planned, capsys):
    path = planned(AS_TYPED, LABELS)
    assert main(["report", str(path), "--language", "ru", "--format", "pdf"]) == 0
    assert main(["verify", str(path.parent / "output" / "report-ru.pdf"), "--data", str(path)]) == 0
    path.write_text(path.read_text(encoding="utf-8").replace('"жен" = "women"', '"жен" = "men"'), encoding="utf-8")
    assert main(["verify", str(path.parent / "output" / "report-ru.pdf"), "--data", str(path)]) == 1
    capsys.readouterr()


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (
            '"1" = ""',
            '(labels, sex, 1): The key "1" cannot be "". It should be: text of at least 1 letter.',
        ),
        ('"1" = {}', 'The key "1" cannot be an empty table. It should be: a table of at least 1.'),
        ('"1" = { ru = "" }', 'P-004 evaluation.toml line 17 (labels, sex, 1, ru): The key "ru" cannot be "".'),
        ('"1" = { english = "girls" }', "the code of a language, such as ru"),
        (
            '"Жен" = "girls"\n"жен." = "women"',
            (
                'P-016 evaluation.toml line 18 (labels, sex, жен.): "жен." and "Жен" are the same text for mande, and '
                "each is given a label. Keep one of the two lines."
            ),
        ),
        (
            '"1" = { en = "girls", ru = "девочки" }\n"2" = { en = "young women", ru = "девочки" }',
            (
                'P-017 evaluation.toml line 18 (labels, sex, 2): The label "girls" is also called "young women" in '
                '"en"; labels that share a word are one group.'
            ),
        ),
        (
            '"f" = "girl"\n"girl" = "girls"',
            (
                'P-018 evaluation.toml line 18 (labels, sex, girl): "girl" is read as "girls", and is itself the label '
                'that "f" is given. Give both the same label, or "f" another one.'
            ),
        ),
    ],
)
def test_labels_that_cannot_be_meant_are_refused_with_their_line(planned, labels, message):
    (said,) = problems_of(planned(("1", "2"), f"\n[labels.sex]\n{labels}\n"))
    assert message in said


def test_labels_of_a_grouping_that_no_source_has_are_refused_with_the_nearest(planned):
    assert problems_of(planned(AS_TYPED, LABELS.replace("labels.sex", "labels.sexx"))) == [
        (
            'P-020 evaluation.toml line 16 (labels, sexx): No source has the grouping "sexx", whose labels are given. '
            "Did you mean sex?"
        )
    ]


@pytest.mark.parametrize("named", ["1", "Women", "женщины"])
def test_arms_are_named_by_their_label(planned, tmp_path, named):
    path = planned(AS_TYPED, LABELS)
    arms = f'arms = {{ grouping = "sex", programme = "{named}", comparison = "men" }}\n'
    compared = ANALYSIS.replace("retrospective", "comparison").replace('subgroups = ["sex"]\n', arms)
    (tmp_path / "by-sex.toml").write_text(compared, encoding="utf-8")
    assert problems_of(path) == [
        (
            f'P-019 evaluation.toml line 16 (labels, sex): The analysis says programme = "{named}", which is called '
            '"women" under labels. Write in the analysis, in its arms: programme = "women".'
        )
    ]
    own = (tmp_path / "by-sex.toml").read_text(encoding="utf-8").replace(f'"{named}"', '"women"')
    (tmp_path / "by-sex.toml").write_text(own, encoding="utf-8")
    assert evaluate(load_plan(path)).contrasts


def test_a_text_that_no_cell_holds_is_noticed_by_its_line_and_not_printed_if_it_may_be_a_name(planned, capsys):
    path = planned(AS_TYPED, f'{LABELS}"m" = "men"\n"Карим" = "men"\n')
    assert main(["check", str(path)]) == 1
    said = capsys.readouterr().out
    there = 'Correct the text if it is misspelt, or remove the line. The labels there are: "men", "women".'
    for line, shown in ((20, "m"), (21, "(5 letters, not shown)")):
        what = f'(labels, sex): In the grouping "sex" no cell holds "{shown}", whose label is given.'
        assert f"    evaluation.toml line {line} {what} {there}\n" in said
    assert "Карим" not in said


def test_the_lines_that_the_check_prints_make_one_group_of_labels_that_may_be_one(planned, capsys):
    path = planned(("м", "муж", "мужской", "мужской", "жен"))
    main(["check", str(path)])
    said = capsys.readouterr().out
    pasted = '  [labels.sex]\n  "м" = "мужской"\n  "муж" = "мужской"\n'
    assert pasted in said
    page = unescape((path.parent / "output/check.html").read_text(encoding="utf-8"))
    assert f"<pre>{dedent(pasted).strip()}</pre>" in page
    path.write_text(path.read_text(encoding="utf-8") + pasted, encoding="utf-8")
    (read,) = read_sources(load_plan(path))
    assert people_by_label(read.groups["sex"]) == {"жен": 12, "мужской": 48}
    assert "R-043" not in {problem.code for problem in read.problems}


def test_lines_are_not_offered_for_labels_that_may_be_names(planned, capsys):
    main(["check", str(planned((*["a"] * 28, "Каримова Нигора", "Каримова Нигорa")))])
    said = capsys.readouterr().out
    assert 'below [labels.sex]: "…" = "…"' in said
    assert "Каримова" not in said


def test_a_sample_whose_two_files_were_typed_by_two_people_has_two_groups():
    (read,) = read_sources(load_plan(find_sample("sfp-with-pretest")))
    assert people_by_label(read.groups["sex"]) == {"Men": 12, "Women": 85}
    assert not {"R-043", "P-021"} & {problem.code for problem in read.problems}
