"""Curves of Simon and Makuch: survival before and after a change, from a landmark on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_times
from autallo.stats.multistate.changes import FEW, Rows, as_changes, rows_of
from autallo.stats.risk_sets import time_slack
from autallo.stats.survival.kaplan_meier import KaplanMeier, kaplan_meier
from autallo.stats.survival.limits import Interval

__all__ = ["SimonMakuch", "simon_makuch"]


@dataclass(frozen=True, slots=True)
class SimonMakuch:
    """Survival of patients before and after a change.

    Attributes
    ----------
    unchanged : KaplanMeier or None
        Curve of the patients without the change so far; who changes is censored then. None if
        all had changed by the landmark. Times are counted from the landmark.
    changed : KaplanMeier or None
        Curve of the patients who have changed; who changes later enters then. None if nobody was
        followed after a change.
    at_landmark : ndarray of int, shape (2,)
        Patients under observation at the landmark, without and with the change.
    joined : int
        Patients who changed later.
    landmark : float
        Time from which the curves start [unit of the input].
    few : bool
        Whether fewer than 5 patients stand in a group at the landmark.
    """

    unchanged: KaplanMeier | None
    changed: KaplanMeier | None
    at_landmark: NDArray[np.int64]
    joined: int
    landmark: float
    few: bool


def simon_makuch(
    time: ArrayLike,
    event: ArrayLike,
    change: ArrayLike,
    changed: ArrayLike,
    *,
    landmark: float,
    level: float = 0.95,
    interval: Interval = "log-log",
) -> SimonMakuch:
    r"""Estimate survival before and after a change that patients have at different times.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the event or to the end of follow-up, in any one unit; at least 0.
    event : array_like of bool, shape (n,)
        True (1) if the event happened at `time`, false (0) if follow-up ended without it.
    change : array_like of float, shape (n,)
        Time of the change, at most `time`; any time of at least 0 for patients without one.
    changed : array_like of bool, shape (n,)
        True (1) if the patient had the change.
    landmark : float
        Time from which the curves start, at least 0. It has no default: it is best chosen where
        enough patients have changed.
    level : float
        Confidence level of the pointwise limits, between 0 and 1.
    interval : {"log-log", "log", "plain", "arcsine", "logit"}
        Scale on which the limits are symmetric.

    Returns
    -------
    SimonMakuch

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a time is negative or missing, an event is anything but true
        or false, a change is later than the time, nobody is followed after the landmark, `level` is
        not between 0 and 1, or `interval` is unknown.

    Notes
    -----
    Patients under observation after the landmark count. Who has changed by then (on the day
    itself too) starts in the group `changed`; who changes later is at risk in `unchanged` up to and
    including that day, and in `changed` after it. Both curves are Kaplan-Meier curves with late
    entry, :math:`\prod (1 - d_j / n_j)` over the patients at risk in the group just before, with
    Greenwood's variance. The curve of the changed is that of a patient who has changed by the
    landmark, if it does not matter when patients changed; it is no share of a group of patients.

    With the landmark 0 the curve of the changed starts with the first who changes: with few at
    risk then, one early event brings it to 0 for good. `few` tells where a group has fewer than 5
    patients at the landmark. Patients whose follow-up ends at or before the landmark are left
    out. `mantel_byar_test` compares the hazards. Source: [simon1984]; Kaplan-Meier as in
    `kaplan_meier`. Checked against R survival 3.5-3, `survfit` on (start, stop] rows
    (`tests/reference/changes.json`, `tests/reference/survival.json`), by hand
    (`tests/byhand/test_changes.py`), by a direct count in fractions
    (`tests/twins/test_changes.py`) and by laws (`tests/laws/test_changes.py`).

    Examples
    --------
    >>> curves = simon_makuch([2, 3, 5, 6], [1, 1, 1, 0], [0, 1, 4, 0], [0, 1, 1, 0], landmark=1)
    >>> curves.unchanged.survival.round(4).tolist(), curves.changed.survival.tolist()
    ([0.6667, 0.6667, 0.6667], [0.0, 0.0])
    >>> curves.at_landmark.tolist(), curves.joined, curves.few
    ([3, 1], 1, True)
    """
    start = float(as_times("landmark", [landmark])[0])
    changes = as_changes(time, event, change, changed)
    rows = rows_of(changes, changes.entry)
    slack = time_slack(changes.time)
    later = rows.stop > start + slack
    if not later.any():
        raise ArgumentError("`landmark` must leave patients under observation.")
    began = np.maximum(rows.start - start, 0.0)
    curves = [
        _curve(rows, began, later & (rows.changed == group), start, level=level, interval=interval)
        for group in (0, 1)
    ]
    there = later & (rows.start <= start + slack)
    at_landmark = np.bincount(rows.changed[there], minlength=2)
    return SimonMakuch(
        unchanged=curves[0],
        changed=curves[1],
        at_landmark=at_landmark,
        joined=int(np.count_nonzero(later & ~there)),
        landmark=start,
        few=bool(at_landmark.min() < FEW),
    )


def _curve(
    rows: Rows,
    began: NDArray[np.float64],
    own: NDArray[np.bool_],
    landmark: float,
    *,
    level: float,
    interval: Interval,
) -> KaplanMeier | None:
    if not own.any():
        return None
    return kaplan_meier(
        rows.stop[own] - landmark,
        rows.event[own],
        entry=began[own],
        level=level,
        interval=interval,
    )
