"""Parent and youth of one family: how far they report the same change."""

import pytest

from mande import load_analysis, score
from mande.families import agreements
from tests.small import forms

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
