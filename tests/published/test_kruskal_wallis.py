"""Kruskal-Wallis test on printed data.

Daily bottle caps of three machines (Kruskal and Wallis, J Am Stat Assoc 1952;47:583-621): H is
5.656, the exact probability 0.049, the approximate one 0.059. Mucociliary efficiency (Hollander
and Wolfe, Nonparametric Statistical Methods, Wiley 1973): H is 0.771.
"""

from autallo.stats.ranks.kruskal_wallis import kruskal_wallis_test

CAPS = [340, 345, 330, 342, 338, 339, 333, 344, 347, 343, 349, 355]
MACHINE = [0] * 5 + [1] * 3 + [2] * 4
EFFICIENCY = [2.9, 3.0, 2.5, 2.6, 3.2, 3.8, 2.7, 4.0, 2.4, 2.8, 3.4, 3.7, 2.2, 2.0]
PATIENTS = [0] * 5 + [1] * 4 + [2] * 5


def test_bottle_caps():
    test = kruskal_wallis_test(CAPS, MACHINE)
    assert test.method == "exact"
    assert round(test.statistic, 3) == 5.656
    assert round(test.p_value, 3) == 0.049
    assert round(kruskal_wallis_test(CAPS, MACHINE, method="asymptotic").p_value, 3) == 0.059


def test_mucociliary_efficiency():
    assert round(kruskal_wallis_test(EFFICIENCY, PATIENTS).statistic, 3) == 0.771
