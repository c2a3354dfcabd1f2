"""What each row contributes to the slope of the partial likelihood."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autallo.errors import ArgumentError
from autallo.stats.cox.partial_likelihood import (
    WIDEST,
    RiskSums,
    Steps,
    accumulated,
    hazard_steps,
    risk_sums,
)
from autallo.stats.cox.slots import Ordered

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hazards:
    """Risk and hazard at some coefficients.

    Attributes
    ----------
    sums : RiskSums
        Sums over the risk sets.
    steps : Steps
        What the events of each slot add.
    relative : ndarray of float, shape (m,)
        Risk of each row without its weight, relative to exp(`sums.shift`).
    """

    sums: RiskSums
    steps: Steps
    relative: Floats


def hazards(data: Ordered, beta: Floats) -> Hazards:
    """Return the sums over the risk sets, or refuse if risks lie too far apart for them."""
    sums = risk_sums(data, beta)
    if sums is None:
        raise ArgumentError(f"`x` must not spread linear predictors over more than {WIDEST:g}.")
    relative = sums.risk if data.weight is None else sums.risk / data.weight
    return Hazards(sums, hazard_steps(data, sums), relative)


def expected_events(data: Ordered, found: Hazards) -> Floats:
    """Return the events expected of each row while it is at risk."""
    return found.relative * accumulated(data, found.sums, found.steps.whole, found.steps.part)


def mean_covariates(data: Ordered, found: Hazards) -> Floats:
    """Return the mean covariates of the risk set of each slot, of its tied events on average."""
    staying, tied = found.sums.staying[1:], found.sums.tied[1:]
    total = staying * found.steps.whole + tied * found.steps.part
    return np.asarray(total / (data.mean_weight * data.tied), dtype=np.float64)


def mean_steps(found: Hazards) -> tuple[Floats, Floats]:
    """Return the steps of the hazard times mean covariates, for all at risk and for the tied."""
    staying, tied, steps = found.sums.staying[1:], found.sums.tied[1:], found.steps
    whole = staying * steps.square + tied * steps.cross
    return whole, staying * steps.cross + tied * steps.part_square


def score_terms(data: Ordered, found: Hazards) -> Floats:
    """Return the contribution of each row, without its weight, to each slope, shape (p, m)."""
    whole, part = mean_steps(found)
    terms = -data.x * expected_events(data, found)
    for own, all_of_it, of_tied in zip(terms, whole, part, strict=True):
        own += found.relative * accumulated(data, found.sums, all_of_it, of_tied)
    n = data.n_with_event
    terms[:, :n] += data.x[:, :n] - mean_covariates(data, found)[:, data.event_slot]
    return terms
