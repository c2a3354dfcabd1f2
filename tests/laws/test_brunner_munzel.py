"""What the Brunner-Munzel test obeys for any values."""

from fractions import Fraction
from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.ranks.brunner_munzel import brunner_munzel_test

values = st.lists(st.integers(0, 6), min_size=2, max_size=6)
methods = st.sampled_from(["t", "permutation"])


@settings(max_examples=80, deadline=None)
@given(values, values, methods)
def test_p_is_a_probability(x, y, method):
    """MR-34: defined for all ties and for groups that lie apart."""
    test = brunner_munzel_test(x, y, method=method)
    assert (test.p_value is None) == (test.reason is not None)
    if test.p_value is None:
        assert method == "t"
        return
    assert 0 < test.p_value <= 1
    if test.smallest_p is not None:
        assert 0 < test.smallest_p <= test.p_value * (1 + 1e-12)


@settings(max_examples=60, deadline=None)
@given(values, values, methods)
def test_swapping_the_groups_turns_the_statistic_round(x, y, method):
    """MR-5."""
    here, there = (brunner_munzel_test(*groups, method=method) for groups in ((x, y), (y, x)))
    assert here.reason == there.reason
    if here.p_value is not None:
        assert here.p_value == pytest.approx(there.p_value, rel=1e-12)
    assert here.statistic == pytest.approx(-there.statistic, rel=1e-12, abs=1e-12)
    assert here.estimate == pytest.approx(1 - there.estimate, abs=1e-14)


@settings(max_examples=60, deadline=None)
@given(values, values, methods)
def test_only_the_order_of_the_values_matters(x, y, method):
    """MR-3, MR-6."""
    here = brunner_munzel_test(x, y, method=method)
    there = brunner_munzel_test([3.0**a for a in reversed(x)], [3.0**b for b in y], method=method)
    assert here == there


@given(st.lists(st.integers(0, 6), min_size=2, max_size=6))
def test_identical_groups(x):
    """MR-36."""
    for method in ("t", "permutation"):
        assert brunner_munzel_test(x, x, method=method).p_value == 1


@pytest.mark.parametrize(("n", "m"), [(3, 30), (5, 20), (6, 20), (17, 11)])
def test_the_size_of_two_grades_of_any_frequency(n, m):
    """MR-37, by default: at most 0.05, exactly; by the t approximation it was 0.06 to 0.46."""
    rejects = np.array(
        [
            [
                brunner_munzel_test([1] * a + [0] * (n - a), [1] * b + [0] * (m - b)).p_value
                <= 0.05
                for b in range(m + 1)
            ]
            for a in range(n + 1)
        ]
    )
    for p in (0.02, 0.05, 0.1, 0.2, 0.33, 0.5):
        first, second = (
            np.array([comb(k, i) * p**i * (1 - p) ** (k - i) for i in range(k + 1)]) for k in (n, m)
        )
        assert first @ rejects @ second <= 0.05


@pytest.mark.parametrize("n", [2, 3, 4])
def test_the_level_of_the_permutation_test_is_never_exceeded(n):
    """MR-37: of all arrangements of 8 tied values a share of at most u has p <= u."""
    pooled = [0, 0, 1, 2, 2, 2, 3, 5]
    p_values = [
        brunner_munzel_test(
            [pooled[i] for i in chosen],
            [pooled[i] for i in range(8) if i not in chosen],
            method="permutation",
        ).p_value
        for chosen in combinations(range(8), n)
    ]
    for u in set(p_values):
        assert sum(p <= u for p in p_values) <= u * comb(8, n) * (1 + 1e-12)


@pytest.mark.parametrize("draws", [2_000, 32_000])
def test_drawn_p_nears_the_exact_one(draws, monkeypatch):
    """MR-38: within 4 standard errors, which fall with the root of the draws."""
    x, y = [0, 1, 1, 2, 4, 4, 5], [0, 0, 1, 1, 2, 3]
    exact = brunner_munzel_test(x, y, method="permutation")
    monkeypatch.setattr("autallo.stats.ranks.brunner_munzel.MOST_LISTED", 10)
    rng = np.random.default_rng(2)
    drawn = brunner_munzel_test(x, y, method="permutation", draws=draws, rng=rng)
    assert (drawn.method, drawn.draws) == ("monte_carlo", draws)
    assert abs(drawn.p_value - exact.p_value) < 4 * drawn.standard_error
    assert drawn.standard_error < 0.51 / draws**0.5
    times = Fraction(drawn.p_value * (draws + 1)).limit_denominator(1000)
    assert times.denominator == 1
