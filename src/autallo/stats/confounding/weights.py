"""Weights from the propensity score that make two groups alike before treatment."""

from dataclasses import dataclass
from math import frexp
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_number, as_values, as_weights, same_length
from autallo.stats.confounding.patients import Flags, Floats, as_treated

__all__ = [
    "NEAREST_SCORE",
    "BalancingWeights",
    "Estimand",
    "balancing_weights",
    "effective_sample_size",
]

Estimand = Literal["everybody", "treated", "untreated", "overlap"]

#: A score nearer than this to 0 or 1 gives weights beyond every use.
NEAREST_SCORE = 1e-12


@dataclass(frozen=True, slots=True)
class BalancingWeights:
    """Weights of the patients, and how many patients they are worth.

    In each pair of numbers the untreated come first.

    Attributes
    ----------
    weight : ndarray of float, shape (n,)
        Weight of each patient, above 0, in their order.
    estimand : {"everybody", "treated", "untreated", "overlap"}
        The patients whom the comparison is about.
    total : ndarray of float, shape (2,)
        Sum of the weights of each group.
    effective_sample_size : ndarray of float, shape (2,)
        How many patients of equal weight are as informative as each group.
    largest_share : ndarray of float, shape (2,)
        Share of the weight of each group that its heaviest patient carries [0 to 1].
    stabilised : bool
        Whether weights were multiplied by the share of the patient's group.
    truncated : float or None
        The share of weights cut at either end; None if none were.
    limits : tuple of float or None
        Smallest and largest weight allowed; None if none were cut.
    n_truncated : int
        Patients whose weight was changed.
    """

    weight: Floats
    estimand: Estimand
    total: Floats
    effective_sample_size: Floats
    largest_share: Floats
    stabilised: bool
    truncated: float | None
    limits: tuple[float, float] | None
    n_truncated: int


@dataclass(frozen=True, slots=True)
class GroupWeights:
    """What the weights of the untreated, and of the treated, come to; see `BalancingWeights`."""

    total: Floats
    effective: Floats
    largest_share: Floats


def balancing_weights(
    treated: ArrayLike,
    score: ArrayLike,
    *,
    estimand: Estimand,
    stabilised: bool = False,
    truncated: float | None = None,
) -> BalancingWeights:
    r"""Estimate the weights that balance two groups, given the probability to be treated.

    Parameters
    ----------
    treated : array_like of bool, shape (n,)
        True (1) for patients of the treated group, false (0) for those of the other.
    score : array_like of float, shape (n,)
        Probability of each patient to be treated, between 0 and 1 (`propensity_score`).
    estimand : {"everybody", "treated", "untreated", "overlap"}
        Whom the comparison is about: all patients, those of one group, or those who might as well
        have been in either.
    stabilised : bool
        Whether to multiply each weight by the share of the patient's group, so that the weights
        add up to about the number of patients; for "everybody" only.
    truncated : float or None
        Share of the weights, below 0.5, that is cut at either end: 0.01 takes those beyond the 1st
        and the 99th percentile to these. Not for "overlap", where no weight exceeds 1.

    Returns
    -------
    BalancingWeights

    Raises
    ------
    ArgumentError
        If the arrays differ in length, nobody or everybody is treated, a score does not lie
        between 0 and 1 (`NEAREST_SCORE` away from both), or an option is unknown or not for this
        estimand.

    Notes
    -----
    With the score :math:`e`, treated and untreated patients weigh

    * everybody: :math:`1 / e` and :math:`1 / (1 - e)`;
    * treated: 1 and :math:`e / (1 - e)`;
    * untreated: :math:`(1 - e) / e` and 1;
    * overlap: :math:`1 - e` and :math:`e`.

    Overlap weights from a logistic regression with intercept (without penalty) give the two
    groups exactly the same mean of every covariate of the score, and are never above 1: for small
    groups they are the ones to choose. Whom the others bring forward is less certain: few
    patients with unlikely treatment may outweigh all the rest (`assess_overlap`).

    Percentiles are those of all weights together, interpolated as R does (type 7); for one group's
    patients, who weigh 1, those of the other group's weights only. Truncation comes after
    stabilisation, and buys less variance for some remaining imbalance. Constant factors of a
    group's weights change no weighted curve or mean of that group.
    Source: [rosenbaum1987], [li2018], truncation [cole2008], effective sizes [kish1965]. Checked
    against R (`tests/reference/balancing.json`), by hand (`tests/byhand/test_balancing.py`) and by
    laws (`tests/laws/test_balancing.py`).

    Examples
    --------
    >>> found = balancing_weights([1, 1, 0, 0], [0.8, 0.5, 0.5, 0.2], estimand="everybody")
    >>> found.weight.round(6).tolist(), found.total.round(6).tolist()
    ([1.25, 2.0, 2.0, 1.25], [3.25, 3.25])
    """
    arms, scores = as_treated(treated), as_values("score", score)
    same_length(treated=arms, score=scores)
    _refuse_extreme(scores)
    _refuse_unknown(estimand, stabilised=stabilised)
    weight = weights_of(arms, scores, estimand)
    if stabilised:
        share = float(arms.mean())
        weight *= np.where(arms, share, 1 - share)
    limits, n_truncated = None, 0
    if truncated is not None:
        truncated = _as_truncated(truncated, estimand)
        weight, limits, n_truncated = _cut(weight, _compared(arms, estimand), truncated)
    group = group_weights(weight, arms)
    return BalancingWeights(
        weight=weight,
        estimand=estimand,
        total=group.total,
        effective_sample_size=group.effective,
        largest_share=group.largest_share,
        stabilised=bool(stabilised),
        truncated=truncated,
        limits=limits,
        n_truncated=n_truncated,
    )


