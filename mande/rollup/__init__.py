"""A region: several saved evaluations and ledgers as one value, without a row of anybody."""

from mande.rollup.members import Member
from mande.rollup.outcomes import CONFIDENCE, Outcome, OutcomeRow
from mande.rollup.region import FORMAT, RollUp, roll_up, roll_up_plan

__all__ = ["CONFIDENCE", "FORMAT", "Member", "Outcome", "OutcomeRow", "RollUp", "roll_up", "roll_up_plan"]
