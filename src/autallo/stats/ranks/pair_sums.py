"""The k-th smallest of all sums of a row and a column, without listing them when they are many.

Differences of two groups are such sums, and so are the Walsh averages of one: the limits of a
shift and of a pseudo-median are found among them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Levels", "PairSums"]

#: Sums that are listed and sorted; of more, a sample tells where to look.
LISTED = 1_000_000
#: Sums in the sample, and how far around its answer is searched, in standard errors.
SAMPLE, MARGIN = 40_000, 3.0
#: Steps of this share spread best over an interval (golden section).
GOLDEN = 0.6180339887498949

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PairSums:
    """Sums ``rows[i] + columns[j]`` of the pairs that count.

    Attributes
    ----------
    rows : ndarray of float, shape (n,)
        First terms, ascending.
    columns : ndarray of float, shape (m,)
        Second terms, ascending.
    start : ndarray of int, shape (n,)
        Pairs of row i are those with columns ``start[i]`` to m - 1.
    """

    rows: Floats
    columns: Floats
    start: Integers

    @property
    def count(self) -> int:
        """Number of pairs."""
        return self.rows.size * self.columns.size - int(self.start.sum())


@dataclass(frozen=True, slots=True)
class Levels:
    """The distinct values of one group, ascending, and how many patients have each."""

    values: Floats
    sizes: Integers


@dataclass(frozen=True, slots=True)
class _Columns:
    """The distinct columns, ascending, and how many columns lie before each."""

    distinct: Floats
    before: Integers


def levels_of(values: Floats) -> Levels:
    """Return the distinct values and how many there are of each."""
    distinct, sizes = np.unique(values, return_counts=True)
    return Levels(distinct, sizes)


def differences(first: Floats, second: Floats) -> PairSums:
    """Return all differences of a value of the first and one of the second group."""
    return PairSums(np.sort(first), np.sort(-second), np.zeros(first.size, dtype=np.int64))


def walsh_sums(values: Floats) -> PairSums:
    """Return the sums of all pairs of values, each value with itself too."""
    ordered = np.sort(values)
    return PairSums(ordered, ordered, np.arange(values.size))


def smallest_sums(pairs: PairSums, places: list[int]) -> list[float]:
    """Return the sums at these places, 0 for the smallest of all."""
    if pairs.count <= LISTED:
        ordered = listed(pairs)
        return [float(ordered[place]) for place in places]
    ends = np.append(np.flatnonzero(np.diff(pairs.columns)) + 1, pairs.columns.size)
    before = np.concatenate([[0], ends])
    columns = _Columns(distinct=pairs.columns[ends - 1], before=before)
    return [_selected(pairs, columns, place) for place in places]


def limits_from_either_end(pairs: PairSums, beyond: int) -> tuple[float, float]:
    """Return the limits beyond which lie fewer than so many sums; infinite if that is none."""
    if beyond < 1:
        return -inf, inf
    low, high = smallest_sums(pairs, [beyond - 1, pairs.count - beyond])
    return low, high


def limits_between(
    sums: Floats,
    *,
    not_too_small: Callable[[NDArray[np.bool_]], bool],
    too_large: Callable[[NDArray[np.bool_]], bool],
) -> tuple[float, float]:
    """Return the exact limits by trying shifts between the sums, halving their number.

    Given the ties, one shift in each gap between two sums that follow one another stands for
    all; a condition is told which sums are above it.
    """
    steps = np.unique(sums)

    def above(gap: int) -> NDArray[np.bool_]:
        return sums > steps[gap - 1] if gap else np.ones(sums.shape, dtype=np.bool_)

    low = first_true(lambda gap: not_too_small(above(gap)), steps.size + 1)
    high = first_true(lambda gap: too_large(above(gap)), steps.size + 1) - 1
    return (
        float(steps[low - 1]) if low > 0 else -inf,
        float(steps[high]) if high < steps.size else inf,
    )


def first_true(condition: Callable[[int], bool], end: int) -> int:
    """Return the first of the numbers 0 to `end` where a condition turns true, by halving.

    The condition counts as true at `end`, where it is not asked.
    """
    low, high = 0, end
    while low < high:
        middle = (low + high) // 2
        if condition(middle):
            high = middle
        else:
            low = middle + 1
    return low


def listed(pairs: PairSums) -> Floats:
    """Return all sums, ascending."""
    ends = np.full(pairs.rows.size, pairs.columns.size)
    return np.sort(_between(pairs, pairs.start, ends))


def _between(pairs: PairSums, low: Integers, high: Integers) -> Floats:
    """Return the sums of each row with its columns from `low` to before `high`."""
    width = high - low
    row = np.repeat(np.arange(low.size), width)
    column = np.arange(row.size) - (width.cumsum() - width - low)[row]
    return np.asarray(pairs.rows[row] + pairs.columns[column], dtype=np.float64)


def _selected(pairs: PairSums, columns: _Columns, place: int) -> float:
    """Return the sum at one place; `low` and `high` enclose the columns still in question."""
    low, high = pairs.start, np.full(pairs.rows.size, pairs.columns.size)
    while int((high - low).sum()) > LISTED:
        below = int((low - pairs.start).sum())
        for pivot in _pivots(pairs, low, high, place - below):
            smaller = np.maximum(_before(pairs, columns, pivot, or_equal=False), pairs.start)
            if place < int((smaller - pairs.start).sum()):
                high = np.minimum(high, smaller)
                continue
            smaller = np.maximum(_before(pairs, columns, pivot, or_equal=True), pairs.start)
            if place < int((smaller - pairs.start).sum()):
                return pivot
            low = np.maximum(low, smaller)
    rest = _between(pairs, low, high)
    nth = place - int((low - pairs.start).sum())
    return float(np.partition(rest, nth)[nth])


def _pivots(pairs: PairSums, low: Integers, high: Integers, nth: int) -> list[float]:
    """Return two sums that probably lie close to either side of the nth one in question."""
    width = high - low
    ends = width.cumsum()
    total = int(ends[-1])
    spread = np.arange(SAMPLE) + 0.5
    row = np.searchsorted(ends, spread * (total / SAMPLE), side="right")
    row = np.minimum(row, width.size - 1)
    step = np.minimum(spread * GOLDEN % 1.0 * width[row], np.maximum(width[row] - 1, 0))
    sample = np.sort(pairs.rows[row] + pairs.columns[low[row] + step.astype(np.int64)])
    share = nth / total
    margin = MARGIN * sqrt(SAMPLE * share * (1 - share)) + 2
    near = [int(share * SAMPLE - margin), int(share * SAMPLE + margin)]
    return [float(sample[min(max(place, 0), SAMPLE - 1)]) for place in near]


def _before(pairs: PairSums, columns: _Columns, pivot: float, *, or_equal: bool) -> Integers:
    """Count, row by row, the columns whose sum is below the pivot, or equal to it.

    The sums are compared as they are rounded; where rounding has misled the first guess, the
    row is searched by halving.
    """
    distinct, rows = columns.distinct, pairs.rows
    side: Literal["left", "right"] = "right" if or_equal else "left"
    guess = np.searchsorted(distinct, pivot - rows, side=side)

    def below(row: Integers | slice, column: Integers) -> NDArray[np.bool_]:
        sums = rows[row] + distinct[np.minimum(column, distinct.size - 1)]
        return (column < distinct.size) & ((sums <= pivot) if or_equal else (sums < pivot))

    every = slice(None)
    misled = np.flatnonzero(below(every, guess) | ((guess > 0) & ~below(every, guess - 1)))
    if misled.size:
        low, high = np.zeros_like(misled), np.full_like(misled, distinct.size)
        while (low < high).any():
            middle = (low + high) // 2
            is_below = below(misled, middle) & (low < high)
            low, high = np.where(is_below, middle + 1, low), np.where(is_below, high, middle)
        guess[misled] = low
    return np.asarray(columns.before[guess], dtype=np.int64)
