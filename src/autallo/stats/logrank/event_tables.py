"""Events and patients at risk of each group, stratum by stratum: what log-rank tests compare."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autallo.stats.risk_sets import risk_sets

__all__ = ["EventTable", "event_tables", "stratum_members"]


@dataclass(frozen=True, slots=True)
class EventTable:
    """Events and patients at risk at each distinct time of one stratum.

    Attributes
    ----------
    died : ndarray of int, shape (k, t)
        Events of each group at each time, times ascending.
    at_risk : ndarray of int, shape (k, t)
        Patients of each group under observation just before each time; of all groups at least 1.
    """

    died: NDArray[np.int64]
    at_risk: NDArray[np.int64]


def event_tables(
    times: NDArray[np.float64],
    events: NDArray[np.bool_],
    groups: NDArray[np.int64],
    *,
    n_groups: int,
    entry: NDArray[np.float64] | None = None,
    stratum: NDArray[np.int64] | None = None,
) -> list[EventTable]:
    """Count events and patients at risk at each distinct time of each stratum.

    Parameters
    ----------
    times : ndarray of float, shape (n,)
        Checked times.
    events : ndarray of bool, shape (n,)
        Checked events.
    groups : ndarray of int, shape (n,)
        Checked group codes, 0 to ``n_groups - 1``.
    n_groups : int
        Number of groups.
    entry : ndarray of float, shape (n,), or None
        Checked times at which observation begins; None for the start.
    stratum : ndarray of int, shape (n,), or None
        Checked stratum codes, 0 upwards, none empty; None for one stratum.

    Returns
    -------
    list of EventTable
        One for each stratum. A group may have nobody in a stratum.

    Raises
    ------
    ArgumentError
        If an entry is not before its time.

    Notes
    -----
    Ties, rounding and delayed entry as in `risk_sets`, which counts; columns without an event are
    kept and add nothing to any test. Source: [mantel1966]. Checked by hand
    (`tests/byhand/test_event_tables.py`), by a direct count (`tests/twins/test_logrank.py`) and
    by laws (`tests/laws/test_logrank.py`).

    Examples
    --------
    >>> day, event = np.array([1.0, 2.0, 3.0]), np.array([True, False, True])
    >>> table, = event_tables(day, event, np.array([0, 1, 1]), n_groups=2)
    >>> table.died.tolist(), table.at_risk.tolist()
    ([[1, 0, 0], [0, 0, 1]], [[1, 0, 0], [2, 2, 1]])
    """
    if stratum is None:
        return [_table(times, events, groups, n_groups, entry)]
    return [
        _table(
            times[own], events[own], groups[own], n_groups, None if entry is None else entry[own]
        )
        for own in stratum_members(stratum)
    ]


def stratum_members(stratum: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """List the places of the patients of each stratum, in their own order.

    Parameters
    ----------
    stratum : ndarray of int, shape (n,)
        Checked stratum codes, 0 upwards, none empty.

    Returns
    -------
    list of ndarray of int
        One for each stratum.

    Notes
    -----
    Source of the use of strata: [mantel1966]. Checked by hand
    (`tests/byhand/test_event_tables.py`), by a direct count (`tests/twins/test_logrank.py`) and
    by laws (`tests/laws/test_logrank.py`).

    Examples
    --------
    >>> [own.tolist() for own in stratum_members(np.array([1, 0, 1]))]
    [[1], [0, 2]]
    """
    size = np.bincount(stratum)
    # Small codes are sorted by counting them, in linear time.
    order = np.argsort(stratum.astype(np.min_scalar_type(size.size)), kind="stable")
    return np.split(order, np.cumsum(size[:-1]))


def _table(
    times: NDArray[np.float64],
    events: NDArray[np.bool_],
    groups: NDArray[np.int64],
    n_groups: int,
    entry: NDArray[np.float64] | None,
) -> EventTable:
    counts = risk_sets(times, events, group=groups, n_groups=n_groups, entry=entry)
    return EventTable(
        died=np.asarray(counts.leaving[:, 1], dtype=np.int64),
        at_risk=np.asarray(counts.at_risk, dtype=np.int64),
    )
