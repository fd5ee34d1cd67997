"""What may be said of an area: the rules by which a figure becomes a word.

- Nothing is called clear but by a p value adjusted over the areas of one respondent group, below 1 − confidence.
- Where clusters are too few for the p value to hold (fewer than 5, or fewer than 4 degrees of freedom, in any area of a
  group), no area of that group is called clear: the report says counts and direction, and why.
- With a comparison group the verdict is of the difference between the arms, and needs two ways of comparing to agree:
  the difference in changes and the ANCOVA; the larger of their p values counts. Arms that differed by more than 0.25
  standard deviations to begin with get no verdict (What Works Clearinghouse).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mande.change import Change
from mande.contrast import ArmContrast
from mande.errors import Reason
from mande.plan import Analysis
from mande.report.context import ArmsView, Verdict
from mande.stats import adjust
from mande.stats.cluster import Inference
from mande.stats.comparison import Balance

__all__ = ["arms_views", "change_verdict", "rests_on_few"]


def rests_on_few(change: Change) -> bool:
    """Whether the p value is not reliable because people came in too few clusters."""
    if change.clustered is not None:
        return bool(change.clustered.inference.cautions)
    return any(note.figure == "clustered" and note.reason is Reason.TOO_FEW_CLUSTERS for note in change.notes)


def change_verdict(change: Change, level: float, *, few: bool) -> Verdict:
    """level: below which an adjusted p is clear. few: the group's p values rest on too few clusters."""
    if change.n is None:
        return Verdict.WITHHELD
    if change.interval is None or change.p_adjusted is None:
        return Verdict.UNTESTABLE
    if few:
        return Verdict.UNSURE
    return _by_p(change.interval.value, change.p_adjusted, change, level)


def arms_views(
    contrasts: Sequence[ArmContrast], changes: Mapping[str, Change], others: Mapping[str, Change], analysis: Analysis
) -> dict[str, ArmsView]:
    """The contrasts of one questionnaire and comparison by construct. changes: of the programme, others: of the
    comparison group, by construct. Primary p values are one family, exploratory ones another."""
    tests = {contrast.construct: _tests(contrast) for contrast in contrasts}
    adjusted = _adjusted(tests, changes, analysis)
    few = any(test.cautions for both in tests.values() for test in both)
    return {
        contrast.construct: ArmsView(
            contrast,
            comparison=others.get(contrast.construct),
            p_adjusted=adjusted[contrast.construct],
            verdict=_arms_verdict(
                contrast, changes[contrast.construct], adjusted[contrast.construct], 1 - analysis.confidence, few=few
            ),
        )
        for contrast in contrasts
    }


def _adjusted(
    tests: Mapping[str, Sequence[Inference]], changes: Mapping[str, Change], analysis: Analysis
) -> dict[str, float | None]:
    rule = adjust.holm if analysis.adjust == "holm" else adjust.benjamini_hochberg
    found: dict[str, float | None] = {}
    for primary in (True, False):
        family = [construct for construct in tests if changes[construct].primary is primary]
        values = [max((test.p for test in tests[construct]), default=None) for construct in family]
        found |= dict(zip(family, rule(values), strict=True))
    return found


def _tests(contrast: ArmContrast) -> tuple[Inference, ...]:
    """Difference in changes and ANCOVA; none if one of them failed, for a plain test does not stand in for clusters."""
    if any(note.figure in ("difference", "ancova") for note in contrast.notes):
        return ()
    both = contrast.difference or contrast.plain_difference, contrast.ancova or contrast.plain_ancova
    found = tuple(test for test in both if test is not None)
    return found if len(found) == 2 else ()


def _arms_verdict(contrast: ArmContrast, change: Change, p: float | None, level: float, *, few: bool) -> Verdict:
    difference = contrast.difference or contrast.plain_difference
    if difference is None or p is None:
        return Verdict.UNTESTABLE
    if contrast.balance is not None and contrast.balance.balance is Balance.UNBALANCED:
        return Verdict.UNBALANCED
    if few:
        return Verdict.UNSURE
    return _by_p(difference.estimate.value, p, change, level)


def _by_p(value: float, p: float, change: Change, level: float) -> Verdict:
    if p >= level:
        return Verdict.UNCLEAR
    return Verdict.BETTER if (value > 0) == (change.better == "higher") else Verdict.WORSE
