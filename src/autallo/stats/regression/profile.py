"""Profile likelihood of a contrast of the coefficients: its limits, and its height at 0."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from autallo.stats.regression.likelihood import (
    FARTHEST,
    Model,
    Points,
    Top,
    evaluate,
    maximise,
    patient_slopes,
)

Floats = NDArray[np.float64]

#: Limits are final when a step moves less than the root of this, in standard errors.
CLOSE = 1e-11

#: Rounds of Newton's method for all limits together; what is left then is done one by one.
MOST_ROUNDS = 25

#: One by one: most steps, and most doublings before a limit is taken as infinite.
MOST_STEPS, MOST_DOUBLINGS = 200, 40

#: How far out they begin and how near they end, in standard deviations of the predictor.
NEAR = 4.0
NARROW = 1e-11


@dataclass(frozen=True, slots=True)
class Limits:
    """Lower and upper profile limits of k contrasts, each of shape (k,)."""

    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class _Steps:
    """Steps, a row for each place, and the squares of their lengths in standard errors."""

    step: Floats
    length: Floats


def profile_limits(model: Model, top: Top, contrasts: Floats, *, width: float) -> Limits:
    """Return where the profile of each contrast has fallen by half the square of `width`.

    All limits climb together by the method of Venzon and Moolgavkar: where the log-likelihood,
    taken as quadratic at the present point, touches the floor.
    """
    k, floor = len(contrasts), top.value - width**2 / 2
    contrast, side = np.repeat(contrasts, 2, axis=0), np.tile([-1.0, 1.0], k)
    away = np.linalg.solve(top.information, contrast.T).T
    spread = np.sqrt((contrast * away).sum(axis=1))
    betas = top.beta + (side * width / spread)[:, None] * away
    walk = _walked(
        model, betas, lambda here, own: _to_the_floor(here, contrast[own], side[own], floor)
    )
    found, size = (contrast * walk.betas).sum(axis=1), NEAR * np.linalg.norm(contrast, axis=1)
    for place in walk.lost:
        middle = float(contrast[place] @ top.beta)
        found[place] = falling_limit(
            model,
            contrast[place],
            highest=top.value,
            width=width,
            side=float(side[place]),
            start=middle + float(side[place] * min(width * spread[place], size[place])),
        )
    return Limits(low=found[::2], high=found[1::2])


def profile_at_zero(model: Model, top: Top, contrasts: Floats) -> Floats:
    """Return the largest log-likelihood where each contrast is 0, all climbing together."""
    away = np.linalg.solve(top.information, contrasts.T).T
    share = (contrasts @ top.beta) / (contrasts * away).sum(axis=1)
    betas = top.beta - share[:, None] * away
    walk = _walked(model, betas, lambda here, own: _along_zero(here, contrasts[own], betas[own]))
    value = walk.value
    for place in walk.lost:
        value[place] = held(model, contrasts[place]).at(0.0).value
    return np.minimum(value, top.value)


@dataclass(frozen=True, slots=True)
class _Walk:
    """Where Newton's method came for each place, what it is worth, and who lost the way."""

    betas: Floats
    value: Floats
    lost: list[int]


def _walked(
    model: Model, betas: Floats, step_of: Callable[[Points, NDArray[np.intp]], _Steps | None]
) -> _Walk:
    """Take the steps of all places together (`betas` moves along) until each has come close."""
    value, going = np.empty(len(betas)), np.arange(len(betas))
    lost: list[int] = []
    for _ in range(MOST_ROUNDS):
        here = evaluate(model, betas[going])
        with np.errstate(all="ignore"):  # a step that is no number is not taken
            steps = step_of(here, going)
        if steps is None:
            break
        sane = np.abs(steps.step).max(axis=1) < FARTHEST
        lost += going[~sane].tolist()
        betas[going[sane]] += steps.step[sane]
        value[going] = here.value + steps.length / 2
        going = going[sane & ~(steps.length < CLOSE)]
        if not going.size:
            break
    return _Walk(betas, value, lost + going.tolist())


