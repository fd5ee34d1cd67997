"""Wilson's interval at every true share: computed, not simulated. Other intervals: simulations.py."""

import numpy as np
import pytest
from scipy import stats

from mande.stats import wilson


@pytest.mark.parametrize("n", [10, 31, 72, 500])
def test_wilson_interval_is_right_on_average_over_true_shares_though_not_for_each(n: int) -> None:
    shares = np.linspace(0.0005, 0.9995, 1000)
    intervals = [wilson(x, n) for x in range(n + 1)]
    chances = stats.binom.pmf(np.arange(n + 1)[:, None], n, shares)
    holds = np.array([(e.low <= shares) & (shares <= e.high) for e in intervals])
    by_share = (chances * holds).sum(axis=0)
    assert 0.945 <= by_share.mean() <= 0.965
    assert by_share.min() >= 0.83  # its known weakness: shares of less than about 1 / n
    inside = (shares > 3 / n) & (shares < 1 - 3 / n)
    assert by_share[inside].min() >= 0.90
