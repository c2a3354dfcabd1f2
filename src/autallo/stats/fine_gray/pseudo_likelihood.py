"""Pseudo-likelihood of the Fine-Gray model: value, gradient and information in counting passes.

A patient with a competing event at T stays in the risk sets of later times t with the weight
G(t-) / G(T-), where G is the probability not to be censored. The weight is a product of something
of the day and something of the patient, so every sum over a risk set is a cumulative sum over the
patients still followed plus G(t-) times one over the patients with a competing event. The sums
are kept as plain numbers, or as logarithms where the risks are too far apart for that.
"""

from dataclasses import dataclass

import numpy as np

from autallo.stats.fine_gray.patients import COMPETING, Floats, Patients

#: Patients are multiplied out in blocks of so many, which stay in the processor's cache.
BLOCK = 16_384

#: Risks further apart than this many powers of e are summed as logarithms.
WIDEST = 500.0


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """How sums and products of positive numbers are made."""

    plus: np.ufunc
    times: np.ufunc
    over: np.ufunc
    nothing: float
    logarithms: bool

    def of(self, numbers: Floats) -> Floats:
        """Return plain numbers as this arithmetic keeps them."""
        if not self.logarithms:
            return numbers
        with np.errstate(divide="ignore"):
            return np.log(numbers)

    def plain(self, kept: Floats) -> Floats:
        """Return what is kept as plain numbers."""
        return np.exp(kept) if self.logarithms else kept

    def from_start(self, terms: Floats) -> Floats:
        """Return sums of the first 0, 1, 2, ... terms along the last axis."""
        sums = np.empty((*terms.shape[:-1], terms.shape[-1] + 1))
        sums[..., 0] = self.nothing
        self.plus.accumulate(terms, axis=-1, out=sums[..., 1:])
        return sums

    def to_end(self, terms: Floats) -> Floats:
        """Return sums of all terms but the first 0, 1, 2, ... along the last axis."""
        return self.from_start(terms[..., ::-1])[..., ::-1]


PLAIN = Arithmetic(np.add, np.multiply, np.divide, 0.0, logarithms=False)
LOGARITHMS = Arithmetic(np.logaddexp, np.add, np.subtract, -np.inf, logarithms=True)


@dataclass(frozen=True, slots=True)
class Point:
    """The pseudo-likelihood at these coefficients, and the sums that it is made from.

    Attributes
    ----------
    beta : ndarray of float, shape (p,)
        Coefficients.
    value : float
        Log pseudo-likelihood.
    gradient, information : ndarray of float, shape (p,) and (p, p)
        Its first derivative, and its second one with the sign turned.
    kept : Arithmetic
        How `risk`, `step` and `waiting` are kept.
    origin : ndarray of float, shape (p,)
        What is taken off the covariates before they are summed.
    risk : ndarray of float, shape (n,)
        Risk of each patient, over the highest one of all.
    highest : float
        Logarithm of the highest risk.
    mean : ndarray of float, shape (p, e)
        Mean of the covariates, less `origin`, in the risk set of each event day.
    step : ndarray of float, shape (e,)
        One over the sum of risks, over the highest one, in each risk set.
    waiting : ndarray of float, shape (p + 1, g, t)
        Sums over the patients of each group with a competing event before each time, of risk over
        G(T-): times 1, then times each covariate.
    expected : ndarray of float, shape (n,)
        Expected number of events of each patient.
    """

    beta: Floats
    value: float
    gradient: Floats
    information: Floats
    kept: Arithmetic
    origin: Floats
    risk: Floats
    highest: float
    mean: Floats
    step: Floats
    waiting: Floats
    expected: Floats


