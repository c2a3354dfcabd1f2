"""Cumulative incidence of each cause of event where causes compete."""

from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from autallo.errors import ArgumentError
from autallo.stats.arguments import TIE_TOLERANCE, as_causes, as_level, as_times, same_length

__all__ = ["CumulativeIncidence", "IncidenceAt", "cumulative_incidence", "incidence_at"]

Variance = Literal["delta", "cmprsk"]
Interval = Literal["log-log", "plain"]
Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Number = TypeVar("Number", np.float64, np.int64)

#: Largest exponent on the log-log scale that does not overflow; both limits are 0 or 1 long before.
WIDEST = 700.0


@dataclass(frozen=True, slots=True)
class CumulativeIncidence:
    """Aalen-Johansen curves, one row per distinct time of an event or of a censoring.

    Attributes
    ----------
    time : ndarray, shape (t,)
        Distinct times, ascending; the last is the end of follow-up [unit of the input].
    at_risk : ndarray of int, shape (t,)
        Patients under observation just before each time.
    events : ndarray of int, shape (t, k)
        Patients with an event of cause 1 to k at each time.
    incidence : ndarray, shape (t, k)
        Probability of an event of each cause up to and including each time [0 to 1].
    std_error : ndarray, shape (t, k)
        Standard error of `incidence`, by the formula named in `variance`.
    low, high : ndarray, shape (t, k)
        Pointwise confidence limits.
    event_free : ndarray, shape (t,)
        Probability of no event of any cause; with the incidences it sums to 1.
    level : float
        Confidence level of `low` and `high`.
    variance : {"delta", "cmprsk"}
        Formula of the standard error.
    interval : {"log-log", "plain"}
        Scale on which the limits are symmetric.
    """

    time: Floats
    at_risk: Counts
    events: Counts
    incidence: Floats
    std_error: Floats
    low: Floats
    high: Floats
    event_free: Floats
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
        Patients under observation just before each time; 0 beyond follow-up.
    events : ndarray of int, shape (a, k)
        Patients with an event of cause 1 to k up to and including each time.
    beyond : ndarray of bool, shape (a,)
        True where follow-up ends before this time: the value is the last one observed.
    """

    at: Floats
    incidence: Floats
    std_error: Floats
    low: Floats
    high: Floats
    at_risk: Counts
    events: Counts
    beyond: NDArray[np.bool_]


def cumulative_incidence(
    time: ArrayLike,
    cause: ArrayLike,
    *,
    n_causes: int,
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
    level : float
        Confidence level [between 0 and 1].
    variance : {"delta", "cmprsk"}
        Formula of the standard error, see Notes.
    interval : {"log-log", "plain"}
        Limits symmetric on the scale of log(-log(incidence)), or on that of the incidence itself,
        cut at 0 and 1.

    Returns
    -------
    CumulativeIncidence

    Raises
    ------
    ArgumentError
        If lengths differ, a time is missing or negative, a cause lies outside 0 to `n_causes`,
        `level` is not a probability, or an option is unknown.

    Notes
    -----
    :math:`\hat F_k(t) = \sum_{s \le t} \hat S(s-) d_k(s) / Y(s)`, with Y at risk and S the
    Kaplan-Meier estimate of no event of any cause. A patient censored at the time of an event is
    still at risk for it; events of several causes at one time all see the same number at risk.

    Both variances sum, over the times s up to t, how far the noise of s moves the curve at t. An
    event of cause c moves it by :math:`\hat S(s-) [1(c = k) - \hat P(s, t)]`, where
    :math:`\hat P(s, t) = [\hat F_k(t) - \hat F_k(s)] / \hat S(s)` is the risk still ahead of those
    who stay event-free. "delta": the numbers of events at s are multinomial, which gives the
    Greenwood-type estimate, equal to the infinitesimal jackknife of R survival. "cmprsk": each
    cause is independent with variance :math:`d (Y - d) / [Y^2 (Y - 1)]`, or :math:`1 / Y^2` for a
    single event; it is a little larger, and clearly so where few remain at risk.

    While nobody has had the event, the limits are 0 and :math:`1 - (\alpha/2)^{1/n'}`, the binomial
    bound for none among the effective number of patients followed so far,
    :math:`n' = Y(t) / \hat S(t-)` (Peto), which without censoring is everybody, whoever had another
    event; where the incidence is 1 they mirror this. One minus Kaplan-Meier with competing events
    censored is no substitute: it is larger.
    Source: [aalen1978]; [andersen1993] section IV.4.1. Checked against R survival 3.5-3, etm 1.1.1
    and cmprsk 2.2-11 (`tests/reference/incidence.json`), by hand (`tests/byhand/test_incidence.py`)
    and by a twin in fractions (`tests/twins/test_incidence.py`).

    Examples
    --------
    Four patients: relapse (1) at 1 and 3, death without relapse (2) at 2, one censored at 2.

    >>> curve = cumulative_incidence([1, 2, 2, 3], [1, 2, 0, 1], n_causes=2)
    >>> curve.incidence[-1]
    array([0.75, 0.25])
    >>> (curve.std_error[-1] ** 2 * 64).round(9)
    array([3., 3.])
    """
    times = as_times("time", time)
    causes = as_causes("cause", cause, n_causes=n_causes)
    same_length(time=times, cause=causes)
    as_level(level)
    _refuse_unknown("variance", variance, ("delta", "cmprsk"))
    _refuse_unknown("interval", interval, ("log-log", "plain"))
    at, at_risk, events = _counts(times, causes, n_causes)
    staying = at_risk - events.sum(axis=1)
    event_free = np.cumprod(staying / at_risk)
    before = _just_before(event_free, start=1.0)
    step = before[:, None] * events / at_risk[:, None]
    incidence = np.where(_certain(event_free, events), 1.0, np.cumsum(step, axis=0).clip(max=1.0))
    noise = _multinomial_noise if variance == "delta" else _independent_noise
    std_error = np.sqrt(_accumulate(step, *noise(before, event_free, at_risk, events)))
    if variance == "delta":
        std_error[(incidence == 0) | (incidence == 1)] = 0.0
    followed = at_risk / before
    low, high = _limits(incidence, std_error, followed, level=level, interval=interval)
    return CumulativeIncidence(
        at, at_risk, events, incidence, std_error, low, high, event_free, level, variance, interval
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
    (`tests/reference/incidence.json`) and by hand (`tests/byhand/test_incidence.py`).

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
    asked = as_times("at", at)
    rounding = TIE_TOLERANCE * np.maximum(asked, 1.0)
    row = np.searchsorted(curve.time, asked + rounding, side="right")
    ahead = np.searchsorted(curve.time, asked - rounding, side="left")
    at_risk = np.append(curve.at_risk, 0)[ahead]
    beyond = ahead == curve.time.size
    incidence = _with_origin(curve.incidence)[row]
    free_before = np.append(_just_before(curve.event_free, start=1.0), 1.0)
    followed = np.append(curve.at_risk, curve.at_risk[-1])[ahead] / np.where(
        beyond, free_before[-2], free_before[ahead]
    )
    bound = _binomial_bound(followed, curve.level)
    return IncidenceAt(
        at=asked,
        incidence=incidence,
        std_error=_with_origin(curve.std_error)[row],
        low=_with_origin(curve.low)[row],
        high=np.where(incidence == 0, bound[:, None], _with_origin(curve.high)[row]),
        at_risk=at_risk,
        events=_with_origin(np.cumsum(curve.events, axis=0))[row],
        beyond=beyond,
    )


def _refuse_unknown(name: str, option: str, known: tuple[str, ...]) -> None:
    if option not in known:
        raise ArgumentError(f"`{name}` must be one of {', '.join(known)}.")


def _counts(times: Floats, causes: Counts, n_causes: int) -> tuple[Floats, Counts, Counts]:
    """Count, at each distinct time, the patients at risk and the events of each cause."""
    at, slot = np.unique(times, return_inverse=True)
    shape = (at.size, n_causes + 1)
    count = np.bincount(slot * shape[1] + causes, minlength=shape[0] * shape[1]).reshape(shape)
    leaving = count.sum(axis=1)
    return at, times.size - np.cumsum(leaving) + leaving, count[:, 1:]


def _certain(event_free: Floats, events: Counts) -> NDArray[np.bool_]:
    """Say where everybody has had this cause and nobody another one."""
    had = np.cumsum(events, axis=0)
    others = had.sum(axis=1, keepdims=True) - had
    return np.asarray((event_free[:, None] == 0) & (others == 0))


def _multinomial_noise(
    before: Floats, event_free: Floats, at_risk: Counts, events: Counts
) -> tuple[Floats, Floats, Floats]:
    """Noise of one time if the events at it are one multinomial draw (see `_accumulate`)."""
    share = events / at_risk[:, None]
    own = before[:, None] ** 2 * share * (1 - share) / at_risk[:, None]
    shared = before[:, None] * share / at_risk[:, None]
    staying = at_risk - events.sum(axis=1)
    free = events.sum(axis=1) / (at_risk * np.maximum(staying, 1)) * (event_free > 0)
    return own, shared * (event_free > 0)[:, None], free


def _independent_noise(
    before: Floats, event_free: Floats, at_risk: Counts, events: Counts
) -> tuple[Floats, Floats, Floats]:
    """Noise of one time if causes are independent of each other, tied events within one not."""
    ties = 1 - np.maximum(events - 1, 0) / np.maximum(at_risk - 1, 1)[:, None]
    own = (before**2 / at_risk.astype(np.float64) ** 2)[:, None] * ties * events
    inverse = np.divide(1.0, event_free, out=np.zeros_like(event_free), where=event_free > 0)
    return own, own * inverse[:, None], own.sum(axis=1) * inverse**2


def _accumulate(step: Floats, own: Floats, shared: Floats, free: Floats) -> Floats:
    """Carry the variance of each curve forward from time to time.

    `own` is the variance that a time adds to the curve itself, `free` what it adds to the relative
    variance of the event-free share, `shared` the (negative) covariance of the two over the share.
    """
    relative = _just_before(np.cumsum(free), start=0.0)[:, None]
    covariance = np.cumsum(step * relative - shared, axis=0)
    covariance_before = np.vstack([np.zeros_like(step[:1]), covariance[:-1]])
    growth = own + step**2 * relative + 2 * step * covariance_before
    return np.cumsum(growth, axis=0).clip(min=0.0)


def _limits(
    incidence: Floats, std_error: Floats, followed: Floats, *, level: float, interval: Interval
) -> tuple[Floats, Floats]:
    reach = -ndtri((1 - level) / 2) * std_error
    inside = (incidence > 0) & (incidence < 1)
    if interval == "plain":
        low, high = (incidence - reach).clip(min=0.0), (incidence + reach).clip(max=1.0)
    else:
        middle = np.where(inside, incidence, 0.5)
        width = np.minimum(reach / (-middle * np.log(middle)), WIDEST)
        low, high = middle ** np.exp(width), middle ** np.exp(-width)
    bound = _binomial_bound(followed, level)[:, None]
    low = np.where(inside, low, np.where(incidence == 0, 0.0, 1 - bound))
    high = np.where(inside, high, np.where(incidence == 0, bound, 1.0))
    return low, high


def _binomial_bound(followed: Floats, level: float) -> Floats:
    """Upper limit of a probability when none of so many patients had the event."""
    return np.asarray(-np.expm1(np.log((1 - level) / 2) / followed), dtype=np.float64)


def _just_before(values: Floats, *, start: float) -> Floats:
    return np.concatenate([[start], values[:-1]])


def _with_origin(rows: NDArray[Number]) -> NDArray[Number]:
    return np.vstack([np.zeros_like(rows[:1]), rows])
