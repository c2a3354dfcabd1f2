"""Logistic regression on published data.

Vasoconstriction: Finney, Biometrika 1947;34:320-334; the estimates are those of Pregibon, Ann Stat
1981;9:705-724, and of the manual of SAS PROC LOGISTIC. O-rings of the space shuttle: Dalal, Fowlkes
and Hoadley, J Am Stat Assoc 1989;84:945-957: 15.043 - 0.2322 temperature.
"""

import numpy as np
import pytest

from autallo.stats.regression.logistic import fit_logistic

VOLUME = [
    3.70, 3.50, 1.25, 0.75, 0.80, 0.70, 0.60, 1.10, 0.90, 0.90, 0.80, 0.55, 0.60, 1.40, 0.75, 2.30,
    3.20, 0.85, 1.70, 1.80, 0.40, 0.95, 1.35, 1.50, 1.60, 0.60, 1.80, 0.95, 1.90, 1.60, 2.70, 2.35,
    1.10, 1.10, 1.20, 0.80, 0.95, 0.75, 1.30,
]  # fmt: skip
RATE = [
    0.825, 1.09, 2.50, 1.50, 3.20, 3.50, 0.75, 1.70, 0.75, 0.45, 0.57, 2.75, 3.00, 2.33, 3.75, 1.64,
    1.60, 1.415, 1.06, 1.80, 2.00, 1.36, 1.35, 1.36, 1.78, 1.50, 1.50, 1.90, 0.95, 0.40, 0.75, 0.03,
    1.83, 2.20, 2.00, 3.33, 1.90, 1.90, 1.625,
]  # fmt: skip
CONSTRICTED = [
    1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0,
    0, 1, 1, 1, 0, 0, 1,
]  # fmt: skip

TEMPERATURE = [
    66, 70, 69, 68, 67, 72, 73, 70, 57, 63, 70, 78, 67, 53, 67, 75, 70, 81, 76, 79, 75, 76, 58,
]  # fmt: skip
DISTRESS = [0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1]


def test_vasoconstriction():
    fit = fit_logistic(CONSTRICTED, np.log(np.column_stack([VOLUME, RATE])))
    np.testing.assert_allclose(fit.coefficient, [-2.8754, 5.1793, 4.5617], atol=6e-5)
    np.testing.assert_allclose(fit.std_error, [1.3208, 1.8648, 1.8380], atol=6e-5)
    assert fit.deviance == pytest.approx(29.227, abs=6e-4)
    assert fit.deviance_null == pytest.approx(54.040, abs=6e-4)
    assert fit.likelihood_ratio == pytest.approx(24.8125, abs=6e-5)
    assert fit.score_statistic == pytest.approx(16.6324, abs=6e-5)
    assert fit.wald == pytest.approx(7.8876, abs=6e-5)


def test_o_rings():
    fit = fit_logistic(DISTRESS, TEMPERATURE)
    np.testing.assert_allclose(fit.coefficient, [15.0429, -0.2322], atol=6e-5)
    np.testing.assert_allclose(fit.std_error, [7.3786, 0.1082], atol=6e-5)
    assert fit.deviance == pytest.approx(20.315, abs=6e-4)
    assert fit.deviance_null == pytest.approx(28.267, abs=6e-4)
