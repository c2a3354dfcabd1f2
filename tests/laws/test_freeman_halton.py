"""What the Freeman-Halton test obeys for any table; the slow twin lists every table."""

import tracemalloc
from fractions import Fraction
from itertools import product
from math import factorial, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import bdtr, bdtrc

from autallo.stats.contingency import freeman_halton
from autallo.stats.contingency.fisher import fisher_test
from autallo.stats.contingency.freeman_halton import freeman_halton_test

shapes = st.tuples(st.integers(2, 4), st.integers(2, 4))
tables = shapes.flatmap(
    lambda shape: st.lists(
        st.lists(st.integers(0, 3), min_size=shape[1], max_size=shape[1]),
        min_size=shape[0],
        max_size=shape[0],
    )
)


def ways_to_fill(rows, columns):
    """Yield for every table with these margins the number of ways to deal it."""
    if not columns:
        yield 1
        return
    for cells in product(*(range(min(row, columns[0]) + 1) for row in rows)):
        if sum(cells) == columns[0]:
            ways = factorial(columns[0]) // prod(factorial(cell) for cell in cells)
            rest = [row - cell for row, cell in zip(rows, cells, strict=True)]
            for others in ways_to_fill(rest, columns[1:]):
                yield ways * others


def listed_p(table):
    """Return the p-value in whole numbers, without network, logarithm or tolerance."""
    rows, columns = (
        [sum(row) for row in table],
        [sum(column) for column in zip(*table, strict=True)],
    )
    observed = prod(factorial(column) for column in columns)
    observed //= prod(factorial(cell) for row in table for cell in row)
    ways = list(ways_to_fill(rows, columns))
    return float(Fraction(sum(way for way in ways if way <= observed), sum(ways)))


@settings(deadline=None, max_examples=60)
@given(tables.filter(lambda table: sum(map(sum, table)) <= 14))
def test_p_is_that_of_the_list_of_all_tables(table):
    assert freeman_halton_test(table).p_value == pytest.approx(listed_p(table), rel=1e-10)


