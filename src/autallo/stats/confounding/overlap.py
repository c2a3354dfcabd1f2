"""Whether two groups overlap enough before treatment to be compared after adjustment at all."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_values, as_weights, same_length
from autallo.stats.confounding.patients import GROUPS, Flags, Floats, as_treated, group_sizes
from autallo.stats.confounding.weights import GroupWeights, group_weights, weights_of

__all__ = [
    "FEWEST_EFFECTIVE",
    "FEWEST_INSIDE",
    "FEWEST_PATIENTS",
    "HIGH_SCORE",
    "LARGEST_SHARE",
    "LOW_SCORE",
    "Overlap",
    "assess_overlap",
]

Counts = NDArray[np.int64]

#: Patients needed in each group. A convention of the house: two covariates of a score need them.
FEWEST_PATIENTS = 10

#: Patients of each group needed in the range that both cover. A convention of the house.
FEWEST_INSIDE = 5

#: Effective patients needed in each group after weighting. A convention of the house: a mean of
#: fewer tells more of single patients than of the group.
FEWEST_EFFECTIVE = 5.0

#: Largest share of the weight of a group that one patient may carry. A convention of the house.
LARGEST_SHARE = 0.25

#: Scores beyond these are called extreme: a rule of thumb of [crump2009].
LOW_SCORE, HIGH_SCORE = 0.1, 0.9

#: Scores as near as this are equal but for rounding.
EQUAL = 1e-12


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two groups have in common, and whether it is enough.

    In each pair of numbers the untreated come first.

    Attributes
    ----------
    low, high : float or None
        Range of the scores that both groups cover; None where they have none in common.
    patients : ndarray of int, shape (2,)
        Patients of each group.
    outside : ndarray of int, shape (2,)
        Patients whose score lies outside that range: everybody if there is none.
    extreme : ndarray of int, shape (2,)
        Patients with a score below 0.1 or above 0.9 (`LOW_SCORE`, `HIGH_SCORE`).
    effective_sample_size : ndarray of float, shape (2,)
        How many patients of equal weight are as informative as each group; 0 where nobody weighs.
    largest_share : ndarray of float, shape (2,)
        Share of the weight of each group that its heaviest patient carries; 0 where nobody weighs.
    reasons : tuple of str
        Why an adjusted comparison must be refused, one sentence each; empty if it need not be.
    """

    low: float | None
    high: float | None
    patients: Counts
    outside: Counts
    extreme: Counts
    effective_sample_size: Floats
    largest_share: Floats
    reasons: tuple[str, ...]


