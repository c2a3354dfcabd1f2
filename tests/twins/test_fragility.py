"""Fragility by trying every change, and the smallest p of a design by listing what can happen."""

from fractions import Fraction
from itertools import combinations, product
from math import comb, lcm

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
    """The smallest p of every pattern of ties and, in time, of censoring."""
    found = {"mann-whitney": mid_ranks, "logrank": logrank_scores}
    for method, scores_of in found.items():
        p = min(smallest_p_of(scores, n_x) for scores in scores_of(n_x + n_y))
        assert smallest_attainable_p(n_x, n_y, method=method).p_value == float(p)


def smallest_p_of(scores, n_x):
    """Return the share of the furthest arrangements; the scores are whole numbers."""
    sums = [abs(sum(chosen)) for chosen in combinations(scores, n_x)]
    return Fraction(sums.count(max(sums)), len(sums))


def runs(total):
    """Yield every way to tie neighbours among so many ordered patients, as sizes of the ties."""
    for joined in product([False, True], repeat=total - 1):
        sizes = [1]
        for with_last in joined:
            sizes = [*sizes[:-1], sizes[-1] + 1] if with_last else [*sizes, 1]
        yield sizes


def mid_ranks(total):
    for sizes in runs(total):
        ranks, below = [], 0
        for size in sizes:
            ranks += [2 * below + size - total] * size
            below += size
        yield ranks


def logrank_scores(total):
    """On each day some have the event, and the others of that day are censored after it."""
    one = lcm(*range(1, total + 1))
    for sizes in runs(total):
        for events in product(*(range(size + 1) for size in sizes)):
            scores, hazard, at_risk = [], 0, total
            for size, dying in zip(sizes, events, strict=True):
                hazard += one // at_risk * dying
                scores += [one - hazard] * dying + [-hazard] * (size - dying)
                at_risk -= size
            yield scores


@settings(deadline=None, max_examples=15)
@given(
    st.tuples(*[st.integers(0, 60)] * 2, *[st.integers(50, 90)] * 2),
    st.sampled_from([Fraction(1, 20), Fraction(1, 1000)]),
)
def test_a_table_of_more_than_a_hundred_patients_is_told_as_exactly(cells, alpha):
    """The first crossing in the chosen direction, each p in fractions."""
    table = [list(cells[:2]), list(cells[2:])]
    index = fragility_index(table, alpha=float(alpha))
    significant = fisher(table) < alpha
    if index.changes is None:
        return
    after = index.table_after.tolist()
    row = 0 if after[1] == table[1] else 1
    step = 1 if after[row][0] > table[row][0] else -1
    sides = [
        fisher(with_events(table, row, table[row][0] + step * number)) < alpha
        for number in range(1, index.changes + 1)
    ]
    assert sides == [significant] * (index.changes - 1) + [not significant]
    assert index.p_value_after == float(fisher(after))
