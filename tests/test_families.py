"""Parent and youth of one family: how far they report the same change. Two parents of one family: one cluster."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from mande import evaluate, load_analysis, load_plan, score
from mande.change import Change
from mande.families import agreements
from tests.small import EVALUATION, HEADER, INSTRUMENT, forms

ANALYSIS = load_analysis("retrospective-pretest").model_copy(update={"cluster": (), "agreement": (("mini", "mini"),)})


def with_families(read_mini, families):
    """Forms whose family codes are as given; the same people stand for both respondents."""
    import dataclasses

    responses = read_mini(forms(len(families)))
    return dataclasses.replace(responses, family=tuple(families))


def agreement_of(responses, *, smallest=1):
    return agreements([responses], [score(responses)], ANALYSIS, smallest=smallest)


def test_two_who_report_the_same_agree_wholly(read_mini):
    harmony, quarrels = agreement_of(with_families(read_mini, [f"F{i}" for i in range(30)]))
    assert (harmony.construct, quarrels.construct) == ("harmony", "quarrels")
    assert quarrels.n == 30
    assert quarrels.limits is None or quarrels.limits.bias.value == 0
    assert {note.figure for note in quarrels.notes} == {"limits", "icc"}


def test_a_family_with_two_parents_is_left_out_and_counted(read_mini):
    responses = with_families(read_mini, ["F0", "F0", *(f"F{i}" for i in range(2, 30))])
    harmony, _ = agreement_of(responses)
    assert harmony.n == 28
    assert harmony.several == 2  # once for each of the two questionnaires


def test_fewer_families_than_the_smallest_cell_are_not_shown(read_mini):
    responses = with_families(read_mini, [f"F{i}" for i in range(4)])
    assert agreement_of(responses, smallest=5) == ()


def test_without_family_codes_there_is_nothing_to_compare(read_mini):
    assert agreement_of(read_mini(forms(20))) == ()


@pytest.mark.parametrize("pairs", [(("mini", "another"),), ()])
def test_only_the_pairs_that_the_analysis_names_and_that_were_read_are_compared(read_mini, pairs):
    responses = with_families(read_mini, [f"F{i}" for i in range(20)])
    analysis = ANALYSIS.model_copy(update={"agreement": pairs})
    assert agreements([responses], [score(responses)], analysis, smallest=1) == ()


def changes_of(folder: Path, rows: Sequence[Sequence[object]], groups: str = "{}") -> dict[str, Change]:
    """From the file to the changes; the last column is the family."""
    folder.mkdir(exist_ok=True)
    text = "\n".join(",".join(map(str, row)) for row in [[*HEADER, "family"], *rows])
    (folder / "forms.csv").write_text(text, encoding="utf-8")
    (folder / "mini.yaml").write_text(INSTRUMENT, encoding="utf-8")
    plan = EVALUATION.replace('groups = { school = "school" }', f'family = "family"\ngroups = {groups}')
    (folder / "evaluation.toml").write_text(plan, encoding="utf-8")
    return {change.construct: change for change in evaluate(load_plan(folder / "evaluation.toml")).changes}


def couples(rows: Sequence[Sequence[object]]) -> list[list[object]]:
    """Each form twice, by two people of one family."""
    return [[f"{row[0]}{parent}", *row[1:]] for row in rows for parent in "mf"]


SINGLE = [[*row, f"F{i}"] for i, row in enumerate(forms(30))]


def test_two_parents_of_one_family_count_as_one_cluster(tmp_path):
    """Mothers and fathers who answer alike tell nothing more than one of them: the interval and df are the same."""
    both, one = changes_of(tmp_path / "both", couples(SINGLE)), changes_of(tmp_path / "one", SINGLE)
    for construct, change in both.items():
        assert (change.n, change.clustered.by, change.clustered.inference.clusters) == (60, "family", 30)
        alone = one[construct]
        assert change.clustered.inference.df == pytest.approx(29)
        for bound in ("value", "low", "high"):
            assert getattr(change.interval, bound) == pytest.approx(getattr(alone.mean_change, bound), abs=1e-12)
        assert change.mean_change.high - change.mean_change.low < change.interval.high - change.interval.low


def test_families_of_one_person_each_are_people(tmp_path):
    for change in changes_of(tmp_path, SINGLE).values():
        assert change.clustered is None


def test_who_has_no_family_code_is_a_family_alone(tmp_path):
    rows = [[*row[:-1], ""] if i < 20 else row for i, row in enumerate(couples(SINGLE))]
    assert changes_of(tmp_path, rows)["harmony"].clustered.inference.clusters == 20 + 20


def test_a_school_stands_above_the_family(tmp_path):
    found = changes_of(tmp_path, couples(SINGLE), '{ school = "school" }')["harmony"].clustered
    assert (found.by, found.inference.clusters) == ("school", 3)
