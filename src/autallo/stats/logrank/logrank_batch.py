"""The log-rank test of many studies of one size at once, as simulations need it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_groups, as_study_events, as_study_times
from autallo.stats.risk_sets import risk_sets_of_studies

__all__ = ["LogrankBatchTest", "logrank_batch_test"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LogrankBatchTest:
    """Log-rank tests of many studies of two groups.

    Attributes
    ----------
    statistic : ndarray of float, shape (s,)
        Chi-squared statistic, one degree of freedom; 0 where there is nothing to compare.
    p_value : ndarray of float, shape (s,)
        Two-sided p-value; 1 where there is nothing to compare.
    z : ndarray of float, shape (s,)
        Standardised statistic, above 0 if group 1 had more events than expected.
    observed, expected : ndarray of float, shape (s,)
        Events in group 1, and events expected there if both had the same hazard.
    testable : ndarray of bool, shape (s,)
        False where the data hold nothing to compare.
    """

    statistic: Floats
    p_value: Floats
    z: Floats
    observed: Floats
    expected: Floats
    testable: NDArray[np.bool_]


def logrank_batch_test(time: ArrayLike, event: ArrayLike, group: ArrayLike) -> LogrankBatchTest:
    """Test in each of many studies whether survival is the same in two groups.

    Parameters
    ----------
    time : array_like of float, shape (s, n)
        Time to the event or to the end of follow-up, one study to a row; at least 0.
    event : array_like of bool, shape (s, n)
        True (1) if the event happened at `time`, false (0) if follow-up ended without it.
    group : array_like of int, shape (n,)
        Group of the patient in each column, 0 or 1, the same in all studies; none empty.

    Returns
    -------
    LogrankBatchTest

    Raises
    ------
    ArgumentError
        If `time` and `event` are not tables of one shape, `group` is not one code for each of
        their columns, a time is negative or missing, an event is anything but true or false, or
        there are not exactly two groups.

    Notes
    -----
    Each study gets the numbers that `logrank_test` gives it alone, to the rounding of its sums
    (relative 1e-13), and no study can change those of another. A study in which nobody had the
    event, only one group was at risk when events happened, or all had it at once has nothing to
    compare: `testable` is false, the statistic 0 and p 1.
    Source: [mantel1966]. Checked against the form for one study
    (`tests/laws/test_logrank_batch.py`), by hand (`tests/byhand/test_logrank_batch.py`) and
    against R survival 3.5-3 (`tests/reference/test_logrank_batch.py`).

    Examples
    --------
    >>> test = logrank_batch_test([[1, 2, 3, 4], [1, 2, 3, 4]], [[1] * 4, [0] * 4], [0, 0, 1, 1])
    >>> test.statistic.round(4).tolist(), test.testable.tolist()
    ([2.8824, 0.0], [True, False])
    """
    times, events = as_study_times("time", time), as_study_events("event", event)
    groups = as_groups("group", group)
    if times.shape != events.shape or groups.size != times.shape[1]:
        raise ArgumentError("`time`, `event` and `group` must have the same number of patients.")
    if groups.max() != 1:
        raise ArgumentError("`group` must hold two groups, 0 and 1.")
    everyone = np.broadcast_to(groups, times.shape)
    table = risk_sets_of_studies(times, events, group=everyone, n_groups=2)
    died, at_risk = table.leaving[:, :, 1], table.at_risk
    deaths, present = died.sum(axis=1), at_risk.sum(axis=1)
    share = at_risk[:, 1] / present
    expected = (share * deaths).sum(axis=1)
    spread = deaths * (present - deaths) / np.maximum(present - 1, 1)
    variance = (share * (1 - share) * spread).sum(axis=1)
    testable = variance > 0
    observed = died[:, 1].sum(axis=1).astype(np.float64)
    z = np.zeros(len(times))
    np.divide(observed - expected, np.sqrt(variance), out=z, where=testable)
    return LogrankBatchTest(
        statistic=z * z,
        p_value=np.where(testable, chdtrc(1, z * z), 1.0),
        z=z,
        observed=observed,
        expected=expected,
        testable=testable,
    )
