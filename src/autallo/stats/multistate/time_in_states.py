"""Mean time in each state within a limited time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_level, as_times
from autallo.stats.multistate.histories import Histories
from autallo.stats.multistate.limits import Variance, error_of, refuse_options, share_staying
from autallo.stats.multistate.moves import Moves, followed_of, moves_of
from autallo.stats.multistate.products import linear, running
from autallo.stats.multistate.spread import initial_influence, noise_of, staying
from autallo.stats.risk_sets import time_slack

__all__ = ["RestrictedTimeInStates", "restricted_time_in_states"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RestrictedTimeInStates:
    """Mean time spent in each of s states until a horizon.

    Attributes
    ----------
    estimate : ndarray of float, shape (s,)
        Mean time in each state [unit of the histories]; the sum is `until`.
    std_error : ndarray of float, shape (s,)
        Standard error; 0 where the data show no variation.
    covariance : ndarray of float, shape (s, s)
        Covariance of the times: that of a time in a set of states is the sum of its part.
    low, high : ndarray of float, shape (s,)
        Confidence limits, 0 to `until`.
    until : float
        End of the time over which the means were taken.
    level : float
        Confidence level.
    variance : {"jackknife", "greenwood"}
        Formula of the standard error.
    beyond : bool
        Whether follow-up ended before `until`: the last probabilities were then carried on.
    """

    estimate: Floats
    std_error: Floats
    covariance: Floats
    low: Floats
    high: Floats
    until: float
    level: float
    variance: Variance
    beyond: bool


def restricted_time_in_states(
    histories: Histories,
    *,
    until: float,
    initial: ArrayLike | None = None,
    level: float = 0.95,
    variance: Variance = "jackknife",
) -> RestrictedTimeInStates:
    r"""Estimate the mean time in each state from the start to a horizon.

    Parameters
    ----------
    histories : Histories
        Stays of the patients (`state_histories`).
    until : float
        End of the time over which the means are taken, more than 0 [unit of the histories]. It
        has no default: results with another end are other results.
    initial : array_like of float, shape (s,), or None
        Probability of each state at the start, as in `state_occupation`.
    level : float
        Confidence level, between 0 and 1.
    variance : {"jackknife", "greenwood"}
        Formula of the standard error, as in `state_occupation`.

    Returns
    -------
    RestrictedTimeInStates

    Raises
    ------
    ArgumentError
        If `until` is not more than 0, `initial` is not one probability for each state with the
        sum 1, `level` is not between 0 and 1, or `variance` is unknown.

    Notes
    -----
    The area :math:`\int_0^\tau \hat p_k(t) dt` under each probability. What a patient adds to the
    probabilities at u (`state_occupation`) is multiplied by the area that lies ahead of u; its
    squares are summed over times ("greenwood"), or first added up over each patient
    ("jackknife"). The limits are the estimate -+ z standard errors, cut at 0 and :math:`\tau`.
    Where the standard error is 0 they are :math:`m q` and :math:`m + (\tau - m)(1 - q)` with the
    share q of `state_occupation`. In groups of about ten the interval is too narrow. Later than
    the end of follow-up the last probabilities are carried on, as in R, and `beyond` says so.
    Source: [andersen2013]; [andersen1993] section IV.4.1; [reid1981]. Checked against R survival
    3.5-3, ``summary(survfit, rmean)`` and the influences it returns
    (`tests/reference/multistate.json`), by hand (`tests/byhand/test_state_occupation.py`), by a
    twin (`tests/twins/test_state_occupation.py`) and by laws
    (`tests/laws/test_state_occupation.py`).

    Examples
    --------
    Three patients in state 1: one moves to 2 at 2 and back at 5, one moves to 2 at 4.

    >>> from autallo.stats.multistate.histories import state_histories
    >>> stays = state_histories(
    ...     [0, 0, 0, 1, 1, 2], [0, 2, 5, 0, 4, 0], [2, 5, 9, 4, 9, 9],
    ...     from_state=[1, 2, 1, 1, 2, 1], to_state=[2, 1, 0, 2, 0, 0], n_states=2,
    ... )
    >>> restricted_time_in_states(stays, until=9).estimate.round(9).tolist()
    [6.333333333, 2.666666667]
    """
    level = as_level(level)
    refuse_options(variance)
    tau = float(as_times("until", [until])[0])
    if tau == 0:
        raise ArgumentError("`until` must be more than 0.")
    moves = moves_of(histories, initial)
    ahead = _areas_ahead(histories, moves, tau)
    estimate = moves.probability[0] @ ahead[0]
    if variance == "jackknife":
        influence = _influence(histories, moves, ahead)
        covariance = influence.T @ influence
    else:
        later = ahead[1:].transpose(0, 2, 1) @ noise_of(moves) @ ahead[1:]
        covariance = ahead[0].T @ moves.initial_spread @ ahead[0] + later.sum(axis=0)
    std_error = error_of(estimate / tau, covariance.diagonal() / tau**2) * tau
    time = histories.time[moves.place]
    slack = time_slack(time)
    row = min(int(np.searchsorted(time, tau - slack)), time.size - 1)
    stay = share_staying(followed_of(moves)[row], level)
    reach = -ndtri((1 - level) / 2) * std_error
    known = std_error > 0
    low, high = estimate * stay, estimate + (tau - estimate) * (1 - stay)
    return RestrictedTimeInStates(
        estimate=estimate,
        std_error=std_error,
        covariance=covariance,
        low=np.where(known, np.maximum(estimate - reach, 0.0), low),
        high=np.where(known, np.minimum(estimate + reach, tau), high),
        until=tau,
        level=level,
        variance=variance,
        beyond=bool(tau > time[-1] + slack),
    )


def _areas_ahead(histories: Histories, moves: Moves, tau: float) -> Floats:
    """Return the mean times ahead, until tau, by state at the start and after each move."""
    times, size = moves.in_state.shape
    moved = histories.time[moves.place[np.diff(moves.after, prepend=0) > 0]]
    width = np.diff(np.minimum(np.concatenate(([0.0], moved, [tau])), tau))
    steps = np.empty((times, 2 * size, size))
    steps[:, :size] = moves.hazard.transpose(0, 2, 1)
    steps[:, size:] = width[:-1, None, None] * np.eye(size)
    total = running(steps[::-1], linear)[::-1]
    ahead = width[-1] * total[:, :size] + total[:, size:]
    last = width[-1] * np.eye(size)[None]
    return np.concatenate((ahead.transpose(0, 2, 1), last))


def _influence(histories: Histories, moves: Moves, ahead: Floats) -> Floats:
    """Return the influence of each patient on the mean times, shape (n, s)."""
    size = histories.n_states
    state, goal = histories.from_state - 1, histories.to_state - 1
    still = np.zeros((len(ahead), size, size))
    np.cumsum(staying(moves) @ ahead[1:], axis=0, out=still[1:])
    rows = still[moves.end, state] - still[moves.begin, state]
    rows += initial_influence(histories, moves) @ ahead[0]
    moving = np.flatnonzero(goal >= 0)
    until, origin = moves.end[moving], state[moving]
    change = ahead[until, goal[moving]] - ahead[until, origin]
    rows[moving] += moves.scale[until - 1, origin][:, None] * change
    columns = [np.bincount(histories.patient, column, histories.n_patients) for column in rows.T]
    return np.stack(columns, axis=-1)
