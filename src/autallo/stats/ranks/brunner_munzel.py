"""Test whether one group tends to larger values, without taking the groups to be spread alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import comb, inf, sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_draws, drawn_p
from autallo.stats.ranks.placements import Placements, degrees_of_freedom, placements
from autallo.stats.ranks.rank_sums import Pool, as_ranked, pool

__all__ = ["BrunnerMunzelTest", "brunner_munzel_test"]

#: So many different arrangements are listed, and so many numbers for all of them together (about
#: a second); of more, some are drawn.
MOST_LISTED, MOST_NUMBERS = 200_000, 5_000_000
#: Numbers held at once while arrangements are listed or drawn.
BLOCK = 500_000
#: Squares of T of more patients are not quotients of whole numbers any more: they would overflow.
MOST_WHOLE = 10_000
#: Squares of T that are not, are equal if they differ by this share only.
ROUNDING = 1e-10
#: The smallest number above 0 there is.
SMALLEST = 5e-324

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
        Two-sided p-value; None if it cannot be given.
    reason : {"one_patient", "no_spread"} or None
        Why there is no p-value: a group has one patient, or all placements of a group are equal
        and the t approximation was asked for, which takes that for certainty; None if `p_value`
        is given.
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
    reason: Literal["one_patient", "no_spread"] | None
    smallest_p: float | None
    method: Literal["t", "exact", "monte_carlo"]
    draws: int
    standard_error: float


def brunner_munzel_test(
    x: ArrayLike,
    y: ArrayLike,
    *,
    method: Literal["permutation", "t"] = "permutation",
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
    method : {"permutation", "t"}
        Studentised permutation test of Neubert and Brunner, or the approximation by a t
        distribution, which is for large groups only.
    draws : int
        Arrangements drawn if there are more than 200 000 different ones (9 against 11 without
        ties), or fewer of many levels (2 against 214), at least 1.
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
    reach the observed value. It holds its level if the values of both groups are distributed
    alike, whatever the ties and sizes.

    The t approximation does not. Its size at 0.05, exactly and at the worst frequency of a grade
    that both groups have alike, was 0.46 at 3 against 30, 0.20 at 5 against 20 and 0.06 at 17
    against 11 (the permutation test: 0.03), most of it from groups without spread, of which it
    gives no p here. Of normal values alike it is 0.16 at 2 against 20 and 0.12 at 3 against 30. It
    is for comparing with other programs.

    Every value of one group larger than every one of the other: T is infinite, and p is the
    share of arrangements of that kind, at most 2 of them, by either method. All values
    equal: T is 0 and p is 1. A group of one patient has no variance: p is None. All placements of
    one group only equal: T is finite, its t approximation has no p, the permutation test has. A p
    below the smallest floating-point number, of hundreds of patients, is that number.
    Source: [brunner2000], [neubert2007], [phipson2010]. Checked against R
    (`tests/reference`), by hand (`tests/byhand`), by listing every arrangement
    (`tests/twins`) and on the pain scores of Brunner and Munzel (`tests/published`, each
    test_brunner_munzel.py).

    Examples
    --------
    >>> test = brunner_munzel_test([3, 5, 8, 9], [2, 4, 6])
    >>> round(test.estimate, 4), round(test.statistic, 4), round(test.p_value, 4)
    (0.75, 1.1619, 0.2857)
    """
    first, second = as_ranked("x", x), as_ranked("y", y)
    if method not in ("permutation", "t"):
        raise ArgumentError('`method` must be "permutation" or "t".')
    number = as_draws(draws, rng)
    pooled = pool(first, second)
    placed = placements(pooled)
    if placed.variance is None:
        return _by_t(placed, None, "one_patient")
    if placed.variance == 0:
        return _without_variance(pooled, placed)
    if method == "permutation":
        return _by_permutation(pooled, placed, draws=number, rng=rng)
    if not (placed.variance_x and placed.variance_y):
        return _by_t(placed, None, "no_spread")
    p_value = 2 * float(stdtr(degrees_of_freedom(placed), -abs(_statistic(placed))))
    return _by_t(placed, min(p_value, 1.0), None)


def _statistic(placed: Placements) -> float:
    return (placed.estimate - 0.5) / sqrt(placed.variance or inf)


def _by_t(
    placed: Placements, p_value: float | None, reason: Literal["one_patient", "no_spread"] | None
) -> BrunnerMunzelTest:
    known = bool(placed.variance)
    return BrunnerMunzelTest(
        estimate=placed.estimate,
        statistic=_statistic(placed) if known else None,
        df=degrees_of_freedom(placed) if known else None,
        p_value=p_value,
        reason=reason,
        smallest_p=None,
        method="t",
        draws=0,
        standard_error=0.0,
    )


