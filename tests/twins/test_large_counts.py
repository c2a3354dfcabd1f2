"""Twin of the path of large tables: factorials by adding logarithms, tails term by term."""

from decimal import Context, Decimal, localcontext
from fractions import Fraction
from math import comb

import pytest

from autallo.stats.contingency.fisher import fisher_test
from autallo.stats.contingency.large_counts import binomial_p_values, hypergeometric_p_values


def whole_number_p(row, other, column, cell):
    """Return p from the ways to every table, all written out: hundreds of digits each."""
    fewest, most = max(0, column - other), min(row, column)
    ways = [comb(row, fewest) * comb(other, column - fewest)]
    for k in range(fewest, most):
        ways.append(ways[-1] * (row - k) * (column - k) // ((k + 1) * (other - column + k + 1)))
    seen = ways[cell - fewest]
    rarer = sum(way for way in ways if way < seen)
    equal = sum(way for way in ways if way == seen)
    total = sum(ways)
    greater = sum(ways[cell - fewest :])
    return [
        float(Fraction(part, total))
        for part in (rarer + equal, total - greater + seen, greater, seen)
    ] + [float(Fraction(2 * rarer + equal, 2 * total))]


@pytest.mark.parametrize(
    "cells",
    [
        (3000, 2500, 2400, 2600),
        (3000, 3000, 2500, 2500),
        (3000, 3100, 3100, 3000),
        (700, 7000, 500, 6900),
        (60, 11000, 90, 12000),
        (1900, 1000, 1000, 1900),
        (2, 9000, 2500, 8000),
    ],
)
def test_tables_of_thousands_written_out(cells):
    a, b, c, d = cells
    test = hypergeometric_p_values(a + b, c + d, a + c, a)
    found = [test.p_value, test.p_less, test.p_greater, test.probability, test.mid_p]
    assert found == pytest.approx(whole_number_p(a + b, c + d, a + c, a), rel=1e-12, abs=0)


def tail_by_tail(row, other, column, cell):
    """Return the p of groups of one size, 50 digits: the tail above, and its mirror image.

    Starts from the middle, whose probability is what makes all add up to 1.
    """
    with localcontext(Context(prec=50)):
        weight, weights, k = Decimal(1), [Decimal(1)], column // 2
        start = k
        while weight > Decimal("1e-40"):
            weight *= Decimal((row - k) * (column - k))
            weight /= Decimal((k + 1) * (other - column + k + 1))
            weights.append(weight)
            k += 1
        above = sum(weights[cell - start :])
        total = 2 * sum(weights) - weights[0]
        return float(2 * above / total)


@pytest.mark.parametrize("gap", [1, 400, 3000])
def test_a_million_against_a_million_term_by_term(gap):
    """Even column, so that the middle table is its own mirror image."""
    size, column = 1_000_000, 600_000
    test = hypergeometric_p_values(size, size, column, column // 2 + gap)
    expected = tail_by_tail(size, size, column, column // 2 + gap)
    assert test.p_value == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.parametrize(("first", "second"), [(600, 500), (1500, 1500), (3000, 100), (0, 1070)])
def test_thousands_of_pairs_written_out(first, second):
    """Down to 2**-1069, where floating point numbers have few digits left."""
    pairs = first + second
    near = sum(comb(pairs, k) for k in range(max(first, second), pairs + 1))
    expected = 1.0 if first == second else float(Fraction(2 * near, 2**pairs))
    test = binomial_p_values(first, second)
    assert test.p_value == pytest.approx(expected, rel=1e-12, abs=1e-322)
    assert min(test.p_less, test.p_greater) == pytest.approx(
        float(Fraction(near, 2**pairs)), rel=1e-12, abs=1e-322
    )


def test_pf20_overflow_does_not_turn_the_tails():
    """Ten million patients: the group with the larger share has the small one-sided p."""
    more = fisher_test([[2_600_000, 2_400_000], [2_500_000, 2_500_000]])
    less = fisher_test([[2_500_000, 2_500_000], [2_600_000, 2_400_000]])
    assert more.odds_ratio > 1 > less.odds_ratio
    assert more.p_greater < 1e-300
    assert less.p_less == pytest.approx(more.p_greater, rel=1e-12)
    assert more.p_less == less.p_greater == 1.0
