"""How many families and schools an evaluation needs, and the smallest change that a given number can show.

Both look ahead, from a standard deviation and a change that somebody states. There is no power of a change already
observed (post-hoc power): it only restates the p value; Hoenig & Heisey (2001), doi:10.1198/000313001300339897.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from mande.errors import NotTestable, Reason
from mande.stats._distributions import crossing, t_quantile

__all__ = [
    "Sample",
    "SizePlan",
    "design_effect",
    "plan_size",
    "power_of_plan",
    "sd_of_change",
    "smallest_detectable_change",
]

MOST_UNITS = 10**9  # beyond, a plan is not one


@dataclass(frozen=True, slots=True)
class Sample:
    """Who is measured at both waves, in each arm: families, the schools they come in, the ICC of changes in a school.

    schools: None if families do not come in schools (or groups). size_cv: the coefficient of variation (SD / mean) of
    the families per school. arms: 1, or 2 with a comparison group of the same size.
    """

    families: float
    schools: int | None = None
    icc: float = 0.0
    size_cv: float = 0.0
    arms: int = 1

    def __post_init__(self) -> None:
        if not (self.families > 0 and 0 <= self.icc <= 1 and self.size_cv >= 0 and self.arms in {1, 2}):
            raise ValueError(f"not a sample: {self}")
        if self.schools is not None and self.schools < 1:
            raise ValueError(f"not a number of schools: {self.schools}")

    @property
    def df(self) -> float:
        """Of the t test: independent units less one in each arm; schools if there are any, else families."""
        return self.arms * ((self.families if self.schools is None else self.schools) - 1)

    @property
    def design_effect(self) -> float:
        return 1.0 if self.schools is None else design_effect(self.families / self.schools, self.icc, self.size_cv)

    def standard_error(self, sd_change: float) -> float:
        """Of the mean change (with two arms, of the difference between theirs)."""
        return sd_change * math.sqrt(self.arms * self.design_effect / self.families)


@dataclass(frozen=True, slots=True)
class SizePlan:
    """Families and schools to begin with and families expected at the end, in each arm; `power` is what they give.

    schools, per_school: None if families do not come in schools. design_effect: times more families that this costs.
    """

    families: int
    families_at_end: float
    schools: int | None
    per_school: int | None
    design_effect: float
    df: float
    power: float
    arms: int


def design_effect(per_school: float, icc: float, size_cv: float = 0.0) -> float:
    """How many times the variance of a mean is larger because people come in schools: 1 + ((1 + cv²) m − 1) ICC.

    per_school: mean people a school, m. size_cv: coefficient of variation of that number. Not below 1.
    Kish (1965), Survey Sampling; Eldridge, Ashby & Kerry (2006), doi:10.1093/ije/dyl129.

    >>> design_effect(16, 0.1)
    2.5
    """
    return max(1.0, 1 + ((1 + size_cv**2) * per_school - 1) * icc)


def sd_of_change(sd: float, r: float) -> float:
    """Standard deviation of a change from that of a score, equal at both waves, and their correlation: sd √(2(1 − r)).

    Raises ValueError if sd is not above 0, or r is not between −1 and 1 (at r = 1 nobody differs in change).

    >>> sd_of_change(0.8, 0.5)
    0.8
    """
    if not (sd > 0 and -1 <= r < 1):
        raise ValueError(f"sd {sd} with r {r}")
    return sd * math.sqrt(2 * (1 - r))


def power_of_plan(change: float, sd_change: float, sample: Sample, *, alpha: float = 0.05) -> float:
    """Chance that the two-sided t test of a planned sample finds a true mean change, by the noncentral t.

    change, sd_change: in points. With schools the test has schools − 1 degrees of freedom and the design effect, which
    is what a CR2 analysis of equal schools has. For planning only: not to be fed with a change that was observed.
    Raises NotTestable (TOO_FEW) without a degree of freedom; ValueError if change is 0, or sd_change not above 0.
    Agrees with R `power.t.test(strict=TRUE)` and statsmodels `TTestPower` (schools: effect / √design effect, that df):
    tests/reference/planning.R. Cohen (1988), Statistical Power Analysis.

    >>> round(power_of_plan(0.3, 0.8, Sample(families=58)), 4)
    0.8017
    """
    if not (0 < abs(change) < math.inf and 0 < sd_change < math.inf):
        raise ValueError(f"a change of {change} with a standard deviation of {sd_change} cannot be planned for")
    if sample.df <= 0:
        raise NotTestable(Reason.TOO_FEW)
    critical, shift = t_quantile(1 - alpha, sample.df), abs(change) / sample.standard_error(sd_change)
    return 1 - _share_below(critical, sample.df, shift) + _share_below(-critical, sample.df, shift)


def _share_below(t: float, df: float, shift: float) -> float:
    """Of noncentral t values; scipy's function is NaN in places where the share is below 1e-9."""
    from scipy.special import nctdtr

    share = float(nctdtr(df, shift, t))
    return share if math.isfinite(share) else 0.0


