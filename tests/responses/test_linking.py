"""Forms of one person at several waves are brought together by code, never by a guess, and every form is counted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mande import evaluate, load_plan
from mande.cli import main
from mande.errors import DataProblems
from mande.evaluation import read_sources
from mande.responses.matching import Keys, match
from mande.responses.missing import Missing

INSTRUMENT = """\
id: steps
version: "1"
title: {en: Steps}
respondent: youth
waves: [one]
status: {wording: own, key: provisional}
licence: CC-BY-4.0
answers:
  often: [{code: 1, label: {en: Never}}, {code: 2, label: {en: Sometimes}}, {code: 3, label: {en: Always}}]
items:
  - {id: s1, text: {en: I can say no.}, answers: often}
  - {id: s2, text: {en: I ask for help.}, answers: often}
constructs:
  - {id: resisting, title: {en: Resisting}, items: [s1, s2], better: higher}
"""
ANALYSIS = """\
id = "before-after"
title = { en = "Before and after" }
design = "before-after"
comparisons = [ { earlier = "baseline", later = "endline" } ]
"""
HEAD = """\
title = "T"
analysis = "before-after.toml"
smallest_cell = 1
[programme]
id = "p"
name = "P"
"""


@pytest.fixture
def plan_of(tmp_path):
    def plan(sources, **files):
        (tmp_path / "steps.yaml").write_text(INSTRUMENT)
        (tmp_path / "before-after.toml").write_text(ANALYSIS)
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text)
        (tmp_path / "evaluation.toml").write_text(HEAD + sources)
        return load_plan(tmp_path / "evaluation.toml")

    return plan


TWO_FILES = """
[[source]]
file = "before.csv"
instrument = "steps.yaml"
wave = "baseline"
id = "code"
groups = { school = "school" }
[[source]]
file = "after.csv"
instrument = "steps.yaml"
wave = "endline"
id = "code"
groups = { school = "school" }
"""


def test_two_files_run_end_to_end(plan_of):
    plan = plan_of(
        TWO_FILES,
        before="code,school,s1,s2\nA1,x,1,1\nA2,x,1,2\nA3,y,2,2\nA4,y,3,1\n",
        after="s2,code,s1,school\n2,A2,3,x\n3,a-1,3,x\n3,B9,3,y\n1,A3,1,y\n",
    )
    (responses,) = read_sources(plan)
    assert responses.links.exact == 2
    assert responses.links.other_letters == 1
    assert responses.links.unmatched == {"baseline": 1, "endline": 1}
    assert responses.links.in_all_waves == 3
    assert len(responses) == 5
    assert responses.codes["endline"][:3].tolist() == [[3, 3], [3, 2], [1, 1]]
    assert (responses.codes["endline"][3] == Missing.NO_FORM).all()
    assert responses.groups["school"].labels == ("x", "y")
    evaluation = evaluate(plan)
    (change,) = evaluation.changes
    assert (change.n, change.mean_change.value) == (3, pytest.approx((2 + 1 - 1) / 3))
    assert [source.file for source in evaluation.sources] == ["before.csv", "after.csv"]
    assert "A1" not in evaluation.to_json()
    assert evaluation.links == (responses.links,)


def test_people_who_stayed_away_are_compared_at_the_start(plan_of):
    before = "code,school,s1,s2\n" + "".join(f"A{i},x,{1 + i % 3},{1 + i % 2}\n" for i in range(12))
    after = "code,school,s1,s2\n" + "".join(f"A{i},x,3,3\n" for i in range(7))
    (found,) = evaluate(plan_of(TWO_FILES, before=before, after=after)).soundness
    line = found.attrition
    assert (line.n_stayed, line.n_left) == (7, 5)
    own = [(1 + i % 3 + 1 + i % 2) / 2 for i in range(12)]
    assert line.difference.value == pytest.approx(np.mean(own[7:]) - np.mean(own[:7]))
    from scipy.stats import ttest_ind

    reference = ttest_ind(own[7:], own[:7], equal_var=False).confidence_interval(0.95)
    assert (line.difference.low, line.difference.high) == pytest.approx((reference.low, reference.high))


def test_the_check_says_how_many_came_back_and_who_is_in_which_group(plan_of, tmp_path, capsys):
    before = "code,school,s1,s2\n" + "".join(f"A{i},{'x' if i < 8 else 'y'},{1 + i % 3},2\n" for i in range(12))
    after = "code,school,s1,s2\n" + "".join(f"{code},x,3,3\n" for code in ["A0", "A1", "A2", "B1"])
    plan_of(TWO_FILES, before=before, after=after)
    main(["check", str(tmp_path / "evaluation.toml"), "-o", str(tmp_path / "out")])
    printed = capsys.readouterr().out
    assert "  stayed 3 of 12 (25%) from baseline to endline; 1 of endline had no baseline\n" in printed
    assert "  by school  x 9, y 4\n" in printed
    page = (tmp_path / "out/check.html").read_text(encoding="utf-8")
    assert '<td>with a form of baseline: none of endline</td><td class="n">9</td>' in page
    assert '<td>school</td><td>x</td><td class="n">9</td>' in page


def test_codes_of_several_parts_forgive_one_part(plan_of):
    source = TWO_FILES.replace('id = "code"', 'code = ["mother", "day", "shoe"]').replace(
        'groups = { school = "school" }', ""
    )
    plan = plan_of(
        source,
        before="mother,day,shoe,s1,s2\nA,12,38,1,1\nB,03,36,1,1\nC,20,40,1,1\nC,20,41,1,1\nD,,37,2,2\n",
        after="mother,day,shoe,s1,s2\nA,12,38,2,2\nB,3,37,3,3\nC,20,42,3,3\nD,9,37,3,2\n",
    )
    (responses,) = read_sources(plan)
    links = responses.links
    assert (links.exact, links.tolerance, links.ambiguous) == (1, 1, {"endline": 1})
    codes = {problem.code: problem for problem in responses.problems if problem.code.startswith("L-")}
    assert str(codes["L-003"]).startswith("L-003 after.csv row 5: ")
    assert "any of 2 of baseline (rows 4, 5)" in str(codes["L-002"])
    assert links.forms == {"baseline": 5, "endline": 4}


def test_waves_without_anything_that_says_who_is_who_are_refused(plan_of):
    source = TWO_FILES.replace('id = "code"', "")
    plan = plan_of(source, before="school,s1,s2\nx,1,1\n", after="school,s1,s2\nx,1,3\n")
    with pytest.raises(DataProblems, match=r"L-001 before.csv: The forms of baseline and endline cannot be brought"):
        read_sources(plan)


def test_one_file_given_for_both_waves_is_refused(plan_of):
    same = "code,school,s1,s2\nA1,x,1,1\n"
    with pytest.raises(DataProblems, match=r"R-040 after.csv: The file holds the same data as \"before.csv\""):
        read_sources(plan_of(TWO_FILES, before=same, after=same))


WITH_CHOICES = INSTRUMENT.replace(
    "items:\n",
    "  places: [{code: 1, label: {en: Home}}, {code: 2, label: {en: School}}]\n"
    "items:\n  - {id: where, kind: choices, answers: places, text: {en: Where do you talk?}}\n",
)


def test_multiple_choices_of_linked_waves_are_each_persons_own(plan_of, tmp_path):
    plan_of(
        TWO_FILES,
        before="code,school,s1,s2,where\nA1,x,1,1,1\nA2,x,1,2,1 2\nA3,y,2,2,\n",
        after="code,school,s1,s2,where\nA3,y,3,3,2\nA2,x,3,3,2\nB9,y,3,3,1\n",
    )
    (tmp_path / "steps.yaml").write_text(WITH_CHOICES)
    (responses,) = read_sources(load_plan(tmp_path / "evaluation.toml"))
    before, after = responses.choices["where_baseline"], responses.choices["where_endline"]
    assert before.chosen.astype(int).tolist() == [[1, 0], [1, 1], [0, 0], [0, 0]]
    assert before.answered.tolist() == [True, True, False, False]
    assert after.chosen.astype(int).tolist() == [[0, 0], [0, 1], [0, 1], [1, 0]]
    assert after.counts() == {1: 1, 2: 2}


def test_a_long_file_needs_one_source(plan_of):
    source = '[[source]]\nfile = "long.csv"\ninstrument = "steps.yaml"\nid = "code"\nwave_column = "visit"\n'
    text = "code,visit,s1,s2\nA1,Baseline,1,1\nA1,endline,2,2\nA2,baseline,1,1\nA2,??,3,3\nA1,endline,3,3\n"
    (responses,) = read_sources(plan_of(source, long=text))
    assert responses.codes["endline"].tolist() == [[2, 2], [Missing.NO_FORM, Missing.NO_FORM]]
    assert responses.flow.rows_set_aside == {"R-020": 1, "R-028": 1}
    assert responses.flow.cells.read == 10


def test_a_wave_that_no_file_holds_is_refused(plan_of):
    source = '[[source]]\nfile = "long.csv"\ninstrument = "steps.yaml"\nid = "code"\nwave_column = "visit"\n'
    source += 'wave_values = { baseline = "1", endline = "2" }\n'
    (responses,) = read_sources(plan_of(source, long="code,visit,s1,s2\nA1,1,1,1\nA1,2,2,2\n"))
    assert len(responses) == 1
    one_wave = source.replace(', endline = "2"', "")
    from mande.errors import PlanProblems

    with pytest.raises(PlanProblems, match="P-012"):
        plan_of(one_wave, long="code,visit,s1,s2\nA1,1,1,1\n")


def test_forms_without_another_wave_can_be_found(plan_of, tmp_path, capsys):
    rows = [f"K-{n:03d},x,{1 + n % 3},{1 + n // 3 % 3}" for n in range(1, 13)]
    wrong = [row.replace("K-009", "K-09").replace("K-004", "Z-7") for row in rows]
    plan = plan_of(
        TWO_FILES, before="\n".join(["code,school,s1,s2", *rows]), after="\n".join(["code,school,s1,s2", *wrong])
    )
    assert main(["check", str(plan.file), "-o", str(tmp_path / "out")]) == 1
    printed = capsys.readouterr().out
    assert "L-005  2 × noticed" in printed
    assert (
        "before.csv: Of 12 people of baseline 2 have no form of another wave. Look at the codes in rows 5, 10:"
        in printed
    )
    table = (tmp_path / "out/problems.csv").read_text(encoding="utf-8-sig").splitlines()
    found = [line.split(",")[2:4] for line in table if line.startswith("L-005")]
    assert found == [["before.csv", "5"], ["before.csv", "10"], ["after.csv", "5"], ["after.csv", "10"]]
    assert not any(code in text for code in ("Z-7", "K-004") for text in (printed, *table))


def test_waves_that_no_source_has_are_said_once_with_their_lines(plan_of, tmp_path):
    from mande.errors import PlanProblems

    plan_of(TWO_FILES, before="code,s1,s2\n", after="code,s1,s2\n")
    (tmp_path / "steps.yaml").write_text(INSTRUMENT.replace("waves: [one]", "waves: [then, now]"))
    unsaid = "".join(line for line in TWO_FILES.splitlines(keepends=True) if not line.startswith("wave ="))
    (tmp_path / "evaluation.toml").write_text(HEAD + unsaid)
    with pytest.raises(PlanProblems) as caught:
        load_plan(tmp_path / "evaluation.toml")
    (problem,) = caught.value.problems
    assert problem.what == 'The analysis compares the waves "baseline" and "endline", which no source has (now, then).'
    assert problem.remedy.endswith('wave = "baseline" or wave = "endline".')


def test_waves_side_by_side_in_one_file_need_no_code(plan_of):
    source = '[[source]]\nfile = "wide.csv"\ninstrument = "steps.yaml"\n'
    plan = plan_of(source, wide="s1 pre,s2 pre,s1 post,s2 post\n1,1,2,2\n2,1,3,3\n")
    (responses,) = read_sources(plan)
    assert {wave: codes.tolist() for wave, codes in responses.codes.items()} == {
        "baseline": [[1, 1], [2, 1]],
        "endline": [[2, 2], [3, 3]],
    }


def only_problem(plan):
    with pytest.raises(DataProblems) as caught:
        read_sources(plan)
    (problem,) = caught.value.problems
    return problem


def test_columns_that_do_not_say_their_wave_are_said_once_with_the_line_to_paste(plan_of):
    source = '[[source]]\nfile = "wide.csv"\ninstrument = "steps.yaml"\n'
    problem = only_problem(plan_of(source, wide="s1,s2\n1,1\n"))
    assert str(problem).startswith(
        'R-062 wide.csv: 2 columns are items, but do not say whether baseline or endline: "s1", "s2". '
        'If the file holds one of them only, write below its [[source]]: wave = "baseline", or wave = "endline".'
    )
    other = source.replace("wide", "later") + 'id = "code"\nwave = "endline"\n'
    files = {"wide": "code,s1,s2\nA,1,1\n", "later": "code,s1,s2\nA,2,1\n"}
    (responses,) = read_sources(plan_of(source + 'id = "code"\nwave = "baseline"\n' + other, **files))
    assert list(responses.codes) == ["baseline", "endline"]


def test_columns_that_could_be_either_wave_are_offered_by_name(plan_of):
    source = '[[source]]\nfile = "wide.csv"\ninstrument = "steps.yaml"\n'
    wide = "s1,s2,s1 post,s2 post\n1,1,2,2\n"
    problem = only_problem(plan_of(source, wide=wide))
    line = 'columns = { s1_baseline = "s1", s2_baseline = "s2" }'
    assert line in problem.remedy
    (responses,) = read_sources(plan_of(source + line + "\n", wide=wide))
    assert responses.codes["baseline"].tolist() == [[1, 1]]


def test_two_columns_of_one_item_are_told_apart_by_their_words(plan_of):
    source = '[[source]]\nfile = "wide.csv"\ninstrument = "steps.yaml"\n'
    wide = "I can say no. (1st),I can say no. (2nd),I ask for help. (1st),I ask for help. (2nd)\n1,2,3,1\n"
    problem = only_problem(plan_of(source, wide=wide))
    assert problem.what.startswith("4 columns are items, but do not say")
    assert 'waves = { baseline = "…", endline = "…" }' in problem.remedy


def test_a_person_in_two_files_of_whole_forms_is_used_once(tmp_path):
    both = INSTRUMENT.replace("waves: [one]", "waves: [baseline, endline]")
    source = "".join(
        f'[[source]]\nfile = "{n}.csv"\ninstrument = "steps.yaml"\nid = "code"\n' for n in ("before", "after")
    )
    header = "code,s1_baseline,s2_baseline,s1_endline,s2_endline\n"
    (tmp_path / "steps.yaml").write_text(both)
    (tmp_path / "before-after.toml").write_text(ANALYSIS)
    (tmp_path / "before.csv").write_text(header + "A1,1,1,2,2\nA2,1,2,2,2\n")
    (tmp_path / "after.csv").write_text(header + "A1,1,1,2,3\nA3,1,1,2,2\n")
    (tmp_path / "evaluation.toml").write_text(HEAD + source)
    one, other = read_sources(load_plan(tmp_path / "evaluation.toml"))
    assert (len(one), len(other)) == (2, 1)
    assert "R-020 after.csv row 2: The respondent of this row also stands in row 2 of before.csv" in str(
        other.problems[0]
    )


def test_the_key_is_the_evaluators_and_pseudonyms_last(plan_of, tmp_path):
    text = {"before": "code,school,s1,s2\nA1,x,1,1\n", "after": "code,school,s1,s2\nA1,x,1,2\n"}
    first = read_sources(plan_of(TWO_FILES, **text))[0].respondent
    key = tmp_path / ".mande-key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert read_sources(plan_of(TWO_FILES, **text))[0].respondent == first
    key.unlink()
    assert read_sources(plan_of(TWO_FILES, **text))[0].respondent != first


parts = st.tuples(*[st.sampled_from(["", "a", "b", "c"])] * 3)
keys = st.lists(st.tuples(st.sampled_from(["", "1", "2", "3", "x"]), parts), max_size=8)


@given(keys, keys)
def test_nobody_is_linked_twice_and_the_order_of_rows_does_not_matter(earlier, later):
    def keyed(rows):
        return Keys([code for code, _ in rows], [own for _, own in rows])

    found = match(keyed(earlier), keyed(later))
    assert len(set(found.pairs.values())) == len(found.pairs)
    assert not set(found.pairs) & set(found.ambiguous)
    turned = match(keyed(earlier[::-1]), keyed(later[::-1]))
    last_earlier, last_later = len(earlier) - 1, len(later) - 1
    assert {last_later - j: last_earlier - i for j, i in turned.pairs.items()} == found.pairs


@given(st.permutations(range(5)))
def test_links_are_the_same_from_either_side(order):
    earlier = Keys([""] * 5, [("a", "1", "x"), ("b", "2", "y"), ("c", "3", "z"), ("d", "4", "w"), ("d", "4", "v")])
    later = Keys([""] * 5, [earlier.parts[i][:2] + (("q",) if i % 2 else (earlier.parts[i][2],)) for i in order])
    forth, back = match(earlier, later), match(later, earlier)
    assert {i: j for j, i in forth.pairs.items()} == back.pairs


def test_families_are_counted_across_respondent_groups(plan_of):
    from mande.responses import families_in_common

    source = TWO_FILES.replace("groups =", 'family = "fam"\ngroups =')
    text = "code,school,fam,s1,s2\nA,x,F1,1,1\n"
    (one,) = read_sources(plan_of(source, before=text, after=text.replace("1,1", "2,2")))
    assert families_in_common(one, one) == (1, 0, 0)


def test_a_form_of_then_and_now_can_be_asked_at_other_times_only(plan_of, tmp_path):
    """Its own two waves are looked at together only where they were asked."""
    plan = plan_of(
        TWO_FILES,
        before="code,school,s1,s2\nA1,x,1,1\nA2,x,1,2\n",
        after="code,school,s1,s2\nA1,x,2,2\nA2,x,3,3\n",
    )
    (tmp_path / "steps.yaml").write_text(INSTRUMENT.replace("waves: [one]", "waves: [then, now]"))
    (responses,) = read_sources(load_plan(plan.file))
    assert list(responses.codes) == ["baseline", "endline"]
