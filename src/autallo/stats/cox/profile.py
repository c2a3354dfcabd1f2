"""Limits where the profile of a partial likelihood has fallen by half a chi-squared quantile."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autallo.stats.cox.climb import maximise
from autallo.stats.cox.monotone import Endless
from autallo.stats.cox.point import Likelihood, Point

Floats = NDArray[np.float64]

#: Profile limits further out than this, in standard deviations of the covariate, are infinite.
FARTHEST = 1e4

#: Profile limits are sought to this precision, in the same units.
CLOSE = 1e-10

#: A step that is so short leaves less than `CLOSE` to go: the next one is about its square.
SHORT = 1e-6

MOST_ITERATIONS = 100
#: Steps that go for limit and other coefficients at once, before they are sought in turn.
MOST_JOINT_STEPS = 12


def profile_limits(
    likelihood: Likelihood, start: Point, top: Point, endless: Endless, *, fall: float
) -> Floats:
    """Return both limits of all coefficients, shape (p, 2), where the profile falls by so much."""
    return np.array(
        [
            [
                _limit(likelihood, start, top, endless, place, side=side, floor=top.value - fall)
                for side in (-1.0, 1.0)
            ]
            for place in range(top.beta.size)
        ]
    )


def _limit(
    likelihood: Likelihood,
    start: Point,
    top: Point,
    endless: Endless,
    place: int,
    *,
    side: float,
    floor: float,
) -> float:
    middle = float(top.beta[place])
    if endless.sign[place] == side:
        return side * math.inf
    if endless.sign[place]:
        first = _held(likelihood, start, place, 0.0)
        return _in_turn(likelihood, first, place, inside=middle, floor=floor, side=side)
    reach = math.sqrt(2 * (top.value - floor) * endless.covariance[place, place])
    if not endless.sign.any():
        found = _joint(likelihood, top, place, floor=floor, side=side, reach=reach)
        if found is not None:
            return found
    first = _held(likelihood, top, place, middle + side * reach)
    return _in_turn(likelihood, first, place, inside=middle, floor=floor, side=side)


def _joint(
    likelihood: Likelihood, top: Point, place: int, *, floor: float, side: float, reach: float
) -> float | None:
    """Solve for the limit and the other coefficients at once, by Newton steps; None if it fails."""
    parabola = _parabola(top, place)
    if parabola is None:
        return None
    here = likelihood(top.beta + side * reach * parabola.along)
    for _ in range(MOST_JOINT_STEPS):
        parabola = _parabola(here, place)
        if parabola is None:
            return None
        # level + slope * step - curve * step^2 / 2 = floor, on the far side
        slope, curve = parabola.slope, parabola.curve
        root = slope**2 + 2 * curve * (parabola.level - floor)
        if not root >= 0:
            return None
        step = (slope + side * math.sqrt(root)) / curve
        limit = float(here.beta[place]) + step
        if side * (limit - float(top.beta[place])) <= 0 or abs(step) > reach:
            return None
        move = parabola.to_top + step * parabola.along
        if np.abs(move).max() <= SHORT * max(1.0, float(np.abs(here.beta).max())):
            return limit
        here = likelihood(here.beta + move)
    return None


@dataclass(frozen=True, slots=True)
class _Parabola:
    """The profile of one coefficient near a point: ``level + slope * d - curve * d**2 / 2``.

    The others are then at ``to_top + d * along``, seen from the point.
    """

    level: float
    slope: float
    curve: float
    to_top: Floats
    along: Floats


def _parabola(here: Point, place: int) -> _Parabola | None:
    try:
        inverse = np.linalg.inv(here.information)
    except np.linalg.LinAlgError:
        return None
    spread = float(inverse[place, place])
    if not spread > 0:
        return None
    along = inverse[place] / spread
    to_top = inverse @ here.gradient
    away = float(to_top[place])
    to_top -= away * along
    return _Parabola(
        level=here.value + float(here.gradient @ to_top) / 2,
        slope=away / spread,
        curve=1 / spread,
        to_top=to_top,
        along=along,
    )


def _in_turn(
    likelihood: Likelihood, first: Point, place: int, *, inside: float, floor: float, side: float
) -> float:
    """Find where the profile falls to the floor: go out until below it, then close in."""
    below, reach = first, 1.0
    while below.value > floor:
        inside = float(below.beta[place])
        if abs(inside) > FARTHEST:
            return side * math.inf
        below, reach = _held(likelihood, below, place, inside + side * reach), 2 * reach
    outside = float(below.beta[place])
    for _ in range(MOST_ITERATIONS):
        slope = float(below.gradient[place])
        nearer = outside + (floor - below.value) / slope if side * slope < 0 else math.nan
        if not min(inside, outside) < nearer < max(inside, outside):
            nearer = (inside + outside) / 2
        if abs(nearer - outside) <= CLOSE * max(1.0, abs(nearer)):
            return nearer
        now = _held(likelihood, below, place, nearer)
        if now.value > floor:
            inside = nearer
        else:
            outside, below = nearer, now
    return outside


def _held(likelihood: Likelihood, near: Point, place: int, value: float) -> Point:
    """Maximise with one coefficient held: the others from near by and, if stuck, in proportion."""
    others = np.delete(np.arange(near.beta.size), place)
    beta = near.beta.copy()
    beta[place] = value
    found = maximise(likelihood, likelihood(beta), others)
    if found.settled:
        return found
    before = near.beta[place]
    beta[others] = near.beta[others] * (value / before) if before else 0.0
    again = maximise(likelihood, likelihood(beta), others)
    return again if again.value > found.value else found
