"""Fragility by trying every change, and the smallest p of a design by listing what can happen."""

from fractions import Fraction
from itertools import combinations
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.contingency.fragility import fragility_index, smallest_attainable_p

cell = st.integers(0, 14)
tables = st.tuples(cell, cell, cell, cell).map(lambda cells: [list(cells[:2]), list(cells[2:])])


def fisher(table):
    (a, b), (c, d) = table
    total = a + c
    ways = {
        k: comb(a + b, k) * comb(c + d, total - k)
        for k in range(max(0, total - c - d), min(a + b, total) + 1)
    }
    return Fraction(sum(way for way in ways.values() if way <= ways[a]), sum(ways.values()))


def with_events(table, row, events):
    changed = [list(cells) for cells in table]
    changed[row] = [events, sum(table[row]) - events]
    return changed


@settings(deadline=None)
@given(tables, st.sampled_from([Fraction(1, 20), Fraction(1, 5)]))
def test_no_smaller_change_in_the_same_direction_suffices(table, alpha):
    now = fisher(table)
    index = fragility_index(table, alpha=float(alpha))
    assert index.p_value == float(now)
    assert index.direction == ("loses" if now < alpha else "gains") + "_significance"
    sizes = [sum(row) for row in table]
    row = min((0, 1), key=lambda i: (table[i][0], -sizes[i]))
    events = table[row][0]
    crossing = [
        number - events
        for number in range(sizes[row] + 1)
        if (fisher(with_events(table, row, number)) < alpha) != (now < alpha)
    ]
    lower = events * sizes[1 - row] <= table[1 - row][0] * sizes[row]
    towards = lower == (now < alpha)  # towards more events
    first = [change for change in crossing if (change > 0) == towards]
    second = [] if now < alpha else [change for change in crossing if (change > 0) != towards]
    chosen = min(first or second, key=abs, default=None)
    assert index.changes == (None if chosen is None else abs(chosen))
    if chosen is not None:
        after = with_events(table, row, events + chosen)
        assert index.table_after.tolist() == after
        assert index.p_value_after == float(fisher(after))


@pytest.mark.parametrize("table", [[[3, 0], [0, 3]], [[0, 1], [9, 0]], [[2, 1], [0, 3]]])
def test_a_p_of_exactly_alpha_is_not_below_it(table):
    """The first two have a p of 1/10; two changes of the third (p 2/5) do not reach below it."""
    assert fisher(table) >= Fraction(1, 10)
    index = fragility_index(table, alpha=0.1)
    assert (index.direction, index.changes) == ("gains_significance", None)


@pytest.mark.parametrize(("n_x", "n_y"), [(1, 1), (1, 3), (2, 2), (3, 5), (4, 4), (6, 2)])
def test_smallest_p_of_all_tables(n_x, n_y):
    by_total = {}
    for x in range(n_x + 1):
        for y in range(n_y + 1):
            p = fisher([[x, n_x - x], [y, n_y - y]])
            by_total[x + y] = min(p, by_total.get(x + y, 1))
    for events, p in by_total.items():
        assert smallest_attainable_p(n_x, n_y, events=events).p_value == float(p)
    smallest = smallest_attainable_p(n_x, n_y)
    assert smallest.p_value == float(min(by_total.values()))
    assert by_total[smallest.events] == min(by_total.values())


@pytest.mark.parametrize(("n_x", "n_y"), [(1, 1), (1, 3), (2, 2), (3, 5), (4, 4), (6, 2), (5, 1)])
def test_smallest_p_of_all_arrangements(n_x, n_y):
    """Ranks 1, 2, ... for Mann-Whitney; for the log-rank one event a day, nobody censored."""
    total = n_x + n_y
    hazard = [sum(Fraction(1, total - i) for i in range(day + 1)) for day in range(total)]
    scores = {
        "mann-whitney": [Fraction(rank) - Fraction(total + 1, 2) for rank in range(1, total + 1)],
        "logrank": [1 - hazard[day] for day in range(total)],
    }
    for method, score in scores.items():
        sums = [abs(sum(chosen)) for chosen in combinations(score, n_x)]
        p = Fraction(sum(value == max(sums) for value in sums), len(sums))
        assert smallest_attainable_p(n_x, n_y, method=method).p_value == float(p)
