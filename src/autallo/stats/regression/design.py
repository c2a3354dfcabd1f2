"""What the models with a constant share: covariates in their places, and the usual refusals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_groups, as_level, as_weights
from autallo.stats.regression.covariates import Covariates, as_covariates, listed, standardise

Floats = NDArray[np.float64]

#: What the constant is called in a result.
CONSTANT = "intercept"

Variance = Literal["model", "HC0", "HC1"]

#: A robust variance below this share of that of the model is 0 but for rounding.
NO_SPREAD = 1e-20


@dataclass(frozen=True, slots=True)
class Design:
    """A constant and standardised covariates of the patients whose weight is above 0.

    Attributes
    ----------
    x : ndarray of float, shape (q, n)
        The constant 1, then sums of the covariates, centred, scaled and at right angles.
    original : ndarray of float, shape (q, q)
        Coefficients per unit as given, from those of `x`: original @ beta.
    names : tuple of str, length q
    weight : ndarray of float, shape (n,), or None
    cluster : ndarray of int, shape (n,), or None
        Clusters from 0, none empty.
    counted : ndarray of bool, shape (all,), or None
        Who has a weight above 0; None for everybody.
    """

    x: Floats
    original: Floats
    names: tuple[str, ...]
    weight: Floats | None
    cluster: NDArray[np.int64] | None
    counted: NDArray[np.bool_] | None


@dataclass(frozen=True, slots=True)
class Options:
    """Checked options: the confidence level, and how the covariance is estimated."""

    level: float
    variance: str


def as_options(
    level: float, variance: str | None, cluster: ArrayLike | None, allowed: Sequence[str]
) -> Options:
    """Return the options, or refuse; without a word, clusters have "HC1"."""
    word = ("model" if cluster is None else "HC1") if variance is None else variance
    if word not in allowed:
        listed_words = ", ".join(f'"{each}"' for each in allowed)
        raise ArgumentError(f"`variance` must be one of {listed_words}.")
    if cluster is not None and word not in get_args(Variance)[1:]:
        raise ArgumentError('`variance` must be "HC0" or "HC1" with `cluster`.')
    return Options(as_level(level), word)


def as_design(
    x: ArrayLike,
    names: Sequence[str] | None,
    *,
    weight: ArrayLike | None,
    cluster: ArrayLike | None,
    patients: int,
) -> Design:
    """Return the design, or refuse arrays of other lengths and covariates that say nothing."""
    covariates = as_covariates(x, names)
    weights = None if weight is None else as_weights("weight", weight)
    clusters = None if cluster is None else as_groups("cluster", cluster)
    _same_patients(patients, x=covariates.values, weight=weights, cluster=clusters)
    counted = None
    if weights is not None and weights.min() == 0:
        counted = weights > 0
        weights = weights[counted]
        covariates = Covariates(covariates.values[counted], covariates.names)
        if clusters is not None:
            clusters = np.unique(clusters[counted], return_inverse=True)[1]
    _refuse_too_many(covariates)
    standard = standardise(covariates)
    n, p = standard.values.shape
    triangle = np.linalg.qr(standard.values, mode="r") / np.sqrt(n)
    apart = np.linalg.solve(triangle, np.eye(p))
    columns = np.empty((p + 1, n))
    columns[0] = 1.0
    np.matmul(apart.T, standard.values.T, out=columns[1:])
    original = np.zeros((p + 1, p + 1))
    original[0, 0] = 1.0
    original[1:, 1:] = apart / standard.scale[:, None]
    original[0, 1:] = -standard.centre @ original[1:, 1:]
    if clusters is not None and int(clusters.max()) <= p:
        raise ArgumentError(
            f"`cluster` must hold more than {p + 1} clusters for {p} covariate(s) and a constant."
        )
    return Design(columns, original, (CONSTANT, *covariates.names), weights, clusters, counted)


def counted_only(design: Design, values: Floats) -> Floats:
    """Return the values of the patients whose weight is above 0."""
    return values if design.counted is None else values[design.counted]


def refuse_more_than_events(design: Design, events: float, what: str) -> None:
    """Refuse more covariates than there are patients of the rarer outcome, by name."""
    p = len(design.names) - 1
    if p > events:
        raise ArgumentError(
            f"`x` must not hold more covariates than there are {what} ({events:g}): "
            f"leave out {p - int(events)} of {', '.join(design.names[1:])}."
        )


def small_sample_factor(design: Design, variance: str) -> float:
    """Return what HC1 multiplies the sandwich by: n / (n - q), or that of clusters."""
    q, n = (int(length) for length in design.x.shape)
    if variance != "HC1":
        return 1.0
    if design.cluster is None:
        return n / (n - q)
    clusters = int(design.cluster.max()) + 1
    return clusters / (clusters - 1) * (n - 1) / (n - q)


def refuse_no_spread(design: Design, covariance: Floats, of_model: Floats) -> None:
    """Refuse a robust variance of 0, by name."""
    none = np.diag(covariance) < NO_SPREAD * np.diag(of_model)
    if none.any():
        names = ", ".join(name for name, out in zip(design.names, none, strict=True) if out)
        raise ArgumentError(
            f'`variance` must be "model": the patients who tell of {names} fit perfectly, '
            "and leave no robust variance."
        )


def wald_statistic(estimate: Floats, covariance: Floats) -> float:
    """Return the quadratic form of the estimates with the inverse of their covariance."""
    size = np.sqrt(np.diag(covariance))
    z = estimate / size
    return float(z @ np.linalg.solve(covariance / np.outer(size, size), z))


def _same_patients(patients: int, **arrays: NDArray[np.generic] | None) -> None:
    wrong = [name for name, array in arrays.items() if array is not None and len(array) != patients]
    if wrong:
        raise ArgumentError(
            f"{', '.join(f'`{name}`' for name in wrong)} must have one row for each patient."
        )


def _refuse_too_many(covariates: Covariates) -> None:
    n, p = covariates.values.shape
    if n <= p + 1:
        raise ArgumentError(
            f"The model needs more patients ({n}) than coefficients ({p + 1}, with the constant): "
            f"leave out {p + 2 - n} of {listed(covariates, range(p))}."
        )
