"""Every figure against an independent program; see compared.py."""

import pytest

from tests.stats.compared import COMPARED
from tests.stats.comparing import Compared


@pytest.mark.parametrize("compared", COMPARED, ids=lambda compared: compared.figure)
def test_figure_agrees_with_the_other_program(compared: Compared) -> None:
    differences = compared.differences()
    assert len(differences) > 5
    assert max(differences) <= compared.tolerance, compared.why
