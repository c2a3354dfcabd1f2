"""Poisson regression on published data.

A randomized trial of Dobson, An Introduction to Generalized Linear Models (1990), page 93, which is
the example of R's help page of `glm`.
"""

import numpy as np
import pytest

from autallo.stats.regression.poisson import fit_poisson

COUNTS = [18, 17, 15, 20, 10, 20, 25, 13, 12]


def test_trial_of_dobson():
    outcome, treatment = np.tile([0, 1, 2], 3), np.repeat([0, 1, 2], 3)
    x = np.column_stack([outcome == 1, outcome == 2, treatment == 1, treatment == 2])
    fit = fit_poisson(COUNTS, x.astype(float))
    np.testing.assert_allclose(fit.coefficient, [3.045, -0.4543, -0.2930, 0, 0], atol=6e-4)
    np.testing.assert_allclose(fit.std_error, [0.1709, 0.2022, 0.1927, 0.2, 0.2], atol=6e-5)
    assert fit.deviance == pytest.approx(5.1291, abs=6e-5)
    assert fit.deviance_null == pytest.approx(10.5814, abs=6e-5)
    # AIC 56.76: five coefficients
    assert 2 * 5 - 2 * fit.log_likelihood == pytest.approx(56.76, abs=6e-3)
