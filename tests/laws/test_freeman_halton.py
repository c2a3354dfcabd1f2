"""What the Freeman-Halton test obeys for any table; the slow twin lists every table."""

from fractions import Fraction
from itertools import product
from math import factorial, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.contingency import fisher_test
from autallo.stats.freeman_halton import freeman_halton_test

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
def test_an_empty_category_changes_nothing(table):
    wider = [[*row, 0] for row in table]
    assert freeman_halton_test(wider).p_value == freeman_halton_test(table).p_value


@given(st.lists(st.integers(0, 25), min_size=4, max_size=4))
def test_two_by_two_is_fishers_test(cells):
    table = [cells[:2], cells[2:]]
    fisher = fisher_test(table).p_value
    assert freeman_halton_test(table).p_value == pytest.approx(fisher, rel=1e-10)


@settings(max_examples=20, deadline=None)
@given(tables.filter(lambda table: (np.array(table).sum(axis=0) > 0).sum() > 1), st.integers(0, 9))
def test_drawn_p_is_near_the_exact_one(table, seed):
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
