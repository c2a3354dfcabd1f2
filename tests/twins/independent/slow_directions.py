"""Directions and peaks by brute force: inequalities in fractions, and the golden section."""

import math
from fractions import Fraction


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
