"""p values adjusted for how many tests a family has. An untestable member (None) leaves the family, and stays None."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate

__all__ = ["benjamini_hochberg", "holm"]


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Holm's step-down adjustment: the chance of one false finding or more stays below the level.

    p_values: one a test, in [0, 1], None where a test had no value; those are not counted. Same order, same length.
    Raises ValueError for anything else, NaN included.
    Holm (1979), Scandinavian Journal of Statistics 6, 65–70, https://www.jstor.org/stable/4615733.
    Agrees with R `p.adjust(p, "holm")`: tests/reference/adjust.R.

    >>> holm([0.01, None, 0.04, 0.03])
    [0.03, None, 0.06, 0.06]
    """
    return _adjusted(p_values, _step_down)


def benjamini_hochberg(p_values: Sequence[float | None]) -> list[float | None]:
    """Benjamini and Hochberg's step-up adjustment: the expected share of false findings stays below the level.

    p_values: as for `holm`. Holds for independent or positively dependent tests.
    Benjamini & Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x. Agrees with R `p.adjust(p, "BH")`:
    tests/reference/adjust.R.

    >>> benjamini_hochberg([0.01, None, 0.04, 0.03])
    [0.03, None, 0.04, 0.04]
    """
    return _adjusted(p_values, _step_up)


def _step_down(ascending: list[float]) -> list[float]:
    tests = len(ascending)
    return list(accumulate((min(1.0, (tests - rank) * p) for rank, p in enumerate(ascending)), max))


def _step_up(ascending: list[float]) -> list[float]:
    tests = len(ascending)
    descending = (min(1.0, tests / (tests - rank) * p) for rank, p in enumerate(reversed(ascending)))
    return list(accumulate(descending, min))[::-1]


def _adjusted(p_values: Sequence[float | None], adjust: Callable[[list[float]], list[float]]) -> list[float | None]:
    tested = {place: _checked(p) for place, p in enumerate(p_values) if p is not None}
    order = sorted(tested, key=tested.__getitem__)
    by_place = dict(zip(order, adjust([tested[place] for place in order]), strict=True))
    return [by_place.get(place) for place in range(len(p_values))]


def _checked(p: float) -> float:
    if not 0 <= p <= 1:
        raise ValueError(f"not a p value: {p}")
    return float(p)
