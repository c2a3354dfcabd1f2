"""Firth's penalty: half the logarithm of the determinant of the information."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Derivatives:
    """Log-likelihood at these coefficients, and what its penalty is made from.

    Attributes
    ----------
    log_likelihood : float
        Log-likelihood without the penalty.
    score : ndarray of float, shape (p,)
        Its first derivative.
    information : ndarray of float, shape (p, p)
        Its second derivative with the sign turned.
    third : ndarray of float, shape (p, p, p)
        Derivative of the information by each coefficient (first index).
    fourth : callable or None
        From a matrix C, the second derivatives of the trace of C times the information; None if
        they are not at hand.
    """

    log_likelihood: float
    score: Floats
    information: Floats
    third: Floats
    fourth: Callable[[Floats], Floats] | None


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


def nowhere(beta: Floats) -> Point:
    """Return a point where there is no penalised likelihood."""
    nothing = np.zeros((beta.size, beta.size))
    return Point(beta, -math.inf, -math.inf, np.zeros(beta.size), nothing, nothing)


def penalised(beta: Floats, plain: Derivatives) -> Point:
    """Add the penalty to the log-likelihood and to its derivatives."""
    information = plain.information
    sign, log_determinant = np.linalg.slogdet(information)
    if not (sign > 0 and math.isfinite(log_determinant)):
        return nowhere(beta)
    inverse = np.asarray(np.linalg.inv(information), dtype=np.float64)
    turned = inverse @ plain.third
    curvature = information
    if plain.fourth is not None:
        size = beta.size
        pairs = turned.reshape(size, -1) @ turned.transpose(0, 2, 1).reshape(size, -1).T
        curvature = information - np.asarray(plain.fourth(inverse) - pairs, dtype=np.float64) / 2
    return Point(
        beta=beta,
        value=plain.log_likelihood + float(log_determinant) / 2,
        log_likelihood=plain.log_likelihood,
        gradient=plain.score + np.trace(turned, axis1=1, axis2=2) / 2,
        information=information,
        curvature=curvature,
    )


def penalised_alone(
    beta: Floats, log_likelihood: float, score: float, moments: tuple[float, float, float]
) -> Point:
    """Add the penalty for one covariate: information, and its first and second derivative."""
    information, third, fourth = moments
    if not information > 0:
        return nowhere(beta)
    slope = third / information
    curvature = information - (fourth / information - slope * slope) / 2
    return Point(
        beta=beta,
        value=log_likelihood + math.log(information) / 2,
        log_likelihood=log_likelihood,
        gradient=np.array([score + slope / 2]),
        information=np.array([[information]]),
        curvature=np.array([[curvature]]),
    )