def evaluate(patients: Patients, beta: Floats) -> Point:
    """Sum over the risk sets."""
    x, events = patients.x, np.add.reduce(patients.events)
    eta = beta @ x
    highest = float(eta.max())
    eta -= highest
    kept = PLAIN if eta.min() > -WIDEST else LOGARITHMS
    origin = x.min(axis=1) - 1 if kept.logarithms else np.zeros(len(x))
    risk = eta if kept.logarithms else np.exp(eta, out=eta)
    sums = _by_cell(patients, risk, origin, kept)
    waiting = _waiting(patients, sums[:, :, COMPETING], kept)
    at_risk = _at_risk(patients, sums, waiting, kept)
    step = kept.over(0.0 if kept.logarithms else 1.0, at_risk[0])
    mean = kept.plain(kept.over(at_risk[1:], at_risk[0]))
    hazard = carried(patients, kept.times(kept.of(events), step), kept)
    expected = kept.plain(kept.times(risk, hazard.ravel()[patients.cell]))
    middle = mean + origin[:, None]
    log_sums = at_risk[0] if kept.logarithms else np.log(at_risk[0])
    total = np.add.reduce(patients.sum_of_events, axis=1)
    return Point(
        beta=beta,
        value=float(beta @ total - events @ (log_sums + highest)),
        gradient=total - middle @ events,
        information=_weighted_squares(x, expected) - (middle * events) @ middle.T,
        kept=kept,
        origin=origin,
        risk=risk,
        highest=highest,
        mean=mean,
        step=step,
        waiting=waiting,
        expected=expected,
    )


def log_jumps(patients: Patients, point: Point) -> Floats:
    """Return logarithms of the jumps of the cumulative hazard where all covariates are 0."""
    events = np.log(np.add.reduce(patients.events))
    step = point.step if point.kept.logarithms else np.log(point.step)
    return np.asarray(events + step - point.highest)


def residuals(patients: Patients, point: Point) -> Floats:
    """Return sums over the events of each day of the covariates less their mean, shape (p, e)."""
    middle = point.mean + point.origin[:, None]
    return np.asarray(patients.sum_of_events - np.add.reduce(patients.events) * middle)


def carried(patients: Patients, step: Floats, kept: Arithmetic) -> Floats:
    """Return sums over the event days that a patient of each cell is at risk, with weights.

    Steps of shape (..., e) give a table of shape (..., g, 3, t).
    """
    followed = kept.from_start(step)[..., patients.until]
    table = np.repeat(followed[..., None, None, :], patients.shape[0], axis=-3)
    table = np.repeat(table, patients.shape[1], axis=-2)
    weight = kept.of(patients.free[:, patients.event_day])
    later = kept.to_end(kept.times(weight, step[..., None, :]))[..., patients.until]
    own = table[..., COMPETING, :]
    kept.plus(own, kept.over(later, _divisor(patients, kept)), out=own)
    return table


def _by_cell(patients: Patients, risk: Floats, origin: Floats, kept: Arithmetic) -> Floats:
    """Return sums of risk, and of risk times each covariate, over the patients of each cell."""
    cell, size = patients.cell, int(np.prod(patients.shape))
    sums = np.empty((len(patients.x) + 1, size))
    highest = None
    if kept.logarithms:
        highest = np.full(size, -np.inf)
        np.maximum.at(highest, cell, risk)
        risk = np.exp(risk - highest[cell])
    sums[0] = np.bincount(cell, risk, size)
    for row, column, low in zip(sums[1:], patients.x, origin.tolist(), strict=True):
        row[:] = np.bincount(cell, risk * (column - low if low else column), size)
    if highest is not None:
        sums = kept.of(sums) + highest
    return sums.reshape(-1, *patients.shape)


def _waiting(patients: Patients, competing: Floats, kept: Arithmetic) -> Floats:
    """Return sums over the patients with a competing event before each time."""
    return kept.from_start(kept.over(competing, _divisor(patients, kept)))[..., :-1]


def _at_risk(patients: Patients, sums: Floats, waiting: Floats, kept: Arithmetic) -> Floats:
    """Return sums over the risk set of each event day."""
    day = patients.event_day
    leaving = kept.plus.reduce(sums.reshape(len(sums), -1, patients.time.size), axis=1)
    followed = kept.to_end(leaving)[:, day]
    weight = kept.of(patients.free[:, day])
    weighted = kept.plus.reduce(kept.times(waiting[..., day], weight), axis=1)
    return np.asarray(kept.plus(followed, weighted))


def _weighted_squares(x: Floats, weight: Floats) -> Floats:
    """Return the sum over the patients of weight times covariates times covariates."""
    blocks = [slice(first, first + BLOCK) for first in range(0, weight.size, BLOCK)]
    squares = [(x[:, block] * weight[block]) @ x[:, block].T for block in blocks]
    return np.asarray(np.add.reduce(squares))


def _divisor(patients: Patients, kept: Arithmetic) -> Floats:
    """Return G(T-), or 1 where it is 0, which is where nobody has an event."""
    return kept.of(np.where(patients.free > 0, patients.free, 1.0))
