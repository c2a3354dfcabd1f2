"""How the rank sum of one group is distributed when the patients are dealt to two at random.

Behind the Mann-Whitney test, for one study or for many at once, and the interval of the shift.
Values of equal size are one level; a level has its patients and its rank, the mean of the ranks
of its patients. Ranks are doubled throughout, so that they are whole numbers.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import comb, sqrt
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from autallo.errors import ArgumentError
from autallo.stats.arguments import LARGEST_COUNT, as_values

__all__ = ["Pool", "RankSums", "Tails"]

#: Up to so many arrangements (17 against 17) are counted in whole numbers of Python, which is
#: quicker for so few; counts of more are sums of floating-point numbers.
FEW_ARRANGEMENTS = 2**32
#: Distributions kept for the next test with the same sizes and ties.
KEPT = 256
#: Distributions with more sums than this are not kept, for they would fill the memory.
LARGEST_KEPT = 20_000

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pool:
    """Two groups in one order.

    Attributes
    ----------
    sizes : ndarray of int, shape (k,)
        Patients at each level, from the lowest level to the highest.
    own : ndarray of int, shape (k,)
        Of them in the first group.
    """

    sizes: Integers
    own: Integers


@dataclass(frozen=True, slots=True)
class RankSums:
    """Distribution of the doubled rank sum of the first group over all arrangements.

    Attributes
    ----------
    lowest, unit : int
        The sums are `lowest`, ``lowest + unit``, ``lowest + 2 unit``, ...
    at_most, at_least : ndarray of float
        Arrangements with at most, and at least, each of these sums.
    n, patients : int
        Patients in the first group, and in both.
    """

    lowest: int
    unit: int
    at_most: Floats
    at_least: Floats
    n: int
    patients: int


@dataclass(frozen=True, slots=True)
class Tails:
    """One-sided and two-sided probabilities of a rank sum, and the smallest two-sided one."""

    less: float
    greater: float
    two_sided: float
    smallest: float


def as_ranked(name: str, values: ArrayLike) -> Floats:
    """Return finite numbers to be ranked, or refuse, also whole ones that would tie by rounding."""
    numbers = as_values(name, values)
    kind = values.dtype.kind if isinstance(values, np.ndarray) else np.asarray(values).dtype.kind
    if kind in "iu" and max(-numbers.min(), numbers.max()) >= LARGEST_COUNT:
        raise ArgumentError(f"`{name}` must be below {LARGEST_COUNT} where it is whole numbers.")
    return numbers


def as_moderate(name: str, values: ArrayLike, largest: float) -> Floats:
    """Return values that can be ranked and lie within plus and minus a number, or refuse."""
    numbers = as_ranked(name, values)
    if np.abs(numbers).max() > largest:
        raise ArgumentError(f"`{name}` must be numbers between -{largest} and {largest}.")
    return numbers


def as_exact_up_to(exact_up_to: Any, *, most: int) -> int:
    """Return up to how many patients the exact distribution is wanted, or refuse."""
    whole = isinstance(exact_up_to, Integral) and not isinstance(exact_up_to, bool)
    if not whole or exact_up_to < 0:
        raise ArgumentError("`exact_up_to` must be a whole number of at least 0.")
    if exact_up_to > most:
        raise ArgumentError(f"`exact_up_to` must be at most {most}.")
    return int(exact_up_to)


def pool(first: Floats, second: Floats) -> Pool:
    """Sort two groups into one order and count the patients at each level."""
    values = np.concatenate([first, second])
    order = values.argsort()
    ordered = values[order]
    ends = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]) + 1, values.size)
    firsts = (order < first.size).cumsum()[ends - 1]
    return Pool(sizes=_steps(ends), own=_steps(firsts))


def doubled_ranks(sizes: Integers) -> Integers:
    """Return twice the rank of each level: all below, and half of its own and itself."""
    return np.asarray(2 * sizes.cumsum() - sizes + 1, dtype=np.int64)


def rank_sum(pooled: Pool) -> int:
    """Return the doubled rank sum of the first group."""
    return int(pooled.own @ doubled_ranks(pooled.sizes))


def rank_sums(sizes: Integers, n: int) -> RankSums:
    """Count the arrangements by the rank sum of the first group, of `n` patients."""
    patients = int(sizes.sum())
    count = _kept if 2 * n * (patients - n) <= LARGEST_KEPT else _counted
    return count(sizes.tobytes(), n, patients)


def exact_tails(sums: RankSums, own: int) -> Tails:
    """Return the tails of the doubled rank sum `own` over all arrangements.

    Two-sided are the sums at least as far from the mean, compared in whole numbers.
    """
    last = sums.at_most.size - 1
    place = (own - sums.lowest) // sums.unit
    total = float(sums.at_most[last])
    mean = sums.n * (sums.patients + 1) - sums.lowest
    farthest = max(mean, last * sums.unit - mean)
    return Tails(
        less=min(float(sums.at_most[place]) / total, 1.0),
        greater=min(float(sums.at_least[place]) / total, 1.0),
        two_sided=min(_as_far(sums, abs(place * sums.unit - mean)) / total, 1.0),
        smallest=min(_as_far(sums, farthest) / total, 1.0),
    )


def _as_far(sums: RankSums, distance: int) -> float:
    """Count the arrangements whose doubled rank sum is at least so far from its mean."""
    mean = sums.n * (sums.patients + 1) - sums.lowest
    below, above = (mean - distance) // sums.unit, -(-(mean + distance) // sums.unit)
    count = float(sums.at_most[below]) if below >= 0 else 0.0
    return count + (float(sums.at_least[above]) if above < sums.at_least.size else 0.0)


def normal_tails(sizes: Integers, n: int, own: int, *, continuity: bool = False) -> Tails:
    """Return the tails of the doubled rank sum `own` by the normal approximation.

    With `continuity` every tail begins half a rank sum, of the doubled one 1, nearer the middle.
    """
    patients = int(sizes.sum())
    mean = n * (patients + 1)
    deviation = rank_sum_deviation(sizes, n)
    if deviation == 0:
        return Tails(1.0, 1.0, 1.0, 1.0)
    farthest = max(mean - _lowest_sum(sizes, n), mean - _lowest_sum(sizes[::-1], n))
    gap, step = own - mean, int(continuity)
    return Tails(
        less=float(ndtr((gap + step) / deviation)),
        greater=float(ndtr((step - gap) / deviation)),
        two_sided=min(1.0, float(2 * ndtr((step - abs(gap)) / deviation))),
        smallest=min(1.0, float(2 * ndtr((step - farthest) / deviation))),
    )


def rank_sum_deviation(sizes: Integers, n: int) -> float:
    """Return the standard deviation of the doubled rank sum over all arrangements."""
    tied = sizes.astype(np.float64)
    patients = int(sizes.sum())
    untied = float((tied * (patients - tied) * (patients + tied)).sum())
    return sqrt(untied * n * (patients - n) / (3.0 * patients * (patients - 1)))


def _steps(ends: Integers) -> Integers:
    steps = ends.copy()
    steps[1:] -= ends[:-1]
    return steps


def _lowest_sum(sizes: Integers, n: int) -> int:
    """Return the doubled rank sum of the `n` patients at the lowest levels."""
    ends = sizes.cumsum()
    full = int(np.searchsorted(ends, n, side="right"))
    ranks = doubled_ranks(sizes)
    whole = int(sizes[:full] @ ranks[:full])
    rest = n - int(sizes[:full].sum())
    return whole + (rest * int(ranks[full]) if rest else 0)


def _counted(levels: bytes, n: int, patients: int) -> RankSums:
    sizes = np.frombuffer(levels, dtype=np.int64)
    ranks = doubled_ranks(sizes)
    start = int(ranks[0])
    unit = int(np.gcd.reduce(ranks - start)) or 1
    scores: list[int] = np.repeat((ranks - start) // unit, sizes).tolist()
    fewer = min(n, patients - n)
    few = comb(patients, fewer) < FEW_ARRANGEMENTS
    ways = _ways_in_whole_numbers(scores, fewer) if few else _ways(scores, fewer)
    lowest, highest = sum(scores[:fewer]), sum(scores[patients - fewer :])
    ways = ways[lowest : highest + 1]
    if fewer < n:  # the first group has the rest of every sum
        ways, lowest = ways[::-1], sum(scores) - highest
    return RankSums(
        lowest=lowest * unit + n * start,
        unit=unit,
        at_most=ways.cumsum(),
        at_least=np.ascontiguousarray(ways[::-1].cumsum()[::-1]),
        n=n,
        patients=patients,
    )


_kept = lru_cache(maxsize=KEPT)(_counted)


def _ways_in_whole_numbers(scores: list[int], n: int) -> Floats:
    """Return for each sum in how many ways `n` of the ascending scores make it.

    Row k holds the sums of k scores in one whole number, 32 bits for each sum; each score is
    left out or taken once. Rows that can no longer reach n scores are not kept up.
    """
    rows = [1] + [0] * n
    for done, score in enumerate(scores):
        shift = 32 * score
        for row in range(min(done + 1, n), max(0, n - len(scores) + done), -1):
            rows[row] += rows[row - 1] << shift
    size = 4 * (sum(scores[len(scores) - n :]) + 1)
    return np.frombuffer(rows[n].to_bytes(size, "little"), dtype="<u4").astype(np.float64)


def _ways(scores: list[int], n: int) -> Floats:
    """Return the same for more patients, each row in an array."""
    highest = sum(scores[len(scores) - n :])
    table = np.zeros((n + 1, highest + 1))
    table[0, 0] = 1
    reach = 0
    for done, score in enumerate(scores):
        reach = min(reach + score, highest)
        first, last = max(1, n - (len(scores) - done - 1)), min(done + 1, n)
        table[first : last + 1, score : reach + 1] += table[first - 1 : last, : reach + 1 - score]
    return np.asarray(table[n], dtype=np.float64)
