"""Fragility and the smallest p of a design, worked by hand."""

from math import comb
from time import process_time

import pytest

from autallo.errors import ArgumentError
from autallo.stats.contingency.fisher import fisher_test
from autallo.stats.contingency.fragility import fragility_index, smallest_attainable_p
from autallo.stats.ranks.mann_whitney import mann_whitney_test


def test_one_patient_takes_significance_away():
    """4 of 4 against 0 of 4: 2 of 70. One event more: 2 * 4 of the 56 choices of 5: 1/7."""
    index = fragility_index([[4, 0], [0, 4]])
    assert (index.changes, index.direction, index.alpha) == (1, "loses_significance", 0.05)
    assert index.p_value == pytest.approx(2 / 70, rel=1e-12)
    assert index.p_value_after == pytest.approx(8 / 56, rel=1e-12)
    assert index.table_after.tolist() == [[4, 0], [1, 3]]


def test_one_patient_brings_significance():
    """The same two tables, the other way round."""
    index = fragility_index([[4, 0], [1, 3]])
    assert (index.changes, index.direction) == (1, "gains_significance")
    assert index.p_value_after == pytest.approx(2 / 70, rel=1e-12)
    assert index.table_after.tolist() == [[4, 0], [0, 4]]


@pytest.mark.parametrize("table", [[[3, 0], [0, 3]], [[0, 0], [3, 4]], [[1, 0], [0, 9]]])
def test_groups_too_small_for_any_significance(table):
    """3 against 3 gives 2/20 at best; an empty group gives 1; 1 against 9 gives 1/10."""
    index = fragility_index(table)
    assert (index.changes, index.p_value_after, index.table_after) == (None, None, None)
    assert index.direction == "gains_significance"


def test_a_p_that_equals_alpha_is_not_significant():
    """2/20 is not below 0.1. At 0.2 it is, and one event more gives 2 * 3 of 15."""
    assert fragility_index([[3, 0], [0, 3]], alpha=0.1).direction == "gains_significance"
    index = fragility_index([[3, 0], [0, 3]], alpha=0.2)
    assert (index.changes, index.direction) == (1, "loses_significance")
    assert index.p_value_after == pytest.approx(6 / 15, rel=1e-12)


def test_the_group_with_fewer_events_may_have_the_higher_risk():
    """3 of 3 against 4 of 20: 35 of 1771 arrangements of 3 hold 3 of the 7 events.

    One event less: 2 of 3, and C(6, 2) 17 + C(6, 3) = 275 of 1771 hold 2 or 3 of the 6.
    """
    index = fragility_index([[3, 0], [4, 16]])
    assert index.p_value == pytest.approx(35 / 1771, rel=1e-12)
    assert index.table_after.tolist() == [[2, 1], [4, 16]]
    assert index.p_value_after == pytest.approx(275 / 1771, rel=1e-12)


def test_a_group_without_events_can_only_gain_them():
    """0 of 6 against 1 of 6 (p 1): up to 6 of 6; 6 + 1 of 12, C(6, 1) ways at either end.

    6 against 1: 2 * 6 of 792, 5 against 1: the 6 of 12 events give 2 (36 + 1) of 924, 0.08.
    """
    index = fragility_index([[0, 6], [1, 5]])
    assert index.changes == 6
    assert index.table_after.tolist() == [[6, 0], [1, 5]]
    assert index.p_value_after == pytest.approx(12 / 792, rel=1e-12)


def test_equal_numbers_of_events_change_the_larger_group():
    """5 of 5 against 5 of 30: the larger group has the lower risk and gains events."""
    index = fragility_index([[5, 0], [5, 25]])
    assert index.direction == "loses_significance"
    assert index.table_after[0].tolist() == [5, 0]
    assert index.table_after[1, 0] == 5 + index.changes