def falling_limit(
    model: Model,
    contrast: Floats,
    *,
    highest: float,
    width: float,
    side: float,
    start: float,
) -> float:
    """Return where the profile of one contrast has fallen by half the square of `width`.

    It is `highest` on the other side, perhaps at infinity, and falls towards this side. Newton's
    method on the logarithm of the fall, which is nearly straight, within a bracket.
    """
    size, fall = float(np.linalg.norm(contrast)), width**2 / 2
    line, at, reach = held(model, contrast / size), start / size, 1.0
    here = line.at(at)
    inside = outside = None
    for _ in range(MOST_DOUBLINGS):
        if highest - here.value < fall:
            inside, at = at, at + side * reach
        else:
            outside, at = at, at - side * reach
        if inside is not None and outside is not None:
            break
        here, reach = line.at(at, here), 2 * reach
    else:
        return side * np.inf
    at = here.at
    for _ in range(MOST_STEPS):
        so_far = highest - here.value
        nearer = np.nan
        if so_far > 0 and side * here.slope < 0:
            nearer = at + np.log(so_far / fall) * so_far / here.slope
        if not min(inside, outside) <= nearer <= max(inside, outside):
            nearer = (inside + outside) / 2
        if abs(nearer - at) <= NARROW * max(1.0, abs(nearer)):
            return float(nearer * size)
        at, here = nearer, line.at(nearer, here)
        inside, outside = (at, outside) if highest - here.value < fall else (inside, at)
    return float(at * size)


@dataclass(frozen=True, slots=True)
class _Height:
    at: float
    value: float
    slope: float
    beta: Floats


@dataclass(frozen=True, slots=True)
class Held:
    """The model with one contrast held: what is added to the predictor per unit, and the rest."""

    rest: Model
    unit: Floats

    def at(self, value: float, near: _Height | None = None) -> _Height:
        """Return the profile where the contrast has this value, starting from a point near by."""
        added = value * self.unit
        own = self.rest.offset
        model = replace(self.rest, offset=added if own is None else own + added)
        starts = np.zeros((1, len(model.x)))
        if near is not None:
            # far out the others grow in proportion
            times = value / near.at if near.at else 1.0
            starts = np.stack([starts[0], near.beta, times * near.beta])
        best = int(evaluate(model, starts).value.argmax())
        top = maximise(model, starts[best])
        slope = float(patient_slopes(model, top.beta) @ self.unit)
        return _Height(value, top.value, slope, top.beta)


def held(model: Model, contrast: Floats) -> Held:
    """Return the model with a contrast (of length 1) held, its others at right angles to it."""
    others = np.linalg.svd(contrast[None])[2][1:]
    return Held(replace(model, x=others @ model.x), contrast @ model.x)


def _to_the_floor(here: Points, contrast: Floats, side: Floats, floor: float) -> _Steps | None:
    solved = _solved(here, contrast)
    if solved is None:
        return None
    top, away = solved
    reach = (contrast * away).sum(axis=1)
    room = 2 * (here.value - floor) + (here.gradient * top).sum(axis=1)
    pull = side * np.sqrt(np.where(reach > 0, np.maximum(room, 0), np.nan) / reach)
    return _step(here, contrast, top, away, pull)


def _along_zero(here: Points, contrast: Floats, betas: Floats) -> _Steps | None:
    solved = _solved(here, contrast)
    if solved is None:
        return None
    top, away = solved
    reach = (contrast * away).sum(axis=1)
    pull = -(contrast * (betas + top)).sum(axis=1) / reach
    return _step(here, contrast, top, away, pull)


def _solved(here: Points, contrast: Floats) -> tuple[Floats, Floats] | None:
    """Return Newton's step, and the direction of the contrast; None if there is no telling."""
    wanted = np.stack([here.gradient, contrast], axis=2)
    try:
        solved = np.asarray(np.linalg.solve(here.information, wanted), dtype=np.float64)
    except np.linalg.LinAlgError:
        return None
    top: Floats = solved[:, :, 0]
    away: Floats = solved[:, :, 1]
    return top, away


def _step(here: Points, contrast: Floats, top: Floats, away: Floats, pull: Floats) -> _Steps:
    step = top + pull[:, None] * away
    length = (step * (here.gradient + pull[:, None] * contrast)).sum(axis=1)
    return _Steps(step, length)
