"""Freeman-Halton test against a list of every table, written without knowledge of the module."""

import random
from fractions import Fraction

import pytest

from autallo.stats.contingency.freeman_halton import freeman_halton_test
from twins.independent.slow_freeman_halton import freeman_halton_p, probability, tables_with


def test_the_slow_one_by_hand():
    # 35 ways to choose 3 of 7 patients; [[3, 0, 0], [0, 2, 2]] is one of them and none is rarer.
    assert freeman_halton_p([[3, 0, 0], [0, 2, 2]]) == Fraction(1, 35)
    assert probability([[1, 1], [1, 0]]) == Fraction(2, 3)
    assert tables_with([1, 1], [1, 1]) == [[[0, 1], [1, 0]], [[1, 0], [0, 1]]]


def random_table(draw, rows, columns, most):
    while True:
        table = [[draw.randint(0, most) for _ in range(columns)] for _ in range(rows)]
        if sum(sum(row) for row in table) > 0:
            return table


@pytest.mark.parametrize(
    ("rows", "columns", "most", "how_many"),
    [(2, 2, 9, 60), (2, 3, 5, 60), (3, 2, 5, 30), (3, 3, 2, 50), (2, 4, 3, 40), (3, 4, 1, 40)],
)
def test_small_tables(rows, columns, most, how_many):
    draw = random.Random(rows * 100 + columns)
    for _ in range(how_many):
        table = random_table(draw, rows, columns, most)
        expected = float(freeman_halton_p(table))
        assert freeman_halton_test(table).p_value == pytest.approx(expected, rel=1e-10), table


def test_seventeen_against_eleven():
    draw = random.Random(1711)
    for _ in range(12):
        first = [draw.randrange(3) for _ in range(17)]
        second = [draw.choice([0, 0, 1, 2]) for _ in range(11)]
        table = [[arm.count(category) for category in range(3)] for arm in (first, second)]
        expected = float(freeman_halton_p(table))
        assert freeman_halton_test(table).p_value == pytest.approx(expected, rel=1e-10), table


@pytest.mark.parametrize(
    "table",
    [
        [[5, 0, 0], [0, 5, 0], [0, 0, 5]],  # as far apart as can be
        [[2, 2, 2], [2, 2, 2]],  # the most probable table: p is 1
        [[0, 0, 4], [3, 0, 2]],  # a category that nobody had
        [[0, 0, 0], [1, 2, 3]],  # a group without patients
        [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
        [[12, 0], [0, 12]],
        [[4, 1, 0, 0], [0, 1, 4, 1]],
    ],
)
def test_extreme_tables(table):
    expected = float(freeman_halton_p(table))
    assert freeman_halton_test(table).p_value == pytest.approx(expected, rel=1e-10)
