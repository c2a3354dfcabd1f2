"""Limits and test of each coefficient from the profile of the penalised likelihood."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from autallo.stats.firth.ascent import HIGHER, Limit, Model, Top, climb, hold, profile_limit
from autallo.stats.firth.joint import SIDES, solve_together
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
    best, width = top.point, float(ndtri((1 + level) / 2))
    found = solve_together(model, best, places, width=width)
    settled, higher = top.settled, None
    for column, row in np.argwhere(np.isnan(found.T)).tolist():
        answer = _alone(model, best, places[column], side=SIDES[row], width=width)
        found[row, column] = answer.value
        settled = settled and answer.settled
        higher = answer.higher or higher
    everywhere = np.zeros((3, best.beta.size))
    everywhere[:, places] = found
    low, high, fall = everywhere
    return Profile(top, low, high, np.maximum(fall, 0.0), settled), higher


def _alone(model: Model, best: Point, place: int, *, side: float, width: float) -> Limit:
    """Seek one limit, or for side 0 the fall of the profile where the coefficient is 0."""
    if side:
        spread = float(standard_errors(best)[1][place])
        return profile_limit(model, best, place, side=side, width=width, spread=spread)
    null = hold(model, best, place, 0.0)
    fall = 2 * (best.value - null.point.value)
    higher = null.point if fall < -HIGHER else None
    return Limit(fall, null.settled and math.isfinite(fall), higher)


def _every(point: Point) -> list[int]:
    return list(range(point.beta.size))
