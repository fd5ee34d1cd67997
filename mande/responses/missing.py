"""Answer codes: what they count, and why a cell has none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from mande.model import NonAnswerKind

__all__ = ["NON_ANSWERS", "CodeArray", "Missing", "counting_as"]

CodeArray = npt.NDArray[np.int16]


class Missing(IntEnum):
    """Why a cell has no answer code. Far below every code, so that a missing answer can never be scored by mistake."""

    BLANK = -32001
    REFUSED = -32002
    DONT_KNOW = -32003
    NOT_APPLICABLE = -32004
    SET_ASIDE = -32005
    NO_FORM = -32006  # this person has no form of this wave

    @staticmethod
    def is_answer(codes: CodeArray) -> npt.NDArray[np.bool_]:
        return codes > Missing.BLANK

    @classmethod
    def count(cls, matrices: Iterable[CodeArray]) -> dict[Missing, int]:
        """How many cells of each kind."""
        given = list(matrices)
        return {kind: sum(int(np.count_nonzero(codes == kind)) for codes in given) for kind in cls}


NON_ANSWERS = {
    NonAnswerKind.REFUSED: Missing.REFUSED,
    NonAnswerKind.DONT_KNOW: Missing.DONT_KNOW,
    NonAnswerKind.NOT_APPLICABLE: Missing.NOT_APPLICABLE,
}


def counting_as(codes: CodeArray, points: Mapping[int, int]) -> CodeArray:
    """What the codes count, by `points`; what has none stays as it is."""
    if all(counts == code for code, counts in points.items()):
        return codes
    table = _EACH.copy()
    table[list(points)] = list(points.values())
    return table[codes.view(np.uint16)]


_EACH: CodeArray = np.arange(1 << 16, dtype=np.uint16).view(np.int16)
"""Every number of 16 bits at its place; negative ones stand behind the others. Looking up is quicker than comparing."""
