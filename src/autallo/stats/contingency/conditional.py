"""P-values of a count given its margins, from the whole number of ways to each possible count."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

from autallo.errors import ArgumentError

__all__ = ["ConditionalPValues", "conditional_p_values", "hypergeometric_weights"]


@dataclass(frozen=True, slots=True)
class ConditionalPValues:
    """P-values of one observed count, all possible counts known with their ways.

    Attributes
    ----------
    p_value : float
        Two-sided: total probability of the counts not more probable than the observed one.
    p_less, p_greater : float
        Probability of the observed count or a smaller one; of the observed or a larger one.
    probability : float
        Probability of the observed count alone.
    mid_p : float
        Two-sided mid-P: the less probable counts, and half of those exactly as probable.
    smallest_p : float
        Smallest `p_value` that any possible count could have.
    """

    p_value: float
    p_less: float
    p_greater: float
    probability: float
    mid_p: float
    smallest_p: float


def conditional_p_values(weights: Sequence[int], place: int) -> ConditionalPValues:
    """Test a count against its conditional distribution, in whole numbers.

    Parameters
    ----------
    weights : sequence of int, length k
        Number of ways to each possible count, in ascending order of the counts; above 0.
    place : int
        Which of them was observed, 0 to k - 1.

    Returns
    -------
    ConditionalPValues

    Raises
    ------
    ArgumentError
        If there are no weights, or `place` is not one of theirs.

    Notes
    -----
    Counts are compared by their ways, which are whole numbers: equal is equal, and nothing is
    rounded before the one division at the end. Each p is so the floating point number nearest
    to the true one; below about 5e-324 that number is 0. The two-sided p is the rule of R. The
    two-sided mid-P has mean 1/2 if the hypothesis holds, and may exceed its level.
    With one possible count every p is 1 and the mid-P 1/2.
    Source: [fisher1935], [lancaster1961]. Checked in fractions (`tests/byhand`,
    `tests/laws`, `tests/twins`, each test_conditional.py).

    Examples
    --------
    Groups of 3 and 2 patients with 2 events: 1, 6 and 3 ways to 0, 1 and 2 in the first group.

    >>> test = conditional_p_values([1, 6, 3], 2)
    >>> test.p_value, test.p_less, test.p_greater, test.mid_p
    (0.4, 1.0, 0.3, 0.25)
    """
    if not 0 <= place < len(weights):
        raise ArgumentError("`place` must be one of the places of `weights`.")
    ways, observed = sum(weights), weights[place]
    below = sum(weights[:place])
    rarer = sum([weight for weight in weights if weight < observed])
    equal = observed * weights.count(observed)
    least = min(weights)
    return ConditionalPValues(
        p_value=(rarer + equal) / ways,
        p_less=(below + observed) / ways,
        p_greater=(ways - below) / ways,
        probability=observed / ways,
        mid_p=(2 * rarer + equal) / (2 * ways),
        smallest_p=least * weights.count(least) / ways,
    )


def hypergeometric_weights(row: int, other_row: int, column: int) -> list[int]:
    """Count the ways to each possible first cell of a two-by-two table, given its margins.

    Parameters
    ----------
    row, other_row : int
        Patients in the first and in the second row, at least 0.
    column : int
        Patients in the first column, 0 to all of them.

    Returns
    -------
    list of int
        One number for each first cell from ``max(0, column - other_row)`` to
        ``min(row, column)``, all divided by one common factor.

    Raises
    ------
    ArgumentError
        If a margin is negative, or the column holds more patients than the rows.

    Notes
    -----
    The ways are ``C(row, cell) C(other_row, column - cell)``, or those of the table with rows
    and columns exchanged where these numbers are smaller.
    Source: [fisher1935]. Checked by listing (`tests/byhand/test_conditional.py`) and by
    Vandermonde's sum (`tests/laws/test_conditional.py`).

    Examples
    --------
    >>> hypergeometric_weights(3, 2, 2)
    [1, 6, 3]
    """
    total = row + other_row
    if min(row, other_row, column) < 0 or column > total:
        raise ArgumentError("`column` must be from 0 to the patients of both rows.")
    fewest, most = max(0, column - other_row), min(row, column)
    if min(row, other_row) < min(column, total - column):
        row, other_row, column = column, total - column, row
    weights = [comb(row, fewest) * comb(other_row, column - fewest)]
    for cell in range(fewest, most):
        gain = (row - cell) * (column - cell)
        loss = (cell + 1) * (other_row - column + cell + 1)
        weights.append(weights[-1] * gain // loss)
    return weights
