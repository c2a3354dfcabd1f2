"""Log-rank test of equal survival in two or more groups."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_events, as_groups, as_times, same_length

__all__ = ["LogrankTest", "logrank_test"]


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
        Events in each group.
    expected : ndarray of float, shape (k,)
        Events expected in each group if all had the same hazard.
    covariance : ndarray of float, shape (k, k)
        Covariance of ``observed - expected``.
    at_risk : ndarray of int, shape (k,)
        Patients in each group at time 0.
    """

    statistic: float | None
    df: int
    p_value: float | None
    observed: NDArray[np.int64]
    expected: NDArray[np.float64]
    covariance: NDArray[np.float64]
    at_risk: NDArray[np.int64]


def logrank_test(time: ArrayLike, event: ArrayLike, group: ArrayLike) -> LogrankTest:
    r"""Test whether survival is the same in all groups.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the event or to the end of follow-up, in any one unit; at least 0.
    event : array_like of bool, shape (n,)
        True (1) if the event happened at `time`, false (0) if follow-up ended without it.
    group : array_like of int, shape (n,)
        Group of each patient, 0, 1, ..., k - 1; at least two groups, none empty.

    Returns
    -------
    LogrankTest

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a time is negative or missing, an event is anything but
        true or false, or there are not at least two groups with patients.

    Notes
    -----
    At each event time with d events among n at risk, the events of the groups are taken as
    drawn without replacement: expected :math:`d n_g / n`, covariance
    :math:`d \frac{n - d}{n - 1} \frac{n_g}{n} (\delta_{gh} - \frac{n_h}{n})`. At a tied time,
    events precede censoring. A group that nobody is left in before the first event takes no
    part. Nothing to compare, and so no statistic and no p-value: nobody had the event, only one
    group was at risk when events happened, or all at risk had it at once.
    The chi-squared p-value is too small in groups of about ten; `logrank_permutation_test` is
    exact there. Source: [mantel1966], [peto1972]. Checked against R survival 3.5-3, `survdiff`
    (`tests/reference/logrank.json`), and by hand (`tests/byhand/test_logrank.py`).

    Examples
    --------
    >>> test = logrank_test([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 1, 1])
    >>> test.observed.tolist(), test.expected.round(4).tolist()
    ([2, 2], [0.8333, 3.1667])
    >>> round(test.statistic, 4)
    2.8824
    """
    times, events, groups = (
        as_times("time", time),
        as_events("event", event),
        as_groups("group", group),
    )
    same_length(time=times, event=events, group=groups)
    if groups.max() < 1:
        raise ArgumentError("`group` must hold at least two groups.")
    died, at_risk = _counts_at_event_times(times, events, groups)
    everyone, deaths = at_risk.sum(axis=0), died.sum(axis=0)
    share = at_risk / everyone
    expected = share @ deaths
    spread = deaths * (everyone - deaths) / np.maximum(everyone - 1, 1)
    covariance = np.diag(share @ spread) - (share * spread) @ share.T
    observed = died.sum(axis=1)
    statistic, df = _statistic(observed - expected, covariance, expected > 0)
    return LogrankTest(
        statistic=statistic,
        df=df,
        p_value=None if statistic is None else float(chdtrc(df, statistic)),
        observed=observed,
        expected=expected,
        covariance=covariance,
        at_risk=np.bincount(groups),
    )


def _counts_at_event_times(
    times: NDArray[np.float64], events: NDArray[np.bool_], groups: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count events and patients at risk, groups in rows and event times in columns."""
    at = np.unique(times[events])
    shape = (int(groups.max()) + 1, at.size + 1)
    slot = groups * shape[1] + np.searchsorted(at, times, side="right")
    # Slot j of a group: last event time not later than the patient's own is number j - 1.
    leaving = np.bincount(slot, minlength=shape[0] * shape[1]).reshape(shape)
    died = np.bincount(slot[events], minlength=shape[0] * shape[1]).reshape(shape)
    at_risk = leaving[:, ::-1].cumsum(axis=1)[:, ::-1]
    return died[:, 1:], at_risk[:, 1:]


def _statistic(
    excess: NDArray[np.float64], covariance: NDArray[np.float64], active: NDArray[np.bool_]
) -> tuple[float | None, int]:
    if active.sum() < 2 or not covariance.trace() > 0:
        return None, 0
    kept = np.flatnonzero(active)[1:]
    solved = np.linalg.solve(covariance[np.ix_(kept, kept)], excess[kept])
    return max(float(excess[kept] @ solved), 0.0), int(kept.size)
