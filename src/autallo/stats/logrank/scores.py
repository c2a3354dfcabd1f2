"""Scores of the patients whose sum in a group is what the log-rank tests call the excess."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autallo.stats.logrank.event_tables import stratum_members
from autallo.stats.logrank.weights import LogrankWeights, logrank_weights
from autallo.stats.risk_sets import risk_sets

__all__ = ["LogrankScores", "logrank_scores"]

#: Sums of whole scores must stay below this in size.
LARGEST_WHOLE = 2**62


@dataclass(frozen=True, slots=True)
class LogrankScores:
    """One score for each patient.

    Attributes
    ----------
    value : ndarray of int or float, shape (n,)
        Scores times `unit`; they sum to 0 in every stratum.
    unit : int
        What `value` is to be divided by; 1 if the scores are not whole.
    """

    value: NDArray[np.int64] | NDArray[np.float64]
    unit: int


def logrank_scores(
    times: NDArray[np.float64],
    events: NDArray[np.bool_],
    *,
    stratum: NDArray[np.int64] | None = None,
    weights: LogrankWeights = "logrank",
    whole: bool = False,
) -> LogrankScores:
    r"""Give each patient the score of the log-rank test.

    Parameters
    ----------
    times : ndarray of float, shape (n,)
        Checked times.
    events : ndarray of bool, shape (n,)
        Checked events.
    stratum : ndarray of int, shape (n,), or None
        Checked stratum codes, 0 upwards, none empty; None for one stratum.
    weights : str or tuple of float
        Weights of the event times, as `as_logrank_weights` returns them.
    whole : bool
        Whether the scores shall be whole numbers of ``1 / unit`` if they can be: with the weights
        "logrank" and "gehan", and up to 42 patients.

    Returns
    -------
    LogrankScores

    Notes
    -----
    The score of a patient of time t is :math:`w(t)` if the event happened, less
    :math:`\sum w_j d_j / n_j` over the event times up to t, with d events among n at risk in
    the stratum; for weights 1 this is the event less the Nelson-Aalen cumulative hazard. Summed
    over a group it is observed less expected of `logrank_test`. The whole scores have the least
    common multiple of the n as `unit` ("gehan": 1).
    Source: [peto1972], [prentice1978]. Checked by hand (`tests/byhand/test_logrank_scores.py`),
    in fractions (`tests/laws/test_permutation.py`) and against R coin 1.4-2
    (`tests/reference/permutation.json`).

    Examples
    --------
    >>> day, event = np.array([1.0, 2.0]), np.array([True, True])
    >>> logrank_scores(day, event).value.tolist()
    [0.5, -0.5]
    >>> logrank_scores(day, event, whole=True)
    LogrankScores(value=array([ 1, -1]), unit=2)
    """
    members = [np.arange(times.size)] if stratum is None else stratum_members(stratum)
    if whole and weights in ("logrank", "gehan"):
        exact = _whole_scores(times, events, members, gehan=weights == "gehan")
        if exact is not None:
            return exact
    value = np.empty(times.size)
    for own in members:
        counts = risk_sets(times[own], events[own])
        slot = np.searchsorted(counts.time, times[own], side="right") - 1
        died, at_risk = counts.leaving[0, 1], counts.at_risk[0]
        weight = logrank_weights(died, at_risk, weights)
        hazard = np.cumsum(weight * (died / at_risk))
        value[own] = events[own] * weight[slot] - hazard[slot]
    return LogrankScores(value=value, unit=1)


def _whole_scores(
    times: NDArray[np.float64],
    events: NDArray[np.bool_],
    members: list[NDArray[np.int64]],
    *,
    gehan: bool,
) -> LogrankScores | None:
    """Return the scores as whole numbers, or None if their sums would be too large."""
    tables = [risk_sets(times[own], events[own]) for own in members]
    with_event = [table.at_risk[0, table.leaving[0, 1] > 0] for table in tables]
    unit = 1 if gehan else math.lcm(*np.concatenate(with_event).tolist())
    value = [0] * times.size
    for own, table in zip(members, tables, strict=True):
        slot = np.searchsorted(table.time, times[own], side="right") - 1
        hazard, weights, cumulative = [], [], 0
        for died, at_risk in zip(
            table.leaving[0, 1].tolist(), table.at_risk[0].tolist(), strict=True
        ):
            weights.append(at_risk if gehan else unit)
            cumulative += weights[-1] * died // at_risk
            hazard.append(cumulative)
        for place, row, event in zip(
            own.tolist(), slot.tolist(), events[own].tolist(), strict=True
        ):
            value[place] = event * weights[row] - hazard[row]
    if sum(score for score in value if score > 0) >= LARGEST_WHOLE:
        return None
    return LogrankScores(value=np.array(value, dtype=np.int64), unit=unit)
