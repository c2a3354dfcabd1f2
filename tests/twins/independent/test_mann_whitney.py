"""Mann-Whitney test against every arrangement, written without knowledge of the module."""

import random
from fractions import Fraction

import pytest

from autallo.stats.ranks.mann_whitney import mann_whitney_test
from twins.independent.slow_mann_whitney import mann_whitney, midranks


def compare(x, y):
    mine = mann_whitney(x, y)
    test = mann_whitney_test(x, y)
    assert test.statistic == float(mine.statistic), (x, y)
    assert test.p_value == pytest.approx(float(mine.p_value), rel=1e-12), (x, y)
    assert test.p_less == pytest.approx(float(mine.p_less), rel=1e-12), (x, y)
    assert test.p_greater == pytest.approx(float(mine.p_greater), rel=1e-12), (x, y)


def test_the_slow_one_by_hand():
    assert midranks([3, 1, 3, 2]) == [Fraction(7, 2), 1, Fraction(7, 2), 2]
    # Of 10 arrangements the observed is the highest, and it has one mirror image.
    answer = mann_whitney([4, 5, 6], [1, 2])
    assert answer == (6, Fraction(2, 10), 1, Fraction(1, 10))
    # Ranks 1.5, 1.5, 3: the single patient of the first group has 1.5 in two of three ways.
    answer = mann_whitney([1], [1, 2])
    assert answer == (Fraction(1, 2), 1, Fraction(2, 3), 1)


@pytest.mark.parametrize("most", [1, 2, 4, 1000])
def test_small_groups(most):
    draw = random.Random(most)
    for _ in range(60):
        n, m = draw.randint(1, 6), draw.randint(1, 6)
        compare(
            [draw.randint(0, most) for _ in range(n)], [draw.randint(0, most) for _ in range(m)]
        )


def test_groups_that_differ_much_in_size():
    draw = random.Random(152)
    for n, m in [(2, 15), (15, 2), (3, 14), (1, 17), (8, 8), (5, 11)]:
        compare([draw.randint(0, 9) for _ in range(n)], [draw.randint(3, 12) for _ in range(m)])


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([1], [1]),
        ([1], [2]),
        ([2, 2, 2], [2, 2]),  # all tied
        ([0, 0, 0, 5], [0, 0, 0, 0]),  # all but one tied
        ([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]),  # apart
        ([-1.5, 0.25, 1e300], [-1e300, 0.25]),
        ([0.1 + 0.2, 1.0], [0.3, 2.0]),  # 0.1 + 0.2 is not 0.3: no tie
    ],
)
def test_extremes(x, y):
    compare(x, y)
