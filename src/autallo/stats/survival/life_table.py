"""Life table of one sample: who is at risk, who has the event and who leaves at each time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.stats.arguments import as_events, as_times, as_weights, same_length
from autallo.stats.risk_sets import risk_sets

__all__ = ["LifeTable", "life_table"]

Times = NDArray[np.float64]
Numbers = NDArray[np.int64] | NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LifeTable:
    """Counts at each distinct time of an event or a censoring.

    Attributes
    ----------
    time : ndarray of float, shape (t,)
        Distinct times, ascending [unit of the input].
    at_risk : ndarray of int, shape (t,)
        Patients under observation just before each time; sums of weights (float) if weighted.
    events : ndarray of int, shape (t,)
        Patients with the event at each time; sums of weights if weighted.
    censored : ndarray of int, shape (t,)
        Patients whose follow-up ended at each time without the event; likewise.
    tied : ndarray of int, shape (t,)
        Patients with the event at each time, each counted once whatever the weight.
    squares : ndarray of float, shape (t, 2), or None
        Sums of the squared weights of those who leave without and with the event; None if they
        were not asked for, or there are no weights.
    entry_time : ndarray of float, shape (e,), or None
        Distinct times at which observation begins, ascending; None if it begins at 0 for all.
    entered : ndarray of int, shape (e,), or None
        Patients whose observation begins at each of these; sums of weights if weighted.
    """

    time: Times
    at_risk: Numbers
    events: Numbers
    censored: Numbers
    tied: NDArray[np.int64]
    squares: NDArray[np.float64] | None
    entry_time: Times | None
    entered: Numbers | None


def life_table(
    time: ArrayLike,
    event: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    squares: bool = False,
) -> LifeTable:
    """Count the patients at risk, with the event and censored at each distinct time.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the event or to the end of follow-up, in any one unit; at least 0.
    event : array_like of bool, shape (n,)
        True (1) if the event happened at `time`, false (0) if follow-up ended without it.
    entry : array_like of float, shape (n,), or None
        Time at which observation begins, at least 0 and before `time`; None for the start.
    weight : array_like of float, shape (n,), or None
        Weight of each patient, at least 0; None for 1.
    squares : bool
        Whether the squared weights are summed too.

    Returns
    -------
    LifeTable

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a time is negative or missing, an event is anything but
        true or false, an entry is not before its time, or a weight is negative or none is above 0.

    Notes
    -----
    At a tied time, everybody who leaves is still at risk: events precede the end of follow-up.
    A patient is at risk after the entry, up to and including the time. Times that differ by
    rounding only are one time. A patient of weight 0 is as if left out.
    Source: [kaplan1958]. Checked by hand (`tests/byhand/test_survival.py`), by a direct count
    (`tests/laws/test_survival.py`) and against R survival 3.5-3
    (`tests/reference/survival.json`).

    Examples
    --------
    >>> table = life_table([4, 2, 2, 3], [1, 1, 0, 0])
    >>> table.time.tolist(), table.at_risk.tolist(), table.events.tolist()
    ([2.0, 3.0, 4.0], [4, 2, 1], [1, 0, 1])
    """
    times, events = as_times("time", time), as_events("event", event)
    if entry is None and weight is None:
        same_length(time=times, event=events)
        table = risk_sets(times, events)
        ended, died = table.leaving[0]
        return LifeTable(table.time, table.at_risk[0], died, ended, died, None, None, None)
    entries = np.zeros(times.size) if entry is None else as_times("entry", entry)
    weights = np.ones(times.size) if weight is None else as_weights("weight", weight)
    same_length(time=times, event=events, entry=entries, weight=weights)
    present = weights > 0
    if not present.all():
        times, events = times[present], events[present]
        entries, weights = entries[present], weights[present]
    return _late_or_weighted(
        times,
        events,
        entry=None if entry is None else entries,
        weight=None if weight is None else weights,
        squares=squares,
    )


def _late_or_weighted(
    times: Times,
    events: NDArray[np.bool_],
    *,
    entry: Times | None,
    weight: Times | None,
    squares: bool,
) -> LifeTable:
    counts = risk_sets(times, events, entry=entry)
    ended, died = counts.leaving[0]
    tied, at_risk = died, counts.at_risk[0]
    squared = entry_time = entered = None
    if weight is not None:
        weighted = risk_sets(times, events, entry=entry, weight=weight)
        # Nobody is left behind: so says the count, and rounding must not leave a remainder.
        nobody_left = at_risk == ended + died
        ended, died = weighted.leaving[0]
        at_risk = np.where(nobody_left, ended + died, weighted.at_risk[0])
        if squares:
            squared = _squares(times, events, weight, counts.time)
    if entry is not None:
        entering = risk_sets(entry, np.zeros(entry.size, dtype=np.bool_), weight=weight)
        entry_time, entered = entering.time, entering.leaving[0, 0]
    return LifeTable(counts.time, at_risk, died, ended, tied, squared, entry_time, entered)


def _squares(
    times: Times, events: NDArray[np.bool_], weight: Times, distinct: Times
) -> NDArray[np.float64]:
    # The place of each patient in the table: a time is the first of those that are one time.
    row = np.searchsorted(distinct, times, side="right") - 1
    sums = np.bincount(row * 2 + events, weight**2, 2 * distinct.size)
    return np.asarray(sums.reshape(-1, 2), dtype=np.float64)
