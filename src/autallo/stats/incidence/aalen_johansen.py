"""Cumulative incidence of each cause of event where causes compete."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_causes, as_level, as_times, as_weights, same_length
from autallo.stats.incidence.limits import INTERVALS, incidence_limits
from autallo.stats.incidence.variance import VARIANCES, EventCounts, Variance, incidence_variance
from autallo.stats.risk_sets import risk_sets, time_slack
from autallo.stats.survival.limits import Interval, bound_without_events
from autallo.stats.survival.steps import followed_so_far, just_before, read_followed

__all__ = ["CumulativeIncidence", "IncidenceAt", "cumulative_incidence", "incidence_at"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Numbers = NDArray[np.int64] | NDArray[np.float64]
Number = TypeVar("Number", np.float64, np.int64)


@dataclass(frozen=True, slots=True)
class CumulativeIncidence:
    """Aalen-Johansen curves, one row per distinct time of an event or of a censoring.

    Attributes
    ----------
    time : ndarray, shape (t,)
        Distinct times, ascending; the last is the end of follow-up [unit of the input].
    at_risk : ndarray of int, shape (t,)
        Patients under observation just before each time; a sum of weights (float) with weights.
    events : ndarray of int, shape (t, k)
        Patients with an event of cause 1 to k at each time; sums of weights with weights.
    incidence : ndarray, shape (t, k)
        Probability of an event of each cause up to and including each time [0 to 1].
    std_error : ndarray, shape (t, k)
        Standard error of `incidence`, by the formula named in `variance`.
    low, high : ndarray, shape (t, k)
        Pointwise confidence limits.
    event_free : ndarray, shape (t,)
        Probability of no event of any cause; with the incidences it sums to 1.
    followed : ndarray, shape (t,)
        Effective number of patients followed so far; where nobody had the event yet, the limits
        are the bound that so many patients give.
    entry : ndarray, shape (n,), or None
        Times at which observation began, ascending; None if it was 0 for everybody.
    level : float
        Confidence level of `low` and `high`.
    variance : {"delta", "cmprsk"}
        Formula of the standard error.
    interval : {"log-log", "log", "logit", "arcsine", "plain"}
        Scale on which the limits are symmetric.
    """

    time: Floats
    at_risk: Numbers
    events: Numbers
    incidence: Floats
    std_error: Floats
    low: Floats
    high: Floats
    event_free: Floats
    followed: Floats
    entry: Floats | None
    level: float
    variance: Variance
    interval: Interval


@dataclass(frozen=True, slots=True)
class IncidenceAt:
    """Cumulative incidence read off the curves at chosen times.

    Attributes
    ----------
    at : ndarray, shape (a,)
        The times asked for, in the order asked [unit of the curve].
    incidence, std_error, low, high : ndarray, shape (a, k)
        Value of the curve, its standard error and limits at each of these times.
    at_risk : ndarray of int, shape (a,)
        Patients under observation just before each time, 0 beyond follow-up; a sum of weights
        (float) with weights.
    events : ndarray of int, shape (a, k)
        Patients with an event of cause 1 to k up to and including each time; sums of weights with
        weights.
    beyond : ndarray of bool, shape (a,)
        True where follow-up ends before this time: the value is the last one observed.
    """

    at: Floats
    incidence: Floats
    std_error: Floats
    low: Floats
    high: Floats
    at_risk: Numbers
    events: Numbers
    beyond: NDArray[np.bool_]


def cumulative_incidence(
    time: ArrayLike,
    cause: ArrayLike,
    *,
    n_causes: int,
    entry: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    level: float = 0.95,
    variance: Variance = "delta",
    interval: Interval = "log-log",
) -> CumulativeIncidence:
    r"""Estimate the probability over time of each of several competing causes of event.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the first event or to the end of follow-up [any one unit], at least 0.
    cause : array_like of int, shape (n,)
        Cause of the event, 1 to `n_causes`; 0 where follow-up ended without one.
    n_causes : int
        Number k of causes that compete, at least 1. A cause that nobody had gets a curve at 0.
    entry : array_like of float, shape (n,), or None
        Time at which observation began, earlier than `time`; None if it was 0 for everybody.
    weight : array_like of float, shape (n,), or None
        Weight of each patient, at least 0, as from a propensity score; None for 1. Not together
        with `entry`, and with the delta variance only.
    level : float
        Confidence level [between 0 and 1].
    variance : {"delta", "cmprsk"}
        Formula of the standard error, see Notes.
    interval : {"log-log", "log", "logit", "arcsine", "plain"}
        Scale on which the limits are symmetric, see Notes.

    Returns
    -------
    CumulativeIncidence

    Raises
    ------
    ArgumentError
        If lengths differ, a time is missing or negative, a cause lies outside 0 to `n_causes`,
        an entry is not earlier than the time, a weight is negative, `level` is not a
        probability, an option is unknown, or options do not go together.

    Notes
    -----
    :math:`\hat F_k(t) = \sum_{s \le t} \hat S(s-) d_k(s) / Y(s)`, with Y at risk and S the
    Kaplan-Meier estimate of no event of any cause. A patient censored at the time of an event is
    still at risk for it; events of several causes at one time all see the same number at risk.
    One cause alone gives one minus Kaplan-Meier. One minus Kaplan-Meier with competing events
    censored is no substitute: it is larger.

    Both variances sum, over the times s up to t, how far the noise of s moves the curve at t. An
    event of cause c moves it by :math:`\hat S(s-) [1(c = k) - \hat P(s, t)]`, where
    :math:`\hat P(s, t) = [\hat F_k(t) - \hat F_k(s)] / \hat S(s)` is the risk still ahead of those
    who stay event-free. "delta": the numbers of events at s are multinomial, which gives the
    Greenwood-type estimate of R etm and prodlim, equal to the infinitesimal jackknife of R
    survival if all enter at 0. "cmprsk": the cause and all others together are independent, each
    with variance :math:`d (Y - d) / [Y^2 (Y - 1)]`, or :math:`1 / Y^2` for a single event; it is a
    little larger, and clearly so where few remain at risk.

    The limits are symmetric on the scale of log(-log F), log F, log(F / (1 - F)), arcsin(sqrt F)
    or F, of the incidence F itself and not of 1 - F, and are cut at 0 and 1. They are the
    `conf.type` "log-log", "log", "logit", "arcsin" and "plain" of a multi-state `survfit` of R
    survival. cmprsk gives no limits, prodlim the plain ones.

    While nobody has had the event, the limits are 0 and :math:`1 - (\alpha/2)^{1/n'}`, the binomial
    bound for none among the effective number of patients followed so far,
    :math:`n' = Y(t) / \hat S(t-)` (Peto), which without censoring is everybody, whoever had another
    event; where the incidence is 1 they mirror this.

    Delayed entry: a patient is at risk after the entry, up to and including the time. Where few
    are at risk early on, one event can carry a curve to the end of its scale for good. The
    bound takes the smallest n' so far, over the whole time line from 0, just before each entry and
    each exit: who enters later says nothing about the time before. It is 1 if nobody was at risk
    for a while. Once somebody has had the event the limits do not know how few were there before,
    as in `kaplan_meier`. The curves are those of R survival; its standard errors,
    an infinitesimal jackknife, differ a little from the delta ones.

    Weights: the variance is the infinitesimal jackknife :math:`\sum_i w_i^2 U_i^2`, with U the
    influence of a patient on the curve and the weights taken as known; a factor common to all
    weights changes nothing. The bound takes :math:`(\sum w)^2 / \sum w^2` as number at risk, and
    the smallest n' so far. Patients with weight 0 are left out.

    Boundaries: everybody censored gives curves at 0 and their bounds, nobody censored the shares
    of all patients, everybody at once with one cause 1 and the mirrored bound; times that differ
    by rounding only are one time.
    Source: [aalen1978]; [andersen1993] section IV.4.1; [peto1977]. Checked against R survival
    3.5-3, etm 1.1.1, prodlim 2019.11.13 and cmprsk 2.2-11 (`tests/reference/incidence.json`), by
    hand (`tests/byhand/test_incidence.py`), by a twin in fractions
    (`tests/twins/test_incidence.py`) and by laws (`tests/laws/test_incidence.py`).

    Examples
    --------
    Four patients: relapse (1) at 1 and 3, death without relapse (2) at 2, one censored at 2.

    >>> curve = cumulative_incidence([1, 2, 2, 3], [1, 2, 0, 1], n_causes=2)
    >>> curve.incidence[-1]
    array([0.75, 0.25])
    >>> (curve.std_error[-1] ** 2 * 64).round(9)
    array([3., 3.])
    """
    _refuse_options(level, variance, interval)
    if weight is not None and (entry is not None or variance != "delta"):
        raise ArgumentError("`weight` must come with the delta variance and without `entry`.")
    counts = _counted(time, cause, n_causes=n_causes, entry=entry, weight=weight)
    step = counts.before / counts.at_risk * counts.events
    incidence = _incidence(step, counts)
    std_error = np.sqrt(incidence_variance(step, counts, variance))
    if variance == "delta" and incidence[:, -1].max() == 1:
        std_error[incidence == 1] = 0.0
    followed = _followed(counts)
    reach = -ndtri((1 - level) / 2) * std_error
    bound = bound_without_events(followed, level)
    low, high = incidence_limits(incidence, step, reach, interval, bound)
    return CumulativeIncidence(
        time=counts.time,
        at_risk=counts.at_risk,
        events=counts.events.T,
        incidence=incidence.T,
        std_error=std_error.T,
        low=low.T,
        high=high.T,
        event_free=counts.event_free,
        followed=followed,
        entry=counts.entry,
        level=level,
        variance=variance,
        interval=interval,
    )


def incidence_at(curve: CumulativeIncidence, at: ArrayLike) -> IncidenceAt:
    """Estimate the cumulative incidence at chosen times from the curves.

    Parameters
    ----------
    curve : CumulativeIncidence
        Curves of one group.
    at : array_like of float, shape (a,)
        Times, at least 0 [unit of the curve].

    Returns
    -------
    IncidenceAt

    Raises
    ------
    ArgumentError
        If a time is missing or negative.

    Notes
    -----
    The curve is right-continuous: an event at exactly this time counts. The number at risk is the
    one just before it, so it includes patients whose event or censoring falls on it. Between two
    rows the estimate and its limits are those of the earlier row, except that the bound for a cause
    nobody has had yet is the one for the patients followed until then: a bound earned by
    seventeen patients on day 30 must not be shown for the two who are left on day 100. Beyond the
    end of follow-up everything stays as on the last row, and `beyond` says so.
    Source: [andersen1993] section IV.4.1. Checked against R cmprsk 2.2-11 `timepoints`
    (`tests/reference/incidence.json`), by hand (`tests/byhand/test_incidence.py`) and by laws
    (`tests/laws/test_incidence.py`).

    Examples
    --------
    >>> curve = cumulative_incidence([1, 2, 2, 3], [1, 2, 0, 1], n_causes=2)
    >>> point = incidence_at(curve, [0.5, 2, 9])
    >>> point.incidence
    array([[0.  , 0.  ],
           [0.25, 0.25],
           [0.75, 0.25]])
    >>> point.at_risk, point.beyond
    (array([4, 3, 0]), array([False, False,  True]))
    """
    asked = as_times("at", at).copy()
    slack = time_slack(curve.time)
    row = np.searchsorted(curve.time, asked + slack, side="right")
    ahead = np.searchsorted(curve.time, asked - slack, side="left")
    incidence = _read(curve.incidence, row)
    bound = bound_without_events(followed_until(curve, asked), curve.level)
    return IncidenceAt(
        at=asked,
        incidence=incidence,
        std_error=_read(curve.std_error, row),
        low=_read(curve.low, row),
        high=np.where(incidence == 0, bound[:, None], _read(curve.high, row)),
        at_risk=_at_risk(curve, asked, ahead, slack),
        events=_read(np.add.accumulate(curve.events), row),
        beyond=ahead == curve.time.size,
    )


def _refuse_options(level: float, variance: str, interval: str) -> None:
    as_level(level)
    if variance not in VARIANCES:
        raise ArgumentError(f"`variance` must be one of {', '.join(VARIANCES)}.")
    if interval not in INTERVALS:
        raise ArgumentError(f"`interval` must be one of {', '.join(INTERVALS)}.")


def _counted(
    time: ArrayLike,
    cause: ArrayLike,
    *,
    n_causes: int,
    entry: ArrayLike | None,
    weight: ArrayLike | None,
) -> EventCounts:
    times = as_times("time", time)
    causes = as_causes("cause", cause, n_causes=n_causes)
    same_length(time=times, cause=causes)
    squares = None
    if weight is not None:
        weights = as_weights("weight", weight)
        same_length(time=times, weight=weights)
        some = weights > 0
        times, causes, weights = times[some], causes[some], weights[some]
        table = risk_sets(times, causes, n_outcomes=n_causes + 1, weight=weights)
        squares = risk_sets(times, causes, n_outcomes=n_causes + 1, weight=weights**2)
    elif entry is not None:
        entries = as_times("entry", entry)
        same_length(time=times, entry=entries)
        table = risk_sets(times, causes, n_outcomes=n_causes + 1, entry=entries)
    else:
        table = risk_sets(times, causes, n_outcomes=n_causes + 1)
    at_risk, events = table.at_risk[0], table.leaving[0, 1:].copy()
    dead = np.add.reduce(events)
    staying = at_risk - dead
    event_free = np.multiply.accumulate(staying / at_risk)
    return EventCounts(
        time=table.time,
        at_risk=at_risk,
        events=events,
        dead=dead,
        staying=staying,
        event_free=event_free,
        before=just_before(event_free, 1.0),
        entry=None if entry is None else np.sort(entries),
        squares=squares,
    )


def _incidence(step: Floats, counts: EventCounts) -> Floats:
    """Add up the steps; 1 where everybody has had this cause and nobody another one."""
    incidence = np.add.accumulate(step, axis=1)
    if incidence[:, -1].max() > 1:
        np.minimum(incidence, 1.0, out=incidence)
    alive = np.count_nonzero(counts.event_free)
    if alive < counts.time.size:
        had = counts.events[:, : alive + 1].any(axis=1)
        if np.count_nonzero(had) == 1:
            incidence[had, alive:] = 1.0
    return incidence


def _followed(counts: EventCounts) -> Floats:
    """Return the effective number of patients followed so far, the smallest one yet."""
    at_risk = counts.at_risk
    if counts.entry is not None:
        entry_time, entered = _entries(counts.entry)
        so_far = followed_so_far(
            counts.time, at_risk, counts.event_free, entry_time=entry_time, entered=entered
        )
        return read_followed(so_far, counts.time, 0.0)
    if counts.squares is not None:
        at_risk = at_risk**2 / counts.squares.at_risk[0]
    return np.asarray(np.minimum.accumulate(at_risk / counts.before), dtype=np.float64)


def followed_until(curve: CumulativeIncidence, days: Floats) -> Floats:
    """Return the effective number of patients that the curves have followed up to each day."""
    slack = time_slack(curve.time)
    if curve.entry is None:
        row = np.searchsorted(curve.time, days - slack, side="left")
        return curve.followed[np.minimum(row, curve.time.size - 1)]
    entry_time, entered = _entries(curve.entry)
    so_far = followed_so_far(
        curve.time, curve.at_risk, curve.event_free, entry_time=entry_time, entered=entered
    )
    return read_followed(so_far, days, slack)


def _entries(entry: Floats) -> tuple[Floats, Counts]:
    """Return the different times of entry, from all in order, and how many patients have each."""
    first = np.flatnonzero(np.diff(entry, prepend=-1.0))
    return entry[first], np.diff(first, append=entry.size)


def _read(rows: NDArray[Number], row: Counts) -> NDArray[Number]:
    """Return so many rows' last one, or 0 before the first."""
    return np.asarray(rows[np.maximum(row - 1, 0)] * (row > 0)[:, None], dtype=rows.dtype)


def _at_risk(curve: CumulativeIncidence, asked: Floats, ahead: Counts, slack: float) -> Numbers:
    """Return the patients at risk just before each time: those of the next row who had entered."""
    inside = np.minimum(ahead, curve.time.size - 1)
    at_risk = np.where(ahead > inside, 0, curve.at_risk[inside])
    if curve.entry is None:
        return at_risk
    entered = np.searchsorted(curve.entry, asked - slack, side="left")
    entered_later = np.searchsorted(curve.entry, curve.time[inside] - slack, side="left")
    return np.where(ahead > inside, 0, at_risk - (entered_later - entered))
