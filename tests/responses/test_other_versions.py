"""Bad input that one form cannot show: other versions, other ages, waves nobody declared, items turned or not."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from mande import ColumnNames, load_instrument, load_plan, read_responses
from mande.errors import DataProblems, PlanProblems, Problem
from mande.evaluation import evaluate, read_sources

CYRM = [f"c{i:02d}" for i in range(1, 18)]


def graded(people: int, items: int, highest: int, seed: int = 1) -> np.ndarray:
    """Answers 1 to highest that hang together, as those of a construct do."""
    random = np.random.default_rng(seed)
    level = random.normal(0.62, 0.2, (people, 1)) + random.normal(0, 0.12, (people, items))
    return np.clip(np.rint(level * highest), 1, highest).astype(int)


def written(path: Path, items: Sequence[str], answers: np.ndarray, **columns: Sequence[object]) -> Path:
    rows = [",".join(["code", *columns, *items])]
    for n, row in enumerate(answers.tolist()):
        rows.append(",".join(map(str, [f"P{n:03d}", *(values[n] for values in columns.values()), *row])))
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def evaluation(folder: Path, analysis: str, *sources: str) -> Path:
    text = f'title = "T"\nanalysis = "{analysis}"\n[programme]\nid = "p"\nname = "P"\n'
    text += "".join(f"[[source]]\n{source}\n" for source in sources)
    (folder / "evaluation.toml").write_text(text, encoding="utf-8")
    return folder / "evaluation.toml"


def source(path: Path, instrument: str, wave: str, more: str = "") -> str:
    return f'file = "{path.name}"\ninstrument = "{instrument}"\nwave = "{wave}"\nid = "code"\n{more}'


def refused(call) -> tuple[Problem, ...]:
    with pytest.raises(DataProblems) as caught:
        call()
    return caught.value.problems


# ── a mix of the CYRM's versions ──────────────────────────────────────────────────────────────────────────────────────


def test_one_wave_with_five_answers_and_one_with_three_is_refused(tmp_path):
    before = written(tmp_path / "before.csv", CYRM, graded(20, 17, 5))
    after = written(tmp_path / "after.csv", CYRM, graded(20, 17, 3))
    sources = source(before, "cyrm-r-5", "baseline"), source(after, "cyrm-r-3", "endline")
    problems = refused(lambda: read_sources(load_plan(evaluation(tmp_path, "lulu", *sources))))
    assert [(problem.code, problem.value) for problem in problems] == [("L-008", "endline"), ("L-008", "baseline")]
    assert problems[0].what.endswith(
        '"endline" of cyrm-r-5 was asked with cyrm-r-3: the same questions with other answers.'
    )
    assert "Give every wave with one version" in problems[0].remedy


def test_a_wave_of_three_answers_named_as_five_is_refused(tmp_path):
    before = written(tmp_path / "before.csv", CYRM, graded(20, 17, 5))
    after = written(tmp_path / "after.csv", CYRM, graded(20, 17, 3))
    sources = source(before, "cyrm-r-5", "baseline"), source(after, "cyrm-r-5", "endline")
    (problem,) = refused(lambda: read_sources(load_plan(evaluation(tmp_path, "lulu", *sources))))
    assert (problem.code, problem.place.file, problem.value) == ("R-046", "after.csv", "ENDLINE")


def test_a_school_with_the_other_version_in_the_same_file_is_refused(tmp_path):
    answers = np.vstack([graded(40, 17, 5), graded(15, 17, 3, seed=2)])
    path = written(tmp_path / "youth.csv", CYRM, answers, school=["A"] * 40 + ["B"] * 15)
    names = ColumnNames(id="code", groups={"school": "school"})
    (problem,) = refused(lambda: read_responses(path, "cyrm-r-5", names))
    assert problem.code == "R-046"
    assert problem.what.startswith('Versions are mixed: in the school "B" (ONE) no answer is above 3')


@pytest.mark.parametrize("label", ["{}", "{} (highest)"])
def test_five_answers_named_as_three_are_refused_by_number_and_by_label(tmp_path, label):
    answers = graded(20, 17, 5).astype(object)
    answers[answers == 5] = label.format(5)
    path = written(tmp_path / "youth.csv", CYRM, answers)
    (problem,) = refused(lambda: read_responses(path, "cyrm-r-3"))
    assert problem.code == "R-045"
    assert problem.remedy.startswith('Name the version that was printed: instrument = "cyrm-r-5"')


def test_one_version_throughout_is_no_mix_and_a_slip_of_the_pen_is_none(tmp_path):
    answers = graded(40, 17, 3)
    answers[0, 0] = 4
    path = written(tmp_path / "youth.csv", CYRM, answers, school=["A"] * 20 + ["B"] * 20)
    read = read_responses(path, "cyrm-r-3", ColumnNames(id="code", groups={"school": "school"}))
    assert [problem.code for problem in read.problems if problem.code < "R-030"] == ["R-014"]


def test_two_versions_of_one_instrument_are_refused(tmp_path):
    path = written(tmp_path / "youth.csv", CYRM, graded(20, 17, 5))
    folder = tmp_path / "instruments" / "cyrm-r-5"
    folder.mkdir(parents=True)
    from mande.catalog import find_instrument

    text = find_instrument("cyrm-r-5").read_text(encoding="utf-8")
    for version in ("1", "2"):
        (folder / f"{version}.yaml").write_text(text.replace('version: "1"', f'version: "{version}"'), encoding="utf-8")
    sources = [
        source(path, "cyrm-r-5", wave, f'version = "{version}"\n')
        for wave, version in (("baseline", "1"), ("endline", "2"))
    ]
    with pytest.raises(PlanProblems, match=r"P-015 .* Version 2 of cyrm-r-5 is named here, version 1 before"):
        load_plan(evaluation(tmp_path, "lulu", *sources))


# ── three answers where five are offered ──────────────────────────────────────────────────────────────────────────────

FAST = [item.id for item in load_instrument("fast-parent").items]


def test_three_answers_in_an_instrument_of_five_are_noticed(tmp_path):
    path = written(tmp_path / "parents.csv", FAST, graded(20, len(FAST), 3))
    (problem,) = [p for p in read_responses(path, "fast-parent").problems if p.code == "R-047"]
    assert problem.what.startswith(
        "None of the 440 answers of 20 people (ONE) is above 3, though 1, 2, 3, 4, 5 are offered"
    )
    assert "printed with three answers" in problem.remedy


def test_few_people_or_one_four_are_no_sign_of_three_answers(tmp_path):
    few = written(tmp_path / "few.csv", FAST, graded(9, len(FAST), 3))
    assert "R-047" not in {p.code for p in read_responses(few, "fast-parent").problems}
    answers = graded(20, len(FAST), 3)
    answers[7, 3] = 4
    path = written(tmp_path / "one.csv", FAST, answers)
    assert "R-047" not in {p.code for p in read_responses(path, "fast-parent").problems}


# ── ages ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_self_report_sdq_of_a_child_of_nine_is_noticed_with_what_to_do(tmp_path):
    items = [item.id for item in load_instrument("sdq-self").items]
    answers = graded(20, 25, 3) - 1
    path = written(tmp_path / "youth.csv", items, answers, age=[12] * 18 + [9, 99])
    problems = [p for p in read_responses(path, "sdq-self").problems if p.code in ("R-036", "R-049")]
    assert [(p.code, p.place.row, p.place.column, p.value) for p in problems] == [
        ("R-049", 20, "age", "9"),
        ("R-049", 21, "age", "99"),
    ]
    assert problems[0].what == 'The age is "9", but sdq-self is for 11 to 17.'
    assert problems[0].remedy.startswith("Correct the age, or leave the form out")


# ── waves ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_of_a_wave_that_no_comparison_names_is_noticed(tmp_path):
    names = ("baseline", "endline", "midline")
    files = [written(tmp_path / f"{n}.csv", CYRM, graded(20, 17, 5, seed=k)) for k, n in enumerate(names)]
    plan = load_plan(
        evaluation(tmp_path, "lulu", *(source(f, "cyrm-r-5", n) for f, n in zip(files, names, strict=True)))
    )
    (problem,) = [p for each in read_sources(plan) for p in each.problems if p.code == "L-009"]
    assert (problem.place.file, problem.value) == ("midline.csv", "midline")
    assert problem.what.endswith('"midline"; 20 forms are read and not used (cyrm-r-5).')
    assert "baseline and endline are compared" in problem.remedy


def test_a_row_of_a_wave_that_nobody_declared_is_set_aside(tmp_path):
    answers = np.vstack([graded(12, 17, 5), graded(12, 17, 5, seed=2), graded(1, 17, 5)])
    when = ["before"] * 12 + ["after"] * 12 + ["autumn"]
    path = written(tmp_path / "youth.csv", CYRM, answers, when=when)
    text = path.read_text(encoding="utf-8").splitlines()
    text[13:25] = [line.replace(f"P{n:03d}", f"P{n - 12:03d}") for n, line in enumerate(text[13:25], 12)]
    path.write_text("\n".join(text), encoding="utf-8")
    said = 'file = "youth.csv"\ninstrument = "cyrm-r-5"\nid = "code"\nwave_column = "when"'
    (read,) = read_sources(load_plan(evaluation(tmp_path, "lulu", said)))
    (problem,) = [p for p in read.problems if p.code == "R-028"]
    assert (problem.place.row, problem.value) == (26, "(6 letters, not shown)")  # it may be a name in the wrong cell
    assert problem.remedy == "Correct the cell, or name the value in evaluation.toml under wave_values."


# ── an item turned, or not ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reversed_item_that_was_turned_already_is_pointed_at_with_alpha_and_item_rest(tmp_path):
    """conflict is worded plainly here; so it is enough to turn one of a construct's items by hand."""
    fast = load_instrument("fast-parent")
    cohesion = fast.construct_by_id["cohesion"].items
    answers = graded(40, len(FAST), 5)
    turned = FAST.index(cohesion[1])
    answers[:, turned] = 6 - answers[:, turned]
    path = written(tmp_path / "parents.csv", FAST, answers)
    (problem,) = [
        p for p in read_responses(path, "fast-parent").problems if p.code == "R-048" and p.value == cohesion[1]
    ]
    assert problem.what.startswith(f"{cohesion[1]} runs against the rest of cohesion (ONE): item-rest −0.")
    assert float(problem.details["turned"]) > 0.7 > float(problem.details["alpha"].replace("−", "-"))
    assert '"reversed: true"' in problem.remedy


