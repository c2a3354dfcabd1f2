"""All limits and all tests of a profile at once, by Newton's method for a stack of equations.

A limit solves p equations: the penalised likelihood has fallen so far, and by the p - 1 other
coefficients it does not rise. A test holds its coefficient at 0 and solves the other equations.
Every problem is a row of one stack. What does not go the straight way is left to `ascent`.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autallo.stats.firth.ascent import HIGHER, STRIDE, Model
from autallo.stats.firth.penalty import Floats, Point, Points

Integers = NDArray[np.int64]

#: The last step is less than this share of a standard error; the next would be about its square.
CLOSE = 1e-7

MOST_STEPS = 12

#: Where the likelihood bends less than this share of its bend at the maximum, another maximum of
#: the other coefficients may be near: the search goes one by one instead.
SHALLOW = 0.4

#: What is sought of each coefficient: the lower limit, the upper limit, and the test.
SIDES = (-1.0, 1.0, 0.0)


@dataclass(frozen=True, slots=True)
class _Problems:
    """What is to be solved, a row each: first the limits, then the tests.

    Attributes
    ----------
    row : ndarray of int, shape (m,)
        Where the answer belongs.
    place : ndarray of int, shape (m,)
        The coefficient.
    own : ndarray of float, shape (m, p)
        1 for this coefficient, 0 for the others.
    side : ndarray of float, shape (l,)
        -1 for a lower limit, 1 for an upper limit.
    unit : ndarray of float, shape (m, p, p)
        Turns the curvature along the others, at the maximum, into the unit matrix.
    """

    row: Integers
    place: Integers
    own: Floats
    side: Floats
    unit: Floats


def solve_together(
    model: Model, top: Point, places: list[int], *, width: float, at: Floats
) -> Floats:
    """Find the limits and tests of the coefficients at these places, as far as that is easy.

    Returns lower limits, upper limits, and twice the falls of the log-likelihood where the
    coefficient is 0, shape (3, q); NaN for what was not found. Writes the coefficients there into
    `at`, shape (3, q, p).
    """
    count = len(places)
    found = np.full(3 * count, math.nan)
    turned = _inverse(top.curvature) if model.exact else None
    if turned is not None and len(turned) == 1:
        found[:] = _solve_alone(model, top, width=width, spread=math.sqrt(turned[0, 0]))
    elif turned is not None:
        spread = np.sqrt(turned.diagonal())
        place, side = np.array(places * 3), np.repeat([-1.0, 1.0], count)
        own = np.eye(spread.size)[place]
        way = np.concatenate([side * width, -top.beta[places] / spread[places]])
        beta = top.beta + turned[place] * (way / spread[place])[:, None]
        beta[2 * count :][own[2 * count :] > 0] = 0.0
        block = others_only(top.curvature, own)
        unit = np.linalg.inv(np.linalg.cholesky(block))
        for first in range(0, 3 * count, model.at_once):
            row = np.arange(first, min(first + model.at_once, 3 * count))
            some = _Problems(row, place[row], own[row], side[first : row[-1] + 1], unit[row])
            _solve(
                model,
                top,
                some,
                beta[row],
                width=width,
                spread=spread,
                found=found,
                at=at.reshape(3 * count, -1),
            )
    return found.reshape(3, count)


def _solve_alone(model: Model, top: Point, *, width: float, spread: float) -> list[float]:
    """Find both limits of the only coefficient, and the fall where it is 0."""
    found, middle = [math.nan] * 3, float(top.beta[0])
    at = {0: middle - width * spread, 1: middle + width * spread, 2: 0.0}
    for _ in range(MOST_STEPS):
        here = model.evaluate(np.array([[beta] for beta in at.values()]))
        points = zip(list(at.items()), here.value.tolist(), here.gradient.tolist(), strict=True)
        for (row, beta), value, (slope,) in points:
            del at[row]
            fall, side = 2 * (top.value - value), SIDES[row]
            if not -HIGHER <= fall < math.inf:
                continue
            if row == 2:
                found[row] = fall
            elif slope * side < 0:
                root = math.sqrt(max(fall, 0.0))
                move = (root - width) * root / slope
                if abs(move) <= CLOSE * spread:
                    found[row] = beta + move
                elif 0 < (beta + move - middle) * side < STRIDE * (beta - middle) * side:
                    at[row] = beta + move
        if not at:
            break
    return found


def _inverse(curvature: Floats) -> Floats | None:
    """Return the inverse of a matrix, or None if it is not positive definite."""
    if len(curvature) == 1:
        return 1 / curvature if curvature[0, 0] > 0 else None
    try:
        np.linalg.cholesky(curvature)
    except np.linalg.LinAlgError:
        return None
    return np.asarray(np.linalg.inv(curvature), dtype=np.float64)


def _solve(
    model: Model,
    top: Point,
    problems: _Problems,
    beta: Floats,
    *,
    width: float,
    spread: Floats,
    found: Floats,
    at: Floats,
) -> None:
    """Take steps in all rows until each is solved or lost; write into `found` and `at`."""
    for _ in range(MOST_STEPS):
        here = model.evaluate(beta)
        fall = 2 * (top.value - here.value)
        step, bent = _steps(here, problems, fall, width)
        ahead = beta + step
        limits = problems.side.size
        before = np.vecdot(beta - top.beta, problems.own)[:limits] * problems.side
        after = np.vecdot(ahead - top.beta, problems.own)[:limits] * problems.side
        going = (fall >= -HIGHER) & bent
        going[:limits] &= (after > 0) & (after < STRIDE * before)
        near = going & (np.abs(step) <= CLOSE * spread).all(axis=1)
        if near.any():
            answer = np.vecdot(ahead, problems.own)
            answer[limits:] = (fall - np.vecdot(step, here.gradient))[limits:]
            found[problems.row[near]] = answer[near]
            at[problems.row[near]] = ahead[near]
            going &= ~near
        if not going.all():
            if not going.any():
                return
            problems = _Problems(
                problems.row[going],
                problems.place[going],
                problems.own[going],
                problems.side[going[:limits]],
                problems.unit[going],
            )
            ahead = ahead[going]
        beta = ahead


def _steps(
    here: Points, problems: _Problems, fall: Floats, width: float
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return Newton's steps, and whether the likelihood bends down along the other coefficients.

    For a limit the root of the fall is to become `width`, since it is nearly straight.
    """
    gradient, limits = here.gradient, problems.side.size
    stay, drift, bent = _beside(here, problems)
    bent &= np.isfinite(fall)
    root = np.sqrt(np.maximum(np.where(bent, fall, 0.0), 0.0))
    rise = (root - width) * root - np.vecdot(gradient, stay)
    slope = np.vecdot(gradient, problems.own - drift)
    bent &= slope != 0
    move = rise / np.where(bent, slope, 1.0)
    move[limits:] = 0.0
    return stay + (problems.own - drift) * move[:, None], bent


def _beside(here: Points, problems: _Problems) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return Newton's steps of the other coefficients, with this one held and as it moves by 1.

    The steps count if the likelihood bends down in every direction of theirs, and well.
    """
    own, others = problems.own, 1 - problems.own
    across = here.curvature[np.arange(len(own)), problems.place] * others
    block = others_only(here.curvature, own)
    share = np.linalg.eigvalsh(problems.unit @ block @ problems.unit.transpose(0, 2, 1))
    bent = share[:, 0] > SHALLOW
    if not bent.all():
        block = np.where(bent[:, None, None], block, np.eye(own.shape[1]))
    wanted = np.stack([here.gradient * others, across], axis=2)
    moves = np.asarray(np.linalg.solve(block, wanted), dtype=np.float64)
    return moves[:, :, 0], moves[:, :, 1], np.asarray(bent)


def others_only(curvature: Floats, own: Floats) -> Floats:
    """Return the curvature along the other coefficients, with 1 in the place of its own."""
    others = 1 - own
    block = curvature * (others[:, :, None] * others[:, None, :])
    block += own[:, :, None] * own[:, None, :]
    return block
