"""Cox's partial likelihood with the derivatives that Firth's penalty needs."""

from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from autallo.stats.firth.ascent import MANY_PATIENTS, Model
from autallo.stats.firth.penalty import (
    Derivatives,
    Floats,
    Points,
    nowhere,
    penalised,
    penalised_alone,
    penalised_height,
)
from autallo.stats.risk_sets import time_slack

Ties = Literal["efron", "breslow"]

#: Up to so many pairs of an event and a patient, each pair has a cell of a table of its own.
MOST_CELLS = 5_000

#: A table with no more numbers than this is made where sums are not accurate enough.
MOST_IN_TABLE = 4_000_000

#: Sums are accurate as long as squares about one centre for all are not so much larger than those
#: about the mean of each risk set.
MOST_OF_SQUARES = 1e6

#: Those at risk are all who have not left less those to come, as long as more than one part in so
#: many remains.
MOST_TAKEN_OFF = 1e9

#: Smaller shares of the largest risk have lost figures.
SMALLEST_RISK = 1e-280

#: Rows of coefficients are evaluated at once as long as their tables hold no more numbers.
MOST_NUMBERS = 200_000

#: Logarithms of risks that span more than this need a scale for each risk set.
WIDE = 600.0


@dataclass(frozen=True, slots=True)
class Pairs:
    """Each event against each patient.

    Attributes
    ----------
    x : ndarray of float, shape (p, n)
        Covariates, one line each.
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
    sums: bool = True,
) -> Model:
    """Return the penalised partial likelihood of patients with merged times.

    Up to `MOST_CELLS` pairs of an event and a patient are taken one by one; beyond, sums are
    taken. Without `sums`, pairs are taken as far as memory goes.
    """
    order = np.argsort(times, kind="stable")
    times, events, x = times[order], events[order], x[order]
    entry = None if entry is None else entry[order]
    event_place = np.flatnonzero(events)
    at = times[event_place]
    new = np.ones(at.size, dtype=np.bool_)
    new[1:] = at[1:] > at[:-1]
    tie_start = np.flatnonzero(new)
    tie_of_row = np.add.accumulate(new, dtype=np.intp) - 1
    share = np.zeros(at.size)
    if ties == "efron" and tie_start.size < at.size:
        rank = np.arange(at.size) - tie_start[tie_of_row]
        share = rank / np.bincount(tie_of_row)[tie_of_row]
    slack = 0.0 if entry is None else time_slack(times)
    most_cells = MOST_CELLS if sums else MOST_IN_TABLE // x.shape[1] ** 2
    if at.size * times.size <= most_cells:
        presence = (times >= at[:, None]).astype(np.float64)
        if entry is not None:
            presence[entry + slack >= at[:, None]] = 0.0
        if share.any():
            tied = events & (times == at[:, None])
            presence -= tied * share[:, None]
        return _of_pairs(Pairs(np.ascontiguousarray(x.T), presence, x[event_place].sum(axis=0)))
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
    return _of_sums(ordered)


def _of_pairs(pairs: Pairs) -> Model:
    at_once = max(1, MOST_NUMBERS // (pairs.presence.size * len(pairs.x) ** 2))
    return Model(
        partial(_by_pairs, pairs),
        exact=True,
        at_once=at_once,
        heights=partial(_heights_by_pairs, pairs),
    )


def _of_sums(data: Ordered) -> Model:
    heights = partial(_heights_by_sums, data) if len(data.x) <= MANY_PATIENTS else None
    return Model(partial(_by_sums, data), exact=False, at_once=1, heights=heights)


def _by_pairs(pairs: Pairs, beta: Floats) -> Points:
    """Central moments of the covariates in each risk set, straight from their definition."""
    eta = beta @ pairs.x
    largest = float(np.maximum.reduce(eta, axis=None))
    if largest - float(np.minimum.reduce(eta, axis=None)) < WIDE:
        risk = np.exp(eta - largest)
        total = risk @ pairs.presence.T
        logs = np.add.reduce(np.log(total), axis=1) + largest * total.shape[1]
        chance = pairs.presence * risk[:, None, :]
    else:
        there = np.where(pairs.presence > 0, eta[:, None, :], -np.inf)
        highest = there.max(axis=2)
        chance = pairs.presence * np.exp(there - highest[:, :, None])
        total = chance.sum(axis=2)
        logs = (np.log(total) + highest).sum(axis=1)
    chance /= total[:, :, None]
    mean = pairs.x @ chance.transpose(0, 2, 1)
    value = beta @ pairs.sum_of_events - logs
    score = pairs.sum_of_events - np.add.reduce(mean, axis=2)
    if beta.shape[1] == 1:
        gap = pairs.x - mean[:, 0, :, None]
        return _alone(beta, value, score[:, 0], chance=chance, gap=gap)
    return penalised(beta, _moments(value, score, chance, pairs.x[:, None, :] - mean[..., None]))


def _heights_by_pairs(pairs: Pairs, beta: Floats) -> Floats:
    """Penalised log-likelihoods alone, from moments that are not central."""
    most = max(1, MOST_NUMBERS // (len(pairs.x) * pairs.x.shape[1]))
    if len(beta) > most:
        parts = [beta[first : first + most] for first in range(0, len(beta), most)]
        return np.concatenate([_heights_by_pairs(pairs, part) for part in parts])
    eta = beta @ pairs.x
    largest = np.maximum.reduce(eta, axis=1)
    risk = np.exp(np.maximum(eta - largest[:, None], -WIDE))
    total = risk @ pairs.presence.T
    value = beta @ pairs.sum_of_events - np.log(total).sum(axis=1) - largest * total.shape[1]
    chance = ((1 / total) @ pairs.presence) * risk
    mean = ((risk[:, None] * pairs.x) @ pairs.presence.T) / total[:, None]
    information = (chance[:, None] * pairs.x) @ pairs.x.T - mean @ mean.transpose(0, 2, 1)
    return penalised_height(value, information)


def _alone(beta: Floats, value: Floats, score: Floats, *, chance: Floats, gap: Floats) -> Points:
    rows, square = len(beta), gap * gap
    chance *= square
    variance = np.add.reduce(chance, axis=2)
    weighted = chance.reshape(rows, -1)
    information = np.add.reduce(variance, axis=1)
    third = np.vecdot(weighted, gap.reshape(rows, -1))
    fourth = np.vecdot(weighted, square.reshape(rows, -1)) - 3 * np.vecdot(variance, variance)
    return penalised_alone(beta, value, score, (information, third, fourth))


def _moments(value: Floats, score: Floats, chance: Floats, gap: Floats) -> Derivatives:
    """Sum the second, third and fourth cumulants of the covariates over the events."""
    rows, size, events, patients = gap.shape
    table, line = (rows, size, size), (rows, size, -1)
    weighted = chance[:, None] * gap
    products = weighted[:, :, None] * gap[:, None]
    variances = (products @ np.ones(patients)).reshape(rows, -1, events)
    flat, products = gap.reshape(line), products.reshape(rows, size, size, -1)
    third = products @ flat.transpose(0, 2, 1)[:, None]

    def fourth(matrix: Floats) -> Floats:
        length = np.add.reduce((matrix @ flat) * flat, axis=1)
        traces = matrix.reshape(rows, 1, -1) @ variances
        turned = (matrix @ variances.reshape(line)).reshape(rows, size, size, events)
        shifted = turned.transpose(0, 1, 3, 2).reshape(rows, -1, size)
        less = variances @ traces.transpose(0, 2, 1)
        less += 2 * (variances.reshape(line) @ shifted).reshape(less.shape)
        whole = products @ length[:, None, :, None]
        return np.asarray(whole.reshape(table) - less.reshape(table), dtype=np.float64)

    information = np.add.reduce(variances, axis=2).reshape(table)
    return Derivatives(value, score, information, third, fourth)


def _by_sums(data: Ordered, betas: Floats) -> Points:
    """Take moments from sums of powers over those at risk, added up from the last patient on."""
    (beta,) = betas
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
        present = sums[:, 0] - absent[data.to_come, 0]
        if (present * MOST_TAKEN_OFF < sums[:, 0]).any():
            return nowhere(betas)
        sums -= absent[data.to_come]
    tied = np.add.reduceat(powers[data.event_place], data.tie_start)
    rest = sums[data.tie_of_row] - data.share[:, None] * tied[data.tie_of_row]
    if not rest[:, 0].min() > SMALLEST_RISK:
        return nowhere(betas)
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
    information, cube = variance.sum(axis=0)[place], _cube(skew.sum(axis=0), third, size)
    squares = rest[:, size : size + len(second[0])].sum(axis=0)[place]
    if not _accurate(information, squares):
        value = -np.inf
    plain = Derivatives(np.array([value]), score[None], information[None], cube[None], None)
    return penalised(betas, plain)


def _accurate(information: Floats, squares: Floats) -> bool:
    """Whether the information is more than the rounding of the squares it was taken from."""
    size = np.sqrt(squares.diagonal())
    if not size.all():
        return False
    smallest = np.linalg.eigvalsh(information / (size[:, None] * size))[0]
    return bool(smallest * MOST_OF_SQUARES > 1)


def _heights_by_sums(data: Ordered, betas: Floats) -> Floats:
    return np.array([float(_by_sums(data, beta[None]).value[0]) for beta in betas])


def _triples(size: int) -> NDArray[np.intp]:
    chosen = [(j, k, m) for j in range(size) for k in range(j, size) for m in range(k, size)]
    return np.array(chosen, dtype=np.intp)


def _cube(sums: Floats, triples: NDArray[np.intp], size: int) -> Floats:
    cube = np.zeros((size, size, size))
    for j, k, m in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        cube[triples[:, j], triples[:, k], triples[:, m]] = sums
    return cube
