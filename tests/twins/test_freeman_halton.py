"""Twin of the exact r x c test: every table with the same margins, in fractions.

Written from Freeman and Halton (1951): given both margins, a table has the probability
(product of the factorials of the margins) / (n! x product of the factorials of the cells), and the
p-value adds up the tables that are no more probable than the observed one.
"""

from fractions import Fraction
from math import factorial, prod

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.contingency.freeman_halton import freeman_halton_test


def rows_of_sum(total, limits):
    """Yield every row of whole numbers with this sum, no cell above its limit."""
    if len(limits) == 1:
        if total <= limits[0]:
            yield (total,)
        return
    for first in range(min(total, limits[0]) + 1):
        for rest in rows_of_sum(total - first, limits[1:]):
            yield (first, *rest)


def tables_with_margins(row_sums, column_sums):
    if not row_sums:
        yield ()
        return
    for row in rows_of_sum(row_sums[0], column_sums):
        left = tuple(c - cell for c, cell in zip(column_sums, row, strict=True))
        for rest in tables_with_margins(row_sums[1:], left):
            yield (row, *rest)


def p_value_by_enumeration(table):
    row_sums = [sum(row) for row in table]
    column_sums = [sum(column) for column in zip(*table, strict=True)]
    above = prod(factorial(m) for m in row_sums + column_sums)
    below = factorial(sum(row_sums))

    def probability(cells):
        return Fraction(above, below * prod(factorial(c) for row in cells for c in row))

    observed = probability(table)
    all_tables = [
        probability(cells) for cells in tables_with_margins(tuple(row_sums), tuple(column_sums))
    ]
    assert sum(all_tables) == 1
    return sum(p for p in all_tables if p <= observed)


def table_of(rows, columns, largest):
    row = st.lists(st.integers(0, largest), min_size=columns, max_size=columns)
    return st.lists(row, min_size=rows, max_size=rows)


def margins_are_filled(table):
    return all(map(sum, table)) and all(map(sum, zip(*table, strict=True)))


def assert_equals_twin(table):
    expected = float(p_value_by_enumeration(table))
    assert freeman_halton_test(table).p_value == pytest.approx(expected, rel=1e-10)


@settings(max_examples=80, deadline=None)
@given(table=table_of(2, 3, 6))
def test_two_groups_three_grades(table):
    assume(margins_are_filled(table))
    assert_equals_twin(table)


@settings(max_examples=40, deadline=None)
@given(table=table_of(2, 5, 4))
def test_two_groups_five_grades(table):
    assume(margins_are_filled(table))
    assert_equals_twin(table)


@settings(max_examples=40, deadline=None)
@given(table=table_of(3, 3, 4))
def test_three_groups_three_grades(table):
    assume(margins_are_filled(table))
    assert_equals_twin(table)


@settings(max_examples=20, deadline=None)
@given(first=st.integers(0, 17), second=st.integers(0, 11))
def test_two_by_two_is_fisher(first, second):
    assume(0 < first + second < 28)
    assert_equals_twin([[first, 17 - first], [second, 11 - second]])


def test_seventeen_against_eleven_by_grade():
    """Grades 0 to 4 of a toxicity, 17 v 11 patients."""
    assert_equals_twin([[5, 6, 3, 2, 1], [8, 2, 1, 0, 0]])
