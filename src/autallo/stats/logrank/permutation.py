"""Permutation log-rank test: exact for small groups, by random relabelling for larger ones."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import (
    MOST_GROUPS,
    as_draws,
    as_events,
    as_groups,
    as_number,
    as_times,
    drawn_p,
    same_length,
)
from autallo.stats.logrank.event_tables import stratum_members
from autallo.stats.logrank.relabelled import dealt_anew
from autallo.stats.logrank.scores import LogrankScores, logrank_scores
from autallo.stats.logrank.subset_sums import (
    Scores,
    halves_of_sums,
    number_of_arrangements,
    share_reaching,
)
from autallo.stats.logrank.weights import LogrankWeights, as_logrank_weights

__all__ = ["LogrankPermutationTest", "logrank_permutation_test"]

#: Sums of scores that are not whole numbers, nearer than this share of the largest score, are one.
SUM_TOLERANCE = 1e-9

#: Each half of n different scores has 2 to the n/2 sums: 200 MB and a second at 42 patients.
LARGEST_EXACT = 42


@dataclass(frozen=True, slots=True)
class LogrankPermutationTest:
    """Log-rank test against all, or very many, ways to deal the patients to the groups.

    Attributes
    ----------
    statistic : float
        Two groups: events observed less expected in group 1. More: the quadratic form of those
        differences with their permutation covariance.
    p_value : float or None
        Two-sided p-value; None if the data hold nothing to compare.
    smallest_p : float or None
        The smallest p-value that these scores and group sizes could have given: if it is above
        0.05, no result could have been called significant.
    method : {"exact", "monte_carlo"}
        Whether all arrangements were counted or some were drawn.
    draws : int
        Arrangements drawn; 0 if exact, or if the data hold nothing to compare.
    standard_error : float
        Monte Carlo standard error of `p_value`; 0 if exact.
    """

    statistic: float
    p_value: float | None
    smallest_p: float | None
    method: Literal["exact", "monte_carlo"]
    draws: int
    standard_error: float


def logrank_permutation_test(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    stratum: ArrayLike | None = None,
    weights: LogrankWeights = "logrank",
    exact_up_to: int = 40,
    draws: int = 100_000,
    rng: np.random.Generator | None = None,
) -> LogrankPermutationTest:
    r"""Test whether survival is the same in all groups, by relabelling the patients.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the event or to the end of follow-up, in any one unit; at least 0.
    event : array_like of bool, shape (n,)
        True (1) if the event happened at `time`, false (0) if follow-up ended without it.
    group : array_like of int, shape (n,)
        Group of each patient, 0, 1, ..., k - 1; at least two groups, none empty.
    stratum : array_like of int, shape (n,), or None
        Stratum of each patient, 0 upwards, none empty: patients are relabelled within their
        stratum only. None for one stratum.
    weights : str or pair
        Weights of the event times, as in `logrank_test`.
    exact_up_to : int
        Largest number of patients in two groups for which every arrangement is counted, 0 to 42.
    draws : int
        Arrangements drawn otherwise, at least 1.
    rng : numpy.random.Generator or None
        Source of the draws; must be given when they are needed.

    Returns
    -------
    LogrankPermutationTest

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a time is negative or missing, an event is anything but
        true or false, there are not at least two groups with patients, a stratum is empty, the
        weights are unknown, a number is out of range, or draws are needed and `rng` is missing.

    Notes
    -----
    A patient's score is the event (1 or 0) less the Nelson-Aalen cumulative hazard of all
    patients of the stratum at the patient's own time, or its weighted form (`logrank_scores`);
    the scores sum to 0, and their sum T in group 1 is the log-rank "observed less expected".
    Two groups: p is the share of all arrangements with :math:`|T|` at least the observed one.
    The count splits the scores in two halves, lists the sums of all subsets of each, and matches
    the lists; every stratum but the largest lies in one half, so that matched pairs are quick.
    With the weights "logrank" and "gehan" the scores are whole multiples of a fraction and the
    count is exact; with other weights, sums within 1e-9 of the largest score are equal.

    More than two groups, or more patients than `exact_up_to`: drawn relabellings, with
    :math:`Q = T' V^- T` (for two groups this orders the arrangements as :math:`|T|` does), where
    V is the permutation covariance of the sums, in one stratum
    :math:`Q = \frac{n - 1}{\sum s_i^2} \sum_g T_g^2 / n_g`; and :math:`p = (b + 1) / (m + 1)`
    when b of m draws reach the observed value; time grows with n times m.

    The test takes follow-up to be of equal length in the groups. If one group was followed for
    much longer it may reject too often: 8 % instead of 5 % where 3 patients are censored at a tenth
    of the rate of 12 others;
    `logrank_imputation_test` does not need that.
    Nothing to compare, and so no p-value: nobody had the event, all had it at once, or no stratum
    holds two groups and an event that tells them apart.
    Source: [horowitz1974], [strasser1999], [phipson2010]. Checked against R coin 1.4-2,
    `logrank_test` (`tests/reference/permutation.json`), by hand
    (`tests/byhand/test_permutation.py`), and by every arrangement dealt in fractions
    (`tests/laws/test_permutation.py`).

    Examples
    --------
    >>> test = logrank_permutation_test([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 1, 1])
    >>> round(test.statistic, 4), round(test.p_value, 4), round(test.smallest_p, 4)
    (-1.1667, 0.3333, 0.3333)
    """
    times, events, groups = (
        as_times("time", time),
        as_events("event", event),
        as_groups("group", group, most=MOST_GROUPS),
    )
    same_length(time=times, event=events, group=groups)
    if groups.max() < 1:
        raise ArgumentError("`group` must hold at least two groups.")
    if not 0 <= as_number("exact_up_to", exact_up_to) <= LARGEST_EXACT:
        raise ArgumentError(f"`exact_up_to` must be from 0 to {LARGEST_EXACT}.")
    draws = as_draws(draws, rng)
    strata = None if stratum is None else as_groups("stratum", stratum)
    if strata is not None:
        same_length(time=times, stratum=strata)
    exact = groups.max() == 1 and times.size <= exact_up_to
    scores = logrank_scores(
        times, events, stratum=strata, weights=as_logrank_weights(weights), whole=exact
    )
    members = [np.arange(times.size)] if strata is None else stratum_members(strata)
    if exact:
        return _exact(scores, groups, members)
    if rng is None:
        raise ArgumentError(
            f"`rng` must be given for more than {exact_up_to} patients or more than two groups."
        )
    return _monte_carlo(scores.value, groups, members, draws=draws, rng=rng)


def _exact(
    scores: LogrankScores, groups: NDArray[np.int64], members: list[NDArray[np.int64]]
) -> LogrankPermutationTest:
    value, in_one = scores.value, groups == 1
    observed = value[in_one].sum().item()
    largest = np.abs(value).max().item()
    slack = SUM_TOLERANCE * largest if isinstance(largest, float) else 0
    lowest, highest = _extremes(value, in_one, members)
    p_value = smallest_p = None
    if highest - lowest > slack:
        halves, arrangements = (
            halves_of_sums(value, in_one, members),
            number_of_arrangements(in_one, members),
        )
        furthest = max(highest, -lowest)
        p_value = share_reaching(abs(observed) - slack, arrangements, halves)
        smallest_p = share_reaching(furthest - slack, arrangements, halves)
    return LogrankPermutationTest(
        statistic=observed / scores.unit,
        p_value=p_value,
        smallest_p=smallest_p,
        method="exact",
        draws=0,
        standard_error=0.0,
    )


def _extremes(
    value: Scores, in_one: NDArray[np.bool_], members: list[NDArray[np.int64]]
) -> tuple[float, float]:
    """Return the smallest and the largest sum that group 1 could have."""
    lowest = highest = 0
    for own in members:
        ordered, size = np.sort(value[own]), int(in_one[own].sum())
        lowest += ordered[:size].sum().item()
        highest += ordered[own.size - size :].sum().item()
    return lowest, highest


def _monte_carlo(
    scores: Scores,
    groups: NDArray[np.int64],
    members: list[NDArray[np.int64]],
    *,
    draws: int,
    rng: np.random.Generator,
) -> LogrankPermutationTest:
    sums = np.asarray(np.bincount(groups, weights=scores), dtype=np.float64)
    root = _root_of_inverse(scores, groups, members)
    observed = float(((sums @ root) ** 2).sum())
    p_value = smallest_p = None
    error = 0.0
    if root.size:
        bound = observed - SUM_TOLERANCE * (observed + 1)
        reached = _draws_reaching(bound, scores, groups, members, root, draws, rng)
        p_value, error = drawn_p(reached, draws)
        smallest_p = 1 / (draws + 1)
    return LogrankPermutationTest(
        statistic=float(sums[1]) if sums.size == 2 else observed,
        p_value=p_value,
        smallest_p=smallest_p,
        method="monte_carlo",
        draws=draws if root.size else 0,
        standard_error=error,
    )


def _root_of_inverse(
    scores: Scores, groups: NDArray[np.int64], members: list[NDArray[np.int64]]
) -> NDArray[np.float64]:
    """Return R with R R' the generalised inverse of the permutation covariance of the sums."""
    n_groups = int(groups.max()) + 1
    covariance = np.zeros((n_groups, n_groups))
    for own in members:
        size = np.bincount(groups[own], minlength=n_groups)
        spread = float(scores[own] @ scores[own]) / (own.size * max(own.size - 1, 1))
        covariance += spread * (own.size * np.diag(size) - np.outer(size, size))
    variance, direction = np.linalg.eigh(covariance)
    kept = variance > SUM_TOLERANCE * variance.max()
    return np.asarray(direction[:, kept] / np.sqrt(variance[kept]), dtype=np.float64)


def _draws_reaching(
    bound: float,
    scores: Scores,
    groups: NDArray[np.int64],
    members: list[NDArray[np.int64]],
    root: NDArray[np.float64],
    draws: int,
    rng: np.random.Generator,
) -> int:
    """Count the drawn arrangements whose quadratic form is at least `bound`."""
    # Places are dealt in runs of one group in one stratum; the first of each run, and its group.
    labels = np.concatenate([np.sort(groups[own]) for own in members])
    stratum_of = np.repeat(np.arange(len(members)), [own.size for own in members])
    run = np.flatnonzero(np.diff(labels, prepend=-1) | np.diff(stratum_of, prepend=-1))
    to_axes = root[labels[run]]
    reached = 0
    for dealt in dealt_anew(scores, members, draws=draws, rng=rng):
        axes = np.add.reduceat(dealt, run, axis=1) @ to_axes
        reached += int(((axes**2).sum(axis=1) >= bound).sum())
    return reached
