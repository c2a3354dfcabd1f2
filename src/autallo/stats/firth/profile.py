"""Limits and test of each coefficient from the profile of the penalised likelihood."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from autallo.stats.firth.ascent import HIGHER, Model, Top, climb, hold, profile_limit
from autallo.stats.firth.penalty import Floats, Point

#: So often the ascent begins anew from a higher point met on the way to a limit.
MOST_RESTARTS = 3


@dataclass(frozen=True, slots=True)
class Profile:
    """The maximum, and what the profile says of each coefficient.

    Attributes
    ----------
    top : Top
        The maximum.
    low, high : ndarray of float, shape (p,)
        Limits; a coefficient without its place among those asked for has 0.
    statistic : ndarray of float, shape (p,)
        Twice the fall of the log-likelihood where the coefficient is 0.
    settled : bool
        Whether everything was found to full precision.
    """

    top: Top
    low: Floats
    high: Floats
    statistic: Floats
    settled: bool


def profile(model: Model, start: Point, places: list[int], *, level: float) -> Profile:
    """Climb from the start, then seek the limits of the coefficients at these places."""
    found, higher = _around(model, climb(model, start, _every(start)), places, level)
    for _ in range(MOST_RESTARTS):
        if higher is None:
            break
        found, higher = _around(model, climb(model, higher, _every(start)), places, level)
    return found


def standard_errors(point: Point) -> tuple[Floats, Floats]:
    """Return the inverse of the information without the penalty, and the roots of its diagonal."""
    covariance = np.asarray(np.linalg.inv(point.information), dtype=np.float64)
    return covariance, np.asarray(np.sqrt(np.diag(covariance)), dtype=np.float64)


def _around(
    model: Model, top: Top, places: list[int], level: float
) -> tuple[Profile, Point | None]:
    size, best = top.point.beta.size, top.point
    low, high, statistic = np.zeros(size), np.zeros(size), np.zeros(size)
    settled, higher = top.settled, None
    width = float(ndtri((1 + level) / 2))
    _, spreads = standard_errors(best)
    for place in places:
        spread = float(spreads[place])
        for side, limits in ((-1.0, low), (1.0, high)):
            limit = profile_limit(model, best, place, side=side, width=width, spread=spread)
            limits[place] = limit.value
            settled = settled and limit.settled
            higher = limit.higher or higher
        null = hold(model, best, place, 0.0)
        settled = settled and null.settled
        fall = 2 * (best.value - null.point.value)
        statistic[place] = max(fall, 0.0)
        if fall < -HIGHER:
            higher = null.point
    if not all(map(math.isfinite, statistic)):
        settled = False
    return Profile(top, low, high, statistic, settled), higher


def _every(point: Point) -> list[int]:
    return list(range(point.beta.size))
