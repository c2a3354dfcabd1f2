"""Trend of a share over ordered categories, in two groups."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb, erfc, gcd, lcm, sqrt

from numpy.typing import ArrayLike

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_values
from autallo.stats.contingency.counts import as_limited_counts, as_one

__all__ = ["CochranArmitageTest", "cochran_armitage_test"]

#: Tables of more patients are not counted.
MOST_PATIENTS = 10_000


@dataclass(frozen=True, slots=True)
class CochranArmitageTest:
    """Cochran-Armitage test for trend, exact and for large samples.

    Attributes
    ----------
    statistic : float or None
        Standard normal deviate of large samples, above 0 if the first row has the higher scores;
        None if a row is empty or all patients have one score.
    p_asymptotic : float or None
        Its two-sided p; None with `statistic`.
    p_value : float or None
        Exact two-sided p: score sums of the first row at least as far from their expectation as
        the observed one; None if the tables are too many to count.
    p_less, p_greater : float or None
        Exact one-sided: probability of the observed score sum of the first row or a smaller
        (larger) one; None with `p_value`.
    mid_p : float or None
        Two-sided mid-P: the sums further away, and half of those exactly as far; None with
        `p_value`.
    smallest_p : float or None
        Smallest `p_value` that any table with these margins could have; None with `p_value`.
    """

    statistic: float | None
    p_asymptotic: float | None
    p_value: float | None
    p_less: float | None
    p_greater: float | None
    mid_p: float | None
    smallest_p: float | None


def cochran_armitage_test(
    table: ArrayLike, *, scores: ArrayLike | None = None, budget: int = 2_000_000
) -> CochranArmitageTest:
    r"""Test whether two groups differ by a trend over ordered categories.

    Parameters
    ----------
    table : array_like of int, shape (2, k)
        Patients; rows are the groups, columns the categories in their order, up to 1e9 patients
        in a cell.
    scores : array_like of float, shape (k,), or None
        One number for each category; None for 1, 2, ..., k. They are taken as the decimal
        numbers that they print as.
    budget : int
        Partly filled tables that the exact count may visit; 2 000 000 take a second or two.

    Returns
    -------
    CochranArmitageTest

    Raises
    ------
    ArgumentError
        If the table is not two rows of whole numbers from 0 to 1e9, or there is not one finite
        score for each column, or `budget` is not a whole number of at least 0.

    Notes
    -----
    Exact: of all tables with these margins, by the sum T of the scores in the first row. Sums
    are compared in whole numbers, so a tie is a tie, and the ways are whole numbers: each p is
    the floating point number nearest to the true one. The two-sided p is that of
    :math:`|T - E T|`, the rule of R coin. The count visits partly filled tables, those with the
    same number and sum in the first row being one; beyond `budget`, or 10 000 patients, the
    exact numbers are None.
    Large samples: :math:`(T - E T)` over the root of its variance in independent draws, the
    variance of R ``prop.trend.test`` (1 / n; given both margins it would be 1 / (n - 1)).
    A table with an empty row, or all patients of one score, says nothing: of any size, p is 1
    (the mid-P 1/2).
    Source: [cochran1954], [armitage1955]. Checked against R 4.2.2 prop.trend.test and R coin
    1.4-2 (`tests/reference/trend.json`), by hand (`tests/byhand/test_trend.py`) and by listing
    all tables (`tests/twins/test_trend.py`).

    Examples
    --------
    >>> test = cochran_armitage_test([[3, 5, 8], [14, 9, 4]])
    >>> round(test.p_value, 4), round(test.p_asymptotic, 4)
    (0.0113, 0.0078)
    """
    counts, most = as_limited_counts("table", table, dimensions=2), as_one("budget", budget)
    if counts.shape[0] != 2:
        raise ArgumentError("`table` must have two rows.")
    points = _whole_scores(scores, counts.shape[1])
    first, second = counts.tolist()
    sizes = [one + other for one, other in zip(first, second, strict=True)]
    observed = _dot(first, points)
    statistic = _deviate(observed, sum(first), sizes, points)
    if statistic is None:
        return CochranArmitageTest(None, None, 1.0, 1.0, 1.0, 0.5, 1.0)
    asymptotic = erfc(abs(statistic) / sqrt(2))
    ways = _ways_to_sums(sum(first), sizes, points, budget=most)
    if ways is None:
        return CochranArmitageTest(statistic, asymptotic, None, None, None, None, None)
    total, centre = sum(ways.values()), sum(first) * _dot(sizes, points)
    distance = {reached: abs(sum(sizes) * reached - centre) for reached in ways}
    furthest = max(distance.values())
    beyond = _count(ways, lambda reached: distance[reached] > distance[observed])
    equal = _count(ways, lambda reached: distance[reached] == distance[observed])
    return CochranArmitageTest(
        statistic=statistic,
        p_asymptotic=asymptotic,
        p_value=(beyond + equal) / total,
        p_less=_count(ways, lambda reached: reached <= observed) / total,
        p_greater=_count(ways, lambda reached: reached >= observed) / total,
        mid_p=(2 * beyond + equal) / (2 * total),
        smallest_p=_count(ways, lambda reached: distance[reached] == furthest) / total,
    )


def _whole_scores(scores: ArrayLike | None, categories: int) -> list[int]:
    """Return the scores as whole numbers from 0, with the same ratios of their differences."""
    if scores is None:
        return list(range(categories))
    values = as_values("scores", scores).tolist()
    if len(values) != categories:
        raise ArgumentError("`scores` must hold one number for each column of `table`.")
    fractions = [Fraction(repr(value)) for value in values]
    scale = lcm(*(fraction.denominator for fraction in fractions))
    whole = [int(fraction * scale) for fraction in fractions]
    least = min(whole)
    step = gcd(*(score - least for score in whole)) or 1
    return [(score - least) // step for score in whole]


def _dot(counts: Sequence[int], points: Sequence[int]) -> int:
    return sum(count * point for count, point in zip(counts, points, strict=True))


def _count(ways: Mapping[int, int], chosen: Callable[[int], bool]) -> int:
    return sum(number for reached, number in ways.items() if chosen(reached))


def _deviate(observed: int, row: int, sizes: Sequence[int], points: Sequence[int]) -> float | None:
    """Return the deviation of the score sum from its expectation over its standard deviation."""
    patients, summed = sum(sizes), _dot(sizes, points)
    squares = _dot(sizes, [point**2 for point in points])
    spread = row * (patients - row) * (patients * squares - summed**2)
    if spread == 0:
        return None
    deviation = patients * observed - row * summed
    size = sqrt(Fraction(patients * deviation**2, spread))
    return size if deviation >= 0 else -size


def _ways_to_sums(
    row: int, sizes: Sequence[int], points: Sequence[int], *, budget: int
) -> dict[int, int] | None:
    """Return the ways to each score sum of the first row, or None beyond the budget.

    Category by category: the ways to have so many patients in the first row so far, and among
    them so high a sum. The largest category comes last: there is no choice left in it.
    """
    if sum(sizes) > MOST_PATIENTS:
        return None
    *others, last = sorted(zip(sizes, points, strict=True))
    filled = {0: {0: 1}}
    for size, point in others:
        budget -= sum(map(len, filled.values())) * (min(size, row) + 1)
        if budget < 0:
            return None
        filled = _with_category(filled, size=size, point=point, row=row)
    sums: dict[int, int] = {}
    for taken, reached in filled.items():
        _add(sums, reached, more=(row - taken) * last[1], ways=comb(last[0], row - taken))
    return sums


def _with_category(
    filled: Mapping[int, Mapping[int, int]], *, size: int, point: int, row: int
) -> dict[int, dict[int, int]]:
    choices = [comb(size, chosen) for chosen in range(min(size, row) + 1)]
    grown: dict[int, dict[int, int]] = {}
    for taken, reached in filled.items():
        for chosen, ways in enumerate(choices[: row - taken + 1]):
            _add(grown.setdefault(taken + chosen, {}), reached, more=chosen * point, ways=ways)
    return grown


def _add(sums: dict[int, int], reached: Mapping[int, int], *, more: int, ways: int) -> None:
    """Add to the ways to each sum those that come from here, if there are any."""
    if ways:
        for start, number in reached.items():
            sums[start + more] = sums.get(start + more, 0) + number * ways
