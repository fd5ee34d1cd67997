"""Tests that exchange what would be exchangeable if there were no effect: signs of clusters, or their arms.

A cluster (school, group) is moved as a whole, so people of one cluster may resemble each other as much as they like.
The p value needs no normal distribution, and no degrees of freedom. Statistics are exact integers, so equal ones tie.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from mande.errors import NotTestable, Reason
from mande.stats.counts import IntArray

__all__ = ["EXACT_ARRANGEMENTS", "Permutation", "permute_arms", "permute_signs"]

EXACT_ARRANGEMENTS = 2**20  # up to here all arrangements are counted; beyond, a seeded sample of them is
EXACT_DEALS = 20_000  # the same for arms, where an arrangement costs more
RANDOM_AT_ONCE = 1_000_000
LARGEST_EXACT_INTEGER = 2**62


@dataclass(frozen=True, slots=True)
class Permutation:
    """Two-sided p value, from how many clusters and arrangements; seed is None where all arrangements were counted."""

    p: float
    clusters: int
    arrangements: int
    smallest_p: float  # that so many clusters can give
    seed: int | None

    @property
    def exact(self) -> bool:
        return self.seed is None


def permute_signs(sums: IntArray, *, seed: int, replicates: int = 9_999) -> Permutation:
    """Is there a change in one group, when clusters may as well have changed the other way?

    sums: each cluster's sum of changes in integer steps, shape (c,). Under no effect a cluster's sum is as likely S as
    −S; the statistic is the absolute total. Clusters whose sum is zero tell nothing and are left out. Up to 2²⁰
    arrangements all are counted; beyond, p = (b + 1) / (m + 1) of m random ones, b as extreme as the one seen.
    Fewer than 6 clusters cannot give p below .05 (`smallest_p` is 2 / 2^c). It assumes that sums are symmetric around
    zero without an effect; ceilings that make them skewed cost a little (simulations, below).
    Raises NotTestable: NO_DATA (no cluster), NO_CHANGE (all sums zero).
    Fisher (1935), The Design of Experiments, § 21; Phipson & Smyth (2010), doi:10.2202/1544-6115.1585.
    Agrees with R `exactRankTests::perm.test(paired=TRUE, exact=TRUE)`: tests/reference/permutation.R.

    >>> permute_signs(np.array([4, 7, 3, 5, 6, -1]), seed=1).p
    0.0625
    """
    if not sums.size:
        raise NotTestable(Reason.NO_DATA)
    moved = np.abs(sums[sums != 0]).astype(np.int64)
    if not moved.size:
        raise NotTestable(Reason.NO_CHANGE)
    _require_room(int(moved.astype(object).sum()))
    seen, smallest = abs(int(sums.sum())), 2.0 ** (1 - min(moved.size, 1000))
    if 2**moved.size <= EXACT_ARRANGEMENTS:
        totals = np.abs(_all_signs(moved))
        return Permutation(float((totals >= seen).mean()), moved.size, 2**moved.size, smallest, None)
    extreme = sum(int((np.abs(total) >= seen).sum()) for total in _random_signs(moved, seed, replicates))
    return Permutation((extreme + 1) / (replicates + 1), moved.size, replicates, smallest, seed)


def permute_arms(
    sums: IntArray, people: IntArray, in_programme: IntArray, *, seed: int, replicates: int = 9_999
) -> Permutation:
    """Did programme clusters change by more than comparison clusters, when arms may as well have been dealt otherwise?

    sums: each cluster's sum of changes in integer steps; people: its people with a change; in_programme: 1 for
    programme clusters, 0 for others; all of shape (c,). The statistic is the programme's sum of changes less what its
    people would have at everybody's mean change, |Σ (N·Sᵢ − S·nᵢ)|; with equal clusters it orders arrangements as the
    difference in mean change does. Up to 20,000 ways to deal the arms all are counted; beyond, drawn as in
    `permute_signs`. It is exact if clusters were dealt to the arms at random.
    Raises NotTestable: NO_DATA (an arm has no cluster with people), TOO_FEW (fewer than three clusters), ALL_EQUAL (the
    mean change of all clusters is the same).
    Edgington & Onghena (2007), Randomization Tests; Gail et al. (1996),
    doi:10.1002/(SICI)1097-0258(19960615)15:11<1069::AID-SIM220>3.0.CO;2-Q.
    Agrees with R `coin::oneway_test(distribution="exact")` of the residual sums: tests/reference/permutation.R.

    >>> permute_arms(np.array([9, 8, 7, 1, 0, 2]), np.full(6, 5), np.array([1, 1, 1, 0, 0, 0]), seed=1).p
    0.1
    """
    taken = people > 0
    sums, people, chosen = sums[taken], people[taken], in_programme[taken].astype(bool)
    if not chosen.any() or chosen.all():
        raise NotTestable(Reason.NO_DATA)
    if sums.size < 3:
        raise NotTestable(Reason.TOO_FEW)
    residuals = _residuals(sums, people)
    if not residuals.any():
        raise NotTestable(Reason.ALL_EQUAL)
    size, programme = residuals.size, int(chosen.sum())
    seen, every = abs(int(residuals[chosen].sum())), math.comb(size, programme)
    smallest = (2 if 2 * programme == size else 1) / every
    if every <= EXACT_DEALS:
        extreme = sum(int((np.abs(total) >= seen).sum()) for total in _all_arms(residuals, programme))
        return Permutation(extreme / every, size, every, smallest, None)
    extreme = sum(int((np.abs(total) >= seen).sum()) for total in _random_arms(residuals, programme, seed, replicates))
    return Permutation((extreme + 1) / (replicates + 1), size, replicates, smallest, seed)


def _require_room(largest: int) -> None:
    if largest >= LARGEST_EXACT_INTEGER:
        raise ValueError("sums of changes are too large to be added exactly")


def _residuals(sums: IntArray, people: IntArray) -> IntArray:
    """N·Sᵢ − S·nᵢ, without what they all have in common."""
    exact_sums, exact_people = sums.astype(object), people.astype(object)
    residuals = exact_people.sum() * exact_sums - exact_sums.sum() * exact_people
    shared = math.gcd(*residuals) or 1
    _require_room(sum(abs(residual) for residual in residuals))
    reduced: IntArray = np.array([residual // shared for residual in residuals], dtype=np.int64)
    return reduced


def _all_signs(sizes: IntArray) -> IntArray:
    """Totals under all signs, the first held: the others mirror these."""
    totals = sizes[:1]
    for size in sizes[1:]:
        totals = np.concatenate([totals + size, totals - size])
    return totals


def _random_signs(sizes: IntArray, seed: int, replicates: int) -> Iterator[IntArray]:
    """Eight clusters at a time: what any choice of them adds up to is looked up, which is quicker than adding."""
    generator = np.random.default_rng(seed)
    everyone, eights = int(sizes.sum()), np.pad(sizes, (0, -sizes.size % 8)).reshape(-1, 8)
    of_byte = np.unpackbits(np.arange(256, dtype=np.uint8)).reshape(256, 8).astype(np.int64)
    chosen = (eights @ of_byte.T).ravel()  # by eight clusters, then by byte
    first = 256 * np.arange(len(eights))
    for count in _chunks(replicates, sizes.size):
        bits = np.frombuffer(generator.bytes(count * len(eights)), dtype=np.uint8).reshape(count, -1)
        yield everyone - 2 * chosen.take(bits + first).sum(axis=1)


def _all_arms(residuals: IntArray, programme: int) -> Iterator[IntArray]:
    chosen = np.array(list(combinations(range(residuals.size), programme)), dtype=np.int64)
    for rows in np.array_split(chosen, max(1, chosen.size // RANDOM_AT_ONCE)):
        yield residuals[rows].sum(axis=1)


def _random_arms(residuals: IntArray, programme: int, seed: int, replicates: int) -> Iterator[IntArray]:
    generator = np.random.default_rng(seed)
    for count in _chunks(replicates, residuals.size):
        order = generator.random((count, residuals.size)).argpartition(programme - 1, axis=1)[:, :programme]
        yield residuals[order].sum(axis=1)


def _chunks(replicates: int, width: int) -> Iterator[int]:
    chunk = max(1, RANDOM_AT_ONCE // width)
    for start in range(0, replicates, chunk):
        yield min(chunk, replicates - start)
