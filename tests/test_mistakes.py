"""Whatever is wrong with an evaluator's file, she is told where, what and how to repair it, in her own words."""

import copy
import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mande import load_instrument, load_plan
from mande.errors import InstrumentProblems, MandeError, PlanProblems
from mande.plan import load_analysis
from mande.reach import load_results
from mande.toml_file import as_toml

EVALUATION = {
    "title": "T",
    "synthetic": True,
    "analysis": "retrospective-pretest",
    "languages": ["en", "ru"],
    "smallest_cell": 5,
    "output": "out",
    "programme": {
        "id": "sfp",
        "name": "SFP",
        "sessions": 7,
        "places": ["Tashkent"],
        "period": {"from": "2016-02-01", "to": "2016-06-30"},
        "enrolled": {"families": 40},
    },
    "source": [
        {
            "file": "p.csv",
            "instrument": "sfp-10-14-parent",
            "version": "1",
            "id": "code",
            "code": ["a", "b"],
            "groups": {"school": "S"},
            "columns": {"p01_then": "X"},
            "waves": {"then": "_pre"},
            "wave_values": {"then": "v1", "now": "v2"},
            "answers": {"A1": 1},
            "missing": {"-9": "blank"},
            "open": {"best": "notes"},
        },
        {"file": "p.csv", "instrument": "sfp-10-14-youth"},
    ],
    "attendance": {"file": "p.csv", "sessions": 7, "completed_from": 5, "dose": [1, 5]},
    "narrative": {
        "context": "C",
        "questions": ["Q"],
        "logic_model": {"inputs": ["I"]},
        "criteria": {"impact": "good"},
        "acronyms": {"SFP": "Strengthening"},
        "quotes": [{"text": "t", "who": "w"}],
        "released": [{"file": "p.csv", "row": 2, "question": "best"}],
    },
}
ANALYSIS = {
    "id": "x",
    "title": {"en": "X"},
    "design": "retrospective",
    "comparisons": [{"earlier": "then", "later": "now"}],
    "primary": {"mini": ["harmony"]},
    "confidence": 0.95,
    "adjust": "holm",
    "cluster": ["school", "class"],
    "arms": {"grouping": "arm", "programme": "p", "comparison": "c"},
    "subgroups": ["sex"],
    "agreement": [["a", "b"]],
    "shift": {"before": "baseline", "then": "then", "now": "now"},
    "seed": 1,
    "replicates": 999,
    "ceiling_flag": 0.15,
    "caveats": ["one"],
}
RESULTS = {
    "id": "r",
    "title": {"en": "R"},
    "indicator": [
        {"id": "x", "title": {"en": "X"}, "unit": "families", "target": 40, "source": {"ledger": "families"}},
        {"id": "y", "title": {"en": "Y"}, "unit": "%", "source": {"instrument": "mini", "construct": "harmony"}},
    ],
}
INSTRUMENT = {
    "id": "tiny",
    "version": "1",
    "title": {"en": "Tiny", "ru": "Кратко"},
    "programme": "sfp",
    "respondent": "parent",
    "waves": ["then", "now"],
    "status": {"wording": "own", "key": "provisional", "translations": {"ru": "draft"}},
    "licence": "CC-BY-4.0",
    "ages": {"min": 18, "max": 99},
    "answers": {
        "often": [{"code": 1, "label": {"en": "No", "ru": "Нет"}}, {"code": 2, "label": {"en": "Yes", "ru": "Да"}}],
        "not_answers": [{"code": 99, "label": {"en": "No word", "ru": "Молчу"}, "kind": "refused"}],
    },
    "items": [
        {"id": "a1", "text": {"en": "I talk.", "ru": "Говорю."}, "answers": "often"},
        {"id": "a2", "text": {"en": "I shout.", "ru": "Кричу."}, "answers": "often", "reversed": True},
    ],
    "constructs": [
        {"id": "calm", "title": {"en": "Calm", "ru": "Покой"}, "items": ["a1", "a2"], "min_answered": 1,
         "score": "mean", "better": "higher"},
    ],
    "norms": [{"id": "n", "title": {"en": "N", "ru": "Н"}, "citation": "s", "bands": {"calm": [[1, 2, "fine"]]},
               "words": {"fine": {"en": "Fine", "ru": "Хорошо"}}}],
}  # fmt: skip
LIBRARY_WORDS = re.compile(
    "input should|field required|extra inputs|validation error|pydantic|string should|value error|unhashable"
    "|nonetype|<class|type=|ctx|traceback|ruamel|tomllib|\\[key\\]|mapping\\[|literal\\[",
    re.IGNORECASE,
)
ODD = [None, True, 0, -1, 3.5, 10**30, "", "Школа 5", "x y", "\x00", "../up", [], ["x"], [1, [2]], {}, {"x": 1}]


def ways(node, path=()):
    """The way to every value of a file, the file itself left out."""
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, below in entries:
        yield (*path, step)
        yield from ways(below, (*path, step))


@st.composite
def broken(draw, whole):
    """The file with one to three values taken away, renamed or of another kind."""
    whole = copy.deepcopy(whole)
    for _ in range(draw(st.integers(1, 3))):
        way = draw(st.sampled_from(sorted(ways(whole), key=str)))
        node = whole
        for step in way[:-1]:
            node = node[step]
        match draw(st.sampled_from(["delete", "retype", "rename", "add"])):
            case "delete":
                del node[way[-1]]
            case "rename" if isinstance(node, dict):
                node[f"{way[-1]}s"] = node.pop(way[-1])
            case "add" if isinstance(node, dict):
                node["smallest_cells"] = 5
            case _:
                node[way[-1]] = copy.deepcopy(draw(st.sampled_from(ODD)))
        if not list(ways(whole)):
            break
    return whole


