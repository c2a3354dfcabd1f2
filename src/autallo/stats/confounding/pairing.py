"""Pairs of points of two kinds on a line: the best ones, or the nearest first."""

import heapq

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Rows = NDArray[np.intp]
Pairs = tuple[Rows, Rows]

#: Possible pairs up to which the best ones are looked for: some hundred megabytes.
MOST_COMPARED = 10**9


def optimal_pairs(first: Integers, second: Integers, limit: int) -> Pairs | None:
    """Return the most pairs at most so far apart, with the least sum of distances.

    Both kinds in order. None if there are too many possible pairs to look at.
    """
    if first.size > second.size:
        turned = optimal_pairs(second, first, limit)
        return None if turned is None else (turned[1], turned[0])
    low, high = _windows(first, second, limit)
    most = _most_pairs(low.tolist(), high.tolist())
    # So many of each kind stay alone, which is how far the places of a pair may differ.
    place = np.arange(first.size)
    low = np.maximum(low, place - (first.size - most))
    high = np.minimum(high, place + (second.size - most) + 1)
    if int(np.maximum(high - low, 0).sum()) > MOST_COMPARED:
        return None
    windows = list(zip(low.tolist(), high.tolist(), strict=True))
    steps = _steps(first, second, windows, pair=most * limit + 1)
    return _traced(steps, windows, second.size)


def nearest_pairs(first: Integers, second: Integers, limit: int) -> Pairs:
    """Return the nearest two that are at most so far apart, then those of the rest, and so on.

    The nearest two of different kinds are always neighbours on the line.
    """
    place = np.concatenate([first, second])
    kind = np.repeat([0, 1], [first.size, second.size])
    order = np.lexsort((kind, place))
    at, of = place[order].tolist(), kind[order].tolist()
    n = len(at)
    before, after = list(range(-1, n - 1)), list(range(1, n + 1))
    alone = [True] * n

    def candidate(left: int, right: int) -> tuple[int, int, int] | None:
        gap = at[right] - at[left]
        return (gap, left, right) if of[left] != of[right] and gap <= limit else None

    queue = [found for left in range(n - 1) if (found := candidate(left, left + 1))]
    heapq.heapify(queue)
    pairs: list[tuple[int, int]] = []
    while queue:
        _, left, right = heapq.heappop(queue)
        if not (alone[left] and alone[right]):
            continue
        pairs.append((left, right) if of[left] == 0 else (right, left))
        alone[left] = alone[right] = False
        outer, inner = before[left], after[right]
        if outer >= 0:
            after[outer] = inner
        if inner < n:
            before[inner] = outer
            if outer >= 0 and (found := candidate(outer, inner)):
                heapq.heappush(queue, found)
    chosen = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    return order[chosen[:, 0]], order[chosen[:, 1]] - first.size


def _windows(first: Integers, second: Integers, limit: int) -> tuple[Integers, Integers]:
    """Return which of the second kind are near enough to each of the first: from, up to."""
    low = np.searchsorted(second, first - limit)
    return low, np.searchsorted(second, first + limit, side="right")


def _most_pairs(low: list[int], high: list[int]) -> int:
    """Return how many pairs there can be: each takes the first of its window that is free."""
    pairs = free = 0
    for start, end in zip(low, high, strict=True):
        free = max(free, start)
        if free < end:
            pairs, free = pairs + 1, free + 1
    return pairs


def _steps(
    first: Integers, second: Integers, windows: list[tuple[int, int]], *, pair: int
) -> list[tuple[bytes, bytes]]:
    """Return what to do with each of the first kind, if so many of the second may be used.

    The worth of a matching is `pair` for each pair, less the distances. One bit for each of the
    window says that the one of the first kind stays alone, one that it takes the last of them.
    """
    worth, filled = np.zeros(second.size + 1, dtype=np.int64), 0
    steps = []
    for own, (low, high) in zip(first, windows, strict=True):
        if high <= low:
            steps.append((b"", b""))
            continue
        if high > filled:
            worth[filled + 1 : high + 1] = worth[filled]
            filled = high
        before = worth[low : high + 1].copy()
        paired = before[:-1] + (pair - np.abs(second[low:high] - own))
        now = np.maximum.accumulate(np.maximum(paired, before[1:]))
        worth[low + 1 : high + 1] = now
        alone = now == before[1:]
        steps.append((np.packbits(alone).tobytes(), np.packbits(paired == now).tobytes()))
    return steps


def _traced(steps: list[tuple[bytes, bytes]], windows: list[tuple[int, int]], used: int) -> Pairs:
    """Return the pairs, from the last ones back to the first."""
    one, other = [], []
    for place in range(len(steps) - 1, -1, -1):
        (alone, paired), (low, high) = steps[place], windows[place]
        if high <= low:
            continue
        used = min(used, high)
        while used > low and not _bit(alone, used - low - 1):
            used -= 1
            if _bit(paired, used - low):
                one.append(place)
                other.append(used)
                break
    return np.array(one, dtype=np.intp), np.array(other, dtype=np.intp)


def _bit(packed: bytes, place: int) -> int:
    return packed[place >> 3] >> (7 - (place & 7)) & 1
