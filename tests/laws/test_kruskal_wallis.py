"""What the Kruskal-Wallis test obeys for any values."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.ranks.kruskal_wallis import kruskal_wallis_test
from autallo.stats.ranks.mann_whitney import mann_whitney_test

values = st.lists(st.integers(0, 6), min_size=1, max_size=9)


def stacked(*groups):
    return [v for group in groups for v in group], [
        code for code, group in enumerate(groups) for _ in group
    ]


@settings(max_examples=60, deadline=None)
@given(values, values)
def test_two_groups_are_the_mann_whitney_test(x, y):
    """MR-45: exact, and normal without continuity correction."""
    exact = kruskal_wallis_test(*stacked(x, y), method="exact")
    assert exact.p_value == pytest.approx(mann_whitney_test(x, y).p_value, rel=1e-12)
    assert exact.smallest_p == pytest.approx(mann_whitney_test(x, y).smallest_p, rel=1e-12)
    normal = mann_whitney_test(x, y, exact_up_to=0).p_value
    chi_squared = kruskal_wallis_test(*stacked(x, y), method="asymptotic").p_value
    assert chi_squared == pytest.approx(normal, rel=1e-10)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=3), min_size=3, max_size=3))
def test_neither_names_nor_order_nor_scale_matter(groups):
    """MR-3, MR-4, MR-6, MR-34."""
    here = kruskal_wallis_test(*stacked(*groups))
    there = kruskal_wallis_test(*stacked(*[[3.0**v for v in g[::-1]] for g in groups[::-1]]))
    assert here.method == there.method == "exact"
    assert here.statistic == pytest.approx(there.statistic, rel=1e-12, abs=1e-12)
    assert here.p_value == pytest.approx(there.p_value, rel=1e-12)
    assert 0 < here.smallest_p <= here.p_value * (1 + 1e-12) <= 1 + 1e-9


@given(values)
def test_identical_groups(x):
    """MR-36."""
    test = kruskal_wallis_test(*stacked(x, x, x), method="asymptotic")
    assert test.statistic == pytest.approx(0, abs=1e-12)
    assert test.p_value == pytest.approx(1, abs=1e-12)


def test_the_level_is_never_exceeded():
    """MR-37: of all orders of the groups a share of at most u has p <= u."""
    pooled = [0, 1, 1, 2, 2, 2, 4]
    orders = sorted(set(permutations([0, 0, 0, 1, 1, 2, 2])))
    p_values = [kruskal_wallis_test(pooled, order).p_value for order in orders]
    for u in set(p_values):
        assert sum(p <= u for p in p_values) <= u * len(orders) * (1 + 1e-12)


@pytest.mark.parametrize("draws", [2_000, 32_000])
def test_drawn_p_nears_the_exact_one(draws):
    """MR-38: within 4 standard errors, which fall with the root of the draws."""
    pooled, group = stacked([1, 4, 4, 7, 2], [3, 3, 8, 9], [5, 6, 8, 8, 9, 2])
    exact = kruskal_wallis_test(pooled, group, method="exact")
    rng = np.random.default_rng(2)
    drawn = kruskal_wallis_test(pooled, group, method="monte_carlo", draws=draws, rng=rng)
    assert abs(drawn.p_value - exact.p_value) < 4 * drawn.standard_error
    assert drawn.standard_error == pytest.approx(
        (drawn.p_value * (1 - drawn.p_value) / draws) ** 0.5, rel=1e-12
    )


def test_the_observed_arrangement_is_one_of_those_drawn():
    """MR-36: one against one has the same H however dealt, so p is 1, not draws / (draws + 1)."""
    rng = np.random.default_rng(2)
    test = kruskal_wallis_test([1, 2], [0, 1], method="monte_carlo", draws=9, rng=rng)
    assert test.p_value == 1.0


def test_groups_with_unlike_sizes_are_drawn_without_overflow():
    """Least common multiple of the sizes is far beyond 2**62: floating point instead."""
    rng = np.random.default_rng(1)
    sizes = [7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47]
    group = np.repeat(np.arange(12), sizes)
    pooled = rng.integers(0, 9, group.size)
    drawn = kruskal_wallis_test(pooled, group, draws=4_000, rng=rng)
    near = kruskal_wallis_test(pooled, group, method="asymptotic")
    assert drawn.method == "monte_carlo"
    # 0.03: four standard errors, for so many patients the approximation is as near.
    assert abs(drawn.p_value - near.p_value) < 0.03