def written_as_toml(whole):
    """Values, then tables, then lists of tables, as people write them; None is left out, TOML has no word for it."""
    plain, tables = [], []
    for key, value in whole.items():
        if isinstance(value, dict):
            tables += [f"[{key}]", *(f"{as_toml(str(k))} = {as_toml(v)}" for k, v in without_none(value).items())]
        elif isinstance(value, list) and value and all(isinstance(own, dict) for own in value):
            for own in value:
                tables += [f"[[{key}]]", *(f"{as_toml(str(k))} = {as_toml(v)}" for k, v in without_none(own).items())]
        elif value is not None:
            plain.append(f"{key} = {as_toml(without_none(value))}")
    return "\n".join([*plain, *tables]) + "\n"


def without_none(node):
    if isinstance(node, dict):
        return {key: without_none(value) for key, value in node.items() if value is not None}
    return [without_none(value) for value in node if value is not None] if isinstance(node, list) else node


def said_of(path, load):
    """What is said of a broken file; each problem has a line, a sentence and a remedy, none of them a library's."""
    try:
        load(path)
    except (PlanProblems, InstrumentProblems) as error:
        for problem in error.problems:
            assert problem.place.line, str(problem)
            assert problem.place.line <= path.read_text(encoding="utf-8").count("\n") + 1
            assert problem.what
            assert problem.remedy
            assert not LIBRARY_WORDS.search(str(problem)), str(problem)
            assert "None" not in str(problem), str(problem)
    except MandeError as error:
        pytest.fail(f"said of no place in the file: {error}")


examples = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "p.csv").write_text("a\n1\n")
    return tmp_path


@examples
@given(whole=broken(EVALUATION))
def test_a_broken_evaluation_is_told_in_the_evaluators_words(folder, whole):
    path = folder / "evaluation.toml"
    path.write_text(written_as_toml(whole), encoding="utf-8")
    said_of(path, load_plan)


@examples
@given(whole=broken(ANALYSIS))
def test_a_broken_analysis_is_told_in_the_evaluators_words(folder, whole):
    path = folder / "x.toml"
    path.write_text(written_as_toml(whole), encoding="utf-8")
    said_of(path, load_analysis)


@examples
@given(whole=broken(RESULTS))
def test_a_broken_results_framework_is_told_in_the_evaluators_words(folder, whole):
    path = folder / "results.toml"
    path.write_text(written_as_toml(whole), encoding="utf-8")
    said_of(path, load_results)


@examples
@given(whole=broken(INSTRUMENT))
def test_a_broken_instrument_is_told_in_the_evaluators_words(folder, whole):
    path = folder / "tiny.yaml"
    path.write_text(json.dumps(whole, ensure_ascii=False, indent=1), encoding="utf-8")
    said_of(path, load_instrument)


def test_the_files_that_are_broken_here_are_good_before(folder):
    for name, whole, load in (
        ("e", EVALUATION, load_plan),
        ("a", ANALYSIS, load_analysis),
        ("r", RESULTS, load_results),
    ):
        path = folder / f"{name}.toml"
        path.write_text(written_as_toml(whole), encoding="utf-8")
        load(path)
    (folder / "tiny.yaml").write_text(json.dumps(INSTRUMENT), encoding="utf-8")
    load_instrument(folder / "tiny.yaml")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("title = “T”", 'title = “T” – there are curly quotation marks. Write straight ones: "…".'),
        ("title = T", 'title = T – what stands behind = is no value. Text stands in "quotes"; a number and true'),
        ('file = "C:\\data\\p.csv"', "there is a backslash in a text. Write / instead of \\ in paths."),
        ('title = "T', "a text is not closed. Write the quotation mark at its end, on the same line."),
        ("[source", "the bracket of a table is not closed."),
        ('title "T"', "there is no = behind the key."),
        ("[programme]\n[programme]", "this table is there twice."),
        ("a = 1\na = 2", "a key is there twice. Keep one of the two."),
    ],
)
def test_a_line_that_is_no_toml_is_shown_with_what_is_wrong_in_it(folder, line, said):
    path = folder / "evaluation.toml"
    path.write_text(f"synthetic = true\n{line}\n", encoding="utf-8")
    with pytest.raises(PlanProblems) as caught:
        load_plan(path)
    (problem,) = caught.value.problems
    assert problem.place.line in (2, 3)
    assert said in str(problem)


def test_a_key_in_the_wrong_table_is_sent_to_the_right_one(folder):
    path = folder / "evaluation.toml"
    text = written_as_toml(EVALUATION).replace("[programme]", '[programme]\nsmallest_cell = 3\nfamily = "f"')
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PlanProblems) as caught:
        load_plan(path)
    first, second = map(str, caught.value.problems)
    assert "It belongs to the top of the file, above the first line in [brackets]." in first
    assert 'It belongs under "[[source]]".' in second


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("title: Tiny: small", "there is a second colon"),
        ('title: "x', "a text is not closed"),
        ("\tid: x", "there is a tab"),
        ("id: x\nid: y", "a key is there twice"),
        ("id: @x", "there is a sign that YAML keeps for itself"),
        ("id: \x01", "a date or a sign in it is none"),
        ("just words", "there are no keys in it"),
    ],
)
def test_a_line_that_is_no_yaml_is_told_in_plain_words(folder, line, said):
    path = folder / "x.yaml"
    path.write_text(f"# ours\n{line}\n", encoding="utf-8")
    with pytest.raises(InstrumentProblems) as caught:
        load_instrument(path)
    assert said in str(caught.value)
    assert not LIBRARY_WORDS.search(str(caught.value))
