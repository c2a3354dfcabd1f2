"""Several outcomes compared at once by relabelling the patients (step-down max-T).

Scores and groups in, a frozen record of numbers out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, product
from math import comb, lgamma, log, prod, sqrt
from operator import add, le
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_draws, as_groups
from autallo.stats.contingency.counts import as_one
from autallo.stats.multiplicity.levels import (
    Floats,
    Outcome,
    bounds_of,
    level_of,
    testable_outcomes,
)

__all__ = ["MaxTTest", "max_t_test"]

#: More arrangements than this are never counted, nor those of more patients.
LARGEST_EXACT, MOST_PATIENTS = 200_000_000, 10_000
#: Arrangements looked at in one go, and numbers held at once while drawing.
BLOCK, DRAWN_BLOCK = 1 << 16, 1 << 20

#: Sums of scores (outcome, group but the first, way to deal), by how many went to each group.
Dealt = dict[tuple[int, ...], Floats]


@dataclass(frozen=True, slots=True)
class MaxTTest:
    """Tests of several outcomes in the same patients, adjusted for how many they are.

    Attributes
    ----------
    statistic : tuple of float or None
        Two groups: sum of the scores in group 1 less its expectation, over its standard
        deviation. More: the quadratic form of the sums. None: the outcome is untestable.
    p_value : tuple of float or None
        Two-sided p-value of each outcome by itself.
    single_step : tuple of float or None
        Adjusted: chance that the largest statistic of all outcomes reaches that of this outcome.
    step_down : tuple of float or None
        Adjusted, stepping down: the same, once the outcomes with larger statistics are left out.
    family : int
        Outcomes in the family: those whose scores are not all the same.
    untestable : int
        Outcomes whose scores are all the same; they are not in the family.
    method : {"exact", "monte_carlo"}
        Whether all arrangements were counted or some were drawn.
    arrangements : int or None
        Ways to deal the patients to the groups, if they were counted: no p-value can be below 1
        divided by this. None if drawn.
    draws : int
        Arrangements drawn; 0 if exact.
    standard_error : tuple of float or None
        Monte Carlo standard error of `step_down`; 0 if exact.
    """

    statistic: tuple[float | None, ...]
    p_value: tuple[float | None, ...]
    single_step: tuple[float | None, ...]
    step_down: tuple[float | None, ...]
    family: int
    untestable: int
    method: Literal["exact", "monte_carlo"]
    arrangements: int | None
    draws: int
    standard_error: tuple[float | None, ...]


def max_t_test(
    scores: ArrayLike,
    group: ArrayLike,
    *,
    exact_up_to: int = 25_000_000,
    draws: int = 100_000,
    rng: np.random.Generator | None = None,
) -> MaxTTest:
    r"""Test several outcomes at once, adjusted by their joint distribution under relabelling.

    Parameters
    ----------
    scores : array_like of float, shape (n, m)
        One row per patient, one column per outcome: ranks, 0 and 1, log-rank scores, ...
    group : array_like of int, shape (n,)
        Group of each patient, 0, 1, ..., k - 1; at least two groups, none empty.
    exact_up_to : int
        Largest number of arrangements that are counted one by one, 0 to 200 million (17 against
        11 patients have 21 million); those of more than 10 000 patients never are.
    draws : int
        Arrangements drawn otherwise, at least 1.
    rng : numpy.random.Generator or None
        Source of the draws; must be given when they are needed.

    Returns
    -------
    MaxTTest

    Raises
    ------
    ArgumentError
        If the scores are not a matrix of finite numbers with one row per patient, there are not at
        least two groups with patients, a number is out of range or not whole, `rng` is no
        generator, or draws are needed and it is missing.

    Notes
    -----
    Whole patients are dealt to the groups, so outcomes of one patient stay together and their
    correlation is used. The statistic of an outcome is the sum of its scores in group 1, centred
    and divided by its permutation standard deviation, without sign; of more groups
    :math:`\frac{n - 1}{\sum s_i^2} \sum_g T_g^2 / n_g`. With the outcomes in descending order of
    the observed statistic :math:`t_j` the step-down p is the share of the arrangements in which the
    largest statistic of the outcomes j, j + 1, ... reaches :math:`t_j`, and at least that of the
    outcome before. Drawn: :math:`(b + 1) / (d + 1)` for b of d draws.

    The chance of any false finding is at most the level if the groups do not differ in any outcome;
    and whatever outcomes differ, if the joint distribution of the others is the same in the
    groups. With one outcome the adjusted p is the plain one; the adjusted p of outcomes that rise
    and fall together is little above it. Scores that are whole or halves (ranks, 0 and 1) are
    compared without rounding; others within 1e-9 of the largest score are equal. A column of equal
    scores, or one that varies by less than 1e-9 of its largest score, is untestable and leaves the
    family. One patient in a group is enough. Time grows with the arrangements, or draws times
    patients, times the square of the outcomes.
    Source: [westfall1993], [ge2003], [phipson2010]. Checked by hand
    (`tests/byhand/test_multiplicity.py`), against full enumeration in R and R coin 1.4-2
    (`tests/reference/multiplicity.json`), by enumeration in fractions
    (`tests/twins/test_multiplicity.py`) and by laws (`tests/laws/test_multiplicity.py`).

    Examples
    --------
    >>> scores = [[1, 0], [2, 1], [3, 0], [4, 1], [5, 1], [6, 0]]
    >>> test = max_t_test(scores, [0, 0, 0, 1, 1, 1])
    >>> test.step_down, test.arrangements
    ((0.2, 1.0), 20)
    """
    matrix, groups = _as_scores(scores), as_groups("group", group)
    if groups.size != matrix.shape[0]:
        raise ArgumentError("`scores` must have one row for each patient in `group`.")
    if groups.max() < 1:
        raise ArgumentError("`group` must hold at least two groups.")
    draws, most = as_draws(draws, rng), as_one("exact_up_to", exact_up_to)
    if most > LARGEST_EXACT:
        raise ArgumentError(f"`exact_up_to` must be from 0 to {LARGEST_EXACT}.")
    sizes = np.bincount(groups).tolist()
    outcomes = testable_outcomes(matrix, groups, sizes)
    arrangements = _arrangements(sizes, most)
    if arrangements is not None:
        counts = _tally_all(outcomes, sizes)
        return _answer(counts, outcomes, of=arrangements, columns=matrix.shape[1], draws=0)
    if rng is None:
        raise ArgumentError(
            f"`rng` must be given for more than {most} arrangements or {MOST_PATIENTS} patients."
        )
    counts = 1 + _tally_drawn(outcomes, groups, draws=draws, rng=rng)
    return _answer(counts, outcomes, of=draws + 1, columns=matrix.shape[1], draws=draws)


def _as_scores(scores: ArrayLike) -> Floats:
    if isinstance(scores, np.ma.MaskedArray) and np.ma.is_masked(scores):
        raise ArgumentError("`scores` must not have masked values; leave them out before.")
    try:
        matrix = np.array(scores)
    except ValueError:
        raise ArgumentError("`scores` must have rows of the same length.") from None
    if matrix.ndim != 2 or matrix.size == 0:
        raise ArgumentError("`scores` must be a matrix, a row per patient, a column per outcome.")
    if matrix.dtype.kind not in "biuf" or not np.isfinite(matrix).all():
        raise ArgumentError("`scores` must be finite numbers; leave missing values out before.")
    return matrix.astype(np.float64)


def _arrangements(sizes: list[int], most: int) -> int | None:
    """Return the number of ways to deal the patients, or None if they are too many to count."""
    if sum(sizes) > MOST_PATIENTS:
        return None
    if lgamma(sum(sizes) + 1) - sum(lgamma(size + 1) for size in sizes) > log(LARGEST_EXACT) + 1:
        return None
    ways = prod(comb(sum(sizes[: g + 1]), size) for g, size in enumerate(sizes))
    return ways if ways <= most else None


def _tally(levels: Sequence[Floats], bounds: list[list[float]]) -> NDArray[np.int64]:
    """Count the arrangements that reach each outcome: by itself, stepping down, at one step."""
    counts = np.empty((len(levels), 3), dtype=np.int64)
    for j, row in enumerate(bounds):
        reached = levels[j] >= row[j]
        counts[j, 0] = np.count_nonzero(reached)
        for k in range(j + 1, len(levels)):
            reached |= levels[k] >= row[k]
        counts[j, 1] = np.count_nonzero(reached)
        for k in range(j):
            reached |= levels[k] >= row[k]
        counts[j, 2] = np.count_nonzero(reached)
    return counts


def _tally_all(outcomes: list[Outcome], sizes: list[int]) -> NDArray[np.int64]:
    counts = np.zeros((len(outcomes), 3), dtype=np.int64)
    if outcomes:
        bounds = bounds_of(outcomes, sizes)
        for first, second in _all_pairs(outcomes, sizes):
            levels = [
                level_of([a[:, None] + b for a, b in zip(one, two, strict=True)], sizes)
                for one, two in zip(first, second, strict=True)
            ]
            counts += _tally(levels, bounds)
    return counts


def _all_pairs(outcomes: list[Outcome], sizes: list[int]) -> Iterator[tuple[Floats, Floats]]:
    """Yield sums of the first half and of the second that together are whole arrangements.

    Each is an array with axes outcome, group but the first, and way to deal that half.
    """
    rows = np.stack([outcome.scores for outcome in outcomes], axis=1)
    half = rows.shape[0] // 2
    first, second = _dealt(rows[:half], sizes), _dealt(rows[half:], sizes)
    for taken, one in first.items():
        left = tuple(size - used for size, used in zip(sizes[1:], taken, strict=True))
        other = second.get(left)
        if other is None:
            continue
        width = min(other.shape[2], BLOCK)
        height = max(1, BLOCK // width)
        for i, j in product(range(0, one.shape[2], height), range(0, other.shape[2], width)):
            yield one[:, :, i : i + height], other[:, :, j : j + width]


def _dealt(rows: Floats, sizes: list[int]) -> Dealt:
    """Return the sums of all ways to deal some patients, by how many went to each group but one.

    Halves are dealt for themselves and put together, so that most sums are written only once.
    """
    others = len(sizes) - 1
    if rows.shape[0] == 0:
        return {(0,) * others: np.zeros((rows.shape[1], others, 1))}
    if rows.shape[0] == 1:
        return {
            tuple(place): (rows[0][:, None] * np.array(place))[:, :, None]
            for place in [[0] * others, *np.eye(others, dtype=np.int64).tolist()]
        }
    half = rows.shape[0] // 2
    parts: dict[tuple[int, ...], list[Floats]] = {}
    dealt = product(_dealt(rows[:half], sizes).items(), _dealt(rows[half:], sizes).items())
    for (taken, one), (taken_too, other) in dealt:
        used = tuple(map(add, taken, taken_too))
        if rows.shape[0] - sum(used) <= sizes[0] and all(map(le, used, sizes[1:])):
            sums = one[:, :, :, None] + other[:, :, None, :]
            parts.setdefault(used, []).append(sums.reshape(*one.shape[:2], -1))
    return {used: np.concatenate(sums, axis=2) for used, sums in parts.items()}


def _tally_drawn(
    outcomes: list[Outcome],
    groups: NDArray[np.int64],
    *,
    draws: int,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    counts = np.zeros((len(outcomes), 3), dtype=np.int64)
    if not outcomes:
        return counts
    sizes = np.bincount(groups).tolist()
    bounds = bounds_of(outcomes, sizes)
    scores = np.stack([outcome.scores for outcome in outcomes], axis=1)
    rows = max(1, min(draws, DRAWN_BLOCK // groups.size))
    for done in range(0, draws, rows):
        labels = np.tile(groups, (min(rows, draws - done), 1))
        rng.permuted(labels, axis=1, out=labels)
        sums = [(labels == g).astype(np.float64) @ scores for g in range(1, len(sizes))]
        levels = [level_of([part[:, j] for part in sums], sizes) for j in range(len(outcomes))]
        counts += _tally(levels, bounds)
    return counts


def _answer(
    counts: NDArray[np.int64], outcomes: list[Outcome], *, of: int, columns: int, draws: int
) -> MaxTTest:
    raw, down, single = (counts[:, part].tolist() for part in range(3))
    down = list(accumulate(down, max))

    def spread_out(values: Sequence[float]) -> tuple[float | None, ...]:
        by_column = {one.column: value for one, value in zip(outcomes, values, strict=True)}
        return tuple(by_column.get(column) for column in range(columns))

    step_down = [count / of for count in down]
    return MaxTTest(
        statistic=spread_out([one.sign * one.statistic for one in outcomes]),
        p_value=spread_out([count / of for count in raw]),
        single_step=spread_out([count / of for count in single]),
        step_down=spread_out(step_down),
        family=len(outcomes),
        untestable=columns - len(outcomes),
        method="monte_carlo" if draws else "exact",
        arrangements=None if draws else of,
        draws=draws,
        standard_error=spread_out([sqrt(p * (1 - p) / draws) if draws else 0.0 for p in step_down]),
    )
