"""Exact association of two groups with a yes-or-no outcome, over several strata."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, prod

import numpy as np
from numpy.typing import ArrayLike

from autallo.errors import ArgumentError
from autallo.stats.contingency.conditional import conditional_p_values, hypergeometric_weights
from autallo.stats.contingency.conditional_odds import Interval, conditional_odds_ratio
from autallo.stats.contingency.strata import Strata, informative_strata

__all__ = ["StratifiedExactTest", "stratified_exact_test"]


#: The exact test writes out whole numbers of so many bits in all, which takes some seconds.
MOST_BITS = 20_000_000


@dataclass(frozen=True, slots=True)
class StratifiedExactTest:
    """Exact test of a common odds ratio of 1 given the margins of every stratum.

    Attributes
    ----------
    p_value : float
        Two-sided: total probability of the sums of first cells not more probable than the
        observed sum.
    p_less, p_greater : float
        One-sided: probability of the observed sum or a smaller (larger) one.
    mid_p : float
        Two-sided mid-P: the less probable sums, and half of those exactly as probable.
    smallest_p : float
        Smallest `p_value` that any tables with these margins could have.
    odds_ratio : float or None
        Conditional maximum likelihood estimate of the common odds ratio, 0 to infinity; None if
        no stratum informs.
    low, high : float
        Conditional limits; 0 and infinity where there is no limit.
    level : float
        Confidence level [0 to 1].
    interval : {"exact", "mid-p"}
        Which tails `low` and `high` were found from.
    strata, strata_left_out : int
        Strata that inform, and those with an empty row or column.
    """

    p_value: float
    p_less: float
    p_greater: float
    mid_p: float
    smallest_p: float
    odds_ratio: float | None
    low: float
    high: float
    level: float
    interval: Interval
    strata: int
    strata_left_out: int


def stratified_exact_test(
    tables: ArrayLike, *, level: float = 0.95, interval: Interval = "exact"
) -> StratifiedExactTest:
    """Test whether two groups differ in a yes-or-no outcome, stratified, exactly.

    Parameters
    ----------
    tables : array_like of int, shape (k, 2, 2)
        Patients, one table for each stratum; rows are the groups, columns are with and without
        the outcome.
    level : float
        Confidence level, between 0 and 1.
    interval : {"exact", "mid-p"}
        Exact limits, which cover at least at their level, or shorter ones of the mid-P.

    Returns
    -------
    StratifiedExactTest

    Raises
    ------
    ArgumentError
        If the tables are not k times two by two whole numbers from 0 to 1e9, are too large to
        count (a thousand patients never are, ten thousand may be), `level` is not between 0 and
        1, or `interval` is neither of the two.

    Notes
    -----
    The sum of the first cells, given the margins of every stratum. Its ways are the convolution
    of those of the strata, counted in whole numbers: all strata are multiplied as polynomials,
    each written into one long number. Rules for p and limits as in `fisher_test`, which is the
    case of one stratum; pairs of patients as strata give `mcnemar_test`. A stratum with an empty
    row or column has one possible table and is left out; with none left p is 1 (the mid-P 1/2),
    the odds ratio None, the interval 0 to infinity.
    Source: [gart1970]. Checked against R 4.2.2 mantelhaen.test(exact = TRUE) and a precise
    solution in R (`tests/reference/stratified_tables.json`), by hand
    (`tests/byhand/test_stratified_tables.py`) and by listing all tables
    (`tests/twins/test_stratified_tables.py`).

    Examples
    --------
    >>> test = stratified_exact_test([[[4, 6], [5, 9]], [[7, 5], [3, 8]]])
    >>> round(test.p_value, 4), round(test.odds_ratio, 2), round(test.low, 2)
    (0.2525, 2.02, 0.54)
    """
    strata = informative_strata(tables)
    weights = _convolved(_margins(strata))
    place = int(np.minimum(strata.cells[0], strata.cells[3]).sum())
    test = conditional_p_values(weights, place)
    above = [weights[i + 1] / weights[i] for i in range(place, len(weights) - 1)]
    below = [weights[i - 1] / weights[i] for i in range(place, 0, -1)]
    odds = conditional_odds_ratio(above, below, level=level, interval=interval)
    return StratifiedExactTest(
        p_value=test.p_value,
        p_less=test.p_less,
        p_greater=test.p_greater,
        mid_p=test.mid_p,
        smallest_p=test.smallest_p,
        odds_ratio=odds.estimate,
        low=odds.low,
        high=odds.high,
        level=odds.level,
        interval=interval,
        strata=strata.cells.shape[1],
        strata_left_out=strata.left_out,
    )


def _margins(strata: Strata) -> list[tuple[int, int, int]]:
    """Return the two rows and the first column of each stratum."""
    first, second, third, fourth = strata.cells.astype(np.int64).tolist()
    return [(a + b, c + d, a + c) for a, b, c, d in zip(first, second, third, fourth, strict=True)]


def _convolved(margins: list[tuple[int, int, int]]) -> list[int]:
    """Return the number of ways to each possible sum of first cells, all strata together."""
    places = 1 + sum(
        min(row, column, other, row + other - column) for row, other, column in margins
    )
    bits = sum(_bits(*margin) for margin in margins)
    if places * bits > MOST_BITS:
        raise ArgumentError("`tables` must be smaller to be counted; see `mantel_haenszel_test`.")
    strata = [hypergeometric_weights(*margin) for margin in margins]
    width = 1 + (prod(sum(weights) for weights in strata) if strata else 1).bit_length() // 8
    packed = [b"".join(w.to_bytes(width, "little") for w in weights) for weights in strata]
    product = _product([int.from_bytes(number, "little") for number in packed])
    written = product.to_bytes(places * width, "little")
    return [
        int.from_bytes(written[at : at + width], "little") for at in range(0, places * width, width)
    ]


def _bits(row: int, other_row: int, column: int) -> float:
    """Return about how many bits the number of all tables of a stratum has."""
    total = row + other_row
    least = min(row, other_row, column, total - column)
    return least * log(total / least, 2) + 1.5 * least


def _product(numbers: Sequence[int]) -> int:
    """Multiply like with like in length: much faster than one after the other."""
    while len(numbers) > 1:
        numbers = [prod(numbers[at : at + 2]) for at in range(0, len(numbers), 2)]
    return numbers[0] if numbers else 1
