"""Limits and test of each coefficient from the profile of the penalised likelihood."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from autallo.errors import ArgumentError
from autallo.stats.firth.ascent import (
    HIGHER,
    Limit,
    Model,
    Top,
    climb,
    evaluate,
    hold,
    profile_limit,
)
from autallo.stats.firth.elsewhere import Held, seek_higher
from autallo.stats.firth.joint import SIDES, solve_together
from autallo.stats.firth.penalty import Floats, Point

#: So often the ascent begins anew from a higher point met on the way to a limit.
MOST_RESTARTS = 3

#: So often a limit is moved outwards because a higher maximum of the others is met there.
MOST_ROUNDS = 5


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


def refuse_unsettled(found: Profile) -> None:
    """Refuse a profile that was not found to full precision."""
    if not found.settled:
        raise ArgumentError(
            "No estimate was found: the search for the coefficients, their limits and tests did "
            "not end. A covariate in `x` may order the events perfectly, or have extreme values."
        )


def standard_errors(point: Point) -> tuple[Floats, Floats]:
    """Return the inverse of the information without the penalty, and the roots of its diagonal."""
    covariance = np.asarray(np.linalg.inv(point.information), dtype=np.float64)
    return covariance, np.asarray(np.sqrt(np.diag(covariance)), dtype=np.float64)


def _around(
    model: Model, top: Top, places: list[int], level: float
) -> tuple[Profile, Point | None]:
    best, width = top.point, float(ndtri((1 + level) / 2))
    nothing = np.zeros(best.beta.size)
    if not top.settled:
        return Profile(top, nothing, nothing, nothing, False), None
    at = np.zeros((3, len(places), best.beta.size))
    found = solve_together(model, best, places, width=width, at=at)
    settled, higher, jumped = True, None, np.zeros(found.shape, dtype=np.bool_)
    for column, row in np.argwhere(np.isnan(found.T)).tolist():
        answer = _alone(model, best, places[column], side=SIDES[row], width=width)
        found[row, column], at[row, column] = answer.value, answer.near.beta
        settled, jumped[row, column] = answer.settled, not answer.reached
        higher = answer.higher or higher
        if not settled:
            break
    if settled and higher is None and best.beta.size > 1:
        settled, higher = _outwards(model, best, places, found, at, jumped, width=width)
    settled = settled and not jumped.any()
    everywhere = np.zeros((3, best.beta.size))
    everywhere[:, places] = np.nan_to_num(found)
    low, high, fall = everywhere
    return Profile(top, low, high, np.maximum(fall, 0.0), settled), higher


def _alone(
    model: Model, best: Point, place: int, *, side: float, width: float, start: Point | None = None
) -> Limit:
    """Seek one limit, or for side 0 the fall of the profile where the coefficient is 0."""
    if side:
        spread = float(standard_errors(best)[1][place])
        return profile_limit(model, best, place, side=side, width=width, spread=spread, start=start)
    null = hold(model, start or best, place, 0.0)
    return _test(best, null)


def _test(best: Point, null: Top) -> Limit:
    fall = 2 * (best.value - null.point.value)
    higher = null.point if fall < -HIGHER else None
    return Limit(fall, null.settled and math.isfinite(fall), null.point, higher)


def _outwards(
    model: Model,
    best: Point,
    places: list[int],
    found: Floats,
    at: Floats,
    jumped: NDArray[np.bool_],
    *,
    width: float,
) -> tuple[bool, Point | None]:
    """Go on to farther limits and smaller falls as long as higher maxima of the others are met.

    Writes them into `found` and `at`, and into `jumped` whether a limit lies at a jump between two
    maxima; returns whether all were found to full precision, and a point above the overall
    maximum, if one was met.
    """
    settled, higher, pending = True, None, [(r, c) for r in range(3) for c in range(len(places))]
    for _ in range(MOST_ROUNDS):
        rows, columns = (np.array(index) for index in zip(*pending, strict=True))
        fall = np.where(rows < 2, width * width, found[rows, columns])
        known = Held(np.array(places)[columns], at[rows, columns], best.value - fall / 2)
        further = seek_higher(model, best.information, known)
        for index, beta in further.items():
            row, column = pending[index]
            answer = _alone(
                model,
                best,
                places[column],
                side=SIDES[row],
                width=width,
                start=evaluate(model, beta),
            )
            found[row, column], at[row, column] = answer.value, answer.near.beta
            settled, higher = settled and answer.settled, answer.higher or higher
            jumped[row, column] = not answer.reached
        pending = [pending[index] for index in further]
        if not pending or higher is not None:
            break
    return settled, higher


def _every(point: Point) -> list[int]:
    return list(range(point.beta.size))
