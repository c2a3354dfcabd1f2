"""Every way to deal the scores of patients to two groups, counted by its sum.

The scores are split in two halves; the sums of all subsets of each half are listed, and the lists
matched.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import comb

Scores = NDArray[np.int64] | NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _SubsetSums:
    """The different sums of all subsets with the same counts, ascending, and the ways to each."""

    sums: Scores
    ways: NDArray[np.float64]
    ways_below: NDArray[np.float64]


Half = dict[int, _SubsetSums]


@dataclass(frozen=True, slots=True)
class _Subsets:
    """Sums of subsets of scores, how many of one stratum were taken for each, and the ways."""

    sums: Scores
    taken: NDArray[np.uint8]
    ways: NDArray[np.float64]


def number_of_arrangements(in_one: NDArray[np.bool_], members: list[NDArray[np.int64]]) -> int:
    """Return the number of ways to deal the patients, each within the stratum."""
    return math.prod(math.comb(own.size, int(in_one[own].sum())) for own in members)


def halves_of_sums(
    value: Scores, in_one: NDArray[np.bool_], members: list[NDArray[np.int64]]
) -> tuple[Half, Half]:
    """Split the scores so that both halves have about equally many sums.

    The stratum with the most arrangements is taken apart. Every other one lies in one half as a
    whole, with the sums of exactly as many scores as it has in group 1.
    """
    *whole, divided = sorted(members, key=lambda own: number_of_arrangements(in_one, [own]))
    halves = [_empty(value), _empty(value)]
    for own in reversed(whole):
        size, shorter = int(in_one[own].sum()), int(halves[1].sums.size < halves[0].sums.size)
        chosen = _subsets(_empty(value), *_different(value[own]), least=size, most=size)
        halves[shorter] = _joined(halves[shorter], chosen)
    values, copies = _different(value[divided])
    size, parts = int(in_one[divided].sum()), _parts(copies, [half.sums.size for half in halves])
    one, other = (
        _by_count(
            _subsets(
                half,
                values[part],
                copies[part],
                least=size - int(copies.sum() - copies[part].sum()),
                most=size,
            )
        )
        for half, part in zip(halves, parts, strict=True)
    )
    return one, other


def share_reaching(bound: float, arrangements: int, halves: tuple[Half, Half]) -> float:
    """Return the share of the arrangements whose sum is at least `bound` away from 0."""
    if bound <= 0:
        return 1.0
    count = 0.0
    first, second = halves
    # The more one half gives, the less is left for the other; both hold only what can be.
    for one, other in zip(first.values(), reversed(second.values()), strict=True):
        above = (
            other.ways_below[-1]
            - other.ways_below[np.searchsorted(other.sums, bound - one.sums, side="left")]
        )
        below = other.ways_below[np.searchsorted(other.sums, -bound - one.sums, side="right")]
        count += float(one.ways @ (above + below))
    return min(count / arrangements, 1.0)


def _empty(value: Scores) -> _Subsets:
    return _Subsets(value[:1] * 0, np.zeros(1, dtype=np.uint8), np.ones(1))


def _different(value: Scores) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return the different scores of a stratum, ascending, and how many patients have each."""
    ordered = np.sort(value)
    first = np.flatnonzero(np.concatenate([[True], np.diff(ordered) != 0]))
    different = ordered[first]
    return different, np.diff(np.append(first, value.size))


def _parts(copies: NDArray[np.int64], sizes: list[int]) -> tuple[list[int], list[int]]:
    """Deal the different scores to two halves that have so many sums already."""
    parts: tuple[list[int], list[int]] = ([], [])
    length = [math.log(size) for size in sizes]
    for place in np.argsort(-copies, kind="stable").tolist():
        shorter = int(length[1] < length[0])
        parts[shorter].append(place)
        length[shorter] += math.log(copies[place] + 1)
    return parts


def _subsets(
    start: _Subsets, values: Scores, copies: NDArray[np.int64], *, least: int, most: int
) -> _Subsets:
    """List the sums of all subsets of `least` to `most` of these scores, added to those given."""
    sums, counts, ways = start.sums, start.taken, start.ways
    left = int(copies.sum())
    for value, many in zip(values.tolist(), copies.tolist(), strict=True):
        left -= many
        taken = np.arange(many + 1)
        sums = (sums + (taken * value)[:, None]).ravel()
        counts = (counts + taken.astype(np.uint8)[:, None]).ravel()
        ways = (ways * comb(many, taken)[:, None]).ravel()
        possible = counts <= most
        if least > left:
            possible &= counts >= least - left
        if not possible.all():
            sums, counts, ways = sums[possible], counts[possible], ways[possible]
    return _Subsets(sums, counts, ways)


def _joined(one: _Subsets, other: _Subsets) -> _Subsets:
    """Add every sum of one list to every sum of another; what was taken is counted no more."""
    ways = (one.ways[:, None] * other.ways).ravel()
    return _Subsets(
        (one.sums[:, None] + other.sums).ravel(), np.zeros(ways.size, dtype=np.uint8), ways
    )


def _by_count(subsets: _Subsets) -> Half:
    """Put the sums in order, for each number of scores taken."""
    order = np.lexsort((subsets.sums, subsets.taken))
    sums, counts, ways = subsets.sums[order], subsets.taken[order], subsets.ways[order]
    start = np.flatnonzero(np.concatenate([[True], counts[1:] != counts[:-1]])).tolist()
    return {
        int(counts[begin]): _SubsetSums(
            sums=sums[begin:end],
            ways=ways[begin:end],
            ways_below=np.concatenate([[0.0], np.cumsum(ways[begin:end])]),
        )
        for begin, end in zip(start, [*start[1:], counts.size], strict=True)
    }
