"""Whether the odds ratio is the same in all strata, exactly."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from numpy.typing import ArrayLike

from autallo.errors import ArgumentError
from autallo.stats.contingency.conditional import hypergeometric_weights
from autallo.stats.contingency.counts import as_two_by_twos

__all__ = ["HomogeneityTest", "homogeneity_test"]

#: Sets of tables are listed one by one up to so many.
MOST_SETS = 1_000_000


@dataclass(frozen=True, slots=True)
class HomogeneityTest:
    """Exact test that two groups have the same odds ratio in all strata.

    Attributes
    ----------
    p_value : float or None
        Total probability of the sets of tables that are not more probable than the observed one;
        None where the margins and the total leave only one set, or none informs.
    smallest_p : float or None
        Smallest `p_value` that any possible set could have.
    sets : int
        Sets of tables with these margins and this total.
    strata : int
        Strata used: those in which no row and no column is empty.
    """

    p_value: float | None
    smallest_p: float | None
    sets: int
    strata: int


def homogeneity_test(tables: ArrayLike) -> HomogeneityTest:
    r"""Test whether the odds ratio is the same in all strata, exactly.

    Parameters
    ----------
    tables : array_like of int, shape (k, 2, 2)
        Patients, one table for each stratum; rows are the groups, columns are with and without
        the outcome.

    Returns
    -------
    HomogeneityTest

    Raises
    ------
    ArgumentError
        If the tables are not of whole numbers from 0 to 1e9, or there are more than 1,000,000
        sets of tables to list (see `breslow_day_test`).

    Notes
    -----
    Given the margins of all tables and the sum :math:`s` of their first cells, the probability of
    the set :math:`x_1, \dots, x_k` does not depend on a common odds ratio:
    :math:`\prod_i \binom{n_i}{x_i} \binom{m_i}{c_i - x_i}` over the sum of the same over all sets
    with that :math:`s`. Compared in whole numbers. The test never exceeds its level; with few
    patients it can hardly reject at all, which `smallest_p` tells.
    Source: [zelen1971]. Checked against the sum over all sets in R 4.2.2
    (`tests/reference/homogeneity.json`), by hand (`tests/byhand/test_homogeneity.py`), by listing
    (`tests/twins/test_homogeneity.py`) and by laws (`tests/laws/test_homogeneity.py`).

    Examples
    --------
    Opposite effects in two strata of three against three.

    >>> test = homogeneity_test([[[3, 0], [0, 3]], [[0, 3], [3, 0]]])
    >>> test.p_value == 2 / (1 + 81 + 81 + 1)
    True
    """
    cells = [table.ravel().tolist() for table in as_two_by_twos(tables)]
    used = [(a, b, c, d) for a, b, c, d in cells if (a + b) * (c + d) * (a + c) * (b + d) > 0]
    if len(used) < 2:
        return HomogeneityTest(None, None, 0, len(used))
    weights = [hypergeometric_weights(a + b, c + d, a + c) for a, b, c, d in used]
    if prod(len(ways) for ways in weights[:-1]) > MOST_SETS:
        raise ArgumentError("`tables` must be smaller to be listed; see `breslow_day_test`.")
    places = [a - max(0, a + c - (c + d)) for a, b, c, d in used]
    found = list(_ways(weights, sum(places)))
    observed = prod(ways[place] for ways, place in zip(weights, places, strict=True))
    if len(found) == 1:
        return HomogeneityTest(None, None, 1, len(used))
    total, least = sum(found), min(found)
    return HomogeneityTest(
        p_value=sum(ways for ways in found if ways <= observed) / total,
        smallest_p=least * found.count(least) / total,
        sets=len(found),
        strata=len(used),
    )


def _ways(weights: list[list[int]], total: int) -> Iterator[int]:
    """Yield the number of ways to each set of places with this total."""
    first, *rest = weights
    if not rest:
        if 0 <= total < len(first):
            yield first[total]
        return
    most = sum(len(ways) - 1 for ways in rest)
    for place in range(max(0, total - most), min(total, len(first) - 1) + 1):
        for ways in _ways(rest, total - place):
            yield first[place] * ways
