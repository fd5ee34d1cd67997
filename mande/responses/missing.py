"""Why a cell has no answer code."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from mande.model import NonAnswerKind

__all__ = ["NON_ANSWERS", "CodeArray", "Missing"]

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
        kinds = np.zeros(len(cls), dtype=np.int64)
        for codes in matrices:
            kinds += np.bincount(int(cls.BLANK) - codes[codes <= cls.BLANK], minlength=len(cls))
        return {kind: int(kinds[cls.BLANK - kind]) for kind in cls}


NON_ANSWERS = {
    NonAnswerKind.REFUSED: Missing.REFUSED,
    NonAnswerKind.DONT_KNOW: Missing.DONT_KNOW,
    NonAnswerKind.NOT_APPLICABLE: Missing.NOT_APPLICABLE,
}
