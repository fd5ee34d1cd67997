"""Who came: completion at the declared threshold, sessions, dose groups; a family in two schools is a problem."""

import pytest

from mande import evaluate, load_evaluation, load_plan
from mande.errors import DataProblems
from mande.reach import measure_attendance, read_attendance
from mande.reach.flow import Step
from tests.small import forms, forms_text

SESSIONS = ",".join(f"session_{i}" for i in range(1, 8))


def read(tmp_path, *rows: str, header: str = f"family,school,cycle,{SESSIONS}", sessions: int | None = 7):
    path = tmp_path / "register.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return read_attendance(path, sessions=sessions)


def visits(n: int) -> str:
    return ",".join("1" if i < n else "0" for i in range(7))


def test_completion_retention_and_dose_of_a_wide_register(tmp_path):
    rows = [f"F{i},School 1,1,{visits(n)}" for i, n in enumerate([7, 7, 6, 5, 4, 1, 0])]
    found = measure_attendance(read(tmp_path, *rows), completed_from=5, dose=(1, 4, 7))
    assert (found.families, found.enrolments, found.total.attended) == (7, 7, 6)
    assert (found.total.completed, found.total.not_completed, found.total.unknown) == (4, 3, 0)
    assert found.completion is not None
    assert found.completion.value == pytest.approx(4 / 7)
    assert [at.present for at in found.retention] == [6, 5, 5, 5, 4, 3, 2]
    assert [(dose.label, dose.enrolments) for dose in found.doses] == [("0", 1), ("1–3", 1), ("4–6", 3), ("7", 2)]


def test_without_a_declared_threshold_nothing_is_said_of_completion(tmp_path):
    found = measure_attendance(read(tmp_path, f"F1,S,1,{visits(7)}"))
    assert (found.total.completed, found.completion) == (None, None)


def test_a_session_that_was_not_recorded_is_neither_present_nor_absent(tmp_path):
    register = read(tmp_path, "F1,S,1,1,1,1,1,,,0", f"F2,S,1,{visits(6)}", "F3,S,1,1,,,0,0,0,0")
    found = measure_attendance(register, completed_from=5)
    assert (found.total.completed, found.total.not_completed, found.total.unknown) == (1, 1, 1)
    assert found.dose_not_recorded == 1
    assert [str(problem) for problem in register.problems] == [
        (
            "M-057 register.csv: In 4 cells it was not recorded whether the family was there. "
            "Look it up in the paper register, if there is one."
        )
    ]


def test_a_family_in_two_schools_of_one_cycle_is_used_once_and_said(tmp_path):
    register = read(
        tmp_path,
        f"F1,School 1,1,{visits(7)}",
        f"F1,School 2,1,{visits(3)}",
        f"F1,School 2,2,{visits(5)}",
        f"F1,School 1,1,{visits(2)}",
        f",School 1,1,{visits(2)}",
    )
    assert [str(problem).partition(" Correct")[0] for problem in register.problems][:1] == [
        (
            'M-052 register.csv row 3, column "school": The family is in another school of the same cycle in row 2, '
            "which was used."
        )
    ]
    assert register.flow.rows_set_aside == {"M-052": 1, "M-053": 1, "M-054": 1}
    found = measure_attendance(register)
    assert (found.families, found.enrolments, found.in_several_cycles) == (1, 2, 1)


def test_a_long_register_gives_the_same_counts(tmp_path):
    wide = read(tmp_path, *(f"F{i},S,1,{visits(n)}" for i, n in enumerate([7, 4])))
    rows = [
        f"F{i},S,1,{session},{'да' if session <= n else 'нет'}" for i, n in enumerate([7, 4]) for session in range(1, 8)
    ]
    long = read(tmp_path, *rows, header="family,school,cycle,session,attended")
    assert measure_attendance(long, completed_from=5).retention == measure_attendance(wide, completed_from=5).retention
    assert long.flow.rows_used == 14


def test_a_long_register_s_impossible_and_repeated_sessions_are_set_aside(tmp_path):
    rows = ["F1,1,yes", "F1,1,no", "F1,9,yes", "F1,x,yes", "F1,2,perhaps"]
    register = read(tmp_path, *rows, header="family,session,attended")
    assert [(p.code, p.place.row) for p in register.problems if p.place.row] == [
        ("M-053", 3), ("M-056", 4), ("M-056", 5), ("M-051", 6),
    ]  # fmt: skip


def test_other_sessions_than_the_programme_has_are_noticed(tmp_path):
    register = read(tmp_path, f"F1,S,1,{visits(7)}", sessions=8)
    assert [p.code for p in register.problems] == ["M-055", "M-057"]


def test_a_register_without_families_or_sessions_is_refused(tmp_path):
    with pytest.raises(DataProblems, match=r'no column "family" \(is it "famly"\?\) and "session_1"'):
        read(tmp_path, "F1,S", header="famly,school")


