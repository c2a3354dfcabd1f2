"""What the probability of superiority and its interval obey for any values."""

from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.ranks.mann_whitney import mann_whitney_test
from autallo.stats.ranks.superiority import probability_of_superiority

values = st.lists(st.integers(0, 8), min_size=1, max_size=12)
methods = st.sampled_from(["adjusted", "logit", "pseudo_score"])


@settings(max_examples=80, deadline=None)
@given(values, values, methods)
def test_interval_holds_the_estimate_and_has_width(x, y, method):
    """MR-31, MR-34: within 0 and 1, never of width 0, whatever the values."""
    found = probability_of_superiority(x, y, method=method)
    assert 0 <= found.low <= found.estimate <= found.high <= 1
    assert found.high - found.low > 1e-3
    assert found.estimate == mann_whitney_test(x, y).superiority


@settings(max_examples=60, deadline=None)
@given(values, values, methods)
def test_swapping_the_groups_mirrors_the_interval(x, y, method):
    """MR-5."""
    here = probability_of_superiority(x, y, method=method)
    there = probability_of_superiority(y, x, method=method)
    assert here.estimate == pytest.approx(1 - there.estimate, abs=1e-14)
    assert [here.low, here.high] == pytest.approx([1 - there.high, 1 - there.low], abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(values, values, methods)
def test_only_the_order_of_the_values_matters(x, y, method):
    """MR-3, MR-6."""
    here = probability_of_superiority(x, y, method=method)
    there = probability_of_superiority(
        [3.0**a for a in reversed(x)], [3.0**b for b in sorted(y)], method=method
    )
    assert here == there


@settings(max_examples=60, deadline=None)
@given(values, values, methods)
def test_intervals_of_higher_level_hold_those_of_lower(x, y, method):
    """MR-32."""
    wide = probability_of_superiority(x, y, level=0.99, method=method)
    narrow = probability_of_superiority(x, y, level=0.8, method=method)
    assert wide.low <= narrow.low <= narrow.high <= wide.high


@pytest.mark.parametrize(
    ("theta", "shift", "spread"), [(0.5, 0.0, 1.0), (0.5, 0.0, 3.0), (0.85, 3.27753, 3.0)]
)
def test_coverage_at_17_against_11(theta, shift, spread):
    """At least 0.94 of 1,500 studies (five standard errors are 0.028, the truth is 0.95 to 0.98).

    X is normal with mean `shift` and deviation 1, Y with 0 and `spread`; theta is
    Phi(shift / sqrt(1 + spread**2)).
    """
    rng = np.random.default_rng(1711)
    covered = 0
    for x, y in zip(
        rng.normal(shift, 1, (1500, 17)), rng.normal(0, spread, (1500, 11)), strict=True
    ):
        found = probability_of_superiority(x, y)
        covered += found.low <= theta <= found.high
    assert covered >= 0.94 * 1500


def binomial(n, p):
    return np.array([comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)])


RARE = [0.0005, 0.003, 0.013, 0.02, 0.05, 0.07, 0.1, 0.15, 0.2, 0.25, 0.33, 0.4, 0.45, 0.5]


@pytest.mark.parametrize(
    ("n", "m"), [(1, 12), (2, 20), (3, 30), (17, 3), (5, 5), (6, 20), (17, 11), (15, 35), (17, 40)]
)
def test_coverage_of_two_grades_of_any_frequency(n, m):
    """Exactly, over all outcomes: at least 0.9499, the worst of the grid at 17 against 40.

    Before small groups without spread were taken for what they are it was 0.427 at 3 against 30.
    """
    limits = np.array(
        [
            [
                (found.low, found.high)
                for b in range(m + 1)
                for found in [
                    probability_of_superiority([1] * a + [0] * (n - a), [1] * b + [0] * (m - b))
                ]
            ]
            for a in range(n + 1)
        ]
    )
    shares = sorted({*RARE, *(1 - p for p in RARE)})
    worst = 1.0
    for p in shares:
        for q in shares:
            theta = 0.5 + (p - q) / 2
            inside = (limits[..., 0] <= theta) & (theta <= limits[..., 1])
            worst = min(worst, float(binomial(n, p) @ inside @ binomial(m, q)))
    assert worst > 0.9498


@pytest.mark.parametrize(("n", "m"), [(2, 20), (3, 30), (20, 3)])
def test_coverage_of_normal_values_in_a_small_and_a_large_group(n, m):
    """At least 0.95 of 2,000 studies; by the variance of the data alone 0.90 to 0.93."""
    rng = np.random.default_rng(330)
    covered = 0
    for x, y in zip(rng.normal(0, 1, (2000, n)), rng.normal(0, 1, (2000, m)), strict=True):
        found = probability_of_superiority(x, y)
        covered += found.low <= 0.5 <= found.high
    assert covered >= 0.95 * 2000


@pytest.mark.parametrize("theta", [0.71, 0.72, 0.99])
def test_separation_never_covers_too_seldom(theta):
    """X is 1, Y is 0 with chance theta and else 2: they lie apart with chance theta**m.

    The worst case of the bound: above the limit theta**m is larger than 0.025, exactly.
    """
    m = 11
    found = probability_of_superiority([1] * 17, [0] * m)
    assert (found.low > theta) == (theta**m < 0.025)
