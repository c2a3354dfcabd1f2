"""Alcohol and malformation as printed by Agresti (Categorical Data Analysis, 2nd ed., 2002).

Malformed infants, present and absent, by drinks a day: 0, below 1, 1-2, 3-5, 6 and more.
"""

from autallo.stats.contingency.trend import cochran_armitage_test

PRESENT, ABSENT = [48, 38, 5, 1, 1], [17066, 14464, 788, 126, 37]


def test_trend_in_the_middles_of_the_classes():
    """Printed: 6.6, P = 0.01. It has n - 1 where the test here has n, 32 574 infants."""
    test = cochran_armitage_test([PRESENT, ABSENT], scores=[0, 0.5, 1.5, 4, 7])
    assert round(test.statistic**2 * 32573 / 32574, 1) == 6.6
    assert round(test.p_asymptotic, 2) == 0.01
    assert test.statistic > 0
