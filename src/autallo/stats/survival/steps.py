"""Curves that change in steps, and how many patients vouch for them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autallo.stats.risk_sets import time_slack

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64] | NDArray[np.float64]

#: Less than this share of all weight at risk is the rounding of sums of weights: nobody.
NOBODY = 1e-12


@dataclass(frozen=True, slots=True)
class Followed:
    """Effective number of patients followed so far, constant over stretches of time.

    Attributes
    ----------
    until : ndarray of float, shape (m,)
        End of each stretch, ascending; the end belongs to it.
    number : ndarray of float, shape (m,)
        The number there, never rising; 0 from the first stretch on in which nobody was at risk,
        infinite while nobody can be event-free.
    """

    until: Floats
    number: Floats


def just_before(values: Floats, start: float) -> Floats:
    """Return what each value was just before its time; times in the last axis."""
    before = np.empty_like(values)
    before[..., 0] = start
    before[..., 1:] = values[..., :-1]
    return before


def followed_so_far(
    time: Floats,
    at_risk: Numbers,
    event_free: Floats,
    *,
    entry_time: Floats | None,
    entered: Numbers | None,
) -> Followed:
    """Return the effective number of patients followed so far, at risk over event-free (Peto).

    Without entries it never rises by itself. With them it is the smallest one yet over the whole
    time line from 0, just before each entry and each exit: patients who come later say nothing
    about the time before.
    """
    before = just_before(event_free, 1.0)
    if entry_time is None or entered is None:
        return Followed(time, at_risk / before)
    slack = time_slack(time)
    ends = np.union1d(time, entry_time)
    ends = ends[ends > slack]
    # Nobody leaves between the end of a stretch and the next time; those who enter are taken off.
    row = np.searchsorted(time, ends - slack, side="left")
    came_by = np.append(0, entered.cumsum())
    here, there = (
        came_by[np.searchsorted(entry_time, days - slack, side="left")]
        for days in (ends, time[row])
    )
    present = np.asarray(at_risk[row] - (there - here), dtype=np.float64)
    present[present < NOBODY * came_by[-1]] = 0.0
    number = np.full(ends.size, np.inf)
    np.divide(present, before[row], out=number, where=before[row] > 0)
    return Followed(ends, np.asarray(np.minimum.accumulate(number), dtype=np.float64))


def read_followed(followed: Followed, days: Floats, slack: float) -> Floats:
    """Return the number at each day; past the last one that of the last."""
    stretch = np.searchsorted(followed.until, days - slack, side="left")
    return followed.number[np.minimum(stretch, followed.until.size - 1)]
