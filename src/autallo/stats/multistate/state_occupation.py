"""State occupation probabilities of Aalen and Johansen, and cumulative hazards of the moves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.stats.arguments import as_level
from autallo.stats.multistate.histories import Histories
from autallo.stats.multistate.limits import (
    Variance,
    error_of,
    probability_limits,
    refuse_options,
)
from autallo.stats.multistate.moves import Moves, followed_of, moves_of
from autallo.stats.multistate.spread import covariance_of, noise_of, past_of
from autallo.stats.survival.limits import Interval

__all__ = ["StateOccupation", "state_occupation"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class StateOccupation:
    """Probability to be in each of s states, one row per time of a move or of an end of follow-up.

    Attributes
    ----------
    time : ndarray of float, shape (t,)
        Distinct times, ascending [unit of the input].
    at_risk : ndarray of int, shape (t, s)
        Patients under observation in each state just before each time.
    from_state, to_state : ndarray of int, shape (m,)
        The kinds of move that happened, states numbered from 1.
    events : ndarray of int, shape (t, m)
        Moves of each kind at each time.
    cumulative_hazard : ndarray of float, shape (t, m)
        Nelson-Aalen estimate of each kind of move up to and including each time.
    hazard_std_error : ndarray of float, shape (t, m)
        Its standard error (Poisson); 0 before the first such move.
    probability : ndarray of float, shape (t, s)
        Probability to be in each state just after each time; sums to 1.
    std_error : ndarray of float, shape (t, s)
        Standard error of `probability`, by the formula named in `variance`; 0 where the data show
        no variation: there only the limits tell how little is known.
    covariance : ndarray of float, shape (t, s, s)
        Covariance of the probabilities of the states.
    low, high : ndarray of float, shape (t, s)
        Pointwise confidence limits of `probability`.
    followed : ndarray of float, shape (t,)
        Effective number of patients followed so far; where nothing has happened, the limits are
        the bound that so many patients give.
    initial : ndarray of float, shape (s,)
        Probability of each state at the start.
    initial_covariance : ndarray of float, shape (s, s)
        Its covariance; 0 if the probabilities at the start were given.
    entry_time : ndarray of float, shape (e,)
        Distinct times at which observation of patients begins, ascending.
    entered : ndarray of int, shape (e, s)
        Patients whose observation begins at each of these, by state.
    level : float
        Confidence level of `low` and `high`.
    variance : {"jackknife", "greenwood"}
        Formula of the standard error.
    interval : {"log-log", "log", "logit", "arcsine", "plain"}
        Scale on which the limits are symmetric.
    """

    time: Floats
    at_risk: Counts
    from_state: Counts
    to_state: Counts
    events: Counts
    cumulative_hazard: Floats
    hazard_std_error: Floats
    probability: Floats
    std_error: Floats
    covariance: Floats
    low: Floats
    high: Floats
    followed: Floats
    initial: Floats
    initial_covariance: Floats
    entry_time: Floats
    entered: Counts
    level: float
    variance: Variance
    interval: Interval


def state_occupation(
    histories: Histories,
    *,
    initial: ArrayLike | None = None,
    level: float = 0.95,
    variance: Variance = "jackknife",
    interval: Interval = "log-log",
) -> StateOccupation:
    r"""Estimate the probability over time to be in each of several states.

    Parameters
    ----------
    histories : Histories
        Stays of the patients (`state_histories`).
    initial : array_like of float, shape (s,), or None
        Probability of each state at the start, taken as known; None for the shares among the
        patients at risk at the first time of a move (at the first time, if nobody moves).
    level : float
        Confidence level, between 0 and 1.
    variance : {"jackknife", "greenwood"}
        Formula of the standard error, see Notes.
    interval : {"log-log", "log", "logit", "arcsine", "plain"}
        Scale on which the limits are symmetric: ``log(-log p)``, ``log p``, ``log(p / (1 - p))``,
        ``arcsin(sqrt p)`` or ``p``.

    Returns
    -------
    StateOccupation

    Raises
    ------
    ArgumentError
        If `initial` is not one probability for each state with the sum 1, `level` is not between
        0 and 1, or an option is unknown.

    Notes
    -----
    :math:`\hat p(t) = \hat p(0) \prod_{u \le t} \hat H(u)`, where row j of :math:`\hat H(u)` holds
    the shares of the :math:`Y_j(u)` patients in state j just before u who move to each state, or
    stay. At a tied time all moves are seen by the same patients at risk, and moves precede the end
    of follow-up. Two states without return give the Kaplan-Meier curve, causes that compete the
    cumulative incidences, and without censoring and late entry the probabilities are plain shares
    of the patients. With independent censoring the estimate holds too if the future depends on
    more than the state of today; that is not so for the hazards, nor with late entry.

    Variance. A patient in state j who goes to k at u (j if the patient stays) moves the
    probabilities by :math:`\hat p_j(u-) (e_k - \hat H_j(u)) / Y_j(u)`, carried on by the shares
    of later times. "greenwood": the moves of each state at each time are multinomial, and
    independent of those of other times: the recursion of Greenwood's type of R etm. "jackknife":
    what a patient adds is summed over the whole history before it is squared: the infinitesimal
    jackknife of R survival, which allows for patients whose later moves depend on earlier ones.
    Both are equal for two states, and for competing causes, if all enter at the start.
    Probabilities at the start that were estimated add their multinomial variance to both.

    Where a standard error is 0, the limits are :math:`p q` and :math:`p + (1 - p)(1 - q)` with
    :math:`q = (\alpha / 2)^{1/n'}`, :math:`\alpha = 1 - level`: the binomial bound for nothing seen
    among :math:`n' = Y(t) / \hat p_T(t-)` patients (Peto), the smallest one so far; Y is the
    number at risk in all states and :math:`p_T` the probability of the states that are ever left
    or in which patients are followed. So a state that nobody reached has the limits 0 and
    1 - q. Elsewhere they are the `conf.type` "log-log", "log", "logit", "arcsin" and "plain" of R
    survival.

    Boundaries: nobody moves: the probabilities at the start, with bounds; a state without patients
    at risk keeps its probability; if few are at risk early on, one move can empty a state for
    good, whoever enters it later by late entry counts from then on only through the shares.
    Source: [aalen1978]; [andersen1993] section IV.4.1; [datta2001]; [reid1981], [therneau2023];
    [peto1977]; hazards [aalen_hazard1978]. Checked against R survival 3.5-3 and etm 1.1.1
    (`tests/reference/multistate.json`), by hand (`tests/byhand/test_state_occupation.py`), by twins
    that follow each patient (`tests/twins/test_state_occupation.py`) and by laws
    (`tests/laws/test_state_occupation.py`).

    Examples
    --------
    Four patients in remission (1): relapse (2) at 1 and 3, a second remission at 4.

    >>> from autallo.stats.multistate.histories import state_histories
    >>> stays = state_histories(
    ...     [0, 1, 1, 1, 2, 3], [0, 0, 1, 4, 0, 0], [5, 1, 4, 5, 3, 2],
    ...     from_state=[1, 1, 2, 1, 1, 1], to_state=[0, 2, 1, 0, 2, 0], n_states=2,
    ... )
    >>> curves = state_occupation(stays)
    >>> curves.time.tolist(), curves.probability[:, 0].tolist()
    ([1.0, 2.0, 3.0, 4.0, 5.0], [0.75, 0.75, 0.375, 1.0, 1.0])
    """
    level = as_level(level)
    refuse_options(variance, interval)
    moves = moves_of(histories, initial)
    covariance = _covariance(histories, moves, variance)
    probability = moves.probability
    std_error = error_of(probability, covariance.diagonal(axis1=1, axis2=2))
    followed = followed_of(moves)
    probability, std_error = probability[moves.after], std_error[moves.after]
    low, high = probability_limits(
        probability, std_error, followed[:, None], level=level, interval=interval
    )
    kinds = np.argwhere(moves.events.any(axis=0))
    hazard, hazard_error = _hazards(moves, kinds)
    entry_time, entered = _entries(histories)
    return StateOccupation(
        time=histories.time[moves.place],
        at_risk=moves.at_risk,
        from_state=kinds[:, 0] + 1,
        to_state=kinds[:, 1] + 1,
        events=moves.events[:, kinds[:, 0], kinds[:, 1]],
        cumulative_hazard=hazard,
        hazard_std_error=hazard_error,
        probability=probability,
        std_error=std_error,
        covariance=covariance[moves.after],
        low=low,
        high=high,
        followed=followed,
        initial=moves.probability[0],
        initial_covariance=moves.initial_spread,
        entry_time=entry_time,
        entered=entered,
        level=level,
        variance=variance,
        interval=interval,
    )


def _covariance(histories: Histories, moves: Moves, variance: Variance) -> Floats:
    added = noise_of(moves)
    if variance == "jackknife":
        added += past_of(histories, moves)
    return covariance_of(moves, added)


def _hazards(moves: Moves, kinds: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return the cumulative hazard of each kind of move, and its standard error."""
    events = moves.events[:, kinds[:, 0], kinds[:, 1]]
    in_state = np.maximum(moves.at_risk[:, kinds[:, 0]], 1)
    share = events / in_state
    return np.cumsum(share, axis=0), np.sqrt(np.cumsum(share / in_state, axis=0))


def _entries(histories: Histories) -> tuple[Floats, Counts]:
    first = np.append(True, histories.patient[1:] != histories.patient[:-1])
    place, row = np.unique(histories.start[first], return_inverse=True)
    cell = row * histories.n_states + histories.from_state[first] - 1
    count = np.bincount(cell, minlength=place.size * histories.n_states)
    return histories.time[place], count.reshape(-1, histories.n_states)
