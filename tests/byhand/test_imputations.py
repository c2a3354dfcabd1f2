"""Rubin's rules worked in fractions."""

import math
from fractions import Fraction

import pytest

from autallo.errors import ArgumentError
from autallo.stats.resampling.imputations import pool_imputations, pooled_test


def test_three_data_sets():
    # Estimates 1, 2, 3: mean 2, between 1; within 4. Total 4 + 4/3; r = (4/3) / 4 = 1/3;
    # lambda = 1/4; degrees of freedom (3 - 1) x 16 = 32.
    pooled = pool_imputations([1, 2, 3], [3, 4, 5])
    assert (pooled.estimate, pooled.within, pooled.between) == (2, 4, 1)
    assert pooled.total == pytest.approx(float(Fraction(16, 3)), rel=1e-12)
    assert pooled.variance_increase == pytest.approx(1 / 3, rel=1e-12)
    assert pooled.df == pytest.approx(32, rel=1e-12)
    missing = (Fraction(1, 3) + Fraction(2, 35)) / Fraction(4, 3)
    assert pooled.missing_information == pytest.approx(float(missing), rel=1e-12)
    assert pooled.relative_efficiency == pytest.approx(float(1 / (1 + missing / 3)), rel=1e-12)
    assert pooled.statistic == pytest.approx(2 / math.sqrt(16 / 3), rel=1e-12)
    assert pooled.imputations == 3


def test_degrees_of_freedom_of_a_small_complete_data_set():
    # As above with 10: observed (11/13) x 10 x (1 - 1/4) = 165/26; 1 / (1/32 + 26/165)
    pooled = pool_imputations([1, 2, 3], [3, 4, 5], complete_df=10)
    assert pooled.df == pytest.approx(float(1 / (Fraction(1, 32) + Fraction(26, 165))), rel=1e-12)
    missing = (1 / 3 + 2 / (pooled.df + 3)) / (4 / 3)
    assert pooled.missing_information == pytest.approx(missing, rel=1e-12)


def test_limits_on_two_degrees_of_freedom():
    # Estimates 0 and 2: between 2, so r = 3 / within -> infinity and df -> (2 - 1) x 1; the p of t
    # on one degree of freedom is 1 - 2 atan(t) / pi
    pooled = pool_imputations([0, 2], [1e-14, 1e-14])
    assert pooled.df == pytest.approx(1, rel=1e-12)
    t = 1 / math.sqrt(3)
    assert pooled.p_value == pytest.approx(1 - 2 * math.atan(t) / math.pi, rel=1e-10)
    reach = math.tan(math.pi * 0.95 / 2) * math.sqrt(3)
    assert (pooled.low, pooled.high) == pytest.approx((1 - reach, 1 + reach), rel=1e-10)


def test_nothing_missing():
    # equal estimates: normal limits, or t with (nu + 1) / (nu + 3) of the degrees of freedom
    pooled = pool_imputations([2.5, 2.5, 2.5], [4, 4, 4])
    assert (pooled.between, pooled.total, pooled.variance_increase) == (0, 4, 0)
    assert (pooled.df, pooled.missing_information) == (math.inf, 0)
    assert pooled.p_value == pytest.approx(math.erfc(1.25 / math.sqrt(2)), rel=1e-12)
    assert pooled.high == pytest.approx(2.5 + 2 * 1.959963984540054, rel=1e-12)
    small = pool_imputations([2.5, 2.5, 2.5], [4, 4, 4], complete_df=9)
    assert small.df == pytest.approx(7.5, rel=1e-12)


