"""Exact tests of two risks that fix the group sizes only: Barnard and Boschloo."""

from dataclasses import dataclass
from itertools import groupby
from math import comb, isqrt, pi, sqrt
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from autallo.errors import ArgumentError
from autallo.stats.contingency.counts import as_two_by_two

__all__ = ["Alternative", "BarnardTest", "BoschlooTest", "barnard_test", "boschloo_test"]

Alternative = Literal["two-sided", "less", "greater"]

#: Larger designs are refused: 250 against 250 patients take a third of a second.
LARGEST_TOTAL = 500
#: The search over the common risk ends when no other risk can raise p by more than this share.
SHARE_LEFT = 1e-12
#: Parts into which a stretch of risks is cut that may still hold the largest probability.
PARTS = 8
#: Risks are not taken below this, so that their logarithm exists.
TINY = 1e-300

#: Patients with and without the outcome in the first group, and in the second.
Counts = tuple[int, int, int, int]
Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BarnardTest:
    """Barnard's exact test of two risks.

    Attributes
    ----------
    statistic : float
        Difference of the two risks by its standard error under one common risk (z, pooled);
        0 if a group is empty or all patients had the same outcome.
    p_value : float
        Largest probability, over all common risks, of a table with a `statistic` as extreme.
    smallest_p : float
        Smallest `p_value` that two groups of these sizes could have given.
    alternative : {"two-sided", "less", "greater"}
        Which tables count as extreme.
    """

    statistic: float
    p_value: float
    smallest_p: float
    alternative: Alternative


@dataclass(frozen=True, slots=True)
class BoschlooTest:
    """Boschloo's exact test of two risks.

    Attributes
    ----------
    statistic : float
        P-value of Fisher's exact test with the same alternative [0 to 1].
    p_value : float
        Largest probability, over all common risks, of a table with a `statistic` as small.
    smallest_p : float
        Smallest `p_value` that two groups of these sizes could have given.
    alternative : {"two-sided", "less", "greater"}
        Which tables count as extreme.
    """

    statistic: float
    p_value: float
    smallest_p: float
    alternative: Alternative


def barnard_test(table: ArrayLike, *, alternative: Alternative = "two-sided") -> BarnardTest:
    r"""Test whether two risks differ, by Barnard's exact test with the pooled score statistic.

    Parameters
    ----------
    table : array_like of int, shape (2, 2)
        Patients; rows are the groups, columns are with and without the outcome.
    alternative : {"two-sided", "less", "greater"}
        Whether the risk of the first row is another one, lower, or higher.

    Returns
    -------
    BarnardTest

    Raises
    ------
    ArgumentError
        If the table is not two by two whole numbers of at least 0, holds more than 500
        patients, or `alternative` is unknown.

    Notes
    -----
    :math:`z = (\hat p_1 - \hat p_2) / \sqrt{\hat p (1 - \hat p)(1/n_1 + 1/n_2)}` with the risk
    :math:`\hat p` of both groups together. Group sizes are fixed, the number of events is not:
    p is the largest probability, over all risks common to both groups, of a table with
    :math:`|z|` (or z, or -z) at least the observed one. Two z are compared in whole numbers, so
    that tables with equal z are all counted. The search over the common risk bounds the
    probability between the risks that it tries by its second derivative, and ends when no risk
    can raise p by more than a relative 1e-12. The test never rejects more often than it says.

    Boundaries: z is 0 for a table where everybody, or nobody, had the outcome, or a group is
    empty; observed, such a table has a p of 1.
    Source: [barnard1947]; the statistic [suissa1985]. Checked against a count of all tables in R
    (`tests/reference/unconditional.json`), by hand (`tests/byhand/test_unconditional.py`), by
    fractions (`tests/twins/test_unconditional.py`) and by its size
    (`tests/laws/test_unconditional.py`). scipy takes the groups from the columns, and leaves out
    some tables whose z is equal but for rounding.

    Examples
    --------
    >>> test = barnard_test([[7, 0], [3, 4]])
    >>> round(test.statistic, 4), round(test.p_value, 4)
    (2.3664, 0.0237)
    """
    counts = _checked(table, alternative)
    sided = _sided(counts, alternative)
    return BarnardTest(
        statistic=_pooled_z(counts),
        p_value=largest_probability(_as_far_apart(sided, alternative)),
        smallest_p=largest_probability(_as_far_apart(_furthest(sided), alternative)),
        alternative=alternative,
    )


