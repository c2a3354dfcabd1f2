"""Sums of products of two ranks of the same patients, and in how many ways each comes about.

Behind Spearman's correlation and, for the ranks, the Kruskal-Wallis test. Ranks are doubled, ties
sharing their mean, and their mean is taken off: whole numbers that sum to 0.
"""

from dataclasses import dataclass
from math import factorial, prod, sqrt

import numpy as np
from numpy.typing import NDArray

__all__ = ["RankProducts"]

#: Bits that are moved to count all arrangements: about half a second.
MOST_BITS = 6_000_000_000
#: As long as moving so many bits takes what is done for each step besides.
BITS_A_STEP = 12_000
#: Sums of products of the ranks of so many patients fit a machine word.
MOST_WHOLE = 1_500_000

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RankProducts:
    """Centred doubled ranks of two measurements of the same patients.

    Attributes
    ----------
    first, second : ndarray of int, shape (n,)
        Centred doubled ranks.
    centred : int
        Sum of their products; its mean over all arrangements is 0.
    correlation : float or None
        Correlation of the ranks; None if all of one measurement are equal.
    """

    first: Integers
    second: Integers
    centred: int
    correlation: float | None


def rank_products(first: NDArray[np.float64], second: NDArray[np.float64]) -> RankProducts:
    """Rank two measurements of the same patients."""
    x, y = centred_ranks(first), centred_ranks(second)
    total, square_x, square_y = _product(x, y), _product(x, x), _product(y, y)
    if 0 in (square_x, square_y):
        return RankProducts(x, y, total, None)
    correlation = total / sqrt(square_x * square_y)
    return RankProducts(x, y, total, min(max(correlation, -1.0), 1.0))


def _product(x: Integers, y: Integers) -> int:
    """Return the sum of products; of more patients in floating point, which cannot overflow."""
    return int(x @ y) if x.size <= MOST_WHOLE else int(x.astype(np.float64) @ y)


def centred_ranks(values: NDArray[np.float64]) -> Integers:
    """Return twice the rank of each value, ties sharing their mean, less the mean of all."""
    _, level, sizes = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(sizes)
    return np.asarray((2 * ends - sizes - values.size)[level], dtype=np.int64)


def product_ways(products: RankProducts) -> dict[int, int] | None:
    """Count the arrangements by their centred sum; None if that would take too long.

    Patient by patient, in the order of one measurement, a level of the other is used up; the
    sums so far are the powers of a polynomial, held in one whole number with so many bits for
    each power that its coefficients cannot meet.
    """
    scores, levels = sorted((products.first, products.second), key=lambda r: -np.unique(r).size)
    steps, unit = whole_steps(scores)
    values, sizes = np.unique(levels, return_counts=True)
    rises, level_unit = whole_steps(values)
    if prod((sizes + 1).tolist()) * BITS_A_STEP > MOST_BITS:
        return None
    total = factorial(scores.size) // prod(map(factorial, sizes.tolist()))
    bits = 8 * (total.bit_length() // 8 + 1)
    counted = _count(steps, list(zip(rises, sizes.tolist(), strict=True)), bits)
    if counted is None:
        return None
    width = bits // 8
    data = counted.to_bytes((counted.bit_length() // bits + 1) * width, "little")
    lowest = int(scores.min()) * int(levels.sum()) + int(values[0]) * int(
        (scores - scores.min()).sum()
    )
    return {
        lowest + at // width * unit * level_unit: int.from_bytes(data[at : at + width], "little")
        for at in range(0, len(data), width)
    }


def whole_steps(ranks: Integers) -> tuple[list[int], int]:
    """Return the ranks from the lowest in whole units, and the unit."""
    above = ranks - ranks.min()
    unit = int(np.gcd.reduce(above)) or 1
    return (above // unit).tolist(), unit


def _count(steps: list[int], levels: list[tuple[int, int]], bits: int) -> int | None:
    """Return the polynomial of all arrangements; `levels` are the rise and size of each."""
    left = MOST_BITS
    # A state is how many of each level are used, as the digits of a number.
    place = [1]
    for _, size in levels:
        place.append(place[-1] * (size + 1))
    states = {0: 1}
    for step in steps:
        following: dict[int, int] = {}
        for state, packed in states.items():
            for (rise, size), unit in zip(levels, place, strict=False):
                if state // unit % (size + 1) < size:
                    shift = bits * step * rise
                    following[state + unit] = following.get(state + unit, 0) + (packed << shift)
                    left -= packed.bit_length() + shift + BITS_A_STEP
            if left < 0:
                return None
        states = following
    return states[place[-1] - 1]
