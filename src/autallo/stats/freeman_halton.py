"""Association in a table of any size, given its margins.

One test: exact by a network of partly filled tables, or drawn at random where that is too long.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, xlogy

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_counts

__all__ = ["FreemanHaltonTest", "freeman_halton_test"]

#: Two probabilities nearer than this share are one probability (as in R).
TOLERANCE = 1e-7
#: Logarithms of partial tables are merged when equal to so many decimals.
MERGED_DECIMALS = 9

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FreemanHaltonTest:
    """Freeman-Halton test, the exact test of Fisher for tables of any size.

    Attributes
    ----------
    p_value : float
        Total probability of the tables not more probable than the observed one.
    method : {"exact", "monte_carlo"}
        Whether all tables were counted or some were drawn.
    draws : int or None
        Tables drawn; None if exact.
    standard_error : float or None
        Standard error of `p_value` from drawing; None if exact.
    """

    p_value: float
    method: Literal["exact", "monte_carlo"]
    draws: int | None
    standard_error: float | None


@dataclass(frozen=True, slots=True)
class _Nodes:
    """Partly filled tables: those with equal rest and equal probability are one node.

    `rest` (u, r) are the distinct row totals still to fill, each in ascending order, and
    `place` (n,) says which of them a node has. `past` (n,) is the logarithm of the probability
    of one table so far, `mass` (n,) the probability of all tables merged in the node.
    """

    rest: Integers
    place: Integers
    past: Floats
    mass: Floats


@dataclass(frozen=True, slots=True)
class _Steps:
    """Ways to fill one more column, in ascending order of `origin`, the rest they start from.

    `rest` (s, r) are the row totals left after it, `chance` (s,) its log probability.
    """

    origin: Integers
    rest: Integers
    chance: Floats


class _TooLongError(Exception):
    """The budget of states is spent."""


def freeman_halton_test(
    table: ArrayLike,
    *,
    budget: int = 2_000_000,
    draws: int = 100_000,
    rng: np.random.Generator | None = None,
) -> FreemanHaltonTest:
    """Test whether groups differ in the shares of categories, by the Freeman-Halton test.

    Parameters
    ----------
    table : array_like of int, shape (r, c)
        Patients; rows are the groups, columns the categories, or the reverse.
    budget : int
        States the exact computation may visit before tables are drawn instead; 2 000 000 take
        under a second.
    draws : int
        Tables to draw if it comes to that, at least 1.
    rng : numpy.random.Generator or None
        Source of random numbers; must be given if tables have to be drawn.

    Returns
    -------
    FreemanHaltonTest

    Raises
    ------
    ArgumentError
        If the table is not two-dimensional whole numbers of at least 0, `draws` is below 1, or
        the exact computation passes `budget` and there is no `rng`.

    Notes
    -----
    Rows and columns without patients are left out; with one row or one column left p is 1.
    p adds the probabilities of all tables with the observed margins that are at most
    ``1 + 1e-7`` times as probable as the observed one, the rule of R. The table is filled
    column by column; partly filled tables with the same rest and the same probability are one,
    and those whose every completion counts, or none does, are settled at once.
    If tables are drawn, ``p = (b + 1) / (m + 1)`` for b of m drawn tables that count, never 0.
    Source: [freeman1951]; network of partial tables [mehta1983]; drawn p [phipson2010].
    Checked against R 4.2.2 fisher.test (`tests/reference/freeman_halton.json`), by hand
    (`tests/byhand/test_freeman_halton.py`) and by listing every table in fractions
    (`tests/laws/test_freeman_halton.py`).

    Examples
    --------
    Of 35 ways to choose the first row, the observed table is one, and no other is as rare.

    >>> test = freeman_halton_test([[3, 0, 0], [0, 2, 2]])
    >>> round(test.p_value * 35, 9), test.method
    (1.0, 'exact')
    """
    counts = as_counts("table", table, dimensions=2)
    if draws < 1:
        raise ArgumentError("`draws` must be at least 1.")
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(counts.shape) < 2:
        return FreemanHaltonTest(1.0, "exact", None, None)
    if counts.shape[0] > counts.shape[1]:
        counts = counts.T
    limit = _log_margins(counts) - float(gammaln(counts + 1.0).sum()) + TOLERANCE
    rows, columns = np.sort(counts.sum(axis=1)), np.sort(counts.sum(axis=0))
    try:
        p_value = _exact_p(rows, columns, limit=limit, budget=budget)
    except _TooLongError:
        return _drawn(counts, limit=limit, draws=draws, rng=rng)
    return FreemanHaltonTest(p_value, "exact", None, None)


def _exact_p(rows: Integers, columns: Integers, *, limit: float, budget: int) -> float:
    """Return the probability of the tables whose log probability is at most `limit`."""
    nodes = _Nodes(rows[None, :], np.zeros(1, dtype=np.int64), np.zeros(1), np.ones(1))
    settled = 0.0
    for done, column in enumerate(columns[:-2], start=1):
        steps = _steps(nodes.rest, int(column), budget=budget)
        budget -= steps.origin.size
        grown, tables = _grow(nodes, steps, budget=budget)
        budget -= tables
        nodes, counted = _settle(grown, columns[done:], limit=limit)
        settled += counted
        if nodes.place.size == 0:
            return min(settled, 1.0)
    steps = _steps(nodes.rest, int(columns[-2]), budget=budget)
    return min(settled + _completed(nodes, steps, limit=limit), 1.0)


def _steps(rest: Integers, column: int, *, budget: int) -> _Steps:
    """Return every way to fill one column from each rest, with its log probability."""
    most = rest.max(axis=0)
    if rest.shape[0] * _number_of_fillings(column, most) > budget:
        raise _TooLongError
    filling = _fillings(column, most)
    fits = np.ones((rest.shape[0], filling.shape[0]), dtype=np.bool_)
    for row in range(rest.shape[1]):
        fits &= filling[:, row] <= rest[:, row, None]
    origin, chosen = np.nonzero(fits)
    before, taken = rest[origin], filling[chosen]
    total = int(rest[0].sum())
    log_factorial = gammaln(np.arange(total + 1) + 1.0)
    ways = log_factorial[before] - log_factorial[taken] - log_factorial[before - taken]
    all_ways = log_factorial[total] - log_factorial[column] - log_factorial[total - column]
    return _Steps(origin, np.sort(before - taken, axis=1), ways.sum(axis=1) - all_ways)


def _number_of_fillings(column: int, most: Integers) -> float:
    ways = np.ones(1)
    for highest in most:
        ways = np.convolve(ways, np.ones(min(int(highest), column) + 1))[: column + 1]
    return float(ways[column])


def _fillings(column: int, most: Integers) -> Integers:
    """Return all whole numbers of at least 0 and at most `most` that sum to `column`."""
    filled = np.zeros((1, 0), dtype=np.int64)
    left = np.array([column])
    for row, highest in enumerate(most):
        lowest = np.maximum(0, left - most[row + 1 :].sum())
        origin, offset = _ragged(np.minimum(highest, left) - lowest + 1)
        taken = lowest[origin] + offset
        filled = np.column_stack([filled[origin], taken])
        left = left[origin] - taken
    return filled


def _grow(nodes: _Nodes, steps: _Steps, *, budget: int) -> tuple[_Nodes, int]:
    """Return the nodes one column further, not yet merged, and their number."""
    width = np.bincount(steps.origin, minlength=nodes.rest.shape[0])
    number = int(width[nodes.place].sum())
    if number > budget:
        raise _TooLongError
    node, offset = _ragged(width[nodes.place])
    step = (np.cumsum(width) - width)[nodes.place[node]] + offset
    rest, place = _distinct(steps.rest)
    past = nodes.past[node] + steps.chance[step]
    mass = nodes.mass[node] * np.exp(steps.chance[step])
    return _Nodes(rest, place[step], past, mass), number


def _settle(nodes: _Nodes, columns: Integers, *, limit: float) -> tuple[_Nodes, float]:
    """Return the nodes still open, merged, and the probability of those that count."""
    least, most = _bounds(nodes.rest, columns)
    counts = nodes.past + most[nodes.place] <= limit
    open_ = ~counts & (nodes.past + least[nodes.place] <= limit)
    place, past, mass = nodes.place[open_], nodes.past[open_], nodes.mass[open_]
    rounded = np.round(past, MERGED_DECIMALS)
    order = np.lexsort((rounded, place))
    place, past, mass, rounded = place[order], past[order], mass[order], rounded[order]
    new = np.ones(place.size, dtype=np.bool_)
    new[1:] = (np.diff(place) != 0) | (np.diff(rounded) != 0)
    first = np.flatnonzero(new)
    merged = np.add.reduceat(mass, first) if first.size else mass
    used, place = np.unique(place[first], return_inverse=True)
    return _Nodes(nodes.rest[used], place, past[first], merged), float(nodes.mass[counts].sum())


def _bounds(rest: Integers, columns: Integers) -> tuple[Floats, Floats]:
    """Return bounds of the log probability of any filling of `columns` from each rest.

    Least: a cell holds at most its whole row, or its whole column. Most: a Poisson variable of
    mean ``row column / total`` is in no state more often than in its mode; multiplied over the
    cells, the means cancel against the margins.
    """
    total = int(columns.sum())
    mean = rest[:, :, None] * columns / total
    mode = np.floor(mean)
    cells = (gammaln(mode + 1) - xlogy(mode, mean)).sum(axis=(1, 2))
    margins = xlogy(rest, rest).sum(axis=1) + xlogy(columns, columns).sum() - xlogy(total, total)
    in_rows, in_columns = gammaln(rest + 1.0).sum(axis=1), gammaln(columns + 1.0).sum()
    ways = in_rows + in_columns - gammaln(total + 1.0)
    return ways - np.minimum(in_rows, in_columns), ways - cells - margins


def _completed(nodes: _Nodes, steps: _Steps, *, limit: float) -> float:
    """Return the probability of the tables that count when the last two columns are filled."""
    order = np.lexsort((steps.chance, steps.origin))
    chance = steps.chance[order]
    edge = np.searchsorted(steps.origin, np.arange(nodes.rest.shape[0] + 1))
    node_edge = np.searchsorted(nodes.place, np.arange(nodes.rest.shape[0] + 1))
    counted = 0.0
    for place in range(nodes.rest.shape[0]):
        ways = chance[edge[place] : edge[place + 1]]
        cumulative = np.concatenate([[0.0], np.cumsum(np.exp(ways))])
        here = slice(node_edge[place], node_edge[place + 1])
        number = np.searchsorted(ways, limit - nodes.past[here], side="right")
        counted += float(nodes.mass[here] @ cumulative[number])
    return counted


def _distinct(rows: Integers) -> tuple[Integers, Integers]:
    """Return the distinct rows, and for each row its place among them."""
    order = np.lexsort(rows.T)
    ordered = rows[order]
    new = np.ones(order.size, dtype=np.bool_)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.cumsum(new) - 1
    return ordered[new], place


def _ragged(width: Integers) -> tuple[Integers, Integers]:
    """Return for each of ``sum(width)`` items its origin, and its offset within the origin."""
    origin = np.repeat(np.arange(width.size), width)
    return origin, np.arange(origin.size) - (np.cumsum(width) - width)[origin]


def _drawn(
    table: Integers, *, limit: float, draws: int, rng: np.random.Generator | None
) -> FreemanHaltonTest:
    if rng is None:
        raise ArgumentError("`rng` must be given: the table is too large to count exactly.")
    rest = np.tile(table.sum(axis=1), (draws, 1))
    logs = np.full(draws, _log_margins(table))
    for column in table.sum(axis=0)[:-1]:
        left = np.full(draws, column)
        for row in range(rest.shape[1]):
            taken = rng.hypergeometric(rest[:, row], rest[:, row + 1 :].sum(axis=1), left)
            rest[:, row] -= taken
            left -= taken
            logs -= gammaln(taken + 1.0)
    logs -= gammaln(rest + 1.0).sum(axis=1)
    p_value = (int(np.count_nonzero(logs <= limit)) + 1) / (draws + 1)
    error = sqrt(p_value * (1 - p_value) / draws)
    return FreemanHaltonTest(p_value, "monte_carlo", draws, error)


def _log_margins(table: Integers) -> float:
    margins = gammaln(table.sum(axis=1) + 1.0).sum() + gammaln(table.sum(axis=0) + 1.0).sum()
    return float(margins - gammaln(table.sum() + 1.0))