def boschloo_test(table: ArrayLike, *, alternative: Alternative = "two-sided") -> BoschlooTest:
    """Test whether two risks differ, by Boschloo's exact test.

    Parameters
    ----------
    table : array_like of int, shape (2, 2)
        Patients; rows are the groups, columns are with and without the outcome.
    alternative : {"two-sided", "less", "greater"}
        Whether the risk of the first row is another one, lower, or higher.

    Returns
    -------
    BoschlooTest

    Raises
    ------
    ArgumentError
        If the table is not two by two whole numbers of at least 0, holds more than 500
        patients, or `alternative` is unknown.

    Notes
    -----
    Group sizes are fixed, the number of events is not: p is the largest probability, over all
    risks common to both groups, of a table whose Fisher p-value is at most the observed one. It
    is never larger than Fisher's p, and the test never rejects more often than it says.
    Two-sided, the tables are ordered by the two-sided Fisher p of `fisher_test`, that of all
    tables not more probable; scipy takes twice the smaller one-sided p instead, and the groups
    from the columns.
    Fisher p-values are compared in whole numbers. The search over the common risk is that of
    `barnard_test`.

    Boundaries: a table where everybody, or nobody, had the outcome, or a group is empty, has
    a Fisher p of 1 and a p of 1.
    Source: [boschloo1970]. Checked against a count of all tables in R
    (`tests/reference/unconditional.json`), by hand (`tests/byhand/test_unconditional.py`), by
    fractions (`tests/twins/test_unconditional.py`) and by its size
    (`tests/laws/test_unconditional.py`).

    Examples
    --------
    Severe cytokine release in 8 of 17 against 1 of 11 patients.

    >>> test = boschloo_test([[8, 9], [1, 10]])
    >>> round(test.statistic, 4), round(test.p_value, 4)
    (0.0491, 0.0286)
    """
    sided = _sided(_checked(table, alternative), alternative)
    reached, of = _fisher(sided, alternative)
    return BoschlooTest(
        statistic=reached / of,
        p_value=largest_probability(_as_improbable(sided, alternative)),
        smallest_p=largest_probability(_as_improbable(_furthest(sided), alternative)),
        alternative=alternative,
    )


def _checked(table: ArrayLike, alternative: Alternative) -> Counts:
    counts = as_two_by_two(table)
    if sum(counts) > LARGEST_TOTAL:
        raise ArgumentError(
            f"`table` must hold at most {LARGEST_TOTAL} patients; `fisher_test` takes more."
        )
    if not isinstance(alternative, str) or alternative not in get_args(Alternative):
        raise ArgumentError("`alternative` must be two-sided, less or greater.")
    return counts


def _sided(counts: Counts, alternative: Alternative) -> Counts:
    """Return the table with its rows so that a higher risk in the first one is extreme."""
    return (*counts[2:], *counts[:2]) if alternative == "less" else counts


def _furthest(counts: Counts) -> Counts:
    """Return the table of the same groups where all of the first and none of the second had it."""
    return counts[0] + counts[1], 0, 0, counts[2] + counts[3]


def _pooled_z(counts: Counts) -> float:
    apart, spread = _distance(counts)
    first, second = counts[0] + counts[1], counts[2] + counts[3]
    return apart * sqrt((first + second) / (first * second * spread)) if apart else 0.0


def _distance(counts: Counts) -> tuple[int, int]:
    """Return the difference of the risks times both sizes, and events times patients without.

    A table is as far apart as another one if its squared distance by its spread is as large.
    """
    first, second = counts[0] + counts[1], counts[2] + counts[3]
    apart = counts[0] * second - counts[2] * first
    return apart, (counts[0] + counts[2]) * (counts[1] + counts[3])


def _ways(first: int, second: int, total: int) -> tuple[int, list[int]]:
    """Return the fewest events of the first group, and the ways to each number from there up."""
    fewest, most = max(0, total - second), min(first, total)
    return fewest, [comb(first, k) * comb(second, total - k) for k in range(fewest, most + 1)]


