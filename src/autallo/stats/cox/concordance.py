"""Concordance: how often, of two patients, the one with the higher score has the event first."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_values
from autallo.stats.cox.dominance import weight_below
from autallo.stats.cox.rows import Observed, Rows, observed_rows
from autallo.stats.cox.running_sums import (
    shifted_ahead,
    shifted_back,
    sums_by_place,
    sums_from_start,
    sums_to_end,
)

__all__ = ["Concordance", "PairWeight", "concordance"]

PairWeight = Literal["n", "S", "S/G", "n/G2", "I"]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: Scores nearer to each other than this share of the largest are equal.
EQUAL = 1e-12


@dataclass(frozen=True, slots=True)
class Concordance:
    """Share of the pairs in which the higher score has the earlier event.

    Attributes
    ----------
    estimate : float or None
        Concordant pairs and half of those with equal scores, of all that can be compared [0 to 1];
        None if none can.
    std_error : float or None
        Infinitesimal-jackknife standard error; None with `estimate`.
    concordant, discordant, tied_score : float
        Pairs (sums of their weights) in which the higher, the lower, or neither score has the
        earlier event.
    tied_time, tied_both : float
        Pairs with events at the same time, with different and with equal scores; not compared.
    pair_weight : {"n", "S", "S/G", "n/G2", "I"}
        Weight of the pairs.
    """

    estimate: float | None
    std_error: float | None
    concordant: float
    discordant: float
    tied_score: float
    tied_time: float
    tied_both: float
    pair_weight: PairWeight


def concordance(
    time: ArrayLike,
    event: ArrayLike,
    score: ArrayLike,
    *,
    rows: Rows | None = None,
    pair_weight: PairWeight = "n",
) -> Concordance:
    r"""Estimate how often the patient with the higher score has the event first.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the event or to the end of follow-up, in any one unit; at least 0.
    event : array_like of bool, shape (n,)
        True (1) if the event happened at `time`.
    score : array_like of float, shape (n,)
        Score of each row; high for an early event, as a linear predictor.
    rows : Rows or None
        Entry, weight, stratum, patient and cluster of each row (`fit_cox`). Pairs are of one
        stratum; the standard error is over clusters, or else patients, or else rows.
    pair_weight : {"n", "S", "S/G", "n/G2", "I"}
        Weight of the pairs of an event, see Notes.

    Returns
    -------
    Concordance

    Raises
    ------
    ArgumentError
        If lengths differ, a value is missing, the pair weight is unknown or goes with censoring
        while there are entries, or rows are refused as in `fit_cox`.

    Notes
    -----
    An event at t is compared with all who are at risk at t and do not have the event then: a
    patient censored at t outlives the event. Harrell's index weights all pairs alike ("n"). The
    other weights of a pair are functions of the time of its event: N S(t-) / n(t) ("S"), with N
    patients in the stratum, n(t) at risk and S the Kaplan-Meier estimate; N S(t-) / [G(t-) n(t)]
    ("S/G"), with G the estimate for censoring; 1 / G(t-)^2 ("n/G2", Uno); 1 / n(t) ("I"), every
    event alike. Scores that differ by rounding only are equal.

    The standard error is the root of the sum over clusters of squared first-order changes of the
    estimate without them, with the weights of pairs taken as known.
    Boundaries: without comparable pairs, None; with equal scores 1/2 with standard error 0.
    Source: [harrell1982], [uno2011], [therneau2023]. Checked against R survival 3.5-3
    (`tests/reference/concordance.json`), by hand (`tests/byhand/test_concordance.py`), by a twin
    that goes through all pairs (`tests/twins/test_concordance.py`) and by laws.

    Examples
    --------
    >>> found = concordance([1, 2, 3, 4], [1, 1, 0, 1], [3, 1, 2, 1])
    >>> found.concordant, found.discordant, found.tied_score, found.estimate
    (3.0, 1.0, 1.0, 0.7)
    """
    if pair_weight not in get_args(PairWeight):
        raise ArgumentError('`pair_weight` must be "n", "S", "S/G", "n/G2" or "I".')
    scores = as_values("score", score)
    observed = observed_rows(time, event, rows, score=scores)
    if observed.entry is not None and pair_weight in {"S/G", "n/G2"}:
        raise ArgumentError('`pair_weight` must be "n", "S" or "I" with `entry`.')
    rank = _ranks(scores)
    if observed.weight is not None:
        rank = rank[observed.weight > 0]
    observed = observed.counted()
    sums = _pair_sums(observed, rank, _time_weights(observed, pair_weight))
    compared = sums.concordant + sums.discordant + sums.tied_score
    estimate, std_error = None, None
    if compared > 0:
        estimate = (sums.concordant + sums.tied_score / 2) / compared
        change = (sums.won - estimate * sums.compared) / compared
        own = observed.patient if observed.cluster is None else observed.cluster
        if own is not None:
            change = sums_by_place(own, change, int(own.max()) + 1)
        std_error = float(np.sqrt(change @ change))
    return Concordance(
        estimate=estimate,
        std_error=std_error,
        concordant=sums.concordant,
        discordant=sums.discordant,
        tied_score=sums.tied_score,
        tied_time=sums.tied_time,
        tied_both=sums.tied_both,
        pair_weight=pair_weight,
    )


def _ranks(scores: Floats) -> Integers:
    """Return the rank of each score, the same for equal ones."""
    order = scores.argsort()
    ordered = scores[order]
    new = np.zeros(scores.size, dtype=np.int64)
    new[1:] = ordered[1:] - ordered[:-1] > EQUAL * np.abs(scores).max()
    rank = np.empty(scores.size, dtype=np.int64)
    rank[order] = new.cumsum()
    return rank


@dataclass(frozen=True, slots=True)
class _PairSums:
    """Sums over all pairs; and over the pairs of each row, times its weight."""

    concordant: float
    discordant: float
    tied_score: float
    tied_time: float
    tied_both: float
    won: Floats
    compared: Floats


def _pair_sums(observed: Observed, rank: Integers, time_weight: Floats) -> _PairSums:
    """Add up the pairs of each event with all later rows, and of each row with earlier events."""
    n = observed.time.size
    weight = np.ones(n) if observed.weight is None else observed.weight * observed.weight_unit
    event = np.flatnonzero(observed.event)
    event_weight = weight[event] * time_weight
    lower, equal, higher = _later(observed, rank, weight, event)
    won, compared = np.zeros(n), np.zeros(n)
    won[event] = time_weight * (lower + equal / 2)
    compared[event] = time_weight * (lower + equal + higher)
    above, level, below = _earlier(observed, rank, event_weight, event)
    won += above + level / 2
    compared += above + level + below
    tied_time, tied_both = _tied(observed, rank, weight, event_weight, event)
    return _PairSums(
        concordant=float(event_weight @ lower),
        discordant=float(event_weight @ higher),
        tied_score=float(event_weight @ equal),
        tied_time=tied_time,
        tied_both=tied_both,
        won=won * weight,
        compared=compared * weight,
    )


def _split(
    rank: Integers, weight: Floats, low: Integers, high: Integers, own: Integers
) -> tuple[Floats, Floats, Floats]:
    """Return the weights in each stretch of ranks below, at and above the own one.

    The row that asks is never in its own stretch: if all ranks differ, none there is equal.
    """
    before = np.concatenate(([0.0], weight.cumsum()))
    total = before[high] - before[low]
    below = weight_below(rank, weight, low=low, high=high, bound=own)
    if np.bincount(rank).max(initial=0) <= 1 and np.bincount(own).max(initial=0) <= 1:
        return below, np.zeros(below.size), total - below
    up_to = weight_below(rank, weight, low=low, high=high, bound=own + 1)
    return below, up_to - below, total - up_to


def _later(
    observed: Observed, rank: Integers, weight: Floats, event: Integers
) -> tuple[Floats, Floats, Floats]:
    """Return, for each event, the weights at risk then and later, of lower, equal, higher score."""
    cell = observed.cell(observed.time)
    key = 2 * cell + ~observed.event
    order = key.argsort(kind="stable")
    ordered = key[order]
    stratum = cell[event] // observed.moment.size
    low = np.searchsorted(ordered, 2 * cell[event] + 1)
    high = np.searchsorted(ordered, 2 * (stratum + 1) * observed.moment.size)
    at_risk = _split(rank[order], weight[order], low, high, rank[event])
    if observed.entry is None:
        return at_risk
    entry = observed.cell(observed.entry)
    order = entry.argsort(kind="stable")
    ordered = entry[order]
    low = np.searchsorted(ordered, cell[event])
    high = np.searchsorted(ordered, (stratum + 1) * observed.moment.size)
    not_yet = _split(rank[order], weight[order], low, high, rank[event])
    lower, equal, higher = (
        all_later - late for all_later, late in zip(at_risk, not_yet, strict=True)
    )
    return lower, equal, higher


def _earlier(
    observed: Observed, rank: Integers, event_weight: Floats, event: Integers
) -> tuple[Floats, Floats, Floats]:
    """Return, for each row, the events that it outlived, of higher, equal, lower score."""
    cell = observed.cell(observed.time)
    order = cell[event].argsort(kind="stable")
    ordered = cell[event][order]
    high = np.where(
        observed.event,
        np.searchsorted(ordered, cell, side="left"),
        np.searchsorted(ordered, cell, side="right"),
    )
    if observed.entry is None:
        low = np.searchsorted(ordered, cell // observed.moment.size * observed.moment.size)
    else:
        low = np.searchsorted(ordered, observed.cell(observed.entry), side="right")
    low = np.minimum(low, high)
    below, level, above = _split(rank[event][order], event_weight[order], low, high, rank)
    return above, level, below


def _tied(
    observed: Observed, rank: Integers, weight: Floats, event_weight: Floats, event: Integers
) -> tuple[float, float]:
    """Return the pairs of events at one time, with different and with equal scores."""
    cell, own = observed.cell(observed.time)[event], rank[event]
    both = []
    for key in (cell, cell * (int(rank.max()) + 1) + own):
        _, group = np.unique(key, return_inverse=True)
        total = np.bincount(group, weight[event])
        squares = np.bincount(group, weight[event] ** 2)
        pairs = (total**2 - squares) / 2
        factor = np.bincount(group, event_weight) / total
        both.append(float(pairs @ factor))
    return both[0] - both[1], both[1]


def _time_weights(observed: Observed, pair_weight: PairWeight) -> Floats:
    """Return the weight of the pairs of each event."""
    n_events = np.count_nonzero(observed.event)
    if pair_weight == "n":
        return np.ones(n_events)
    n_codes = observed.moment.size
    unit = observed.weight_unit
    weight = np.ones(observed.time.size) if observed.weight is None else observed.weight * unit
    cells, place = np.unique(observed.cell(observed.time), return_inverse=True)
    start = np.flatnonzero(np.diff(cells // n_codes, prepend=-1))
    events = sums_by_place(place, weight * observed.event, cells.size)
    leaving = sums_by_place(place, weight, cells.size)
    at_risk = sums_to_end(leaving, start)
    if observed.entry is not None:
        first = np.searchsorted(cells, observed.cell(observed.entry), side="right")
        entering = sums_by_place(first, weight, cells.size)
        at_risk = at_risk - shifted_ahead(sums_to_end(entering, start), start)
    own = place[observed.event]
    if pair_weight == "I":
        return np.asarray(1 / at_risk[own], dtype=np.float64)
    censored = sums_by_place(place, weight * ~observed.event, cells.size)
    follow_up = _just_before(censored, at_risk - events, start)[own]
    if pair_weight == "n/G2":
        return np.asarray(1 / follow_up**2, dtype=np.float64)
    length = np.diff(np.append(start, cells.size))
    everybody = np.repeat(np.add.reduceat(leaving, start), length)
    kept = (everybody * _just_before(events, at_risk, start) / at_risk)[own]
    return kept if pair_weight == "S" else np.asarray(kept / follow_up, dtype=np.float64)


def _just_before(events: Floats, at_risk: Floats, start: Integers) -> Floats:
    """Return the Kaplan-Meier estimate of each stratum just before each time."""
    share = np.divide(events, at_risk, out=np.zeros(events.size), where=events > 0)
    with np.errstate(divide="ignore"):
        log_staying = np.log1p(-np.minimum(share, 1.0))
    return np.exp(shifted_back(sums_from_start(log_staying, start), start))
