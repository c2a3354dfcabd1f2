"""Maximum likelihood of a model with canonical link, also where the likelihood rises for ever.

If some direction tells patients apart without contradiction, the likelihood rises along it for
ever. The patients told apart then fit perfectly and leave; the others give all that is finite.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from autallo.stats.regression.likelihood import (
    PATIENCE,
    Model,
    Points,
    Top,
    evaluate,
    maximise,
    patient_slopes,
    poisson,
    predictors,
    restricted,
)
from autallo.stats.regression.profile import (
    falling_limit,
    held,
    profile_at_zero,
    profile_limits,
)
from autallo.stats.regression.separation import allowed, may_fall, separation, varying

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: A last step that moves no predictor further than this proves that the estimates are finite.
SHORT = 0.5


@dataclass(frozen=True, slots=True)
class Maximum:
    """Where the likelihood of a model is largest.

    Attributes
    ----------
    model : Model
        All patients.
    null : Points
        The constant alone.
    overlapping : ndarray of bool, shape (n,)
        Patients that no direction tells apart.
    inner : Model
        The model of those patients, in the directions in which they vary.
    basis : ndarray of float, shape (q, r)
        These directions.
    top : Top
        The maximum of `inner`.
    separated : bool
        Whether anybody is told apart.
    """

    model: Model
    null: Points
    overlapping: Flags
    inner: Model
    basis: Floats
    top: Top
    separated: bool


@dataclass(frozen=True, slots=True)
class Contrasts:
    """Contrasts of the coefficients at the maximum.

    Attributes
    ----------
    estimate : ndarray of float, shape (k,)
        Their values, at times infinite.
    rises, falls : ndarray of bool, shape (k,)
        Whether the likelihood lets the contrast rise, or fall, for ever.
    inner : ndarray of float, shape (f, r)
        The finite ones, as contrasts of the coefficients of the inner model.
    """

    estimate: Floats
    rises: Flags
    falls: Flags
    inner: Floats


@dataclass(frozen=True, slots=True)
class Profiles:
    """Profile limits and likelihood-ratio p-values of contrasts, each of shape (k,)."""

    low: Floats
    high: Floats
    p_value: Floats


def maximum_likelihood(model: Model, start: Floats) -> Maximum:
    """Find the maximum; `start` must be the maximum with the constant alone."""
    null, top = evaluate(model, start[None]), maximise(model, start, most=PATIENCE)
    everybody, basis = np.ones(model.outcome.size, dtype=bool), np.eye(start.size)
    if not (top.settled and _proves_finite(model, top)):
        overlapping = _overlapping(model, None)
        if not overlapping.all():
            basis = varying(model.x[:, overlapping].T)
            inner = restricted(model, overlapping, basis)
            top = maximise(inner, basis.T @ start)
            return Maximum(model, null, overlapping, inner, basis, top, separated=True)
        before, top = top.iterations, maximise(model, top.beta)
        top = replace(top, iterations=before + top.iterations)
    return Maximum(model, null, everybody, model, basis, top, separated=False)


def contrasts_at(found: Maximum, contrasts: Floats) -> Contrasts:
    """Return the contrasts at the maximum, and which of them are not finite."""
    rises = falls = np.zeros(len(contrasts), dtype=bool)
    if found.separated:
        cone = allowed(*_rows(found.model))
        rises = np.array([may_fall(cone, -contrast) for contrast in contrasts])
        falls = np.array([may_fall(cone, contrast) for contrast in contrasts])
    finite = ~(rises | falls)
    estimate = np.where(rises, np.inf, -np.inf)
    inner = contrasts[finite] @ found.basis
    estimate[finite] = inner @ found.top.beta
    return Contrasts(estimate, rises, falls, inner)


def covariance_of(found: Maximum, contrasts: Contrasts) -> Floats:
    """Return the covariance from the information: infinite variance where not finite."""
    solved = np.linalg.solve(found.top.information, contrasts.inner.T)
    return _among_finite(contrasts, contrasts.inner @ solved)


def robust_covariance_of(
    found: Maximum, contrasts: Contrasts, cluster: NDArray[np.int64] | None
) -> Floats:
    """Return the sandwich covariance (HC0) of independent patients, or clusters."""
    pulls = patient_slopes(found.inner, found.top.beta) * found.inner.x
    if cluster is not None and pulls.size:
        own = cluster[found.overlapping]
        pulls = np.stack([np.bincount(own, weights=row) for row in pulls])
    felt = contrasts.inner @ np.linalg.solve(found.top.information, pulls)
    return _among_finite(contrasts, felt @ felt.T)


def profiles_of(found: Maximum, contrasts: Floats, at: Contrasts, *, width: float) -> Profiles:
    """Return profile limits, `width` standard errors apart, and likelihood-ratio p-values."""
    low = np.where(at.falls, -np.inf, np.nan)
    high = np.where(at.rises, np.inf, np.nan)
    p_value = np.ones(len(contrasts))
    finite = ~(at.rises | at.falls)
    if finite.any():
        limits = profile_limits(found.inner, found.top, at.inner, width=width)
        low[finite], high[finite] = limits.low, limits.high
        fall = found.top.value - profile_at_zero(found.inner, found.top, at.inner)
        p_value[finite] = chdtrc(1, 2 * fall)
    for place in np.flatnonzero(at.rises != at.falls).tolist():
        side = -1.0 if at.rises[place] else 1.0
        limit, p_value[place] = _one_sided(found, contrasts[place], side=side, width=width)
        (low if side < 0 else high)[place] = limit
    return Profiles(low, high, p_value)


def predictors_at(found: Maximum) -> Floats:
    """Return the predictor of each patient; infinite for those told apart."""
    inside = predictors(found.inner, found.top.beta)
    if not found.separated:
        return inside
    predictor = np.where(_sides(found.model) > 0, np.inf, -np.inf)
    predictor[found.overlapping] = inside
    return predictor


def score_statistic(found: Maximum) -> float:
    """Return the score test of the constant alone."""
    gradient = found.null.gradient[0]
    return float(gradient @ np.linalg.solve(found.null.information[0], gradient))


def _proves_finite(model: Model, top: Top) -> bool:
    """Whether the last step moves no patient's predictor far towards a better fit.

    Then positive weights balance the rows of all patients, which no separation would allow.
    """
    return bool((_sides(model) * (top.step @ model.x)).max() < SHORT)


def _sides(model: Model) -> Floats:
    """Return the sign towards which a predictor may go for ever, 0 for a count above 0."""
    if model.family is poisson:
        return np.where(model.outcome > 0, 0.0, -1.0)
    return model.outcome


def _rows(model: Model) -> tuple[Floats, Floats]:
    """Return what patients forbid: rows @ d >= 0 and equal @ d = 0 for all directions left."""
    sides = _sides(model)
    one_sided = sides != 0
    rows = (sides * model.x).T
    return rows[one_sided], model.x.T[~one_sided]


def _overlapping(model: Model, contrast: Floats | None) -> Flags:
    """Return who is not told apart, by directions that leave the contrast (if any) alone."""
    rows, equal = _rows(model)
    if contrast is not None:
        equal = np.vstack([equal, contrast / np.linalg.norm(contrast)])
    overlapping: Flags = _sides(model) == 0
    overlapping[~overlapping] = separation(allowed(rows, equal)).overlapping
    return overlapping


def _one_sided(
    found: Maximum, contrast: Floats, *, side: float, width: float
) -> tuple[float, float]:
    """Return the finite limit and the p-value of an infinite contrast.

    With the contrast held, fewer patients can be told apart than without.
    """
    overlapping = _overlapping(found.model, contrast)
    basis = varying(found.model.x[:, overlapping].T)
    inner, own = restricted(found.model, overlapping, basis), contrast @ basis
    highest = found.top.value
    limit = falling_limit(inner, own, highest=highest, width=width, side=side, start=0.0)
    at_zero = held(inner, own / np.linalg.norm(own)).at(0.0).value
    return limit, float(chdtrc(1, 2 * max(highest - at_zero, 0.0)))


def _among_finite(contrasts: Contrasts, covariance: Floats) -> Floats:
    finite = ~(contrasts.rises | contrasts.falls)
    whole = np.diag(np.where(finite, 0.0, np.inf))
    whole[np.ix_(finite, finite)] = covariance
    return whole