def effective_sample_size(weight: ArrayLike) -> float:
    """Estimate how many patients of equal weight are as informative as these.

    Parameters
    ----------
    weight : array_like of float, shape (n,)
        Weight of each patient, at least 0, one of them above 0; any unit.

    Returns
    -------
    float
        From 1 to the number of patients whose weight is above 0.

    Raises
    ------
    ArgumentError
        If a weight is missing or below 0, all are 0, or they differ beyond measure (a factor of
        1e12).

    Notes
    -----
    Square of the sum over the sum of the squares: by as much as this falls short of the number of
    patients, unequal weights raise the variance of a mean of values that do not depend on the
    weights. n equal weights are worth n, and so are n equal ones beside any number of zeros.
    Source: [kish1965]. Checked against R (`tests/reference/balancing.json`), by hand
    (`tests/byhand/test_balancing.py`) and by laws (`tests/laws/test_balancing.py`).

    Examples
    --------
    >>> effective_sample_size([1, 1, 1, 1]), effective_sample_size([3, 1])
    (4.0, 1.6)
    """
    return _worth(as_weights("weight", weight))


def weights_of(treated: Flags, score: Floats, estimand: Estimand) -> Floats:
    """Return the weights as they are, neither stabilised nor truncated."""
    own = np.where(treated, score, 1 - score)
    if estimand == "everybody":
        return np.asarray(1 / own)
    if estimand == "overlap":
        return np.asarray(1 - own)
    return np.where(treated == (estimand == "treated"), 1.0, (1 - own) / own)


def group_weights(weight: Floats, treated: Flags) -> GroupWeights:
    """Return sums, effective sizes and largest shares; 0 for a group in which nobody weighs."""
    groups = weight[~treated], weight[treated]
    total = np.array([float(group.sum()) for group in groups])
    largest = np.array([float(group.max()) for group in groups])
    share = np.divide(largest, total, out=np.zeros(2), where=total > 0)
    return GroupWeights(total, np.array([_worth(group) for group in groups]), share)


def _worth(weight: Floats) -> float:
    largest = float(weight.max())
    if largest == 0:
        return 0.0
    share = np.ldexp(weight, -frexp(largest)[1])
    return float(share.sum()) ** 2 / float(share @ share)


def _compared(treated: Flags, estimand: Estimand) -> Flags:
    """Return whose weights are estimates: not those of the group that the others are to be like."""
    if estimand == "everybody":
        return np.ones(treated.size, dtype=bool)
    return treated if estimand == "untreated" else ~treated


def _cut(weight: Floats, compared: Flags, share: float) -> tuple[Floats, tuple[float, float], int]:
    low, high = (float(end) for end in np.quantile(weight[compared], [share, 1 - share]))
    kept = np.where(compared, np.clip(weight, low, high), weight)
    return kept, (low, high), int(np.count_nonzero(kept != weight))


def _refuse_extreme(score: Floats) -> None:
    extreme = int(np.count_nonzero((score < NEAREST_SCORE) | (score > 1 - NEAREST_SCORE)))
    if extreme:
        raise ArgumentError(
            f"`score` must lie between 0 and 1, and not at either: {extreme} patient(s) are sure "
            "to be, or not to be, treated, and have nobody to be compared with."
        )


def _refuse_unknown(estimand: str, *, stabilised: bool) -> None:
    if estimand not in get_args(Estimand):
        known = ", ".join(f'"{name}"' for name in get_args(Estimand))
        raise ArgumentError(f"`estimand` must be one of {known}.")
    if stabilised and estimand != "everybody":
        raise ArgumentError('`stabilised` must be false unless `estimand` is "everybody".')


def _as_truncated(truncated: float, estimand: str) -> float:
    share = as_number("truncated", truncated)
    if not 0 <= share < 0.5:
        raise ArgumentError("`truncated` must be at least 0 and below 0.5, or None.")
    if estimand == "overlap":
        raise ArgumentError('`truncated` must be None for "overlap": no weight exceeds 1.')
    return share
