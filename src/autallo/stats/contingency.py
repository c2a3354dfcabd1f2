"""Association in a table of two groups by yes and no, given its margins.

One test with the odds ratio that belongs to it. Counts in, a frozen record of numbers out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import comb, exp, inf, log

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_counts, as_level

__all__ = ["FisherTest", "fisher_test"]

#: Tables of up to so many patients are compared in whole numbers, larger ones in logarithms.
EXACT_TOTAL = 10_000
#: Larger tables are refused: an exact test of them says no more than a chi-squared test.
LARGEST_TOTAL = 100_000
#: Two probabilities nearer than this share are one probability (logarithmic path only).
TOLERANCE = 1e-7
#: Parts into which the search for a limit cuts its bracket at each step.
PARTS = 32
#: The search ends when its bracket is narrower than this, absolute or relative.
NARROWEST = 1e-15

#: What a search looks for: one row of chances per odds ratio tried, one answer per row.
Condition = Callable[[NDArray[np.float64]], NDArray[np.bool_]]


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
        Exact conditional limits of the odds ratio; 0 and infinity where there is no limit.
    level : float
        Confidence level [0 to 1].
    smallest_p : float
        Smallest `p_value` that any table with these margins could have.
    """

    p_value: float
    odds_ratio: float | None
    low: float
    high: float
    level: float
    smallest_p: float


def fisher_test(table: ArrayLike, *, level: float = 0.95) -> FisherTest:
    """Test whether two groups differ in a yes-or-no outcome, by Fisher's exact test.

    Parameters
    ----------
    table : array_like of int, shape (2, 2)
        Patients; rows are the groups, columns are with and without the outcome.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    FisherTest

    Raises
    ------
    ArgumentError
        If the table is not two by two whole numbers of at least 0, holds more than 100 000
        patients, or `level` is not between 0 and 1.

    Notes
    -----
    Two-sided p by the rule of R: the probabilities of all tables with the same margins that are
    not more probable than the observed one. Up to 10 000 patients probabilities are compared in
    whole numbers, so a tie is a tie; beyond, logarithms within a relative 1e-7 are equal.
    The odds ratio is the conditional maximum likelihood estimate, not ``a d / (b c)``. Each
    limit leaves ``(1 - level) / 2`` in its tail, while p adds two unequal tails: at times the
    interval includes 1 with a p below 0.05, or the reverse. A table with an empty row or column
    says nothing: p is 1, the odds ratio None, the interval 0 to infinity.
    Source: [fisher1935]; limits [cornfield1956]. Checked against R 4.2.2 fisher.test and a
    precise solution in R (`tests/reference/contingency.json`), by hand
    (`tests/byhand/test_contingency.py`) and by fractions (`tests/laws/test_contingency.py`).

    Examples
    --------
    Severe cytokine release in 8 of 17 against 1 of 11 patients.

    >>> test = fisher_test([[8, 9], [1, 10]])
    >>> round(test.p_value, 4), round(test.odds_ratio, 2)
    (0.0491, 8.27)
    """
    counts = as_counts("table", table, dimensions=2)
    confidence = as_level(level)
    if counts.shape != (2, 2):
        raise ArgumentError("`table` must have two rows and two columns.")
    if counts.sum() > LARGEST_TOTAL:
        raise ArgumentError(f"`table` must hold at most {LARGEST_TOTAL} patients.")
    row, other_row = (int(total) for total in counts.sum(axis=1))
    column = int(counts[:, 0].sum())
    fewest, most = max(0, column - other_row), min(row, column)
    if fewest == most:
        return FisherTest(1.0, None, 0.0, inf, confidence, 1.0)
    place = int(counts[0, 0]) - fewest
    if counts.sum() <= EXACT_TOTAL:
        weights = _weights(row, other_row, column)
        p_value, smallest_p = _exact_p(weights, place)
        logs = np.array([log(weight) for weight in weights])
    else:
        logs = _log_weights(row, other_row, column)
        p_value, smallest_p = _logarithmic_p(logs, place)
    low, estimate, high = _odds_ratio(logs, place, tail=(1 - confidence) / 2)
    return FisherTest(p_value, estimate, low, high, confidence, smallest_p)


