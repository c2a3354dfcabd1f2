"""Rank correlations on printed data.

Lightness of canned tuna by instrument and by panel (Hollander and Wolfe, Nonparametric
Statistical Methods, Wiley 1973): 26 concordant pairs of 36, tau 0.444, exact one-sided p 0.060.
"""

from autallo.stats.ranks.correlation import kendall_test, spearman_test

INSTRUMENT = [44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1]
PANEL = [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8]


def test_tuna():
    test = kendall_test(INSTRUMENT, PANEL)
    assert test.statistic == 26 - 10
    assert round(test.estimate, 3) == 0.444
    assert test.method == "exact"
    assert round(test.p_value / 2, 3) == 0.060


def test_ranks_of_tuna():
    """Squared distances of the ranks sum to 48 (R cor.test), so r is 1 - 6 * 48 / 720."""
    assert round(spearman_test(INSTRUMENT, PANEL).estimate, 12) == 0.6
