"""Bootstrap on a published example.

Spatial test data, Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 14: the
variance of 26 scores is 171.5, the acceleration 0.061, the BCa limits at 90 % are 115.8 and 259.6
(2000 draws).
"""

import numpy as np
import pytest

from autallo.stats.resampling.bootstrap import bootstrap

SCORES = np.array([
    48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30,
    41,
], dtype=float)  # fmt: skip


def test_variance_of_spatial_test_scores():
    limits = bootstrap(
        lambda rows: float(SCORES[rows].var()),
        SCORES.size,
        level=0.9,
        draws=3999,
        rng=np.random.default_rng(1993),
    )
    assert limits.estimate == pytest.approx(171.5, abs=0.06)
    assert limits.acceleration == pytest.approx(0.061, abs=6e-4)
    # both sets of draws are random: about 2 and 5 Monte Carlo standard errors of the two
    assert limits.median_bias == pytest.approx(0.146, abs=0.07)
    assert limits.low == pytest.approx(115.8, abs=6)
    assert limits.high == pytest.approx(259.6, abs=8)
