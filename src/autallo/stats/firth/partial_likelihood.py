"""Cox's partial likelihood with the derivatives that Firth's penalty needs."""

from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from autallo.stats.firth.ascent import Model
from autallo.stats.firth.penalty import (
    Derivatives,
    Floats,
    Point,
    nowhere,
    penalised,
    penalised_alone,
)
from autallo.stats.risk_sets import time_slack

Ties = Literal["efron", "breslow"]

#: Up to so many pairs of an event and a patient, each pair has a cell of a table of its own.
MOST_CELLS = 5_000

#: Logarithms of risks that span more than this need a scale for each risk set.
WIDE = 600.0


@dataclass(frozen=True, slots=True)
class Pairs:
    """Each event against each patient.

    Attributes
    ----------
    x : ndarray of float, shape (n, p)
        Covariates.
    presence : ndarray of float, shape (e, n)
        1 if the patient is at risk at the event, 0 if not; between them for a tied event of
        which a share is taken off.
    sum_of_events : ndarray of float, shape (p,)
        Sum of the covariates of the patients with an event.
    """

    x: Floats
    presence: Floats
    sum_of_events: Floats


@dataclass(frozen=True, slots=True)
class Ordered:
    """Patients in order of time, and where the events and their risk sets begin.

    Attributes
    ----------
    x : ndarray of float, shape (n, p)
        Covariates.
    event_place : ndarray of int, shape (e,)
        Places of the patients with an event.
    tie_start : ndarray of int, shape (t,)
        Places, among the events, at which each distinct time begins.
    tie_of_row : ndarray of int, shape (e,)
        Which of these times each event has.
    risk_start : ndarray of int, shape (t,)
        Places of the first patient with this time or a later one.
    share : ndarray of float, shape (e,)
        Share of the tied events taken off.
    entry_order : ndarray of int, shape (n,), or None
        Places in order of entry, the last first; None if all are there from the start.
    to_come : ndarray of int, shape (t,), or None
        Number of patients whose entry is not before each time.
    """

    x: Floats
    event_place: NDArray[np.intp]
    tie_start: NDArray[np.intp]
    tie_of_row: NDArray[np.intp]
    risk_start: NDArray[np.intp]
    share: Floats
    entry_order: NDArray[np.intp] | None
    to_come: NDArray[np.intp] | None


def partial_likelihood(
    times: Floats,
    events: NDArray[np.bool_],
    x: Floats,
    *,
    entry: Floats | None,
    ties: Ties,
) -> Model:
    """Return the penalised partial likelihood of patients with merged times."""
    order = np.argsort(times, kind="stable")
    times, events, x = times[order], events[order], x[order]
    entry = None if entry is None else entry[order]
    event_place = np.flatnonzero(events)
    at = times[event_place]
    new = np.ones(at.size, dtype=np.bool_)
    new[1:] = at[1:] > at[:-1]
    tie_start = np.flatnonzero(new)
    tie_of_row = np.add.accumulate(new, dtype=np.intp) - 1
    deaths = np.diff(np.append(tie_start, at.size))
    rank = np.arange(at.size) - tie_start[tie_of_row]
    share = rank / deaths[tie_of_row] if ties == "efron" else np.zeros(at.size)
    slack = 0.0 if entry is None else time_slack(times)
    if at.size * times.size <= MOST_CELLS:
        presence = (times >= at[:, None]).astype(np.float64)
        if entry is not None:
            presence[entry + slack >= at[:, None]] = 0.0
        if share.any():
            tied = events & (times == at[:, None])
            presence -= tied * share[:, None]
        pairs = Pairs(x, presence, x[event_place].sum(axis=0))
        return Model(partial(_by_pairs, pairs), exact=True)
    day = at[tie_start]
    ordered = Ordered(
        x=x,
        event_place=event_place,
        tie_start=tie_start,
        tie_of_row=tie_of_row,
        risk_start=np.searchsorted(times, day),
        share=share,
        entry_order=None if entry is None else np.argsort(-entry, kind="stable"),
        to_come=None
        if entry is None
        else np.searchsorted(np.sort(-(entry + slack)), -day, side="right"),
    )
    return Model(partial(_by_sums, ordered), exact=False)


