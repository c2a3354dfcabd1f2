"""Kruskal-Wallis test, counted on paper."""

from fractions import Fraction
from math import comb, exp

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.ranks.kruskal_wallis import kruskal_wallis_test


def test_three_groups_of_two_that_follow_one_another():
    """Mean ranks 1.5, 3.5, 5.5 about 3.5: H = 5 * 2 (4 + 0 + 4) / 17.5 = 32/7.

    6 orders of the groups among the C(6, 2) C(4, 2) = 90 ways are as far apart.
    """
    test = kruskal_wallis_test([1, 2, 3, 4, 5, 6], [0, 0, 1, 1, 2, 2])
    assert (test.df, test.method, test.draws) == (2, "exact", 0)
    assert test.statistic == pytest.approx(32 / 7, rel=1e-14)
    assert test.p_value == pytest.approx(6 / 90, rel=1e-14)
    assert test.smallest_p == pytest.approx(6 / 90, rel=1e-14)


def test_chi_squared_with_two_degrees_of_freedom():
    """Its upper tail is exp(-H / 2)."""
    test = kruskal_wallis_test([1, 2, 3, 4, 5, 6], [0, 0, 1, 1, 2, 2], method="asymptotic")
    assert test.p_value == pytest.approx(exp(-16 / 7), rel=1e-14)
    assert (test.method, test.smallest_p) == ("asymptotic", None)


def test_ties():
    """1 | 1 2 | 2: ranks 1.5, 1.5 and 3.5, 3.5 about 2.5; all have square 1, sum 4.

    Group means 1.5, 2.5, 3.5: H = 3 (1 + 0 + 1) / 4. Of the 12 ways to deal a a b b to groups of
    1, 2 and 1 both single patients are alike in 4, with means of -1, +1, -1: H is 3 (1 + 2 + 1)
    / 4 = 3; unlike in 8, H = 1.5: all 12 are as far, 4 are farthest.
    """
    test = kruskal_wallis_test([1, 1, 2, 2], [0, 1, 1, 2])
    assert test.statistic == pytest.approx(1.5, rel=1e-14)
    assert test.p_value == 1.0
    assert test.smallest_p == pytest.approx(4 / 12, rel=1e-14)


def test_two_groups():
    """3 against 2 that lie apart: 2 of 10 ways, the two-sided Mann-Whitney p."""
    test = kruskal_wallis_test([4, 5, 6, 1, 2], [0, 0, 0, 1, 1])
    assert test.p_value == pytest.approx(2 / comb(5, 2), rel=1e-14)


@pytest.mark.parametrize("method", [None, "exact", "asymptotic"])
def test_all_values_tied(method):
    test = kruskal_wallis_test([5] * 5, [0, 0, 1, 2, 2], method=method)
    assert (test.statistic, test.p_value) == (0.0, 1.0)


def test_drawn_p_is_never_zero():
    """30 against 30 that lie apart: no draw reaches it, p is 1 / (draws + 1)."""
    rng = np.random.default_rng(3)
    test = kruskal_wallis_test(
        range(60), [0] * 30 + [1] * 30, method="monte_carlo", draws=99, rng=rng
    )
    assert (test.p_value, test.smallest_p, test.draws) == (0.01, 0.01, 99)


@pytest.mark.parametrize(("n", "moved"), [(1030, 0), (1100, 20), (1150, 60)])
def test_more_arrangements_than_a_floating_point_number_holds(n, moved):
    """Two groups of n / 2 with two values: the number of ones in the first is hypergeometric."""
    half = n // 2
    ones = half // 2 - moved
    values = [1] * ones + [0] * (half - ones) + [0] * ones + [1] * (half - ones)
    test = kruskal_wallis_test(values, [0] * half + [1] * half)
    far = abs(2 * ones - half)
    ways = [comb(half, k) ** 2 for k in range(half + 1) if abs(2 * k - half) >= far]
    assert test.method == "exact"
    # 1e-11: chances are sums of products of more than a thousand factors.
    expected = Fraction(sum(ways), comb(n, half))
    assert test.p_value == pytest.approx(float(expected), rel=1e-11)
    assert 0 < test.smallest_p < 1e-300


@pytest.mark.parametrize(
    ("values", "group", "options", "sentence"),
    [
        ([1, 2], [0, 0], {}, "`group` must hold at least two groups"),
        ([1, 2, 3], [0, 1], {}, "`values` and `group` must have the same length"),
        ([1, 2], [0, 2], {}, "`group` must use every code"),
        ([1, 2], [0, 1], {"method": "drawn"}, "`method` must be"),
        ([1, 2], [0, 1], {"draws": 0}, "`draws` must be a whole number of at least 1"),
        ([1, 2], [0, 1], {"method": "monte_carlo"}, "`rng` must be given"),
        (range(60), [0, 1, 2] * 20, {"method": "exact"}, "too many arrangements"),
        (range(60), [0, 1, 2] * 20, {}, "`rng` must be given"),
    ],
)
def test_impossible_arguments_are_refused(values, group, options, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        kruskal_wallis_test(values, group, **options)
