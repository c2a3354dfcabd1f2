"""Weights that give one group the means of the other, and are otherwise as equal as can be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from autallo.errors import ArgumentError
from autallo.stats.confounding.patients import (
    GROUPS,
    Flags,
    Floats,
    Patients,
    as_patients,
    naming_covariates,
)
from autallo.stats.confounding.weights import group_weights
from autallo.stats.regression.covariates import Standardised, listed, standardise
from autallo.stats.regression.separation import allowed, separation, varying

__all__ = ["EntropyBalance", "entropy_balance"]

Target = Literal["treated", "untreated"]

#: A patient nearer to the target than this many standard deviations is at the target.
AT_TARGET = 1e-9

#: Means further from the target than this many standard deviations are not balanced.
BALANCED = 1e-9

#: Weights this many times smaller than the largest are 0.
MOST_UNEQUAL = 1e12

#: Newton's method ends when a step promises less than this.
SMALLEST_GAIN = 1e-28
MOST_STEPS = 500
MOST_HALVINGS = 60

#: A step must gain this share of what it promises, rounding apart.
GAINED, ROUNDING = 1e-4, 1e-14


@dataclass(frozen=True, slots=True)
class EntropyBalance:
    """Weights under which the group compared has the means of the target group.

    In each pair of numbers the untreated come first.

    Attributes
    ----------
    weight : ndarray of float, shape (n,)
        Weight of each patient in their order: 1 in the target group; in the other at least 0, and
        their sum is the size of the target group.
    estimand : {"treated", "untreated"}
        The target group, whom the comparison is about.
    total : ndarray of float, shape (2,)
        Sum of the weights of each group.
    effective_sample_size : ndarray of float, shape (2,)
        How many patients of equal weight are as informative as each group.
    largest_share : ndarray of float, shape (2,)
        Share of the weight of each group that its heaviest patient carries [0 to 1].
    target : ndarray of float, shape (p,)
        Means of the target group, in the units of the covariates.
    coefficient : ndarray of float, shape (p,)
        Rise of the logarithm of the weight per unit of each covariate, among those who weigh.
    names : tuple of str, length p
        What the covariates are called.
    largest_difference : float
        Largest remaining difference of a mean from its target, in standard deviations of all
        patients: rounding.
    unused : int
        Patients of the group compared whose weight is 0: there is no balance with them, or they
        would weigh less than 1e-12 of the heaviest.
    iterations : int
        Newton steps taken.
    """

    weight: Floats
    estimand: Target
    total: Floats
    effective_sample_size: Floats
    largest_share: Floats
    target: Floats
    coefficient: Floats
    names: tuple[str, ...]
    largest_difference: float
    unused: int
    iterations: int


@dataclass(frozen=True, slots=True)
class _Tilt:
    """Shares of the patients who weigh, log weight per unit, and steps taken."""

    share: Floats
    coefficient: Floats
    iterations: int


def entropy_balance(
    treated: ArrayLike,
    covariates: ArrayLike,
    *,
    estimand: Target = "treated",
    names: Sequence[str] | None = None,
) -> EntropyBalance:
    r"""Estimate weights that give one group exactly the covariate means of the other.

    Parameters
    ----------
    treated : array_like of bool, shape (n,)
        True (1) for patients of the treated group, false (0) for those of the other.
    covariates : array_like of float, shape (n,) or (n, p)
        What was known before treatment, one column each. A square of a column as a further column
        balances its variance too.
    estimand : {"treated", "untreated"}
        The target group: it stays as it is, and the other one is weighted.
    names : sequence of str or None
        What results and messages call the columns; None for their places.

    Returns
    -------
    EntropyBalance

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a value is missing, nobody or everybody is treated, a
        covariate is constant or a combination of those before it, or no weights give the means of
        the target group: the sentence names the covariates.

    Notes
    -----
    Of all weights :math:`w_i \ge 0` with :math:`\sum w_i x_i / \sum w_i` at the target, those of
    largest entropy :math:`-\sum w_i \log w_i`. They are proportional to :math:`\exp(b'x_i)`, where
    b minimises the logarithm of :math:`\sum \exp\{b'(x_i - target)\}`: Newton's method with
    halving of steps.

    There are such weights if the target lies in the convex hull of the group's patients. That is
    decided before, by the geometry that finds separation in a regression: outside if some
    direction leads from the target to the same side of all patients; within if weights above 0
    bring the patients to the target. On the edge of the hull only the patients of that edge can
    weigh (if none of the target group has a mark, nobody with the mark): the others weigh 0
    (`unused`). Patients within 1e-9 of a dividing plane lie on it. Of covariates that cannot be
    balanced together, the sentence names as few as cannot.

    Balance of means is not balance of the patients: see what is left of them in
    `effective_sample_size`, and ask `assess_overlap`.
    Source: [hainmueller2012]; effective sizes [kish1965]. Checked against another optimiser in R
    (`tests/reference/balancing.json`), by hand (`tests/byhand/test_balancing.py`), by brute force
    (`tests/twins/test_balancing.py`) and by laws (`tests/laws/test_balancing.py`).

    Examples
    --------
    Three in four of the treated have the mark, and one in three of the untreated.

    >>> found = entropy_balance([1, 1, 1, 1, 0, 0, 0], [1, 1, 1, 0, 1, 0, 0])
    >>> found.weight.round(6).tolist()
    [1.0, 1.0, 1.0, 1.0, 3.0, 0.5, 0.5]
    """
    if estimand not in get_args(Target):
        raise ArgumentError('`estimand` must be "treated" or "untreated".')
    patients = as_patients(treated, covariates, names)
    with naming_covariates():
        standard = standardise(patients.covariates)
    aim = patients.treated == (estimand == "treated")
    target = standard.values[aim].mean(axis=0)
    away = standard.values[~aim] - target
    away[np.linalg.norm(away, axis=1) <= AT_TARGET] = 0.0
    weighing = separation(allowed(away, np.zeros((0, target.size)))).overlapping
    if not weighing.any():
        raise ArgumentError(_out_of_reach(patients, away, aim, estimand))
    tilt = _most_equal(away[weighing])
    share = np.zeros(len(away))
    share[weighing] = np.where(tilt.share * MOST_UNEQUAL > tilt.share.max(), tilt.share, 0.0)
    difference = float(np.abs(share @ away).max())
    if not difference <= BALANCED:
        raise ArgumentError(_too_near_the_edge(patients, estimand))
    weight = np.ones(aim.size)
    weight[~aim] = share * int(np.count_nonzero(aim))
    return _as_balance(patients, standard, weight, tilt, estimand=estimand, difference=difference)


def _most_equal(away: Floats) -> _Tilt:
    """Return the shares of largest entropy that bring the patients to 0."""
    basis = varying(away)
    n, r = len(away), basis.shape[1]
    if r == 0:
        return _Tilt(np.full(n, 1 / n), np.zeros(len(basis)), 0)
    inside = away @ basis
    apart = np.linalg.solve(np.linalg.qr(inside, mode="r") / np.sqrt(n), np.eye(r))
    rows = inside @ apart
    place, iterations = np.zeros(r), 0
    height, share = _log_sum(rows, place)
    while iterations < MOST_STEPS:
        slope = share @ rows
        bend = (share * rows.T) @ rows - np.outer(slope, slope)
        step = np.asarray(-np.linalg.lstsq(bend, slope, rcond=None)[0], dtype=np.float64)
        promised = -float(slope @ step)
        if promised < SMALLEST_GAIN:
            break
        ahead = _downhill(rows, place, step, height - GAINED * promised)
        if ahead is None:
            break
        place, height, share = ahead
        iterations += 1
    return _Tilt(share, basis @ (apart @ place), iterations)


def _downhill(
    rows: Floats, place: Floats, step: Floats, below: float
) -> tuple[Floats, float, Floats] | None:
    """Take the step, halved until it goes down enough; None if no part of it does."""
    for _ in range(MOST_HALVINGS):
        ahead = place + step
        height, share = _log_sum(rows, ahead)
        if height <= below + ROUNDING * (1 + abs(height)):
            return ahead, height, share
        step = step / 2
    return None


def _log_sum(rows: Floats, place: Floats) -> tuple[float, Floats]:
    """Return the logarithm of the sum of the patients' exponentials, and the share of each."""
    power = rows @ place
    largest = float(power.max())
    part = np.exp(power - largest)
    total = float(part.sum())
    return largest + float(np.log(total)), part / total


