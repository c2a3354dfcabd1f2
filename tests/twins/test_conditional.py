"""Twin of the p-values from whole numbers: every arrangement of the patients, one by one."""

from fractions import Fraction
from itertools import combinations

import pytest

from autallo.stats.contingency.conditional import conditional_p_values, hypergeometric_weights


def arrangements(row, other, column):
    """Deal the events to the patients in every way and count those of the first group."""
    counted = {}
    for events in combinations(range(row + other), column):
        inside = sum(patient < row for patient in events)
        counted[inside] = counted.get(inside, 0) + 1
    return counted


@pytest.mark.parametrize("row", range(8))
@pytest.mark.parametrize("other", range(6))
def test_every_table_of_two_small_groups(row, other):
    for column in range(row + other + 1):
        counted = arrangements(row, other, column)
        total = sum(counted.values())
        weights = hypergeometric_weights(row, other, column)
        for place, inside in enumerate(sorted(counted)):
            test = conditional_p_values(weights, place)
            rarer = [n for n in counted.values() if n < counted[inside]]
            equal = [n for n in counted.values() if n == counted[inside]]
            assert test.p_value == float(Fraction(sum(rarer) + sum(equal), total))
            assert test.mid_p == float(Fraction(2 * sum(rarer) + sum(equal), 2 * total))
            less = sum(n for k, n in counted.items() if k <= inside)
            greater = sum(n for k, n in counted.items() if k >= inside)
            assert test.p_less == float(Fraction(less, total))
            assert test.p_greater == float(Fraction(greater, total))
            assert test.probability == float(Fraction(counted[inside], total))
