"""Covariance of state occupation probabilities: Greenwood's type, and infinitesimal jackknife.

Both start from the noise of each time, and carry it on through the products of the shares that
move. The jackknife adds that patients may have a past: the sum, over those in each state, of the
influence that each has had so far.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from autallo.stats.multistate.histories import Histories
from autallo.stats.multistate.moves import Moves
from autallo.stats.multistate.products import carried, doubled, linear, quadratic, running

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Places = NDArray[np.intp]


def noise_of(moves: Moves) -> Floats:
    """Return the multinomial covariance that each time of a move adds, shape (e, s, s)."""
    weight = moves.scale**2 * moves.in_state
    shares = moves.hazard * weight[:, :, None]
    noise = -(shares.transpose(0, 2, 1) @ moves.hazard)
    diagonal = np.arange(weight.shape[1])
    noise[:, diagonal, diagonal] += shares.sum(axis=1)
    return np.asarray(noise, dtype=np.float64)


def covariance_of(moves: Moves, added: Floats) -> Floats:
    """Return the covariance at the start and after each time of a move, shape (e + 1, s, s)."""
    size = added.shape[-1]
    total = running(np.concatenate((moves.hazard, added), axis=1), quadratic)
    product, carried_on = total[:, :size], total[:, size:]
    spread = product.transpose(0, 2, 1) @ moves.initial_spread @ product + carried_on
    return np.concatenate((moves.initial_spread[None], spread))


def staying(moves: Moves) -> Floats:
    """Return how much a patient who stays in a state moves the probabilities, (e, s, s)."""
    identity = np.eye(moves.hazard.shape[-1])
    return np.asarray(moves.scale[:, :, None] * (identity - moves.hazard), dtype=np.float64)


def initial_influence(histories: Histories, moves: Moves) -> Floats:
    """Return the influence of each row that starts a history on the start, (r, s); else 0."""
    size = histories.n_states
    influence = np.zeros((histories.patient.size, size))
    if moves.starting:
        state = histories.from_state - 1
        # Those at risk at the first time of a move; at the first end of a row, without any move.
        place = moves.place[int(np.argmax(moves.after > 0))]
        first = (histories.start < place) & (histories.stop >= place)
        influence[first] = (np.eye(size)[state[first]] - moves.probability[0]) / moves.starting
    return influence


def past_of(histories: Histories, moves: Moves) -> Floats:
    """Return what the pasts of those in the states add to the covariance, shape (e, s, s)."""
    stay = staying(moves)
    levels = doubled(np.concatenate((moves.hazard, stay), axis=1), linear)
    # Influence of the patient of each row: when the row starts, and when it ends.
    start = initial_influence(histories, moves)
    finish = np.zeros_like(start)
    state, goal = histories.from_state - 1, histories.to_state - 1
    moving = goal >= 0
    until = moves.end - moving
    for rows, following in _in_rounds(histories.patient):
        begin, end = moves.begin[rows], until[rows]
        finish[rows] = carried(levels, start[rows], state[rows], begin, end)
        left = rows[following]
        start[left + 1] = _after_move(moves, finish[left], state[left], until[left], goal[left])
    sums = _sums_at_risk(moves, stay, start, finish, histories)
    cross = sums.transpose(0, 2, 1) @ stay
    left = np.flatnonzero(moving)
    time, origin = until[left], state[left]
    weighted = finish[left] * moves.scale[time, origin][:, None]
    cross += _added(weighted, time, goal[left], cross.shape).transpose(0, 2, 1)
    cross -= _added(weighted, time, origin, cross.shape).transpose(0, 2, 1)
    cross = moves.hazard.transpose(0, 2, 1) @ cross
    return np.asarray(cross + cross.transpose(0, 2, 1), dtype=np.float64)


def _in_rounds(patient: Counts) -> Iterator[tuple[Places, NDArray[np.bool_]]]:
    """Yield the first rows of all patients, the second ones, ...; and which have a next one."""
    last = np.append(patient[1:] != patient[:-1], True)
    rows = np.flatnonzero(np.append(True, last[:-1]))
    while rows.size:
        following = ~last[rows]
        yield rows, following
        rows = rows[following] + 1


def _after_move(
    moves: Moves, influence: Floats, state: Counts, time: Counts, goal: Counts
) -> Floats:
    """Return the influence after the time of a move, of those who move then."""
    hazard = moves.hazard[time]
    moved = np.einsum("rc,rcd->rd", influence, hazard)
    step = np.eye(hazard.shape[-1])[goal] - hazard[np.arange(time.size), state]
    return np.asarray(moved + moves.scale[time, state][:, None] * step, dtype=np.float64)


def _sums_at_risk(
    moves: Moves, stay: Floats, start: Floats, finish: Floats, histories: Histories
) -> Floats:
    """Return the summed influence of the patients in each state before each time, (e, s, s)."""
    times, size = moves.in_state.shape
    state, moving = histories.from_state - 1, histories.to_state > 0
    until = moves.end - moving
    present = moves.begin < moves.end
    left, ended = np.flatnonzero(moving), np.flatnonzero(present & ~moving)
    shape = (times + 1, size, size)
    arriving = _added(start[present], moves.begin[present], state[present], shape)
    arriving -= _added(finish[ended], until[ended], state[ended], shape)
    after = np.einsum("rc,rcd->rd", finish[left], moves.hazard[until[left]])
    after += stay[until[left], state[left]]
    arriving[1:] += moves.in_state[:, :, None] * stay
    arriving[1:] -= _added(after, until[left], state[left], stay.shape)
    total = running(np.concatenate((moves.hazard, arriving[1:]), axis=1), linear)
    later = arriving[0] @ total[:, :size] + total[:, size:]
    return np.concatenate((arriving[:1], later))[:-1]


def _added(values: Floats, time: Counts, state: Counts, shape: tuple[int, ...]) -> Floats:
    """Add up rows of values by time and state."""
    place, cells = time * shape[1] + state, shape[0] * shape[1]
    columns = [np.bincount(place, column, cells) for column in values.T]
    return np.asarray(np.stack(columns, axis=-1), dtype=np.float64).reshape(shape)
