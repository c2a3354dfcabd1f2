"""Restricted mean time lost to each of several competing causes, and its difference."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_level, as_number
from autallo.stats.incidence.aalen_johansen import CumulativeIncidence, followed_until
from autallo.stats.risk_sets import time_slack
from autallo.stats.survival.limits import bound_without_events

__all__ = [
    "RestrictedTimeLost",
    "RestrictedTimeLostDifference",
    "restricted_time_lost",
    "restricted_time_lost_difference",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RestrictedTimeLost:
    """Mean time lost to each cause up to a chosen time.

    Attributes
    ----------
    estimate : ndarray, shape (k,)
        Mean time between an event of cause 1 to k and `until`, 0 for who had none [unit of the
        curve].
    std_error : ndarray, shape (k,)
        Standard error of `estimate`; 0 if nobody had the cause before `until`, or everybody at
        one time.
    low, high : ndarray, shape (k,)
        Confidence limits.
    event_free : float
        Restricted mean event-free time: with the estimates it sums to `until`.
    until : float
        End of the time looked at.
    level : float
        Confidence level of `low` and `high`.
    beyond : bool
        True if follow-up ends before `until` with patients still event-free: from there on the
        curves are taken as level.
    """

    estimate: Floats
    std_error: Floats
    low: Floats
    high: Floats
    event_free: float
    until: float
    level: float
    beyond: bool


@dataclass(frozen=True, slots=True)
class RestrictedTimeLostDifference:
    """Difference of the mean time lost in two groups.

    Attributes
    ----------
    estimate : ndarray, shape (k,)
        Time lost to each cause in the first group less that in the second [unit of the curves].
    std_error : ndarray, shape (k,)
        Standard error of `estimate`.
    low, high : ndarray, shape (k,)
        Confidence limits.
    until : float
        End of the time looked at.
    level : float
        Confidence level of `low` and `high`.
    """

    estimate: Floats
    std_error: Floats
    low: Floats
    high: Floats
    until: float
    level: float


def restricted_time_lost(
    curve: CumulativeIncidence, *, until: float, level: float = 0.95
) -> RestrictedTimeLost:
    r"""Estimate the mean time lost to each cause: the area under its incidence.

    Parameters
    ----------
    curve : CumulativeIncidence
        Curves of one group, of patients without weights; its own variance, level and interval
        play no part.
    until : float
        End of the time looked at, more than 0 [unit of the curve].
    level : float
        Confidence level [between 0 and 1].

    Returns
    -------
    RestrictedTimeLost

    Raises
    ------
    ArgumentError
        If `until` is not a number above 0, `level` is not a probability, or the curves are of
        weighted patients.

    Notes
    -----
    :math:`\hat L_k = \int_0^\tau \hat F_k(t) dt`, with :math:`\tau` the end of the time looked at.
    The variance is the delta one: at each event time s the patients at risk Y are a
    multinomial draw of those who have the cause and lose :math:`r = \tau - s` (share p), those who
    have another one and lose nothing to this one (share q), and those who stay, who have
    :math:`A = \int_s^\tau [\hat F_k(t) - \hat F_k(s)] dt / \hat S(s)` ahead (share u):
    :math:`\sum_s \hat S(s-)^2 [p q r^2 + p u (r - A)^2 + q u A^2] / Y`. This equals the
    infinitesimal jackknife of R survival, ``sqrt(colSums(influence^2))``; there is no factor
    n / (n - 1).

    The limits are symmetric, cut at 0 and `until`, and approximate. Where the standard error is
    0 they come from the binomial bound b of `cumulative_incidence` for nobody among the patients
    followed: from 0 to :math:`b \tau` if nobody had the cause before `until`; if everybody had it
    at one time s, from :math:`(1 - b) r` to :math:`r + b s`.

    Beyond the end of follow-up the curves are level, as in R, and `beyond` says so unless
    everybody has had an event.
    Source: [andersen2013]; [andersen1993] section IV.4.1 for the variance. Checked against R
    survival 3.5-3, estimate and jackknife (`tests/reference/restricted_loss.json`), by hand
    (`tests/byhand/test_restricted_loss.py`), by a twin in fractions
    (`tests/twins/test_restricted_loss.py`) and by laws (`tests/laws/test_restricted_loss.py`).

    Examples
    --------
    Relapse at 1, death at 2, one censored at 2, relapse at 3: the incidence of relapse is 1/4
    from 1 and 3/4 from 3, that of death 1/4 from 2.

    >>> from autallo.stats.incidence.aalen_johansen import cumulative_incidence
    >>> curve = cumulative_incidence([1, 2, 2, 3], [1, 2, 0, 1], n_causes=2)
    >>> lost = restricted_time_lost(curve, until=5)
    >>> lost.estimate, lost.event_free
    (array([2.  , 0.75]), 2.25)
    """
    level, tau = as_level(level), as_number("until", until)
    if not 0 < tau < np.inf:
        raise ArgumentError("`until` must be more than 0 and finite.")
    if curve.at_risk.dtype.kind == "f":
        raise ArgumentError("`curve` must be of patients without weights.")
    slack = time_slack(curve.time)
    rows = int(np.searchsorted(curve.time, tau + slack, side="right"))
    left = tau - curve.time[:rows]
    # A time that differs from the end by rounding only is the end: nothing is lost after it.
    left[left <= slack] = 0.0
    width = left - np.append(left[1:], 0.0)
    incidence = curve.incidence[:rows].T
    area = incidence * width
    estimate = np.add.reduce(area, axis=1)
    std_error = np.sqrt(_variance(curve, left, area))
    low, high = _limits(curve, estimate, std_error, tau, level)
    return RestrictedTimeLost(
        estimate=estimate,
        std_error=std_error,
        low=low,
        high=high,
        event_free=float(tau - np.add.reduce(left[:1]) + curve.event_free[:rows] @ width),
        until=tau,
        level=level,
        beyond=bool(curve.time[-1] + slack < tau and curve.event_free[-1] > 0),
    )


def restricted_time_lost_difference(
    first: RestrictedTimeLost, second: RestrictedTimeLost
) -> RestrictedTimeLostDifference:
    r"""Estimate how much more time one group loses to each cause than another.

    Parameters
    ----------
    first, second : RestrictedTimeLost
        Time lost in two groups of different patients, with the same causes, `until` and `level`.

    Returns
    -------
    RestrictedTimeLostDifference

    Raises
    ------
    ArgumentError
        If the two differ in the number of causes, in `until` or in `level`.

    Notes
    -----
    First less second; the variances add up, and the limits are symmetric. If the standard error
    of a group is 0, the distance from its estimate to its own limit takes the place of the
    normal quantile times that error (squares of distances add up), so that no interval is a
    point. Limits are cut at `until` either side of 0. In small groups they are approximate.
    Source: [andersen2013]; [zou2008] for the squared distances. Checked against R survival
    3.5-3 (`tests/reference/restricted_loss.json`), by hand (`tests/byhand/test_restricted_loss.py`)
    and by laws (`tests/laws/test_restricted_loss.py`).

    Examples
    --------
    >>> from autallo.stats.incidence.aalen_johansen import cumulative_incidence
    >>> first, second = (
    ...     restricted_time_lost(cumulative_incidence(time, [1, 2, 1, 0], n_causes=2), until=8)
    ...     for time in ([1, 2, 3, 9], [4, 5, 6, 9])
    ... )
    >>> restricted_time_lost_difference(first, second).estimate
    array([1.5 , 0.75])
    """
    if first.estimate.size != second.estimate.size:
        raise ArgumentError("`first` and `second` must have the same causes.")
    if (first.until, first.level) != (second.until, second.level):
        raise ArgumentError("`first` and `second` must have the same `until` and `level`.")
    estimate = first.estimate - second.estimate
    (down, up), (second_down, second_up) = _reaches(first), _reaches(second)
    return RestrictedTimeLostDifference(
        estimate=estimate,
        std_error=np.hypot(first.std_error, second.std_error),
        low=np.maximum(estimate - np.hypot(down, second_up), -first.until),
        high=np.minimum(estimate + np.hypot(up, second_down), first.until),
        until=first.until,
        level=first.level,
    )


def _variance(curve: CumulativeIncidence, left: Floats, area: Floats) -> Floats:
    rows = left.size
    at_risk, event_free = curve.at_risk[:rows], curve.event_free[:rows]
    hazard = curve.events[:rows].T / at_risk
    any_cause = np.add.reduce(hazard)
    others, staying = any_cause - hazard, np.maximum(1 - any_cause, 0.0)
    ahead = np.add.accumulate(area[:, ::-1], axis=1)[:, ::-1]
    ahead = np.maximum(ahead - curve.incidence[:rows].T * left, 0.0)
    ahead /= np.where(event_free > 0, event_free, 1.0)
    before = np.concatenate(([1.0], event_free[:-1]))[:rows]
    spread = hazard * others * left**2 + staying * (
        hazard * (left - ahead) ** 2 + others * ahead**2
    )
    return np.asarray((spread * (before**2 / at_risk)).sum(axis=1), dtype=np.float64)


def _limits(
    curve: CumulativeIncidence, estimate: Floats, std_error: Floats, tau: float, level: float
) -> tuple[Floats, Floats]:
    reach = -ndtri((1 - level) / 2) * std_error
    low, high = np.maximum(estimate - reach, 0.0), np.minimum(estimate + reach, tau)
    certain = std_error == 0
    if certain.any():
        # The one time at which everybody had the cause; `until` if nobody had it before.
        lost = estimate[certain]
        bound = bound_without_events(followed_until(curve, tau - lost), level)
        low[certain], high[certain] = lost * (1 - bound), lost + bound * (tau - lost)
    return low, high


def _reaches(lost: RestrictedTimeLost) -> tuple[Floats, Floats]:
    """Return the distances from the estimate down and up to its limits, before these are cut."""
    reach = -ndtri((1 - lost.level) / 2) * lost.std_error
    known = reach > 0
    down = np.where(known, reach, lost.estimate - lost.low)
    return down, np.where(known, reach, lost.high - lost.estimate)
