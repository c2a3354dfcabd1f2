"""Association in a table of any size, given its margins.

One test: exact by a network of partly filled tables, or drawn at random where that is too long.
"""

from dataclasses import dataclass
from math import comb, prod, sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainccinv, betaincinv, gammaln

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_counts, as_draws
from autallo.stats.contingency.counts import as_one
from autallo.stats.contingency.factorials import factorial_keys, log_slack, product_of_factorials
from autallo.stats.contingency.fisher import table_p_values
from autallo.stats.contingency.table_network import TooLongError, network_p

__all__ = ["FreemanHaltonTest", "freeman_halton_test"]

#: Larger tables are drawn; and more patients than can be drawn are refused.
MOST_COUNTED, MOST_DRAWN = 10_000, 1_000_000_000 - 1
#: Up to so many tables of two rows are listed in plain Python, which is faster for so few.
FEW_TABLES = 3000
#: Cells drawn in one go.
BLOCK = 1 << 22
#: Outside each limit of a drawn p: the interval is one of 99 %.
TAIL = 0.005

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
    low, high : float or None
        Limits (99 %) of the p that counting all tables would give; None if exact.
    """

    p_value: float
    method: Literal["exact", "monte_carlo"]
    draws: int | None
    standard_error: float | None
    low: float | None = None
    high: float | None = None


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
        return FreemanHaltonTest(network_p(counts, budget=budget), "exact", None, None)
    except TooLongError:
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
    slack = log_slack(int(table.sum()))
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
    key = factorial_keys(int(table.max()).bit_length() + 1)
    equal = key[np.minimum(cells, key.size - 1)].sum(axis=1) == key[table].sum()
    observed = product_of_factorials(table)
    return int(equal.sum()) + sum(product_of_factorials(row) >= observed for row in cells[~equal])