def _without_variance(pooled: Pool, placed: Placements) -> BrunnerMunzelTest:
    """Answer for groups that lie apart, or for values that are all equal."""
    estimate, alike = placed.estimate, placed.estimate == 0.5
    apart = _separating(pooled.sizes, placed.n) / comb(placed.n + placed.m, placed.n)
    p_value = 1.0 if alike else max(apart, SMALLEST)
    return BrunnerMunzelTest(
        estimate=estimate,
        statistic=0.0 if alike else inf if estimate > 0.5 else -inf,
        df=None,
        p_value=p_value,
        reason=None,
        smallest_p=p_value,
        method="exact",
        draws=0,
        standard_error=0.0,
    )


def _separating(sizes: Integers, n: int) -> int:
    """Count the arrangements in which the first group lies above, or below, the second."""
    ends = set(sizes.cumsum().tolist())
    return (n in ends) + (int(sizes.sum()) - n in ends)


def _by_permutation(
    pooled: Pool, placed: Placements, *, draws: int, rng: np.random.Generator | None
) -> BrunnerMunzelTest:
    sizes, n = pooled.sizes, placed.n
    bound = float(_squares(pooled.own[None, :], sizes, n)[0])
    if placed.n + placed.m > MOST_WHOLE:
        bound *= 1 - ROUNDING
    listed = _different(sizes, n) <= min(MOST_LISTED, MOST_NUMBERS // sizes.size)
    if listed:
        p_value, smallest = _listed_p(sizes, n, bound)
        error = 0.0
    elif rng is None:
        raise ArgumentError("`rng` must be given for so many different arrangements.")
    else:
        blocks = _drawn(sizes, n, draws=draws, rng=rng)
        reaching = sum(int((_squares(own, sizes, n) >= bound).sum()) for own in blocks)
        p_value, error = drawn_p(reaching, draws)
        smallest = 1 / (draws + 1)
    return BrunnerMunzelTest(
        estimate=placed.estimate,
        statistic=_statistic(placed),
        df=degrees_of_freedom(placed),
        p_value=p_value,
        reason=None,
        smallest_p=smallest,
        method="exact" if listed else "monte_carlo",
        draws=0 if listed else draws,
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


def _different(sizes: Integers, n: int) -> int:
    """Count the arrangements that differ by more than an exchange of equal values, up to a bound.

    What is above the bound of those that are listed counts as one more. Whole numbers throughout:
    the largest sum is that of a bounded count of every number of patients.
    """
    most = MOST_LISTED + 1
    fewer = min(n, int(sizes.sum()) - n)
    # One patient more of some levels, the others placed in any one way.
    half = min(fewer, sizes.size // 2, 20)
    if comb(sizes.size, half) >= most:
        return most
    ways = np.zeros(fewer + 1, dtype=np.int64)
    ways[0] = 1
    for size in sizes.tolist():
        total = ways.cumsum()
        total[size + 1 :] -= total[: fewer - size].copy() if size < fewer else 0
        ways = np.minimum(total, most)
    return int(ways[fewer])


def _listed_p(sizes: Integers, n: int, bound: float) -> tuple[float, float]:
    """Return p and the smallest p over all arrangements."""
    own = _every(sizes, n)
    ways = np.ones(own.shape[0])
    for level, size in enumerate(sizes.tolist()):
        ways *= _chances(size, n / int(sizes.sum()))[own[:, level]]
    rows = max(1, BLOCK // sizes.size)
    squares = np.concatenate(
        [_squares(own[start : start + rows], sizes, n) for start in range(0, len(own), rows)]
    )
    total = float(ways.sum())
    reaching, farthest = ways[squares >= bound].sum(), ways[squares == squares.max()].sum()
    return max(float(reaching) / total, SMALLEST), max(float(farthest) / total, SMALLEST)


def _chances(size: int, share: float) -> Floats:
    """Return the chances to take 0, 1, ... patients of a level, by that of the likeliest number.

    Those of independent draws with one share: over all levels they are to each other as the ways
    to choose the patients are, and no number of patients makes them overflow.
    """
    taken = np.arange(1, size + 1)
    rise = (size - taken + 1) / taken * (share / (1 - share))
    top = int(np.searchsorted(-rise, -1.0, side="right"))
    above, below = rise[top:].cumprod(), (1 / rise[:top][::-1]).cumprod()[::-1]
    return np.concatenate([below, [1.0], above])


def _every(sizes: Integers, n: int) -> Integers:
    """List how many of each level may be in the first group, one arrangement to a row.

    Only numbers that can be completed are tried: the list never grows beyond its final length.
    """
    used = np.zeros(1, dtype=np.int64)
    left = int(sizes.sum())
    steps: list[tuple[Integers, Integers]] = []
    for size in sizes.tolist():
        left -= size
        least = np.maximum(n - left - used, 0)
        number = np.minimum(size, n - used) - least + 1
        before = np.repeat(np.arange(used.size), number)
        taken = np.arange(before.size) - np.repeat(number.cumsum() - number - least, number)
        steps.append((before, taken))
        used = used[before] + taken
    own = np.empty((used.size, sizes.size), dtype=np.int64)
    rows = np.arange(used.size)
    for level in reversed(range(sizes.size)):
        before, taken = steps[level]
        own[:, level] = taken[rows]
        rows = before[rows]
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
