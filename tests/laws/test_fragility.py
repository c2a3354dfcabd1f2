"""What fragility and the smallest p of a design obey, and that other modules agree."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.contingency.fisher import fisher_test
from autallo.stats.contingency.fragility import fragility_index, smallest_attainable_p
from autallo.stats.logrank.permutation import logrank_permutation_test
from autallo.stats.proportions.unconditional import boschloo_test

cell = st.integers(0, 20)
tables = st.tuples(cell, cell, cell, cell).map(lambda cells: [list(cells[:2]), list(cells[2:])])
sizes = st.integers(1, 12)


@settings(deadline=None)
@given(tables)
def test_the_changed_table_is_on_the_other_side_with_the_same_groups(table):
    index = fragility_index(table)
    if index.changes is None:
        return
    assert (index.p_value < 0.05) != (index.p_value_after < 0.05)
    assert index.p_value_after == fisher_test(index.table_after).p_value
    difference = index.table_after - np.array(table)
    assert difference.sum(axis=1).tolist() == [0, 0]
    assert np.abs(difference[:, 0]).sum() == index.changes
    assert (difference[:, 0] == 0).any()


@settings(deadline=None)
@given(tables)
def test_changing_places_changes_nothing(table):
    """MR-4. Equal groups with equal events are told apart by nothing but their place."""
    index, swapped = fragility_index(table), fragility_index(table[::-1])
    assert (index.changes, index.direction) == (swapped.changes, swapped.direction)
    assert index.p_value_after == swapped.p_value_after


@settings(deadline=None)
@given(tables)
def test_no_table_has_a_smaller_p_than_the_design(table):
    n_x, n_y = (sum(row) for row in table)
    if n_x == 0 or n_y == 0:
        return
    events = table[0][0] + table[1][0]
    given_events = smallest_attainable_p(n_x, n_y, events=events).p_value
    test = fisher_test(table)
    assert smallest_attainable_p(n_x, n_y).p_value <= given_events == test.smallest_p
    assert given_events <= test.p_value


@pytest.mark.parametrize(("n_x", "n_y"), [(1, 2), (3, 3), (4, 6), (9, 8), (17, 11)])
def test_the_log_rank_reaches_its_smallest_p(n_x, n_y):
    """One event a day, nobody censored, all of one group first."""
    group = [0] * n_x + [1] * n_y
    test = logrank_permutation_test(range(1, n_x + n_y + 1), [1] * (n_x + n_y), group)
    smallest = smallest_attainable_p(n_x, n_y, method="logrank").p_value
    assert test.smallest_p == pytest.approx(smallest, rel=1e-9)  # sums of rounded scores


@settings(deadline=None)
@given(sizes, sizes, st.sampled_from(["fisher", "mann-whitney", "logrank"]))
def test_more_patients_can_give_a_smaller_p(n_x, n_y, method):
    smaller = smallest_attainable_p(n_x, n_y + 2, method=method).p_value
    assert smaller <= smallest_attainable_p(n_x, n_y, method=method).p_value
    assert smallest_attainable_p(n_y, n_x, method=method).p_value == pytest.approx(
        smallest_attainable_p(n_x, n_y, method=method).p_value, rel=1e-15
    )


@settings(deadline=None, max_examples=30)
@given(sizes, sizes)
def test_boschloo_can_go_below_fisher(n_x, n_y):
    unconditional = boschloo_test([[n_x, 0], [0, n_y]]).smallest_p
    assert unconditional <= smallest_attainable_p(n_x, n_y).p_value * (1 + 1e-12)
