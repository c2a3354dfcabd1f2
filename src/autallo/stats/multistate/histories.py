"""Histories of patients in states: rows (start, stop] checked, ordered and joined."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import TIE_TOLERANCE, as_causes, as_counts, as_times, same_length

__all__ = ["Histories", "state_histories"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: Whole days are counted, not sorted, if the longest follow-up has at most so many days per row.
DAYS_PER_ROW = 2.0

#: Patient and time are sorted as one number if it is smaller than this.
LARGEST_KEY = 2**62


@dataclass(frozen=True, slots=True)
class Histories:
    """Stays of patients in states, one row each, in order of patient and time.

    Attributes
    ----------
    time : ndarray of float, shape (k,)
        Times, ascending; every start and stop is among them [unit of the input].
    patient : ndarray of int, shape (r,)
        Number of the patient, 0 to `n_patients` less one, in ascending order.
    start, stop : ndarray of int, shape (r,)
        Places in `time` where the stay begins and ends.
    from_state : ndarray of int, shape (r,)
        State of the stay, 1 to `n_states`.
    to_state : ndarray of int, shape (r,)
        State in which the patient is from then on; 0 where follow-up ended in the same state.
    n_states, n_patients : int
        Number of states, and of patients.
    """

    time: Floats
    patient: Counts
    start: Counts
    stop: Counts
    from_state: Counts
    to_state: Counts
    n_states: int
    n_patients: int


def state_histories(
    patient: ArrayLike,
    start: ArrayLike,
    stop: ArrayLike,
    *,
    from_state: ArrayLike,
    to_state: ArrayLike,
    n_states: int,
) -> Histories:
    """Check and order the stays of patients in states.

    Parameters
    ----------
    patient : array_like of int, shape (r,)
        Number of the patient of each row, at least 0; rows may stand in any order.
    start, stop : array_like of float, shape (r,)
        The patient is under observation after `start`, up to and including `stop`; at least 0
        [any one unit].
    from_state : array_like of int, shape (r,)
        State in which the patient is meanwhile, 1 to `n_states`.
    to_state : array_like of int, shape (r,)
        State into which the patient moves at `stop`; 0 for no move: follow-up ends, or goes on in
        the next row in the same state.
    n_states : int
        Number of states, at least 2. A state that nobody is ever in has the probability 0.

    Returns
    -------
    Histories
        Rows that go on in the same state are joined into one.

    Raises
    ------
    ArgumentError
        If lengths differ, a time is missing or negative, a state is outside its range, or the
        rows of a patient do not follow each other. All such rows are counted, by what is wrong: a
        row ends at or before its start, begins before the one before has ended (and, among these,
        in another state: a patient in two states), leaves a gap, begins in another state than the
        patient was in, or moves to the state it is in.

    Notes
    -----
    A patient may enter late, return to a state, and leave follow-up in any state. A state from
    which no row starts is final. Times that differ by rounding only are one time. A row needs a
    length: a move on the day of entry has to be placed after it (half a day, say), or the patient
    begins in the state moved to. Source: [andersen1993] section IV.4.1. Checked by hand
    (`tests/byhand/test_state_occupation.py`), by a direct count
    (`tests/twins/test_state_occupation.py`), by laws (`tests/laws/test_state_occupation.py`) and
    through every curve made from it.

    Examples
    --------
    Patient 0 goes from state 1 to 2 at 3 and is followed until 9, in two rows.

    >>> stays = state_histories(
    ...     [0, 0, 0], [0, 3, 5], [3, 5, 9], from_state=[1, 2, 2], to_state=[2, 0, 0], n_states=2
    ... )
    >>> stays.time[stays.start].tolist(), stays.time[stays.stop].tolist()
    ([0.0, 3.0], [3.0, 9.0])
    """
    if n_states < 2:
        raise ArgumentError("`n_states` must be at least 2.")
    numbers = as_counts("patient", patient)
    starts, stops = as_times("start", start), as_times("stop", stop)
    origin = as_causes("from_state", from_state, n_causes=n_states)
    goal = as_causes("to_state", to_state, n_causes=n_states)
    same_length(patient=numbers, start=starts, stop=stops, from_state=origin, to_state=goal)
    if origin.min() < 1:
        raise ArgumentError(f"`from_state` must be whole numbers from 1 to {n_states}.")
    time, begin, end = _placed(starts, stops)
    order = _in_order(numbers, begin, end)
    if order is not None:
        numbers, begin, end = numbers[order], begin[order], end[order]
        origin, goal = origin[order], goal[order]
    same = numbers[1:] == numbers[:-1]
    _refuse_bad_rows(begin, end, origin, goal, same)
    # A row without a move that is followed by one of the same patient goes on in it.
    goes_on = same & (goal[:-1] == 0)
    first, last = np.append(True, ~goes_on), np.append(~goes_on, True)
    number = np.append(0, np.cumsum(~same))
    return Histories(
        time=time,
        patient=number[first],
        start=begin[first],
        stop=end[last],
        from_state=origin[first],
        to_state=goal[last],
        n_states=n_states,
        n_patients=int(number[-1]) + 1,
    )


def _placed(starts: Floats, stops: Floats) -> tuple[Floats, Counts, Counts]:
    """Return the distinct times, and the places of starts and stops among them."""
    both = np.concatenate((starts, stops))
    if both.max() <= DAYS_PER_ROW * starts.size:
        days = both.astype(np.int64)
        if (days == both).all():
            time = np.arange(days.max() + 1, dtype=np.float64)
            return time, days[: starts.size], days[starts.size :]
    distinct, slot = np.unique(both, return_inverse=True)
    new = np.diff(distinct) > TIE_TOLERANCE * max(1.0, float(distinct.mean()))
    place = np.append(0, np.cumsum(new))[slot]
    return distinct[np.append(True, new)], place[: starts.size], place[starts.size :]


def _in_order(numbers: Counts, begin: Counts, end: Counts) -> NDArray[np.intp] | None:
    """Return the order of patients and times, None if the rows already stand in it."""
    later = (numbers[1:] > numbers[:-1]) | (
        (numbers[1:] == numbers[:-1]) & (begin[1:] >= end[:-1]) & (begin[1:] > begin[:-1])
    )
    if later.all():
        return None
    days = int(begin.max()) + 1
    if int(numbers.max()) < LARGEST_KEY // days:
        return np.argsort(numbers * days + begin)
    return np.lexsort((begin, numbers))


def _refuse_bad_rows(begin: Counts, end: Counts, origin: Counts, goal: Counts, same: Flags) -> None:
    after = np.where(goal > 0, goal, origin)
    overlap = same & (begin[1:] < end[:-1])
    problems = {
        "ending at or before their start": end <= begin,
        "beginning before the row before has ended": overlap,
        "of these, in another state (a patient in two states)": overlap
        & (origin[1:] != origin[:-1]),
        "beginning after a gap": same & (begin[1:] > end[:-1]),
        "beginning in another state than the patient was in": same
        & (begin[1:] == end[:-1])
        & (origin[1:] != after[:-1]),
        "moving to the state they are in": goal == origin,
    }
    counts = {name: int(np.count_nonzero(rows)) for name, rows in problems.items()}
    if any(counts.values()):
        found = "; ".join(f"{name}: {count}" for name, count in counts.items() if count)
        raise ArgumentError(f"The rows of each patient must follow each other. Rows {found}.")
