"""Confidence limits of a cumulative incidence, bounded where nobody had the event."""

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

Floats = NDArray[np.float64]


Interval = Literal["log-log", "log", "logit", "arcsine", "plain"]


Scale = Callable[[Floats, Floats], tuple[Floats, Floats]]


INTERVALS: tuple[str, ...] = get_args(Interval)


#: Largest exponent that does not overflow; the limits are 0 or 1 long before.
WIDEST = 700.0


def incidence_limits(
    incidence: Floats, step: Floats, reach: Floats, interval: Interval, bound: Floats
) -> tuple[Floats, Floats]:
    """Return the limits of each curve; they change where the curve steps, or with the bound."""
    n_times, scale = bound.size, SCALES[interval]
    moved = np.flatnonzero(step)
    value, width = incidence.ravel()[moved], reach.ravel()[moved]
    certain = value == 1
    if certain.any():
        value = np.where(certain, 0.5, value)
        lower, upper = scale(value, width)
        lower[certain], upper[certain] = 1 - bound[moved[certain] % n_times], 1.0
    else:
        lower, upper = scale(value, width)
    ends = np.concatenate(((0,), moved, (step.size,)))
    lengths = ends[1:] - ends[:-1]
    low, high = (
        np.repeat(np.concatenate(((0.0,), limit)), lengths).reshape(step.shape)
        for limit in (lower, upper)
    )
    starts = range(0, step.size, n_times)
    for cause, place in enumerate(moved.searchsorted(starts).tolist()):
        first = min(int(ends[place + 1]) - starts[cause], n_times)
        low[cause, :first], high[cause, :first] = 0.0, bound[:first]
    return low, high


def _log_log_limits(value: Floats, reach: Floats) -> tuple[Floats, Floats]:
    logarithm = np.log(value)
    factor = np.exp(np.minimum(reach / (-value * logarithm), WIDEST))
    return np.exp(logarithm * factor), np.exp(logarithm / factor)


def _log_limits(value: Floats, reach: Floats) -> tuple[Floats, Floats]:
    factor = np.exp(np.minimum(reach / value, WIDEST))
    return value / factor, np.minimum(value * factor, 1.0)


def _logit_limits(value: Floats, reach: Floats) -> tuple[Floats, Floats]:
    middle = logit(value)
    width = reach / (value * (1 - value))
    return expit(middle - width), expit(middle + width)


def _arcsine_limits(value: Floats, reach: Floats) -> tuple[Floats, Floats]:
    angle = np.arcsin(np.sqrt(value))
    width = reach / (2 * np.sqrt(value * (1 - value)))
    low, high = np.maximum(angle - width, 0.0), np.minimum(angle + width, np.pi / 2)
    return np.sin(low) ** 2, np.sin(high) ** 2


def _plain_limits(value: Floats, reach: Floats) -> tuple[Floats, Floats]:
    return np.maximum(value - reach, 0.0), np.minimum(value + reach, 1.0)


SCALES: dict[Interval, Scale] = {
    "log-log": _log_log_limits,
    "log": _log_limits,
    "logit": _logit_limits,
    "arcsine": _arcsine_limits,
    "plain": _plain_limits,
}


def bound_without_events(followed: Floats, level: float) -> Floats:
    """Upper limit of a probability when none of so many patients had the event."""
    return np.asarray(-np.expm1(np.log((1 - level) / 2) / followed), dtype=np.float64)
