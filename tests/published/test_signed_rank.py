"""Signed-rank test and pseudo-median on printed data.

Depression scale factor IV of nine patients before and after a tranquilliser (Hollander and Wolfe,
Nonparametric Statistical Methods, Wiley 1973): the exact one-sided p is 0.020 (R: V 40, 0.01953),
the estimate 0.46, the interval 0.010 to 0.786.
"""

from autallo.stats.ranks.signed_rank import pseudo_median, signed_rank_test

BEFORE = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
AFTER = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]


def test_depression():
    test = signed_rank_test(BEFORE, AFTER)
    assert test.statistic == 40
    assert round(test.p_greater, 5) == 0.01953


def test_improvement():
    found = pseudo_median(BEFORE, AFTER)
    assert round(found.estimate, 3) == 0.460
    assert (round(found.low, 3), round(found.high, 3)) == (0.010, 0.786)