def _as_far_apart(counts: Counts, alternative: Alternative) -> Shares:
    """Return the share of tables at least as far apart, for each total number of events."""
    first, second = counts[0] + counts[1], counts[2] + counts[3]
    both, two_sided = first + second, alternative == "two-sided"
    apart, spread = _distance(counts)
    if apart == 0 or (apart < 0 and not two_sided):
        return np.ones(both + 1)  # holds the tables without a difference, certain at a risk of 0
    shares = np.zeros(both + 1)
    for total in range(1, both):
        # the first group has d / both events more than its part of the total: d * d >= square
        square = -(-apart * apart * total * (both - total) // spread)
        least, part = isqrt(square - 1) + 1, total * first
        fewest, ways = _ways(first, second, total)
        reached = sum(ways[max(0, -((-least - part) // both) - fewest) :])
        if two_sided:
            reached += sum(ways[: max(0, (part - least) // both - fewest + 1)])
        shares[total] = reached / comb(both, total)
    return shares


def _fisher(counts: Counts, alternative: Alternative) -> tuple[int, int]:
    """Return Fisher's p-value as tables that are as extreme, and all tables of these margins."""
    first, second = counts[0] + counts[1], counts[2] + counts[3]
    fewest, ways = _ways(first, second, counts[0] + counts[2])
    place = counts[0] - fewest
    if alternative == "two-sided":
        return sum(way for way in ways if way <= ways[place]), sum(ways)
    return sum(ways[place:]), sum(ways)


def _as_improbable(counts: Counts, alternative: Alternative) -> Shares:
    """Return the share of tables whose Fisher p is at most this one, for each total of events.

    The share is itself a Fisher p-value: the largest of that total which is not above this one.
    """
    first, second = counts[0] + counts[1], counts[2] + counts[3]
    reached, of = _fisher(counts, alternative)
    shares = np.zeros(first + second + 1)
    for total in range(first + second + 1):
        _, ways = _ways(first, second, total)
        all_ways = comb(first + second, total)
        alike = (
            [way * sum(1 for _ in equal) for way, equal in groupby(sorted(ways))]
            if alternative == "two-sided"
            else ways[::-1]
        )
        bound, taken = reached * all_ways // of, 0
        for some in alike:
            if taken + some > bound:
                break
            taken += some
        shares[total] = taken / all_ways
    return shares


def largest_probability(shares: Shares, *, floor: float = 0.0) -> float:
    r"""Return the largest probability of a set of tables over all risks common to both groups.

    ``shares[t]`` is the share of the set among the tables with t events. With the risk
    :math:`\sin^2 \phi` the probability is a mean of the shares with binomial weights, and its
    second derivative by :math:`\phi` a mean of second differences of the shares with the same
    weights. Between two angles h apart it exceeds the larger end by at most ``h * h / 8`` times
    the largest downward bend, so a stretch is left when that cannot reach beyond the best found.
    Whether the largest is above `floor` is always told, but then a smaller one may be returned.
    """
    both = shares.size - 1
    if both == 0:
        return float(shares[0])
    events = np.arange(both + 1.0)
    rest = both - events
    more, fewer = np.append(shares[1:], 0.0), np.append(0.0, shares[:-1])
    bend = rest * (4 * events + 2) * (shares - more) + events * (4 * rest + 2) * (shares - fewer)
    down, peak = np.maximum(bend, 0.0), events / both
    at_peak = _exp_of_logs(_log_ways(both), events, peak, 1 - peak)
    best, start, width = 0.0, np.zeros(1), pi / 2
    while start.size:
        angle = start[:, None] + width / PARTS * np.arange(PARTS + 1)
        risk = np.sin(angle) ** 2
        chance = binomial_chances(both, risk, np.cos(angle) ** 2)
        value = np.einsum("ape,e->ap", chance, shares)
        best, width = max(best, float(value.max())), width / PARTS
        highest = np.where(
            peak < risk[:, :-1, None],
            chance[:, :-1],
            np.where(peak > risk[:, 1:, None], chance[:, 1:], at_peak),
        )
        bound = np.maximum(value[:, :-1], value[:, 1:]) + width**2 / 8 * np.einsum(
            "ape,e->ap", highest, down
        )
        if best > floor > 0:
            break
        start = angle[:, :-1][bound > max(best * (1 + SHARE_LEFT), floor)]
    return min(best, 1.0)


def binomial_chances(
    both: int, risk: NDArray[np.float64], safe: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the binomial probabilities of 0 to `both` events, along a new last axis."""
    events = np.arange(both + 1.0)
    return _exp_of_logs(_log_ways(both), events, risk[..., None], safe[..., None])


def _log_ways(both: int) -> Shares:
    """Return the logarithm of the ways to choose 0, 1, ... of so many."""
    log_factorial = gammaln(np.arange(both + 1) + 1.0)
    return np.asarray(log_factorial[-1] - log_factorial - log_factorial[::-1], dtype=np.float64)


def _exp_of_logs(log_ways: Shares, events: Shares, risk: Shares, safe: Shares) -> Shares:
    """Return the binomial probability of each number of events, at one risk or each at its own."""
    log_risk, log_safe = np.log(np.maximum(risk, TINY)), np.log(np.maximum(safe, TINY))
    chance = np.exp(log_ways + log_risk * events + log_safe * events[::-1])
    return np.asarray(chance, dtype=np.float64)
