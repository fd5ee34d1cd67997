"""The catalogue of problems: each kind is worded, and its remedy thought about, in one place only."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mande.problem_kinds.instruments import INSTRUMENT_KINDS
from mande.problem_kinds.kind import Effect, ProblemKind, fields_of, filled
from mande.problem_kinds.ledgers import LEDGER_KINDS
from mande.problem_kinds.plans import PLAN_KINDS
from mande.problem_kinds.questionnaires import QUESTIONNAIRE_KINDS

__all__ = ["CATALOGUE", "Effect", "ProblemKind", "fields_of", "filled"]

CATALOGUE: Mapping[str, ProblemKind] = MappingProxyType(
    INSTRUMENT_KINDS | PLAN_KINDS | LEDGER_KINDS | QUESTIONNAIRE_KINDS
)
