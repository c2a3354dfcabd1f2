"""What rank test and shift obey for any values; the slow twin deals the ranks in every way."""

from fractions import Fraction
from itertools import combinations, pairwise
from math import comb, inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.ranks import hodges_lehmann, mann_whitney_test

values = st.lists(st.integers(-4, 4), min_size=1, max_size=5)
many_values = st.lists(st.integers(0, 12), min_size=2, max_size=14)


def u_of(x, y):
    """Twice the number of pairs in which x is larger, ties counting one half: a whole number."""
    return sum((a > b) - (a < b) + 1 for a in x for b in y)


def dealt(x, y):
    """Return the doubled U of every way to deal the pooled values."""
    pooled = [*x, *y]
    places = range(len(pooled))
    deals = []
    for chosen in combinations(places, len(x)):
        rest = [pooled[i] for i in places if i not in chosen]
        deals.append(u_of([pooled[i] for i in chosen], rest))
    return deals


def share(deals, counts):
    return float(Fraction(sum(map(counts, deals)), len(deals)))


@settings(deadline=None)
@given(values, values)
def test_p_values_are_those_of_every_deal(x, y):
    deals, observed, middle = dealt(x, y), u_of(x, y), len(x) * len(y)
    far = abs(observed - middle)
    farthest = max(abs(deal - middle) for deal in deals)
    test = mann_whitney_test(x, y)
    assert test.statistic == observed / 2
    assert test.p_less == pytest.approx(share(deals, lambda u: u <= observed), rel=1e-12)
    assert test.p_greater == pytest.approx(share(deals, lambda u: u >= observed), rel=1e-12)
    assert test.p_value == pytest.approx(share(deals, lambda u: abs(u - middle) >= far), rel=1e-12)
    smallest = share(deals, lambda u: abs(u - middle) == farthest)
    assert test.smallest_p == pytest.approx(smallest, rel=1e-12)


@given(many_values, many_values, st.sampled_from([200, 0]))
def test_swapping_the_groups_swaps_the_sides(x, y, exact_up_to):
    test = mann_whitney_test(x, y, exact_up_to=exact_up_to)
    swapped = mann_whitney_test(y, x, exact_up_to=exact_up_to)
    assert test.p_value == pytest.approx(swapped.p_value, rel=1e-12)
    assert test.p_less == pytest.approx(swapped.p_greater, rel=1e-12)
    assert test.superiority == pytest.approx(1 - swapped.superiority, abs=1e-12)
    assert test.smallest_p == pytest.approx(swapped.smallest_p, rel=1e-12)
    assert test.smallest_p <= test.p_value * (1 + 1e-12)


@given(many_values, many_values)
def test_only_the_order_of_the_values_matters(x, y):
    test = mann_whitney_test(x, y)
    assert mann_whitney_test([2.0**a for a in x], [2.0**b for b in y]) == test
    assert mann_whitney_test(x[::-1], sorted(y)) == test


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 99), st.integers(1, 99))
def test_of_two_values_it_is_the_hypergeometric_tail(first, second):
    """100 against 100 zeros and ones: U falls with the ones of y, whose number is hypergeometric.

    C(200, 100) is 9e58: the counts of the distribution are far beyond exact floating point.
    """
    x, y = [1] * first + [0] * (100 - first), [1] * second + [0] * (100 - second)
    ones = first + second
    cells = range(max(0, ones - 100), min(ones, 100) + 1)
    ways = {k: comb(100, k) * comb(100, ones - k) for k in cells}
    greater = Fraction(sum(ways[k] for k in cells if k >= first), comb(200, ones))
    far = [k for k in cells if abs(2 * k - ones) >= abs(2 * first - ones)]
    test = mann_whitney_test(x, y)
    assert test.p_greater == pytest.approx(float(greater), rel=1e-12)
    two_sided = Fraction(sum(ways[k] for k in far), comb(200, ones))
    assert test.p_value == pytest.approx(float(two_sided), rel=1e-12)


