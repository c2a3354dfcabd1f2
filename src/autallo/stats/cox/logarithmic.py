"""The same partial likelihood with all sums of risks kept as logarithms, so that none overflows."""

import numpy as np
from numpy.typing import NDArray

from autallo.stats.cox.point import Point
from autallo.stats.cox.running_sums import over_rows, over_slots
from autallo.stats.cox.slots import Ordered

Floats = NDArray[np.float64]


def evaluate_in_logarithms(data: Ordered, beta: Floats) -> Point:
    """Return log partial likelihood, gradient and information; slow, for any linear predictor."""
    eta = beta @ data.x
    n, slot = data.n_with_event, data.event_slot
    share = np.ones(n) if data.staying_share is None else data.staying_share
    log_share, weight = np.log(share), data.mean_weight[slot]
    log_risk = eta if data.weight is None else eta + np.log(data.weight)
    lowest = data.x.min(axis=1, keepdims=True) - 1
    rest = np.array(
        [
            _of_risk_sets(data, log_risk + own, log_share)
            for own in (np.zeros(eta.size), *np.log(data.x - lowest))
        ]
    )
    mean = np.exp(rest[1:] - rest[0]) + lowest
    log_weight = np.log(weight)
    whole = np.logaddexp.reduceat(log_weight - rest[0], data.event_start)
    part = np.logaddexp.reduceat(log_weight + log_share - rest[0], data.event_start)
    gathered = over_slots(data.surviving, whole, np.logaddexp, -np.inf)
    gathered[:n] = np.logaddexp(gathered[:n], part[slot])
    expected = np.exp(log_risk + gathered)
    own_weight = 1.0 if data.weight is None else data.weight[:n]
    return Point(
        beta=beta,
        value=float((own_weight * eta[:n] - weight * rest[0]).sum()),
        gradient=data.event_x.sum(axis=1) - mean @ weight,
        information=(data.x * expected) @ data.x.T - (mean * weight) @ mean.T,
    )


def _of_risk_sets(data: Ordered, log_terms: Floats, log_share: Floats) -> Floats:
    """Return, for each event, the log sum over the others at risk and its share of the tied."""
    staying = over_rows(data.surviving, log_terms, np.logaddexp, -np.inf)
    tied = np.logaddexp.reduceat(log_terms[: data.n_with_event], data.event_start)
    slot = data.event_slot
    return np.asarray(np.logaddexp(staying[slot], log_share + tied[slot]), dtype=np.float64)
