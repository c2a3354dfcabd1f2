"""Firth's penalty: half the logarithm of the determinant of the information.

Likelihoods are evaluated at several rows of coefficients at once: b rows of p coefficients.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Derivatives:
    """Log-likelihood at each row of coefficients, and what its penalty is made from.

    Attributes
    ----------
    log_likelihood : ndarray of float, shape (b,)
        Log-likelihood without the penalty.
    score : ndarray of float, shape (b, p)
        Its first derivative.
    information : ndarray of float, shape (b, p, p)
        Its second derivative with the sign turned.
    third : ndarray of float, shape (b, p, p, p)
        Derivative of the information by each coefficient; the order of the indices is all one.
    fourth : callable or None
        From a matrix C for each row, the second derivatives of the trace of C times the
        information; None if they are not at hand.
    """

    log_likelihood: Floats
    score: Floats
    information: Floats
    third: Floats
    fourth: Callable[[Floats], Floats] | None


@dataclass(frozen=True, slots=True)
class Points:
    """Penalised log-likelihood at each row of coefficients: a stack of what `Point` has."""

    beta: Floats
    value: Floats
    log_likelihood: Floats
    gradient: Floats
    information: Floats
    curvature: Floats


@dataclass(frozen=True, slots=True)
class Point:
    """Penalised log-likelihood at these coefficients.

    Attributes
    ----------
    beta : ndarray of float, shape (p,)
        Coefficients.
    value, log_likelihood : float
        Log-likelihood with and without the penalty; `value` is minus infinity where the
        information is singular in floating point.
    gradient : ndarray of float, shape (p,)
        First derivative of `value`.
    information : ndarray of float, shape (p, p)
        Information without the penalty.
    curvature : ndarray of float, shape (p, p)
        Second derivative of `value` with the sign turned; if not at hand, the information.
    """

    beta: Floats
    value: float
    log_likelihood: float
    gradient: Floats
    information: Floats
    curvature: Floats


def only(points: Points) -> Point:
    """Return the point of a stack of one."""
    return Point(
        beta=points.beta[0],
        value=float(points.value[0]),
        log_likelihood=float(points.log_likelihood[0]),
        gradient=points.gradient[0],
        information=points.information[0],
        curvature=points.curvature[0],
    )


def nowhere(beta: Floats) -> Points:
    """Return points where there is no penalised likelihood."""
    rows, size = beta.shape
    nothing = np.zeros((rows, size, size))
    low = np.full(rows, -math.inf)
    return Points(beta, low, low, np.zeros(beta.shape), nothing, nothing)


def penalised_height(log_likelihood: Floats, information: Floats) -> Floats:
    """Add the penalty to log-likelihoods; minus infinity where the information is singular."""
    sign, log_determinant = np.linalg.slogdet(information)
    here = (sign > 0) & np.isfinite(log_likelihood)
    return np.where(here, log_likelihood + np.where(here, log_determinant, 0.0) / 2, -math.inf)


def penalised(beta: Floats, plain: Derivatives) -> Points:
    """Add the penalty to the log-likelihoods and to their derivatives."""
    information, (rows, size) = plain.information, beta.shape
    sign, log_determinant = np.linalg.slogdet(information)
    here = sign * np.exp(-np.abs(log_determinant)) > 0
    everywhere = bool(here.all())
    if not everywhere:
        information = np.where(here[:, None, None], information, np.eye(size))
    inverse = np.asarray(np.linalg.inv(information), dtype=np.float64)
    flat = plain.third.reshape(rows, size, -1)
    slope = flat @ inverse.reshape(rows, -1, 1)
    curvature = information
    if plain.fourth is not None:
        # turned[:, a, j, c]: the inverse times the derivative of the information by coefficient j
        turned = (inverse @ flat).reshape(rows, size, size, size)
        first = turned.transpose(0, 2, 1, 3).reshape(rows, size, -1)
        second = turned.transpose(0, 3, 1, 2).reshape(rows, -1, size)
        curvature = information - (plain.fourth(inverse) - first @ second) / 2
    points = Points(
        beta=beta,
        value=plain.log_likelihood + log_determinant / 2,
        log_likelihood=plain.log_likelihood,
        gradient=plain.score + slope[:, :, 0] / 2,
        information=information,
        curvature=curvature,
    )
    return points if everywhere else _without(points, ~here)


def penalised_alone(
    beta: Floats, log_likelihood: Floats, score: Floats, moments: tuple[Floats, Floats, Floats]
) -> Points:
    """Add the penalty for one covariate: information, and its first and second derivative."""
    information, third, fourth = moments
    here = information > 0
    everywhere = bool(here.all())
    if not everywhere:
        information = np.where(here, information, 1.0)
    slope = third / information
    curvature = information - (fourth / information - slope * slope) / 2
    points = Points(
        beta=beta,
        value=log_likelihood + np.log(information) / 2,
        log_likelihood=log_likelihood,
        gradient=(score + slope / 2)[:, None],
        information=information[:, None, None],
        curvature=curvature[:, None, None],
    )
    return points if everywhere else _without(points, ~here)


def _without(points: Points, lost: NDArray[np.bool_]) -> Points:
    """Return the points with some of them nowhere."""
    none = nowhere(points.beta)
    flat, table = lost[:, None], lost[:, None, None]
    return Points(
        beta=points.beta,
        value=np.where(lost, none.value, points.value),
        log_likelihood=np.where(lost, none.log_likelihood, points.log_likelihood),
        gradient=np.where(flat, 0.0, points.gradient),
        information=np.where(table, 0.0, points.information),
        curvature=np.where(table, 0.0, points.curvature),
    )
