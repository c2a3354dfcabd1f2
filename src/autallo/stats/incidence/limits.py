"""Confidence limits of a cumulative incidence, bounded where nobody had the event."""

from typing import get_args

import numpy as np
from numpy.typing import NDArray

from autallo.stats.survival.limits import Interval, limits_between

Floats = NDArray[np.float64]

INTERVALS: tuple[str, ...] = get_args(Interval)


def incidence_limits(
    incidence: Floats, step: Floats, reach: Floats, interval: Interval, bound: Floats
) -> tuple[Floats, Floats]:
    """Return the limits of each curve; they change where the curve steps, or with the bound."""
    n_times = bound.size
    moved = np.flatnonzero(step)
    value = incidence.ravel()[moved]
    certain = value == 1
    any_certain = bool(certain.any())
    if any_certain:
        value[certain] = 0.5
    lower, upper = np.empty(value.size), np.empty(value.size)
    limits_between(value, reach.ravel()[moved] / value, lower, upper, interval)
    if any_certain:
        lower[certain], upper[certain] = 1 - bound[moved[certain] % n_times], 1.0
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
