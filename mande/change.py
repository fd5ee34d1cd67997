"""What is known of a change: every figure, or the reason why it has none; and the public frame of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from mande.errors import Reason
from mande.model import Better
from mande.stats import paired, shares, signs
from mande.stats.cluster import Inference, IntraclassCorrelation
from mande.stats.counts import Estimate
from mande.tally import ChangeKey, LeftOut

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "Change", "Changes", "Clustered", "Direction", "Effects", "Note", "Reliability"]


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
    omega_earlier: Estimate | None
    omega_later: Estimate | None
    threshold: float | None
    reliable: shares.Directions | None

    @classmethod
    def none(cls) -> Reliability:
        return cls(None, None, None, None, None, None, None)


@dataclass(frozen=True, slots=True)
class Clustered:
    """The mean change where people came in clusters. inference: CR2 with Satterthwaite's df, which is to be trusted
    before the plain t test beside it; by: the grouping that clusters are, such as school or family; icc: of the change,
    None where it has no value."""

    by: str
    inference: Inference
    icc: IntraclassCorrelation | None


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
    clustered: Clustered | None
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
    def is_unlike(self) -> bool:
        """Whether it has no figure because its scores would rest on different questions (`mande.unlike`)."""
        return any(note.reason is Reason.OTHER_QUESTIONS for note in self.notes)

    @property
    def interval(self) -> Estimate | None:
        """The mean change with the interval to be trusted: clusters allowed for where they are known."""
        return self.clustered.inference.estimate if self.clustered is not None else self.mean_change

    @property
    def p(self) -> float | None:
        """The p value to be trusted, before adjustment for several constructs."""
        if self.clustered is not None:
            return self.clustered.inference.p
        return self.t_test.p if self.t_test is not None else None

    @property
    def n_left_out(self) -> int | None:
        return None if self.left_out is None else sum(self.left_out)


COLUMNS = (
    *("respondent", "construct", "earlier", "later", "group", "n", "n_left_out"),
    *("mean_earlier", "sd_earlier", "mean_later", "sd_later", "r", "mean_change", "ci_low", "ci_high"),
    *("t", "df", "p_t"),
    *("w_plus", "w_minus", "n_zero", "p_wilcoxon", "p_sign"),
    *("improved", "same", "worse", "at_best_earlier", "at_best_later", "pomp_change"),
    *("d_z", "d_z_low", "d_z_high", "d_av", "d_av_low", "d_av_high", "rank_biserial"),
    *("p_adjusted", "alpha_earlier", "alpha_later", "note"),
    *("clusters", "icc", "ci_low_clustered", "ci_high_clustered"),
    *("se_clustered", "t_clustered", "df_clustered", "p_clustered"),
)
"""The columns of `Changes.to_frame()`, in order: a public contract."""

TEXT_COLUMNS = {"respondent", "construct", "earlier", "later", "group", "note"}
COUNT_COLUMNS = {"n", "n_left_out", "clusters", "n_zero", "improved", "same", "worse"}


@dataclass(frozen=True, slots=True)
class Changes(Sequence[Change]):
    """The changes of an evaluation, in the order of the instruments' constructs."""

    rows: tuple[Change, ...]

    def __getitem__(self, index: int) -> Change:  # type: ignore[override]
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def _repr_html_(self) -> str:
        """For notebooks; the front door knows who draws."""
        import mande

        shown: str = mande.to_html(self)
        return shown

    def to_frame(self) -> pd.DataFrame:
        """One row a change with the columns `COLUMNS`, unrounded.

        n, n_left_out, n_zero, improved, same, worse count people; at_best_* are shares from 0 to 1. *_clustered allow
        for clusters where they are known (CR2, Satterthwaite's df), and are to be trusted before the plain t test
        beside them; p_adjusted is over the constructs of one respondent group. A figure without a value is NaN (a count
        NA), and `note` says why; where no clusters are known, there is nothing to say.
        """
        import pandas as pd

        frame = pd.DataFrame([_flat(change) for change in self.rows], columns=COLUMNS)
        return frame.astype({name: _dtype(name) for name in COLUMNS})


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
    if change.clustered is not None:
        row |= _of_clusters(change.clustered)
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


def _of_clusters(clustered: Clustered) -> dict[str, object]:
    found, icc = clustered.inference, clustered.icc
    return {
        "clusters": found.clusters,
        "icc": icc.value if icc is not None else None,
        "ci_low_clustered": found.estimate.low,
        "ci_high_clustered": found.estimate.high,
        "se_clustered": found.standard_error,
        "t_clustered": found.t,
        "df_clustered": found.df,
        "p_clustered": found.p,
    }


def _estimate(name: str, estimate: Estimate | None, bounds: str | None = None) -> dict[str, float | None]:
    low, high = f"{bounds or name}_low", f"{bounds or name}_high"
    if estimate is None:
        return {name: None, low: None, high: None}
    return {name: estimate.value, low: estimate.low, high: estimate.high}
