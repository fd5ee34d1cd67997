"""Counts of people and shares of them: who improved, who was already at the best score, and Wilson's interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from mande.errors import NotTestable, Reason
from mande.stats._distributions import normal_quantile
from mande.stats.counts import ChangeCounts, Estimate, PairCounts

__all__ = ["AtScore", "Better", "Directions", "at_score", "direction_shares", "wilson"]

Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class Directions:
    """People who improved, stayed the same and got worse; their sum is the denominator of each share."""

    improved: int
    same: int
    worse: int

    @property
    def n(self) -> int:
        """People."""
        return self.improved + self.same + self.worse

    def __add__(self, other: Directions) -> Directions:
        return Directions(self.improved + other.improved, self.same + other.same, self.worse + other.worse)


@dataclass(frozen=True, slots=True)
class AtScore:
    """Of n people, how many stood at one score earlier, and later."""

    earlier: int
    later: int
    n: int


def direction_shares(changes: ChangeCounts, better: Better) -> Directions:
    """People whose score improved, stayed the same, got worse, in the direction that is better.

    changes: people by integer change. For a share with its interval give a count and `.n` to `wilson`. For those who
    could improve, give `pairs.without_earlier(best).changes()`. Nobody gives 0, 0, 0.

    >>> direction_shares(ChangeCounts.of([2, 1, 0, -1]), better="lower")
    Directions(improved=1, same=1, worse=2)
    """
    up, same, down = (
        int(changes.count[side].sum()) for side in (changes.change > 0, changes.change == 0, changes.change < 0)
    )
    return Directions(up, same, down) if _higher_is_better(better) else Directions(down, same, up)


def at_score(pairs: PairCounts, score: int) -> AtScore:
    """People at one score (the best possible one, for a ceiling) at each wave. `score` is in integer steps.

    >>> at_score(PairCounts.of([4, 5, 3], [5, 5, 4]), 5)
    AtScore(earlier=1, later=2, n=3)
    """
    earlier, later = (int(pairs.count[wave == score].sum()) for wave in (pairs.earlier, pairs.later))
    return AtScore(earlier, later, pairs.n)


def wilson(successes: int, n: int, *, confidence: float = 0.95) -> Estimate:
    """A share with Wilson's score interval, without continuity correction; never outside 0 to 1.

    The share of samples whose interval holds the true share swings around `confidence`, as for every interval of a
    count: it is right on average over true shares, not for each (Brown, Cai & DasGupta 2001,
    doi:10.1214/ss/1009213286).
    Raises NotTestable (NO_DATA) if n is 0, ValueError if successes are not among 0 to n.
    Wilson (1927), doi:10.1080/01621459.1927.10502953.
    Agrees with R `prop.test(x, n, correct=FALSE)`: tests/reference/shares.R.

    >>> estimate = wilson(8, 10)
    >>> estimate.value, round(estimate.low, 4), round(estimate.high, 4)
    (0.8, 0.4902, 0.9433)
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} people")
    if n == 0:
        raise NotTestable(Reason.NO_DATA)
    z2 = normal_quantile(confidence) ** 2
    centre = (successes + z2 / 2) / (n + z2)
    half_width = math.sqrt(z2 * (successes * (n - successes) / n + z2 / 4)) / (n + z2)
    low = 0.0 if successes == 0 else centre - half_width  # exact at the ends, where rounding would leave 1e-17
    high = 1.0 if successes == n else centre + half_width
    return Estimate(successes / n, low, high, confidence)


def _higher_is_better(better: Better) -> bool:
    if better not in ("higher", "lower"):
        raise ValueError(f'better is "higher" or "lower", not {better!r}')
    return better == "higher"
