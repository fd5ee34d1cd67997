"""Changes become areas, groups, questionnaires and chapters: what belongs together in a report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from mande.change import Change
from mande.contrast import ArmContrast, SubgroupContrast
from mande.errors import Reason
from mande.evaluation import Evaluation
from mande.group_labels import LabelWords
from mande.imputing import Imputation
from mande.model import Construct, Instrument, in_language
from mande.plan import Analysis
from mande.report.context import Area, ArmsView, Chapter, Group, Questionnaire, Scale, Unit, Verdict
from mande.report.verdicts import arms_views, change_verdict, rests_on_few
from mande.soundness import Soundness
from mande.stats.subgroups import Subgroups
from mande.tally import EVERYONE, dimension, group_name, label

__all__ = ["chapters_of", "groups_of", "unit_of"]

LOW_ALPHA = 0.7
"""Below this a construct's items hang together too loosely (Nunnally & Bernstein 1994, p. 264 f.)."""

Comparison = tuple[str, str, str]
"""Instrument, earlier and later wave."""


def groups_of(evaluation: Evaluation, language: str) -> tuple[Group, ...]:
    """One group a questionnaire and comparison, in the order of the plan's questionnaires and analysis."""
    return tuple(_Gathering(evaluation, key, language).group() for key in _comparisons(evaluation))


def chapters_of(groups: Iterable[Group], evaluation: Evaluation) -> tuple[Chapter, ...]:
    """Groups by respondent, and by questionnaire within it."""
    by_respondent: dict[str, list[Group]] = {}
    for group in groups:
        by_respondent.setdefault(group.respondent, []).append(group)
    return tuple(
        Chapter(respondent, tuple(_questionnaires(own, evaluation))) for respondent, own in by_respondent.items()
    )


def unit_of(groups: Iterable[Group], group: str, words: LabelWords) -> Unit:
    """The report's unit: `school=A` of the main comparisons. Where it has no areas, nobody of it was compared.

    words: of labels in the report's language.
    """
    grouping = dimension(group)
    name = words.of(grouping, label(group))
    own, whole = [], []
    for main in _mains(groups):
        areas = main.parts.get(grouping, {}).get(name)
        if areas is not None:
            own.append(_with_areas(main, areas))
            whole.append(main)
    return Unit(grouping, name, tuple(own), tuple(whole))


def _mains(groups: Iterable[Group]) -> Iterator[Group]:
    seen = set()
    for group in groups:
        if group.instrument.id not in seen:
            seen.add(group.instrument.id)
            yield group


def _questionnaires(groups: Sequence[Group], evaluation: Evaluation) -> Iterator[Questionnaire]:
    for instrument_id, own in groupby(groups, key=lambda group: group.instrument.id):
        of_instrument = tuple(own)
        courses = {c.construct: c for c in evaluation.courses if c.instrument == instrument_id}
        yield Questionnaire(of_instrument[0].instrument, of_instrument[0].instrument_title, of_instrument, courses)


def _comparisons(evaluation: Evaluation) -> list[Comparison]:
    """In the order of the changes' instruments, and of the analysis's comparisons within each."""
    there = {(change.instrument, change.earlier, change.later) for change in evaluation.changes}
    instruments = dict.fromkeys(change.instrument for change in evaluation.changes)
    return [(i, *pair) for i in instruments for pair in evaluation.analysis.compared if (i, *pair) in there]