def assess_overlap(
    treated: ArrayLike, score: ArrayLike, *, weight: ArrayLike | None = None
) -> Overlap:
    """Test whether two groups overlap enough for an adjusted comparison.

    Parameters
    ----------
    treated : array_like of bool, shape (n,)
        True (1) for patients of the treated group, false (0) for those of the other.
    score : array_like of float, shape (n,)
        Probability of each patient to be treated, from 0 to 1 (`propensity_score`).
    weight : array_like of float, shape (n,), or None
        The weights that the comparison is to use (`balancing_weights`, `entropy_balance`); None
        for overlap weights from the score.

    Returns
    -------
    Overlap
        With `reasons`: if there are any, the comparison is to be refused with them.

    Raises
    ------
    ArgumentError
        If the arrays differ in length, nobody or everybody is treated, a score is not from 0 to
        1, or a weight is below 0.

    Notes
    -----
    The range in common goes from the larger of the two smallest scores to the smaller of the two
    largest. It is none if all of one group are above all of the other. A comparison is refused if
    a group has fewer than ten patients, if the groups have no range in common or fewer than five
    patients of a group lie in it, if a group counts for fewer than five patients after weighting,
    or if one patient carries more than a quarter of a group's weight. These numbers are
    conventions of this house, named constants of this module; those who pass them may still
    differ in all that was not recorded.

    Scores that tell nothing (all equal) are one range in common. Scores of 0 and 1 are allowed:
    such patients have no overlap weight.
    Source: [dehejia1999] for the range in common, [crump2009] for extreme scores, [kish1965] for
    effective sizes, [house] for the limits. Checked by hand (`tests/byhand/test_overlap.py`), by
    counting (`tests/twins/test_overlap.py`) and by laws (`tests/laws/test_overlap.py`).

    Examples
    --------
    >>> found = assess_overlap([1, 1, 1, 0, 0, 0], [0.9, 0.8, 0.7, 0.6, 0.4, 0.2])
    >>> found.low, found.outside.tolist()
    (None, [3, 3])
    >>> found.reasons[2]
    'No score is covered by both groups: all treated patients lie above all untreated ones.'
    """
    arms, scores = as_treated(treated), as_values("score", score)
    same_length(treated=arms, score=scores)
    if float(scores.min()) < 0 or float(scores.max()) > 1:
        raise ArgumentError("`score` must be from 0 to 1.")
    if weight is None:
        weights = weights_of(arms, scores, "overlap")
    else:
        weights = as_weights("weight", weight)
        same_length(treated=arms, weight=weights)
    low, high = _common_range(scores[~arms], scores[arms])
    sizes = np.array(group_sizes(arms))
    outside = _of_each((scores < low - EQUAL) | (scores > high + EQUAL), arms)
    common = low <= high + EQUAL
    if not common:
        outside = sizes.copy()
    group = group_weights(weights, arms)
    no_range = None if common else _no_range(scores, arms)
    return Overlap(
        low=min(low, high) if common else None,
        high=max(low, high) if common else None,
        patients=sizes,
        outside=outside,
        extreme=_of_each((scores < LOW_SCORE) | (scores > HIGH_SCORE), arms),
        effective_sample_size=group.effective,
        largest_share=group.largest_share,
        reasons=(
            *_too_few(sizes),
            *([no_range] if no_range else _too_few_inside(sizes, outside)),
            *_too_little_weight(group),
        ),
    )


def _common_range(first: Floats, second: Floats) -> tuple[float, float]:
    low = max(float(first.min()), float(second.min()))
    return low, min(float(first.max()), float(second.max()))


def _of_each(which: Flags, treated: Flags) -> Counts:
    return np.array([int((which & ~treated).sum()), int((which & treated).sum())])


def _no_range(score: Floats, treated: Flags) -> str:
    above = bool(score[treated].min() > score[~treated].max())
    upper, lower = GROUPS[above], GROUPS[not above]
    return f"No score is covered by both groups: all {upper} patients lie above all {lower} ones."


def _too_few(sizes: Counts) -> list[str]:
    return [
        f"The {name} group has {size} patient{'s' * (size != 1)}; at least {FEWEST_PATIENTS} are "
        "needed in each group."
        for name, size in zip(GROUPS, sizes.tolist(), strict=True)
        if size < FEWEST_PATIENTS
    ]


def _too_few_inside(
    sizes: Counts,
    outside: Counts,
) -> list[str]:
    """Say which group has too few patients in the range; of a group too small, nothing more."""
    return [
        f"Only {size - out} of the {size} {name} patients lie in the range of scores that both "
        f"groups cover; at least {FEWEST_INSIDE} are needed."
        for name, size, out in zip(GROUPS, sizes.tolist(), outside.tolist(), strict=True)
        if size - out < min(FEWEST_INSIDE, size)
    ]


def _too_little_weight(group: GroupWeights) -> list[str]:
    said = []
    for name, effective, share in zip(
        GROUPS, group.effective.tolist(), group.largest_share.tolist(), strict=True
    ):
        if effective < FEWEST_EFFECTIVE:
            said.append(
                f"After weighting the {name} group counts for {effective:.1f} patients; at least "
                f"{FEWEST_EFFECTIVE:g} are needed."
            )
        if share > LARGEST_SHARE:
            said.append(
                f"One patient carries {share:.0%} of the weight of the {name} group; at most "
                f"{LARGEST_SHARE:.0%} is accepted."
            )
    return said
