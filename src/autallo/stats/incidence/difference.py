"""Difference of the cumulative incidence of one cause in two groups, at one time."""

import math
from dataclasses import dataclass
from typing import get_args

import numpy as np
from scipy.special import ndtri

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_cause_of_interest, as_level, as_number
from autallo.stats.incidence.aalen_johansen import CumulativeIncidence, followed_until, incidence_at
from autallo.stats.survival.apart import ShareAtTime, on_scale, shares_apart
from autallo.stats.survival.limits import Interval, bound_without_events, limits_between
from autallo.stats.survival.steps import NOBODY

__all__ = ["IncidenceDifference", "incidence_difference"]


@dataclass(frozen=True, slots=True)
class IncidenceDifference:
    """Difference of two cumulative incidences at one time, the first less the second.

    Attributes
    ----------
    estimate : float
        The difference, -1 to 1.
    std_error : float
        Its standard error, the root of both squared; a curve at 0 or 1 adds nothing to it.
    low, high : float
        Confidence limits, -1 to 1; never equal.
    level : float
        Confidence level of `low` and `high`.
    statistic : float or None
        Normal deviate of the test on the scale of `method`, positive if the first curve is the
        higher one; None if a curve is at 0 or 1, or has no standard error.
    p_value : float or None
        Two-sided p-value of the test; None with `statistic`.
    at : float
        The time [unit of the curves].
    first, second : float
        The two incidences at the time [0 to 1].
    beyond : bool
        Whether follow-up of a group ends before the time, with patients still free of any event:
        its last value was then carried on.
    cause_of_interest : int
        The cause.
    method : {"log-log", "log", "plain", "arcsine", "logit"}
        Scale of the test and of the limits of each curve.
    """

    estimate: float
    std_error: float
    low: float
    high: float
    level: float
    statistic: float | None
    p_value: float | None
    at: float
    first: float
    second: float
    beyond: bool
    cause_of_interest: int
    method: Interval


def incidence_difference(
    first: CumulativeIncidence,
    second: CumulativeIncidence,
    *,
    at: float,
    cause_of_interest: int = 1,
    level: float = 0.95,
    method: Interval = "log-log",
) -> IncidenceDifference:
    r"""Estimate and test by how much the incidence of a cause differs at one time.

    Parameters
    ----------
    first, second : CumulativeIncidence
        The curves of two independent groups in one unit of time, with the same causes, weighted or
        not; their own level and interval do not matter, their standard errors do.
    at : float
        The time, chosen before looking at the curves; at least 0 [unit of the curves].
    cause_of_interest : int
        The cause to compare, from 1.
    level : float
        Confidence level, between 0 and 1.
    method : {"log-log", "log", "plain", "arcsine", "logit"}
        Scale of the test and of the limits of each curve.

    Returns
    -------
    IncidenceDifference

    Raises
    ------
    ArgumentError
        If the curves have different causes, `at` is negative or not finite, the cause is none of
        them, `level` is not between 0 and 1, or `method` is unknown.

    Notes
    -----
    As `survival_difference`: the test compares the incidences on the scale g of `method`,
    :math:`z = (g(F_1) - g(F_2)) / \sqrt{v_1 + v_2}` with the delta-method variances v of each, and
    the interval squares and adds the distances from each curve to its own limits on that scale,
    :math:`D - \sqrt{(F_1 - l_1)^2 + (u_2 - F_2)^2}` to
    :math:`D + \sqrt{(u_1 - F_1)^2 + (F_2 - l_2)^2}`. A curve at 0 has 0 and the binomial bound of
    `cumulative_incidence` as limits, one at 1 their mirror. With "plain" limits (not cut at 0 and
    1) it is :math:`D \pm z \sqrt{v_1 + v_2}`, then cut at -1 and 1. The interval is not made from
    the test: they may disagree.

    With weighted curves the variances are robust ones, that take the weights as known. A difference
    in the competing event alone can move this difference: look at all causes.
    Source: [zhang2008]; squares of distances [newcombe1998], [zou2008]. Checked against the same
    formulas in R on a multi-state `survfit` with and without weights
    (`tests/reference/weighted_curves.json`), by hand (`tests/byhand/test_incidence_difference.py`),
    with one cause against `survival_difference` and by other laws
    (`tests/laws/test_incidence_difference.py`).

    Examples
    --------
    Relapse (1) of two of four, and of none of four; one of each dies without it (2).

    >>> from autallo.stats.incidence.aalen_johansen import cumulative_incidence
    >>> some = cumulative_incidence([1, 2, 3, 9], [1, 2, 1, 0], n_causes=2)
    >>> none = cumulative_incidence([5, 9, 9, 9], [2, 0, 0, 0], n_causes=2)
    >>> difference = incidence_difference(some, none, at=6)
    >>> difference.estimate, round(difference.low, 2), round(difference.high, 2)
    (0.5, -0.25, 0.84)
    """
    confidence, day = as_level(level), as_number("at", at)
    if not 0 <= day < math.inf:
        raise ArgumentError("`at` must be at least 0 and finite.")
    n_causes = first.incidence.shape[1]
    if second.incidence.shape[1] != n_causes:
        raise ArgumentError("`first` and `second` must have the same causes.")
    cause = as_cause_of_interest(cause_of_interest, n_causes=n_causes)
    if method not in get_args(Interval):
        raise ArgumentError(f"`method` must be one of {', '.join(get_args(Interval))}.")
    one, two = (
        _arm(curve, day, cause - 1, level=confidence, method=method) for curve in (first, second)
    )
    return IncidenceDifference(
        **shares_apart(one, two), level=confidence, at=day, cause_of_interest=cause, method=method
    )


def _arm(
    curve: CumulativeIncidence, at: float, column: int, *, level: float, method: Interval
) -> ShareAtTime:
    day = np.array([at])
    read = incidence_at(curve, day)
    value, error = float(read.incidence[0, column]), float(read.std_error[0, column])
    beyond = bool(read.beyond[0]) and bool(curve.event_free[-1] > NOBODY)
    if not 0 < value < 1 or error == 0:
        followed = followed_until(curve, day)
        room = float(bound_without_events(followed, level)[0])
        return ShareAtTime(value, error, value * room, (1 - value) * room, None, 0.0, beyond)
    reach = float(ndtri((1 + level) / 2)) * error
    position, slope = on_scale(value, method)
    if method == "plain":
        return ShareAtTime(value, error, reach, reach, position, error, beyond)
    low, high = np.empty(1), np.empty(1)
    limits_between(np.array([value]), np.array([reach / value]), low, high, method)
    below, above = value - float(low[0]), float(high[0]) - value
    return ShareAtTime(value, error, below, above, position, error * slope, beyond)