def test_two_numbers_at_once():
    # Three data sets, both variances 1, no covariance: U = 1, B = diag(1, 1/4);
    # r = (4/3) (1 + 1/4) / 2 = 5/6; means 2 and 3/2: D1 = (4 + 9/4) / (2 (1 + 5/6)) = 75/44.
    # t = 4: 4 (1 + 1/2) (1 + 6/5)^2 / 2
    identity = [[1, 0], [0, 1]]
    test = pooled_test([[1, 1], [2, 1.5], [3, 2]], [identity] * 3)
    assert test.variance_increase == pytest.approx(5 / 6, rel=1e-12)
    assert test.statistic == pytest.approx(75 / 44, rel=1e-12)
    assert test.df_error == pytest.approx(float(3 * Fraction(11, 5) ** 2), rel=1e-12)
    # F on 2 and m degrees of freedom: (1 + 2 F / m)^(-m/2)
    m = test.df_error
    assert test.p_value == pytest.approx((1 + 2 * test.statistic / m) ** (-m / 2), rel=1e-10)
    assert (test.df, test.imputations) == (2, 3)
    shifted = pooled_test([[1, 1], [2, 1.5], [3, 2]], [identity] * 3, null=[2, 1.5])
    assert (shifted.statistic, shifted.p_value) == (0, 1)


def test_more_data_sets_have_the_other_degrees_of_freedom():
    # four data sets of two numbers, t = 6: 4 + 2 (1 + (2/3) / r)^2
    identity = [[1, 0], [0, 1]]
    test = pooled_test([[0, 0], [1, 2], [2, 0], [1, 2]], [identity] * 4)
    # B: 2/3 and 4/3; r = (5/4) (2) / 2 = 5/4
    assert test.df_error == pytest.approx(float(4 + 2 * (1 + Fraction(8, 15)) ** 2), rel=1e-12)


def test_equal_estimates_have_a_chi_squared_test():
    # D1 times 2 is chi-squared on 2: exp(-x / 2)
    test = pooled_test([[1, 2]] * 3, [[[1, 0], [0, 4]]] * 3)
    assert (test.statistic, test.df_error) == (1, math.inf)
    assert test.p_value == pytest.approx(math.exp(-1), rel=1e-12)


@pytest.mark.parametrize(
    ("given", "options", "sentence"),
    [
        (([1], [1]), {}, "at least two"),
        (([1, 2], [1]), {}, "same length"),
        (([1, 2], [1, 0]), {}, "`variances` must be above 0"),
        (([1, math.nan], [1, 1]), {}, "`estimates` must be finite"),
        (([1, 2], [1, 1]), {"complete_df": 0}, "`complete_df` must be above 0"),
        (([1, 2], [1, 1]), {"complete_df": math.nan}, "`complete_df` must be above 0"),
        (([1, 2], [1, 1]), {"level": 95}, "`level` must be"),
    ],
)
def test_wrong_input_is_refused(given, options, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        pool_imputations(*given, **options)


@pytest.mark.parametrize(
    ("estimates", "covariances", "options", "sentence"),
    [
        ([[1, 2]], [[[1, 0], [0, 1]]], {}, "at least two"),
        ([1, 2], [[[1]], [[1]]], {}, "`estimates` must be a table"),
        ([[1, 2], [3]], [[[1]], [[1]]], {}, "rows of the same length"),
        ([[1], [2]], [[1], [1]], {}, "`covariances` must be one symmetric matrix"),
        ([[1, 2]] * 2, [[[1, 0.5], [0, 1]]] * 2, {}, "one symmetric matrix"),
        ([[1, 2]] * 2, [[[1]]] * 2, {}, r"must have the shape \(2, 2, 2\)"),
        ([[1, 2]] * 2, [[[1, 1], [1, 1]]] * 2, {}, "without an exact relation"),
        ([[1, 2]] * 2, [[[1, 0], [0, 0]]] * 2, {}, "without an exact relation"),
        ([[1, math.inf]] * 2, [[[1, 0], [0, 1]]] * 2, {}, "`estimates` must be finite"),
        ([[1, 2]] * 2, [[[1, 0], [0, 1]]] * 2, {"null": [0]}, r"`null` must hold 2"),
    ],
)
def test_a_test_of_what_does_not_fit_is_refused(estimates, covariances, options, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        pooled_test(estimates, covariances, **options)
