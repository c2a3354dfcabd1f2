"""Log-rank tests of every pair of several groups."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import MOST_GROUPS, as_events, as_groups, as_times, same_length
from autallo.stats.logrank.asymptotic import LogrankTest, logrank_test
from autallo.stats.logrank.weights import LogrankWeights

__all__ = ["LogrankPair", "PairwiseLogrank", "pairwise_logrank_test"]


@dataclass(frozen=True, slots=True)
class LogrankPair:
    """Log-rank test of two of the groups.

    Attributes
    ----------
    first : int
        Lower group code; group 0 of `test`.
    second : int
        Higher group code; group 1 of `test`.
    test : LogrankTest
        Test of the patients of these two groups; its p-value is not adjusted.
    """

    first: int
    second: int
    test: LogrankTest


@dataclass(frozen=True, slots=True)
class PairwiseLogrank:
    """Log-rank tests of all pairs of groups.

    Attributes
    ----------
    pairs : tuple of LogrankPair
        One for each pair: 0 and 1, 0 and 2, ..., 1 and 2, ...
    """

    pairs: tuple[LogrankPair, ...]


def pairwise_logrank_test(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    stratum: ArrayLike | None = None,
    weights: LogrankWeights = "logrank",
) -> PairwiseLogrank:
    r"""Test each pair of groups for equal survival, without adjustment for their number.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the event or to the end of follow-up, in any one unit; at least 0.
    event : array_like of bool, shape (n,)
        True (1) if the event happened at `time`, false (0) if follow-up ended without it.
    group : array_like of int, shape (n,)
        Group of each patient, 0, 1, ..., k - 1; at least two groups, none empty.
    entry : array_like of float, shape (n,), or None
        Time at which observation begins, at least 0 and before `time`; None for the start.
    stratum : array_like of int, shape (n,), or None
        Stratum of each patient, 0 upwards, none empty; None for one stratum.
    weights : str or pair
        Weights of the event times, as in `logrank_test`; those of a pair come from that pair.

    Returns
    -------
    PairwiseLogrank

    Raises
    ------
    ArgumentError
        As `logrank_test`.

    Notes
    -----
    Each pair is `logrank_test` of its own patients, all others left out. The p-values are those
    of single tests: with k groups there are k (k - 1) / 2, and they need adjusting. A pair with
    nothing to compare has no p-value, as in `logrank_test`.
    Source: [mantel1966], [peto1972]. Checked against R survival 3.5-3, ``survdiff`` of each pair
    (`tests/reference/weighted_logrank.json`), by hand (`tests/byhand/test_logrank_pairwise.py`)
    and by a loop in fractions (`tests/twins/test_logrank.py`).

    Examples
    --------
    >>> tests = pairwise_logrank_test([1, 2, 3, 4, 5, 6], [1] * 6, [0, 0, 1, 1, 2, 2])
    >>> [(pair.first, pair.second, round(pair.test.statistic, 4)) for pair in tests.pairs]
    [(0, 1, 2.8824), (0, 2, 2.8824), (1, 2, 2.8824)]
    """
    times, events, groups = (
        as_times("time", time),
        as_events("event", event),
        as_groups("group", group, most=MOST_GROUPS),
    )
    entries = None if entry is None else as_times("entry", entry)
    strata = None if stratum is None else as_groups("stratum", stratum)
    given = {"entry": entries, "stratum": strata}
    beside = {name: array for name, array in given.items() if array is not None}
    same_length(time=times, event=events, group=groups, **beside)
    n_groups = int(groups.max()) + 1
    if n_groups == 1:
        raise ArgumentError("`group` must hold at least two groups.")
    pairs = []
    for first, second in combinations(range(n_groups), 2):
        own = (groups == first) | (groups == second)
        test = logrank_test(
            times[own],
            events[own],
            groups[own] == second,
            entry=None if entries is None else entries[own],
            stratum=None if strata is None else _packed(strata[own]),
            weights=weights,
        )
        pairs.append(LogrankPair(first=first, second=second, test=test))
    return PairwiseLogrank(pairs=tuple(pairs))


def _packed(strata: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the codes that occur, numbered from 0."""
    return np.asarray(np.unique(strata, return_inverse=True)[1], dtype=np.int64)
