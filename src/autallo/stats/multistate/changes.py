"""Follow-up of patients who change group on the way: checked, and cut in rows at the change.

A row is (start, stop]: what changes on a day counts from the day after, as in `tmerge` of R
survival. An event on the day of the change finds the patient unchanged.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_events, as_times, same_length
from autallo.stats.risk_sets import time_slack

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: Groups that are smaller than this at the landmark are called few.
FEW = 5


@dataclass(frozen=True, slots=True)
class Changes:
    """Follow-up of n patients with the time of a change.

    Attributes
    ----------
    time : ndarray of float, shape (n,)
        Time to the event or to the end of follow-up.
    event : ndarray of bool, shape (n,)
        Whether the event happened then.
    entry : ndarray of float, shape (n,)
        Time at which observation begins.
    change : ndarray of float, shape (n,)
        Time of the change; infinite for patients without one before their last day.
    same_day : int
        Patients who change on the very day on which their follow-up ends.
    """

    time: Floats
    event: Flags
    entry: Floats
    change: Floats
    same_day: int


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows (start, stop] in which the group does not change, in order of patients and times.

    Attributes
    ----------
    patient : ndarray of int, shape (r,)
        Place of the patient in the input.
    start, stop : ndarray of float, shape (r,)
        The patient is at risk after `start`, up to and including `stop`.
    event : ndarray of bool, shape (r,)
        Whether the event happened at `stop`.
    changed : ndarray of int, shape (r,)
        0 before the change, 1 after it.
    """

    patient: Counts
    start: Floats
    stop: Floats
    event: Flags
    changed: Counts


def as_changes(
    time: ArrayLike,
    event: ArrayLike,
    change: ArrayLike,
    changed: ArrayLike,
    *,
    entry: ArrayLike | None = None,
) -> Changes:
    """Return follow-up and changes, or refuse those that cannot be."""
    times, events = as_times("time", time), as_events("event", event)
    moment, happened = as_times("change", change), as_events("changed", changed)
    entries = np.zeros(times.size) if entry is None else as_times("entry", entry)
    same_length(time=times, event=events, change=moment, changed=happened, entry=entries)
    moment = np.where(happened, moment, times)
    slack = time_slack(times)
    late = int(np.count_nonzero(moment > times + slack))
    if late:
        raise ArgumentError(f"`change` must not be later than `time`; it is for {late} patient(s).")
    from_start = happened & (moment <= entries + slack)
    last_day = happened & ~from_start & (moment >= times - slack)
    moment = np.where(from_start, entries, moment)
    return Changes(
        time=times,
        event=events,
        entry=entries,
        change=np.where(happened & ~last_day, moment, np.inf),
        same_day=int(np.count_nonzero(last_day)),
    )


def rows_of(changes: Changes, start: Floats) -> Rows:
    """Cut the follow-up of each patient at the change; the first row begins at `start`."""
    inside = (changes.entry < changes.change) & (changes.change < changes.time)
    count = 1 + inside
    patient = np.repeat(np.arange(inside.size), count)
    second = np.zeros(patient.size, dtype=np.bool_)
    second[np.cumsum(count)[inside] - 1] = True
    goes_on = inside[patient] & ~second
    moment = changes.change[patient]
    return Rows(
        patient=patient,
        start=np.where(second, moment, start[patient]),
        stop=np.where(goes_on, moment, changes.time[patient]),
        event=changes.event[patient] & ~goes_on,
        changed=(second | (moment <= changes.entry[patient])).astype(np.int64),
    )
