"""Who leaves and who is at risk at each time: what every curve and test in time is made from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import LARGEST_SLACK, TIE_TOLERANCE, slack_of_mean

__all__ = ["RiskSets", "StudyRiskSets", "risk_sets", "risk_sets_of_studies", "time_slack"]

#: Whole days are counted instead of sorted if the longest follow-up has at most so many days per
#: patient, so that the table of days is no larger than the list of patients.
DAYS_PER_PATIENT = 1.0

#: Cells (times by groups by outcomes) up to which a table is made: a gigabyte.
LARGEST_TABLE = 2**27

Numbers = NDArray[np.int64] | NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RiskSets:
    """Patients who leave, and patients at risk, at each distinct time.

    Attributes
    ----------
    time : ndarray of float, shape (t,)
        Distinct times at which somebody leaves, ascending [unit of the input].
    leaving : ndarray of int, shape (g, c, t)
        Patients of each group who leave at each time with each outcome; outcome 0 is the end of
        follow-up without an event. Sums of weights, and then float, if weights were given.
    at_risk : ndarray of int, shape (g, t)
        Patients of each group under observation just before each time; float with weights.
    """

    time: NDArray[np.float64]
    leaving: Numbers
    at_risk: Numbers


def risk_sets(
    times: NDArray[np.float64],
    outcome: NDArray[np.bool_] | NDArray[np.int64],
    *,
    n_outcomes: int = 2,
    group: NDArray[np.int64] | None = None,
    n_groups: int = 1,
    entry: NDArray[np.float64] | None = None,
    weight: NDArray[np.float64] | None = None,
) -> RiskSets:
    """Count the patients who leave, and those at risk, at each distinct time.

    Parameters
    ----------
    times : ndarray of float, shape (n,)
        Checked times (`as_times`); times that differ by rounding only are one time.
    outcome : ndarray of bool or int, shape (n,)
        Checked outcomes, 0 (false) to ``n_outcomes - 1``.
    n_outcomes : int
        Number of outcomes, the end of follow-up without an event included.
    group : ndarray of int, shape (n,), or None
        Checked group codes, 0 to ``n_groups - 1``; None for one group.
    n_groups : int
        Number of groups.
    entry : ndarray of float, shape (n,), or None
        Checked time at which observation begins, less than the time itself; None for 0. A patient
        is at risk after the entry, up to and including the time.
    weight : ndarray of float, shape (n,), or None
        Weight of each patient, more than 0; None for 1.

    Returns
    -------
    RiskSets

    Raises
    ------
    ArgumentError
        If an entry is not before its time, rounding apart, or there are so many groups and times
        that the table would not fit into memory.

    Notes
    -----
    At a tied time, everybody who leaves is still at risk: events precede the end of follow-up.
    Whole days are counted in one pass, other times are sorted once; both give the same table.
    Source: [kaplan1958]. Checked by a direct count over all patients
    (`tests/laws/test_risk_sets.py`), by hand (`tests/byhand/test_risk_sets.py`) and through every
    curve and test that is made from it.

    Examples
    --------
    >>> table = risk_sets(np.array([2.0, 1.0, 2.0]), np.array([True, False, True]))
    >>> table.time.tolist(), table.at_risk.tolist(), table.leaving.tolist()
    ([1.0, 2.0], [[3, 2]], [[[1, 0], [0, 2]]])
    """
    cell = outcome if group is None else group * n_outcomes + outcome
    n_cells = n_outcomes * n_groups
    days = _whole_days(times)
    if days is not None:
        time, count = _counted(days, cell, n_cells, weight)
    else:
        time, count = _sorted(times, cell, n_cells, weight)
    leaving = count.reshape(n_groups, n_outcomes, time.size)
    gone = leaving.sum(axis=1)
    at_risk = gone[:, ::-1].cumsum(axis=1)[:, ::-1]
    if entry is not None:
        _refuse_late_entry(times, entry, time, merged=days is None)
        at_risk = at_risk - _still_to_come(time, entry, group, n_groups, weight)
    return RiskSets(time=time, leaving=leaving, at_risk=at_risk)


@dataclass(frozen=True, slots=True)
class StudyRiskSets:
    """The same table for many studies of equally many patients.

    Each study has a column for each patient, in order of time. The counts of a time stand in the
    column of its first patient; the other columns of a tied time hold nobody who leaves, and the
    patients at risk that the first one has.

    Attributes
    ----------
    time : ndarray of float, shape (s, n)
        Times of each study, ascending; tied ones stand side by side.
    leaving : ndarray of int, shape (s, g, c, n)
        Patients of each group who leave with each outcome.
    at_risk : ndarray of int, shape (s, g, n)
        Patients of each group under observation just before each time.
    slack : ndarray of float, shape (s,)
        Gap up to which two times of the study are one time.
    """

    time: NDArray[np.float64]
    leaving: NDArray[np.int64]
    at_risk: NDArray[np.int64]
    slack: NDArray[np.float64]


def risk_sets_of_studies(
    times: NDArray[np.float64],
    outcome: NDArray[np.bool_] | NDArray[np.int64],
    *,
    n_outcomes: int = 2,
    group: NDArray[np.int64] | None = None,
    n_groups: int = 1,
) -> StudyRiskSets:
    """Count the patients who leave, and those at risk, in many studies at once.

    Parameters
    ----------
    times : ndarray of float, shape (s, n)
        Checked times, one study in each row.
    outcome : ndarray of bool or int, shape (s, n)
        Checked outcomes, 0 (false) to ``n_outcomes - 1``.
    n_outcomes : int
        Number of outcomes, the end of follow-up without an event included.
    group : ndarray of int, shape (s, n), or None
        Checked group codes, 0 to ``n_groups - 1``; None for one group.
    n_groups : int
        Number of groups.

    Returns
    -------
    StudyRiskSets

    Notes
    -----
    Ties and rounding as in `risk_sets`, study by study. Source: [kaplan1958]. Checked against
    `risk_sets` of each study by itself (`tests/laws/test_risk_sets.py`), by hand
    (`tests/byhand/test_risk_sets.py`) and by a direct count (`tests/twins/test_risk_sets.py`).

    Examples
    --------
    >>> table = risk_sets_of_studies(np.array([[2.0, 1.0, 2.0]]), np.array([[True, False, True]]))
    >>> table.time.tolist(), table.at_risk.tolist(), table.leaving.tolist()
    ([[1.0, 2.0, 2.0]], [[[3, 2, 2]]], [[[[1, 0, 0], [0, 2, 0]]]])
    """
    studies, n = times.shape
    cells = n_outcomes * n_groups
    cell = outcome if group is None else group * n_outcomes + outcome
    order = np.argsort(times, axis=1)
    ordered = np.take_along_axis(times, order, axis=1)
    gap = ordered[:, 1:] - ordered[:, :-1]
    distinct = gap > 0
    total = (ordered[:, :-1] * distinct).sum(axis=1) + ordered[:, -1]
    slack = TIE_TOLERANCE * np.maximum(1.0, total / (distinct.sum(axis=1) + 1))
    slack = np.minimum(slack, LARGEST_SLACK)
    first = np.zeros((studies, n), dtype=np.int64)
    first[:, 1:] = np.where(gap > slack[:, None], np.arange(1, n), 0)
    np.maximum.accumulate(first, axis=1, out=first)
    row = np.arange(studies)[:, None] * (cells * n)
    key = row + np.take_along_axis(cell, order, axis=1) * n + first
    count = np.bincount(key.ravel(), minlength=studies * cells * n)
    leaving = count.reshape(studies, n_groups, n_outcomes, n)
    gone = leaving.sum(axis=2)
    at_risk = gone[..., ::-1].cumsum(axis=-1)[..., ::-1]
    # A column that shares the time of an earlier one shows the patients at risk of that one.
    shared = np.take_along_axis(at_risk, np.broadcast_to(first[:, None], at_risk.shape), axis=-1)
    return StudyRiskSets(time=ordered, leaving=leaving, at_risk=shared, slack=slack)


def time_slack(time: NDArray[np.float64]) -> float:
    """Give the gap up to which two times are one time.

    Parameters
    ----------
    time : ndarray of float, shape (t,)
        The distinct times of the data [any unit].

    Returns
    -------
    float
        The gap [same unit].

    Notes
    -----
    The square root of the machine's precision times the mean of the times, or 1 if that is more:
    the rule of ``timefix`` in R survival. It is at most 0.001, so that one very long time (1e10
    for "never") does not make the others one time, as it does in R. Source: [therneau2023].
    Checked by hand, by a direct count and by laws (`tests/byhand/test_risk_sets.py` and its
    namesakes).

    Examples
    --------
    >>> time_slack(np.array([1.0, 2.0])) < 1e-7
    True
    """
    return slack_of_mean(float(time.sum()) / time.size)


def _whole_days(times: NDArray[np.float64]) -> NDArray[np.int64] | None:
    """Return times as whole numbers if all are, and small enough to be counted; or None."""
    if times.max() > DAYS_PER_PATIENT * times.size:
        return None
    days = times.astype(np.int64)
    return days if (days == times).all() else None


def _counted(
    days: NDArray[np.int64],
    cell: NDArray[np.bool_] | NDArray[np.int64],
    n_cells: int,
    weight: NDArray[np.float64] | None,
) -> tuple[NDArray[np.float64], Numbers]:
    length = int(days.max()) + 1
    _refuse_too_large(n_cells * length)
    count = np.bincount(cell * length + days, weight, n_cells * length).reshape(n_cells, length)
    day = np.flatnonzero(count.any(axis=0))
    if day.size < length:
        count = count[:, day]
    return day.astype(np.float64), count


def _sorted(
    times: NDArray[np.float64],
    cell: NDArray[np.bool_] | NDArray[np.int64],
    n_cells: int,
    weight: NDArray[np.float64] | None,
) -> tuple[NDArray[np.float64], Numbers]:
    order = np.argsort(times)
    ordered = times[order]
    gap = ordered[1:] - ordered[:-1]
    # The mean of the distinct times, which needs no list of them: each counts before its gap.
    distinct = gap > 0
    n_distinct = np.count_nonzero(distinct) + 1
    if n_distinct <= gap.size:
        mean = (ordered[:-1][distinct].sum() + ordered[-1]) / n_distinct
    else:
        mean = ordered.sum() / n_distinct
    new = gap > slack_of_mean(float(mean))
    n_times = int(np.count_nonzero(new)) + 1
    _refuse_too_large(n_cells * n_times)
    if n_times == times.size:
        time, slot = ordered, np.arange(times.size)
    else:
        slot = np.zeros(times.size, dtype=np.int64)
        np.cumsum(new, out=slot[1:])
        time = ordered[np.flatnonzero(np.concatenate(([True], new)))]
    key = cell[order] * n_times + slot
    weights = None if weight is None else weight[order]
    return time, np.bincount(key, weights, n_cells * n_times).reshape(n_cells, n_times)


def _refuse_too_large(cells: int) -> None:
    if cells > LARGEST_TABLE:
        raise ArgumentError("There are too many groups or causes for so many different times.")


def _refuse_late_entry(
    times: NDArray[np.float64],
    entry: NDArray[np.float64],
    time: NDArray[np.float64],
    *,
    merged: bool,
) -> None:
    # The time of a patient is the first of those that are one time.
    own = time[np.searchsorted(time, times, side="right") - 1] if merged else times
    if (entry + time_slack(time) >= own).any():
        raise ArgumentError("`entry` must be before `time` for every patient.")


def _still_to_come(
    time: NDArray[np.float64],
    entry: NDArray[np.float64],
    group: NDArray[np.int64] | None,
    n_groups: int,
    weight: NDArray[np.float64] | None,
) -> Numbers:
    """Return how many of each group have not yet entered before each time."""
    # A patient is at risk at the first time later than the entry.
    place = np.searchsorted(time, entry + time_slack(time), side="right")
    length = time.size + 1
    key = place if group is None else group * length + place
    entered = np.bincount(key, weight, n_groups * length).reshape(n_groups, length)
    return np.asarray(entered[:, :0:-1].cumsum(axis=1)[:, ::-1])
