"""Association in a table of two groups by yes and no, given its margins.

One test with the odds ratio that belongs to it. Counts in, a frozen record of numbers out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from numpy.typing import ArrayLike

from autallo.errors import ArgumentError
from autallo.stats.contingency.conditional import (
    ConditionalPValues,
    conditional_p_values,
    hypergeometric_weights,
)
from autallo.stats.contingency.conditional_odds import Interval, conditional_odds_ratio
from autallo.stats.contingency.counts import as_two_by_two
from autallo.stats.contingency.large_counts import hypergeometric_p_values
from autallo.stats.contingency.outward_steps import hypergeometric_steps

__all__ = ["FisherTest", "fisher_test", "table_p_values"]

#: The ways to tables of up to so many patients, or with so small a row or column, are written out.
EXACT_TOTAL, EXACT_MARGIN = 10_000, 200


@dataclass(frozen=True, slots=True)
class FisherTest:
    """Fisher's exact test with the conditional odds ratio.

    Attributes
    ----------
    p_value : float
        Two-sided: total probability of the tables not more probable than the observed one.
    odds_ratio : float or None
        Conditional maximum likelihood estimate, first row against second, 0 to infinity; None
        if a row or a column is empty.
    low, high : float
        Conditional limits of the odds ratio; 0 and infinity where there is no limit.
    level : float
        Confidence level [0 to 1].
    smallest_p : float
        Smallest `p_value` that any table with these margins could have.
    p_less, p_greater : float
        One-sided: probability of the observed first cell or a smaller (larger) one.
    probability : float
        Probability of the observed table alone.
    mid_p : float
        Two-sided mid-P: the less probable tables, and half of those exactly as probable.
    interval : {"exact", "mid-p"}
        Which tails `low` and `high` were found from.
    """

    p_value: float
    odds_ratio: float | None
    low: float
    high: float
    level: float
    smallest_p: float
    p_less: float
    p_greater: float
    probability: float
    mid_p: float
    interval: Interval


def fisher_test(
    table: ArrayLike, *, level: float = 0.95, interval: Interval = "exact"
) -> FisherTest:
    """Test whether two groups differ in a yes-or-no outcome, by Fisher's exact test.

    Parameters
    ----------
    table : array_like of int, shape (2, 2)
        Patients; rows are the groups, columns are with and without the outcome; up to 1e9 in a
        cell.
    level : float
        Confidence level, between 0 and 1.
    interval : {"exact", "mid-p"}
        Exact limits, which cover at least at their level, or shorter ones of the mid-P, which
        cover at about their level.

    Returns
    -------
    FisherTest

    Raises
    ------
    ArgumentError
        If the table is not two by two whole numbers from 0 to 1e9, `level` is not between 0 and
        1, or `interval` is neither of the two.

    Notes
    -----
    Two-sided p by the rule of R: the probabilities of all tables with the same margins that are
    not more probable than the observed one. Probabilities are compared without rounding, so a
    tie is a tie: up to 10 000 patients, and in any table with a row or column of up to 200, in
    whole numbers, each p being the floating point number nearest to the true one; beyond, see
    `hypergeometric_p_values`, each p being right to about 12 digits. Below 5e-324 p is 0.
    The odds ratio is the conditional maximum likelihood estimate, not ``a d / (b c)``. Each
    limit leaves ``(1 - level) / 2`` in its tail, so the exact interval leaves 1 out if and only
    if `p_less` or `p_greater` is below that; `p_value` adds two unequal tails, so that at times
    the interval includes 1 with a p below 0.05, or the reverse. In mid-P intervals the observed
    table counts half in either tail. A table with an empty row or column says nothing: p is 1
    (the mid-P 1/2), the odds ratio None, the interval 0 to infinity.
    Source: [fisher1935]; limits [cornfield1956]; mid-P [lancaster1961]. Checked against R 4.2.2
    fisher.test and a precise solution in R (`tests/reference/contingency.json`), by hand
    (`tests/byhand/test_contingency.py`) and by fractions (`tests/laws/test_contingency.py`).

    Examples
    --------
    Severe cytokine release in 8 of 17 against 1 of 11 patients.

    >>> test = fisher_test([[8, 9], [1, 10]])
    >>> round(test.p_value, 4), round(test.odds_ratio, 2)
    (0.0491, 8.27)
    """
    first, second, third, fourth = as_two_by_two(table)
    row, other_row, column = first + second, third + fourth, first + third
    steps = hypergeometric_steps(row, other_row, column, first)
    odds = conditional_odds_ratio(steps.above, steps.below, level=level, interval=interval)
    test = table_p_values([(first, second, third, fourth)])[0]
    return FisherTest(
        p_value=test.p_value,
        odds_ratio=odds.estimate,
        low=odds.low,
        high=odds.high,
        level=odds.level,
        smallest_p=test.smallest_p,
        p_less=test.p_less,
        p_greater=test.p_greater,
        probability=test.probability,
        mid_p=test.mid_p,
        interval=interval,
    )


def table_p_values(tables: Sequence[tuple[int, int, int, int]]) -> list[ConditionalPValues]:
    """Test two-by-two tables with the same margins, each against all tables with these margins.

    Parameters
    ----------
    tables : sequence of tuple of 4 int
        Cells of each table, row by row; rows and columns of all tables sum to the same.

    Returns
    -------
    list of ConditionalPValues
        One for each table; the ways to all tables are counted once.

    Raises
    ------
    ArgumentError
        If the margins differ, or there is no table.

    Notes
    -----
    As in `fisher_test`, which calls it with one table.
    Source: [fisher1935]. Checked by hand (`tests/byhand/test_contingency.py`), by listing
    (`tests/twins/test_contingency.py`) and as part of `fisher_test`.

    Examples
    --------
    >>> [test.p_value for test in table_p_values([(2, 1, 0, 2), (1, 2, 1, 1)])]
    [0.4, 1.0]
    """
    margins = {(a + b, c + d, a + c) for a, b, c, d in tables}
    if len(margins) != 1:
        raise ArgumentError("`tables` must be tables with the same margins, at least one.")
    row, other_row, column = margins.pop()
    total = row + other_row
    if total > EXACT_TOTAL and min(row, other_row, column, total - column) > EXACT_MARGIN:
        return [hypergeometric_p_values(row, other_row, column, cells[0]) for cells in tables]
    weights = hypergeometric_weights(row, other_row, column)
    fewest = max(0, column - other_row)
    return [conditional_p_values(weights, cells[0] - fewest) for cells in tables]
