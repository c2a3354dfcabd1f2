"""Twin of the shift of two groups: all differences listed, all shifts tried, all ways dealt."""

from fractions import Fraction
from itertools import combinations, pairwise
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.ranks.mann_whitney import hodges_lehmann

values = st.lists(st.integers(-6, 6), min_size=1, max_size=6)


def doubled_u(x, y):
    return sum((a > b) - (a < b) + 1 for a in x for b in y)


def rejected(x, y, tail):
    """Return whether each one-sided test, of x too small and of x too large, rejects."""
    pooled, observed = [*x, *y], doubled_u(x, y)
    deals = []
    for chosen in combinations(range(len(pooled)), len(x)):
        rest = [pooled[i] for i in range(len(pooled)) if i not in chosen]
        deals.append(doubled_u([pooled[i] for i in chosen], rest))
    small = Fraction(sum(deal <= observed for deal in deals), len(deals))
    large = Fraction(sum(deal >= observed for deal in deals), len(deals))
    return small <= tail, large <= tail


def limits(x, y, tail):
    """Try a shift in each gap between the differences, from below."""
    steps = sorted({a - b for a in x for b in y})
    shifts = [steps[0] - 1, *((a + b) / 2 for a, b in pairwise(steps))]
    low, high = -inf, inf
    for step, shift in zip([-inf, *steps], [*shifts, steps[-1] + 1], strict=True):
        too_small, too_large = rejected([a - shift for a in x], y, tail)
        if too_large:
            low = steps[steps.index(step) + 1] if step > -inf else steps[0]
        if too_small and high == inf:
            high = step
    return low, high


@settings(max_examples=40, deadline=None)
@given(values, values, st.sampled_from([Fraction(1, 20), Fraction(1, 8)]))
def test_limits_and_estimate(x, y, tail):
    shift = hodges_lehmann(x, y, level=float(1 - 2 * tail))
    ordered = sorted(a - b for a in x for b in y)
    middle = len(ordered) - 1
    assert shift.estimate == (ordered[middle // 2] + ordered[(middle + 1) // 2]) / 2
    low, high = limits(x, y, tail)
    assert (shift.reason == "ties") == (low == high)
    assert (shift.low, shift.high) == ((None, None) if low == high else (low, high))


@pytest.mark.parametrize("kind", ["untied", "grades", "far apart", "wide"])
def test_two_million_differences_as_if_they_were_listed(kind):
    rng = np.random.default_rng(11)
    x, y = (rng.normal(size=n) for n in (1501, 1400))
    if kind == "grades":
        x, y = np.floor(3 * x), np.floor(3 * y)
    if kind == "far apart":
        x = 1e16 + 2 * np.floor(1000 * x)
    if kind == "wide":
        x, y = np.sinh(5 * x), np.sinh(5 * y)
    ordered = np.sort(np.subtract.outer(x, y), axis=None)
    shift = hodges_lehmann(x, y)
    middle = ordered.size - 1
    estimate = ordered[middle // 2] / 2 + ordered[(middle + 1) // 2] / 2
    assert shift.estimate == estimate
    # Textbook variance of U; no value of x ties with one of y between two differences.
    n, m = x.size, y.size
    ties = np.concatenate([np.unique(group, return_counts=True)[1] for group in (x, y)])
    tied = float((ties.astype(float) ** 3 - ties).sum()) / ((n + m) * (n + m - 1))
    deviation = (n * m / 12 * (n + m + 1 - tied)) ** 0.5
    beyond = int(n * m / 2 - 1.959963984540054 * deviation) + 1
    low, high = ordered[beyond - 1], ordered[n * m - beyond]
    assert (shift.low, shift.high) == ((None, None) if low == high else (low, high))
    assert (low == high) == (kind == "grades")


@pytest.mark.parametrize("kind", ["untied", "grades", "rounded away", "tenths"])
def test_selection_among_few_as_among_many(kind, monkeypatch):
    """The path of millions of differences, at sizes where every edge of it is met many times.

    "rounded away": values near 1e16 less values below 8, so that most digits of a difference are
    lost, and guesses made without that rounding are wrong.
    """
    monkeypatch.setattr("autallo.stats.ranks.pair_sums.LISTED", 5)
    monkeypatch.setattr("autallo.stats.ranks.pair_sums.SAMPLE", 8)
    rng = np.random.default_rng(21)
    for _ in range(150):
        n, m = rng.integers(2, 14, 2)
        x, y = rng.normal(size=n), rng.normal(size=m)
        if kind == "grades":
            x, y = np.floor(2 * x), np.floor(2 * y)
        if kind == "rounded away":
            x, y = 1e16 + 2 * np.floor(2 * x), 8 * rng.random(m)
        if kind == "tenths":
            x, y = np.round(x, 1), np.round(y, 1)
        ordered = np.sort(np.subtract.outer(x, y), axis=None)
        middle = ordered.size - 1
        expected = ordered[middle // 2] / 2 + ordered[(middle + 1) // 2] / 2
        assert hodges_lehmann(x, y).estimate == expected
