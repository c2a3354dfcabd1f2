"""Standardised differences in closed form."""

from fractions import Fraction
from math import sqrt

import pytest

from autallo.errors import ArgumentError
from autallo.stats.confounding.standardised import (
    standardised_difference,
    standardised_difference_categories,
)

NORMAL_975 = 1.959963984540054


def test_two_groups_of_three():
    """2 4 6 against 1 3 5: means 4 and 3, both variances 4, so d = 1 / 2.

    Squared error 6 / 9 + (1 / 4) / 12 = 11 / 16.
    """
    difference = standardised_difference([2, 4, 6], [1, 3, 5])
    margin = NORMAL_975 * sqrt(11 / 16)
    assert difference.estimate == pytest.approx(0.5, rel=1e-14)
    assert difference.low == pytest.approx(0.5 - margin, rel=1e-12)
    assert difference.high == pytest.approx(0.5 + margin, rel=1e-12)
    assert difference.level == 0.95


def test_variances_are_averaged_not_pooled():
    """0 2 against 0 0 0 8: means 1 and 2, variances 2 and 16, so d = -1 / sqrt(9)."""
    assert standardised_difference([0, 2], [0, 0, 0, 8]).estimate == pytest.approx(
        -1 / 3, rel=1e-14
    )


def test_two_categories():
    """6 of 10 against 3 of 10: 0.3 / sqrt((0.24 + 0.21) / 2) = 0.3 / sqrt(0.225)."""
    difference = standardised_difference_categories([6, 4], [3, 7])
    assert difference.estimate == pytest.approx(0.3 / sqrt(0.225), rel=1e-14)
    assert difference.low == pytest.approx(
        difference.estimate - NORMAL_975 * sqrt(20 / 100 + 0.4 / 40), rel=1e-12
    )
    swapped = standardised_difference_categories([3, 7], [6, 4])
    assert swapped.estimate == pytest.approx(-0.3 / sqrt(0.225), rel=1e-14)


def test_three_categories():
    """Shares 2/4 1/4 1/4 against 1/4 2/4 1/4. Without the third: shift (1, -1) / 4,

    covariance of both variances 7/32 and -1/8. The shift is an eigenvector, of eigenvalue
    7/32 + 4/32 = 11/32, so d**2 = (2 / 16) / (11 / 32) = 4 / 11.
    """
    difference = standardised_difference_categories([2, 1, 1], [1, 2, 1])
    assert difference.estimate == pytest.approx(2 / sqrt(11), rel=1e-14)
    assert difference.low == 0.0
    error = sqrt(8 / 16 + (4 / 11) / 16)
    assert difference.high == pytest.approx(2 / sqrt(11) + NORMAL_975 * error, rel=1e-12)


def test_equal_constant_values_do_not_differ():
    difference = standardised_difference([0.1, 0.1, 0.1], [0.1])
    assert difference.estimate == 0.0
    assert difference.high == pytest.approx(NORMAL_975 * sqrt(4 / 3), rel=1e-12)
    assert standardised_difference_categories([3, 0, 0], [5, 0, 0]).estimate == 0.0
    assert standardised_difference_categories([0, 3], [0, 5]).estimate == 0.0


@pytest.mark.parametrize(
    ("x", "y"), [([0.1, 0.1, 0.1], [0.3, 0.3, 0.3]), ([1], [1, 2, 3]), ([1, 2], [4])]
)
def test_without_spread_no_standardised_difference(x, y):
    difference = standardised_difference(x, y)
    assert (difference.estimate, difference.low, difference.high) == (None, None, None)


@pytest.mark.parametrize(("x", "y"), [([3, 0], [0, 4]), ([3, 2, 0, 0], [0, 0, 1, 4])])
def test_groups_without_a_common_category_are_infinitely_far_apart(x, y):
    difference = standardised_difference_categories(x, y)
    assert (difference.estimate, difference.low, difference.high) == (None, None, None)


@pytest.mark.parametrize(
    ("x", "y", "sentence"),
    [
        ([1, 2, 3], [1, 2], "must have the same length"),
        ([3], [4], "at least two categories"),
        ([0, 0], [1, 2], "at least one patient"),
        ([0.5, 1], [1, 2], "whole numbers"),
    ],
)
def test_impossible_counts_are_refused(x, y, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        standardised_difference_categories(x, y)


def test_an_empty_group_is_refused():
    with pytest.raises(ArgumentError, match="`y` must be one list of values, at least one"):
        standardised_difference([1, 2], [])


@pytest.mark.parametrize("unit", [1e-320, 1e-200, 1, 1e200, 1e307])
def test_a_unit_changes_nothing_however_large_or_small(unit):
    """1 2 against 3 1: means 3/2 and 2, variances 1/2 and 2, so d = -1/2 / sqrt(5/4)."""
    difference = standardised_difference([unit, 2 * unit], [3 * unit, unit])
    margin = NORMAL_975 * sqrt(1 + 1 / 40)
    rel = 1e-12 if unit > 1e-300 else 1e-3  # so small a number has four digits
    assert difference.estimate == pytest.approx(-1 / sqrt(5), rel=rel)
    assert difference.low == pytest.approx(-1 / sqrt(5) - margin, rel=rel)


def test_groups_that_are_almost_constant_lie_far_apart():
    """1 1 against u 2u: variances 0 and u**2 / 2, so d = 2 / u but for a share of u."""
    assert standardised_difference([1, 1], [1e-200, 2e-200]).estimate == pytest.approx(
        2e200, rel=1e-12
    )
    far = standardised_difference([1e300, 1e300], [1e-200, 2e-200])
    assert (far.estimate, far.low, far.high) == (None, None, None)


def test_one_patient_in_each_group():
    """Equal values: 0, with a squared error of 2. Other values: no spread to measure in."""
    equal = standardised_difference([5], [5])
    assert (equal.estimate, equal.high) == (0, pytest.approx(NORMAL_975 * sqrt(2), rel=1e-12))
    assert standardised_difference([5], [6]).estimate is None


@pytest.mark.parametrize("n", [10**6, 10**9])
def test_two_categories_of_very_many_patients(n):
    """n and 1 against 1 and n: p = n / (n + 1) and 1 - p, d = (2 p - 1) / sqrt(p (1 - p))."""
    p = Fraction(n, n + 1)
    difference = standardised_difference_categories([n, 1], [1, n])
    assert difference.estimate == pytest.approx((2 * p - 1) / sqrt(p * (1 - p)), rel=1e-12)
    assert standardised_difference_categories([1, n], [n, 1]).estimate == -difference.estimate
