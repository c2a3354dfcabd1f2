"""Variance of the cumulative incidence of competing causes, by three formulas."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from autallo.stats.risk_sets import RiskSets
from autallo.stats.survival.steps import just_before

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64] | NDArray[np.float64]
Variance = Literal["delta", "cmprsk"]

VARIANCES: tuple[str, ...] = get_args(Variance)


@dataclass(frozen=True, slots=True)
class EventCounts:
    """What the curves are made from; causes in rows, times in columns.

    Attributes
    ----------
    time, at_risk : ndarray, shape (t,)
        Distinct times, and the patients at risk just before them.
    events : ndarray, shape (k, t)
        Events of each cause.
    dead, staying : ndarray, shape (t,)
        Patients at risk who have an event then, and who have none.
    event_free, before : ndarray, shape (t,)
        Probability of no event up to each time, and just before it.
    entry : ndarray, shape (n,), or None
        Times of entry, ascending.
    squares : RiskSets or None
        The same counts of squared weights.
    """

    time: Floats
    at_risk: Numbers
    events: Numbers
    dead: Numbers
    staying: Numbers
    event_free: Floats
    before: Floats
    entry: Floats | None
    squares: RiskSets | None


def incidence_variance(step: Floats, counts: EventCounts, variance: Variance) -> Floats:
    """Return the variance of each curve at each time.

    The noise of a time has the variance `own` in the curve itself and `free` in the event-free
    share, relative to it; `shared` is their covariance, with the sign turned.
    """
    if counts.squares is not None:
        return _jackknife_variance(step, counts, counts.squares)
    scale = counts.before / counts.at_risk
    if variance == "delta":
        own = 1 - counts.events / counts.at_risk
        shared = step / counts.at_risk
        free = counts.dead / (counts.at_risk * np.maximum(counts.staying, 1))
    else:
        others = counts.dead - counts.events
        own, other = (_of_ties(count, counts.at_risk) for count in (counts.events, others))
        share = np.where(counts.event_free > 0, counts.event_free, 1.0)
        shared = own * step * (scale / share)
        # All other causes are one kind of event, whose ties are counted together.
        free = (shared + other * others * (scale**2 / share)) / share
    own *= scale
    own *= step
    later = step[:, 1:]
    relative = later * np.add.accumulate(free, axis=-1)[..., :-1]
    shared[:, 1:] -= relative
    np.add.accumulate(shared, axis=1, out=shared)
    relative -= 2 * shared[:, :-1]
    relative *= later
    own[:, 1:] += relative
    np.add.accumulate(own, axis=1, out=own)
    return np.maximum(own, 0.0, out=own)


def _of_ties(events: Numbers, at_risk: Numbers) -> Floats:
    """Return the factor that ties take off the variance of independent events."""
    return np.asarray(1 - np.maximum(events - 1, 0) / np.maximum(at_risk - 1, 1))


def _jackknife_variance(step: Floats, counts: EventCounts, squares: RiskSets) -> Floats:
    """Return the sum over patients of squared weight times squared influence.

    With weights, the noise of a time is not independent of what those at risk have contributed
    before: `risen` and `kept` are the influence of each of them on the curve and, relatively, on
    the event-free share; `lean` and `drop` the sums of squared weight times noise.
    """
    weight, events = squares.at_risk[0], squares.leaving[0, 1:]
    dead = np.add.reduce(events)
    scale, hazard = counts.before / counts.at_risk, counts.events / counts.at_risk
    any_cause = counts.dead / counts.at_risk
    staying = np.where(counts.staying > 0, counts.staying, 1.0)
    own = scale**2 * (events * (1 - 2 * hazard) + weight * hazard**2)
    shared = scale / staying * (events * (1 - any_cause) - hazard * (dead - any_cause * weight))
    free = (dead * (1 - 2 * any_cause) + weight * any_cause**2) / staying**2
    lean, drop = scale * (events - hazard * weight), (any_cause * weight - dead) / staying
    kept = just_before(np.add.accumulate(any_cause / staying), 0.0)
    carried = step * kept
    risen = just_before(np.add.accumulate(carried - scale * hazard, axis=1), 0.0) + carried
    relative = step * just_before(np.add.accumulate(free + 2 * kept * drop), 0.0)
    change = relative - shared + risen * drop + kept * lean
    covariance = just_before(np.add.accumulate(change, axis=1), 0.0)
    growth = own + 2 * risen * lean + step * (relative + 2 * covariance)
    return np.add.accumulate(growth, axis=1).clip(min=0.0)
