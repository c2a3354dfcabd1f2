"""How much hangs on few patients: the fragility of a Fisher p-value, the smallest p of a design."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import comb
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_number
from autallo.stats.contingency.counts import as_one, as_two_by_two
from autallo.stats.contingency.fisher import fisher_test, table_p_values

__all__ = [
    "DesignTest",
    "Direction",
    "FragilityIndex",
    "SmallestAttainableP",
    "fragility_index",
    "smallest_attainable_p",
]

#: Cells of a table, row by row.
Counts = tuple[int, int, int, int]
Direction = Literal["loses_significance", "gains_significance"]
DesignTest = Literal["fisher", "mann-whitney", "logrank"]

#: Most patients of a table: all changes of outcome in 10 000 patients take about a second.
LARGEST_TABLE = 10_000
#: Of tables with more patients p is first told from the limit in floating point.
FEW_PATIENTS = 100
#: Logarithms of probabilities, and shares of a p, that are nearer are left to whole numbers.
NEAR = 1e-7
#: Most patients of a design: beyond, the smallest p is too small for a floating-point number.
LARGEST_DESIGN = 1_000


@dataclass(frozen=True, slots=True)
class FragilityIndex:
    """Patients whose outcome must change for a Fisher p-value to cross the limit.

    Attributes
    ----------
    changes : int or None
        Smallest number of such patients, in the group with fewer events and in the direction
        that `fragility_index` tells (fewer may suffice in the other one); None if no number of
        them suffices.
    direction : {"loses_significance", "gains_significance"}
        Whether the p-value is below the limit now, and would leave it, or the reverse.
    p_value : float
        Two-sided Fisher p-value of the table [0 to 1].
    p_value_after : float or None
        The same after the changes; None if `changes` is.
    table_after : ndarray of int, shape (2, 2), or None
        The table after the changes; None if `changes` is.
    alpha : float
        The limit: significant is a p-value below it.
    """

    changes: int | None
    direction: Direction
    p_value: float
    p_value_after: float | None
    table_after: NDArray[np.int64] | None
    alpha: float


@dataclass(frozen=True, slots=True)
class SmallestAttainableP:
    """Smallest p-value that two groups of these sizes can give.

    Attributes
    ----------
    p_value : float
        Smallest two-sided p-value [0 to 1] that any data can give, ties and censoring included.
    n_x, n_y : int
        Patients in the two groups.
    events : int or None
        Fisher's test: events in both groups together, those that were given, or as many as the
        smaller group has patients, where it is smallest; None for the other tests.
    method : {"fisher", "mann-whitney", "logrank"}
        The test.
    """

    p_value: float
    n_x: int
    n_y: int
    events: int | None
    method: DesignTest


def fragility_index(table: ArrayLike, *, alpha: float = 0.05) -> FragilityIndex:
    """Estimate how many patients' outcomes must change for a Fisher p-value to cross `alpha`.

    Parameters
    ----------
    table : array_like of int, shape (2, 2)
        Patients; rows are the groups, columns are with and without the event.
    alpha : float
        Limit of significance, between 0 and 1.

    Returns
    -------
    FragilityIndex

    Raises
    ------
    ArgumentError
        If the table is not two by two whole numbers of at least 0, holds more than 10 000
        patients, or `alpha` is not between 0 and 1.

    Notes
    -----
    Group sizes stay as they are. Changed are patients of the group with fewer events (of equal
    numbers, the larger group; of equal groups, the first row), one after the other, until the
    two-sided Fisher p-value is on the other side of `alpha`; a p equal to `alpha` is not
    significant.

    * Significant now: the group's risk moves towards that of the other group. If it is the lower
      one, as it is in groups of like size, events are added, as Walsh et al. define.
    * Not significant now (the reverse fragility of Khan et al.): the risk moves away from that of
      the other group. If the group runs out of patients before p falls below `alpha`, the risk
      moves the other way, past that of the other group.

    The first direction in which any number suffices is taken, even if fewer changes in the
    other would. None if neither suffices: so in groups that are too small for any p below
    `alpha`, and if a group is empty. A small number says that few patients decide; but it falls
    with the size of the groups and with a p near `alpha`, and holds little beside them.
    Source: [walsh2014], [khan2020]. Checked by hand (`tests/byhand/test_fragility.py`), against
    R 4.2.2 fisher.test (`tests/reference/fragility.json`) and by trying all changes
    (`tests/twins/test_fragility.py`).

    Examples
    --------
    Severe cytokine release in 8 of 17 against 1 of 11 patients: one more patient of the second
    group, and the p-value of 0.049 is 0.23.

    >>> index = fragility_index([[8, 9], [1, 10]])
    >>> index.changes, index.direction, round(index.p_value_after, 2)
    (1, 'loses_significance', 0.23)
    """
    counts, alpha = as_two_by_two(table), as_number("alpha", alpha)
    if sum(counts) > LARGEST_TABLE:
        raise ArgumentError(f"`table` must hold at most {LARGEST_TABLE} patients.")
    if not 0 < alpha < 1:
        raise ArgumentError("`alpha` must be between 0 and 1.")
    now = _fisher(counts)
    significant = now < alpha
    log_factorial = np.asarray(gammaln(np.arange(sum(counts) + 1) + 1.0))
    changes = after = table_after = None
    for number, changed in _changed(counts, towards=significant):
        if _is_below(changed, alpha, log_factorial) != significant:
            changes, after = number, _fisher(changed)
            table_after = np.array(changed, dtype=np.int64).reshape(2, 2)
            break
    return FragilityIndex(
        changes=changes,
        direction="loses_significance" if significant else "gains_significance",
        p_value=now,
        p_value_after=after,
        table_after=table_after,
        alpha=alpha,
    )


def smallest_attainable_p(
    n_x: int, n_y: int, *, events: int | None = None, method: DesignTest = "fisher"
) -> SmallestAttainableP:
    """Estimate the smallest p-value that two groups of these sizes can give, whatever the data.

    Parameters
    ----------
    n_x, n_y : int
        Patients in the two groups, at least 1 each, at most 1000 together.
    events : int or None
        Events in both groups together, 0 to `n_x` + `n_y`, for Fisher's test only; None for
        the number at which the p-value is smallest.
    method : {"fisher", "mann-whitney", "logrank"}
        Fisher's exact test, the exact Mann-Whitney test or the exact permutation log-rank test,
        all two-sided.

    Returns
    -------
    SmallestAttainableP

    Raises
    ------
    ArgumentError
        If a size is not a whole number of at least 1, there are more than 1000 patients,
        `events` is not between 0 and all patients or given for another test, or `method` is
        unknown.

    Notes
    -----
    If this is above the limit of significance, the design cannot give a significant result.

    It is one of ``C(n_x + n_y, n_x)`` arrangements; in groups of equal size two, since the two
    groups exchanged are as far apart. No data can give less, and some give it:

    * Fisher: as many events as the smaller group has patients, and all of them there. With
      `events` given it is the `smallest_p` of `fisher_test`.
    * Mann-Whitney: all values of the smaller group tied above all those of the larger, which
      are tied too. Without ties, in groups of unequal size, all of one above the other and all
      below are equally far apart: the smallest p is then twice as large.
    * Log-rank: every event on a day of its own, nobody censored, one group before the other.

    Other data may well have a larger one: `mann_whitney_test` and `logrank_permutation_test`
    give it, with the ties and the censoring there are. The smallest p of the unconditional
    tests is in `barnard_test`. In groups of one patient each it is 1.
    Source: [fisher1935], [mann1947]. Checked by hand (`tests/byhand/test_fragility.py`), against
    R 4.2.2 fisher.test, wilcox.test and exactRankTests (`tests/reference/fragility.json`) and by
    all tables and arrangements (`tests/twins/test_fragility.py`).

    Examples
    --------
    Three against three patients cannot differ significantly, four against four can.

    >>> smallest_attainable_p(3, 3).p_value
    0.1
    >>> round(smallest_attainable_p(4, 4).p_value, 3)
    0.029
    """
    first, second = (_size(name, size) for name, size in (("n_x", n_x), ("n_y", n_y)))
    if not isinstance(method, str) or method not in get_args(DesignTest):
        raise ArgumentError(f"`method` must be one of {', '.join(get_args(DesignTest))}.")
    if first + second > LARGEST_DESIGN:
        raise ArgumentError(f"`n_x` and `n_y` must sum to at most {LARGEST_DESIGN}.")
    if events is not None and method != "fisher":
        raise ArgumentError("`events` must be None but for Fisher's test.")
    if events is not None:
        total = as_one("events", events)
        p_value = _smallest_given(total, first, second)
    else:
        total = min(first, second)
        p_value = (2 if first == second else 1) / comb(first + second, first)
    return SmallestAttainableP(
        p_value=p_value,
        n_x=first,
        n_y=second,
        events=total if method == "fisher" else None,
        method=method,
    )


def _changed(counts: Counts, *, towards: bool) -> Iterator[tuple[int, Counts]]:
    """Yield the table after 1, 2, ... changes in the group with fewer events."""
    rows = counts[:2], counts[2:]
    row = min((0, 1), key=lambda group: (rows[group][0], -sum(rows[group])))
    (events, without), other = rows[row], rows[1 - row]
    lower = events * sum(other) <= other[0] * (events + without)
    nearer = 1 if lower else -1
    for step in (nearer,) if towards else (-nearer, nearer):
        for number in range(1, (without if step > 0 else events) + 1):
            changed = (events + step * number, without - step * number)
            yield number, (*changed, *other) if row == 0 else (*other, *changed)


def _fisher(counts: Counts) -> float:
    return table_p_values([counts])[0].p_value


def _is_below(counts: Counts, limit: float, log_factorial: NDArray[np.float64]) -> bool:
    """Whether the p of a table is below a limit; whole numbers decide where rounding could."""
    if sum(counts) > FEW_PATIENTS:
        least, most = _about(counts, log_factorial)
        if most < limit or least >= limit:
            return most < limit
    return _fisher(counts) < limit


def _about(counts: Counts, log_factorial: NDArray[np.float64]) -> tuple[float, float]:
    """Return two numbers between which the p of a table lies, equal but for rounding.

    Tables about as probable as the observed one count in the second only.
    """
    first, second, third, fourth = counts
    down, up = min(first, fourth), min(second, third)
    cells = (
        log_factorial[first - down : first + up + 1],
        log_factorial[fourth - down : fourth + up + 1],
        log_factorial[second - up : second + down + 1][::-1],
        log_factorial[third - up : third + down + 1][::-1],
    )
    log_ways = -(cells[0] + cells[1] + cells[2] + cells[3])
    beyond = log_ways[down] - log_ways
    ways = np.exp(log_ways - log_ways.max())
    every = float(ways.sum())
    least, most = (float(ways[beyond > gap].sum()) / every for gap in (NEAR, -NEAR))
    return least * (1 - NEAR), most * (1 + NEAR)


def _size(name: str, size: int) -> int:
    patients = as_one(name, size)
    if patients < 1:
        raise ArgumentError(f"`{name}` must be at least 1.")
    return patients


def _smallest_given(total: int, first: int, second: int) -> float:
    if total > first + second:
        raise ArgumentError("`events` must be at most `n_x` and `n_y` together.")
    events = min(total, first)
    others = total - events
    return fisher_test([[events, first - events], [others, second - others]]).smallest_p
