"""How the ways to a count change, place by place, from the observed count outwards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autallo.errors import ArgumentError

__all__ = ["OutwardSteps", "binomial_steps", "hypergeometric_steps"]

#: Up to so many places outwards are worked out in plain Python, which is faster for so few.
FEW = 64
#: Up to so many places outwards are listed in full, more only as far as they weigh.
LISTED = 5000
#: A count with less than this share of the weight of the observed one ends the list.
NEGLIGIBLE = 1e-300

#: Ways of the next place outwards over those of the place so many places out; of a whole number
#: it is computed in whole numbers up to the division, of an array in floating point.
Step = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class OutwardSteps:
    """Ratios of the ways to neighbouring counts.

    Attributes
    ----------
    above, below : sequence of float
        Ways to the next larger (smaller) count over those to the count before it, from the
        observed count to the last possible one; more than 5000 places only until a count has
        less than 1e-300 of the weight of the observed one, at the odds ratio that centres it.
    """

    above: Sequence[float] | NDArray[np.float64]
    below: Sequence[float] | NDArray[np.float64]


def hypergeometric_steps(row: int, other_row: int, column: int, cell: int) -> OutwardSteps:
    """Describe how the ways to a two-by-two table change with its first cell, margins given.

    Parameters
    ----------
    row, other_row : int
        Patients in the first and in the second row.
    column : int
        Patients in the first column.
    cell : int
        Patients in both the first row and the first column.

    Returns
    -------
    OutwardSteps

    Raises
    ------
    ArgumentError
        If no table has such a first cell with such margins.

    Notes
    -----
    From cell k to k + 1 the ways change by ``(row - k) (column - k)`` over
    ``(k + 1) (other_row - column + k + 1)``.
    Source: [fisher1935]. Checked against the ways themselves (`tests/byhand`, `tests/laws` and
    `tests/twins`, each test_outward_steps.py).

    Examples
    --------
    Ways 1, 6 and 3 to 0, 1 and 2 events among 3 of 5 patients.

    >>> steps = hypergeometric_steps(3, 2, 2, 1)
    >>> steps.above, [round(step, 4) for step in steps.below]
    ([0.5], [0.1667])
    """
    first, second = row - cell, column - cell
    fourth = other_row - second
    if min(first, second, cell, fourth) < 0:
        raise ArgumentError("`cell` must be possible with these margins.")
    return _outwards(
        lambda out: (first - out) * (second - out) / ((cell + 1 + out) * (fourth + 1 + out)),
        lambda out: (cell - out) * (fourth - out) / ((first + 1 + out) * (second + 1 + out)),
        places=(min(first, second), min(cell, fourth)),
    )


def binomial_steps(first: int, second: int) -> OutwardSteps:
    """Describe how the ways to split pairs change with the number of the first kind.

    Parameters
    ----------
    first, second : int
        Pairs of the first and of the second kind, at least 0.

    Returns
    -------
    OutwardSteps

    Raises
    ------
    ArgumentError
        If a number is negative.

    Notes
    -----
    From k to k + 1 of n pairs the ways change by ``(n - k) / (k + 1)``.
    Source: [mcnemar1947]. Checked against the ways themselves (`tests/byhand`, `tests/laws` and
    `tests/twins`, each test_outward_steps.py).

    Examples
    --------
    Ways 1, 4, 6, 4 and 1 to 0, 1, 2, 3 and 4 of 4 pairs.

    >>> steps = binomial_steps(3, 1)
    >>> steps.above, [round(step, 4) for step in steps.below]
    ([0.25], [1.5, 0.6667, 0.25])
    """
    if min(first, second) < 0:
        raise ArgumentError("`first` and `second` must be at least 0.")
    return _outwards(
        lambda out: (second - out) / (first + 1 + out),
        lambda out: (first - out) / (second + 1 + out),
        places=(second, first),
    )


def _outwards(above: Step, below: Step, *, places: tuple[int, int]) -> OutwardSteps:
    larger, smaller = places
    ratio = _centring_ratio(above, below, places=places)
    return OutwardSteps(
        _listed(above, larger, odds_ratio=ratio), _listed(below, smaller, odds_ratio=1 / ratio)
    )


def _centring_ratio(above: Step, below: Step, *, places: tuple[int, int]) -> float:
    """Return the odds ratio at which both neighbours of the observed count weigh the same."""
    larger, smaller = places
    up = float(above(0)) if larger else 1.0
    down = float(below(0)) if smaller else 1.0
    if larger and smaller:
        return sqrt(down) / sqrt(up)
    return down / up


def _listed(step: Step, places: int, *, odds_ratio: float) -> Sequence[float] | NDArray[np.float64]:
    if places <= FEW:
        return [step(out) for out in range(places)]
    tried = LISTED
    while True:
        tried = min(tried, places)
        steps: NDArray[np.float64] = step(np.arange(tried, dtype=np.float64))
        if tried == places or np.prod(steps * odds_ratio) < NEGLIGIBLE:
            return steps
        tried *= 2
