"""A tally and an analysis become `Changes`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from mande.change import Change, Changes, Clustered, Direction, Effects, Note, Reliability
from mande.errors import NotTestable, Reason
from mande.model import Construct
from mande.plan import Analysis, load_analysis
from mande.scoring import Scores
from mande.stats import adjust, effect, paired, reliability, shares, signs
from mande.stats.cluster import ClusterSums, icc_of_change, mean_change_clustered
from mande.stats.counts import PairCounts
from mande.stats.omega import omega_interval
from mande.tally import BothWaves, ChangeKey, ScoreKey, Tally, make_tally
from mande.unlike import with_like_scores

__all__ = ["Attempts", "measure_change"]

Figure = TypeVar("Figure")


def measure_change(counted: Tally | Scores, analysis: Analysis | str = "retrospective-pretest") -> Changes:
    """Measure every construct's change for the comparisons that the analysis names.

    The p values of one respondent group and comparison are one family, adjusted together by the analysis's rule,
    primary constructs apart from exploratory ones; a construct that cannot be tested leaves the family and says so.
    Scores that rest on other questions than those they are compared with are no scores (`mande.unlike`).
    """
    analysis = load_analysis(analysis) if isinstance(analysis, str) else analysis
    counts = with_like_scores(make_tally(counted, analysis) if isinstance(counted, Scores) else counted)
    measured = [
        _measured(key, counts, analysis) for key in counts.pairs if (key.earlier, key.later) in analysis.compared
    ]
    return Changes(tuple(_adjusted(measured, analysis)))


def _adjusted(measured: Sequence[Change], analysis: Analysis) -> Iterator[Change]:
    families: dict[tuple[object, ...], list[Change]] = {}
    for change in measured:
        name = (change.respondent, change.earlier, change.later, change.group, change.primary)
        families.setdefault(name, []).append(change)
    rule = adjust.holm if analysis.adjust == "holm" else adjust.benjamini_hochberg
    p_adjusted: dict[ChangeKey, float | None] = {}
    for family in families.values():
        adjusted = rule([change.p for change in family])
        p_adjusted |= {change.key: p for change, p in zip(family, adjusted, strict=True)}
    return (replace(change, p_adjusted=p_adjusted[change.key]) for change in measured)


class Attempts:
    """Tries one figure after the other and keeps the reason of each that has no value."""

    def __init__(self) -> None:
        self.notes: list[Note] = []

    def __call__(self, figure: str, compute: Callable[[], Figure]) -> Figure | None:
        try:
            return compute()
        except NotTestable as error:
            self.notes.append(Note(figure, error.reason))
            return None


def _measured(key: ChangeKey, counts: Tally, analysis: Analysis) -> Change:
    instrument = counts.instruments[key.instrument]
    construct = instrument.construct_by_id[key.construct]
    lowest, highest = instrument.possible_scores(construct)
    both = (ScoreKey(key.instrument, key.construct, wave) for wave in (key.earlier, key.later))
    like = counts.unlike.isdisjoint(both)
    measuring = _Measuring(counts.pairs[key], construct, float(lowest), float(highest), analysis)
    figures = measuring.figures(
        counts.item_sums.get(key), counts.clusters.get(key), counts.clustered_by.get(key.instrument, "")
    )
    return Change(
        *key,
        respondent=instrument.respondent,
        primary=analysis.is_primary(instrument.id, construct.id),
        better=construct.better,
        lowest=float(lowest),
        highest=float(highest),
        left_out=counts.unpaired[key].people,
        p_adjusted=None,
        **figures,
        notes=tuple(measuring.attempt.notes) if like else (Note("all", Reason.OTHER_QUESTIONS),),
    )


class _Measuring:
    """One table of pairs on its way to figures."""

    def __init__(
        self, pairs: PairCounts, construct: Construct, lowest: float, highest: float, analysis: Analysis
    ) -> None:
        self.pairs, self.changes = pairs, pairs.changes()
        self.construct, self.steps = construct, construct.steps_per_point
        self.lowest, self.highest = lowest, highest
        self.analysis, self.confidence = analysis, analysis.confidence
        self.attempt = Attempts()

    def figures(self, items: BothWaves | None, clusters: ClusterSums | None, clustered_by: str) -> dict[str, Any]:
        attempt, changes = self.attempt, self.changes
        description = attempt("description", lambda: paired.describe(self.pairs, steps_per_point=self.steps))
        mean_change = attempt(
            "mean_change", lambda: paired.mean_change(changes, steps_per_point=self.steps, confidence=self.confidence)
        )
        signed_rank = attempt("signed_rank", lambda: signs.signed_rank(changes, zeros=self.analysis.zeros))
        return {
            "n": self.pairs.n,
            "description": description,
            "mean_change": mean_change,
            "t_test": attempt("t_test", lambda: paired.paired_t(changes)),
            "clustered": self.clustered(clusters, clustered_by) if clusters is not None else None,
            "signed_rank": signed_rank,
            "sign_test": attempt("sign_test", lambda: signs.sign_test(changes)),
            **self.shares(),
            "effects": self.effects(description, signed_rank),
            "reliability": self.reliability(items, description),
        }

    def clustered(self, sums: ClusterSums, by: str) -> Clustered | None:
        inference = self.attempt(
            "clustered",
            lambda: mean_change_clustered(sums, steps_per_point=self.steps, confidence=self.confidence),
        )
        if inference is None:
            return None
        return Clustered(by, inference, self.attempt("icc", lambda: icc_of_change(sums)))

    def shares(self) -> dict[str, Any]:
        """Directions, and the shares at the best possible score; nobody has neither."""
        if not self.pairs.n:
            return {"direction": None, "at_best_earlier": None, "at_best_later": None}
        best = round((self.highest if self.construct.better == "higher" else self.lowest) * self.steps)
        at_best, n = shares.at_score(self.pairs, best), self.pairs.n
        return {
            "direction": self.direction(self.pairs.without_earlier(best)),
            "at_best_earlier": at_best.earlier / n,
            "at_best_later": at_best.later / n,
        }

    def direction(self, able: PairCounts) -> Direction:
        counts, n = shares.direction_shares(self.changes, self.construct.better), self.pairs.n
        improved, same, worse = (
            shares.wilson(count, n, confidence=self.confidence)
            for count in (counts.improved, counts.same, counts.worse)
        )
        of_able = shares.wilson(counts.improved, able.n, confidence=self.confidence) if able.n else None
        return Direction(counts.improved, counts.same, counts.worse, improved, same, worse, able.n, of_able)

    def effects(self, description: paired.Description | None, signed_rank: signs.SignedRank | None) -> Effects:
        d_z = self.attempt("d_z", lambda: effect.d_z(self.changes, confidence=self.confidence))
        pomp = percent = None
        if description is not None:
            earlier, later = description.mean_earlier, description.mean_later
            pomp = self.attempt("pomp_change", lambda: effect.pomp(later - earlier, self.lowest, self.highest))
            percent = self.attempt("percent_of_mean", lambda: effect.percent_change(earlier, later))
        return Effects(
            d_z=d_z,
            g_z=self.attempt("g_z", lambda: d_z.value * effect.hedges_correction(self.pairs.n - 1)) if d_z else None,
            d_av=self.attempt("d_av", lambda: effect.d_av(self.pairs, confidence=self.confidence)),
            d_rm=self.attempt("d_rm", lambda: effect.d_rm(self.pairs)),
            rank_biserial=effect.rank_biserial(signed_rank.w_plus, signed_rank.w_minus) if signed_rank else None,
            pomp=pomp,
            percent_of_mean=percent,
        )

    def reliability(self, items: BothWaves | None, description: paired.Description | None) -> Reliability:
        if items is None:
            return Reliability.none()
        at_earlier, at_later = [
            self.attempt(name, partial(reliability.cronbach_alpha, sums, confidence=self.confidence))
            for name, sums in (("alpha_earlier", items.earlier), ("alpha_later", items.later))
        ]
        omegas = [
            self.attempt(name, partial(omega_interval, sums, confidence=self.confidence))
            for name, sums in (("omega_earlier", items.earlier), ("omega_later", items.later))
        ]
        threshold = reliable = None
        sd = description.sd_earlier if description is not None else None
        if at_earlier is not None and sd is not None and 0 < at_earlier.value < 1:
            threshold = reliability.reliable_change_index(sd, at_earlier.value)
            reliable = reliability.reliable_change(
                self.changes, threshold, self.construct.better, steps_per_point=self.steps
            )
        return Reliability(items.earlier.n, at_earlier, at_later, omegas[0], omegas[1], threshold, reliable)
