"""How far two groups differ in a baseline variable, in units of its spread.

Two functions, for a continuous variable and for categories; one record.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_counts, as_level, as_values, same_length

__all__ = [
    "StandardisedDifference",
    "standardised_difference",
    "standardised_difference_categories",
]


@dataclass(frozen=True, slots=True)
class StandardisedDifference:
    """Difference of two groups in standard deviations, with a large-sample interval.

    Attributes
    ----------
    estimate : float or None
        First group minus second group, in standard deviations; None where not estimable.
    low, high : float or None
        Limits of the interval; None where `estimate` is None.
    level : float
        Confidence level [0 to 1].
    """

    estimate: float | None
    low: float | None
    high: float | None
    level: float


def standardised_difference(
    x: ArrayLike, y: ArrayLike, *, level: float = 0.95
) -> StandardisedDifference:
    """Estimate the difference of two means in units of the average standard deviation.

    Parameters
    ----------
    x : array_like of float, shape (n,)
        Values of the first group, in any one unit.
    y : array_like of float, shape (m,)
        Values of the second group, in the same unit.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    StandardisedDifference
        Positive if the first group has the larger mean.

    Raises
    ------
    ArgumentError
        If a group is empty, a value is missing, or `level` is not between 0 and 1.

    Notes
    -----
    The difference of the means over the root of the average of the two variances (divisor one
    less than the group size); not pooled by size, and without small-sample correction. Standard
    error ``sqrt((n + m) / (n m) + d**2 / (2 (n + m)))``, a large-sample formula: an interval of
    17 against 11 patients is rough. If all values of both groups are equal the estimate is 0;
    if each group is constant at another value, or a group has one patient, it is None.
    Source: [austin2009], with the standard error of [hedges1985]. Checked against R 4.2.2
    (`tests/reference/confounding.json`), by hand (`tests/byhand/test_confounding.py`) and by
    laws (`tests/laws/test_confounding.py`).

    Examples
    --------
    >>> round(standardised_difference([2, 4, 6], [1, 3, 5]).estimate, 3)
    0.5
    """
    first, second = as_values("x", x), as_values("y", y)
    confidence = as_level(level)
    shift = float(first.mean() - second.mean())
    if np.ptp(np.concatenate([first, second])) == 0:
        return _with_interval(0.0, first.size, second.size, level=confidence)
    if min(first.size, second.size) < 2 or np.ptp(first) == np.ptp(second) == 0:
        return StandardisedDifference(None, None, None, confidence)
    spread = sqrt((first.var(ddof=1) + second.var(ddof=1)) / 2)
    return _with_interval(shift / spread, first.size, second.size, level=confidence)


def standardised_difference_categories(
    counts_x: ArrayLike, counts_y: ArrayLike, *, level: float = 0.95
) -> StandardisedDifference:
    """Estimate the distance of two groups over categories, in standard deviations.

    Parameters
    ----------
    counts_x : array_like of int, shape (k,)
        Patients of the first group in each of k categories, k at least 2.
    counts_y : array_like of int, shape (k,)
        Patients of the second group in the same categories.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    StandardisedDifference
        With two categories signed: positive if the first category is more frequent in the first
        group. With more than two a distance, never below 0, and `low` is not below 0 either.

    Raises
    ------
    ArgumentError
        If the counts differ in length, are fewer than two, are not whole numbers of at least 0,
        a group has no patient, or `level` is not between 0 and 1.

    Notes
    -----
    Mahalanobis distance of the two vectors of shares, one category left out (whichever: the
    distance is the same), with the average of the two multinomial covariance matrices. With two
    categories this is the difference of two shares over ``sqrt((p q + r s) / 2)``. A category
    that is empty in both groups counts for nothing. Groups that share no category are infinitely
    far apart: None. Standard error as for a continuous variable.
    Source: [yang2012]. Checked by hand (`tests/byhand/test_confounding.py`), against a
    continuous variable in R 4.2.2 (`tests/reference/test_confounding.py`) and by laws
    (`tests/laws/test_confounding.py`).

    Examples
    --------
    >>> round(standardised_difference_categories([6, 4], [3, 7]).estimate, 3)
    0.632
    """
    first, second = as_counts("counts_x", counts_x), as_counts("counts_y", counts_y)
    confidence = as_level(level)
    same_length(counts_x=first, counts_y=second)
    if first.size < 2:
        raise ArgumentError("`counts_x` and `counts_y` must have at least two categories.")
    if not (first.any() and second.any()):
        raise ArgumentError("Each group must have at least one patient.")
    sizes = int(first.sum()), int(second.sum())
    if not ((first > 0) & (second > 0)).any():
        return StandardisedDifference(None, None, None, confidence)
    distance = _mahalanobis(first / sizes[0], second / sizes[1])
    if first.size == 2:
        falls = first[0] * sizes[1] < second[0] * sizes[0]
        return _with_interval(-distance if falls else distance, *sizes, level=confidence)
    result = _with_interval(distance, *sizes, level=confidence)
    low = max(result.low or 0.0, 0.0)
    return StandardisedDifference(distance, low, result.high, confidence)


def _mahalanobis(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    used = np.flatnonzero((first > 0) | (second > 0))[1:]
    if used.size == 0:
        return 0.0
    shares = np.stack([first[used], second[used]])
    covariance = np.diag(shares.mean(axis=0)) - shares.T @ shares / 2
    shift = shares[0] - shares[1]
    return sqrt(max(float(shift @ np.linalg.solve(covariance, shift)), 0.0))


def _with_interval(estimate: float, n: int, m: int, *, level: float) -> StandardisedDifference:
    error = sqrt((n + m) / (n * m) + estimate**2 / (2 * (n + m)))
    margin = float(ndtri((1 + level) / 2)) * error
    return StandardisedDifference(estimate, estimate - margin, estimate + margin, level)
