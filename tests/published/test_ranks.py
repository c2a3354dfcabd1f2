"""Mann-Whitney test and shift on printed data.

Permeability constants of the human chorioamnion at term and at 12 to 26 weeks (Hollander and
Wolfe, Nonparametric Statistical Methods, Wiley 1973): U is 35, the exact one-sided p is 0.1272
and the shift 0.305.
"""

import pytest

from autallo.stats.ranks.mann_whitney import hodges_lehmann, mann_whitney_test

TERM = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
EARLY = [1.15, 0.88, 0.90, 0.74, 1.21]


def test_permeability():
    test = mann_whitney_test(TERM, EARLY)
    assert test.statistic == 35
    assert round(test.p_greater, 4) == 0.1272


def test_shift_of_permeability():
    assert hodges_lehmann(TERM, EARLY).estimate == pytest.approx(0.305, rel=1e-12)