def test_an_item_that_mande_turns_asks_for_the_answers_as_given(tmp_path):
    parent = load_instrument("sfp-10-14-parent")
    items = [item.id for item in parent.items]
    answers = graded(120, 20, 5)  # all up: p05, p17, p19 were turned before they were typed in
    columns = [f"{item}_{wave}" for wave in ("then", "now") for item in items]
    path = written(tmp_path / "parents.csv", columns, np.hstack([answers, answers]))
    found = [p for p in read_responses(path, parent).problems if p.code == "R-048"]
    assert {problem.value for problem in found} == {"p05", "p17", "p19"}  # p05 and p17 are of one construct
    assert all(problem.remedy.startswith("mande turns this question") for problem in found)


def test_the_report_has_the_unreversed_item_as_a_limitation_too(tmp_path):
    answers = graded(40, len(FAST), 5)
    cohesion = load_instrument("fast-parent").construct_by_id["cohesion"].items
    answers[:, FAST.index(cohesion[1])] = 6 - answers[:, FAST.index(cohesion[1])]
    later = np.clip(answers + np.random.default_rng(3).integers(0, 2, answers.shape), 1, 5)
    files = [written(tmp_path / f"{n}.csv", FAST, a) for n, a in (("baseline", answers), ("endline", later))]
    sources = [source(f, "fast-parent", f.stem) for f in files]
    found = evaluate(load_plan(evaluation(tmp_path, "fast", *sources)))
    assert {one.construct: one.unreversed for one in found.soundness}["cohesion"] == (cohesion[1],)
