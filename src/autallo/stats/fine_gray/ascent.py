"""Ascent of the pseudo-likelihood, and the directions in which it rises for ever."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autallo.stats.cox.climb import ROUNDING, ahead_of, curved_step
from autallo.stats.fine_gray.patients import COMPETING, INTEREST, Floats, Patients
from autallo.stats.fine_gray.pseudo_likelihood import Point, evaluate

#: A Newton step that promises less than this gain is the last one: the next would gain its square.
LAST_GAIN = 1e-12
MOST_ITERATIONS = 100

#: An ascent that can go no further because of rounding has settled below this promise.
SETTLED_GAIN = 1e-9

#: Information below this share of the number of events is looked at as possibly vanishing.
FLAT = 1e-5

#: An event may fall short of the highest risk of its risk set by this share of the range of all
#: and still be on top; the direction of a single covariate is known but for rounding.
ON_TOP = 1e-7
ON_TOP_ALONE = 1e-14


@dataclass(frozen=True, slots=True)
class Top:
    """Where the ascent ended.

    Attributes
    ----------
    point : Point
        The last point.
    iterations : int
        Newton steps taken.
    settled : bool
        Whether the last step promised nothing more.
    direction : ndarray of float, shape (p,)
        Sign of each coefficient that is infinite, 0 for the others.
    inverse : ndarray of float, shape (p, p)
        Inverse of the information, without the directions in which it vanishes.
    lost : ndarray of bool, shape (p,)
        Finite coefficients of which the information is lost in rounding.
    """

    point: Point
    iterations: int
    settled: bool
    direction: Floats
    inverse: Floats
    lost: NDArray[np.bool_]


def climb(patients: Patients, start: Point) -> Top:
    """Climb from the start by Newton steps until one gains nothing."""
    here, gain, taken = start, np.inf, 0
    while taken < MOST_ITERATIONS and gain >= LAST_GAIN:
        step, gain = curved_step(here.gradient, here.information)
        ahead = ahead_of(here, step, lambda beta: evaluate(patients, beta))
        if ahead is here:
            break
        here, taken = ahead, taken + 1
    roots, axes = np.linalg.eigh(here.information)
    events = float(patients.events.sum())
    direction = _endless(patients, here, axes[:, roots < FLAT * events])
    endless = direction != 0
    # Where nothing rises for ever, information is left out only if it is no more than rounding.
    out = roots < (FLAT if endless.any() else ROUNDING) * events
    inverse = (axes[:, ~out] / roots[~out]) @ axes[:, ~out].T
    lost = ~endless & (_share(axes[:, out]) > ON_TOP)
    settled = gain < SETTLED_GAIN and not lost.any()
    return Top(here, taken, settled, direction, np.asarray(inverse), lost)


def _endless(patients: Patients, point: Point, null: Floats) -> Floats:
    """Return the sign of each coefficient that grows for ever in these directions, or 0."""
    direction = np.asarray(null @ (null.T @ point.beta))
    if not direction.any() or not _rises_for_ever(patients, direction):
        return np.zeros(direction.size)
    return np.where(_share(null) > ON_TOP, np.where(direction < 0, -1.0, 1.0), 0.0)


def _share(axes: Floats) -> Floats:
    """Return how much of each covariate lies in the space of these axes, from 0 to 1."""
    return np.asarray((axes**2).sum(axis=1))


def _rises_for_ever(patients: Patients, direction: Floats) -> bool:
    """Whether along this direction each event has the highest risk of its risk set."""
    risk, day = direction @ patients.x, patients.event_day
    cells = int(np.prod(patients.shape))
    top, bottom = np.full(cells, -np.inf), np.full(cells, np.inf)
    np.maximum.at(top, patients.cell, risk)
    np.minimum.at(bottom, patients.cell, risk)
    top, bottom = top.reshape(patients.shape), bottom.reshape(patients.shape)
    followed = np.maximum.accumulate(top.max(axis=(0, 1))[::-1])[::-1][day]
    # A competing event on the day itself is among those followed.
    waiting = np.maximum.accumulate(top[:, COMPETING], axis=1)[:, day]
    waiting[patients.free[:, day] == 0] = -np.inf
    lowest = bottom[:, INTEREST].min(axis=0)[day]
    short = np.maximum(followed, waiting.max(axis=0)) - lowest
    slack = ON_TOP_ALONE if direction.size == 1 else ON_TOP
    return bool(short.max() <= slack * np.ptp(risk))