def _weights(row: int, other_row: int, column: int) -> list[int]:
    """Return the number of ways to each possible first cell, from the fewest to the most."""
    fewest, most = max(0, column - other_row), min(row, column)
    weights = [comb(row, fewest) * comb(other_row, column - fewest)]
    for cell in range(fewest, most):
        gain = (row - cell) * (column - cell)
        loss = (cell + 1) * (other_row - column + cell + 1)
        weights.append(weights[-1] * gain // loss)
    return weights


def _log_weights(row: int, other_row: int, column: int) -> NDArray[np.float64]:
    cell = np.arange(max(0, column - other_row), min(row, column) + 1)
    cells = np.stack([cell, row - cell, column - cell, other_row - column + cell])
    logs = -gammaln(cells + 1.0).sum(axis=0)
    return np.asarray(logs - logs.max(), dtype=np.float64)


def _exact_p(weights: list[int], place: int) -> tuple[float, float]:
    """Return the two-sided p and the smallest one, compared without rounding."""
    ways = sum(weights)
    least = min(weights)
    as_rare = sum(weight for weight in weights if weight <= weights[place])
    return as_rare / ways, least * weights.count(least) / ways


def _logarithmic_p(logs: NDArray[np.float64], place: int) -> tuple[float, float]:
    share = np.exp(logs)
    ways = share.sum()
    as_rare = share[logs <= logs[place] + TOLERANCE].sum()
    rarest = share[logs <= logs.min() + TOLERANCE].sum()
    return min(float(as_rare / ways), 1.0), float(rarest / ways)


def _odds_ratio(
    logs: NDArray[np.float64], place: int, *, tail: float
) -> tuple[float, float, float]:
    """Return lower limit, estimate and upper limit of the odds ratio."""
    last = logs.size - 1
    low = _lower_limit(logs, place, tail=tail)
    high = -_lower_limit(logs[::-1], last - place, tail=tail)
    if place in (0, last):
        return exp(low), 0.0 if place == 0 else inf, exp(high)
    return exp(low), exp(_log_estimate(logs, place)), exp(high)


def _lower_limit(logs: NDArray[np.float64], place: int, *, tail: float) -> float:
    """Return the log odds ratio at which `place` or more has probability `tail`."""
    if place == 0:
        return -inf

    def at_least(chance: NDArray[np.float64]) -> NDArray[np.bool_]:
        return np.asarray(chance[:, place:].sum(axis=1) >= tail * chance.sum(axis=1))

    return _first_true(at_least, logs, bound=_bound(logs, tail))


def _log_estimate(logs: NDArray[np.float64], place: int) -> float:
    """Return the log odds ratio at which the expected place is the observed one."""
    distance = np.arange(logs.size) - place

    def at_least(chance: NDArray[np.float64]) -> NDArray[np.bool_]:
        return np.asarray(chance @ distance >= 0)

    return _first_true(at_least, logs, bound=_bound(logs, 0.5))


def _bound(logs: NDArray[np.float64], tail: float) -> float:
    """Return a log odds ratio beyond which the end of the range has all but `tail`.

    There each place is ``2 / tail`` times less probable than the one before it, so all places
    but the first sum to less than `tail`.
    """
    return float(np.abs(np.diff(logs)).max()) + log(2 / tail)


def _first_true(condition: Condition, logs: NDArray[np.float64], *, bound: float) -> float:
    """Return the log odds ratio at which a condition on the chances of each place turns true.

    It is false at ``-bound``, true at ``bound`` and turns once; the bracket is cut into equal
    parts until it is as narrow as floating point allows.
    """
    places = np.arange(logs.size)
    low, high = -bound, bound
    while high - low > NARROWEST * max(1.0, abs(low), abs(high)):
        cuts = np.linspace(low, high, PARTS + 1)
        exponent = logs + cuts[1:-1, None] * places
        chance = np.exp(exponent - exponent.max(axis=1, keepdims=True))
        still_false = PARTS - 1 - int(np.count_nonzero(condition(chance)))
        low, high = float(cuts[still_false]), float(cuts[still_false + 1])
    return (low + high) / 2