def test_one_hundred_against_one_hundred_in_whole_numbers():
    """The smallest p of 100 against 100 different values is 2 / C(200, 100)."""
    numbers = np.arange(200)
    test = mann_whitney_test(numbers[100:], numbers[:100])
    assert test.p_value == pytest.approx(float(Fraction(2, comb(200, 100))), rel=1e-12)
    middle = mann_whitney_test(numbers[::2], numbers[1::2])
    assert middle.p_less + middle.p_greater > 1
    # 2e-2, not 1e-10: the normal approximation of a discrete distribution in steps of 1.
    near = mann_whitney_test(numbers[::2], numbers[1::2], exact_up_to=0)
    assert middle.p_value == pytest.approx(near.p_value, rel=2e-2)


def limits_by_testing_every_shift(x, y, tail):
    """Test by dealing, between each two differences, whether x is too large or too small."""
    differences = sorted({a - b for a in x for b in y})
    ends = [-inf, *differences, inf]
    above, below = [], []
    for low, high in pairwise(ends):
        shift = max(low, differences[0] - 1) / 2 + min(high, differences[-1] + 1) / 2
        moved = [a - shift for a in x]
        deals, observed = dealt(moved, y), u_of(moved, y)
        above.append(Fraction(sum(u >= observed for u in deals), len(deals)) > tail)
        below.append(Fraction(sum(u <= observed for u in deals), len(deals)) > tail)
    assert above == sorted(above), "a gap in the shifts that are not too small"
    assert below == sorted(below, reverse=True), "a gap in the shifts that are not too large"
    return ends[above.index(True)], ends[below.count(True)]


@settings(deadline=None, max_examples=60)
@given(values, values, st.sampled_from([Fraction(1, 20), Fraction(1, 10), Fraction(1, 40)]))
def test_the_interval_holds_the_shifts_that_no_test_rejects(x, y, tail):
    """The search by halving finds the limits only if each side is rejected without a gap."""
    shift = hodges_lehmann(x, y, level=float(1 - 2 * tail))
    assert (shift.low, shift.high) == limits_by_testing_every_shift(x, y, tail)
    assert shift.estimate == np.median([a - b for a in x for b in y])


@settings(deadline=None)
@given(many_values, many_values, st.integers(-50, 50), st.sampled_from([100, 0]))
def test_moving_one_group_moves_the_interval(x, y, by, exact_up_to):
    here = hodges_lehmann(x, y, exact_up_to=exact_up_to)
    moved = hodges_lehmann([a + by for a in x], y, exact_up_to=exact_up_to)
    assert moved.estimate == here.estimate + by
    assert (moved.low, moved.high) == (here.low + by, here.high + by)


@settings(deadline=None)
@given(many_values, many_values)
def test_swapping_the_groups_turns_the_interval_round(x, y):
    here, swapped = hodges_lehmann(x, y), hodges_lehmann(y, x)
    assert (swapped.estimate, swapped.low, swapped.high) == (-here.estimate, -here.high, -here.low)


@settings(deadline=None)
@given(many_values, many_values)
def test_a_higher_level_gives_a_wider_interval(x, y):
    narrow, wide = hodges_lehmann(x, y, level=0.8), hodges_lehmann(x, y, level=0.99)
    assert wide.low <= narrow.low <= narrow.estimate <= narrow.high <= wide.high


@given(st.lists(st.integers(0, 10**6), min_size=12, max_size=24, unique=True), st.integers(4, 8))
def test_interval_and_test_agree_about_no_shift(numbers, n):
    """Without ties, 0 is inside if and only if p is above 0.05: both tails are equal."""
    x, y = [2 * number for number in numbers[:n]], [2 * number + 1 for number in numbers[n:]]
    shift, p_value = hodges_lehmann(x, y), mann_whitney_test(x, y).p_value
    assert (shift.low < 0 < shift.high) == (p_value > 0.05)
