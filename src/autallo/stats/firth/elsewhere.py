"""Other maxima of the coefficients beside one that is held, looked for from many starts at once.

Where patients are few, the penalised likelihood may have several maxima though one coefficient is
held. A search that follows one of them from the estimate outwards never sees the others.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autallo.stats.firth.ascent import HIGHER, Model
from autallo.stats.firth.joint import others_only
from autallo.stats.firth.penalty import Floats, Points

Integers = NDArray[np.int64]

#: Starts lie so many standard errors from the maximum that is known, to both sides along each
#: main axis of the other coefficients.
DISTANCES = np.array([2.0, 4.0, 8.0])

#: A start is followed if the likelihood falls by less than this share of what is usual so far off.
SHARE = 0.4

#: An ascent has come near enough to see how high it leads if its next step promises less.
NEAR_GAIN = 1e-6

MOST_STEPS = 25

#: One step goes at most so many standard errors.
LONGEST = 3.0

#: Bends of less than this, up or down, are taken for this.
FLATTEST = 1e-9

#: An ascent whose next step promises less than this, and too little, is given up.
LAST_HOPE = 0.1


@dataclass(frozen=True, slots=True)
class Held:
    """Maxima with one coefficient held, a row each.

    Attributes
    ----------
    place : ndarray of int, shape (m,)
        The coefficient held.
    beta : ndarray of float, shape (m, p)
        All coefficients.
    value : ndarray of float, shape (m,)
        Penalised log-likelihood there.
    """

    place: Integers
    beta: Floats
    value: Floats


def seek_higher(model: Model, information: Floats, known: Held) -> dict[int, Floats]:
    """Return, for each row for which a higher maximum was met, coefficients close to the highest.

    `information` is that at the overall maximum, without the penalty; it gives the main axes.
    """
    if model.heights is None:
        return {}
    row, start = _starts(model.heights, information, known)
    if not row.size:
        return {}
    own = np.eye(len(information))[known.place[row]]
    spread = 1 / np.sqrt(information.diagonal())
    beta, value = _ascend(model, start, own, known.value[row], spread)
    higher: dict[int, Floats] = {}
    best = known.value + HIGHER / 2
    for place, own_beta, height in zip(row.tolist(), beta, value.tolist(), strict=True):
        if height > best[place]:
            best[place], higher[place] = height, own_beta
    return higher


def _starts(
    heights: Callable[[Floats], Floats], information: Floats, known: Held
) -> tuple[Integers, Floats]:
    """Return the starts that lie higher than is usual, and the row to which each belongs."""
    places, which = np.unique(known.place, return_inverse=True)
    size = len(information)
    own = np.eye(size)[places]
    held = own[:, :, None] * own[:, None, :] * (2 * np.trace(information))
    bend, axes = np.linalg.eigh(others_only(information, own) + held)
    axis = (axes / np.sqrt(bend[:, None])).transpose(0, 2, 1)[:, :-1]  # the last is the one held
    axis *= 1 - own[:, None]
    distance = np.concatenate([DISTANCES, -DISTANCES])
    shift = (axis[:, :, None] * distance[:, None]).reshape(len(places), -1, size)
    start = known.beta[:, None] + shift[which]
    value = heights(start.reshape(-1, size)).reshape(start.shape[:2])
    usual = np.tile(distance * distance, size - 1)
    row, column = np.nonzero(2 * (known.value[:, None] - value) < SHARE * usual)
    return row, start[row, column]


def _ascend(
    model: Model, start: Floats, own: Floats, enough: Floats, spread: Floats
) -> tuple[Floats, Floats]:
    """Climb from every row, its own coefficient held; return where, and how high.

    A row whose last steps promise less than is lacking to what is known there is given up.
    """
    beta, value = start.copy(), np.full(len(start), -np.inf)
    going, step = np.arange(len(start)), np.zeros(start.shape)
    for _ in range(MOST_STEPS):
        here = _evaluate(model, beta[going] + step)
        up = here.value >= value[going]
        step[~up] /= 4
        risen = going[up]
        beta[risen], value[risen] = here.beta[up], here.value[up]
        step[up], gain = _steps(here, up, own[risen], spread)
        done = (gain < NEAR_GAIN) | ((gain < LAST_HOPE) & (value[risen] + gain < enough[risen]))
        left = np.ones(going.size, dtype=np.bool_)
        left[up] = ~done
        going, step = going[left], step[left]
        if not going.size:
            break
    return beta, value


def _steps(
    here: Points, rows: NDArray[np.bool_], own: Floats, spread: Floats
) -> tuple[Floats, Floats]:
    """Return steps of Newton's method, turned upwards where the likelihood bends up, and gains."""
    slope = here.gradient[rows] * (1 - own)
    bend, axes = np.linalg.eigh(others_only(here.curvature[rows], own))
    along = (slope[:, None] @ axes)[:, 0] / np.maximum(np.abs(bend), FLATTEST)
    step = (axes @ along[:, :, None])[:, :, 0] * (1 - own)
    longest = np.max(np.abs(step) / spread, axis=1)
    step *= np.minimum(1.0, LONGEST / np.maximum(longest, LONGEST))[:, None]
    return step, np.vecdot(step, slope)


def _evaluate(model: Model, beta: Floats) -> Points:
    """Return the points at these coefficients, in as many parts as it takes."""
    if len(beta) <= model.at_once:
        return model.evaluate(beta)
    parts = [
        model.evaluate(beta[first : first + model.at_once])
        for first in range(0, len(beta), model.at_once)
    ]
    return Points(*(np.concatenate(column) for column in zip(*map(_columns, parts), strict=True)))


def _columns(points: Points) -> tuple[Floats, ...]:
    return (
        points.beta,
        points.value,
        points.log_likelihood,
        points.gradient,
        points.information,
        points.curvature,
    )
