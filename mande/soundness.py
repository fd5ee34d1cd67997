"""How far a change can be trusted: other ways to its interval, what recall could explain, and what was measured."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, Self, TypeVar

import numpy as np

from mande.change import Change, Note
from mande.measure import Attempts
from mande.model import Instrument
from mande.plan import Analysis, Design
from mande.stats.counts import Estimate, PairCounts
from mande.stats.measurement import SameMeasure, Suspect, Wording, same_measure, unreversed_items, wording_contrast
from mande.stats.missing import Alternative, Attrition, LeftOutScores, attrition, under_alternative
from mande.stats.permutation import Permutation, permute_signs
from mande.stats.planning import Sample, smallest_detectable_change
from mande.stats.recall import RecallTolerance, recall_tolerance
from mande.stats.reliability import alpha_if_deleted, item_rest_correlations
from mande.stats.resampling import Bootstrap, bootstrap
from mande.tally import EVERYONE, BothWaves, ChangeKey, Tally, Unpaired

__all__ = ["Draws", "ItemSoundness", "MissingCase", "Soundness", "assess"]

Figure = TypeVar("Figure")


class MissingCase(NamedTuple):
    """The mean change if the people left out had done what the alternative states."""

    alternative: Alternative
    mean_change: Estimate


@dataclass(frozen=True, slots=True)
class ItemSoundness:
    """One item within its construct, at each wave: correlation with the rest, and alpha without it."""

    item: str
    reversed: bool
    item_rest_earlier: float | None
    item_rest_later: float | None
    alpha_without_earlier: float | None
    alpha_without_later: float | None


@dataclass(frozen=True, slots=True)
class Soundness:
    """What stands behind one construct's change; figures in points are on the construct's own scale.

    bootstrap: BCa interval of the mean change. permutation: clusters' signs turned at random, where clusters are known.
    recall: how much of a retrospective change would have to be recall for its interval to touch zero. detectable: the
    smallest true mean change that so many people and clusters would show four times in five. same_measure: loadings at
    both waves. wording: change of the desirable- and the undesirable-worded items. unreversed: items that look turned.
    missing: the change under each alternative for people left out. attrition: those with an earlier score only.
    """

    instrument: str
    construct: str
    earlier: str
    later: str
    bootstrap: Bootstrap | None
    permutation: Permutation | None
    recall: RecallTolerance | None
    detectable: float | None
    same_measure: SameMeasure | None
    wording: Wording | None
    unreversed: tuple[str, ...]
    items: tuple[ItemSoundness, ...]
    missing: tuple[MissingCase, ...]
    attrition: Attrition | None
    notes: tuple[Note, ...]


class Draws:
    """Bootstrap and permutation of every change of EVERYONE, begun at once in threads, and asked for when needed.

    Drawing at random lets go of the interpreter: other figures are reckoned meanwhile.
    """

    def __init__(self, counts: Tally, analysis: Analysis) -> None:
        self._pool = ThreadPoolExecutor(max_workers=os.cpu_count())
        self._bootstraps: dict[ChangeKey, Future[Bootstrap]] = {}
        self._permutations: dict[ChangeKey, Future[Permutation]] = {}
        straps = partial(bootstrap, seed=analysis.seed, replicates=analysis.replicates, confidence=analysis.confidence)
        signs = partial(permute_signs, seed=analysis.seed, replicates=analysis.replicates)
        for key, pairs in counts.pairs.items():
            if key.group == EVERYONE:
                steps = counts.instruments[key.instrument].construct_by_id[key.construct].steps_per_point
                self._bootstraps[key] = self._pool.submit(straps, pairs, steps_per_point=steps)
                if (sums := counts.clusters.get(key)) is not None:
                    self._permutations[key] = self._pool.submit(signs, sums.later - sums.earlier)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def bootstrap(self, key: ChangeKey) -> Bootstrap:
        """Raises NotTestable as `mande.stats.resampling.bootstrap` does."""
        return self._bootstraps[key].result()

    def permutation(self, key: ChangeKey) -> Permutation:
        """Of a change whose clusters are known. Raises NotTestable as `permute_signs` does."""
        return self._permutations[key].result()


def assess(
    counts: Tally, changes: Iterable[Change], analysis: Analysis, draws: Draws, *, smallest: int
) -> tuple[Soundness, ...]:
    """Look behind every change of EVERYONE that has a mean change.

    smallest: scores of fewer people left out than that are not used, for their mean would give them away: the bounds
    for missing data then allow them any score, and attrition has no mean.
    """
    looked_at = [change for change in changes if change.group == EVERYONE and change.interval is not None]
    return tuple(_Assessment(counts, change, analysis, draws, smallest).soundness() for change in looked_at)


class _Assessment:
    """One change and the counts that it came from."""

    def __init__(self, counts: Tally, change: Change, analysis: Analysis, draws: Draws, smallest: int) -> None:
        self.change, self.analysis, self.draws, self.key = change, analysis, draws, change.key
        self.instrument: Instrument = counts.instruments[change.instrument]
        self.construct = self.instrument.construct_by_id[change.construct]
        self.pairs: PairCounts = counts.pairs[self.key]
        self.clustered = self.key in counts.clusters
        self.items: BothWaves | None = counts.item_sums.get(self.key)
        self.unpaired = _without_the_few(counts.unpaired[self.key], smallest)
        self.attempt = Attempts()

    def soundness(self) -> Soundness:
        names = self.construct.items
        return Soundness(
            *self.key[:4],
            bootstrap=self.attempt("bootstrap", lambda: self.draws.bootstrap(self.key)),
            permutation=self._permutation(),
            recall=self._recall(),
            detectable=self.attempt("detectable", self._detectable),
            same_measure=self._of_items("same_measure", lambda both: same_measure(both.earlier, both.later)),
            wording=self._of_items("wording", self._wording),
            unreversed=tuple(names[suspect.item] for suspect in self._suspects()),
            items=self._item_soundness() if self.items is not None else (),
            missing=self._missing(),
            attrition=self._attrition(),
            notes=tuple(self.attempt.notes),
        )

    def _permutation(self) -> Permutation | None:
        if not self.clustered:
            return None
        return self.attempt("permutation", lambda: self.draws.permutation(self.key))

    def _recall(self) -> RecallTolerance | None:
        interval, lowest, highest = self.change.interval, self.change.lowest, self.change.highest
        if self.analysis.design is not Design.RETROSPECTIVE or interval is None:
            return None
        return self.attempt("recall", lambda: recall_tolerance(interval, lowest=lowest, highest=highest))

    def _detectable(self) -> float:
        description, clustered, n = self.change.description, self.change.clustered, self.pairs.n
        spread = description.sd_change if description is not None and description.sd_change is not None else 0.0
        if clustered is None or clustered.icc is None:
            return smallest_detectable_change(spread, Sample(families=n))
        icc = clustered.icc
        unevenness = max(0.0, icc.kish_size / icc.mean_size - 1) ** 0.5
        sample = Sample(families=n, schools=icc.clusters, icc=icc.value, size_cv=unevenness)
        return smallest_detectable_change(spread, sample)

    def _wording(self, both: BothWaves) -> Wording:
        undesirable = [self.instrument.item_by_id[item].reversed for item in self.construct.items]
        return wording_contrast(both.change, undesirable, confidence=self.analysis.confidence)

    def _of_items(self, figure: str, compute: Callable[[BothWaves], Figure]) -> Figure | None:
        items = self.items
        return self.attempt(figure, lambda: compute(items)) if items is not None else None

    def _suspects(self) -> Sequence[Suspect]:
        found = self._of_items("unreversed", lambda both: unreversed_items(both.earlier))
        return found or ()

    def _item_soundness(self) -> tuple[ItemSoundness, ...]:
        rest = [self._of_items("item_rest", partial(_item_rest, wave)) for wave in WAVES]
        without = [self._of_items("alpha_without", partial(_alpha_without, wave)) for wave in WAVES]
        blank = [None] * len(self.construct.items)
        columns = zip(*(column or blank for column in (*rest, *without)), strict=True)
        return tuple(
            ItemSoundness(item, self.instrument.item_by_id[item].reversed, *figures)
            for item, figures in zip(self.construct.items, columns, strict=True)
        )

    def _missing(self) -> tuple[MissingCase, ...]:
        """What the mean change would be if the people left out had done this or that; empty if nobody was."""
        unpaired = LeftOutScores(*self.unpaired)
        if not sum(self.unpaired.people):
            return ()
        steps = self.construct.steps_per_point
        ends = sorted((round(self.change.lowest * steps), round(self.change.highest * steps)))
        worst, best = ends if self.change.better == "higher" else reversed(ends)
        cases = []
        for alternative in Alternative:
            estimate = self.attempt(
                f"missing_{alternative}",
                lambda case=alternative: under_alternative(  # type: ignore[misc]
                    self.pairs, unpaired, case, worst=worst, best=best, steps_per_point=steps,
                    confidence=self.analysis.confidence,
                ),
            )  # fmt: skip
            if estimate is not None:
                cases.append(MissingCase(alternative, estimate))
        return tuple(cases)

    def _attrition(self) -> Attrition | None:
        scores, count = self.pairs.earlier, self.pairs.count
        stayed = {int(score): int(count[scores == score].sum()) for score in np.unique(scores)}
        steps, confidence = self.construct.steps_per_point, self.analysis.confidence
        return self.attempt(
            "attrition",
            lambda: attrition(stayed, self.unpaired.earlier_only, steps_per_point=steps, confidence=confidence),
        )


def _without_the_few(unpaired: Unpaired, smallest: int) -> Unpaired:
    """Scores of so few people are treated as not known."""
    earlier_only, later_only, neither = unpaired
    few = [scores for scores in (earlier_only, later_only) if 0 < sum(scores.values()) < smallest]
    kept = [{} if scores in few else scores for scores in (earlier_only, later_only)]
    return Unpaired(kept[0], kept[1], neither + sum(sum(scores.values()) for scores in few))


WAVES = ("earlier", "later")


def _item_rest(wave: str, both: BothWaves) -> list[float | None]:
    return item_rest_correlations(getattr(both, wave))


def _alpha_without(wave: str, both: BothWaves) -> list[float | None]:
    return alpha_if_deleted(getattr(both, wave))
