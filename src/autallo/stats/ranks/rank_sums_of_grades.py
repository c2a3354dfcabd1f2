"""Tails of the rank sums of many studies at once, where each has few levels, such as grades.

Few levels leave few ways to say how many patients of each are in the first group. They are listed
for all levels but the two largest, between which the rest is split hypergeometrically.
"""

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from autallo.stats.ranks.rank_sums import Tails

__all__ = ["Grades"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grades:
    """Studies with the same number of levels, at least two, and the same groups.

    Attributes
    ----------
    sizes : ndarray of int, shape (s, k)
        Patients at each level, from the lowest level to the highest.
    own : ndarray of int, shape (s,)
        Doubled rank sum of the first group.
    n : int
        Patients in the first group.
    """

    sizes: Integers
    own: Integers
    n: int


@dataclass(frozen=True, slots=True)
class _Listed:
    """How many of each level are taken, apart from the two largest, one row for each way.

    Attributes
    ----------
    study : ndarray of int
        Which study.
    ways : ndarray of float
        Choices of patients.
    rest, total : ndarray of int
        Patients still to be taken, and the doubled rank sum so far.
    """

    study: Integers
    ways: Floats
    rest: Integers
    total: Integers


def listed_ways(sizes: Integers) -> Integers:
    """Return how many ways would be listed for each study."""
    ordered = np.sort(sizes, axis=1)
    return np.asarray((ordered[:, :-2] + 1).prod(axis=1), dtype=np.int64)


def grade_tails(grades: Grades) -> list[Tails]:
    """Return the exact tails of each study.

    All counts are whole numbers below ``2**53``, which the caller must see to, and so as exact as
    those of `rank_sums`, from which they do not differ by a bit.
    """
    sizes, own, n = grades.sizes, grades.own, grades.n
    patients = int(sizes[0].sum())
    fewer = min(n, patients - n)
    # Of the larger group the sum is what the smaller one leaves.
    mine = own if fewer == n else patients * (patients + 1) - own
    every, mean = float(comb(patients, fewer)), fewer * (patients + 1)
    at_most = _AtMost(sizes, fewer)
    less, below = at_most.count(mine), at_most.count(mine - 1)
    distance = np.abs(mine - mean)
    mirrored = at_most.count(np.where(mine > mean, mean - distance, mean + distance - 1))
    near, far = np.where(mine > mean, mirrored, less), np.where(mine > mean, below, mirrored)
    two_sided = np.where(distance == 0, every, near + (every - far))
    sides = [less / every, (every - below) / every]
    if fewer < n:
        sides.reverse()
    smallest = _fewest(sizes, fewer, mean, every) / every
    numbers = [*sides, two_sided / every, smallest]
    return [Tails(*row) for row in zip(*(number.tolist() for number in numbers), strict=True)]


class _AtMost:
    """Counts the arrangements of each study with at most a given doubled rank sum."""

    def __init__(self, sizes: Integers, n: int) -> None:
        ranks = 2 * sizes.cumsum(axis=1) - sizes + 1
        order = sizes.argsort(axis=1)
        # The two largest levels go last, the lower of them first.
        order[:, -2:] = np.sort(order[:, -2:], axis=1)
        sizes, ranks = (np.take_along_axis(a, order, axis=1) for a in (sizes, ranks))
        self.n = n
        self.listed = _listed(sizes, ranks, n)
        study = self.listed.study
        self.high = ranks[study, -1]
        self.step = self.high - ranks[study, -2]
        self.pair, self.split = _splits(sizes[:, -2:], n)
        self.studies = sizes.shape[0]

    def count(self, sums: Integers) -> Floats:
        """Return the number for each study; the lower of the two levels must take enough."""
        listed = self.listed
        excess = listed.total + listed.rest * self.high - sums[listed.study]
        enough = np.clip(-(-excess // self.step), 0, self.n + 1)
        ways = listed.ways * self.split[self.pair[listed.study], listed.rest, enough]
        return np.asarray(
            np.bincount(listed.study, weights=ways, minlength=self.studies), dtype=np.float64
        )


def _listed(sizes: Integers, ranks: Integers, n: int) -> _Listed:
    lengths = (sizes[:, :-2] + 1).prod(axis=1)
    study = np.repeat(np.arange(sizes.shape[0]), lengths)
    number = np.arange(study.size) - np.repeat(lengths.cumsum() - lengths, lengths)
    ways = np.ones(study.size)
    rest, total = np.full(study.size, n), np.zeros(study.size, dtype=np.int64)
    choices = _choices(int(sizes.max()), n)
    for level in range(sizes.shape[1] - 2):
        size = sizes[study, level]
        number, taken = np.divmod(number, size + 1)
        ways *= choices[size, np.minimum(taken, n)]
        rest -= taken
        total += taken * ranks[study, level]
    kept = (rest >= 0) & (rest <= (sizes[:, -2] + sizes[:, -1])[study])
    return _Listed(study[kept], ways[kept], rest[kept], total[kept])


def _choices(most: int, n: int) -> Floats:
    """Return the ways to choose 0 to n (column) of 0 to `most` patients (row), by Pascal's rule.

    Sums of whole numbers are exact; a formula with factorials in floating point would not be.
    """
    choices = np.zeros((most + 1, n + 1))
    choices[:, 0] = 1
    for taken in range(1, n + 1):
        choices[1:, taken] = choices[:-1, taken - 1].cumsum()
    return choices


def _splits(pairs: Integers, n: int) -> tuple[Integers, Floats]:
    """Return for each study its pair of levels, and the ways to split a rest between the pair.

    The ways (pair, rest, least) are those in which the first level takes at least `least`.
    """
    code = pairs[:, 0] * (int(pairs.max()) + 1) + pairs[:, 1]
    _, example, pair = np.unique(code, return_index=True, return_inverse=True)
    choices = _choices(int(pairs.max()), n)
    first, second = (choices[pairs[example, side]] for side in (0, 1))
    taken = np.arange(n + 1)
    left = taken[:, None] - taken
    ways = first[:, None, :] * np.where(left >= 0, second[:, np.maximum(left, 0)], 0.0)
    split = np.zeros((example.size, n + 1, n + 2))
    split[:, :, :-1] = ways[:, :, ::-1].cumsum(axis=2)[:, :, ::-1]
    return pair, split


def _fewest(sizes: Integers, n: int, mean: int, every: float) -> Floats:
    """Count the arrangements of each study whose rank sum is farthest from its mean."""
    ranks = 2 * sizes.cumsum(axis=1) - sizes + 1
    choices = _choices(int(sizes.max()), n)
    counts, distances = [], []
    for before in (sizes.cumsum(axis=1) - sizes, sizes[:, ::-1].cumsum(axis=1)[:, ::-1] - sizes):
        taken = np.clip(n - before, 0, sizes)
        counts.append(choices[sizes, taken].prod(axis=1))
        distances.append(np.abs((taken * ranks).sum(axis=1) - mean))
    farthest = np.maximum(*distances)
    ways = sum(
        np.where(distance == farthest, count, 0.0)
        for count, distance in zip(counts, distances, strict=True)
    )
    return np.where(farthest == 0, every, ways)
