"""Where two Kaplan-Meier curves change places."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_number
from autallo.stats.survival.kaplan_meier import KaplanMeier, survival_at

__all__ = ["Crossings", "crossings"]


#: Two survival estimates nearer than this are equal; a difference of one patient is far larger.
EQUAL_SURVIVAL = 1e-9


@dataclass(frozen=True, slots=True)
class Crossings:
    """Times at which two survival curves change places.

    Attributes
    ----------
    time : ndarray of float, shape (c,)
        Times from which the other curve is the higher one, ascending; empty if they never cross.
    first_above : ndarray of bool, shape (c,)
        Whether the first curve is the higher one from that time on.
    """

    time: NDArray[np.float64]
    first_above: NDArray[np.bool_]


def crossings(first: KaplanMeier, second: KaplanMeier, *, at_least: float = 0.0) -> Crossings:
    """Estimate where two Kaplan-Meier curves change places.

    Parameters
    ----------
    first, second : KaplanMeier
        The two curves, in the same unit of time.
    at_least : float
        How far apart the curves must come on both sides of a crossing for it to count [0 to 1];
        0 counts every change of places.

    Returns
    -------
    Crossings

    Raises
    ------
    ArgumentError
        If `at_least` is not between 0 and 1.

    Notes
    -----
    The sign of the difference is followed over all times of both curves, up to the last time at
    which both groups still have a patient at risk; equal stretches are passed over. Where the
    curves change places several times between two differences of at least `at_least`, the last
    change counts. A crossing is a description, not a test: chance makes small curves cross.
    Source: [kaplan1958]. Checked by hand (`tests/byhand/test_survival.py`).

    Examples
    --------
    >>> from autallo.stats.survival.kaplan_meier import kaplan_meier
    >>> early = kaplan_meier([1, 5, 6, 7], [1, 0, 0, 0])
    >>> late = kaplan_meier([3, 4, 6, 7], [1, 1, 0, 0])
    >>> crossings(early, late).time.tolist()
    [4.0]
    """
    if not 0 <= as_number("at_least", at_least) <= 1:
        raise ArgumentError("`at_least` must be between 0 and 1.")
    grid = np.union1d(first.time, second.time)
    grid = grid[grid <= min(first.time[-1], second.time[-1])]
    difference = survival_at(first, grid).survival - survival_at(second, grid).survival
    apart = np.abs(difference) > EQUAL_SURVIVAL
    grid, difference = grid[apart], difference[apart]
    above = difference > 0
    turned = np.flatnonzero(above[1:] != above[:-1]) + 1
    far = np.flatnonzero(np.abs(difference) >= at_least - EQUAL_SURVIVAL)
    crossed = far[1:][above[far[1:]] != above[far[:-1]]]
    last = turned[np.searchsorted(turned, crossed, side="right") - 1]
    return Crossings(time=grid[last], first_above=above[last])
