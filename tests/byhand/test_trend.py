"""Cochran-Armitage test, by listing tables on paper."""

from fractions import Fraction
from math import erfc, sqrt

import pytest

from autallo.errors import ArgumentError
from autallo.stats.contingency.trend import cochran_armitage_test

# Two patients in each of three categories, three in the first row. Of C(6, 3) = 20 ways,
# C(2, a) C(2, b) C(2, c) with scores 0, 1, 2 give the sum T = b + 2 c:
#   (2,1,0) T = 1: 2   (2,0,1) T = 2: 2   (1,2,0) T = 2: 2   (1,1,1) T = 3: 8
#   (0,2,1) T = 4: 2   (1,0,2) T = 4: 2   (0,1,2) T = 5: 2
# So 2, 4, 8, 4, 2 of 20 for T = 1 to 5, with expectation 3.


@pytest.mark.parametrize(
    ("first_row", "p_value", "p_less", "p_greater", "mid_p"),
    [
        ((2, 1, 0), 4, 2, 20, 2),
        ((2, 0, 1), 12, 6, 18, 8),
        ((1, 1, 1), 20, 14, 14, 16),
        ((1, 0, 2), 12, 18, 6, 8),
        ((0, 1, 2), 4, 20, 2, 2),
    ],
)
def test_two_patients_in_each_category(first_row, p_value, p_less, p_greater, mid_p):
    test = cochran_armitage_test([first_row, [2 - count for count in first_row]])
    found = (test.p_value, test.p_less, test.p_greater, test.mid_p, test.smallest_p)
    assert found == (p_value / 20, p_less / 20, p_greater / 20, mid_p / 20, 4 / 20)


def test_the_large_sample_statistic():
    """T = 5, expected 3; variance 1/2 x 1/2 x (2 + 8 - 6**2 / 6) = 1."""
    test = cochran_armitage_test([[0, 1, 2], [2, 1, 0]])
    assert test.statistic == pytest.approx(2, rel=1e-15)
    assert test.p_asymptotic == pytest.approx(erfc(sqrt(2)), rel=1e-14)
    assert cochran_armitage_test([[2, 1, 0], [0, 1, 2]]).statistic == pytest.approx(-2, rel=1e-15)


def test_decimal_scores_tie_as_decimals_do():
    """0.1 + 0.2 = 0.3: with scores 0.1, 0.2, 0.3 the sums (1, 1, 0) and (0, 0, 1) are one.

    One patient per category and two in the first row: sums 0.3, 0.4 and 0.5, 1 of 3 each. With
    four categories and 0.3 from two of them, two against one patient cannot be compared, so
    scores 0, 0.1, 0.2, 0.3: {0, 0.3} and {0.1, 0.2} both give 0.3, the expectation: p = 1.
    """
    inner = cochran_armitage_test([[0, 1, 1, 0], [1, 0, 0, 1]], scores=[0, 0.1, 0.2, 0.3])
    outer = cochran_armitage_test([[1, 0, 0, 1], [0, 1, 1, 0]], scores=[0, 0.1, 0.2, 0.3])
    assert inner.p_value == outer.p_value == 1.0
    assert inner.p_less == outer.p_less == float(Fraction(4, 6))


@pytest.mark.parametrize(
    ("table", "scores"),
    [
        ([[0, 0, 0], [1, 2, 3]], None),
        ([[0, 0, 0], [20_000, 1, 7]], None),
        ([[3, 0, 0], [2, 0, 0]], None),
        ([[1, 2], [3, 4]], [5, 5]),
        ([[10_000, 2], [3, 4]], [5, 5]),
    ],
)
def test_an_empty_row_or_one_score_says_nothing(table, scores):
    test = cochran_armitage_test(table, scores=scores)
    assert (test.statistic, test.p_asymptotic) == (None, None)
    assert (test.p_value, test.p_less, test.p_greater, test.smallest_p) == (1.0,) * 4
    assert test.mid_p == 0.5


@pytest.mark.parametrize(
    ("table", "budget"), [([[3, 5, 8], [14, 9, 4]], 100), ([[3000, 5000, 1], [1, 3000, 4]], 10**9)]
)
def test_too_many_tables_leave_the_large_sample_p(table, budget):
    test = cochran_armitage_test(table, budget=budget)
    assert (test.p_value, test.p_less, test.p_greater, test.mid_p, test.smallest_p) == (None,) * 5
    assert test.p_asymptotic is not None


@pytest.mark.parametrize(
    ("table", "scores", "sentence"),
    [
        ([[1, 2], [3, 4], [5, 6]], None, "`table` must have two rows."),
        ([[1, 2], [3, 4.5]], None, "`table` must be whole numbers"),
        ([[1, 2], [3, 2 * 10**9]], None, "`table` must hold at most"),
        ([[1, 2], [3, 4]], [1, 2, 3], "`scores` must hold one number for each column"),
        ([[1, 2], [3, 4]], [1, float("nan")], "`scores` must be finite"),
    ],
)
def test_other_tables_and_scores_are_refused(table, scores, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        cochran_armitage_test(table, scores=scores)
