"""Landmark analysis: who is under observation at a landmark, and what had happened by then."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_causes, as_times, same_length
from autallo.stats.multistate.changes import FEW, as_changes
from autallo.stats.risk_sets import time_slack

__all__ = ["LandmarkSample", "landmark_sample"]


@dataclass(frozen=True, slots=True)
class LandmarkSample:
    """Patients under observation at a landmark, with their follow-up from then on.

    Attributes
    ----------
    selected : ndarray of bool, shape (n,)
        Which of the patients given are in the sample of m patients.
    time : ndarray of float, shape (m,)
        Time from the landmark to the event or to the end of follow-up [unit of the input].
    cause : ndarray of int, shape (m,)
        Cause of the event; 0 where follow-up ended without one.
    group : ndarray of int, shape (m,)
        1 for patients who had changed by the landmark, else 0.
    at_landmark : ndarray of int, shape (2,)
        Patients in the sample without and with the change.
    event_before, ended_before : int
        Patients who had an event by the landmark, and whose follow-up ended by then without one.
    landmark : float
        The landmark.
    until : float or None
        Time at which all follow-up was ended; None if it was not.
    few : bool
        Whether fewer than 5 patients remain in a group (in all, if no change was given).
    """

    selected: NDArray[np.bool_]
    time: NDArray[np.float64]
    cause: NDArray[np.int64]
    group: NDArray[np.int64]
    at_landmark: NDArray[np.int64]
    event_before: int
    ended_before: int
    landmark: float
    until: float | None
    few: bool


def landmark_sample(
    time: ArrayLike,
    cause: ArrayLike,
    change: ArrayLike | None = None,
    changed: ArrayLike | None = None,
    *,
    landmark: float,
    until: float | None = None,
    n_causes: int = 1,
) -> LandmarkSample:
    """Adjust a sample to a landmark: who is left, in which group, and for how long.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the event or to the end of follow-up, in any one unit; at least 0.
    cause : array_like of int or bool, shape (n,)
        Cause of the event, 1 to `n_causes`; 0 where follow-up ended without one.
    change : array_like of float, shape (n,), or None
        Time of a change on the way, at most `time`; any time of at least 0 for patients without
        one. None if patients are not grouped by a change.
    changed : array_like of bool, shape (n,), or None
        True (1) if the patient had the change; given together with `change`.
    landmark : float
        Time from the start at which the groups are formed, at least 0.
    until : float or None
        Time from the start, later than the landmark, at which all follow-up is ended; events
        later than that are not counted. None to keep all.
    n_causes : int
        Number of causes; 1 if `cause` is an event that happened or not.

    Returns
    -------
    LandmarkSample

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a time is negative or missing, a cause lies outside 0 to
        `n_causes`, a change is later than the time or only one of `change` and `changed` is given,
        `until` is not later than the landmark, or nobody remains.

    Notes
    -----
    A patient is in the sample if follow-up goes on after the landmark; whoever has the event, or
    is censored, on the very day is not. A landmark of 0 is the start: it keeps everybody. The group
    is what had happened by the landmark, on the day itself too, and never changes: what happens
    later is no longer looked at, so that nobody is immortal. `kaplan_meier` and
    `cumulative_incidence` of the sample are then conditional on being event-free at the landmark,
    and every test of groups may be used; a curve of the sample is the plain one divided by its
    value at the landmark. The landmark is to be chosen before the data are seen. An event at
    exactly `until` counts. `few` warns where fewer than 5 remain. Source: [anderson1983]. Checked
    against R survival 3.5-3 (`tests/reference/weighted_logrank.json`), by hand
    (`tests/byhand/test_changes.py`) and by laws (`tests/laws/test_changes.py`).

    Examples
    --------
    Deaths on days 20, 90 and 200, follow-up to day 300; GVHD on days 15, 40 and 150.

    >>> sample = landmark_sample(
    ...     [20, 90, 200, 300], [1, 1, 1, 0], [15, 40, 150, 0], [1, 1, 1, 0], landmark=60
    ... )
    >>> sample.time.tolist(), sample.group.tolist(), sample.event_before, sample.few
    ([30.0, 140.0, 240.0], [1, 0, 0], 1, True)
    """
    times = as_times("time", time)
    causes = as_causes("cause", cause, n_causes=n_causes)
    same_length(time=times, cause=causes)
    start = float(as_times("landmark", [landmark])[0])
    slack = time_slack(times)
    if (change is None) != (changed is None):
        raise ArgumentError("`change` and `changed` must be given together.")
    group = np.zeros(times.size, dtype=np.int64)
    if change is not None and changed is not None:
        changes = as_changes(times, causes > 0, change, changed)
        group[changes.change <= start + slack] = 1
    left = times > start + slack
    if start == 0:
        left = np.ones(times.size, dtype=np.bool_)
    if not left.any():
        raise ArgumentError("`landmark` must leave at least one patient under observation.")
    end = None if until is None else _horizon(until, start)
    stop, kept = times[left], causes[left]
    if end is not None:
        kept = np.where(stop > end + slack, 0, kept)
        stop = np.minimum(stop, end)
    at_landmark = np.bincount(group[left], minlength=2)
    return LandmarkSample(
        selected=left,
        time=stop - start,
        cause=kept,
        group=group[left],
        at_landmark=at_landmark,
        event_before=int(np.count_nonzero(causes[~left])),
        ended_before=int(np.count_nonzero(causes[~left] == 0)),
        landmark=start,
        until=end,
        few=bool((at_landmark[:1] if change is None else at_landmark).min() < FEW),
    )


def _horizon(until: float, start: float) -> float:
    end = float(as_times("until", [until])[0])
    if end <= start:
        raise ArgumentError("`until` must be later than `landmark`.")
    return end
