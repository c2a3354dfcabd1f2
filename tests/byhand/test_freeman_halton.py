"""Freeman-Halton test, by listing tables on paper."""

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.contingency.freeman_halton import freeman_halton_test

# First row of 3, second of 4, columns of 3, 2 and 2. Of C(7, 3) = 35 ways to choose the first
# row, C(3, a) C(2, b) C(2, c) give (a, b, c):
#   (1,1,1) 12   (2,1,0) 6   (2,0,1) 6   (1,2,0) 3   (1,0,2) 3   (0,2,1) 2   (0,1,2) 2   (3,0,0) 1


@pytest.mark.parametrize(
    ("first_row", "ways"),
    [((1, 1, 1), 35), ((2, 1, 0), 23), ((1, 0, 2), 11), ((0, 2, 1), 5), ((3, 0, 0), 1)],
)
def test_two_rows_and_three_columns(first_row, ways):
    """The ways of all tables that are not more frequent, of 35."""
    second_row = np.array([3, 2, 2]) - first_row
    test = freeman_halton_test([first_row, second_row])
    assert test.p_value == pytest.approx(ways / 35, rel=1e-13)
    assert (test.method, test.draws, test.standard_error) == ("exact", None, None)


@pytest.mark.parametrize(
    ("table", "ways"),
    [
        ([[2, 0, 0], [0, 2, 0], [0, 0, 2]], 6),
        ([[0, 2, 0], [1, 0, 1], [1, 0, 1]], 42),
        ([[1, 1, 0], [0, 1, 1], [1, 0, 1]], 90),
    ],
)
def test_three_by_three_with_margins_of_two(table, ways):
    """Of 6! / 2!**3 = 90 ways: 6 tables of three 2s (1 way each), 9 of one 2 (4 ways each)

    and 6 of no 2 (8 ways each); 6 + 36 + 48 = 90.
    """
    assert freeman_halton_test(table).p_value == pytest.approx(ways / 90, rel=1e-13)


@pytest.mark.parametrize(
    "table", [[[3, 4, 5]], [[3], [4]], [[3, 4, 5], [0, 0, 0]], [[0, 3], [0, 4]], [[0, 0], [0, 0]]]
)
def test_one_row_or_one_column_says_nothing(table):
    assert freeman_halton_test(table).p_value == 1.0


def test_r169_too_large_to_count_needs_random_numbers():
    with pytest.raises(ArgumentError, match="`rng` must be given"):
        freeman_halton_test([[9, 8, 7], [3, 8, 5]], budget=3)


def test_r170_a_drawn_p_is_never_zero():
    """None of 999 drawn tables is as extreme as 40 against 40 apart: p = 1 / 1000."""
    table = [[40, 0, 0], [0, 20, 20]]
    test = freeman_halton_test(table, budget=0, draws=999, rng=np.random.default_rng(1))
    assert (test.p_value, test.method, test.draws) == (0.001, "monte_carlo", 999)
    assert test.standard_error == pytest.approx((0.001 * 0.999 / 999) ** 0.5, rel=1e-12)
    assert test.low == 0.0
    # None of 999 with probability 0.005: (1 - high)**999 = 0.005.
    assert test.high == pytest.approx(1 - 0.005 ** (1 / 999), rel=1e-12)


def test_a_table_that_every_draw_reaches():
    """One patient per row and column: all tables are as probable, p = 1; low**99 = 0.005."""
    test = freeman_halton_test(
        np.eye(3, dtype=int), budget=0, draws=99, rng=np.random.default_rng(1)
    )
    assert (test.p_value, test.standard_error, test.high) == (1.0, 0.0, 1.0)
    assert test.low == pytest.approx(0.005 ** (1 / 99), rel=1e-12)


@pytest.mark.parametrize(
    ("table", "draws", "sentence"),
    [
        ([1, 2], 10, "2 dimension"),
        ([[1, -2]], 10, "at least 0"),
        ([[1, 2.5]], 10, "whole numbers"),
        ([[1, 2]], 0, "`draws` must be"),
        ([[10**9, 2, 3], [1, 2, 3]], 10, "`table` must hold at most"),
    ],
)
def test_impossible_arguments_are_refused(table, draws, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        freeman_halton_test(table, draws=draws)


def test_a_counted_p_below_the_smallest_number_is_0():
    """Two thousand against two thousand on the diagonal: of the order of 1e-1200."""
    test = freeman_halton_test([[2000, 1], [1, 3], [2, 2000]])
    assert (test.p_value, test.method) == (0, "exact")
