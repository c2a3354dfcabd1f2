"""Association of two groups with a yes-or-no outcome, over several strata.

A common odds ratio with its test, and a test whether it is common.
"""

from dataclasses import dataclass
from math import erfc, exp, inf, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincc, ndtri

from autallo.stats.arguments import as_level
from autallo.stats.contingency.strata import Strata, informative_strata

__all__ = [
    "BreslowDayTest",
    "MantelHaenszelTest",
    "breslow_day_test",
    "mantel_haenszel_test",
]

#: The continuity correction applies from this deviation on, but for rounding.
HALF = 0.5 - 1e-9

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MantelHaenszelTest:
    """Mantel-Haenszel common odds ratio and the Cochran-Mantel-Haenszel test.

    Attributes
    ----------
    odds_ratio : float or None
        Common odds ratio, first row against second, 0 to infinity; None if no stratum informs
        about it.
    low, high : float or None
        Limits by the variance of Robins, Breslow and Greenland; None if the odds ratio is 0,
        infinite or None.
    level : float
        Confidence level [0 to 1].
    statistic : float or None
        Chi-squared statistic; None if no stratum informs.
    p_value : float or None
        Two-sided p-value; None with `statistic`.
    df : int
        Degrees of freedom: 1.
    strata : int
        Strata that inform: no row and no column is empty.
    strata_left_out : int
        The others; they would change nothing.
    """

    odds_ratio: float | None
    low: float | None
    high: float | None
    level: float
    statistic: float | None
    p_value: float | None
    df: int
    strata: int
    strata_left_out: int


@dataclass(frozen=True, slots=True)
class BreslowDayTest:
    """Breslow-Day test that the odds ratio is the same in all strata.

    Attributes
    ----------
    statistic : float or None
        Chi-squared statistic; None with fewer than two strata that inform, or if the
        Mantel-Haenszel odds ratio is 0 or infinite.
    p_value : float or None
        P-value; None with `statistic`.
    df : int
        Strata that inform, less 1; at least 0.
    odds_ratio : float or None
        Mantel-Haenszel odds ratio that the strata were compared with.
    strata, strata_left_out : int
        Strata that inform, and those with an empty row or column.
    """

    statistic: float | None
    p_value: float | None
    df: int
    odds_ratio: float | None
    strata: int
    strata_left_out: int


def mantel_haenszel_test(
    tables: ArrayLike, *, level: float = 0.95, continuity: bool = True
) -> MantelHaenszelTest:
    r"""Test whether two groups differ in a yes-or-no outcome, stratified.

    Parameters
    ----------
    tables : array_like of int, shape (k, 2, 2)
        Patients, one table for each stratum; rows are the groups, columns are with and without
        the outcome.
    level : float
        Confidence level, between 0 and 1.
    continuity : bool
        Whether 1/2 is taken off the deviation from its expectation.

    Returns
    -------
    MantelHaenszelTest

    Raises
    ------
    ArgumentError
        If the tables are not k times two by two whole numbers from 0 to 1e9, or `level` is not
        between 0 and 1.

    Notes
    -----
    With a, b, c, d the cells and n the patients of a stratum, the odds ratio is
    :math:`\sum ad/n` over :math:`\sum bc/n`. Its logarithm has the variance of Robins, Breslow
    and Greenland, right for few large strata and for many small ones. The statistic is the
    square of :math:`\sum (a - E a)` over the sum of its hypergeometric variances; the
    continuity correction is the rule of R: 1/2 is taken off if the deviation is at least 1/2,
    otherwise nothing. A stratum with an empty row or column adds 0 to every sum and is left out.
    For one stratum the statistic is Pearson's chi-squared times (n - 1) / n.
    The p is that of large samples; `stratified_exact_test` is for small ones.
    Source: [cochran1954], [mantel1959], [robins1986]. Checked against R 4.2.2 mantelhaen.test
    (`tests/reference/stratified_tables.json`), by hand (`tests/byhand/test_stratified_tables.py`)
    and in fractions (`tests/twins/test_stratified_tables.py`).

    Examples
    --------
    >>> test = mantel_haenszel_test([[[4, 6], [5, 9]], [[7, 5], [3, 8]]])
    >>> round(test.odds_ratio, 4), round(test.p_value, 4), test.strata
    (2.0686, 0.3682, 2)
    """
    confidence = as_level(level)
    strata = informative_strata(tables)
    odds_ratio = _common_odds_ratio(strata)
    low = high = None
    if odds_ratio is not None and 0 < odds_ratio < inf:
        reach = -float(ndtri((1 - confidence) / 2)) * sqrt(_log_variance(strata))
        low, high = odds_ratio * exp(-reach), odds_ratio * exp(reach)
    statistic = _chi_squared(strata, continuity=continuity)
    return MantelHaenszelTest(
        odds_ratio=odds_ratio,
        low=low,
        high=high,
        level=confidence,
        statistic=statistic,
        p_value=None if statistic is None else erfc(sqrt(statistic / 2)),
        df=1,
        strata=strata.cells.shape[1],
        strata_left_out=strata.left_out,
    )


