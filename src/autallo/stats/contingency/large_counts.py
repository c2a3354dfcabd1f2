"""P-values of a count given its margins where the ways are too long to write out.

Whether one count is more probable than another is decided by logarithms of 60 digits; only where
these agree to 40 digits after the point are the whole numbers multiplied out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext
from fractions import Fraction
from functools import cache
from math import comb, factorial, perm

import numpy as np
from numpy.typing import NDArray

from autallo.errors import ArgumentError
from autallo.stats.contingency.conditional import ConditionalPValues
from autallo.stats.contingency.outward_steps import binomial_steps, hypergeometric_steps

__all__ = ["binomial_p_values", "hypergeometric_p_values"]

#: Digits of the logarithms, and the difference from which on they decide.
DIGITS, DECIDED = 60, Decimal("1e-40")
#: Factorials up to here are multiplied out; above, Stirling's series of so many terms has an error
#: below 1e-60.
SMALL_FACTORIAL, STIRLING_TERMS = 100, 20


@dataclass(frozen=True, slots=True)
class _Margins:
    row: int
    other_row: int
    column: int


def hypergeometric_p_values(row: int, other_row: int, column: int, cell: int) -> ConditionalPValues:
    """Test a two-by-two table of any size against all others with its margins.

    Parameters
    ----------
    row, other_row : int
        Patients in the first and in the second row.
    column : int
        Patients in the first column.
    cell : int
        Patients in both the first row and the first column.

    Returns
    -------
    ConditionalPValues

    Raises
    ------
    ArgumentError
        If no table has such a first cell with such margins.

    Notes
    -----
    The ways rise to one greatest and fall again. So the tables not more probable than the
    observed one are those from it outwards, and on the other side those from one place outwards,
    which is found by halving. Two tables with the same four cells in another order are equally
    probable; others are compared by the logarithms of their factorials to 60 digits, and
    multiplied out if these agree to 40 digits after the point. The observed table's probability
    is taken from the same logarithms, and the sums relative to it outwards place by place: p is
    right to about 12 digits down to 1e-308, and 0 below 5e-324.
    Source: [fisher1935]. Checked against whole numbers (`tests/laws/test_large_counts.py`) and
    fractions (`tests/twins/test_large_counts.py`).

    Examples
    --------
    >>> test = hypergeometric_p_values(600_000, 400_000, 5000, 3100)
    >>> round(test.p_value, 6), round(test.p_greater, 6)
    (0.003801, 0.001945)
    """
    if min(cell, row - cell, column - cell, other_row - column + cell) < 0:
        raise ArgumentError("`cell` must be possible with these margins.")
    mode = (row + 1) * (column + 1) // (row + other_row + 2)
    with localcontext(Context(prec=DIGITS, Emax=MAX_EMAX, Emin=MIN_EMIN)):
        if cell >= mode:
            return _at_or_above_mode(_Margins(row, other_row, column), cell, mode=mode)
        turned = _Margins(row, other_row, row + other_row - column)
        mirrored = (row + 1) * (turned.column + 1) // (row + other_row + 2)
        return _turned(_at_or_above_mode(turned, row - cell, mode=mirrored))


def binomial_p_values(first: int, second: int) -> ConditionalPValues:
    """Test whether pairs are of two kinds equally often, for any number of pairs.

    Parameters
    ----------
    first, second : int
        Pairs of the first and of the second kind, at least 0.

    Returns
    -------
    ConditionalPValues
        Of the number of the first kind.

    Raises
    ------
    ArgumentError
        If a number is negative.

    Notes
    -----
    Each of n pairs is of either kind with probability 1/2. The distribution is symmetric: the
    two-sided p is twice the smaller one-sided one, or 1 if both numbers are equal.
    Source: [mcnemar1947]. Checked against whole numbers (`tests/laws/test_large_counts.py`) and
    fractions (`tests/twins/test_large_counts.py`).

    Examples
    --------
    >>> test = binomial_p_values(3, 1)
    >>> round(test.p_value, 10), round(test.p_greater, 10)
    (0.625, 0.3125)
    """
    if first < second:
        return _turned(binomial_p_values(second, first))
    outwards = _one_and_more(binomial_steps(first, second).above)
    with localcontext(Context(prec=DIGITS, Emax=MAX_EMAX, Emin=MIN_EMIN)):
        pairs, log_two = first + second, Decimal(2).ln()
        log_ways = _log_factorial(pairs) - _log_factorial(first) - _log_factorial(second)
        probability = (log_ways - pairs * log_two).exp()
        tail = probability * outwards
        p_value, equal = (2 * tail, 2 * probability)
        if first == second:
            p_value, equal = Decimal(1), probability
        return ConditionalPValues(
            p_value=min(float(p_value), 1.0),
            p_less=float(1 - tail + probability),
            p_greater=float(tail),
            probability=float(probability),
            mid_p=float(p_value - equal / 2),
            smallest_p=min(float(2 * (-pairs * log_two).exp()), 1.0),
        )


def _turned(test: ConditionalPValues) -> ConditionalPValues:
    """Return the p-values of the other kind: less and greater change places."""
    return ConditionalPValues(
        p_value=test.p_value,
        p_less=test.p_greater,
        p_greater=test.p_less,
        probability=test.probability,
        mid_p=test.mid_p,
        smallest_p=test.smallest_p,
    )


def _at_or_above_mode(margins: _Margins, cell: int, *, mode: int) -> ConditionalPValues:
    probability = _probability(margins, cell)
    above = hypergeometric_steps(margins.row, margins.other_row, margins.column, cell).above
    tail = probability * _one_and_more(above)
    other = _other_end(margins, cell, mode=mode)
    tied = other is not None and _compare(margins, other, cell) == 0
    p_value = Decimal(1)
    if cell > mode:
        p_value = tail + (_tail_below(margins, other) if other is not None else 0)
    return ConditionalPValues(
        p_value=min(float(p_value), 1.0),
        p_less=float(1 - tail + probability),
        p_greater=float(tail),
        probability=float(probability),
        mid_p=float(p_value - probability * (1 + tied) / 2),
        smallest_p=_smallest_p(margins),
    )


def _other_end(margins: _Margins, cell: int, *, mode: int) -> int | None:
    """Return the largest first cell below the mode that is not more probable than the observed."""
    fewest = max(0, margins.column - margins.other_row)
    if cell == mode:
        return mode - 1 if mode > fewest else None
    if _compare(margins, fewest, cell) > 0:
        return None
    low, high = fewest, mode
    while high - low > 1:
        middle = (low + high) // 2
        if _compare(margins, middle, cell) > 0:
            high = middle
        else:
            low = middle
    return low


def _smallest_p(margins: _Margins) -> float:
    """Return the p of the rarer of the two outermost tables, or of both."""
    fewest = max(0, margins.column - margins.other_row)
    most = min(margins.row, margins.column)
    order = _compare(margins, fewest, most) if fewest < most else 1
    rarest = _probability(margins, fewest if order < 0 else most)
    return float(rarest * 2 if order == 0 else rarest)


def _tail_below(margins: _Margins, cell: int) -> Decimal:
    below = hypergeometric_steps(margins.row, margins.other_row, margins.column, cell).below
    return _probability(margins, cell) * _one_and_more(below)


def _one_and_more(steps: Sequence[float] | NDArray[np.float64]) -> Decimal:
    """Return the weight of a place and all places outwards, the weight of the first being 1."""
    return Decimal(1.0 + float(np.cumprod(steps).sum()))


def _compare(margins: _Margins, one: int, other: int) -> int:
    """Return -1, 0 or 1 as the first cell `one` has fewer, equal or more ways than `other`."""
    if sorted(_cells(margins, one)) == sorted(_cells(margins, other)):
        return 0
    gap = _log_ways(margins, one) - _log_ways(margins, other)
    if abs(gap) > DECIDED:
        return 1 if gap > 0 else -1
    return _compare_exactly(margins, one, other)


def _compare_exactly(margins: _Margins, one: int, other: int) -> int:
    less, more = min(one, other), max(one, other)
    steps = more - less
    first, second, third, fourth = _cells(margins, more)
    larger = perm(first, steps) * perm(fourth, steps)
    smaller = perm(second + steps, steps) * perm(third + steps, steps)
    order = (larger > smaller) - (larger < smaller)
    return order if one == less else -order


def _cells(margins: _Margins, cell: int) -> tuple[int, int, int, int]:
    return (
        cell,
        margins.row - cell,
        margins.column - cell,
        margins.other_row - margins.column + cell,
    )


def _log_ways(margins: _Margins, cell: int) -> Decimal:
    return -sum((_log_factorial(count) for count in _cells(margins, cell)), Decimal(0))


def _probability(margins: _Margins, cell: int) -> Decimal:
    total = margins.row + margins.other_row
    sums = (margins.row, margins.other_row, margins.column, total - margins.column)
    log_all = sum((_log_factorial(count) for count in sums), -_log_factorial(total))
    return (log_all + _log_ways(margins, cell)).exp()


def _log_factorial(number: int) -> Decimal:
    if number <= SMALL_FACTORIAL:
        return Decimal(factorial(number)).ln()
    return _stirling(number) + _stirling_constant()


def _stirling(number: int) -> Decimal:
    """Return the logarithm of the factorial by Stirling's series, but for its constant."""
    value = Decimal(number)
    square = 1 / (value * value)
    series = Decimal(0)
    for coefficient in reversed(_coefficients()):
        series = series * square + coefficient
    return (value + Decimal("0.5")) * value.ln() - value + series / value


@cache
def _stirling_constant() -> Decimal:
    """Return half the logarithm of 2 pi, as the difference of series and factorial."""
    with localcontext(Context(prec=DIGITS + 10)):
        return Decimal(factorial(SMALL_FACTORIAL)).ln() - _stirling(SMALL_FACTORIAL)


@cache
def _coefficients() -> tuple[Decimal, ...]:
    """Return the Bernoulli number of each even index 2 i over 2 i (2 i - 1)."""
    bernoulli = [Fraction(1)]
    for index in range(1, 2 * STIRLING_TERMS + 1):
        known = (comb(index + 1, place) * number for place, number in enumerate(bernoulli))
        bernoulli.append(-sum(known, Fraction(0)) / (index + 1))
    with localcontext(Context(prec=DIGITS + 10)):
        return tuple(
            Decimal(number.numerator) / Decimal(number.denominator) / (index * (index - 1))
            for index, number in enumerate(bernoulli)
            if index >= 2 and index % 2 == 0
        )
