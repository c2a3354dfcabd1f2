"""Permutation log-rank test on published data.

Kersey et al., N Engl J Med 1987;317:461-467 (see trials.py). With 91
patients the drawn p-value must come near the chi-squared one of R, 0.1064.
"""

import numpy as np

from autallo.stats.logrank.permutation import logrank_permutation_test
from published.trials import kersey1987


def test_autologous_against_allogeneic_transplantation():
    test = logrank_permutation_test(
        *kersey1987(),
        draws=20_000,
        rng=np.random.default_rng(1987),
    )
    assert test.method == "monte_carlo"
    assert abs(test.p_value - 0.1064) < 0.01