class _Gathering:
    """One questionnaire and comparison of an evaluation."""

    def __init__(self, evaluation: Evaluation, key: Comparison, language: str) -> None:
        self.evaluation, self.key, self.language = evaluation, key, language
        self.analysis: Analysis = evaluation.analysis
        self.instrument: Instrument = next(i for i in evaluation.instruments if i.id == key[0])
        self.words = LabelWords.read(evaluation.plan.labels, language)
        self.changes: dict[str, dict[str, Change]] = {}
        for change in evaluation.changes:
            if (change.instrument, change.earlier, change.later) == key:
                self.changes.setdefault(change.group, {})[change.construct] = change
        self.arms = self._arms()
        self.imputed = {i.construct: i.found.estimate for i in evaluation.imputations if _key(i) == key}
        self.soundness: dict[str, Soundness] = {s.construct: s for s in evaluation.soundness if _key(s) == key}

    def group(self) -> Group:
        areas = tuple(self._areas(EVERYONE))
        numbers = [area.change.n for area in areas if area.change.n is not None]
        tests = [area.change.clustered.inference for area in areas if area.change.clustered is not None]
        clusters = [test.clusters for test in tests if test.clusters is not None]
        leading = [area for area in areas if area.change.primary] or list(areas)
        measured = [area for area in leading if area.gain is not None]
        rising = [area for area in measured if area.towards_better]
        return Group(
            self.instrument.respondent,
            *self.key[1:],
            instrument=self.instrument,
            instrument_title=in_language(self.instrument.title, self.language),
            areas=areas,
            scale=areas[0].scale if len({area.scale for area in areas}) == 1 else None,
            n_low=min(numbers, default=None),
            n_high=max(numbers, default=None),
            clusters=(min(clusters), max(clusters)) if clusters else None,
            clustered_by=next((a.change.clustered.by for a in areas if a.change.clustered is not None), ""),
            unreliable=self._few(EVERYONE) or any(a.verdict is Verdict.UNSURE for a in areas),
            most_improved=max((area for area in leading if area.change.direction), key=_improved_share, default=None),
            largest=max(rising or measured, key=_relative_gain, default=None),
            smallest=min(measured, key=_relative_gain, default=None),
            groupings=tuple(name for name in self.analysis.subgroups if any(name in area.subgroups for area in areas)),
            parts=self._parts(),
        )

    def _parts(self) -> dict[str, dict[str, tuple[Area, ...]]]:
        parts: dict[str, dict[str, tuple[Area, ...]]] = {}
        for name in self.changes:
            grouping = dimension(name)
            if grouping in self.analysis.subgroups:
                parts.setdefault(grouping, {})[self.words.of(grouping, label(name))] = tuple(self._areas(name))
        return parts

    def _few(self, group: str) -> bool:
        return any(rests_on_few(change) for change in self.changes[group].values())

    def _areas(self, group: str) -> Iterator[Area]:
        few, everyone = self._few(group), group == EVERYONE
        for change in self.changes[group].values():
            own = change_verdict(change, 1 - self.analysis.confidence, few=few)
            arms = self.arms.get(change.construct) if everyone else None
            yield self._area(change, own, self._verdict(own, arms) if everyone else own, arms)

    def _verdict(self, own: Verdict, arms: ArmsView | None) -> Verdict:
        """With a comparison group, what cannot be compared with it has no verdict of its own."""
        if not self.arms or own is Verdict.WITHHELD:
            return own
        return Verdict.WITHHELD if arms is None else arms.verdict

    def _area(self, change: Change, own: Verdict, verdict: Verdict, arms: ArmsView | None) -> Area:
        construct = self.instrument.construct_by_id[change.construct]
        alphas = (change.reliability.alpha_earlier, change.reliability.alpha_later)
        everyone = change.group == EVERYONE
        return Area(
            id=construct.id,
            title=in_language(construct.title, self.language),
            meaning=in_language(construct.meaning, self.language),
            items=construct.items,
            answers_needed=construct.answers_needed,
            scale=_scale(construct, self.instrument, change, self.language),
            change=change,
            verdict=verdict,
            change_verdict=own,
            reason=_reason(change) if own in (Verdict.UNTESTABLE, Verdict.WITHHELD) else None,
            at_ceiling=change.at_best_earlier is not None and change.at_best_earlier >= self.analysis.ceiling_flag,
            low_alpha=any(alpha is not None and alpha.value < LOW_ALPHA for alpha in alphas),
            arms=arms,
            soundness=self.soundness.get(change.construct) if everyone else None,
            subgroups=self._subgroups(change.construct) if everyone else {},
            imputed=self.imputed.get(change.construct) if everyone else None,
        )

    def _arms(self) -> dict[str, ArmsView]:
        arms = self.analysis.arms
        contrasts: list[ArmContrast] = [c for c in self.evaluation.contrasts if _key(c) == self.key]
        if arms is None or not contrasts:
            return {}
        others = self.changes.get(group_name(arms.grouping, arms.comparison), {})
        shown = {construct: change for construct, change in others.items() if change.n is not None}
        return arms_views(contrasts, self.changes[EVERYONE], shown, self.analysis)

    def _subgroups(self, construct: str) -> dict[str, Subgroups]:
        own = [s for s in self.evaluation.subgroups if _key(s) == self.key and s.construct == construct]
        return {contrast.grouping: self._in_words(contrast.grouping, contrast.found) for contrast in own}

    def _in_words(self, grouping: str, found: Subgroups) -> Subgroups:
        rows = (replace(row, name=self.words.of(grouping, row.name)) for row in found.rows)
        return replace(found, rows=tuple(rows))


def _key(row: ArmContrast | SubgroupContrast | Soundness | Imputation) -> Comparison:
    return row.instrument, row.earlier, row.later


def _with_areas(group: Group, areas: tuple[Area, ...]) -> Group:
    numbers = [area.change.n for area in areas if area.change.n is not None]
    return replace(group, areas=areas, n_low=min(numbers, default=None), n_high=max(numbers, default=None))


def _improved_share(area: Area) -> float:
    return area.change.direction.improved_share.value if area.change.direction else 0.0


def _relative_gain(area: Area) -> float:
    """Gain as a share of the scale's range, so that areas on different scales can be set in order."""
    return (area.gain or 0.0) / (area.change.highest - area.change.lowest or 1.0)


def _reason(change: Change) -> Reason | None:
    return next((note.reason for note in change.notes if note.figure in ("all", "description", "mean_change")), None)


def _scale(construct: Construct, instrument: Instrument, change: Change, language: str) -> Scale:
    answers = {instrument.item_by_id[item].answers for item in construct.items}
    ends = {change.lowest: "", change.highest: ""}
    if len(answers) == 1:
        for answer in instrument.scale_of(instrument.item_by_id[construct.items[0]]).answers:
            if float(answer.counts) in ends and construct.score == "mean":
                ends[float(answer.counts)] = _without_code(in_language(answer.label, language), answer.code)
    return Scale(change.lowest, change.highest, ends[change.lowest], ends[change.highest])


def _without_code(text: str, code: int) -> str:
    """The label without the code it may begin with: "1 (lowest)" is "lowest", and "5" says nothing more than 5."""
    rest = text.removeprefix(str(code)).strip()
    return rest.strip("()") if rest != text else text
