"""Max-combo test: the largest of four log-rank tests with early, late and even weights."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import (
    as_draws,
    as_events,
    as_groups,
    as_times,
    drawn_p,
    same_length,
)
from autallo.stats.logrank.asymptotic import shares_and_spread
from autallo.stats.logrank.event_tables import EventTable, event_tables, stratum_members
from autallo.stats.logrank.normal_maximum import normal_maximum_tail
from autallo.stats.logrank.relabelled import dealt_anew
from autallo.stats.logrank.scores import logrank_scores
from autallo.stats.logrank.subset_sums import number_of_arrangements
from autallo.stats.logrank.weights import as_logrank_weights, logrank_weights

__all__ = ["COMBINATION", "MaxComboTest", "max_combo_test"]

#: Pairs (rho, gamma) of Fleming and Harrington: even, late, early and middle differences.
COMBINATION = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))

#: Values nearer to the observed maximum than this, or than this share of it, are the same.
MAXIMUM_TOLERANCE = 1e-9

#: No more arrangements than this are counted one by one.
MOST_COUNTED = 1_000_000


@dataclass(frozen=True, slots=True)
class MaxComboTest:
    """Largest of the log-rank tests with the weights of `COMBINATION`.

    Attributes
    ----------
    statistic : float or None
        Largest absolute value of `z`; None if the data hold nothing to compare.
    p_value : float or None
        Two-sided p-value of `statistic`; None with it.
    largest : tuple of float, or None
        The pair (rho, gamma) that gave `statistic`, the first of equals; None with it.
    z : tuple of float or None
        Standardised test for each pair of `COMBINATION`, above 0 if group 1 had more events
        than expected; None where all weights are 0.
    covariance : ndarray of float, shape (4, 4)
        Covariance of the four weighted sums of observed less expected events in group 1.
    method : {"normal", "exact", "monte_carlo"}
        Whether p comes from the normal distribution, from all arrangements of the patients or
        from drawn ones.
    draws : int
        Arrangements drawn; 0 for the other methods, or if the data hold nothing to compare.
    smallest_p : float or None
        Smallest p-value that the permutation could have given; None for "normal".
    standard_error : float
        Monte Carlo standard error of `p_value`; 0 for the other methods.
    """

    statistic: float | None
    p_value: float | None
    largest: tuple[float, float] | None
    z: tuple[float | None, ...]
    covariance: NDArray[np.float64]
    method: Literal["normal", "exact", "monte_carlo"]
    draws: int
    smallest_p: float | None
    standard_error: float


def max_combo_test(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    stratum: ArrayLike | None = None,
    method: Literal["permutation", "normal"] = "permutation",
    draws: int = 100_000,
    rng: np.random.Generator | None = None,
) -> MaxComboTest:
    r"""Test two groups for equal survival where the hazards may not be proportional.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the event or to the end of follow-up, in any one unit; at least 0.
    event : array_like of bool, shape (n,)
        True (1) if the event happened at `time`, false (0) if follow-up ended without it.
    group : array_like of int, shape (n,)
        Group of each patient, 0 or 1, none empty.
    stratum : array_like of int, shape (n,), or None
        Stratum of each patient, 0 upwards, none empty; None for one stratum.
    method : {"permutation", "normal"}
        Relabelling of the patients within their stratum, or the normal approximation.
    draws : int
        Arrangements drawn for "permutation", at least 1; if there are no more arrangements than
        that (and than a million), all are counted instead.
    rng : numpy.random.Generator or None
        Source of the draws; must be given when they are needed.

    Returns
    -------
    MaxComboTest

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a time is negative or missing, an event is anything but
        true or false, there are not exactly two groups with patients, a stratum is empty, the
        method is unknown, `draws` is less than 1, or draws are needed and `rng` is missing.

    Notes
    -----
    The statistic is the largest of four :math:`|z_a| = |U_a| / \sqrt{V_{aa}}`, with the weights
    (rho, gamma) = (0, 0), (0, 1), (1, 0) and (1, 1) of Fleming and Harrington and U observed less
    expected events in group 1, as in `logrank_test`.

    "normal": :math:`V_{ab} = \sum w_a w_b v`, with v the hypergeometric variance at each event
    time, and p from the normal distribution with these correlations (`normal_maximum_tail`; no
    draws, relative error about 1e-10). As the weights (0, 1) and (1, 0) add up to (0, 0), the
    four are sums of three. In groups of about ten this p is too small.

    "permutation": V is the covariance over all arrangements of the patients to the groups,
    within their stratum, which the scores of the patients give (`logrank_scores`); p is the share
    of arrangements with a statistic at least as large, or :math:`(b + 1) / (m + 1)` when b of m
    draws have it. Like `logrank_permutation_test` it takes follow-up to be of equal length in
    the groups.

    A weight that is 0 at every event time (gamma above 0 with a single event time) is left out.
    Nothing to compare, and so no p-value: as in `logrank_test`.
    Source: [lee2007] and [karrison2016] on the combination, [fleming1991], [strasser1999],
    [phipson2010]. Checked against R survival 3.5-3 and mvtnorm (`tests/reference/max_combo.json`),
    by hand (`tests/byhand/test_max_combo.py`) and by every arrangement in fractions
    (`tests/twins/test_max_combo.py`).

    Examples
    --------
    >>> test = max_combo_test([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 0], [0, 0, 0, 1, 1, 1])
    >>> round(test.statistic, 4), test.largest, round(test.p_value, 4), test.method
    (1.964, (1.0, 0.0), 0.1, 'exact')
    """
    times, events, groups = (
        as_times("time", time),
        as_events("event", event),
        as_groups("group", group),
    )
    same_length(time=times, event=events, group=groups)
    strata = None if stratum is None else as_groups("stratum", stratum)
    if strata is not None:
        same_length(time=times, stratum=strata)
    if groups.max() != 1:
        raise ArgumentError("`group` must hold exactly two groups.")
    draws = as_draws(draws, rng)
    in_one = groups == 1
    if method == "normal":
        return _normal(event_tables(times, events, groups, n_groups=2, stratum=strata))
    if method != "permutation":
        raise ArgumentError('`method` must be "permutation" or "normal".')
    scores = np.array(
        [
            logrank_scores(times, events, stratum=strata, weights=as_logrank_weights(pair)).value
            for pair in COMBINATION
        ]
    )
    members = [np.arange(times.size)] if strata is None else stratum_members(strata)
    arrangements = number_of_arrangements(in_one, members)
    if arrangements <= min(draws, MOST_COUNTED):
        return _permutation(scores, in_one, members, [_all_sums(scores, in_one, members)], 0)
    if rng is None:
        most = min(draws, MOST_COUNTED)
        raise ArgumentError(f"`rng` must be given for more than {most} arrangements.")
    drawn = _drawn_sums(scores, in_one, members, draws, rng)
    return _permutation(scores, in_one, members, drawn, draws)


def _normal(tables: list[EventTable]) -> MaxComboTest:
    excess, covariance = np.zeros(len(COMBINATION)), np.zeros((len(COMBINATION),) * 2)
    for table in tables:
        everyone, deaths, share, spread = shares_and_spread(table)
        pairs = [as_logrank_weights(pair) for pair in COMBINATION]
        weight = np.array([logrank_weights(deaths, everyone, pair) for pair in pairs])
        excess += weight @ (table.died[1] - deaths * share[1])
        covariance += (weight * (spread * share[0] * share[1])) @ weight.T
    z = _standardised(excess, covariance)
    used = [place for place, value in enumerate(z) if value is not None]
    p_value = None
    if used:
        scale = np.sqrt(covariance.diagonal()[used])
        correlation = covariance[np.ix_(used, used)] / np.outer(scale, scale)
        p_value = normal_maximum_tail(_largest(z), correlation)
    return _result(z, covariance, p_value=p_value)


def _permutation(
    scores: NDArray[np.float64],
    in_one: NDArray[np.bool_],
    members: list[NDArray[np.int64]],
    blocks: Iterable[NDArray[np.float64]],
    draws: int,
) -> MaxComboTest:
    covariance = np.zeros((len(COMBINATION),) * 2)
    for own in members:
        n, size = own.size, int(in_one[own].sum())
        share = size * (n - size) / (n * max(n - 1, 1))
        covariance += share * (scores[:, own] @ scores[:, own].T)
    z = _standardised(scores[:, in_one].sum(axis=1), covariance)
    used = [place for place, value in enumerate(z) if value is not None]
    p_value = smallest_p = None
    drawn, error = draws if used else 0, 0.0
    if used:
        scale = np.sqrt(covariance.diagonal()[used])
        largest = np.concatenate([np.abs(sums[:, used] / scale).max(axis=1) for sums in blocks])
        bounds = np.array([_largest(z), largest.max()])
        bounds -= MAXIMUM_TOLERANCE * (1 + bounds)
        reached, at_most = (int((largest >= bound).sum()) for bound in bounds)
        p_value, smallest_p = reached / largest.size, at_most / largest.size
        if draws:
            p_value, error = drawn_p(reached, draws)
            smallest_p = 1 / (draws + 1)
    return _result(
        z,
        covariance,
        p_value=p_value,
        smallest_p=smallest_p,
        draws=drawn,
        error=error,
        method="monte_carlo" if draws else "exact",
    )


def _all_sums(
    scores: NDArray[np.float64], in_one: NDArray[np.bool_], members: list[NDArray[np.int64]]
) -> NDArray[np.float64]:
    """Return the sums of group 1 for every arrangement of the patients within their stratum."""
    sums = np.zeros((1, len(scores)))
    for own in members:
        size = int(in_one[own].sum())
        ways = math.comb(own.size, size)
        chosen = np.fromiter(chain.from_iterable(combinations(own.tolist(), size)), dtype=np.int64)
        more = np.zeros((ways, len(scores)))
        for column in chosen.reshape(ways, size).T:
            more += scores.T[column]
        sums = (sums[:, None] + more).reshape(-1, len(scores))
    return sums


def _drawn_sums(
    scores: NDArray[np.float64],
    in_one: NDArray[np.bool_],
    members: list[NDArray[np.int64]],
    draws: int,
    rng: np.random.Generator,
) -> Iterator[NDArray[np.float64]]:
    """Yield the sums of group 1 for drawn arrangements, many at a time."""
    in_order = scores[:, np.concatenate(members)].T
    for dealt in dealt_anew(in_one.astype(np.float64), members, draws=draws, rng=rng):
        yield dealt @ in_order


def _standardised(
    excess: NDArray[np.float64], covariance: NDArray[np.float64]
) -> tuple[float | None, ...]:
    return tuple(
        value / math.sqrt(variance) if variance > 0 else None
        for value, variance in zip(excess.tolist(), covariance.diagonal().tolist(), strict=True)
    )


def _largest(z: tuple[float | None, ...]) -> float:
    return max(abs(value) for value in z if value is not None)


def _result(
    z: tuple[float | None, ...],
    covariance: NDArray[np.float64],
    *,
    p_value: float | None,
    method: Literal["normal", "exact", "monte_carlo"] = "normal",
    draws: int = 0,
    smallest_p: float | None = None,
    error: float = 0.0,
) -> MaxComboTest:
    statistic = largest = None
    if p_value is not None:
        statistic = _largest(z)
        sizes = [0.0 if value is None else abs(value) for value in z]
        largest = COMBINATION[sizes.index(statistic)]
    return MaxComboTest(
        statistic=statistic,
        p_value=p_value,
        largest=largest,
        z=z,
        covariance=covariance,
        method=method,
        draws=draws,
        smallest_p=smallest_p,
        standard_error=error,
    )
