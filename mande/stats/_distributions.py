"""The few distribution functions that the statistics use, from `scipy.special` (much lighter than `scipy.stats`).

Imported where they are used: `import mande.stats` stays quick.
"""

from __future__ import annotations

import math
from collections.abc import Callable

__all__: list[str] = []

SMALLEST_P = math.ulp(0.0)  # what a p value too small for floating point becomes: never 0


def shown_p(p: float) -> float:
    """A p value within (0, 1]: rounding above 1 is cut, underflow to 0 becomes the smallest positive number."""
    return min(1.0, max(SMALLEST_P, p))


def t_two_sided(t: float, df: float) -> float:
    """P(|T| >= |t|) for Student's t."""
    from scipy.special import betainc

    return shown_p(float(betainc(df / 2, 0.5, df / (df + t * t))))


def t_quantile(confidence: float, df: float) -> float:
    """The t beyond which (1 - confidence) of the distribution lies, both tails together."""
    from scipy.special import stdtrit

    return float(stdtrit(df, (1 + checked_confidence(confidence)) / 2))


def normal_two_sided(z: float) -> float:
    """P(|Z| >= |z|) for the standard normal."""
    return shown_p(math.erfc(abs(z) / math.sqrt(2)))


def normal_quantile(confidence: float) -> float:
    """The z beyond which (1 - confidence) of the distribution lies, both tails together."""
    from scipy.special import ndtri

    return float(ndtri((1 + checked_confidence(confidence)) / 2))


def f_quantile(p: float, df1: float, df2: float) -> float:
    """The value below which the share p of the F distribution lies."""
    from scipy.special import fdtri

    return float(fdtri(df1, df2, p))


def sign_two_sided(fewer: int, n: int) -> float:
    """P(as uneven a split of n as fewer : n - fewer, or more) when both signs are equally likely."""
    from scipy.special import betainc

    return shown_p(2 * float(betainc(n - fewer, fewer + 1, 0.5)))


def noncentrality(t: float, df: float, share_below: float) -> float:
    """The noncentrality at which the share `share_below` of noncentral t values lies below t."""
    from scipy.special import nctdtr, ndtri

    if t < 0:
        return -noncentrality(-t, df, 1 - share_below)

    def excess(ncp: float) -> float:
        return float(nctdtr(df, ncp, t)) - share_below

    # P(T < 0) is P(Z < -ncp), so the root is not below -z; scipy's function is NaN in places further down
    lowest = -float(ndtri(share_below)) - 1e-6  # at t = 0 it is the root itself, up to rounding
    highest = t + 10 * math.sqrt(1 + t * t / (2 * df))  # ten standard errors
    return crossing(excess, lowest, highest)


def crossing(falling: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling function crosses zero, halved to the last bit: scipy.optimize takes longer to import."""
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return middle


def checked_confidence(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence lies between 0 and 1, not {confidence}")
    return confidence