def _by_pairs(pairs: Pairs, beta: Floats) -> Point:
    """Central moments of the covariates in each risk set, straight from their definition."""
    x = pairs.x
    eta = x[:, 0] * beta[0] if beta.size == 1 else x @ beta
    largest = eta.max()
    if largest - eta.min() < WIDE:
        chance = pairs.presence * np.exp(eta - largest)
        total = chance.sum(axis=1)
        logs = float(np.log(total).sum()) + float(largest) * total.size
    else:
        there = np.where(pairs.presence > 0, eta, -np.inf)
        highest = there.max(axis=1)
        chance = pairs.presence * np.exp(there - highest[:, None])
        total = chance.sum(axis=1)
        logs = float((np.log(total) + highest).sum())
    chance /= total[:, None]
    mean = chance @ x
    value = float(pairs.sum_of_events @ beta) - logs
    score = pairs.sum_of_events - mean.sum(axis=0)
    if beta.size == 1:
        return _alone(beta, value, float(score[0]), chance=chance, gap=x[:, 0] - mean)
    return penalised(beta, _moments(value, score, chance, x - mean[:, None, :]))


def _alone(beta: Floats, value: float, score: float, *, chance: Floats, gap: Floats) -> Point:
    square = gap * gap
    chance *= square
    variance = chance.sum(axis=1)
    third, fourth = np.vdot(chance, gap), np.vdot(chance, square)
    moments = float(variance.sum()), float(third), float(fourth - 3 * (variance @ variance))
    return penalised_alone(beta, value, score, moments)


def _moments(value: float, score: Floats, chance: Floats, gap: Floats) -> Derivatives:
    """Sum the second, third and fourth cumulants of the covariates over the events."""
    size = score.size
    weighted = chance[:, :, None] * gap
    variances = weighted.transpose(0, 2, 1) @ gap
    flat, weighted = gap.reshape(-1, size), weighted.reshape(-1, size)
    products = (weighted[:, :, None] * flat[:, None, :]).reshape(-1, size * size)

    def fourth(matrix: Floats) -> Floats:
        length = ((flat @ matrix) * flat).sum(axis=1)
        turned = matrix @ variances
        traces = np.trace(turned, axis1=1, axis2=2)
        less = np.tensordot(traces, variances, 1) + 2 * (variances @ turned).sum(axis=0)
        return np.asarray((weighted * length[:, None]).T @ flat - less)

    third = (flat.T @ products).reshape(size, size, size)
    return Derivatives(value, score, variances.sum(axis=0), third, fourth)


def _by_sums(data: Ordered, beta: Floats) -> Point:
    """Take moments from sums of powers over those at risk, added up from the last patient on."""
    eta = data.x @ beta
    risk = np.exp(eta - eta.max())
    centre = risk @ data.x / risk.sum()
    x, size = data.x - centre, beta.size
    second, third = np.triu_indices(size), _triples(size)
    powers = np.column_stack(
        [np.ones(len(x)), x, x[:, second[0]] * x[:, second[1]], x[:, third].prod(axis=2)]
    )
    powers *= risk[:, None]
    sums = np.add.accumulate(powers[::-1])[::-1][data.risk_start]
    if data.entry_order is not None and data.to_come is not None:
        absent = np.zeros((len(x) + 1, powers.shape[1]))
        np.add.accumulate(powers[data.entry_order], out=absent[1:])
        sums -= absent[data.to_come]
    tied = np.add.reduceat(powers[data.event_place], data.tie_start)
    rest = sums[data.tie_of_row] - data.share[:, None] * tied[data.tie_of_row]
    if not rest[:, 0].min() > 0:
        return nowhere(beta)
    total, rest = rest[:, 0], rest[:, 1:] / rest[:, :1]
    mean = rest[:, :size]
    value = float(eta[data.event_place].sum() - np.log(total).sum()) - float(eta.max()) * total.size
    score = (x[data.event_place] - mean).sum(axis=0)
    variance = rest[:, size : size + len(second[0])] - mean[:, second[0]] * mean[:, second[1]]
    place = np.zeros((size, size), dtype=np.intp)
    place[second] = place[second[::-1]] = np.arange(len(second[0]))
    skew = rest[:, size + len(second[0]) :] - mean[:, third].prod(axis=2)
    for own, one, other in ((0, 1, 2), (1, 0, 2), (2, 0, 1)):
        across = variance[:, place[third[:, one], third[:, other]]]
        skew -= mean[:, third[:, own]] * across
    plain = Derivatives(
        value, score, variance.sum(axis=0)[place], _cube(skew.sum(axis=0), third, size), None
    )
    return penalised(beta, plain)


def _triples(size: int) -> NDArray[np.intp]:
    chosen = [(j, k, m) for j in range(size) for k in range(j, size) for m in range(k, size)]
    return np.array(chosen, dtype=np.intp)


def _cube(sums: Floats, triples: NDArray[np.intp], size: int) -> Floats:
    cube = np.zeros((size, size, size))
    for j, k, m in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        cube[triples[:, j], triples[:, k], triples[:, m]] = sums
    return cube
