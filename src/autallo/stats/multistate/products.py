"""Products of the steps of successive times: up to each time, and between any two.

A step is two matrices, one below the other. `linear` steps turn a row x into x A + b, `quadratic`
ones a covariance V into A' V A + N. Products of 2, 4, 8, ... steps answer everything else.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Compose = Callable[[Floats, Floats], Floats]


def linear(first: Floats, second: Floats) -> Floats:
    """Return the steps x A + b that take first the one, then the other."""
    size = second.shape[-1]
    both = first @ second[:, :size]
    both[:, size:] += second[:, size:]
    return np.asarray(both)


def quadratic(first: Floats, second: Floats) -> Floats:
    """Return the steps A' V A + N that take first the one, then the other."""
    size = second.shape[-1]
    matrix = second[:, :size]
    both = first @ matrix
    both[:, size:] = matrix.transpose(0, 2, 1) @ both[:, size:] + second[:, size:]
    return np.asarray(both)


def doubled(steps: Floats, compose: Compose) -> list[Floats]:
    """Return the steps, then the products of 2, of 4, ... that begin at a multiple of it."""
    levels = [steps]
    while len(levels[-1]) > 1:
        last = levels[-1][: len(levels[-1]) // 2 * 2]
        levels.append(compose(last[::2], last[1::2]))
    return levels


def running(steps: Floats, compose: Compose) -> Floats:
    """Return the product of all steps up to and including each."""
    levels = doubled(steps, compose)
    total = levels.pop()
    while levels:
        level = levels.pop()
        longer = np.empty_like(level)
        longer[0] = level[0]
        longer[1::2] = total
        longer[2::2] = compose(total[: (len(level) - 1) // 2], level[2::2])
        total = longer
    return total


def carried(
    levels: list[Floats], rows: Floats, state: Counts, begin: Counts, end: Counts
) -> Floats:
    """Take each row through the steps `begin` to `end` (excluded), adding line `state` of b."""
    rows, left, right = rows.copy(), begin.copy(), end.copy()
    tails = []
    for level in levels:
        ahead = left < right
        odd = np.flatnonzero(ahead & (left & 1 == 1))
        _take(rows, odd, level, left[odd], state)
        left[odd] += 1
        odd = np.flatnonzero(ahead & (right & 1 == 1))
        right[odd] -= 1
        tails.append((odd, right[odd]))
        left >>= 1
        right >>= 1
    for level, (odd, node) in zip(reversed(levels), reversed(tails), strict=True):
        _take(rows, odd, level, node, state)
    return rows


def _take(
    rows: Floats, chosen: NDArray[np.intp], level: Floats, node: Counts, state: Counts
) -> None:
    if chosen.size:
        size = rows.shape[1]
        lines = level.reshape(-1, size)
        moved = lines.take(node * (2 * size) + size + state[chosen], axis=0)
        old = rows.take(chosen, axis=0)
        for column in range(size):
            moved += old[:, column, None] * lines.take(node * (2 * size) + column, axis=0)
        rows[chosen] = moved
