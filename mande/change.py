"""A tally and an analysis become `Changes`: every figure of a change, or the reason why it has none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from mande.errors import NotTestable, Reason
from mande.model import Better, Construct
from mande.plan import Analysis, load_analysis
from mande.scoring import Scores
from mande.stats import adjust, effect, paired, reliability, shares, signs
from mande.stats.counts import Estimate, PairCounts
from mande.tally import BothWaves, ChangeKey, LeftOut, Tally, make_tally

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "Change", "Changes", "Direction", "Effects", "Note", "Reliability", "measure_change"]

Figure = TypeVar("Figure")


class Note(NamedTuple):
    """A figure that these data cannot give, and why."""

    figure: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Direction:
    """How many people moved which way, "improved" being towards the better end of the construct.

    Shares have Wilson intervals; their denominator is the n of the change. `able` are those who were not already at the
    best possible score; `improved_of_able` is the share of them who improved (None if there are none).
    """

    improved: int
    same: int
    worse: int
    improved_share: Estimate
    same_share: Estimate
    worse_share: Estimate
    able: int
    improved_of_able: Estimate | None


@dataclass(frozen=True, slots=True)
class Effects:
    """Sizes of a change. d_z and d_av are without small-sample correction; g_z is d_z times Hedges' J(n − 1)."""

    d_z: Estimate | None
    g_z: float | None
    d_av: Estimate | None
    d_rm: float | None
    rank_biserial: float | None
    pomp: float | None
    percent_of_mean: float | None

    @classmethod
    def none(cls) -> Effects:
        return cls(None, None, None, None, None, None, None)


@dataclass(frozen=True, slots=True)
class Reliability:
    """Of the n people who answered every item at both waves.

    threshold: the change in points that is more than measurement error, the Reliable Change Index of the earlier wave.
    reliable: people who changed by more than that, of all with both scores.
    """

    n: int | None
    alpha_earlier: Estimate | None
    alpha_later: Estimate | None
    omega_earlier: float | None
    omega_later: float | None
    threshold: float | None
    reliable: shares.Directions | None

    @classmethod
    def none(cls) -> Reliability:
        return cls(None, None, None, None, None, None, None)


@dataclass(frozen=True, slots=True)
class Change:
    """One construct of one respondent group between two waves. Points are those of the construct's own scale.

    Everything is later minus earlier, over the n people with both scores. A figure that has no value is None and has a
    note; where the whole change is withheld, n is None too. at_best_*: share of the n at the best possible score.
    """

    instrument: str
    construct: str
    earlier: str
    later: str
    group: str
    respondent: str
    primary: bool
    better: Better
    lowest: float
    highest: float
    n: int | None
    left_out: LeftOut | None
    description: paired.Description | None
    mean_change: Estimate | None
    t_test: paired.TTest | None
    signed_rank: signs.SignedRank | None
    sign_test: signs.SignTest | None
    direction: Direction | None
    at_best_earlier: float | None
    at_best_later: float | None
    effects: Effects
    reliability: Reliability
    p_adjusted: float | None
    notes: tuple[Note, ...]

    @property
    def key(self) -> ChangeKey:
        return ChangeKey(self.instrument, self.construct, self.earlier, self.later, self.group)

    @property
    def n_left_out(self) -> int | None:
        return None if self.left_out is None else sum(self.left_out)


COLUMNS = (
    *("respondent", "construct", "earlier", "later", "group", "n", "n_left_out"),
    *("mean_earlier", "sd_earlier", "mean_later", "sd_later", "r", "mean_change", "ci_low", "ci_high"),
    *("t", "df", "p_t", "w_plus", "w_minus", "n_zero", "p_wilcoxon", "p_sign"),
    *("improved", "same", "worse", "at_best_earlier", "at_best_later", "pomp_change"),
    *("d_z", "d_z_low", "d_z_high", "d_av", "d_av_low", "d_av_high", "rank_biserial"),
    *("p_adjusted", "alpha_earlier", "alpha_later", "note"),
)
"""The columns of `Changes.to_frame()`, in order: a public contract."""

TEXT_COLUMNS = {"respondent", "construct", "earlier", "later", "group", "note"}
COUNT_COLUMNS = {"n", "n_left_out", "n_zero", "improved", "same", "worse"}


@dataclass(frozen=True, slots=True)
class Changes(Sequence[Change]):
    """The changes of an evaluation, in the order of the instruments' constructs."""

    rows: tuple[Change, ...]

    def __getitem__(self, index: int) -> Change:  # type: ignore[override]
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def to_frame(self) -> pd.DataFrame:
        """One row a change with the columns `COLUMNS`, unrounded.

        n, n_left_out, n_zero, improved, same, worse count people; at_best_* are shares from 0 to 1; p_adjusted is over
        the constructs of one respondent group. A figure without a value is NaN (a count NA), and `note` says why.
        """
        import pandas as pd

        frame = pd.DataFrame([_flat(change) for change in self.rows], columns=COLUMNS)
        return frame.astype({name: _dtype(name) for name in COLUMNS})


