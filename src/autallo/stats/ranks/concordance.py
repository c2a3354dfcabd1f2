"""Pairs of patients that two orders rank alike or contrariwise, and how their number varies.

Behind Kendall's correlation and the Jonckheere-Terpstra test. S is the number of concordant
pairs less that of discordant ones; a pair that is equal in either order counts as nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import comb, factorial, prod, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from autallo.stats.ranks.arrangements import Method, dealt_anew, in_form

__all__ = ["ConcordanceTails", "ConcordanceWays", "TwoOrders"]

#: Patients up to whom all pairs are looked at one by one.
FEW = 150
#: Bits that are moved to count all arrangements: about half a second.
MOST_BITS = 6_000_000_000
#: As long as moving so many bits takes what is done for each group besides.
BITS_A_GROUP = 12_000
#: More levels than this in both orders have too many states.
MOST_GROUPS = 16
#: To count one level takes as long as to compare all patients with those a few places on.
LEVELS_TO_ONE_LAG = 4

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ConcordanceWays:
    """Number of arrangements with each S.

    Attributes
    ----------
    ways : tuple of int
        Arrangements with S equal to `lowest`, ``lowest + 1``, and so on.
    lowest : int
        The S of the first.
    """

    ways: tuple[int, ...]
    lowest: int


@dataclass(frozen=True, slots=True)
class ConcordanceTails:
    """Probability of an S at most, at least and as far from 0 as the observed one.

    Attributes
    ----------
    less, greater, two_sided : float
        The three probabilities.
    smallest : float
        Smallest `two_sided` that any arrangement could have.
    """

    less: float
    greater: float
    two_sided: float
    smallest: float


@dataclass(frozen=True, slots=True)
class TwoOrders:
    """Two orders of the same patients.

    Attributes
    ----------
    first, second : ndarray of int, shape (n,)
        Place of each patient, 0, 1, ...; equal patients have one place.
    first_sizes, second_sizes : list of int
        Patients at each place.
    s : int
        Concordant less discordant pairs.
    """

    first: Integers
    second: Integers
    first_sizes: list[int]
    second_sizes: list[int]
    s: int


def two_orders(first: Floats | Integers, second: Floats | Integers) -> TwoOrders:
    """Order the patients by two values and count the pairs; n log n steps for many patients."""
    _, places, sizes = np.unique(first, return_inverse=True, return_counts=True)
    _, others, other_sizes = np.unique(second, return_inverse=True, return_counts=True)
    s = _few_pairs(places, others) if first.size <= FEW else _many_pairs(places, others)
    return TwoOrders(places, others, sizes.tolist(), other_sizes.tolist(), s)


def _few_pairs(first: Integers, second: Integers) -> int:
    signs = np.sign(np.subtract.outer(first, first)) * np.sign(np.subtract.outer(second, second))
    return int(signs.sum()) // 2


def _many_pairs(first: Integers, second: Integers) -> int:
    """Return S from the discordant pairs, by sorting."""
    pair = first * (int(second.max()) + 1) + second
    # Ascending within equal first places, so that a descent means a discordant pair.
    order = pair.argsort(kind="stable")
    discordant = _descents(second[order])
    tied = sum(_tied_pairs(np.bincount(places)) for places in (first, second))
    tied_in_both = _tied_pairs(np.diff(np.flatnonzero(np.diff(pair[order], prepend=-1, append=-1))))
    return comb(first.size, 2) - tied + tied_in_both - 2 * discordant


def _tied_pairs(sizes: Integers) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def _descents(places: Integers) -> int:
    """Count the pairs of which the earlier place, from 0 on, is the larger one.

    A pair descends where the places first differ, bit by bit from the highest, if it has 1
    before 0 there; those equal up to that bit stand together, in their old order.
    """
    count = 0
    for bit in reversed(range(int(places.max()).bit_length())):
        high = (places >> bit) & 1
        starts = np.flatnonzero(np.diff(places >> (bit + 1), prepend=-1))
        lengths = np.diff(starts, append=places.size)
        ones = high.cumsum()
        before = ones - np.repeat(ones[starts] - high[starts], lengths)
        count += int(before[high == 0].sum())
        # Those with 0 first: each goes back by the ones before it, each 1 on by the later zeros.
        zeros = np.repeat(lengths - np.add.reduceat(high, starts), lengths)
        ahead = np.arange(places.size) - np.repeat(starts, lengths)
        moved = np.where(high == 1, zeros + before - 1, ahead - before) - ahead
        following = np.empty_like(places)
        following[np.arange(places.size) + moved] = places
        places = following
    return count


def concordance_variance(orders: TwoOrders) -> float:
    """Return the variance of S over all arrangements, given the ties."""
    first, second = orders.first_sizes, orders.second_sizes
    n = sum(first)
    if n < 3:
        return float(n == 2 and len(first) == len(second) == 2)

    def sums(sizes: Sequence[int]) -> tuple[int, int, int]:
        return (
            sum(t * (t - 1) * (2 * t + 5) for t in sizes),
            sum(t * (t - 1) * (t - 2) for t in sizes),
            sum(t * (t - 1) for t in sizes),
        )

    (first_5, first_3, first_2), (second_5, second_3, second_2) = sums(first), sums(second)
    # 18 n (n - 1) (n - 2) times the variance, in whole numbers.
    both = n * (n - 1) * (n - 2)
    whole = both * (n * (n - 1) * (2 * n + 5) - first_5 - second_5)
    whole += 2 * first_3 * second_3 + 9 * (n - 2) * first_2 * second_2
    return whole / (18 * both)


def concordance_ways(first: Sequence[int], second: Sequence[int]) -> ConcordanceWays | None:
    """Count the arrangements of two orders by their S; None if that would take too long.

    Given are the sizes of the levels of each order. Polynomials in S are held in one whole
    number each, so many bits for each power that their coefficients cannot meet.
    """
    if max(first) == 1 or max(second) == 1:
        return _untied_ways(second if max(first) == 1 else first)
    short, long = sorted((list(first), list(second)), key=len)
    return _tied_ways(short, long)


def _untied_ways(sizes: Sequence[int]) -> ConcordanceWays | None:
    """Count by S if no two patients are equal in the other order.

    The discordant pairs of level after level with those before follow the Mann-Whitney
    distribution, independently: a product of Gaussian binomials.
    """
    total = factorial(sum(sizes)) // prod(map(factorial, sizes))
    pairs = comb(sum(sizes), 2) - sum(comb(size, 2) for size in sizes)
    bits = _whole_bytes(total)
    if pairs * bits * sum(sizes) ** 2 > MOST_BITS * 16:  # measured: divisions are quick
        return None
    packed, done = 1, sizes[0]
    for size in sizes[1:]:
        for place in range(1, size + 1):
            packed = ((packed << bits * (done + place)) - packed) // ((1 << bits * place) - 1)
        done += size
    counts = _unpacked(packed, pairs + 1, bits)
    ways = [0] * (2 * pairs + 1)
    ways[::2] = counts
    return ConcordanceWays(tuple(ways), -pairs)


def _tied_ways(groups: list[int], levels: list[int]) -> ConcordanceWays | None:
    """Count by S level by level; a state is how many patients of each group are placed."""
    if len(groups) > MOST_GROUPS:
        return None
    total = factorial(sum(groups)) // prod(map(factorial, groups))
    pairs = comb(sum(groups), 2) - sum(comb(size, 2) for size in groups)
    bits = _whole_bytes(total)
    left = MOST_BITS
    states = {(0,) * len(groups): 1}
    for level in levels:
        following: dict[tuple[int, ...], int] = {}
        for placed, packed in states.items():
            room = [size - done for size, done in zip(groups, placed, strict=True)]
            for added in _allocations(level, room):
                state = tuple(map(sum, zip(placed, added, strict=True)))
                ways = factorial(level) // prod(map(factorial, added))
                shift = bits * _doubled_order(placed, added)
                following[state] = following.get(state, 0) + (packed * ways << shift)
                left -= packed.bit_length() + shift + BITS_A_GROUP * len(groups)
                if left < 0:
                    return None
        states = following
    (packed,) = states.values()
    return ConcordanceWays(tuple(_unpacked(packed, 2 * pairs + 1, bits)), -pairs)


def _doubled_order(placed: Sequence[int], added: Sequence[int]) -> int:
    """Count twice the new pairs in the order of the groups; pairs at the same level once."""
    ordered = below = equal = 0
    for done, more in zip(placed, added, strict=True):
        ordered += more * (2 * below + equal)
        below, equal = below + done, equal + more
    return ordered


def _allocations(patients: int, room: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield all ways to place so many patients into groups with so much room."""
    if len(room) == 1:
        yield (patients,)
        return
    rest = sum(room[1:])
    for here in range(max(0, patients - rest), min(patients, room[0]) + 1):
        for others in _allocations(patients - here, room[1:]):
            yield (here, *others)