def _out_of_reach(patients: Patients, away: Floats, aim: Flags, estimand: Target) -> str:
    """Say which covariates, as few as may be, have means out of reach."""
    compared, wanted = _called(estimand)
    values, alone = patients.covariates.values, []
    for place, name in enumerate(patients.covariates.names):
        column = values[~aim, place]
        if away[:, place].min() > 0 or away[:, place].max() < 0:
            mean, low, high = float(values[aim, place].mean()), column.min(), column.max()
            alone.append(f"{name} ({mean:g}, while theirs go from {low:g} to {high:g})")
    beginning = f"`covariates` cannot be balanced: no weights give the {compared} patients the mean"
    if alone:
        return f"{beginning} of the {wanted} patients in {', '.join(alone)}."
    needed = _fewest(away)
    together = listed(patients.covariates, needed)
    return f"{beginning}s of the {wanted} patients in all of {together} at once."


def _fewest(away: Floats) -> list[int]:
    """Leave out every covariate without which the target is still out of reach."""
    needed = list(range(away.shape[1]))
    for place in range(away.shape[1]):
        rest = [other for other in needed if other != place]
        cone = allowed(np.ascontiguousarray(away[:, rest]), np.zeros((0, len(rest))))
        if not separation(cone).overlapping.any():
            needed = rest
    return needed


def _too_near_the_edge(patients: Patients, estimand: Target) -> str:
    compared, wanted = _called(estimand)
    names = ", ".join(patients.covariates.names)
    return (
        f"`covariates` cannot be balanced: the {wanted} patients' means of {names} lie too near "
        f"the edge of what the {compared} patients can be weighted to."
    )


def _called(estimand: Target) -> tuple[str, str]:
    """Return what the group compared, and the target group, are called."""
    return GROUPS[estimand == "untreated"], estimand


def _as_balance(
    patients: Patients,
    standard: Standardised,
    weight: Floats,
    tilt: _Tilt,
    *,
    estimand: Target,
    difference: float,
) -> EntropyBalance:
    aim = patients.treated == (estimand == "treated")
    group = group_weights(weight, patients.treated)
    return EntropyBalance(
        weight=weight,
        estimand=estimand,
        total=group.total,
        effective_sample_size=group.effective,
        largest_share=group.largest_share,
        target=patients.covariates.values[aim].mean(axis=0),
        coefficient=tilt.coefficient / standard.scale,
        names=patients.covariates.names,
        largest_difference=difference,
        unused=int(np.count_nonzero(weight == 0)),
        iterations=tilt.iterations,
    )
