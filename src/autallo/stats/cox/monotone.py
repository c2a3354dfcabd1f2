"""Coefficients that the partial likelihood drives to infinity, and the covariance of the others."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autallo.stats.cox.climb import ROUNDING
from autallo.stats.cox.point import Point
from autallo.stats.cox.running_sums import over_rows
from autallo.stats.cox.slots import Ordered

Floats = NDArray[np.float64]

#: Information below this share of the weight of the events is looked at as possibly vanishing.
FLAT = 1e-5

#: An event may fall short of the highest risk of its risk set by this share and still be on top.
ON_TOP = 1e-7


@dataclass(frozen=True, slots=True)
class Endless:
    """Where the likelihood rises for ever.

    Attributes
    ----------
    sign : ndarray of float, shape (p,)
        1 or -1 for coefficients that are infinite, 0 for finite ones.
    covariance : ndarray of float, shape (p, p)
        Covariance of the coefficients; infinite variance and covariance 0 of infinite ones.
    """

    sign: Floats
    covariance: Floats


def find_endless(data: Ordered, top: Point, *, exact: bool) -> Endless:
    """Return the coefficients without end, from the vanishing information, proved on the data."""
    roots, axes = np.linalg.eigh(top.information)
    flat = roots < FLAT * data.event_weight
    if flat.any():
        null = axes[:, flat]
        direction = null @ (null.T @ top.beta)
        if _rises_for_ever(data, direction, exact=exact):
            endless = np.sqrt((null**2).sum(axis=1)) > math.sqrt(ON_TOP)
            kept = axes[:, ~flat]
            covariance = np.asarray((kept / roots[~flat]) @ kept.T, dtype=np.float64)
            covariance[endless, :] = covariance[:, endless] = 0.0
            covariance[endless, endless] = np.inf
            return Endless(np.where(endless, np.where(direction < 0, -1.0, 1.0), 0.0), covariance)
    inverse = (axes / np.maximum(roots, ROUNDING * roots[-1])) @ axes.T
    return Endless(np.zeros(top.beta.size), np.asarray(inverse, dtype=np.float64))


def _rises_for_ever(data: Ordered, direction: Floats, *, exact: bool) -> bool:
    """Whether along this direction each event has the highest risk of its risk set.

    With exact ties, the risk of each of the tied must reach the highest of the others at risk.
    """
    risk = direction @ data.x
    highest = over_rows(data.surviving, risk, np.maximum, -np.inf)
    own = risk[: data.n_with_event]
    if not exact:
        highest = np.maximum(highest, np.maximum.reduceat(own, data.event_start))
    short = highest[data.event_slot] - own
    return bool(short.max() <= ON_TOP * np.ptp(risk))
