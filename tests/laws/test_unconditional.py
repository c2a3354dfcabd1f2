"""What Barnard and Boschloo obey for any table: their size above all."""

from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.contingency.fisher import fisher_test
from autallo.stats.proportions.unconditional import barnard_test, boschloo_test, largest_probability

TESTS = (barnard_test, boschloo_test)
SIDES = ("two-sided", "less", "greater")
OTHER_SIDE = {"two-sided": "two-sided", "less": "greater", "greater": "less"}
cell = st.integers(0, 12)
tables = st.tuples(cell, cell, cell, cell).map(lambda cells: [list(cells[:2]), list(cells[2:])])
RISKS = np.linspace(0, 1, 401)


@pytest.mark.parametrize("test_of", TESTS)
@pytest.mark.parametrize("alternative", SIDES)
@pytest.mark.parametrize(("n", "m"), [(3, 3), (6, 2), (5, 4), (8, 5)])
def test_the_size_never_exceeds_the_level(test_of, alternative, n, m):
    """P(p <= u) <= u for every u that the test can give, at every common risk of a grid."""
    cells = list(product(range(n + 1), range(m + 1)))
    p_values = np.array(
        [test_of([[x, n - x], [y, m - y]], alternative=alternative).p_value for x, y in cells]
    )
    chance = np.array(
        [
            comb(n, x) * comb(m, y) * RISKS ** (x + y) * (1 - RISKS) ** (n + m - x - y)
            for x, y in cells
        ]
    )
    for level in np.unique(p_values):
        assert chance[p_values <= level].sum(axis=0).max() <= level * (1 + 1e-9)


@settings(deadline=None)
@given(tables)
def test_boschloo_is_never_above_fisher(table):
    """So it rejects wherever Fisher does, and more often."""
    test = boschloo_test(table)
    fisher = fisher_test(table)
    assert test.statistic == pytest.approx(fisher.p_value, rel=1e-12)
    assert test.p_value <= fisher.p_value * (1 + 1e-12)


@settings(deadline=None)
@given(tables, st.sampled_from(TESTS), st.sampled_from(SIDES))
def test_swapping_the_groups_swaps_the_sides(table, test_of, alternative):
    """MR-5."""
    test = test_of(table, alternative=alternative)
    swapped = test_of(table[::-1], alternative=OTHER_SIDE[alternative])
    assert test.p_value == pytest.approx(swapped.p_value, rel=1e-11)
    assert test.smallest_p == pytest.approx(swapped.smallest_p, rel=1e-11)


@settings(deadline=None)
@given(tables, st.sampled_from(TESTS), st.sampled_from(SIDES))
def test_counting_the_patients_without_the_event_swaps_the_sides(table, test_of, alternative):
    test = test_of(table, alternative=alternative)
    other = test_of([row[::-1] for row in table], alternative=OTHER_SIDE[alternative])
    assert test.p_value == pytest.approx(other.p_value, rel=1e-11)


@settings(deadline=None)
@given(tables, st.sampled_from(TESTS), st.sampled_from(SIDES))
def test_p_lies_between_the_smallest_and_1(table, test_of, alternative):
    """MR-34; PF-22: a rival's p was 2.0, 1.277 and NaN."""
    test = test_of(table, alternative=alternative)
    assert 0 < test.smallest_p <= test.p_value * (1 + 1e-12) <= 1 + 1e-12
    assert test.p_value <= 1


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=60))
def test_the_largest_probability_is_not_below_any_of_a_grid(shares):
    """The search is shared with the exact intervals of a difference."""
    array = np.array(shares)
    both = array.size - 1
    ways = np.array([comb(both, k) for k in range(both + 1)], dtype=float)
    events = np.arange(both + 1)
    chance = ways * RISKS[:, None] ** events * (1 - RISKS[:, None]) ** (both - events) @ array
    found = largest_probability(array)
    assert found >= chance.max() * (1 - 1e-11)
    assert found <= min(array.max() * (1 + 1e-11), 1)
    floor = 0.9 * found
    assert (largest_probability(array, floor=floor) > floor) == (found > floor)
    assert largest_probability(array, floor=1.1 * found) <= 1.1 * found
