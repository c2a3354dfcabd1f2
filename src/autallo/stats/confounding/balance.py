"""How alike two groups are before treatment, covariate by covariate, before and after weighting."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import frexp, ldexp

import numpy as np
from numpy.typing import ArrayLike

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_level, as_weights
from autallo.stats.confounding.patients import GROUPS, Flags, Floats, as_patients
from autallo.stats.confounding.standardised import (
    StandardisedDifference,
    standardised_difference,
    standardised_shift,
    weighted_mean,
)

__all__ = ["Balance", "covariate_balance"]

Pair = tuple[Floats, Floats]


@dataclass(frozen=True, slots=True)
class Balance:
    """One covariate in two groups, before and after weighting; differences: treated less untreated.

    Attributes
    ----------
    name : str
        What the covariate is called.
    mean_treated, mean_untreated : float
        Means without weights, in the unit of the covariate.
    before : StandardisedDifference
        Standardised difference without weights, with its interval.
    before_corrected : StandardisedDifference
        The same with Hedges' correction for small groups.
    variance_ratio : float or None
        Variance of the treated over that of the untreated, without weights; None if a group has
        one patient or one value.
    weighted_mean_treated, weighted_mean_untreated : float or None
        Means with the weights; None without weights.
    after : float or None
        Difference of the weighted means over the same standard deviation as in `before`; None
        without weights, or where `before` has no estimate.
    weighted_variance_ratio : float or None
        Ratio of the weighted variances; None without weights, or if in a group one patient
        carries all the weight, or all who weigh have one value.
    """

    name: str
    mean_treated: float
    mean_untreated: float
    before: StandardisedDifference
    before_corrected: StandardisedDifference
    variance_ratio: float | None
    weighted_mean_treated: float | None
    weighted_mean_untreated: float | None
    after: float | None
    weighted_variance_ratio: float | None


def covariate_balance(
    treated: ArrayLike,
    covariates: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    level: float = 0.95,
) -> tuple[Balance, ...]:
    r"""Estimate how far two groups differ in each covariate, before and after weighting.

    Parameters
    ----------
    treated : array_like of bool, shape (n,)
        True (1) for patients of the treated group, false (0) for those of the other.
    covariates : array_like of float, shape (n,) or (n, p)
        What was known before treatment, one column each, yes as 1 and no as 0.
    weight : array_like of float, shape (n,), or None
        Weights of the patients, at least 0 (`balancing_weights`, `entropy_balance`); None if the
        groups are only to be described.
    names : sequence of str or None
        What results and messages call the columns; None for their places.
    level : float
        Confidence level of the intervals before weighting, between 0 and 1.

    Returns
    -------
    tuple of Balance, length p
        One for each covariate, in their order.

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a value is missing (it is never a category of its own),
        nobody or everybody is treated, nobody of a group has a weight above 0, or `level` is not
        between 0 and 1.

    Notes
    -----
    Before: `standardised_difference` of the treated and the untreated, the divisor of which is the
    root of the average of the two variances. After: the difference of the weighted means over the
    same divisor, that of the patients without weights. So a change from before to after is one of
    the means; weights that only move the spread cannot pass for balance. There is no interval
    after weighting, since the weights were made to make that difference small, and no p-value:
    balance is a property of these patients, not of others they were drawn from.

    The weighted variance is :math:`\sum w \, \sum w (x - m)^2 / \{(\sum w)^2 - \sum w^2\}`: with
    equal weights the usual one. A covariate of yes and no is measured as the number 1 or 0;
    `standardised_difference_categories` has shares times their rest instead, a factor of
    n / (n - 1) in each variance. Constant in all patients: 0. Constant in each group, but not the
    same: no standardised difference.
    Source: [austin2009], [austin2015], correction [hedges1981]. Checked against R
    (`tests/reference/balancing.json`), by hand (`tests/byhand/test_balancing.py`) and by laws
    (`tests/laws/test_balancing.py`).

    Examples
    --------
    >>> age = covariate_balance([1, 1, 0, 0], [50, 60, 40, 50], weight=[3, 1, 1, 3])[0]
    >>> round(age.before.estimate, 3), round(age.after, 3)
    (1.414, 0.707)
    """
    patients, confidence = as_patients(treated, covariates, names), as_level(level)
    weights = None if weight is None else _as_pair_of_weights(weight, patients.treated)
    arms, table = patients.treated, patients.covariates
    return tuple(
        _of_covariate(name, (column[arms], column[~arms]), weights, confidence)
        for name, column in zip(table.names, table.values.T, strict=True)
    )


def _as_pair_of_weights(weight: ArrayLike, treated: Flags) -> Pair:
    """Return the weights of the treated and of the untreated, or refuse."""
    weights = as_weights("weight", weight)
    if weights.size != treated.size:
        raise ArgumentError("`treated` and `weight` must have the same length.")
    pair = weights[treated], weights[~treated]
    for name, group in zip(reversed(GROUPS), pair, strict=True):
        if not group.any():
            raise ArgumentError(f"`weight` must be above 0 for somebody of the {name} group.")
    return pair


def _of_covariate(name: str, groups: Pair, weights: Pair | None, level: float) -> Balance:
    before = standardised_difference(*groups, level=level)
    plain = np.ones(groups[0].size), np.ones(groups[1].size)
    treated, untreated = _means(groups, plain)
    weighted: tuple[float | None, float | None] = (None, None)
    after = ratio = None
    if weights is not None:
        weighted = _means(groups, weights)
        after = standardised_shift(*groups, weights)
        ratio = _variance_ratio(groups, weights)
    return Balance(
        name=name,
        mean_treated=treated,
        mean_untreated=untreated,
        before=before,
        before_corrected=standardised_difference(*groups, corrected=True, level=level),
        variance_ratio=_variance_ratio(groups, plain),
        weighted_mean_treated=weighted[0],
        weighted_mean_untreated=weighted[1],
        after=after,
        weighted_variance_ratio=ratio,
    )


def _means(groups: Pair, weights: Pair) -> tuple[float, float]:
    """Return the means of both groups; values are brought near 1 first, lest sums overflow."""
    first, second = (_mean(values, weight) for values, weight in zip(groups, weights, strict=True))
    return first, second


def _mean(values: Floats, weight: Floats) -> float:
    exponent = frexp(float(np.abs(values).max()))[1]
    near = np.ldexp(values, -exponent)
    middle = float(near.mean())
    return ldexp(middle + weighted_mean(near - middle, weight), exponent)


def _variance_ratio(groups: Pair, weights: Pair) -> float | None:
    """Return the ratio of the two variances, if both are above 0."""
    size = max(float(np.abs(group).max()) for group in groups)
    exponent = frexp(size)[1]
    first, second = (
        _variance(np.ldexp(values, -exponent), weight)
        for values, weight in zip(groups, weights, strict=True)
    )
    return first / second if first and second else None


def _variance(values: Floats, weight: Floats) -> float:
    """Return the weighted variance of values near 1; 0 if those who weigh have one value."""
    weighing = weight > 0
    if np.ptp(values[weighing]) == 0:
        return 0.0
    share = np.ldexp(weight, -frexp(float(weight.max()))[1])
    total = float(share.sum())
    apart = values - float(values.mean())
    apart = apart - float(share @ apart) / total
    return float(share @ (apart * apart)) * total / (total * total - float(share @ share))
