"""Scores of Gray's test, and their covariance, from the patients at risk and the events."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autallo.stats.survival.steps import just_before

Floats = NDArray[np.float64]


Counts = NDArray[np.int64]


#: Share of the whole below which a variance or a probability is rounding, not information.
NEGLIGIBLE = 1e-10


#: Less than any event-free share of patients at risk, but not 0.
SMALLEST = 1e-200


@dataclass(frozen=True, slots=True)
class GroupCurves:
    """Curves of each group, shape (..., g, t): studies or arrangements in the leading axes.

    Attributes
    ----------
    free_before, free : ndarray
        Event-free share just before and at each time.
    weight : ndarray
        Event-free share just before over patients at risk: what one of them stands for; 0 where
        nobody is at risk.
    height : ndarray
        Patients at risk over event-free share: the group's size in the pooled curve.
    risk_set : ndarray
        Patients who could still have the event of interest, had none been censored.
    """

    free_before: Floats
    free: Floats
    weight: Floats
    height: Floats
    risk_set: Floats


@dataclass(frozen=True, slots=True)
class _Pooled:
    """Events of interest, sizes and incidence of all groups together, shape (..., 1, t).

    Attributes
    ----------
    events : ndarray
        Events of interest.
    total : ndarray
        Sum of the groups' heights.
    step, incidence : ndarray
        Pooled incidence, and how much of it comes at each time.
    ahead : ndarray
        One minus what the pooled incidence was just before.
    """

    events: Floats
    total: Floats
    step: Floats
    incidence: Floats
    ahead: Floats


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of the groups, studies in the leading axes if there are several.

    Attributes
    ----------
    score : ndarray, shape (..., g)
        Weighted observed minus expected events of each group.
    covariance : ndarray, shape (..., g - 1, g - 1)
        Estimated covariance of all but the last.
    allowed : ndarray of bool, shape (...)
        False if the pooled incidence is 1 before the last event: the covariance means nothing.
    """

    score: Floats
    covariance: Floats
    allowed: NDArray[np.bool_]


def scores_of_groups(at_risk: Floats, wanted: Floats, dead: Floats, *, rho: float) -> Scores:
    """Score the groups of one study, shape (g, t), or of several with equally many times.

    Counted are those at risk, those with the event of interest, and those with any event, at the
    times at which two groups or more are at risk. Studies, if several, are in the leading axes.

    The covariance adds, for each time and group, the squared slope of the scores on an event of
    interest and on a competing event there. A slope is the event's own effect on the scores, plus
    what it does to the group's later curve times the later effect of that curve on the scores.
    """
    curves = group_curves(at_risk, wanted, dead)
    pooled = _pooled(wanted, curves)
    weight = np.maximum(pooled.ahead, 0.0) ** rho
    own, later = _slopes(weight, curves, pooled)
    # Where a group's curves have come to their end, later events move nothing.
    pull = (curves.free > 0) * (1 - pooled.incidence) / np.maximum(curves.free, SMALLEST)
    pull = pull[..., None, :, :]
    own += (1 - pull) * later
    later *= pull
    covariance = _weighted_product(own, _noise_of_interest(curves, pooled))
    covariance += _weighted_product(later, _noise_of_competing(at_risk, dead - wanted, curves))
    lost = (pooled.ahead == 0) & (pooled.events > 0)
    return Scores(
        score=np.add.reduce(weight * excess(wanted, curves), axis=-1),
        covariance=covariance,
        allowed=np.logical_not(lost.any(axis=(-2, -1))),
    )


def group_curves(at_risk: Floats, wanted: Floats, dead: Floats) -> GroupCurves:
    """Estimate the curves of the groups from those at risk, with the event, with any event."""
    someone = np.maximum(at_risk, 1)
    free = np.multiply.accumulate((someone - dead) / someone, axis=-1)
    free_before = just_before(free, 1.0)
    weight = free_before * (at_risk > 0) / someone
    incidence = np.add.accumulate(weight * wanted, axis=-1)
    # Where nobody is event-free, nobody is at risk, and the height is 0.
    height = at_risk / np.maximum(free_before, SMALLEST)
    risk_set = height * (1 - just_before(incidence, 0.0))
    return GroupCurves(free_before, free, weight, height, risk_set)


def excess(wanted: Floats, curves: GroupCurves) -> Floats:
    """Events of interest in each group less those expected there."""
    share = _over_groups(wanted) / _over_groups(curves.risk_set)
    return np.asarray(wanted - share * curves.risk_set, dtype=np.float64)


def _over_groups(values: Floats) -> Floats:
    return np.asarray(np.add.reduce(values, axis=-2, keepdims=True), dtype=np.float64)


def _pooled(wanted: Floats, curves: GroupCurves) -> _Pooled:
    events, total = _over_groups(wanted), _over_groups(curves.height)
    step = events / total
    incidence = np.add.accumulate(step, axis=-1)
    ahead = 1 - just_before(incidence, 0.0)
    ahead[np.abs(ahead) < NEGLIGIBLE] = 0.0
    return _Pooled(events, total, step, incidence, ahead)


def _slopes(weight: Floats, curves: GroupCurves, pooled: _Pooled) -> tuple[Floats, Floats]:
    """Effect of each group's events on the scores of all groups but the last: own, and later.

    Both have shape (..., g - 1, g, t).
    """
    weighted, part = weight * curves.height, curves.height / pooled.total
    own = weighted[..., :-1, None, :] * -part[..., None, :, :]
    for group in range(own.shape[-3]):
        own[..., group, group, :] += weighted[..., group, :]
    # No event, no effect, even where nothing is ahead.
    hazard = pooled.step / (pooled.ahead + (pooled.ahead == 0))
    later = np.add.accumulate(own * hazard[..., None, :, :], axis=-1)
    return own, later[..., -1:] - later


def _weighted_product(slope: Floats, noise: Floats) -> Floats:
    rows = slope.reshape(*slope.shape[:-2], -1)
    weighted = (slope * noise[..., None, :, :]).reshape(rows.shape)
    return np.asarray(weighted @ rows.swapaxes(-1, -2), dtype=np.float64)


def _noise_of_interest(curves: GroupCurves, pooled: _Pooled) -> Floats:
    """Variance of the pooled estimate's increment in each group, with the factor for ties."""
    reach = np.maximum(pooled.total * curves.free_before - 1, NEGLIGIBLE)
    ties = 1 - np.maximum(pooled.events - 1, 0) / reach
    return np.asarray(ties * curves.weight * pooled.step, dtype=np.float64)


def _noise_of_competing(at_risk: Floats, competing: Floats, curves: GroupCurves) -> Floats:
    """Variance of a group's competing increment, with the factor for ties."""
    ties = 1 - np.maximum(competing - 1, 0) / np.maximum(at_risk - 1, 1)
    return np.asarray(ties * competing * curves.weight**2, dtype=np.float64)


def quadratic_forms(score: Floats, covariance: Floats) -> list[float | None]:
    """Chi-squared statistic of the scores in each row, or None if their covariance is singular."""
    if score.shape[1] == 1:
        pairs = zip(score.ravel().tolist(), covariance.ravel().tolist(), strict=True)
        return [one**2 / variance if variance > 0 else None for one, variance in pairs]
    least = np.linalg.eigvalsh(covariance)[:, 0]
    definite = least > NEGLIGIBLE * np.abs(np.trace(covariance, axis1=1, axis2=2))
    score, covariance = score[definite], covariance[definite]
    solved = np.linalg.solve(covariance, score[..., None])
    found = iter((score[:, None, :] @ solved).ravel().tolist())
    return [next(found) if one else None for one in definite.tolist()]
