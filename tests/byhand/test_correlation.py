"""Rank correlations, counted on paper."""

from math import atanh, factorial, sqrt, tanh

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.ranks.correlation import kendall_test, spearman_test

Z = 1.959963984540054
FOUR = [1, 2, 3, 4]


def test_spearman_of_four():
    """Squared distances of 24 orders: 0 in 1 way, 2 in 3, and as many at the other end.

    One exchange of neighbours: sum 2, r = 1 - 6 * 2 / 60 = 0.8; 2 (1 + 3) of 24 are as far.
    """
    test = spearman_test(FOUR, [2, 1, 3, 4])
    assert test.method == "exact"
    assert test.estimate == pytest.approx(0.8, rel=1e-15)
    assert test.p_value == pytest.approx(8 / 24, rel=1e-15)
    assert test.smallest_p == pytest.approx(2 / 24, rel=1e-15)
    reach = Z * sqrt(1 + 0.32)
    limits = [tanh(atanh(0.8) - reach), tanh(atanh(0.8) + reach)]
    assert [test.low, test.high] == pytest.approx(limits, rel=1e-12)


def test_kendall_of_four():
    """Inversions of 24 orders: 1 3 5 6 5 3 1. One inversion: S = 5 - 1 = 4, 2 (1 + 3) as far.

    Four patients give no interval.
    """
    test = kendall_test(FOUR, [2, 1, 3, 4])
    assert (test.statistic, test.method) == (4, "exact")
    assert test.estimate == pytest.approx(4 / 6, rel=1e-15)
    assert test.score == pytest.approx(4 / sqrt(26 / 3), rel=1e-14)
    assert test.p_value == pytest.approx(8 / 24, rel=1e-15)
    assert test.smallest_p == pytest.approx(2 / 24, rel=1e-15)
    assert (test.low, test.high) == (None, None)


def test_kendall_interval_of_five():
    """S = 6 of 10; the spread is sqrt(0.437 / (5 - 4))."""
    test = kendall_test([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])
    limits = [tanh(atanh(0.6) + side * Z * sqrt(0.437)) for side in (-1, 1)]
    assert [test.low, test.high] == pytest.approx(limits, rel=1e-12)


def test_ties():
    """1 1 2 with 1 2 3: the 2 meets 1, 2 or 3, one third each; S is -2, 0 or 2.

    Centred ranks -1/2 -1/2 1 with -1 0 1: products 3/2, 0, -3/2; r = 3/2 / sqrt(3/2 * 2).
    """
    kendall, spearman = kendall_test([1, 1, 2], [1, 2, 3]), spearman_test([1, 1, 2], [1, 2, 3])
    assert kendall.estimate == pytest.approx(2 / sqrt(2 * 3), rel=1e-15)
    assert spearman.estimate == pytest.approx(1.5 / sqrt(3), rel=1e-15)
    assert kendall.p_value == spearman.p_value == pytest.approx(2 / 3, rel=1e-15)


@pytest.mark.parametrize("call", [spearman_test, kendall_test])
def test_perfect_order_has_no_interval(call):
    test = call([3, 1, 2, 5, 4], [30, 10, 20, 50, 40])
    assert (test.estimate, test.low, test.high) == (1.0, None, None)
    assert test.p_value == pytest.approx(2 / factorial(5), rel=1e-15)


def test_perfect_order_where_the_approximation_would_say_0():
    """30 values as they are or in reverse; 1 2 2 has another reverse, and 2 ways to stand."""
    untied = spearman_test(range(30), range(30), method="asymptotic")
    assert untied.p_value == pytest.approx(2 / factorial(30), rel=1e-14)
    tied = spearman_test([1, 2, 2], [1, 2, 2], method="asymptotic")
    assert tied.p_value == pytest.approx(2 / 6, rel=1e-14)


@pytest.mark.parametrize("method", [None, "asymptotic"])
@pytest.mark.parametrize("call", [spearman_test, kendall_test])
@pytest.mark.parametrize(("x", "y"), [([1, 1, 1], [1, 2, 3]), ([2], [1])])
def test_nothing_to_correlate(call, x, y, method):
    test = call(x, y, method=method)
    assert (test.estimate, test.low, test.high, test.p_value) == (None, None, None, 1.0)


def test_t_with_two_degrees_of_freedom():
    """r = 0.8 of four: T = 0.8 sqrt(2 / 0.36), beyond it with 1 - T / sqrt(2 + T**2) = 1 - r."""
    test = spearman_test(FOUR, [2, 1, 3, 4], method="asymptotic")
    assert test.p_value == pytest.approx(0.2, rel=1e-13)
    assert test.smallest_p is None


@pytest.mark.parametrize("call", [spearman_test, kendall_test])
@pytest.mark.parametrize(
    ("x", "y", "options", "sentence"),
    [
        ([1, 2, 3], [0, 1], {}, "`x` and `y` must have the same length"),
        ([1, 2], [0, 1], {"method": "drawn"}, "`method` must be"),
        ([1, 2], [0, 1], {"level": 1}, "`level` must be between 0 and 1"),
        ([1, 2], [0, 1], {"draws": 0}, "`draws` must be a whole number of at least 1"),
        (range(400), range(400), {"method": "exact"}, "too many arrangements"),
        (range(400), range(400), {}, "`rng` must be given"),
    ],
)
def test_impossible_arguments_are_refused(call, x, y, options, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        call(x, y, **options)


@pytest.mark.parametrize("call", [spearman_test, kendall_test])
def test_the_error_of_a_drawn_p_is_that_of_a_share_of_draws(call):
    x, y = [1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 6, 5]
    test = call(x, y, method="monte_carlo", draws=500, rng=np.random.default_rng(3))
    assert 0 < test.p_value < 0.5
    assert test.standard_error == pytest.approx(sqrt(test.p_value * (1 - test.p_value) / 500))
    assert call(x, y).standard_error == 0
