"""Sums of weights over stretches of a list, of those whose rank lies below a bound."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def weight_below(
    rank: Integers, weight: Floats, *, low: Integers, high: Integers, bound: Integers
) -> Floats:
    """Return the weight of those in places `low` to before `high` whose rank is below `bound`.

    Places are sorted by one binary digit of the rank after the other, from the highest, in
    a stable way; each question follows its stretch into the half where its bound lies, and
    takes all of the lower half where it lies in the upper.
    """
    total = np.zeros(low.size)
    highest = int(max(rank.max(initial=0), bound.max(initial=0)))
    for digit in reversed(range(highest.bit_length())):
        upper = (rank >> digit & 1).astype(np.bool_)
        lower = ~upper
        before = np.concatenate(([0], lower.cumsum()))
        weight_before = np.concatenate(([0.0], np.where(lower, weight, 0.0).cumsum()))
        into_upper = (bound >> digit & 1).astype(np.bool_)
        total += np.where(into_upper, weight_before[high] - weight_before[low], 0.0)
        split = int(before[-1])
        low, high = (
            np.where(into_upper, split + end - before[end], before[end]) for end in (low, high)
        )
        order = np.concatenate((np.flatnonzero(lower), np.flatnonzero(upper)))
        rank, weight = rank[order], weight[order]
    return total
