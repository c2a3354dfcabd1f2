"""Association in a table of any size, given its margins.

One test: exact by a network of partly filled tables, or drawn at random where that is too long.
"""

from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b
from math import comb, factorial, prod, sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainccinv, betaincinv, gammaln, xlogy

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_counts, as_draws
from autallo.stats.contingency.counts import as_one
from autallo.stats.contingency.fisher import table_p_values

__all__ = ["FreemanHaltonTest", "freeman_halton_test"]

#: Larger tables are drawn; and more patients than can be drawn are refused.
MOST_COUNTED, MOST_DRAWN = 10_000, 1_000_000_000 - 1
#: Up to so many tables of two rows are listed in plain Python, which is faster for so few.
FEW_TABLES = 3000
#: Logarithms nearer than this, times the patients in thousands, are compared as whole numbers.
SLACK = 1e-9
#: Cells drawn in one go.
BLOCK = 1 << 22
#: Outside each limit of a drawn p: the interval is one of 99 %.
TAIL = 0.005

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Keys = NDArray[np.uint64]
Flags = NDArray[np.bool_]


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
    low, high : float or None
        Limits (99 %) of the p that counting all tables would give; None if exact.
    """

    p_value: float
    method: Literal["exact", "monte_carlo"]
    draws: int | None
    standard_error: float | None
    low: float | None = None
    high: float | None = None


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
        If the table is not two-dimensional whole numbers of at least 0, holds 1e9 patients or
        more, `draws` is not a whole number of at least 1, `budget` not one of at least 0, `rng` no
        generator, or tables have to be drawn and there is none.

    Notes
    -----
    Rows and columns without patients are left out; with one row or one column left p is 1. Two
    by two tables are those of `fisher_test`, of any size.
    p adds the probabilities of all tables with the observed margins that are not more probable
    than the observed one. The table is filled column by column; partly filled tables with the
    same rest and the same probability are one, and those whose every completion counts, or none
    does, are settled at once. Probabilities are compared by logarithms where these are clearly
    apart and by the products of their factorials, whole numbers, where they are not: a tie is
    a tie. (R takes probabilities within 1e-7 of each other as equal.) Two probabilities are seen
    as the same by a fingerprint of 64 bits of their prime factors. Below 5e-324 a counted p is 0.
    Tables are drawn, all margins kept, where counting passes `budget`, and beyond 10 000
    patients. Then ``p = (b + 1) / (m + 1)`` for b of m drawn tables that count, never 0, with
    its standard error and the Clopper-Pearson limits (99 %) of b of m. Of more than 10 000
    patients, drawn tables whose logarithms agree but for rounding are equal.
    Source: [freeman1951]; network of partial tables [mehta1983]; drawn p [phipson2010], its
    limits [clopper1934].
    Checked against R 4.2.2 fisher.test (`tests/reference/freeman_halton.json`), by hand
    (`tests/byhand/test_freeman_halton.py`) and by listing every table in fractions
    (`tests/laws/test_freeman_halton.py`, `tests/twins/test_freeman_halton.py`).

    Examples
    --------
    Of 35 ways to choose the first row, the observed table is one, and no other is as rare.

    >>> test = freeman_halton_test([[3, 0, 0], [0, 2, 2]])
    >>> round(test.p_value * 35, 9), test.method
    (1.0, 'exact')
    """
    counts = as_counts("table", table, dimensions=2)
    draws, budget = as_draws(draws, rng), as_one("budget", budget)
    total = sum(counts.ravel().tolist())
    if total > MOST_DRAWN:
        raise ArgumentError(f"`table` must hold at most {MOST_DRAWN} patients.")
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(counts.shape) < 2:
        return FreemanHaltonTest(1.0, "exact", None, None)
    if counts.shape == (2, 2):
        fisher = table_p_values([tuple(counts.ravel().tolist())])[0]
        return FreemanHaltonTest(fisher.p_value, "exact", None, None)
    if counts.shape[0] > counts.shape[1]:
        counts = counts.T
    if total > MOST_COUNTED:
        return _drawn(counts, draws=draws, rng=rng)
    if counts.shape[0] == 2 and _most_tables(counts) <= min(FEW_TABLES, budget):
        return FreemanHaltonTest(_listed_p(counts), "exact", None, None)
    try:
        return FreemanHaltonTest(_exact_p(counts, budget=budget), "exact", None, None)
    except _TooLongError:
        return _drawn(counts, draws=draws, rng=rng)


def _most_tables(table: Integers) -> int:
    """Return an upper bound of the number of tables of two rows with these margins."""
    row = int(table[0].sum())
    sizes = sorted(table.sum(axis=0).tolist())
    return prod(min(size, row) + 1 for size in sizes[:-1])


def _listed_p(table: Integers) -> float:
    """Return the p of a table of two rows, all tables listed, those of equal ways together."""
    row = int(table[0].sum())
    pairs = zip(table.sum(axis=0).tolist(), table[0].tolist(), strict=True)
    (*others, (last, rest)) = sorted(pairs)
    observed = comb(last, rest) * prod(comb(size, chosen) for size, chosen in others)
    filled = {(0, 1): 1}
    for size, _ in others:
        choices = [comb(size, chosen) for chosen in range(min(size, row) + 1)]
        grown: dict[tuple[int, int], int] = {}
        for (taken, product), tables in filled.items():
            for chosen, ways in enumerate(choices[: row - taken + 1]):
                key = (taken + chosen, product * ways)
                grown[key] = grown.get(key, 0) + tables
        filled = grown
    counted = 0
    for (taken, product), tables in filled.items():
        ways = product * comb(last, row - taken)
        counted += ways * tables if ways <= observed else 0
    return counted / comb(int(table.sum()), row)