def plan_size(
    change: float,
    sd_change: float,
    *,
    per_school: int | None = None,
    icc: float = 0.0,
    size_cv: float = 0.0,
    attrition: float = 0.0,
    arms: int = 1,
    power: float = 0.8,
    alpha: float = 0.05,
) -> SizePlan:
    """Families, and schools, with which a true mean change is found with the chance `power` (in each arm, if two).

    change: the true mean change (with two arms: the difference between theirs). sd_change: of people's changes, see
    `sd_of_change`. per_school: families that begin in each school (or group), or None if they do not come in schools.
    icc: of changes within schools. attrition: share of families without a second measurement, 0 up to 1. The smallest
    whole number of schools (families, without schools) whose `power_of_plan` reaches `power`; simulated below.
    Raises ValueError for impossible values, and if more than 10⁹ would be needed.
    Agrees with R `power.t.test` and statsmodels `TTestPower`: tests/reference/planning.R.

    >>> plan = plan_size(0.3, 0.8, per_school=16, icc=0.1, attrition=0.2)
    >>> plan.schools, plan.families, round(plan.power, 3)
    (12, 192, 0.817)
    """
    if not (0 <= attrition < 1 and 0 < power < 1 and 0 < alpha < power and (per_school is None or per_school >= 1)):
        raise ValueError(f"attrition {attrition}, power {power}, alpha {alpha}, families per school {per_school}")

    def sample(units: int) -> Sample:
        at_end = units * (per_school or 1) * (1 - attrition)
        return Sample(at_end, None if per_school is None else units, icc, size_cv, arms)

    def suffices(units: int) -> bool:
        tried = sample(units)
        return tried.df > 0 and power_of_plan(change, sd_change, tried, alpha=alpha) >= power

    units = _smallest(suffices)
    found = sample(units)
    return SizePlan(
        units * (per_school or 1),
        found.families,
        found.schools,
        per_school,
        found.design_effect,
        found.df,
        power_of_plan(change, sd_change, found, alpha=alpha),
        arms,
    )


def smallest_detectable_change(sd_change: float, sample: Sample, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """The smallest true mean change, in points, that this sample would find with the chance `power`.

    sd_change: standard deviation of people's changes, in points. It depends on who was measured and how much they vary,
    not on the change that was seen.
    Raises NotTestable: TOO_FEW (no degree of freedom), NO_VARIANCE (sd_change is 0).
    Agrees with R `power.t.test(delta=NULL)` and statsmodels `TTestPower`: tests/reference/planning.R.

    >>> round(smallest_detectable_change(0.8, Sample(families=58)), 4)
    0.2994
    """
    if sd_change == 0:
        raise NotTestable(Reason.NO_VARIANCE)
    if sample.df <= 0:
        raise NotTestable(Reason.TOO_FEW)
    unit = sample.standard_error(1.0)

    def lacks(shift: float) -> float:
        return power_of_plan(shift * unit, 1.0, sample, alpha=alpha) - power

    widest = t_quantile(1 - alpha, sample.df) + 1
    while lacks(widest) < 0:
        widest *= 2
    return crossing(lambda shift: -lacks(shift), 1e-9, widest) * unit * sd_change


def _smallest(suffices: Callable[[int], bool]) -> int:
    """The smallest whole number that suffices, if every larger one does too."""
    high = 1
    while not suffices(high):
        high *= 2
        if high > MOST_UNITS:
            raise ValueError(f"more than {MOST_UNITS} would be needed")
    low = high // 2  # does not suffice
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if suffices(middle) else (middle, high)
    return high
