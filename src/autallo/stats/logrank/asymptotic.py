"""Log-rank test of equal survival in two or more groups, weighted and stratified if wanted."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from autallo.errors import ArgumentError
from autallo.stats.arguments import MOST_GROUPS, as_events, as_groups, as_times, same_length
from autallo.stats.logrank.event_tables import EventTable, event_tables
from autallo.stats.logrank.weights import LogrankWeights, as_logrank_weights, logrank_weights

__all__ = ["LogrankTest", "logrank_test"]

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Groups with a smaller correlation than this are not compared with each other.
NO_CORRELATION = 1e-13


@dataclass(frozen=True, slots=True)
class LogrankTest:
    """Log-rank test with the hypergeometric variance.

    Attributes
    ----------
    statistic : float or None
        Chi-squared statistic; None if the data hold nothing to compare.
    df : int
        Degrees of freedom: groups with a patient at risk at some event, less one; 0 if there
        is nothing to compare.
    p_value : float or None
        Two-sided p-value from the chi-squared distribution; None with `statistic`.
    observed : ndarray of int, shape (k,)
        Events in each group; with weights other than "logrank" the sum of their weights (float).
    expected : ndarray of float, shape (k,)
        Events, or sum of their weights, expected in each group if all had the same hazard.
    covariance : ndarray of float, shape (k, k)
        Covariance of ``observed - expected``.
    at_risk : ndarray of int, shape (k,)
        Patients in each group.
    z : float or None
        Two groups: root of `statistic`, above 0 if group 1 had more events than expected; else
        None.
    """

    statistic: float | None
    df: int
    p_value: float | None
    observed: NDArray[np.int64] | NDArray[np.float64]
    expected: NDArray[np.float64]
    covariance: NDArray[np.float64]
    at_risk: NDArray[np.int64]
    z: float | None = None


def logrank_test(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    stratum: ArrayLike | None = None,
    weights: LogrankWeights = "logrank",
) -> LogrankTest:
    r"""Test whether survival is the same in all groups.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the event or to the end of follow-up, in any one unit; at least 0.
    event : array_like of bool, shape (n,)
        True (1) if the event happened at `time`, false (0) if follow-up ended without it.
    group : array_like of int, shape (n,)
        Group of each patient, 0, 1, ..., k - 1; at least two groups, none empty.
    entry : array_like of float, shape (n,), or None
        Time at which observation begins, at least 0 and before `time`; None for the start.
    stratum : array_like of int, shape (n,), or None
        Stratum of each patient, 0 upwards, none empty; None for one stratum.
    weights : {"logrank", "gehan", "tarone-ware", "peto-peto", "modified-peto-peto"} or pair
        Weights of the event times, or (rho, gamma) of Fleming and Harrington, both at least 0;
        see `logrank_weights`.

    Returns
    -------
    LogrankTest

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a time is negative or missing, an event is anything but
        true or false, there are not at least two groups with patients, an entry is not before
        its time, a stratum is empty, or the weights are unknown.

    Notes
    -----
    At each event time with weight w and d events among n at risk, the events of the groups are
    taken as drawn without replacement: expected :math:`w d n_g / n`, covariance
    :math:`w^2 d \frac{n - d}{n - 1} \frac{n_g}{n} (\delta_{gh} - \frac{n_h}{n})`. At a tied time,
    events precede censoring. Strata are compared each within itself, with its own weights, and
    their sums added. A group that is never compared with another takes no part: nobody was left
    in it before the first event, or with nobody else. Nothing to compare, and so no statistic
    and no p-value: nobody had the event, only one group was at risk when events happened, all at
    risk had it at once, or all weights are 0 (rho 0 and gamma above 0 with a single event time).
    The chi-squared p-value is too small in groups of about ten; `logrank_permutation_test` is
    exact there. Source: [mantel1966], [peto1972]. Checked against R survival 3.5-3, `survdiff`
    (`tests/reference/logrank.json`, `tests/reference/weighted_logrank.json`), by hand
    (`tests/byhand/test_logrank.py`) and by a loop in fractions (`tests/twins/test_logrank.py`).

    Examples
    --------
    >>> test = logrank_test([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 1, 1])
    >>> test.observed.tolist(), test.expected.round(4).tolist()
    ([2, 2], [0.8333, 3.1667])
    >>> round(test.statistic, 4), round(test.z, 4)
    (2.8824, -1.6977)
    """
    times, events, groups = (
        as_times("time", time),
        as_events("event", event),
        as_groups("group", group, most=MOST_GROUPS),
    )
    same_length(time=times, event=events, group=groups)
    n_groups = int(groups.max()) + 1
    if n_groups == 1:
        raise ArgumentError("`group` must hold at least two groups.")
    tables = event_tables(
        times,
        events,
        groups,
        n_groups=n_groups,
        entry=None if entry is None else _entries(entry, times),
        stratum=None if stratum is None else _strata(stratum, times),
    )
    chosen = as_logrank_weights(weights)
    observed, expected, covariance = _excess(tables[0], chosen)
    for table in tables[1:]:
        more = _excess(table, chosen)
        observed, expected = observed + more[0], expected + more[1]
        covariance = covariance + more[2]
    z: float | None = None
    if n_groups == 2:
        z, statistic, df = _two_groups(float(observed[1] - expected[1]), float(covariance[1, 1]))
    else:
        statistic, df = _many_groups(observed - expected, covariance)
    return LogrankTest(
        statistic=statistic,
        df=df,
        p_value=None if statistic is None else float(chdtrc(df, statistic)),
        observed=observed,
        expected=expected,
        covariance=covariance,
        at_risk=np.bincount(groups),
        z=z,
    )


def _entries(entry: ArrayLike, times: NDArray[np.float64]) -> NDArray[np.float64]:
    entries = as_times("entry", entry)
    same_length(time=times, entry=entries)
    return entries


def _strata(stratum: ArrayLike, times: NDArray[np.float64]) -> NDArray[np.int64]:
    strata = as_groups("stratum", stratum)
    same_length(time=times, stratum=strata)
    return strata


def shares_and_spread(table: EventTable) -> tuple[Counts, Counts, Floats, Floats]:
    """Return, at each time, all at risk, all deaths, the groups' shares, and the variance factor.

    The variance of the events in a group is the factor times its share times all others'.
    """
    everyone, deaths = table.at_risk.sum(axis=0), table.died.sum(axis=0)
    spread = deaths * (everyone - deaths) / np.maximum(everyone - 1, 1)
    return everyone, deaths, table.at_risk / everyone, spread


def _excess(
    table: EventTable, weights: LogrankWeights
) -> tuple[NDArray[np.int64] | NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return what is observed and expected in each group, and the covariance."""
    died = table.died
    everyone, deaths, share, spread = shares_and_spread(table)
    observed: NDArray[np.int64] | NDArray[np.float64]
    if weights == "logrank":
        observed, expected = died.sum(axis=1), share @ deaths
    else:
        weight = logrank_weights(deaths, everyone, weights)
        observed, expected = died @ weight, share @ (weight * deaths)
        spread = weight * weight * spread
    if died.shape[0] == 2:
        variance = float((share[0] * share[1]) @ spread)
        return observed, expected, np.array([[variance, -variance], [-variance, variance]])
    covariance = -(share * spread) @ share.T
    np.fill_diagonal(covariance, 0)
    np.fill_diagonal(covariance, -covariance.sum(axis=1))
    return observed, expected, covariance


def _two_groups(excess: float, variance: float) -> tuple[float | None, float | None, int]:
    if not variance > 0:
        return None, None, 0
    z = excess / math.sqrt(variance)
    return z, z * z, 1


def _many_groups(
    excess: NDArray[np.float64], covariance: NDArray[np.float64]
) -> tuple[float | None, int]:
    """Leave one group out of every set of groups that are compared with each other."""
    scale = np.sqrt(covariance.diagonal())
    compared = -covariance > NO_CORRELATION * np.outer(scale, scale)
    kept, left = [], set(range(excess.size))
    while left:
        reached = {left.pop()}
        waiting = list(reached)
        while waiting:
            near = left.intersection(np.flatnonzero(compared[waiting.pop()]).tolist())
            left -= near
            reached |= near
            waiting += near
        kept += sorted(reached)[1:]
    if not kept:
        return None, 0
    solved = np.linalg.solve(covariance[np.ix_(kept, kept)], excess[kept])
    return max(float(excess[kept] @ solved), 0.0), len(kept)
