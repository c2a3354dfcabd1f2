"""Ascent of a penalised likelihood, and the limits of its profile."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from autallo.stats.firth.penalty import Floats, Point, Points, only

#: A step that promises less than this gain is not taken.
SMALLEST_GAIN = 1e-26

#: Below this promise, steps that do not promise less each time are rounding.
RESTLESS_GAIN = 1e-16

#: The next step of Newton's method would gain about the square of this: no more is taken.
LAST_GAIN = 1e-15

#: The same where only the height counts, not the place.
LAST_GAIN_HELD = 1e-12

#: An ascent that can go no further because of rounding has settled below this promise.
SETTLED_GAIN = 1e-9

#: Of more patients than this, further maxima are not looked for.
MANY_PATIENTS = 2_000

MOST_STEPS = 200
MOST_HALVINGS = 60

#: The same where the likelihood is taken from sums: more are needed where these are not accurate.
MOST_HALVINGS_OF_SUMS = 12
MOST_TRIALS = 200

#: Changes of the log-likelihood below this share of its size are rounding.
ROUNDING = 1e-13

#: A point counts as above the maximum if twice the gain is more than this.
HIGHER = 1e-6

#: The search for a limit ends with a step of less than this share of the way from the estimate.
CLOSE = 1e-9

#: There the root of the fall must be the one wanted up to this share of it.
REACHED = 1e-3

#: The search for a limit goes at most so many times further than before.
STRIDE = 3.0


@dataclass(frozen=True, slots=True)
class Model:
    """A penalised likelihood.

    Attributes
    ----------
    evaluate : callable
        From rows of coefficients, shape (b, p), the points there.
    exact : bool
        Whether their `curvature` is that of the penalised likelihood.
    at_once : int
        Most rows that `evaluate` takes.
    heights : callable or None
        From any number of rows, the penalised log-likelihoods alone, less precisely; None if the
        patients are too many to look for further maxima.
    """

    evaluate: Callable[[Floats], Points]
    exact: bool
    at_once: int
    heights: Callable[[Floats], Floats] | None


@dataclass(frozen=True, slots=True)
class Top:
    """Where an ascent ended, after how many steps, and whether the last promised nothing more."""

    point: Point
    steps: int
    settled: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """One end of a profile interval, or for a test the fall of the likelihood.

    Attributes
    ----------
    value : float
        The limit, or twice the fall.
    settled : bool
        Whether it was found to full precision.
    near : Point
        The last point on the way.
    higher : Point or None
        A point above the maximum, if one was met.
    reached : bool
        Whether the fall is the one wanted; not so where the search jumped between two maxima.
    """

    value: float
    settled: bool
    near: Point
    higher: Point | None = None
    reached: bool = True


def evaluate(model: Model, beta: Floats) -> Point:
    """Return the point at these coefficients."""
    return only(model.evaluate(beta[None]))


def climb(model: Model, start: Point, free: list[int], *, enough: float = LAST_GAIN) -> Top:
    """Climb from the start by Newton steps in the free coefficients until one gains nothing."""
    if start.value == -math.inf:
        return Top(start, 0, False)
    here, settled, steps, before = start, not free, 0, math.inf
    while not settled and steps < MOST_STEPS:
        step, gain = _newton_step(here, free)
        if gain < SMALLEST_GAIN or before / 4 < gain < RESTLESS_GAIN:
            return Top(here, steps, True)
        ahead = _uphill(model, here, step)
        if ahead is here:
            return Top(here, steps, gain < SETTLED_GAIN)
        here, steps, before = ahead, steps + 1, gain
        settled = model.exact and gain < enough
    return Top(here, steps, settled)


def hold(model: Model, near: Point, place: int, value: float) -> Top:
    """Maximise with one coefficient held, from a point near by."""
    beta = near.beta.copy()
    others = [k for k in range(beta.size) if k != place]
    if others:
        block = np.ix_(others, others)
        rising = _rising(near.curvature[block], near.information[block])
        across = near.curvature[others, place]
        beta[others] -= np.linalg.solve(rising, across) * (value - near.beta[place])
    beta[place] = value
    first = evaluate(model, beta)
    if first.value == -math.inf:
        beta[others] = near.beta[others]
        first = evaluate(model, beta)
    return climb(model, first, others, enough=LAST_GAIN_HELD)


def profile_limit(
    model: Model,
    top: Point,
    place: int,
    *,
    side: float,
    width: float,
    spread: float,
    start: Point | None = None,
) -> Limit:
    """Find where the signed root of twice the fall of the profile is `width` on this side.

    That root is nearly straight, so Newton's method goes along it; steps that leave the bracket
    are replaced by a longer stride while the bracket is open, and by its middle afterwards.
    From a `start`, the way goes on outwards.
    """
    middle = inside = float(top.beta[place])
    outside, near, settled = side * math.inf, start or top, True
    at = middle + side * width * spread if start is None else float(start.beta[place])
    for _ in range(MOST_TRIALS):
        found = hold(model, near, place, at)
        fall = 2 * (top.value - found.point.value)
        if fall < -HIGHER:
            return Limit(at, False, near, found.point)
        if fall < width * width:
            inside = at
        else:
            outside = at
        if math.isfinite(fall):
            near, settled = found.point, found.settled
        root, slope = math.sqrt(max(fall, 0.0)), float(found.point.gradient[place])
        newton = at - (width - root) * root / slope if side * slope < 0 else math.nan
        following = _within(newton, inside, outside, middle=middle, reach=at - middle)
        if abs(following - at) <= CLOSE * abs(following - middle):
            reached = abs(root - width) <= REACHED * width
            return Limit(following, settled and math.isfinite(fall), near, reached=reached)
        at = following
    return Limit(at, False, near)


def _within(newton: float, inside: float, outside: float, *, middle: float, reach: float) -> float:
    if math.isinf(outside):
        farthest = middle + STRIDE * reach
        known = math.isfinite(newton) and abs(newton - middle) > abs(inside - middle)
        return newton if known and abs(newton - middle) < abs(farthest - middle) else farthest
    if min(inside, outside) < newton < max(inside, outside):
        return newton
    return (inside + outside) / 2


def _newton_step(here: Point, free: list[int]) -> tuple[Floats, float]:
    """Return the step, and the gain that it promises (twice over)."""
    if len(free) == here.beta.size > 1:
        step = np.asarray(
            np.linalg.solve(_rising(here.curvature, here.information), here.gradient),
            dtype=np.float64,
        )
        return step, float(step @ here.gradient)
    step = np.zeros(here.beta.size)
    if len(free) == 1:
        place = free[0]
        slope, bend = float(here.gradient[place]), float(here.curvature[place, place])
        move = slope / (bend if bend > 0 else float(here.information[place, place]))
        step[place] = move
        return step, move * slope
    block = np.ix_(free, free)
    slopes = here.gradient[free]
    moves = np.linalg.solve(_rising(here.curvature[block], here.information[block]), slopes)
    step[free] = moves
    return step, float(moves @ slopes)


def _rising(curvature: Floats, information: Floats) -> Floats:
    """Return the curvature if it is positive definite, so that its step goes up."""
    try:
        np.linalg.cholesky(curvature)
    except np.linalg.LinAlgError:
        return information
    return curvature


def _uphill(model: Model, here: Point, step: Floats) -> Point:
    """Take the step, halved until it does not go down; stay if no part of it will do."""
    slack = ROUNDING * max(1.0, abs(here.value))
    for _ in range(MOST_HALVINGS if model.exact else MOST_HALVINGS_OF_SUMS):
        ahead = evaluate(model, here.beta + step)
        if ahead.value >= here.value - slack:
            return ahead
        step = step / 2
    return here
