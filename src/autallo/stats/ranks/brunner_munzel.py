"""Test whether one group tends to larger values, without taking the groups to be spread alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import comb, inf, sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_values
from autallo.stats.ranks.placements import Placements, degrees_of_freedom, placements
from autallo.stats.ranks.rank_sums import Pool, pool

__all__ = ["BrunnerMunzelTest", "brunner_munzel_test"]

#: So many different arrangements are listed; of more, some are drawn.
MOST_LISTED = 200_000
#: Numbers held at once while arrangements are listed or drawn.
BLOCK = 500_000
#: Squares of T of more patients are not quotients of whole numbers any more: they would overflow.
MOST_WHOLE = 10_000

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class BrunnerMunzelTest:
    """Brunner-Munzel test of two groups.

    Attributes
    ----------
    estimate : float
        Probability of superiority of the first group [0 to 1]; 0.5 is no difference.
    statistic : float or None
        Distance of the estimate from 0.5 in standard errors, positive if the first group tends
        to larger values; plus or minus infinity if every value of one group is larger than
        every one of the other; None if a group has one patient.
    df : float or None
        Degrees of freedom; None if the data give no variance.
    p_value : float or None
        Two-sided p-value; None if a group has one patient.
    smallest_p : float or None
        Smallest `p_value` that the permutation test could have given with these values; None
        for the t approximation.
    method : {"t", "exact", "monte_carlo"}
        Approximation by a t distribution; all arrangements counted; or some drawn.
    draws : int
        Arrangements drawn; 0 if none.
    standard_error : float
        Monte Carlo standard error of `p_value`; 0 if nothing was drawn.
    """

    estimate: float
    statistic: float | None
    df: float | None
    p_value: float | None
    smallest_p: float | None
    method: Literal["t", "exact", "monte_carlo"]
    draws: int
    standard_error: float


def brunner_munzel_test(
    x: ArrayLike,
    y: ArrayLike,
    *,
    method: Literal["t", "permutation"] = "t",
    draws: int = 100_000,
    rng: np.random.Generator | None = None,
) -> BrunnerMunzelTest:
    r"""Test whether the probability of superiority is one half, by Brunner and Munzel.

    Parameters
    ----------
    x : array_like of float, shape (n,)
        Values of the first group, in any one unit; grades as numbers.
    y : array_like of float, shape (m,)
        Values of the second group, in the same unit.
    method : {"t", "permutation"}
        Approximation by a t distribution, or the studentised permutation test of Neubert and
        Brunner, which is the better one for small groups.
    draws : int
        Arrangements drawn if there are more than 200 000 different ones, at least 1.
    rng : numpy.random.Generator or None
        Source of the draws; must be given when they are needed.

    Returns
    -------
    BrunnerMunzelTest

    Raises
    ------
    ArgumentError
        If a group is empty, a value is missing or not a number, `method` is another word,
        `draws` is below 1, or draws are needed and `rng` is missing.

    Notes
    -----
    :math:`T = (\hat\theta - 1/2) / \sqrt{s_x^2 / n + s_y^2 / m}` where the variances are those
    of the placements: the share of the other group below each value, ties counting one half.
    The degrees of freedom are those of Satterthwaite and Welch. The sign is that of the first
    group; R packages count the second group as the larger one.

    Permutation: p is the share of the arrangements of the values to groups of these sizes with
    :math:`|T|` at least the observed one, where T is computed anew for each. Arrangements that
    differ only among equal values are listed once, with their number. Squares of T are compared
    as fractions of whole numbers. If drawn, :math:`p = (b + 1) / (m + 1)` when b of m draws
    reach the observed value.

    Every value of one group larger than every one of the other: T is infinite, and p is the
    share of arrangements of that kind, at most 2 of them, by either method. All values
    equal: T is 0 and p is 1. A group of one patient has no variance: p is None.
    Source: [brunner2000], [neubert2007], [phipson2010]. Checked against R
    (`tests/reference`), by hand (`tests/byhand`), by listing every arrangement
    (`tests/twins`) and on the pain scores of Brunner and Munzel (`tests/published`, each
    test_brunner_munzel.py).

    Examples
    --------
    >>> test = brunner_munzel_test([3, 5, 8, 9], [2, 4, 6], method="permutation")
    >>> round(test.estimate, 4), round(test.statistic, 4), round(test.p_value, 4)
    (0.75, 1.1619, 0.2857)
    """
    first, second = as_values("x", x), as_values("y", y)
    if method not in ("t", "permutation"):
        raise ArgumentError('`method` must be "t" or "permutation".')
    if draws < 1:
        raise ArgumentError("`draws` must be at least 1.")
    pooled = pool(first, second)
    placed = placements(pooled)
    if placed.variance is None:
        return BrunnerMunzelTest(placed.estimate, None, None, None, None, "t", 0, 0.0)
    if placed.variance == 0:
        return _without_variance(pooled, placed)
    if method == "t":
        return _by_t(placed)
    return _by_permutation(pooled, placed, draws=draws, rng=rng)


def _statistic(placed: Placements) -> float:
    return (placed.estimate - 0.5) / sqrt(placed.variance or inf)


def _by_t(placed: Placements) -> BrunnerMunzelTest:
    statistic, df = _statistic(placed), degrees_of_freedom(placed)
    p_value = min(2 * float(stdtr(df, -abs(statistic))), 1.0)
    return BrunnerMunzelTest(placed.estimate, statistic, df, p_value, None, "t", 0, 0.0)


def _without_variance(pooled: Pool, placed: Placements) -> BrunnerMunzelTest:
    """Answer for groups that lie apart, or for values that are all equal."""
    if placed.estimate == 0.5:
        return BrunnerMunzelTest(0.5, 0.0, None, 1.0, 1.0, "exact", 0, 0.0)
    smallest = _separating(pooled.sizes, placed.n) / comb(placed.n + placed.m, placed.n)
    statistic = inf if placed.estimate > 0.5 else -inf
    return BrunnerMunzelTest(placed.estimate, statistic, None, smallest, smallest, "exact", 0, 0.0)


def _separating(sizes: Integers, n: int) -> int:
    """Count the arrangements in which the first group lies above, or below, the second."""
    ends = set(sizes.cumsum().tolist())
    return (n in ends) + (int(sizes.sum()) - n in ends)


def _by_permutation(
    pooled: Pool, placed: Placements, *, draws: int, rng: np.random.Generator | None
) -> BrunnerMunzelTest:
    sizes, n = pooled.sizes, placed.n
    observed = float(_squares(pooled.own[None, :], sizes, n)[0])
    listed = _different(sizes, n) <= MOST_LISTED
    if listed:
        p_value, smallest = _listed_p(sizes, n, observed)
        drawn, error = 0, 0.0
    else:
        if rng is None:
            raise ArgumentError("`rng` must be given for so many different arrangements.")
        reached = sum(
            int((_squares(own, sizes, n) >= observed).sum())
            for own in _drawn(sizes, n, draws=draws, rng=rng)
        )
        p_value, smallest, drawn = (reached + 1) / (draws + 1), 1 / (draws + 1), draws
        error = sqrt(p_value * (1 - p_value) / draws)
    return BrunnerMunzelTest(
        estimate=placed.estimate,
        statistic=_statistic(placed),
        df=degrees_of_freedom(placed),
        p_value=p_value,
        smallest_p=smallest,
        method="exact" if listed else "monte_carlo",
        draws=drawn,
        standard_error=error,
    )


def _squares(own: Integers | Floats, sizes: Integers, n: int) -> Floats:
    """Return the square of T, up to a factor, for each arrangement (row) of the first group.

    It is a quotient of whole numbers; infinite where the groups lie apart.
    """
    m = int(sizes.sum()) - n
    own = own if n + m <= MOST_WHOLE else own.astype(np.float64)
    others = sizes - own
    above_y, above_x = 2 * others.cumsum(axis=1) - others, 2 * own.cumsum(axis=1) - own
    wins = (own * above_y).sum(axis=1)
    spread_x = n * (own * above_y**2).sum(axis=1) - wins**2
    spread_y = m * (others * above_x**2).sum(axis=1) - (2 * n * m - wins) ** 2
    variance = (m - 1) * spread_x.astype(np.float64) + (n - 1) * spread_y.astype(np.float64)
    square = (wins - n * m).astype(np.float64) ** 2
    apart = np.where(square > 0, inf, 0.0)
    return np.asarray(np.divide(square, variance, out=apart, where=variance > 0))


def _different(sizes: Integers, n: int) -> float:
    """Count the arrangements that differ by more than an exchange of equal values."""
    ways = np.zeros(n + 1)
    ways[0] = 1
    for size in sizes.tolist():
        below = np.concatenate([np.zeros(size + 1), ways.cumsum()[:-1]])[: n + 1]
        ways = ways.cumsum() - below
    return float(ways[n])


def _listed_p(sizes: Integers, n: int, observed: float) -> tuple[float, float]:
    """Return p and the smallest p over all arrangements."""
    own = _every(sizes, n)
    chances = [[comb(size, taken) for taken in range(size + 1)] for size in sizes.tolist()]
    ways = np.ones(own.shape[0])
    for level, chance in enumerate(chances):
        ways *= np.array(chance, dtype=np.float64)[own[:, level]]
    rows = max(1, BLOCK // sizes.size)
    squares = np.concatenate(
        [_squares(own[start : start + rows], sizes, n) for start in range(0, len(own), rows)]
    )
    total = float(ways.sum())
    reaching, farthest = ways[squares >= observed].sum(), ways[squares == squares.max()].sum()
    return float(reaching) / total, float(farthest) / total


def _every(sizes: Integers, n: int) -> Integers:
    """List how many of each level may be in the first group, one arrangement to a row."""
    own = np.zeros((1, 0), dtype=np.int64)
    used = np.zeros(1, dtype=np.int64)
    left = int(sizes.sum())
    for size in sizes.tolist():
        left -= size
        taken = np.arange(size + 1)
        rows = np.repeat(np.arange(used.size), size + 1)
        more = np.tile(taken, used.size)
        total = used[rows] + more
        kept = (total <= n) & (total + left >= n)
        own = np.column_stack([own[rows[kept]], more[kept]])
        used = total[kept]
    return own


def _drawn(sizes: Integers, n: int, *, draws: int, rng: np.random.Generator) -> Iterator[Integers]:
    """Yield blocks of drawn arrangements, one to a row."""
    patients = int(sizes.sum())
    starts = np.concatenate([[0], sizes.cumsum()[:-1]])
    rows = max(1, BLOCK // patients)
    for done in range(0, draws, rows):
        dealt = np.zeros((min(rows, draws - done), patients), dtype=np.int64)
        dealt[:, :n] = 1
        rng.permuted(dealt, axis=1, out=dealt)
        yield np.add.reduceat(dealt, starts, axis=1)
