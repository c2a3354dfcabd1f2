"""Directions and peaks by brute force: inequalities in fractions, and the golden section."""

import math
from fractions import Fraction

import pytest

#: Half of the square of the normal quantile of 95 %.
HALF = 3.841458820694124 / 2


def feasible(rows):
    """Whether some d has rows . (d, 1) >= 0 for all rows, by Fourier-Motzkin elimination."""
    while len(rows[0]) > 1:
        up = [row for row in rows if row[0] > 0]
        down = [row for row in rows if row[0] < 0]
        rest = [row[1:] for row in rows if row[0] == 0]
        rest += [
            tuple(b * -d[0] + c * u[0] for b, c in zip(u[1:], d[1:], strict=True))
            for u in up
            for d in down
        ]
        rows = list({shortened(row) for row in rest}) or [(Fraction(1),)]
    return all(row[0] >= 0 for row in rows)


def directions(rows):
    """Return for each number of d whether it may rise (1), fall (-1), both (2) or neither (0).

    The rows are inequalities as in `feasible`.
    """
    found = []
    for place in range(len(rows[0]) - 1):
        may = []
        for sign in (1, -1):
            wanted = [Fraction(0)] * len(rows[0])
            wanted[place], wanted[-1] = Fraction(sign), Fraction(-1)
            may.append(feasible([*rows, tuple(wanted)]))
        found.append(2 if all(may) else may[0] - may[1])
    return tuple(found)


def shortened(row):
    """Return the row over the size of its first number that is not 0: the same inequality."""
    size = next((abs(value) for value in row if value), Fraction(1))
    return tuple(value / size for value in row)


def golden_section(function, low, high):
    """Return the largest value of a function with one peak."""
    share = (math.sqrt(5) - 1) / 2
    a, b = high - share * (high - low), low + share * (high - low)
    left, right = function(a), function(b)
    for _ in range(90):
        if left < right:
            low, a, left = a, b, right
            b = low + share * (high - low)
            right = function(b)
        else:
            high, b, right = b, a, left
            a = high - share * (high - low)
            left = function(a)
    return max(left, right)


def agrees_with_the_profile(fit, profile):
    """Check peak, limits and p of the one slope of a fit against its profile likelihood."""
    top = profile(float(fit.coefficient[1]))
    assert fit.log_likelihood == pytest.approx(top, rel=1e-12)
    for step in (-1e-3, 1e-3):
        assert profile(float(fit.coefficient[1]) + step) < top
    for limit in (fit.low[1], fit.high[1]):
        assert top - profile(float(limit)) == pytest.approx(HALF, rel=1e-8)
    fall = math.sqrt(max(top - profile(0.0), 0.0))
    assert fit.p_value[1] == pytest.approx(math.erfc(fall), rel=1e-6)
