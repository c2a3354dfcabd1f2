"""Permutation test of any statistic of values and labels: all arrangements, or very many."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_groups
from autallo.stats.resampling.statistic import as_statistic, tie_slack

__all__ = ["Alternative", "PermutationTest", "permutation_test"]

Alternative = Literal["two-sided", "less", "greater"]

Values = NDArray[Any]
Labels = NDArray[np.int64]

#: A statistic of the values and the labels dealt to them, or None where it cannot be given.
Statistic = Callable[[Values, Labels], float | None]


@dataclass(frozen=True, slots=True)
class PermutationTest:
    """Statistic of the data against those of all, or very many, ways to deal the labels.

    Attributes
    ----------
    statistic : float
        The statistic of the data.
    p_value : float
        P-value of `alternative`; two-sided is twice the smaller of the other two, at most 1.
    p_less, p_greater : float
        Probability of a statistic at most, or at least, as large.
    smallest_p : float
        Smallest `p_value` that this test could have given: of all arrangements, or by the number of
        draws.
    alternative : {"two-sided", "less", "greater"}
        What `p_value` is evidence for.
    method : {"exact", "monte_carlo"}
        Whether all arrangements were counted or some were drawn.
    arrangements : int or None
        Different ways to deal the labels, if they were counted.
    draws : int
        Arrangements drawn; 0 if exact.
    failures : int
        Arrangements, or draws, for which the statistic could not be given; they count as more
        extreme than the data, on both sides.
    standard_error : float
        Monte Carlo standard error of `p_value`; 0 if exact.
    """

    statistic: float
    p_value: float
    p_less: float
    p_greater: float
    smallest_p: float
    alternative: Alternative
    method: Literal["exact", "monte_carlo"]
    arrangements: int | None
    draws: int
    failures: int
    standard_error: float


def permutation_test(
    statistic: Statistic,
    values: ArrayLike,
    labels: ArrayLike,
    *,
    stratum: ArrayLike | None = None,
    alternative: Alternative = "two-sided",
    exact_up_to: int = 10_000,
    draws: int = 9_999,
    rng: np.random.Generator | None = None,
) -> PermutationTest:
    r"""Test whether any statistic is larger, or smaller, than labels dealt at random would give.

    Parameters
    ----------
    statistic : callable
        Function of the values and an array of labels, shape (n,): a number, or None where it cannot
        be given. A refusal (`ArgumentError`) counts as None. It must not change anything, nor draw
        random numbers of its own.
    values : array_like, shape (n,) or (n, k)
        One row per patient, passed to the statistic as they are: values, or times and events, ...
    labels : array_like of int, shape (n,)
        Group of each patient, 0, 1, ..., k - 1; at least two groups, none empty.
    stratum : array_like of int, shape (n,), or None
        Stratum of each patient, 0 upwards, none empty: labels are dealt within it only.
    alternative : {"two-sided", "less", "greater"}
        Statistics that are large against the hypothesis whatever the direction (a chi-squared)
        need "greater".
    exact_up_to : int
        Largest number of arrangements that are counted one by one, at least 0.
    draws : int
        Arrangements drawn otherwise, at least 1.
    rng : numpy.random.Generator or None
        Source of the draws; must be given when they are needed.

    Returns
    -------
    PermutationTest

    Raises
    ------
    ArgumentError
        If the arrays differ in length, there are not at least two groups with patients, a stratum
        is empty, the statistic of the data is None, the statistic returns anything but a finite
        number or None, `alternative` is another word, a number is out of range, or draws are needed
        and `rng` is missing.

    Notes
    -----
    Exact: every different way to deal the labels counts once. Drawn: :math:`p = (b + 1) / (m + 1)`
    when b of m draws are as extreme, so that p is never 0 and the test keeps its level. The
    standard error is :math:`\sqrt{p (1 - p) / m}` of one tail, doubled for two. Whole numbers
    (and fractions) are compared as they are; other statistics within 1e-12 of the largest are tied.

    The test asks whether the labels could be exchanged: groups that differ in spread, or in length
    of follow-up, can make it reject although the statistic is 0 on the mean.
    One arrangement only (each stratum holds one group): p is 1.
    Source: [fisher1935], [phipson2010]. Checked against R (`tests/reference`), by hand
    (`tests/byhand`), by arrangements listed in another way (`tests/twins`) and by laws
    (`tests/laws`, each test_any_permutation.py).

    Examples
    --------
    Two groups of two that follow one another: one of six arrangements is as extreme on this side.

    >>> def difference(values, labels):
    ...     return values[labels == 1].mean() - values[labels == 0].mean()
    >>> test = permutation_test(difference, [1, 2, 3, 4], [0, 0, 1, 1])
    >>> test.arrangements, round(test.p_greater, 4), round(test.p_value, 4)
    (6, 0.1667, 0.3333)
    """
    array, groups = _as_rows(values), as_groups("labels", labels)
    strata = np.zeros_like(groups) if stratum is None else as_groups("stratum", stratum)
    if not len(array) == groups.size == strata.size:
        raise ArgumentError("`values`, `labels` and `stratum` must have the same length.")
    if groups.max() < 1:
        raise ArgumentError("`labels` must hold at least two groups.")
    if alternative not in get_args(Alternative):
        raise ArgumentError('`alternative` must be "two-sided", "less" or "greater".')
    if exact_up_to < 0 or draws < 1:
        raise ArgumentError("`exact_up_to` must be at least 0, and `draws` at least 1.")
    observed = _value(statistic, array, groups)
    if observed is None:
        raise ArgumentError("`statistic` must be a number for the data; it is None.")
    members = _mixed(groups, strata)
    ways = _arrangements(groups, members)
    if ways <= exact_up_to:
        found = [_value(statistic, array, dealt) for dealt in _all_dealt(groups, members)]
        return _as_test(observed, found, alternative, draws=0)
    if rng is None:
        raise ArgumentError(f"`rng` must be given for {ways} arrangements (`exact_up_to`).")
    found = [_value(statistic, array, _dealt(groups, members, rng)) for _ in range(draws)]
    return _as_test(observed, found, alternative, draws=draws)


def _as_rows(values: ArrayLike) -> Values:
    try:
        array = np.array(values)
    except ValueError:
        raise ArgumentError("`values` must have rows of the same length.") from None
    if array.ndim not in (1, 2) or array.size == 0:
        raise ArgumentError("`values` must be one list of values, or a table of patients.")
    if array.dtype.kind == "f" and np.isnan(array).any():
        raise ArgumentError("`values` must not be missing; leave those patients out before.")
    array.flags.writeable = False
    return array


def _value(statistic: Statistic, values: Values, labels: Labels) -> float | None:
    try:
        value = statistic(values, labels)
    except ArgumentError:
        return None
    return as_statistic(value)


def _mixed(groups: Labels, strata: Labels) -> list[NDArray[np.intp]]:
    """Return the members of each stratum that holds more than one group."""
    order = np.argsort(strata, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(strata[order])) + 1)
    return [own for own in members if np.ptp(groups[own]) > 0]


def _arrangements(groups: Labels, members: list[NDArray[np.intp]]) -> int:
    ways = 1
    for own in members:
        left = own.size
        for size in np.bincount(groups[own]).tolist():
            ways *= math.comb(left, size)
            left -= size
    return ways


def _all_dealt(groups: Labels, members: list[NDArray[np.intp]]) -> Iterator[Labels]:
    """Yield every different way to deal the labels within the strata."""
    if not members:
        yield groups.copy()
        return
    own = members[0]
    for dealt in _orders(np.sort(groups[own]).tolist()):
        for labels in _all_dealt(groups, members[1:]):
            labels[own] = dealt
            yield labels


def _orders(labels: list[int]) -> Iterator[list[int]]:
    """Yield the different orders of sorted labels, each the next larger one."""
    while True:
        yield labels
        rising = next((i for i in range(len(labels) - 2, -1, -1) if labels[i] < labels[i + 1]), -1)
        if rising < 0:
            return
        larger = next(j for j in range(len(labels) - 1, rising, -1) if labels[j] > labels[rising])
        labels[rising], labels[larger] = labels[larger], labels[rising]
        labels[rising + 1 :] = labels[:rising:-1]


def _dealt(groups: Labels, members: list[NDArray[np.intp]], rng: np.random.Generator) -> Labels:
    labels = groups.copy()
    for own in members:
        labels[own] = rng.permutation(groups[own])
    return labels


def _as_test(
    observed: float, found: list[float | None], alternative: Alternative, *, draws: int
) -> PermutationTest:
    given = [value for value in found if value is not None]
    failures = len(found) - len(given)
    slack = tie_slack([observed, *given])
    extra, of = (1, draws + 1) if draws else (0, len(found))
    less = (sum(value <= observed + slack for value in given) + failures + extra) / of
    greater = (sum(value >= observed - slack for value in given) + failures + extra) / of
    if draws:
        lowest = highest = 1 / of
    else:
        smallest, largest = min(given), max(given)
        lowest = (sum(value <= smallest + slack for value in given) + failures) / of
        highest = (sum(value >= largest - slack for value in given) + failures) / of
    p_value = _of_alternative(less, greater, alternative)
    return PermutationTest(
        statistic=float(observed),
        p_value=p_value,
        p_less=less,
        p_greater=greater,
        smallest_p=_of_alternative(lowest, highest, alternative),
        alternative=alternative,
        method="monte_carlo" if draws else "exact",
        arrangements=None if draws else of,
        draws=draws,
        failures=failures,
        standard_error=_standard_error(less, greater, alternative, draws) if draws else 0.0,
    )


def _of_alternative(less: float, greater: float, alternative: Alternative) -> float:
    if alternative == "less":
        return less
    if alternative == "greater":
        return greater
    return min(1.0, 2 * min(less, greater))


def _standard_error(less: float, greater: float, alternative: Alternative, draws: int) -> float:
    """Return that of one tail, doubled as the tail is."""
    if alternative == "two-sided":
        tail, times = min(less, greater), 2
    else:
        tail, times = (less if alternative == "less" else greater), 1
    return times * math.sqrt(tail * (1 - tail) / draws)