def test_schools_of_few_families_are_withheld_with_what_would_give_them_away(tmp_path):
    sizes = {"A": 2, "B": 30, "C": 9}
    rows = [f"{name}{i},{name},1,{visits(7)}" for name, n in sizes.items() for i in range(n)]
    found = measure_attendance(read(tmp_path, *rows), completed_from=5)
    assert {group.school: group.enrolments for group in found.schools} == {"a": None, "b": 30, "c": None}


@pytest.fixture
def monitored(evaluation_file, tmp_path):
    """An evaluation of 30 families of whom 24 answered, with ledger, register and framework."""
    answered = forms(24)
    path = evaluation_file(
        answered,
        {
            'id = "code"': 'id = "code"\nfamily = "family"',
            'name = "A programme"': 'name = "A programme"\nsessions = 7',
            "smallest_cell = 1\n": (
                'smallest_cell = 1\nledger = "ledger.csv"\nresults = "results.toml"\n'
                'attendance = { file = "register.csv", completed_from = 5 }\n'
            ),
        },
    )
    text = forms_text(answered).splitlines()
    joined = [text[0].replace("code,", "code,family,")] + [
        line.replace(",", f",F{i:03d},", 1) for i, line in enumerate(text[1:])
    ]
    (tmp_path / "forms.csv").write_text("\n".join(joined) + "\n")
    register = [f"F{i:03d},School,1,{visits(7 if i < 20 else 2 if i < 27 else 0)}" for i in range(30)]
    (tmp_path / "register.csv").write_text("\n".join([f"family,school,cycle,{SESSIONS}", *register]) + "\n")
    (tmp_path / "ledger.csv").write_text("programme,country,families\ntest,Uzbekistan,32\n")
    (tmp_path / "results.toml").write_text(RESULTS, encoding="utf-8")
    (tmp_path / "by-dose.toml").write_text(ANALYSIS, encoding="utf-8")
    path.write_text(path.read_text().replace('"retrospective-pretest"', '"by-dose.toml"'))
    return path


ANALYSIS = """
id = "by-dose"
title = { en = "By dose" }
design = "retrospective"
comparisons = [{ earlier = "then", later = "now" }]
subgroups = ["dose"]
replicates = 999
"""

RESULTS = """
id = "test"
title = { en = "Test" }

[[indicator]]
id = "families"
title = { en = "Families" }
unit = "families"
target = 40
source = { ledger = "families" }

[[indicator]]
id = "completion"
level = "outcome"
title = { en = "Completed" }
unit = "% of families"
target = 0.5
source = { attendance = "completion" }

[[indicator]]
id = "harmony"
level = "outcome"
title = { en = "Harmony" }
source = { instrument = "mini", construct = "harmony", figure = "improved" }
disaggregation = ["dose"]
"""


def test_the_way_from_enrolled_to_analysed_says_who_is_missing(monitored, tmp_path):
    reach = evaluate(load_plan(monitored)).reach
    assert reach is not None
    (flow,) = reach.flows
    assert [(step.step.value, step.unit, step.high, step.missing) for step in flow.steps] == [
        ("enrolled", "families", 32, None),
        ("attended", "families", 27, 5),
        ("completed", "families", 20, 7),
        ("answered", "families", 24, 3),
        ("answered", "forms", 24, None),
        ("analysed", "forms", 24, 0),
    ]
    assert flow.step(Step.ENROLLED).source == "ledger"
    assert flow.linked.attended_missing == 3
    assert flow.linked.not_registered == 0
    assert flow.linked.sessions_missing == 2
    assert flow.linked.sessions_answered == pytest.approx((20 * 7 + 4 * 2) / 24)


def test_dose_groups_are_subgroups_of_the_outcome_analysis(monitored):
    evaluation = evaluate(load_plan(monitored))
    sizes = {c.group: c.n for c in evaluation.changes if c.construct == "harmony"}
    assert sizes == {"all": 24, "dose=1–4": 4, "dose=5–7": 20}


def test_indicators_join_ledger_register_and_changes(monitored):
    evaluation = evaluate(load_plan(monitored))
    families, completion, harmony = evaluation.reach.indicators
    assert (families.value, families.progress, families.status) == (32, 0.8, "nearly")
    assert (completion.value, completion.status) == (pytest.approx(20 / 30), "achieved")
    change = next(c for c in evaluation.changes if c.construct == "harmony" and c.group == "all")
    assert (harmony.value, harmony.n, harmony.status) == (change.direction.improved, 24, "")
    assert [part.key for part in harmony.parts] == ["1–4", "5–7"]


def test_reach_is_saved_with_the_evaluation_and_names_no_family(monitored, tmp_path):
    evaluation = evaluate(load_plan(monitored))
    saved = evaluation.save(tmp_path / "evaluation.json")
    assert load_evaluation(saved) == evaluation
    assert "F001" not in saved.read_text()
    assert {"ledger.csv", "register.csv", "results.toml"} <= evaluation.provenance.inputs.keys()
