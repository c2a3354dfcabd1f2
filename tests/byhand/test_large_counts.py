"""The path of large tables, on tables so small or so even that it can be seen by hand."""

from fractions import Fraction

import pytest

from autallo.errors import ArgumentError
from autallo.stats.contingency.large_counts import binomial_p_values, hypergeometric_p_values


@pytest.mark.parametrize(
    ("cell", "p_value", "p_less", "p_greater", "mid_p"),
    [(0, 1, 1, 10, 0.5), (1, 10, 7, 9, 7), (2, 4, 10, 3, 2.5)],
)
def test_chances_of_1_to_6_to_3(cell, p_value, p_less, p_greater, mid_p):
    """Groups of 3 and 2 patients with 2 events, of 10 ways."""
    test = hypergeometric_p_values(3, 2, 2, cell)
    expected = [p / 10 for p in (p_value, p_less, p_greater, mid_p, 1)]
    found = [test.p_value, test.p_less, test.p_greater, test.mid_p, test.smallest_p]
    assert found == pytest.approx(expected, rel=1e-14)


def test_one_of_two_among_two_thousand_million():
    """1 of 2 events in the first of two groups of m: m**2 of m (2 m - 1) ways, 2 events in one

    group m (m - 1) / 2 ways each.
    """
    m = 10**9
    middle, outside = Fraction(m, 2 * m - 1), Fraction(m - 1, 2 * (2 * m - 1))
    one, two = hypergeometric_p_values(m, m, 2, 1), hypergeometric_p_values(m, m, 2, 2)
    assert one.p_value == 1.0
    assert one.mid_p == pytest.approx(float(1 - middle / 2), rel=1e-15)
    assert two.p_value == two.smallest_p == pytest.approx(float(2 * outside), rel=1e-15)
    assert two.mid_p == pytest.approx(float(outside), rel=1e-15)


def test_one_table_only():
    test = hypergeometric_p_values(5, 0, 3, 3)
    assert (test.p_value, test.p_less, test.p_greater, test.smallest_p) == (1.0,) * 4
    assert test.mid_p == 0.5


@pytest.mark.parametrize(
    ("first", "second", "p_value", "p_less", "p_greater", "mid_p"),
    [
        (3, 1, Fraction(10, 16), Fraction(15, 16), Fraction(5, 16), Fraction(6, 16)),
        (0, 3, Fraction(2, 8), Fraction(1, 8), Fraction(1), Fraction(1, 8)),
        (2, 2, Fraction(1), Fraction(11, 16), Fraction(11, 16), Fraction(13, 16)),
        (0, 0, Fraction(1), Fraction(1), Fraction(1), Fraction(1, 2)),
    ],
)
def test_pairs(first, second, p_value, p_less, p_greater, mid_p):
    """4 pairs: 1, 4, 6, 4, 1 of 16; 3 pairs: 1, 3, 3, 1 of 8."""
    test = binomial_p_values(first, second)
    expected = [float(p) for p in (p_value, p_less, p_greater, mid_p)]
    found = [test.p_value, test.p_less, test.p_greater, test.mid_p]
    assert found == pytest.approx(expected, rel=1e-14)
    assert test.smallest_p == pytest.approx(min(1, 2 / 2 ** (first + second)), rel=1e-14)


@pytest.mark.parametrize("cell", [-1, 3])
def test_impossible_cells_are_refused(cell):
    with pytest.raises(ArgumentError, match="`cell` must be possible"):
        hypergeometric_p_values(3, 2, 2, cell)


@pytest.mark.parametrize("pairs", [(-1, 2), (2, -1)])
def test_negative_pairs_are_refused(pairs):
    with pytest.raises(ArgumentError, match="must be at least 0"):
        binomial_p_values(*pairs)
