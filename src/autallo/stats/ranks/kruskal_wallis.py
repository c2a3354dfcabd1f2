"""Test whether any of several groups tends to other values, by their rank sums."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import lcm, lgamma, prod

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_draws, drawn_p
from autallo.stats.ranks.arrangements import (
    Method,
    as_ranked_groups,
    as_source,
    dealt_anew,
    refuse_method,
)
from autallo.stats.ranks.rank_products import centred_ranks, whole_steps

__all__ = ["KruskalWallisTest", "kruskal_wallis_test"]

#: Cells of the table of rank sums times patients that are counted: half a second.
MOST_COUNTED = 400_000_000
#: Whole numbers up to here fit a machine word with room for their sum.
LARGEST_WHOLE = 2**62
#: Counts with larger natural logarithms overflow: chances are added up instead.
LARGEST_LOGARITHM = 700.0
#: The smallest number above 0 there is.
SMALLEST = 5e-324

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class KruskalWallisTest:
    """Kruskal-Wallis test of two or more groups, given the ties.

    Attributes
    ----------
    statistic : float
        H with the correction for ties.
    df : int
        Degrees of freedom of its approximation: groups less one.
    p_value : float
        Probability of an H at least as large.
    smallest_p : float or None
        Smallest `p_value` that these values in groups of these sizes could have given; None for
        the approximation.
    method : {"exact", "monte_carlo", "asymptotic"}
        All arrangements counted; some drawn; or the chi-squared approximation.
    draws : int
        Arrangements drawn; 0 if none.
    standard_error : float
        Monte Carlo standard error of `p_value`; 0 if nothing was drawn.
    """

    statistic: float
    df: int
    p_value: float
    smallest_p: float | None
    method: Method
    draws: int
    standard_error: float


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Patients with their doubled ranks less the mean, and the sizes of the groups."""

    scores: Integers
    sizes: Integers

    def spread(self, sums: Integers) -> NDArray[np.int64] | Floats:
        """Return the spread of the group sums (last axis): whole numbers if they are not too large.

        It is the sum of ``sum**2 / size``, times the least common multiple of the sizes.
        """
        common = lcm(*self.sizes.tolist())
        if common * 4 * self.scores.size**3 < LARGEST_WHOLE:
            return np.asarray((sums**2 * (common // self.sizes)).sum(axis=-1))
        return np.asarray((sums.astype(np.float64) ** 2 / self.sizes).sum(axis=-1))


def kruskal_wallis_test(
    values: ArrayLike,
    group: ArrayLike,
    *,
    method: Method | None = None,
    draws: int = 100_000,
    rng: np.random.Generator | None = None,
) -> KruskalWallisTest:
    r"""Test whether values are the same in all groups, by the Kruskal-Wallis test.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        Value of each patient, in any one unit; grades as numbers.
    group : array_like of int, shape (n,)
        Group of each patient, 0, 1, ..., k - 1; at least two groups, none empty.
    method : {"exact", "monte_carlo", "asymptotic"} or None
        None counts all arrangements where that takes half a second at most (10, 9 and 9
        patients; four groups of 3), and otherwise draws some.
    draws : int
        Arrangements drawn, at least 1.
    rng : numpy.random.Generator or None
        Source of the draws; must be given when they are needed.

    Returns
    -------
    KruskalWallisTest

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a value is missing or not a number, there are not at
        least two groups with patients, `method` is another word, `draws` is below 1, draws are
        needed and `rng` is missing, or there are too many arrangements for "exact".

    Notes
    -----
    :math:`H = (n - 1) \sum_g n_g (\bar R_g - \bar R)^2 / \sum_i (R_i - \bar R)^2` for the ranks
    R, ties sharing their mean. Exact: p is the share of all ways to deal the tied ranks to
    groups of these sizes with H at least the observed one; H is compared in whole numbers, the
    ways are counted patient by patient in a table of the rank sums of all groups but the
    largest. Drawn: :math:`p = (b + 1) / (m + 1)` when b of m draws reach the observed H.
    Asymptotic: chi-squared with ``k - 1`` degrees of freedom. For two groups the exact p is the
    two-sided p of `mann_whitney_test`.
    All values equal: H is 0 and p is 1. One patient in a group is enough. A p below the smallest
    floating-point number, of a thousand patients, is that number.
    Source: [kruskal1952], [phipson2010]. Checked against R (`tests/reference`), by hand
    (`tests/byhand`), by listing every arrangement (`tests/twins`) and on the bottle caps of
    Kruskal and Wallis (`tests/published`, each test_kruskal_wallis.py).

    Examples
    --------
    Three groups of two that follow one another: 6 of the 90 ways to deal six values.

    >>> test = kruskal_wallis_test([1, 2, 3, 4, 5, 6], [0, 0, 1, 1, 2, 2])
    >>> round(test.statistic, 4), round(test.p_value, 4), test.method
    (4.5714, 0.0667, 'exact')
    """
    numbers, groups = as_ranked_groups(values, group)
    refuse_method(method)
    number = as_draws(draws, rng)
    ranked = _Ranked(centred_ranks(numbers), np.bincount(groups))
    sums = np.bincount(groups, weights=ranked.scores).astype(np.int64)
    form = _form(ranked) if method is None else method
    if form == "asymptotic" or not ranked.scores.any():
        return _asymptotic(ranked, sums, form)
    if form == "exact":
        return _exact(ranked, sums)
    return _monte_carlo(ranked, sums, draws=number, rng=rng)


def _form(ranked: _Ranked) -> Method:
    shape = _table_shape(ranked)
    few = prod(shape) * ranked.scores.size * (len(shape) // 2) <= MOST_COUNTED
    return "exact" if few else "monte_carlo"


def _statistic(ranked: _Ranked, sums: Integers) -> float:
    total = float(ranked.scores.astype(np.float64) @ ranked.scores)
    between = float((sums.astype(np.float64) ** 2 / ranked.sizes).sum())
    return (ranked.scores.size - 1) * between / total if total else 0.0


def _asymptotic(ranked: _Ranked, sums: Integers, form: Method) -> KruskalWallisTest:
    """Answer by the approximation, or for values that are all equal, where every p is 1."""
    statistic, df = _statistic(ranked, sums), ranked.sizes.size - 1
    smallest = None if form == "asymptotic" else 1.0
    return KruskalWallisTest(statistic, df, float(chdtrc(df, statistic)), smallest, form, 0, 0.0)


def _exact(ranked: _Ranked, sums: Integers) -> KruskalWallisTest:
    if _form(ranked) != "exact":
        raise ArgumentError('`method` must be "monte_carlo": too many arrangements to count.')
    ways, all_sums = _ways(ranked)
    spread, observed = ranked.spread(all_sums), ranked.spread(sums)
    total = float(ways.sum())
    return KruskalWallisTest(
        statistic=_statistic(ranked, sums),
        df=ranked.sizes.size - 1,
        p_value=min(max(float(ways[spread >= observed].sum()) / total, SMALLEST), 1.0),
        smallest_p=min(max(float(ways[spread == spread.max()].sum()) / total, SMALLEST), 1.0),
        method="exact",
        draws=0,
        standard_error=0.0,
    )


def _monte_carlo(
    ranked: _Ranked, sums: Integers, *, draws: int, rng: np.random.Generator | None
) -> KruskalWallisTest:
    source, observed = as_source(rng), ranked.spread(sums)
    # Sums of floating-point numbers are equal if they differ by rounding only.
    bound = observed * (1 - 1e-12) if observed.dtype.kind == "f" else observed
    reached = sum(
        int((ranked.spread(drawn) >= bound).sum()) for drawn in _drawn(ranked, draws, source)
    )
    p_value, error = drawn_p(reached, draws)
    return KruskalWallisTest(
        statistic=_statistic(ranked, sums),
        df=ranked.sizes.size - 1,
        p_value=p_value,
        smallest_p=1 / (draws + 1),
        method="monte_carlo",
        draws=draws,
        standard_error=error,
    )


def _drawn(ranked: _Ranked, draws: int, rng: np.random.Generator) -> Iterator[Integers]:
    """Yield blocks of drawn group sums, one arrangement to a row."""
    starts = np.concatenate([[0], ranked.sizes.cumsum()[:-1]])
    for dealt in dealt_anew(ranked.scores, draws=draws, rng=rng):
        yield np.add.reduceat(dealt, starts, axis=1)


def _counted_groups(ranked: _Ranked) -> list[int]:
    """Return all groups but the largest, whose patients and sum follow from the others."""
    largest = int(ranked.sizes.argmax())
    return [g for g in range(ranked.sizes.size) if g != largest]


def _weights(ranked: _Ranked, counted: list[int]) -> list[float]:
    """Return what each arrangement weighs for a patient in the largest and each counted group."""
    patients = ranked.scores.size
    logarithm = lgamma(patients + 1) - sum(lgamma(size + 1) for size in ranked.sizes.tolist())
    sizes = [int(ranked.sizes.max()), *(int(ranked.sizes[g]) for g in counted)]
    return [size / patients if logarithm > LARGEST_LOGARITHM else 1.0 for size in sizes]


def _table_shape(ranked: _Ranked) -> list[int]:
    """Return two lengths for each counted group: numbers of patients, and sums."""
    steps, _ = whole_steps(np.sort(ranked.scores))
    sizes = [int(ranked.sizes[g]) for g in _counted_groups(ranked)]
    return [length for n in sizes for length in (n + 1, sum(steps[len(steps) - n :]) + 1)]


def _ways(ranked: _Ranked) -> tuple[Floats, Integers]:
    """Return in how many ways each combination of group sums comes about, and the sums.

    Too many to count are weighed by the chance that each patient is dealt to a group by its
    size, which all arrangements share; a way of 1 in ``1e308`` is lost.
    """
    steps, unit = whole_steps(np.sort(ranked.scores))
    counted = _counted_groups(ranked)
    largest, *weights = _weights(ranked, counted)
    shape = _table_shape(ranked)
    table = np.zeros(shape)
    table[(0,) * len(shape)] = 1
    for step in steps:
        before = table.copy()
        table *= largest
        for axis, weight in zip(range(0, len(shape), 2), weights, strict=True):
            to: list[slice] = [slice(None)] * len(shape)
            out_of = to.copy()
            to[axis], out_of[axis] = slice(1, None), slice(None, -1)
            to[axis + 1] = slice(step, None)
            out_of[axis + 1] = slice(None, shape[axis + 1] - step)
            table[tuple(to)] += weight * before[tuple(out_of)]
    ends = [place for length in shape[::2] for place in (length - 1, slice(None))]
    ways = table[tuple(ends)]
    sums = np.zeros((*ways.shape, ranked.sizes.size), dtype=np.int64)
    for axis, g in enumerate(counted):
        along = np.arange(ways.shape[axis]) * unit + int(ranked.sizes[g]) * int(ranked.scores.min())
        sums[..., g] = along.reshape([-1 if a == axis else 1 for a in range(ways.ndim)])
    sums[..., int(ranked.sizes.argmax())] = -sums.sum(axis=-1)
    possible = ways > 0
    return ways[possible], sums[possible]
