"""Partial likelihood with the ties of Efron and of Breslow, and what its sums are made of."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autallo.stats.cox.logarithmic import evaluate_in_logarithms
from autallo.stats.cox.point import Point
from autallo.stats.cox.running_sums import (
    over_rows,
    over_slots,
    shifted_ahead,
    shifted_back,
    sums_by_place,
    sums_from_start,
    sums_to_end,
)
from autallo.stats.cox.slots import Ordered

Floats = NDArray[np.float64]

#: Linear predictors further apart than this are summed as logarithms.
WIDEST = 300.0

#: Rows not yet at risk are subtracted while the risk of all is at most so many times that of a
#: risk set, its tied events counted once.
MOST_SUBTRACTED = 1e4


@dataclass(frozen=True, slots=True)
class RiskSums:
    """Sums of relative risk over the rows of each slot.

    Attributes
    ----------
    risk : ndarray of float, shape (m,)
        Weighted risk of each row, relative to exp(`shift`).
    shift : float
        One of the large linear predictors.
    tied : ndarray of float, shape (p + 1, d)
        Over the rows with the event: risk, and risk times each covariate.
    staying : ndarray of float, shape (p + 1, d)
        The same over the others at risk.
    subtracted : bool
        Whether rows not yet at risk were subtracted; if not, they were never added.
    """

    risk: Floats
    shift: float
    tied: Floats
    staying: Floats
    subtracted: bool


@dataclass(frozen=True, slots=True)
class Steps:
    """What the events of each slot add, with the ties as chosen; all of shape (d,).

    With the j-th of d tied events the risk set is the others at risk and the share s = 1 - j / d
    of the tied; a is one over its risk, w the mean weight of the events.

    Attributes
    ----------
    log_risk : ndarray of float
        Sum of w log(1 / a).
    whole, part : ndarray of float
        Sum of w a, the step of the cumulative hazard; and of w a s, the step for the tied.
    square, cross, part_square : ndarray of float
        Sums of w a^2, w a^2 s, w a^2 s^2.
    """

    log_risk: Floats
    whole: Floats
    part: Floats
    square: Floats
    cross: Floats
    part_square: Floats


def evaluate(data: Ordered, beta: Floats) -> Point:
    """Return log partial likelihood, gradient and information, with Efron's or Breslow's ties."""
    sums = risk_sums(data, beta)
    if sums is None:
        return evaluate_in_logarithms(data, beta)
    steps = hazard_steps(data, sums)
    expected = sums.staying[1:] @ steps.whole + sums.tied[1:] @ steps.part
    return Point(
        beta=beta,
        value=log_likelihood(data, beta, sums, steps),
        gradient=data.event_x.sum(axis=1) - expected,
        information=information(data, sums, steps),
    )


def log_likelihood(data: Ordered, beta: Floats, sums: RiskSums, steps: Steps) -> float:
    """Return the log partial likelihood."""
    own = beta @ data.event_x - sums.shift * (data.mean_weight * data.tied)
    return float((own - steps.log_risk).sum())


def risk_sums(data: Ordered, beta: Floats) -> RiskSums | None:
    """Return the sums over the risk sets of all slots; None if risks lie too far apart."""
    risk = np.empty(data.last.size)
    tied = np.zeros((len(data.x1), data.n_slots))
    leaving = np.zeros_like(tied)
    shift, highest, lowest = math.nan, -math.inf, math.inf
    for block in data.blocks:
        own, into = data.x1[:, block.rows], tied if block.with_event else leaving
        eta = beta @ own[1:]
        highest, lowest = max(highest, float(eta.max())), min(lowest, float(eta.min()))
        if highest - lowest > WIDEST:
            return None
        shift = shift if block.rows.start else highest
        eta -= shift
        np.exp(eta, out=risk[block.rows])
        if data.weight is not None:
            risk[block.rows] *= data.weight[block.rows]
        into[:, block.slot] += np.add.reduceat(own * risk[block.rows], block.start, axis=1)
    later = sums_to_end(tied + leaving, data.stratum_start)
    staying = shifted_ahead(later, data.stratum_start)
    staying += leaving
    if not data.delayed.size:
        return RiskSums(risk, shift, tied, staying, subtracted=True)
    late = _not_yet_at_risk(data, risk)
    most = staying[0] + tied[0]
    staying -= late
    np.maximum(staying[0], 0.0, out=staying[0])
    if (most <= MOST_SUBTRACTED * (staying[0] + tied[0] / data.tied)).all():
        return RiskSums(risk, shift, tied, staying, subtracted=True)
    staying = np.array([over_rows(data.surviving, risk * own, np.add, 0.0) for own in data.x1])
    return RiskSums(risk, shift, tied, staying, subtracted=False)


def _not_yet_at_risk(data: Ordered, risk: Floats) -> Floats:
    first = data.first[data.delayed]
    late = risk[data.delayed]
    entering = np.array(
        [sums_by_place(first, late * own[data.delayed], data.n_slots) for own in data.x1]
    )
    return shifted_ahead(sums_to_end(entering, data.stratum_start), data.stratum_start)


def hazard_steps(data: Ordered, sums: RiskSums) -> Steps:
    """Return what the events of each slot add."""
    share, weight = data.staying_share, data.mean_weight
    if share is None:
        risk = sums.staying[0] + sums.tied[0]
        total = weight * data.tied
        whole = total / risk
        square = whole / risk
        return Steps(total * np.log(risk), whole, whole, square, square, square)
    slot = data.event_slot
    risk = sums.staying[0][slot] + share * sums.tied[0][slot]
    one = 1 / risk
    part = one * share
    return Steps(
        *(
            weight * np.add.reduceat(terms, data.event_start)
            for terms in (np.log(risk), one, part, one * one, one * part, part * part)
        )
    )


def information(
    data: Ordered, sums: RiskSums, steps: Steps, factor: Floats | None = None
) -> Floats:
    """Return the information; with a factor for each slot, what it adds counts so many times."""
    whole, part = steps.whole, steps.part
    squares = (steps.square, steps.cross, steps.part_square)
    if factor is not None:
        whole, part = whole * factor, part * factor
        squares = (squares[0] * factor, squares[1] * factor, squares[2] * factor)
    weight = accumulated(data, sums, whole, part)
    weight *= sums.risk
    second = np.zeros((len(data.x), len(data.x)))
    for block in data.blocks:
        own = data.x[:, block.rows]
        second += (own * weight[block.rows]) @ own.T
    staying, tied = sums.staying[1:], sums.tied[1:]
    across = (staying * squares[1]) @ tied.T
    means = (staying * squares[0]) @ staying.T + across + across.T + (tied * squares[2]) @ tied.T
    return np.asarray(second - means, dtype=np.float64)


def accumulated(data: Ordered, sums: RiskSums, whole: Floats, part: Floats) -> Floats:
    """Return what each row gathers in the slots it is at risk in: `part` where it has the event."""
    slot, n = data.event_slot, data.n_with_event
    if not sums.subtracted:
        gathered = over_slots(data.surviving, whole, np.add, 0.0)
        gathered[:n] += part[slot]
        return gathered
    up_to = sums_from_start(whole, data.stratum_start)
    before = shifted_back(up_to, data.stratum_start)
    gathered = np.empty(data.last.size)
    (before + part).take(slot, out=gathered[:n])
    up_to.take(data.last[n:], out=gathered[n:])
    if data.delayed.size:
        gathered[data.delayed] -= before[data.first[data.delayed]]
    return gathered
