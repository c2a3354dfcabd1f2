"""Mann-Whitney test by dealing the observed midranks in every possible way.

Under the null hypothesis each choice of the patients who form the first group is equally
probable; W is the sum of their ranks, and tied values share the mean of their ranks.
"""

from fractions import Fraction
from itertools import combinations
from typing import NamedTuple


class Answer(NamedTuple):
    """Mann-Whitney statistic of the first group, and the three exact p-values."""

    statistic: Fraction
    p_value: Fraction
    p_less: Fraction
    p_greater: Fraction


def midranks(values):
    """Rank each value: those below it, and half of the others that equal it, and itself."""
    ranks = []
    for mine in values:
        below = sum(1 for other in values if other < mine)
        equal = sum(1 for other in values if other == mine)
        ranks.append(Fraction(below) + Fraction(equal + 1, 2))
    return ranks


def mann_whitney(x, y):
    """Test whether the first group tends to larger (greater) or smaller (less) values."""
    n = len(x)
    ranks = midranks([*x, *y])
    observed = sum(ranks[:n])
    expected = Fraction(n * (len(ranks) + 1), 2)
    every = far = low = high = 0
    for chosen in combinations(ranks, n):
        w = sum(chosen)
        every += 1
        far += abs(w - expected) >= abs(observed - expected)
        low += w <= observed
        high += w >= observed
    return Answer(
        statistic=observed - Fraction(n * (n + 1), 2),
        p_value=Fraction(far, every),
        p_less=Fraction(low, every),
        p_greater=Fraction(high, every),
    )
