"""Follow-up cut in rows at an intermediate event, so that nobody is immortal before it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.multistate.changes import as_changes, rows_of
from autallo.stats.risk_sets import time_slack

__all__ = ["SplitFollowUp", "split_at_change"]


@dataclass(frozen=True, slots=True)
class SplitFollowUp:
    """Rows (start, stop] with a covariate that is 0 before the change and 1 after it.

    Attributes
    ----------
    patient : ndarray of int, shape (r,)
        Place of the patient in the input, ascending.
    start, stop : ndarray of float, shape (r,)
        The row is at risk after `start`, up to and including `stop` [unit of the input].
    event : ndarray of bool, shape (r,)
        Whether the event happened at `stop`.
    changed : ndarray of int, shape (r,)
        0 before the change, 1 after it.
    same_day : int
        Patients whose change falls on the day on which their follow-up ends: they stay at 0.
    """

    patient: NDArray[np.int64]
    start: NDArray[np.float64]
    stop: NDArray[np.float64]
    event: NDArray[np.bool_]
    changed: NDArray[np.int64]
    same_day: int


def split_at_change(
    time: ArrayLike,
    event: ArrayLike,
    change: ArrayLike,
    changed: ArrayLike,
    *,
    entry: ArrayLike | None = None,
) -> SplitFollowUp:
    """Adjust follow-up for an event on the way: one row before it, one row after it.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the event or to the end of follow-up, in any one unit; more than the entry.
    event : array_like of bool, shape (n,)
        True (1) if the event happened at `time`, false (0) if follow-up ended without it.
    change : array_like of float, shape (n,)
        Time of the change (of GVHD, of a later transplant), at most `time`; any time of at least
        0 for patients without one, where it is not read.
    changed : array_like of bool, shape (n,)
        True (1) if the patient had the change.
    entry : array_like of float, shape (n,), or None
        Time at which observation begins, before `time`; None for 0.

    Returns
    -------
    SplitFollowUp

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a time is negative or missing, an event is anything but true
        or false, a change is later than the time, or a time is not more than the entry; with the
        number of patients.

    Notes
    -----
    Whoever is counted as "with GVHD" from day 0 cannot have died before GVHD: the time until then
    is immortal, and the group looks good whatever GVHD does. Here it belongs to the group without.

    Rows are (start, stop], so a change on a day counts from the day after, as in `tmerge` of R
    survival: an event on the day of the change finds the patient unchanged, and a change on the
    last day of follow-up makes no row. A change at or before the entry makes one row that is
    changed throughout. A patient whose follow-up ends at the entry has no row and is refused;
    half a day of follow-up would do. Nothing else is changed: curves and models that ignore the
    covariate are as before. Source: [mantel1974], [anderson1983], [therneau2023]. Checked
    against R survival 3.5-3, `tmerge` (`tests/reference/changes.json`), by hand
    (`tests/byhand/test_changes.py`), by a walk through all days (`tests/twins/test_changes.py`)
    and by laws (`tests/laws/test_changes.py`).

    Examples
    --------
    A death on day 9 with GVHD on day 4, a death on day 6 without.

    >>> rows = split_at_change([9, 6], [1, 1], [4, 0], [1, 0])
    >>> rows.start.tolist(), rows.stop.tolist(), rows.changed.tolist()
    ([0.0, 4.0, 0.0], [4.0, 9.0, 6.0], [0, 1, 0])
    """
    changes = as_changes(time, event, change, changed, entry=entry)
    empty = int(np.count_nonzero(changes.time <= changes.entry + time_slack(changes.time)))
    if empty:
        raise ArgumentError(
            f"`time` must be more than the entry (0 if none is given); it is not for {empty} "
            "patient(s)."
        )
    rows = rows_of(changes, changes.entry)
    return SplitFollowUp(
        patient=rows.patient,
        start=rows.start,
        stop=rows.stop,
        event=rows.event,
        changed=rows.changed,
        same_day=changes.same_day,
    )
