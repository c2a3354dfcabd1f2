"""Kaplan-Meier survival at chosen times in many studies at once, as simulations need it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_level, as_study_events, as_study_times, as_times
from autallo.stats.risk_sets import StudyRiskSets, risk_sets_of_studies
from autallo.stats.survival.limits import Interval, binomial_low, survival_limits

__all__ = ["KaplanMeierBatch", "kaplan_meier_batch"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class KaplanMeierBatch:
    """Survival of each of many studies at the same times.

    Attributes
    ----------
    at : ndarray of float, shape (m,)
        The times asked for, in the order given.
    survival, std_error, low, high : ndarray of float, shape (s, m)
        The curve of each study at each time, its standard error and limits.
    at_risk : ndarray of int, shape (s, m)
        Patients under observation just before each time.
    beyond : ndarray of bool, shape (s, m)
        True where the time is later than the last observed one of the study.
    level : float
        Confidence level [0 to 1].
    """

    at: Floats
    survival: Floats
    std_error: Floats
    low: Floats
    high: Floats
    at_risk: NDArray[np.int64]
    beyond: NDArray[np.bool_]
    level: float


def kaplan_meier_batch(
    time: ArrayLike,
    event: ArrayLike,
    *,
    at: ArrayLike,
    level: float = 0.95,
    interval: Interval = "log-log",
) -> KaplanMeierBatch:
    """Estimate survival at chosen times in each of many studies of the same size.

    Parameters
    ----------
    time : array_like of float, shape (s, n)
        Time to the event or to the end of follow-up, one study to a row; at least 0.
    event : array_like of bool, shape (s, n)
        True (1) if the event happened at `time`, false (0) if follow-up ended without it.
    at : array_like of float, shape (m,)
        Times asked for [same unit], at least 0, in any order.
    level : float
        Confidence level, between 0 and 1.
    interval : {"log-log", "log", "plain", "arcsine", "logit"}
        Scale on which the limits are symmetric.

    Returns
    -------
    KaplanMeierBatch

    Raises
    ------
    ArgumentError
        If `time` and `event` are not tables of one shape, a time is negative or missing, an
        event is anything but true or false, `level` is outside 0 to 1, or `interval` is unknown.

    Notes
    -----
    Each study gets, to the last bit, the numbers that `survival_at` reads from its own
    `kaplan_meier`, boundaries included, and no study can change those of another.
    Source: [kaplan1958], [greenwood1926]. Checked against the form for one study
    (`tests/laws/test_kaplan_meier_batch.py`), by hand
    (`tests/byhand/test_kaplan_meier_batch.py`) and against R survival 3.5-3
    (`tests/reference/test_kaplan_meier_batch.py`).

    Examples
    --------
    >>> time, event = [[1, 2, 2, 3], [1, 1, 4, 4]], [[1, 1, 0, 1], [0, 0, 0, 0]]
    >>> curves = kaplan_meier_batch(time, event, at=[2])
    >>> curves.survival.tolist()
    [[0.5], [1.0]]
    """
    times, events = as_study_times("time", time), as_study_events("event", event)
    if times.shape != events.shape:
        raise ArgumentError("`time` and `event` must have the same shape.")
    asked, confidence = as_times("at", at).copy(), as_level(level)
    table = risk_sets_of_studies(times, events)
    died, at_risk = table.leaving[:, 0, 1], table.at_risk[:, 0]
    left = at_risk - died
    survival = _from_the_start(np.multiply.accumulate(left / at_risk, axis=1), 1.0)
    terms = np.divide(died, at_risk * left, out=np.zeros(died.shape), where=left > 0)
    error = _from_the_start(np.sqrt(np.cumsum(terms, axis=1)), 0.0)
    slack = table.slack[:, None, None]
    row = (table.time[:, :, None] <= asked + slack).sum(axis=1)
    ahead = (table.time[:, :, None] < asked - slack).sum(axis=1)
    present = times.shape[1] - ahead
    value, spread = (np.take_along_axis(curve, row, axis=1) for curve in (survival, error))
    beyond = (asked > table.time[:, -1:] + slack[:, 0]) & (value > 0)
    low, high = np.zeros(value.shape), np.ones(value.shape)
    inside = (value > 0) & (value < 1)
    limits = survival_limits(
        value[inside], spread[inside], present[inside], level=confidence, interval=interval
    )
    low[inside], high[inside] = limits.low, limits.high
    # Past the last time the curve keeps the limit that the patients there had given it.
    followed = np.where(beyond, at_risk[:, -1:], present)
    low[value == 1] = binomial_low(followed[value == 1], confidence)
    for study, column in np.argwhere(value == 0).tolist():
        high[study, column] = _high_at_the_end(
            table, study, survival[study], error[study], level=confidence, interval=interval
        )
    return KaplanMeierBatch(
        at=asked,
        survival=value,
        std_error=value * spread,
        low=low,
        high=high,
        at_risk=present,
        beyond=beyond,
        level=confidence,
    )


def _from_the_start(curves: Floats, start: float) -> Floats:
    return np.concatenate((np.full((len(curves), 1), start), curves), axis=1)


def _high_at_the_end(
    table: StudyRiskSets,
    study: int,
    survival: Floats,
    error: Floats,
    *,
    level: float,
    interval: Interval,
) -> float:
    """Return the upper limit of a curve that has ended at 0, from the curve by itself."""
    before = survival[:-1]
    followed = table.at_risk[study, 0] / np.where(before > 0, before, 1.0)
    limits = survival_limits(survival[1:], error[1:], followed, level=level, interval=interval)
    return float(limits.high[-1])
