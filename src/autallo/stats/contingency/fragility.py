"""How much hangs on few patients: the fragility of a Fisher p-value, the smallest p of a design."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import comb
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_counts
from autallo.stats.contingency.fisher import fisher_test

__all__ = [
    "DesignTest",
    "Direction",
    "FragilityIndex",
    "SmallestAttainableP",
    "fragility_index",
    "smallest_attainable_p",
]

Direction = Literal["loses_significance", "gains_significance"]
DesignTest = Literal["fisher", "mann-whitney", "logrank"]

#: Most patients of a table: one change of outcome in 10 000 patients takes some milliseconds.
LARGEST_TABLE = 10_000
#: Most patients of a design: beyond, the smallest p is too small for a floating-point number.
LARGEST_DESIGN = 1_000


@dataclass(frozen=True, slots=True)
class FragilityIndex:
    """Patients whose outcome must change for a Fisher p-value to cross the limit.

    Attributes
    ----------
    changes : int or None
        Smallest number of such patients, in the group with fewer events; None if no number of
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
        Smallest two-sided p-value [0 to 1].
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

    None if neither way suffices: so in groups that are too small for any p below `alpha`, and
    if a group is empty. A small number says that few patients decide; but it falls with the
    size of the groups and with a p near `alpha`, and holds little beside them.
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
    counts = as_counts("table", table, dimensions=2)
    if counts.shape != (2, 2):
        raise ArgumentError("`table` must have two rows and two columns.")
    if counts.sum() > LARGEST_TABLE:
        raise ArgumentError(f"`table` must hold at most {LARGEST_TABLE} patients.")
    if not 0 < alpha < 1:
        raise ArgumentError("`alpha` must be between 0 and 1.")
    now = fisher_test(counts).p_value
    significant = now < alpha
    changes = after = table_after = None
    for number, changed in _changed(counts, towards=significant):
        p_value = fisher_test(changed).p_value
        if (p_value < alpha) != significant:
            changes, after, table_after = number, p_value, changed
            break
    return FragilityIndex(
        changes=changes,
        direction="loses_significance" if significant else "gains_significance",
        p_value=now,
        p_value_after=after,
        table_after=table_after,
        alpha=float(alpha),
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

    * Fisher: with as many events as one group has patients, and all of them there, one of
      ``C(n_x + n_y, n_x)`` arrangements is as extreme; in groups of equal size two are. With
      `events` given it is the `smallest_p` of `fisher_test`.
    * Mann-Whitney, without tied values: all of one group above the other, or all below, are two
      of the arrangements.
    * Log-rank, without censoring or tied times: the furthest arrangement is one (in groups of
      equal size two).

    Ties and censoring can only make the last two larger; `logrank_permutation_test` says by how
    much for given data. The smallest p of the unconditional tests is in `barnard_test`. In
    groups of one patient each it is 1.
    Source: [fisher1935], [mann1947]. Checked by hand (`tests/byhand/test_fragility.py`), against
    R 4.2.2 fisher.test and wilcox.test (`tests/reference/fragility.json`) and by all tables and
    arrangements (`tests/twins/test_fragility.py`).

    Examples
    --------
    Three against three patients cannot differ significantly, four against four can.

    >>> smallest_attainable_p(3, 3).p_value
    0.1
    >>> round(smallest_attainable_p(4, 4).p_value, 3)
    0.029
    """
    first, second = (_size(name, size) for name, size in (("n_x", n_x), ("n_y", n_y)))
    if method not in get_args(DesignTest):
        raise ArgumentError(f"`method` must be one of {', '.join(get_args(DesignTest))}.")
    if first + second > LARGEST_DESIGN:
        raise ArgumentError(f"`n_x` and `n_y` must sum to at most {LARGEST_DESIGN}.")
    if events is not None and method != "fisher":
        raise ArgumentError("`events` must be None but for Fisher's test.")
    if events is not None:
        total = int(as_counts("events", [events])[0])
        p_value = _smallest_given(total, first, second)
    else:
        total = min(first, second)
        extreme = 2 if first == second or method == "mann-whitney" else 1
        p_value = min(extreme / comb(first + second, first), 1.0)
    return SmallestAttainableP(
        p_value=p_value,
        n_x=first,
        n_y=second,
        events=total if method == "fisher" else None,
        method=method,
    )


def _changed(
    counts: NDArray[np.int64], *, towards: bool
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield the table after 1, 2, ... changes in the group with fewer events."""
    sizes = counts.sum(axis=1).tolist()
    row = min((0, 1), key=lambda group: (int(counts[group, 0]), -sizes[group]))
    events, without = counts[row].tolist()
    lower = events * sizes[1 - row] <= counts[1 - row, 0] * sizes[row]
    nearer = 1 if lower else -1
    for step in (nearer,) if towards else (-nearer, nearer):
        for number in range(1, (without if step > 0 else events) + 1):
            changed = counts.copy()
            changed[row] += (step * number, -step * number)
            yield number, changed


def _size(name: str, size: int) -> int:
    patients = int(as_counts(name, [size])[0])
    if patients < 1:
        raise ArgumentError(f"`{name}` must be at least 1.")
    return patients


def _smallest_given(total: int, first: int, second: int) -> float:
    if total > first + second:
        raise ArgumentError("`events` must be at most `n_x` and `n_y` together.")
    events = min(total, first)
    others = total - events
    return fisher_test([[events, first - events], [others, second - others]]).smallest_p
