"""What the Jonckheere-Terpstra test obeys for any values."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.ranks.jonckheere import jonckheere_test
from autallo.stats.ranks.mann_whitney import mann_whitney_test

values = st.lists(st.integers(0, 6), min_size=1, max_size=9)
three = st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=4), min_size=3, max_size=3)


def stacked(*groups):
    return [v for group in groups for v in group], [
        code for code, group in enumerate(groups) for _ in group
    ]


@settings(max_examples=60, deadline=None)
@given(values, values)
def test_two_groups_are_the_mann_whitney_test(x, y):
    """J counts the second group as the larger one."""
    here, there = jonckheere_test(*stacked(x, y)), mann_whitney_test(y, x)
    assert here.statistic == there.statistic
    assert here.p_value == pytest.approx(there.p_value, rel=1e-12)
    assert here.p_rising == pytest.approx(there.p_greater, rel=1e-12)
    assert here.p_falling == pytest.approx(there.p_less, rel=1e-12)
    assert here.smallest_p == pytest.approx(there.smallest_p, rel=1e-12)
    here = jonckheere_test(*stacked(x, y), method="asymptotic")
    there = mann_whitney_test(y, x, exact_up_to=0)
    assert here.p_value == pytest.approx(there.p_value, rel=1e-10)


@settings(max_examples=60, deadline=None)
@given(three, st.sampled_from(["exact", "asymptotic"]))
def test_turning_the_order_round_swaps_the_sides(groups, method):
    """MR-5, MR-34, MR-35: either side is a probability; two-sided is at most twice the smaller."""
    here = jonckheere_test(*stacked(*groups), method=method)
    there = jonckheere_test(*stacked(*groups[::-1]), method=method)
    assert here.p_rising == pytest.approx(there.p_falling, rel=1e-12)
    assert here.p_value == pytest.approx(there.p_value, rel=1e-12)
    assert here.score == pytest.approx(-there.score, rel=1e-12, abs=1e-12)
    assert 0 < min(here.p_rising, here.p_falling) <= here.p_value <= 1


@settings(max_examples=60, deadline=None)
@given(three)
def test_only_the_order_of_the_values_matters(groups):
    """MR-3, MR-6."""
    here = jonckheere_test(*stacked(*groups))
    assert here == jonckheere_test(*stacked(*[[3.0**v for v in group[::-1]] for group in groups]))


def test_the_level_is_never_exceeded():
    """MR-37: of all orders of the groups a share of at most u has p <= u."""
    pooled = [0, 1, 1, 2, 2, 2, 4]
    orders = sorted(set(permutations([0, 0, 0, 1, 1, 2, 2])))
    tests = [jonckheere_test(pooled, order) for order in orders]
    for name in ("p_value", "p_rising", "p_falling"):
        p_values = [getattr(test, name) for test in tests]
        for u in set(p_values):
            assert sum(p <= u for p in p_values) <= u * len(orders) * (1 + 1e-12)


@pytest.mark.parametrize("draws", [2_000, 32_000])
def test_drawn_p_nears_the_exact_one(draws):
    """MR-38: within 4 standard errors, which fall with the root of the draws."""
    pooled, group = stacked([1, 4, 4, 7, 2], [3, 3, 8, 9], [5, 6, 8, 8, 9, 2])
    exact = jonckheere_test(pooled, group, method="exact")
    rng = np.random.default_rng(2)
    drawn = jonckheere_test(pooled, group, method="monte_carlo", draws=draws, rng=rng)
    assert (drawn.method, drawn.draws, drawn.statistic) == ("monte_carlo", draws, exact.statistic)
    for name in ("p_value", "p_rising", "p_falling"):
        error = (getattr(exact, name) * (1 - getattr(exact, name)) / draws) ** 0.5
        assert abs(getattr(drawn, name) - getattr(exact, name)) < 4 * error


def test_three_groups_of_thirty_without_ties():
    """Far beyond listing: the exact p is near the normal one, 5e-3 at this size, and symmetric."""
    pooled = [(47 * i) % 91 for i in range(1, 91)]
    group = [i // 30 for i in range(90)]
    test = jonckheere_test(pooled, group)
    near = jonckheere_test(pooled, group, method="asymptotic")
    assert test.method == "exact"
    assert abs(test.p_value - near.p_value) < 5e-3
    assert test.p_value == pytest.approx(min(2 * min(test.p_rising, test.p_falling), 1), rel=1e-12)


@pytest.mark.parametrize("levels", [3, 5, 60])
def test_draws_are_counted_by_level_as_pair_by_pair(levels, monkeypatch):
    """The quick count is one of the same arrangements: not one draw may differ."""
    rng = np.random.default_rng(9)
    values, group = rng.integers(0, levels, 60), rng.integers(0, 4, 60)
    found = []
    for by_level in (0, 10**9):
        monkeypatch.setattr("autallo.stats.ranks.concordance.LEVELS_TO_ONE_LAG", by_level)
        rng = np.random.default_rng(10)
        found.append(jonckheere_test(values, group, method="monte_carlo", draws=3000, rng=rng))
    assert found[0] == found[1]
    exact = jonckheere_test(values, group, method="asymptotic")
    # The normal approximation is within 0.01 at 60 patients; so are 3000 draws, three times.
    assert found[0].p_value == pytest.approx(exact.p_value, abs=0.04)


def test_many_patients_are_drawn_within_reach():
    """400 patients with 5 grades in 3 groups: every pair of every draw is 8 billion signs."""
    rng = np.random.default_rng(3)
    values, group = rng.integers(0, 5, 400), np.arange(400) % 3
    drawn = jonckheere_test(values, group, draws=5_000, rng=rng)
    assert drawn.method == "monte_carlo"
    normal = jonckheere_test(values, group, method="asymptotic")
    assert abs(drawn.p_value - normal.p_value) < 4 * drawn.standard_error + 0.005
