"""Confidence limits of a probability that may rise and fall, bounded where nothing happened."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from autallo.errors import ArgumentError
from autallo.stats.incidence.limits import INTERVALS
from autallo.stats.survival.limits import Interval, limits_between

Floats = NDArray[np.float64]

Variance = Literal["jackknife", "greenwood"]

#: A variance below this share of p (1 - p) would need more patients than there are: it is rounding.
ROUNDING = 1e-14


def refuse_options(variance: str, interval: str = "log-log") -> None:
    """Refuse an unknown variance or scale."""
    if variance not in get_args(Variance):
        raise ArgumentError('`variance` must be "jackknife" or "greenwood".')
    if interval not in INTERVALS:
        raise ArgumentError(f"`interval` must be one of {', '.join(INTERVALS)}.")


def error_of(probability: Floats, variance: Floats) -> Floats:
    """Return the standard error; what rounding has left of a variance of 0 is taken off."""
    spread = probability * (1 - probability)
    return np.sqrt(np.where((spread > 0) & (variance > ROUNDING * spread), variance, 0.0))


def share_staying(followed: Floats, level: float) -> Floats:
    """Return the lower limit of the share to which nothing happens if nothing did so far."""
    return np.asarray(((1 - level) / 2) ** (1 / followed), dtype=np.float64)


def probability_limits(
    probability: Floats, std_error: Floats, followed: Floats, *, level: float, interval: Interval
) -> tuple[Floats, Floats]:
    """Return the limits; the number of patients followed is broadcast to the probabilities."""
    stay = share_staying(followed, level)
    low, high = probability * stay, probability + (1 - probability) * (1 - stay)
    known = (std_error > 0) & (probability > 0) & (probability < 1)
    reach = -ndtri((1 - level) / 2) * std_error[known]
    value = probability[known]
    lower, upper = np.empty(value.size), np.empty(value.size)
    limits_between(value, reach / value, lower, upper, interval)
    low[known], high[known] = lower, upper
    return low, high