def breslow_day_test(tables: ArrayLike, *, tarone: bool = True) -> BreslowDayTest:
    r"""Test whether the odds ratio is the same in all strata.

    Parameters
    ----------
    tables : array_like of int, shape (k, 2, 2)
        Patients, one table for each stratum; rows are the groups, columns are with and without
        the outcome.
    tarone : bool
        Whether the statistic is lowered as Tarone has shown it must be, because the
        Mantel-Haenszel odds ratio is not the most likely one.

    Returns
    -------
    BreslowDayTest

    Raises
    ------
    ArgumentError
        If the tables are not k times two by two whole numbers from 0 to 1e9.

    Notes
    -----
    The expected first cell A of a stratum is the one at which, with its margins, the table has
    the Mantel-Haenszel odds ratio; V is the inverse of the sum of the inverses of the four
    expected cells. The statistic is :math:`\sum (a - A)^2 / V`, less
    :math:`(\sum (a - A))^2 / \sum V` after Tarone, chi-squared with one degree of freedom less
    than there are strata. The approximation wants large strata: in small ones a p says little.
    Source: [breslow1980], [tarone1985]. Checked against a solution in R
    (`tests/reference/stratified_tables.json`), by hand (`tests/byhand/test_stratified_tables.py`)
    and by bisection in fractions (`tests/twins/test_stratified_tables.py`).

    Examples
    --------
    >>> test = breslow_day_test([[[4, 6], [5, 9]], [[7, 5], [3, 8]]])
    >>> round(test.statistic, 4), test.df, round(test.p_value, 4)
    (0.8489, 1, 0.3569)
    """
    strata = informative_strata(tables)
    odds_ratio = _common_odds_ratio(strata)
    size = strata.cells.shape[1]
    statistic = p_value = None
    if size > 1 and odds_ratio is not None and 0 < odds_ratio < inf:
        statistic = _heterogeneity(strata, odds_ratio, tarone=tarone)
        p_value = float(gammaincc((size - 1) / 2, statistic / 2))
    return BreslowDayTest(
        statistic=statistic,
        p_value=p_value,
        df=max(size - 1, 0),
        odds_ratio=odds_ratio,
        strata=size,
        strata_left_out=strata.left_out,
    )


def _common_odds_ratio(strata: Strata) -> float | None:
    first, second, third, fourth = strata.cells
    total = strata.cells.sum(axis=0)
    concordant, discordant = (
        float((first * fourth / total).sum()),
        float((second * third / total).sum()),
    )
    if discordant > 0:
        return concordant / discordant
    return inf if concordant > 0 else None


def _log_variance(strata: Strata) -> float:
    """Return the variance of the log odds ratio by Robins, Breslow and Greenland."""
    first, second, third, fourth = strata.cells
    total = strata.cells.sum(axis=0)
    concordant, discordant = first * fourth / total, second * third / total
    like, unlike = (first + fourth) / total, (second + third) / total
    over, under = float(concordant.sum()), float(discordant.sum())
    return float(
        like @ concordant / (2 * over**2)
        + (like @ discordant + unlike @ concordant) / (2 * over * under)
        + unlike @ discordant / (2 * under**2)
    )


def _chi_squared(strata: Strata, *, continuity: bool) -> float | None:
    first, second, third, fourth = strata.cells
    total = strata.cells.sum(axis=0)
    if total.size == 0:
        return None
    deviation = abs(float(((first * fourth - second * third) / total).sum()))
    rows = (first + second) / total * (third + fourth) / total
    columns = (first + third) * (second + fourth) / (total - 1)
    if continuity and deviation >= HALF:
        deviation = max(deviation - 0.5, 0.0)
    return deviation**2 / float(rows @ columns)


def _heterogeneity(strata: Strata, odds_ratio: float, *, tarone: bool) -> float:
    expected = _expected(strata.cells, odds_ratio)
    variance = 1 / (1 / expected).sum(axis=0)
    gap = strata.cells - expected
    deviation = np.where(expected[0] < expected[1], gap[0], -gap[1])
    statistic = float((deviation**2 / variance).sum())
    if tarone:
        statistic -= float(deviation.sum()) ** 2 / float(variance.sum())
    return max(statistic, 0.0)


def _expected(cells: Floats, odds_ratio: float) -> Floats:
    """Return the cells of the tables with these margins and this odds ratio, (4, k).

    The first cell x solves ``x (spare + x) = odds_ratio (row - x) (column - x)``, with `spare`
    what the cell across has more; each other cell the same with its own margins, and the two
    beside with the inverse odds ratio. Solved one by one, the smallest keeps its digits; the
    discriminant is written as a sum of numbers of at least 0, which cancel nothing.
    """
    beside, below, across = cells[[1, 0, 3, 2]], cells[[2, 3, 0, 1]], cells[[3, 2, 1, 0]]
    odds = np.array([odds_ratio, 1 / odds_ratio, 1 / odds_ratio, odds_ratio])[:, None]
    row, column, spare = cells + beside, cells + below, across - cells
    linear, square, product = spare + odds * (row + column), 1 - odds, odds * row * column
    others = row * (below + across) + column * (beside + across)
    root = np.sqrt(spare**2 + 2 * odds * others + (odds * (row - column)) ** 2)
    rising = linear > 0
    return np.where(
        rising,
        2 * product / np.where(rising, linear + root, 1.0),
        (root - linear) / np.where(rising, 1.0, 2 * square),
    )