def _whole_bytes(total: int) -> int:
    """Return how many bits hold a count up to this, in whole bytes."""
    return 8 * (total.bit_length() // 8 + 1)


def _unpacked(packed: int, length: int, bits: int) -> list[int]:
    width = bits // 8
    data = packed.to_bytes(length * width, "little")
    return [int.from_bytes(data[at : at + width], "little") for at in range(0, len(data), width)]


def counted_tails(counted: ConcordanceWays, observed: int) -> ConcordanceTails:
    """Return the tails over all arrangements, in whole numbers up to the last division."""
    every = list(enumerate(counted.ways, start=counted.lowest))
    total = sum(counted.ways)
    farthest = max(abs(s) for s, ways in every if ways)
    return ConcordanceTails(
        less=sum(ways for s, ways in every if s <= observed) / total,
        greater=sum(ways for s, ways in every if s >= observed) / total,
        two_sided=sum(ways for s, ways in every if abs(s) >= abs(observed)) / total,
        smallest=sum(ways for s, ways in every if abs(s) == farthest) / total,
    )


def drawn_tails(orders: TwoOrders, *, draws: int, rng: np.random.Generator) -> ConcordanceTails:
    """Return the tails over drawn arrangements, the observed one counted among them."""
    observed = orders.s
    less = greater = two_sided = 1
    for drawn in drawn_concordances(orders.first, orders.second, draws=draws, rng=rng):
        less += int((drawn <= observed).sum())
        greater += int((drawn >= observed).sum())
        two_sided += int((np.abs(drawn) >= abs(observed)).sum())
    every = draws + 1
    return ConcordanceTails(less / every, greater / every, two_sided / every, 1 / every)


def normal_tails(orders: TwoOrders) -> ConcordanceTails:
    """Return the tails by the normal approximation, which gives no smallest p; 1 if S is fixed."""
    variance = concordance_variance(orders)
    if variance == 0:
        return ConcordanceTails(1.0, 1.0, 1.0, 1.0)
    score = orders.s / sqrt(variance)
    two_sided = float(2 * ndtr(-abs(score)))
    return ConcordanceTails(float(ndtr(score)), float(ndtr(-score)), two_sided, 0.0)


def drawn_concordances(
    first: Integers, second: Integers, *, draws: int, rng: np.random.Generator
) -> Iterator[Integers]:
    """Yield blocks of S of drawn arrangements of the second order."""
    size = first.size
    if first.max() < second.max():  # deal the order with fewer levels
        first, second = second, first
    order = first.argsort(kind="stable")
    first, codes = first[order], second[order].astype(np.int32)
    concordances = _by_level if LEVELS_TO_ONE_LAG * int(codes.max()) < size else _by_lag
    for dealt in dealt_anew(codes, draws=draws, rng=rng):
        yield concordances(first, dealt)


def _by_lag(first: Integers, dealt: NDArray[np.int32]) -> Integers:
    """Return S of each row by looking at all pairs of patients."""
    total = np.zeros(dealt.shape[0], dtype=np.int64)
    for lag in range(1, first.size):
        signs = np.sign(dealt[:, lag:] - dealt[:, :-lag])
        total += signs @ np.sign(first[lag:] - first[:-lag])
    return total


def _by_level(first: Integers, dealt: NDArray[np.int32]) -> Integers:
    """Return S of each row by counting the patients at each pair of levels; `first` ascends.

    Of all pairs at different levels of the first order, as many more are concordant as there are
    patients at lower levels of both less those lower in the first and higher in the second.
    """
    starts = np.flatnonzero(np.diff(first, prepend=-1))
    total = np.zeros(dealt.shape[0], dtype=np.int64)
    lower = np.zeros((dealt.shape[0], starts.size), dtype=np.int32)
    for level in range(int(dealt.max()) + 1):
        here = np.add.reduceat(dealt == level, starts, axis=1, dtype=np.int32)
        earlier = here.cumsum(axis=1) - here
        # Patients here with earlier ones of lower levels, less lower ones with earlier ones here.
        total += (here * (lower.cumsum(axis=1) - lower) - lower * earlier).sum(axis=1)
        lower += here
    return total


def concordance_tails(
    orders: TwoOrders, method: Method | None, *, draws: int, rng: np.random.Generator | None
) -> tuple[ConcordanceTails, Method]:
    """Return the tails in the form asked for, or in the best that is within reach, and which."""
    return in_form(
        method,
        rng,
        counted=lambda: _counted_tails(orders),
        approximated=lambda: normal_tails(orders),
        drawn=lambda source: drawn_tails(orders, draws=draws, rng=source),
    )


def _counted_tails(orders: TwoOrders) -> ConcordanceTails | None:
    counted = concordance_ways(orders.first_sizes, orders.second_sizes)
    return None if counted is None else counted_tails(counted, orders.s)