@settings(deadline=None, max_examples=60)
@given(tables.filter(lambda table: sum(map(sum, table)) <= 14))
def test_p_by_the_network_alone_is_that_of_the_list(table):
    """Tables of two rows too, which are otherwise listed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(freeman_halton, "FEW_TABLES", 0)
        assert freeman_halton_test(table).p_value == pytest.approx(listed_p(table), rel=1e-13)


two_rows = st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=2, max_size=2)


@settings(deadline=None, max_examples=60)
@given(two_rows)
def test_two_groups_get_the_nearest_floating_point_number(table):
    assert freeman_halton_test(table).p_value == listed_p(table)


def test_exact_p_values_never_exceed_their_level():
    """All tables with margins 3, 3, 2 by 4, 3, 1: P(p <= u) <= u for each attainable u."""
    rows, columns = [3, 3, 2], [4, 3, 1]
    found = []
    for first in ways_to_fill_cells(rows, columns):
        factorials = prod(factorial(cell) for row in first for cell in row)
        ways = prod(map(factorial, rows + columns)) / (factorial(8) * factorials)
        found.append((freeman_halton_test(first).p_value, ways))
    assert sum(ways for _, ways in found) == pytest.approx(1, rel=1e-12)
    for p_value, _ in found:
        size = sum(ways for other, ways in found if other <= p_value * (1 + 1e-12))
        assert size == pytest.approx(p_value, rel=1e-12)


def ways_to_fill_cells(rows, columns):
    """Yield every table with these margins."""
    if len(rows) == 1:
        yield [columns]
        return
    for cells in product(*(range(min(rows[0], column) + 1) for column in columns)):
        if sum(cells) == rows[0]:
            rest = [column - cell for column, cell in zip(columns, cells, strict=True)]
            for others in ways_to_fill_cells(rows[1:], rest):
                yield [list(cells), *others]


@given(st.lists(st.integers(0, 9), min_size=2, max_size=5), st.integers(2, 4))
def test_mr36_equal_groups_have_p_1(row, groups):
    assert freeman_halton_test([row] * groups).p_value == 1.0


@pytest.mark.parametrize(
    "table",
    [
        [[3, 1, 4], [2, 6, 1], [0, 3, 5]],
        [[9, 1, 0, 2], [3, 6, 4, 1]],
        [[5, 4, 2, 1, 0, 1], [1, 2, 3, 2, 2, 5]],
        [[1, 1, 1, 1], [1, 1, 1, 1], [3, 0, 2, 1]],
        [[5, 0], [1, 4], [2, 2], [0, 3]],
    ],
)
def test_p_of_tables_of_the_size_of_a_study(table):
    assert freeman_halton_test(table).p_value == pytest.approx(listed_p(table), rel=1e-10)


@given(tables, st.randoms(use_true_random=False))
def test_order_of_rows_and_columns_does_not_matter(table, random):
    cells = np.array(table)
    rows, columns = list(range(cells.shape[0])), list(range(cells.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    p_value = freeman_halton_test(cells).p_value
    assert freeman_halton_test(cells[rows][:, columns]).p_value == pytest.approx(p_value, rel=1e-10)
    assert freeman_halton_test(cells.T).p_value == pytest.approx(p_value, rel=1e-10)


@given(tables)
def test_mr41_an_empty_category_changes_nothing(table):
    wider = [[*row, 0] for row in table]
    assert freeman_halton_test(wider).p_value == freeman_halton_test(table).p_value


@given(st.lists(st.integers(0, 25), min_size=4, max_size=4))
def test_two_by_two_is_fishers_test(cells):
    table = [cells[:2], cells[2:]]
    fisher = fisher_test(table).p_value
    assert freeman_halton_test(table).p_value == pytest.approx(fisher, rel=1e-10)


@settings(max_examples=20, deadline=None)
@given(tables.filter(lambda table: (np.array(table).sum(axis=0) > 0).sum() > 1), st.integers(0, 9))
def test_mr38_drawn_p_is_near_the_exact_one(table, seed):
    """Within 5 standard errors, at least those of 1 in 1000 draws (p itself is then uncertain)."""
    exact = freeman_halton_test(table).p_value
    drawn = freeman_halton_test(table, budget=0, draws=4000, rng=np.random.default_rng(seed))
    error = max(drawn.standard_error or 0.0, (0.001 / 4000) ** 0.5)
    assert abs(drawn.p_value - exact) <= 5 * error + 1 / 4000


def test_the_same_seed_gives_the_same_drawn_p():
    table = [[9, 8, 7], [3, 8, 5]]
    first, again = (
        freeman_halton_test(table, budget=0, draws=500, rng=np.random.default_rng(7)).p_value
        for _ in range(2)
    )
    assert first == again


def test_interval_of_a_drawn_p_covers_the_exact_one():
    """99 of 100 seeds by nominal coverage; never fewer than 95."""
    table = [[9, 8, 7], [3, 8, 5]]
    exact = freeman_halton_test(table).p_value
    covered = 0
    for seed in range(100):
        drawn = freeman_halton_test(table, budget=0, draws=300, rng=np.random.default_rng(seed))
        covered += drawn.low <= exact <= drawn.high
        assert 0 <= drawn.low < drawn.p_value < drawn.high <= 1
    assert covered >= 95


@pytest.mark.parametrize("seed", range(5))
def test_a_drawn_p_counts_the_observed_table_too_and_its_limits_are_binomial(seed):
    """p = (b + 1) / (m + 1); at the lower limit b or more of m have chance 0.005, at the upper

    b or fewer.
    """
    table = [[9, 8, 7], [3, 8, 5]]
    test = freeman_halton_test(table, budget=0, draws=400, rng=np.random.default_rng(seed))
    hits = round(test.p_value * 401) - 1
    assert test.p_value == (hits + 1) / 401
    assert float(bdtrc(hits - 1, 400, test.low)) == pytest.approx(0.005, rel=1e-10)
    assert float(bdtr(hits, 400, test.high)) == pytest.approx(0.005, rel=1e-10)


def test_more_than_ten_thousand_patients_are_drawn():
    """Three times the same shares: nearly every table is less probable."""
    table = [[30_000, 20_000, 10_000]] * 3
    drawn = freeman_halton_test(table, draws=200, rng=np.random.default_rng(1))
    assert (drawn.method, drawn.p_value) == ("monte_carlo", 1.0)
    assert drawn.high == 1.0


def test_tables_are_drawn_in_blocks():
    """Five million cells, of which no more than some four are held at once (8 bytes each)."""
    table = np.random.default_rng(4).integers(0, 5, (10, 10))
    tracemalloc.start()
    test = freeman_halton_test(table, budget=0, draws=50_000, rng=np.random.default_rng(1))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert test.draws == 50_000
    assert peak < 60_000_000


def test_blocks_are_counted_together(monkeypatch):
    """Of 41 draws in blocks of 5, each as probable as the observed table, all count."""
    monkeypatch.setattr(freeman_halton, "BLOCK", 5 * 6)
    table = [[1, 0, 0], [0, 1, 1]]
    test = freeman_halton_test(table, budget=0, draws=41, rng=np.random.default_rng(1))
    assert (test.method, test.p_value, test.draws) == ("monte_carlo", 1, 41)
    table = [[4, 1, 0], [1, 2, 4]]
    exact = freeman_halton_test(table).p_value
    drawn = freeman_halton_test(table, budget=0, draws=20_003, rng=np.random.default_rng(1))
    assert drawn.low < exact < drawn.high
