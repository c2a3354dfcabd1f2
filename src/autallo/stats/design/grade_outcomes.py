"""All ways in which the patients of two groups can have few grades, and which are significant."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb, fsum

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

from autallo.errors import ArgumentError
from autallo.stats.design.targets import decimal
from autallo.stats.proportions.unconditional import Alternative

#: Pairs of outcomes of the two groups that may be listed; the most take some five seconds.
MOST_LISTED = 10_000_000
#: Whole numbers up to here fit in 64 bits.
LARGEST_WHOLE = 2**63 - 1

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class GradesDesign:
    """Sizes of the groups, chances of their grades, level and side of the test."""

    n: int
    m: int
    x: Floats
    y: Floats
    alpha: float
    side: Alternative


@dataclass(frozen=True, slots=True)
class ListedPower:
    """Power and size of the test, and the smallest p of all outcomes."""

    power: float
    size: float
    smallest_p: float


@dataclass(frozen=True, slots=True)
class _Outcomes:
    """All outcomes of one group, in order of the patients at the lowest grade.

    Attributes
    ----------
    count : ndarray of int, shape (o, k)
        Patients at each grade.
    code : ndarray of int, shape (o,)
        One number for the patients at the grades between the lowest and the highest.
    start : ndarray of int, shape (n + 2,)
        First outcome with 0, 1, ... patients at the lowest grade, and the number of outcomes.
    """

    count: Integers
    code: Integers
    start: Integers


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of outcomes, one of each group, in order of their ties and then from the extreme on.

    Attributes
    ----------
    ties : ndarray of int
        Equal for pairs with the same patients at each grade.
    rank : ndarray of int
        How far the rank sum is from the extreme.
    ways : ndarray of int
        Arrangements of the patients with this outcome.
    first, second : ndarray of int
        Which outcome of each group.
    """

    ties: Integers
    rank: Integers
    ways: Integers
    first: Integers
    second: Integers


def outcomes_to_list(n: int, m: int, grades: int) -> int:
    """Return how many pairs of outcomes two groups have."""
    return comb(n + grades - 1, n) * comb(m + grades - 1, m)


def listed_power(design: GradesDesign) -> ListedPower:
    """Return the power and the size of the exact Mann-Whitney test, by listing all outcomes."""
    n, m, every = design.n, design.m, comb(design.n + design.m, design.n)
    grades = design.x.size
    codes = (n + m + 1) ** max(grades - 2, 0) * (2 * n * m + 1)
    if outcomes_to_list(n, m, grades) > MOST_LISTED or max(every, codes) > LARGEST_WHOLE:
        raise ArgumentError("`draws` must be given: there are too many outcomes to list.")
    first, second = _outcomes(n, n + m, grades), _outcomes(m, n + m, grades)
    mean = (n * design.x + m * design.y) / (n + m)
    chance = _probabilities(first, design.x), _probabilities(second, design.y)
    alike = _probabilities(first, mean), _probabilities(second, mean)
    level = decimal(design.alpha)
    bound = every * level.numerator // level.denominator
    power, size, fewest = [], [], every
    for pairs in _pairs(first, second, design.side):
        taken = _as_extreme(pairs)
        fewest = min(fewest, int(taken.min()))
        x, y = pairs.first[taken <= bound], pairs.second[taken <= bound]
        power.append(float((chance[0][x] * chance[1][y]).sum()))
        size.append(float((alike[0][x] * alike[1][y]).sum()))
    return ListedPower(min(fsum(power), 1.0), min(fsum(size), 1.0), fewest / every)


def _outcomes(patients: int, both: int, grades: int) -> _Outcomes:
    places = patients + grades - 1
    bars = list(combinations(range(places), grades - 1))
    edges = np.full((len(bars), grades + 1), -1, dtype=np.int64)
    edges[:, 1:-1] = np.array(bars, dtype=np.int64).reshape(len(bars), grades - 1)
    edges[:, -1] = places
    count = np.diff(edges, axis=1) - 1
    unit = [(both + 1) ** place for place in range(max(grades - 2, 0))]
    return _Outcomes(
        count=count,
        code=count[:, 1:-1] @ np.array(unit, dtype=np.int64),
        start=np.searchsorted(count[:, 0], np.arange(patients + 2)),
    )


def _probabilities(outcomes: _Outcomes, chances: Floats) -> Floats:
    """Return the multinomial probability of each outcome."""
    count = outcomes.count
    ways = gammaln(count[0].sum() + 1) - gammaln(count + 1).sum(axis=1)
    return np.asarray(np.exp(ways + xlogy(count, chances).sum(axis=1)))


def _pairs(first: _Outcomes, second: _Outcomes, side: Alternative) -> Iterator[_Pairs]:
    """Yield all pairs of outcomes, those with equally many patients at the lowest grade at once."""
    n, m = first.start.size - 2, second.start.size - 2
    ways_of = np.array([[comb(a + b, a) for b in range(m + 1)] for a in range(n + 1)])
    below = 2 * second.count.cumsum(axis=1) - second.count
    for lowest in range(n + m + 1):
        parts = []
        for own in range(max(0, lowest - m), min(n, lowest) + 1):
            x = np.arange(first.start[own], first.start[own + 1])
            y = np.arange(second.start[lowest - own], second.start[lowest - own + 1])
            twice_u = np.einsum("xg,yg->xy", first.count[x], below[y])
            ways = np.ones(twice_u.shape, dtype=np.int64)
            for grade in range(first.count.shape[1]):
                ways *= ways_of[first.count[x, grade][:, None], second.count[y, grade]]
            ties = first.code[x][:, None] + second.code[y]
            pair = np.broadcast_to(x[:, None], ties.shape), np.broadcast_to(y, ties.shape)
            parts.append(
                [part.ravel() for part in (ties, _rank(twice_u, n * m, side), ways, *pair)]
            )
        ties, rank, ways, x, y = (np.concatenate(part) for part in zip(*parts, strict=True))
        if not ties.size:  # a single grade, which all patients have
            continue
        order = (ties * (2 * n * m + 1) + rank).argsort()
        yield _Pairs(ties[order], rank[order], ways[order], x[order], y[order])


def _rank(twice_u: Integers, pairs: int, side: Alternative) -> Integers:
    """Return how far twice U is from its extreme on the side tested."""
    if side == "two-sided":
        return np.asarray(pairs - np.abs(twice_u - pairs))
    return twice_u if side == "less" else 2 * pairs - twice_u


def _as_extreme(pairs: _Pairs) -> Integers:
    """Count for each pair the arrangements with the same ties that are at least as extreme.

    The running sum may pass the largest whole number and start again from below; the differences
    within equal ties are right nevertheless, for they are smaller than that.
    """
    counted = pairs.ways.cumsum()
    new_ties = np.append(True, pairs.ties[1:] != pairs.ties[:-1])
    before = (counted - pairs.ways)[new_ties][new_ties.cumsum() - 1]
    new_rank = new_ties.copy()
    new_rank[1:] |= pairs.rank[1:] != pairs.rank[:-1]
    last = np.append(np.flatnonzero(new_rank)[1:], new_rank.size) - 1
    return np.asarray(counted[last][new_rank.cumsum() - 1] - before)
