"""Confidence limits of a survival curve on a named scale, with binomial ones at 1 and at 0."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtri

from autallo.errors import ArgumentError

__all__ = [
    "Interval",
    "SurvivalLimits",
    "binomial_low",
    "bound_without_events",
    "survival_limits",
]

#: Scales on which the limits of a survival probability can be made.
Interval = Literal["log-log", "log", "plain", "arcsine", "logit"]

#: Larger exponents are cut off here: the limit is then 0 or 1 to the last digit.
LARGEST_EXPONENT = 700.0

Values = NDArray[np.float64]
Numbers = NDArray[np.int64] | NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SurvivalLimits:
    """Pointwise confidence limits of a survival curve.

    Attributes
    ----------
    low, high : ndarray of float, shape (t,)
        The limits at each time [0 to 1].
    """

    low: Values
    high: Values


def survival_limits(
    survival: Values, relative_error: Values, followed: Numbers, *, level: float, interval: Interval
) -> SurvivalLimits:
    r"""Estimate pointwise confidence limits of a survival curve.

    Parameters
    ----------
    survival : ndarray of float, shape (t,)
        The curve at each of its times, never rising [0 to 1].
    relative_error : ndarray of float, shape (t,)
        Standard error of the curve over the curve; any finite value where the curve is 0.
    followed : ndarray of int or float, shape (t,)
        Effective number of patients followed up to each time.
    level : float
        Confidence level, between 0 and 1.
    interval : {"log-log", "log", "plain", "arcsine", "logit"}
        Scale on which the limits are symmetric.

    Returns
    -------
    SurvivalLimits

    Raises
    ------
    ArgumentError
        If `interval` is unknown.

    Notes
    -----
    With the relative error e and :math:`z = \Phi^{-1}((1 + level) / 2)`, the half-width is
    :math:`z e / |\log S|` on the scale log(-log S), :math:`z e` for log S, :math:`z e S` for S,
    :math:`\frac{z e}{2} \sqrt{S / (1 - S)}` for arcsin(sqrt S), :math:`z e / (1 - S)` for
    log(S / (1 - S)). Limits stay between 0 and 1.

    Where the curve is 1 or 0 there is no standard error. Then the limits are binomial for the
    effective number n' of patients followed so far, as `kaplan_meier` counts it: at 1 from
    :math:`(\alpha/2)^{1/n'}` to 1, at 0 from 0 to :math:`1 - (\alpha/2)^{1/n'}`, but never above
    the limit before; :math:`\alpha = 1 - level`. Once 0, a curve keeps its limits.
    Source: [kalbfleisch1980] p. 15, [borgan1990], [clopper1934], [peto1977]. Checked against R
    survival 3.5-3 (`tests/reference/survival.json`) and by hand
    (`tests/byhand/test_survival.py`).

    Examples
    --------
    >>> survival, error = np.array([0.5]), np.array([0.25])
    >>> plain = survival_limits(survival, error, np.array([16]), level=0.95, interval="plain")
    >>> plain.low.round(3).tolist(), plain.high.round(3).tolist()
    ([0.255], [0.745])
    """
    if interval not in get_args(Interval):
        named = ", ".join(f'"{name}"' for name in get_args(Interval)[:-1])
        raise ArgumentError(f'`interval` must be {named} or "{get_args(Interval)[-1]}".')
    # A curve never rises: first it is 1, then between, then 0.
    first, end = int(np.count_nonzero(survival == 1)), int(np.count_nonzero(survival))
    low, high = np.zeros(survival.size), np.ones(survival.size)
    if first:
        low[:first] = binomial_low(followed[:first], level)
    if first < end:
        inside = slice(first, end)
        spread = float(ndtri((1 + level) / 2)) * relative_error[inside]
        limits_between(survival[inside], spread, low[inside], high[inside], interval)
    if end < survival.size:
        highest = high[end - 1] if end else 1.0
        high[end:] = min(float(bound_without_events(followed[end], level)), highest)
    return SurvivalLimits(low=low, high=high)


def binomial_low(followed: Numbers | float, level: float) -> Values:
    r"""Estimate the lower limit of a probability when all patients of a sample survived.

    Parameters
    ----------
    followed : ndarray of int or float, any shape
        Patients, more than 0, or 0 where nobody is known.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    ndarray of float, the same shape

    Notes
    -----
    :math:`(\alpha/2)^{1/n}`, the limit of Clopper and Pearson for n of n; 0 if nobody is known.
    Source: [clopper1934]. Checked by hand (`tests/byhand/test_survival.py`).

    Examples
    --------
    >>> binomial_low(np.array([1, 17]), 0.95).round(4).tolist()
    [0.025, 0.8049]
    """
    number = np.asarray(followed, dtype=np.float64)
    power = np.divide(1.0, number, out=np.full(number.shape, np.inf), where=number > 0)
    return np.asarray(((1 - level) / 2) ** power, dtype=np.float64)


def bound_without_events(followed: Numbers | float, level: float) -> Values:
    r"""Estimate the upper limit of a probability when no patient of a sample had the event.

    Parameters
    ----------
    followed : ndarray of int or float, any shape
        Patients, more than 0, or 0 where nobody is known.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    ndarray of float, the same shape

    Notes
    -----
    :math:`1 - (\alpha/2)^{1/n}`, the limit of Clopper and Pearson for none of n, to its last digit
    however large n is; 1 if nobody is known.
    Source: [clopper1934]. Checked by hand (`tests/byhand/test_survival.py`), by the binomial law
    (`tests/laws/test_survival.py`) and by a twin (`tests/twins/test_survival.py`).

    Examples
    --------
    >>> bound_without_events(np.array([1, 17, 0]), 0.95).round(4).tolist()
    [0.975, 0.1951, 1.0]
    """
    number = np.asarray(followed, dtype=np.float64)
    power = np.divide(1.0, number, out=np.full(number.shape, np.inf), where=number > 0)
    return np.asarray(-np.expm1(math.log((1 - level) / 2) * power), dtype=np.float64)


def limits_between(
    value: Values, spread: Values, low: Values, high: Values, interval: Interval
) -> None:
    """Write the limits of probabilities between 0 and 1 that reach so far, relative to them."""
    if interval == "log-log":
        log = np.log(value)
        power = np.exp(np.minimum(spread / -log, LARGEST_EXPONENT))
        np.exp(log * power, out=low)
        np.exp(log / power, out=high)
    elif interval == "log":
        factor = np.exp(np.minimum(spread, LARGEST_EXPONENT))
        np.divide(value, factor, out=low)
        np.minimum(value * factor, 1, out=high)
    elif interval == "plain":
        np.maximum(value * (1 - spread), 0, out=low)
        np.minimum(value * (1 + spread), 1, out=high)
    elif interval == "arcsine":
        angle, turn = np.arcsin(np.sqrt(value)), spread / 2 * np.sqrt(value / (1 - value))
        np.square(np.sin(np.maximum(angle - turn, 0)), out=low)
        np.square(np.sin(np.minimum(angle + turn, np.pi / 2)), out=high)
    else:
        odds, shift = np.log(value / (1 - value)), spread / (1 - value)
        expit(odds - shift, out=low)
        expit(odds + shift, out=high)
