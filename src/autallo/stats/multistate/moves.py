"""Who moves and who is at risk in each state, and the probabilities that follow."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_values
from autallo.stats.multistate.histories import Histories
from autallo.stats.multistate.products import linear, running
from autallo.stats.risk_sets import risk_sets

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

#: Given probabilities of the states at the start may miss the sum of 1 by so much.
SUM_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Moves:
    """Counts at each time at which somebody leaves a row, and estimates at each time of a move.

    Attributes
    ----------
    place : ndarray of int, shape (t,)
        Places in the times of the histories at which a row ends.
    at_risk : ndarray of int, shape (t, s)
        Patients in each state just before.
    events : ndarray of int, shape (t, s, s)
        Moves from each state to each.
    after : ndarray of int, shape (t,)
        Number of times of a move up to and including each.
    begin, end : ndarray of int, shape (r,)
        The row is at risk at the times of a move from number `begin` up to `end`, excluded.
    hazard : ndarray of float, shape (e, s, s)
        Share of the patients in each state who move to each, or stay, at each time of a move.
    in_state : ndarray of int, shape (e, s)
        Patients in each state just before each time of a move.
    probability : ndarray of float, shape (e + 1, s)
        Probability of each state at the start and after each time of a move.
    scale : ndarray of float, shape (e, s)
        Probability of each state just before, over the patients in it; 0 where it has none.
    initial_spread : ndarray of float, shape (s, s)
        Covariance of the probabilities at the start; 0 if these were given.
    starting : int
        Patients from whom these were estimated; 0 if they were given.
    """

    place: Counts
    at_risk: Counts
    events: Counts
    after: Counts
    begin: Counts
    end: Counts
    hazard: Floats
    in_state: Counts
    probability: Floats
    scale: Floats
    initial_spread: Floats
    starting: int


def moves_of(histories: Histories, initial: ArrayLike | None) -> Moves:
    """Count the moves, and multiply the shares that move."""
    size = histories.n_states
    entry = histories.start.astype(np.float64) if histories.start.any() else None
    table = risk_sets(
        histories.stop.astype(np.float64),
        histories.to_state,
        n_outcomes=size + 1,
        group=histories.from_state - 1,
        n_groups=size,
        entry=entry,
    )
    events = np.asarray(table.leaving[:, 1:].transpose(2, 0, 1), dtype=np.int64)
    at_risk = np.asarray(table.at_risk.T, dtype=np.int64)
    moved = events.any(axis=(1, 2))
    after = np.cumsum(moved, dtype=np.int64)
    place = table.time.astype(np.int64)
    in_state = at_risk[moved]
    hazard = _shares(events[moved], in_state)
    start, spread, starting = _start(initial, at_risk[int(np.argmax(moved))])
    probability = np.vstack([start[None], start @ running(hazard, linear)])
    # Where all other states are empty, no rounding may be left.
    certain = np.count_nonzero(probability, axis=1) == 1
    probability[certain] = np.sign(probability[certain])
    passed = np.zeros(histories.time.size, dtype=np.int64)
    passed[place[moved]] = 1
    passed = np.cumsum(passed)
    return Moves(
        place=place,
        at_risk=at_risk,
        events=events,
        after=after,
        begin=passed[histories.start],
        end=passed[histories.stop],
        hazard=hazard,
        in_state=in_state,
        probability=probability,
        scale=np.where(in_state > 0, probability[:-1] / np.maximum(in_state, 1), 0.0),
        initial_spread=spread,
        starting=starting,
    )


def followed_of(moves: Moves) -> Floats:
    """Return the effective number of patients followed so far, the smallest one yet."""
    open_states = moves.at_risk.any(axis=0)
    before = np.append(0, moves.after[:-1])
    chance = moves.probability[before][:, open_states].sum(axis=1)
    followed = np.full(chance.size, np.inf)
    np.divide(moves.at_risk.sum(axis=1), chance, out=followed, where=chance > 0)
    return np.asarray(np.minimum.accumulate(followed), dtype=np.float64)


def _shares(events: Counts, in_state: Counts) -> Floats:
    """Return the share of each state that moves to each, or stays."""
    divisor = np.maximum(in_state, 1)
    hazard = events / divisor[:, :, None]
    stay = in_state - events.sum(axis=2)
    diagonal = np.arange(in_state.shape[1])
    hazard[:, diagonal, diagonal] = np.where(in_state > 0, stay / divisor, 1.0)
    return np.asarray(hazard, dtype=np.float64)


def _start(initial: ArrayLike | None, first: Counts) -> tuple[Floats, Floats, int]:
    """Return the probabilities at the start, their covariance, and of how many patients."""
    if initial is None:
        starting = int(first.sum())
        share = first / starting
        return share, (np.diag(share) - np.outer(share, share)) / starting, starting
    given = as_values("initial", initial)
    if given.size != first.size:
        raise ArgumentError("`initial` must have one probability for each state.")
    if given.min() < 0 or abs(float(given.sum()) - 1) > SUM_TOLERANCE:
        raise ArgumentError("`initial` must be probabilities that sum to 1.")
    return given / given.sum(), np.zeros((first.size, first.size)), 0