def measure_change(counted: Tally | Scores, analysis: Analysis | str = "retrospective-pretest") -> Changes:
    """Measure every construct's change for the comparisons that the analysis names.

    The p values of one respondent group and comparison are one family, adjusted together by the analysis's rule; a
    construct that cannot be tested leaves the family and says so in its notes.
    """
    analysis = load_analysis(analysis) if isinstance(analysis, str) else analysis
    counts = make_tally(counted, analysis) if isinstance(counted, Scores) else counted
    measured = [
        _measured(key, counts, analysis) for key in counts.pairs if (key.earlier, key.later) in analysis.compared
    ]
    return Changes(tuple(_adjusted(measured, analysis)))


def _adjusted(measured: Sequence[Change], analysis: Analysis) -> Iterator[Change]:
    families: dict[tuple[str, ...], list[Change]] = {}
    for change in measured:
        families.setdefault((change.respondent, change.earlier, change.later, change.group), []).append(change)
    rule = adjust.holm if analysis.adjust == "holm" else adjust.benjamini_hochberg
    for family in families.values():
        p_values = rule([change.t_test.p if change.t_test else None for change in family])
        yield from (replace(change, p_adjusted=p) for change, p in zip(family, p_values, strict=True))


class _Attempts:
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
    measuring = _Measuring(counts.pairs[key], construct, float(lowest), float(highest), analysis)
    figures = measuring.figures(counts.item_sums.get(key))
    return Change(
        *key,
        respondent=instrument.respondent,
        primary=analysis.is_primary(instrument.id, construct.id),
        better=construct.better,
        lowest=float(lowest),
        highest=float(highest),
        left_out=counts.left_out[key],
        p_adjusted=None,
        **figures,
        notes=tuple(measuring.attempt.notes),
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
        self.attempt = _Attempts()

    def figures(self, items: BothWaves | None) -> dict[str, Any]:
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
            "signed_rank": signed_rank,
            "sign_test": attempt("sign_test", lambda: signs.sign_test(changes)),
            **self.shares(),
            "effects": self.effects(description, signed_rank),
            "reliability": self.reliability(items, description),
        }

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
        at_earlier = self.attempt("alpha_earlier", lambda: reliability.cronbach_alpha(items.earlier))
        at_later = self.attempt("alpha_later", lambda: reliability.cronbach_alpha(items.later))
        omegas = [
            self.attempt(name, partial(reliability.omega_total, sums))
            for name, sums in (("omega_earlier", items.earlier), ("omega_later", items.later))
        ]
        threshold = reliable = None
        sd = description.sd_earlier if description is not None else None
        if at_earlier is not None and sd is not None and 0 < at_earlier.value < 1:
            threshold = reliability.reliable_change_index(sd, at_earlier.value)
            reliable = reliability.reliable_change(
                self.changes, threshold, self.construct.better, steps_per_point=self.steps
            )
        omega_earlier, omega_later = (omega.value if omega else None for omega in omegas)
        return Reliability(items.earlier.n, at_earlier, at_later, omega_earlier, omega_later, threshold, reliable)


def _dtype(column: str) -> str:
    if column in TEXT_COLUMNS:
        return "str"
    return "Int64" if column in COUNT_COLUMNS else "float64"


def _flat(change: Change) -> dict[str, object]:
    """A change as one row of the public frame."""
    description, effects, rank = change.description, change.effects, change.signed_rank
    row: dict[str, object] = {name: getattr(change, name, None) for name in COLUMNS}
    if description is not None:
        row |= {
            name: getattr(description, name) for name in ("mean_earlier", "sd_earlier", "mean_later", "sd_later", "r")
        }
    if change.t_test is not None:
        row |= {"t": change.t_test.t, "df": change.t_test.df, "p_t": change.t_test.p}
    if rank is not None:
        row |= {"w_plus": rank.w_plus, "w_minus": rank.w_minus, "n_zero": rank.n_zero, "p_wilcoxon": rank.p}
    if change.direction is not None:
        row |= {name: getattr(change.direction, name) for name in ("improved", "same", "worse")}
    return row | {
        **_estimate("mean_change", change.mean_change, "ci"),
        **_estimate("d_z", effects.d_z),
        **_estimate("d_av", effects.d_av),
        "p_sign": change.sign_test.p if change.sign_test else None,
        "pomp_change": effects.pomp,
        "rank_biserial": effects.rank_biserial,
        "alpha_earlier": change.reliability.alpha_earlier.value if change.reliability.alpha_earlier else None,
        "alpha_later": change.reliability.alpha_later.value if change.reliability.alpha_later else None,
        "note": "; ".join(f"{note.figure}: {note.reason}" for note in change.notes),
    }


def _estimate(name: str, estimate: Estimate | None, bounds: str | None = None) -> dict[str, float | None]:
    low, high = f"{bounds or name}_low", f"{bounds or name}_high"
    if estimate is None:
        return {name: None, low: None, high: None}
    return {name: estimate.value, low: estimate.low, high: estimate.high}
