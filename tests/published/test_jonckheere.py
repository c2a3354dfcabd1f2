"""Jonckheere-Terpstra test on printed data.

Pieces made by workers with no, rough and accurate information about their output (Hundal 1969;
Hollander and Wolfe, Nonparametric Statistical Methods, Wiley 1973): J is 79, for which their
table, made for untied values, gives 0.0231.
"""

from autallo.stats.ranks.jonckheere import jonckheere_test

NONE, ROUGH = [40, 35, 38, 43, 44, 41], [38, 40, 47, 44, 40, 42]
ACCURATE = [48, 40, 45, 43, 46, 44]


def test_pieces():
    test = jonckheere_test([*NONE, *ROUGH, *ACCURATE], [0] * 6 + [1] * 6 + [2] * 6)
    assert test.statistic == 79
    assert test.method == "exact"


def test_table_of_three_groups_of_six():
    """Neighbours of different groups are exchanged until 79 of the 108 pairs are left in order."""
    order = [0] * 6 + [1] * 6 + [2] * 6
    for _ in range(108 - 79):
        place = next(i for i in range(17) if order[i] < order[i + 1])
        order[place], order[place + 1] = order[place + 1], order[place]
    test = jonckheere_test(list(range(18)), order)
    assert test.statistic == 79
    assert round(test.p_rising, 4) == 0.0231