@pytest.mark.parametrize(("n_x", "n_y"), [(1, 1), (1, 4), (3, 3), (4, 4), (17, 11), (500, 500)])
def test_smallest_p_is_one_or_two_of_all_arrangements(n_x, n_y):
    arrangements = comb(n_x + n_y, n_x)
    mirrored = 2 if n_x == n_y else 1
    for method in ("fisher", "mann-whitney", "logrank"):
        smallest = smallest_attainable_p(n_x, n_y, method=method)
        assert smallest.p_value == pytest.approx(mirrored / arrangements, rel=1e-12, abs=0)
        assert (smallest.n_x, smallest.n_y, smallest.method) == (n_x, n_y, method)


@pytest.mark.parametrize(("n_x", "n_y"), [(2, 6), (5, 2), (1, 29)])
def test_tied_values_reach_the_smallest_p_of_the_ranks(n_x, n_y):
    """All of the smaller group tied above all others: no other arrangement is as far from 0."""
    few, many = sorted((n_x, n_y))
    smallest = smallest_attainable_p(n_x, n_y, method="mann-whitney").p_value
    assert smallest == pytest.approx(1 / comb(n_x + n_y, n_x), rel=1e-12)
    found = mann_whitney_test([3.0] * few, [1.0] * many).p_value
    assert found == pytest.approx(smallest, rel=1e-12)


def test_the_direction_is_kept_even_if_the_other_needs_fewer():
    """10 of 17 against 12 of 20 at 0.01: the first loses 8 events; gaining, 7 would do.

    2 against 12: 17 and 20 patients; 17 against 12: all of the first group had the event.
    """
    index = fragility_index([[10, 7], [12, 8]], alpha=0.01)
    assert (index.changes, index.table_after.tolist()) == (8, [[2, 15], [12, 8]])
    assert fragility_index([[17, 0], [12, 8]], alpha=0.01).direction == "loses_significance"


def test_thousands_of_changes_are_told_in_floating_point():
    """2402 changes of 5000: each p near 0.05 is told exactly, the others need not be."""
    started = process_time()
    index = fragility_index([[2500, 2500], [0, 5000]])
    assert process_time() - started < 10
    assert (index.changes, index.table_after.tolist()) == (2402, [[2500, 2500], [2402, 2598]])
    before = fisher_test([[2500, 2500], [2401, 2599]]).p_value
    assert before < 0.05 <= index.p_value_after == fisher_test(index.table_after).p_value


def test_smallest_p_given_the_events():
    """17 v 11 with 3 events: all in the smaller group, C(11, 3) = 165 of C(28, 3) = 3276."""
    given = smallest_attainable_p(17, 11, events=3)
    assert given.p_value == pytest.approx(165 / 3276, rel=1e-12)
    assert given.events == 3
    assert smallest_attainable_p(17, 11, events=0).p_value == 1
    assert smallest_attainable_p(17, 11).events == 11
    assert smallest_attainable_p(17, 11, method="mann-whitney").events is None


@pytest.mark.parametrize(
    ("table", "alpha", "sentence"),
    [
        ([[1, 2], [3, 4]], 5, "`alpha` must be between 0 and 1."),
        ([[1, 2, 3]], 0.05, "`table` must have two rows and two columns."),
        ([[10_000, 0], [0, 1]], 0.05, "`table` must hold at most 10000 patients."),
        ([[1.5, 2], [3, 4]], 0.05, "`table` must be whole numbers"),
    ],
)
def test_impossible_tables_are_refused(table, alpha, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        fragility_index(table, alpha=alpha)


@pytest.mark.parametrize(
    ("sizes", "options", "sentence"),
    [
        ((0, 3), {}, "`n_x` must be at least 1."),
        ((3, 1.5), {}, "`n_y` must be whole numbers"),
        ((600, 500), {}, "`n_x` and `n_y` must sum to at most 1000."),
        ((3, 3), {"events": 7}, "`events` must be at most `n_x` and `n_y` together."),
        ((3, 3), {"events": 2, "method": "logrank"}, "`events` must be None but for Fisher"),
        ((3, 3), {"method": "t"}, "`method` must be one of fisher, mann-whitney, logrank."),
    ],
)
def test_impossible_designs_are_refused(sizes, options, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        smallest_attainable_p(*sizes, **options)