def _exact_p(table: Integers, *, budget: int) -> float:
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
    total = int(table.sum())
    return _Observed(
        log=_log_margins(table) - float(gammaln(table + 1.0).sum()),
        factorials=_product_of_factorials(table),
        slack=SLACK * max(1.0, total / 1000),
    )


def _product_of_factorials(counts: Integers) -> int:
    return prod(map(factorial, counts.ravel().tolist()))


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
        raise _TooLongError
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
        key=_keys(total.bit_length())[taken].sum(axis=1),
    )


def _log_factorials(most: int) -> Floats:
    """Return the logarithm of each factorial, less what cancels between the cells of a margin.

    That is ``log(most) - 1`` for each patient: without it the numbers are much smaller, and so is
    their rounding.
    """
    terms = 1 + np.log(np.arange(1, most + 1, dtype=np.longdouble) / most)
    return np.concatenate([[0.0], np.cumsum(terms)]).astype(np.float64)


@cache
def _keys(bits: int) -> Keys:
    """Return for each number of so many bits a fingerprint of the prime factors of its factorial.

    Each prime has a number of 64 bits; those of all prime factors are added, modulo 2 to the 64.
    So products of factorials have the sums of their keys, and equal products equal sums.
    """
    size = 2**bits
    keys = np.zeros(size, dtype=np.uint64)
    composite = np.zeros(size, dtype=np.bool_)
    for number in range(2, size):
        if composite[number]:
            continue
        composite[number::number] = True
        digest = blake2b(number.to_bytes(8, "little"), digest_size=8).digest()
        power = number
        while power < size:
            keys[power::power] += np.uint64(int.from_bytes(digest, "little"))
            power *= number
    return np.cumsum(keys, dtype=np.uint64)


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
        raise _TooLongError
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
                if filled * _product_of_factorials(cells) >= observed.factorials:
                    counted += mass * float(share[at])
                else:
                    others += mass * float(share[at])
    return counted, others


def _factorials_of(nodes: _Nodes, node: int) -> int:
    """Return the product of the factorials of all cells of a partly filled table."""
    product, level = 1, nodes
    while level.steps is not None and level.before is not None:
        product *= _product_of_factorials(level.steps.taken[level.step[node]])
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


def _drawn(table: Integers, *, draws: int, rng: np.random.Generator | None) -> FreemanHaltonTest:
    if rng is None:
        raise ArgumentError("`rng` must be given: the table is too large to count exactly.")
    rows = max(1, BLOCK // table.size)
    hits = sum(
        _hits(table, draws=min(rows, draws - done), rng=rng) for done in range(0, draws, rows)
    )
    p_value = (hits + 1) / (draws + 1)
    return FreemanHaltonTest(
        p_value=p_value,
        method="monte_carlo",
        draws=draws,
        standard_error=sqrt(p_value * (1 - p_value) / draws),
        low=float(betaincinv(hits, draws - hits + 1, TAIL)) if hits else 0.0,
        high=float(betainccinv(hits + 1, draws - hits, TAIL)) if hits < draws else 1.0,
    )


def _hits(table: Integers, *, draws: int, rng: np.random.Generator) -> int:
    """Draw tables with the margins of this one, and count those not more probable than it."""
    cells = _drawn_cells(table, draws=draws, rng=rng)
    gap = np.full(draws, float(gammaln(table + 1.0).sum()))
    for drawn in cells:
        gap -= gammaln(drawn + 1.0)
    slack = SLACK * max(1.0, float(table.sum()) / 1000)
    hits = int(np.count_nonzero(gap < -slack))
    close = np.flatnonzero(np.abs(gap) <= slack)
    if table.sum() > MOST_COUNTED:
        return hits + close.size
    return hits + _not_more_probable(table, cells[:, close].T)


def _drawn_cells(table: Integers, *, draws: int, rng: np.random.Generator) -> Integers:
    """Return the cells, column by column, of so many tables with the margins of this one."""
    rows, columns = table.shape
    rest = np.tile(table.sum(axis=1)[:, None], draws)
    cells = np.empty((columns, rows, draws), dtype=np.int64)
    for place, column in enumerate(table.sum(axis=0)[:-1]):
        left, below = np.full(draws, column), rest.sum(axis=0)
        for row in range(rows):
            below -= rest[row]
            cells[place, row] = rng.hypergeometric(rest[row], below, left)
            left -= cells[place, row]
        rest -= cells[place]
    cells[-1] = rest
    return cells.reshape(-1, draws)


def _not_more_probable(table: Integers, cells: Integers) -> int:
    """Count the drawn tables, close to the observed one, that are not more probable."""
    key = _keys(int(table.max()).bit_length() + 1)
    equal = key[np.minimum(cells, key.size - 1)].sum(axis=1) == key[table].sum()
    observed = _product_of_factorials(table)
    return int(equal.sum()) + sum(_product_of_factorials(row) >= observed for row in cells[~equal])


def _log_margins(table: Integers) -> float:
    margins = gammaln(table.sum(axis=1) + 1.0).sum() + gammaln(table.sum(axis=0) + 1.0).sum()
    return float(margins - gammaln(table.sum() + 1.0))
