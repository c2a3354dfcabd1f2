"""Orders of two-by-two tables in fractions: Fisher's p, and the squared difference of two risks."""

from fractions import Fraction
from math import comb


def fisher(x, y, n, m, side):
    """Return the p of x of n against y of m."""
    total = x + y
    ways = {k: comb(n, k) * comb(m, total - k) for k in range(max(0, total - m), min(n, total) + 1)}
    extreme = {
        "two-sided": [way for way in ways.values() if way <= ways[x]],
        "less": [way for k, way in ways.items() if k <= x],
        "greater": [way for k, way in ways.items() if k >= x],
    }[side]
    return Fraction(sum(extreme), comb(n + m, total))


def squared_z(x, y, n, m):
    """Return z squared with its sign."""
    total = x + y
    if total in (0, n + m):
        return Fraction(0)
    pooled = Fraction(total, n + m)
    apart = Fraction(x, n) - Fraction(y, m)
    return apart * abs(apart) / (pooled * (1 - pooled) * (Fraction(1, n) + Fraction(1, m)))
