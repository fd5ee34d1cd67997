"""The answer of `mande plan-size`: how many families and schools, in a few sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mande.errors import NotTestable, WrongUse
from mande.stats.planning import Sample, SizePlan, plan_size, sd_of_change, smallest_detectable_change

__all__ = ["Question", "answer"]

FEWEST_SCHOOLS = 5  # below, p values of clustered data are not reliable


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks, as on the command line; the standard deviation of the change, or else of the score with r."""

    change: float
    sd: float | None = None
    r: float | None = None
    sd_change: float | None = None
    per_school: int | None = None
    icc: float = 0.0
    attrition: float = 0.0
    comparison: bool = False
    power: float = 0.8
    alpha: float = 0.05


def answer(asked: Question) -> str:
    """Families and schools to begin with, what that rests on, and the smallest change that they can show.

    Raises WrongUse if the question is incomplete or impossible.
    """
    if not 0 <= asked.attrition < 1:
        raise WrongUse("--attrition is a share from 0 up to 1: 0.2 for a fifth of the families.")
    if asked.change == 0:
        raise WrongUse("--change is the change you want to find, in points; it cannot be 0.")
    spread = _spread(asked)
    if asked.icc and asked.per_school is None:
        raise WrongUse("An --icc is of families in schools: give --per-school too.")
    try:
        plan = plan_size(
            asked.change,
            spread,
            per_school=asked.per_school,
            icc=asked.icc,
            attrition=asked.attrition,
            arms=1 + asked.comparison,
            power=asked.power,
            alpha=asked.alpha,
        )
    except ValueError as error:
        raise WrongUse(f"That cannot be planned for: {error}.") from error
    return "\n".join(_sentences(asked, plan, spread))


def _spread(asked: Question) -> float:
    if asked.sd_change is not None:
        if asked.sd is not None or asked.r is not None:
            raise WrongUse("Give either --sd-change, or --sd with --r.")
        return asked.sd_change
    if asked.sd is None or asked.r is None:
        raise WrongUse("How much do families differ? Give --sd-change, or --sd with --r.")
    try:
        return sd_of_change(asked.sd, asked.r)
    except ValueError as error:
        raise WrongUse("--sd must be above 0, and --r from -1 to below 1.") from error


def _sentences(asked: Question, plan: SizePlan, spread: float) -> Iterator[str]:
    where = "" if plan.schools is None else f" in {plan.schools} schools of {plan.per_school}"
    arms = ", and as many for comparison" if plan.arms == 2 else ""
    yield f"Begin with {plan.families} families{where}{arms}."
    if asked.attrition:
        yield f"With {asked.attrition:.0%} lost on the way, about {plan.families_at_end:.0f} have both questionnaires."
    goal = "difference in mean change" if plan.arms == 2 else "mean change"
    yield (
        f"A true {goal} of {asked.change:g} points (changes differing by a standard deviation of {spread:.3g}) is then"
        f" found with a chance of {plan.power:.0%}, testing at {asked.alpha:g}."
    )
    if plan.schools is not None:
        yield (
            f"Families of one school resemble each other (ICC {asked.icc:g}): each counts for"
            f" 1/{plan.design_effect:.2f} of an independent one."
        )
        if plan.schools < FEWEST_SCHOOLS:
            yield f"Under {FEWEST_SCHOOLS} schools a p value is not reliable: take more schools of fewer families."
    smallest = _detectable(asked, plan, spread)
    yield f"The smallest change found with a chance of {asked.power:.0%} is {smallest:.3g} points."


def _detectable(asked: Question, plan: SizePlan, spread: float) -> float:
    sample = Sample(plan.families_at_end, plan.schools, asked.icc, arms=plan.arms)
    try:
        return smallest_detectable_change(spread, sample, power=asked.power, alpha=asked.alpha)
    except NotTestable as error:  # a plan has a degree of freedom
        raise WrongUse("That cannot be planned for.") from error
