"""The exact p of a table of any size, by a network of partly filled tables."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

from autallo.stats.contingency.factorials import (
    Keys,
    factorial_keys,
    log_slack,
    product_of_factorials,
)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Steps:
    """Ways to fill one more column, in ascending order of `origin`, the rest they start from.

    `taken` (s, r) goes into the rows, `rest` (s, r) are the row totals left after it in ascending
    order, `chance` (s,) is the log probability and `key` (s,) that of the factorials.
    """

    origin: Integers
    taken: Integers
    rest: Integers
    chance: Floats
    key: Keys


@dataclass(frozen=True, slots=True)
class _Nodes:
    """Partly filled tables: those with equal rest and equal probability are one node.

    `rest` (u, r) are the distinct row totals still to fill, each in ascending order, and
    `place` (n,) says which of them a node has. `past` (n,) is the logarithm of the probability
    of one table so far, `mass` (n,) the probability of all tables merged in the node. `key` (n,)
    is one for one with the product of the factorials of the filled cells, of which the
    probability depends. One of the tables can be read back: `step` (n,) of `steps` was its last
    column, filled into the node `parent` (n,) of the nodes `before`.
    """

    rest: Integers
    place: Integers
    past: Floats
    mass: Floats
    key: Keys
    step: Integers
    parent: Integers
    steps: _Steps | None
    before: "_Nodes | None"


@dataclass(frozen=True, slots=True)
class _Observed:
    """Log probability of the observed table, and the product of the factorials of its cells."""

    log: float
    factorials: int
    slack: float


class TooLongError(Exception):
    """The budget of states is spent."""


def network_p(table: Integers, *, budget: int) -> float:
    """Return the probability of the tables that are not more probable than this one."""
    rows, columns = np.sort(table.sum(axis=1)), np.sort(table.sum(axis=0))
    observed = _observed(table)
    nodes = _nothing_filled(rows)
    counted = others = 0.0
    for done, column in enumerate(columns[:-2], start=1):
        steps = _steps(nodes.rest, int(column), budget=budget)
        budget -= steps.origin.size
        grown = _grow(nodes, steps, budget=budget)
        budget -= grown.place.size
        counts, cannot = _settled(grown, columns[done:], observed)
        counted += float(grown.mass[counts].sum())
        others += float(grown.mass[cannot].sum())
        nodes = _merged(grown, np.flatnonzero(~counts & ~cannot))
        if nodes.place.size == 0:
            return counted / (counted + others)
    steps = _steps(nodes.rest, int(columns[-2]), budget=budget)
    last, others_last = _completed(nodes, steps, observed)
    return (counted + last) / (counted + others + last + others_last)


def _observed(table: Integers) -> _Observed:
    return _Observed(
        log=_log_margins(table) - float(gammaln(table + 1.0).sum()),
        factorials=product_of_factorials(table),
        slack=log_slack(int(table.sum())),
    )


def _nothing_filled(rows: Integers) -> _Nodes:
    none, one = np.zeros(1, dtype=np.int64), np.ones(1)
    return _Nodes(
        rest=rows[None, :],
        place=none,
        past=np.zeros(1),
        mass=one,
        key=np.zeros(1, dtype=np.uint64),
        step=none,
        parent=none,
        steps=None,
        before=None,
    )


def _steps(rest: Integers, column: int, *, budget: int) -> _Steps:
    """Return every way to fill one column from each rest, with its log probability."""
    most = rest.max(axis=0)
    if rest.shape[0] * _number_of_fillings(column, most) > budget:
        raise TooLongError
    filling = _fillings(column, most)
    fits = np.ones((rest.shape[0], filling.shape[0]), dtype=np.bool_)
    for row in range(rest.shape[1]):
        fits &= filling[:, row] <= rest[:, row, None]
    origin, chosen = np.nonzero(fits)
    before, taken = rest[origin], filling[chosen]
    total = int(rest[0].sum())
    log_factorial = _log_factorials(total)
    ways = log_factorial[before] - log_factorial[taken] - log_factorial[before - taken]
    all_ways = log_factorial[total] - log_factorial[column] - log_factorial[total - column]
    return _Steps(
        origin=origin,
        taken=taken,
        rest=np.sort(before - taken, axis=1),
        chance=ways.sum(axis=1) - all_ways,
        key=factorial_keys(total.bit_length())[taken].sum(axis=1),
    )


def _log_factorials(most: int) -> Floats:
    """Return the logarithm of each factorial, less what cancels between the cells of a margin.

    That is ``log(most) - 1`` for each patient: without it the numbers are much smaller, and so is
    their rounding.
    """
    terms = 1 + np.log(np.arange(1, most + 1, dtype=np.longdouble) / most)
    return np.concatenate([[0.0], np.cumsum(terms)]).astype(np.float64)


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


def _grow(nodes: _Nodes, steps: _Steps, *, budget: int) -> _Nodes:
    """Return the nodes one column further, not yet merged."""
    width = np.bincount(steps.origin, minlength=nodes.rest.shape[0])
    if int(width[nodes.place].sum()) > budget:
        raise TooLongError
    parent, offset = _ragged(width[nodes.place])
    step = (np.cumsum(width) - width)[nodes.place[parent]] + offset
    rest, place = _distinct(steps.rest)
    return _Nodes(
        rest=rest,
        place=place[step],
        past=nodes.past[parent] + steps.chance[step],
        mass=nodes.mass[parent] * np.exp(steps.chance[step]),
        key=nodes.key[parent] + steps.key[step],
        step=step,
        parent=parent,
        steps=steps,
        before=nodes,
    )


def _settled(nodes: _Nodes, columns: Integers, observed: _Observed) -> tuple[Flags, Flags]:
    """Return of which nodes every completion counts, and of which none does."""
    least, most = _bounds(nodes.rest, columns)
    counts = nodes.past + most[nodes.place] < observed.log - observed.slack
    cannot = nodes.past + least[nodes.place] > observed.log + observed.slack
    return counts, cannot


def _merged(nodes: _Nodes, open_: Integers) -> _Nodes:
    """Return these nodes only, those of equal rest and equal probability made one."""
    open_ = open_[np.lexsort((nodes.key[open_], nodes.place[open_]))]
    place, key, mass = nodes.place[open_], nodes.key[open_], nodes.mass[open_]
    new = np.ones(open_.size, dtype=np.bool_)
    new[1:] = (place[1:] != place[:-1]) | (key[1:] != key[:-1])
    first = np.flatnonzero(new)
    kept = open_[first]
    used, place = np.unique(nodes.place[kept], return_inverse=True)
    return replace(
        nodes,
        rest=nodes.rest[used],
        place=place,
        past=nodes.past[kept],
        mass=np.add.reduceat(mass, first) if first.size else mass,
        key=nodes.key[kept],
        step=nodes.step[kept],
        parent=nodes.parent[kept],
    )


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


def _completed(nodes: _Nodes, steps: _Steps, observed: _Observed) -> tuple[float, float]:
    """Return the probability of the tables that count, and of the others, filled to the end."""
    order = np.lexsort((steps.chance, steps.origin))
    edge = np.searchsorted(steps.origin, np.arange(nodes.rest.shape[0] + 1))
    node_edge = np.searchsorted(nodes.place, np.arange(nodes.rest.shape[0] + 1))
    counted = others = 0.0
    for place in range(nodes.rest.shape[0]):
        ways = steps.chance[order[edge[place] : edge[place + 1]]]
        share = np.exp(ways)
        cumulative = np.concatenate([[0.0], np.cumsum(share)])
        here = slice(node_edge[place], node_edge[place + 1])
        bound = observed.log - nodes.past[here]
        surely = np.searchsorted(ways, bound - observed.slack, side="left")
        perhaps = np.searchsorted(ways, bound + observed.slack, side="right")
        counted += float(nodes.mass[here] @ cumulative[surely])
        others += float(nodes.mass[here] @ (cumulative[-1] - cumulative[perhaps]))
        for offset in np.flatnonzero(perhaps > surely).tolist():
            node = node_edge[place] + offset
            mass, filled = float(nodes.mass[node]), _factorials_of(nodes, node)
            for at in range(surely[offset], perhaps[offset]):
                step = order[edge[place] + at]
                cells = np.concatenate([steps.taken[step], steps.rest[step]])
                if filled * product_of_factorials(cells) >= observed.factorials:
                    counted += mass * float(share[at])
                else:
                    others += mass * float(share[at])
    return counted, others


def _factorials_of(nodes: _Nodes, node: int) -> int:
    """Return the product of the factorials of all cells of a partly filled table."""
    product, level = 1, nodes
    while level.steps is not None and level.before is not None:
        product *= product_of_factorials(level.steps.taken[level.step[node]])
        node, level = int(level.parent[node]), level.before
    return product


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


def _log_margins(table: Integers) -> float:
    margins = gammaln(table.sum(axis=1) + 1.0).sum() + gammaln(table.sum(axis=0) + 1.0).sum()
    return float(margins - gammaln(table.sum() + 1.0))
