"""A trial in eight centres as printed by Agresti (Categorical Data Analysis, 2nd ed., 2002).

Response to an active cream and to control (data of Beitler and Landis, Biometrics 1985;41:991).
"""

from math import log

from autallo.stats.contingency.stratified import breslow_day_test, mantel_haenszel_test

CENTRES = [
    [[11, 25], [10, 27]],
    [[16, 4], [22, 10]],
    [[14, 5], [7, 12]],
    [[2, 14], [1, 16]],
    [[6, 11], [0, 12]],
    [[1, 10], [0, 10]],
    [[1, 4], [1, 8]],
    [[4, 2], [6, 1]],
]


def test_cochran_mantel_haenszel_and_common_odds_ratio():
    test = mantel_haenszel_test(CENTRES, continuity=False)
    assert round(test.statistic, 2) == 6.38
    assert round(test.p_value, 3) == 0.012
    assert round(test.odds_ratio, 3) == 2.135
    assert round(log(test.odds_ratio), 3) == 0.758
    assert (round(test.low, 2), round(test.high, 2)) == (1.18, 3.87)


def test_breslow_day():
    test = breslow_day_test(CENTRES, tarone=False)
    assert (round(test.statistic, 1), test.df, round(test.p_value, 2)) == (8.0, 7, 0.33)
