"""Patients of a Fine-Gray model, counted by day, group of censoring and kind of outcome."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autallo.stats.risk_sets import RiskSets, risk_sets

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

#: Kinds of outcome.
CENSORED, INTEREST, COMPETING = range(3)
KINDS = 3


@dataclass(frozen=True, slots=True)
class Patients:
    """Covariates of the patients, and what is counted of them at each distinct time.

    A cell is one group of censoring, one kind of outcome and one time.

    Attributes
    ----------
    x : ndarray of float, shape (p, n)
        Covariates, one in each row.
    cell : ndarray of int, shape (n,)
        Cell of each patient, in the order of a table of shape (g, 3, t).
    interest : ndarray of bool, shape (n,)
        Patients with an event of the cause of interest.
    time : ndarray of float, shape (t,)
        Distinct times.
    event_day : ndarray of int, shape (e,)
        Places, among these times, at which somebody had the event of interest.
    events : ndarray of float, shape (g, e)
        Patients of each group who had it there.
    sum_of_events : ndarray of float, shape (p, e)
        Sums of their covariates.
    until : ndarray of int, shape (t,)
        Number of such places up to and including each time.
    free : ndarray of float, shape (g, t)
        Probability not to be censored before each time.
    at_risk, censored : ndarray of float, shape (g, t)
        Patients of each group under observation just before each time, and censored at it.
    """

    x: Floats
    cell: Counts
    interest: NDArray[np.bool_]
    time: Floats
    event_day: NDArray[np.intp]
    events: Floats
    sum_of_events: Floats
    until: NDArray[np.intp]
    free: Floats
    at_risk: Floats
    censored: Floats

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of a table with one number for each cell."""
        return len(self.free), KINDS, self.time.size


def arrange(times: Floats, kind: Counts, group: Counts | None, x: Floats) -> Patients:
    """Count the patients (x of shape (n, p)) by cell."""
    n_groups = 1 if group is None else int(group.max()) + 1
    table = risk_sets(times, kind, n_outcomes=KINDS, group=group, n_groups=n_groups)
    order, day = _days(times, table.time)
    if order is not None:
        kind, x = kind[order], x[order]
        group = None if group is None else group[order]
    block = kind if group is None else group * KINDS + kind
    columns = np.ascontiguousarray(x.T)
    interest = kind == INTEREST
    happened = table.leaving[:, INTEREST]
    seen = happened.any(axis=0)
    event_day = np.flatnonzero(seen)
    until = np.add.accumulate(seen, dtype=np.intp)
    rows = np.flatnonzero(interest)
    place = until[day[rows]] - 1
    return Patients(
        x=columns,
        cell=block * table.time.size + day,
        interest=interest,
        time=table.time,
        event_day=event_day,
        events=happened[:, event_day].astype(np.float64),
        sum_of_events=np.array([np.bincount(place, row[rows]) for row in columns]),
        until=until,
        free=_free_of_censoring(table),
        at_risk=table.at_risk.astype(np.float64),
        censored=table.leaving[:, CENSORED].astype(np.float64),
    )


def _days(times: Floats, time: Floats) -> tuple[NDArray[np.intp] | None, Counts]:
    """Return the place of each patient's time among the distinct ones, and their order if sorted.

    Whole days that are few are looked up; other times are sorted first, which makes the search
    of each a walk.
    """
    last = float(times.max())
    if last <= times.size:
        whole = times.astype(np.int64)
        if (whole == times).all():
            place = np.zeros(int(last) + 1, dtype=np.int64)
            place[time.astype(np.int64)] = np.arange(time.size)
            return None, place[whole]
    order = np.argsort(times)
    return order, np.searchsorted(time, times[order], side="right") - 1


def _free_of_censoring(table: RiskSets) -> Floats:
    """Kaplan-Meier estimate of no censoring before each time; 0 after the last of a group."""
    someone = table.at_risk > 0
    stays = 1 - table.leaving[:, CENSORED] / np.where(someone, table.at_risk, 1)
    after = np.multiply.accumulate(stays, axis=1)
    before = np.ones_like(after)
    before[:, 1:] = after[:, :-1]
    if table.time[0] == 0:
        before[:, 0] = after[:, 0]
    return np.where(someone, before, 0.0)
