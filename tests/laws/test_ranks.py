"""What rank test and shift obey for any values; the slow twin deals the ranks in every way."""

from fractions import Fraction
from itertools import combinations, pairwise, product
from math import comb, inf, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.ranks.mann_whitney import hodges_lehmann, mann_whitney_test

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
    low, high = limits_by_testing_every_shift(x, y, tail)
    assert (shift.low, shift.high) == ((None, None) if low == high else (low, high))
    assert shift.reason == ("ties" if low == high else None)
    assert shift.estimate == np.median([a - b for a in x for b in y])


@settings(deadline=None)
@given(many_values, many_values, st.integers(-50, 50), st.sampled_from([100, 0]))
def test_moving_one_group_moves_the_interval(x, y, by, exact_up_to):
    here = hodges_lehmann(x, y, exact_up_to=exact_up_to)
    moved = hodges_lehmann([a + by for a in x], y, exact_up_to=exact_up_to)
    assert moved.estimate == here.estimate + by
    assert moved.reason == here.reason
    if here.reason is None:
        assert (moved.low, moved.high) == (here.low + by, here.high + by)


@settings(deadline=None)
@given(many_values, many_values)
def test_swapping_the_groups_turns_the_interval_round(x, y):
    here, swapped = hodges_lehmann(x, y), hodges_lehmann(y, x)
    assert (swapped.estimate, swapped.reason) == (-here.estimate, here.reason)
    if here.reason is None:
        assert (swapped.low, swapped.high) == (-here.high, -here.low)


@settings(deadline=None)
@given(many_values, many_values)
def test_a_higher_level_gives_a_wider_interval(x, y):
    narrow, wide = hodges_lehmann(x, y, level=0.8), hodges_lehmann(x, y, level=0.99)
    if narrow.reason is None:
        assert wide.low <= narrow.low <= narrow.estimate <= narrow.high <= wide.high
    elif wide.reason is None:
        assert wide.low <= narrow.estimate <= wide.high


@settings(deadline=None)
@given(many_values, many_values, st.sampled_from([100, 0]))
def test_an_interval_has_width_or_is_not_told(x, y, exact_up_to):
    """MR-31: limits that are the same number pretend a certainty that no small group gives."""
    shift = hodges_lehmann(x, y, level=0.8, exact_up_to=exact_up_to)
    assert (shift.low is None) == (shift.high is None) == (shift.reason == "ties")
    assert shift.low is None or shift.low < shift.high


@given(st.lists(st.integers(0, 10**6), min_size=12, max_size=24, unique=True), st.integers(4, 8))
def test_interval_and_test_agree_about_no_shift(numbers, n):
    """MR-49. Without ties, 0 is inside if and only if p is above 0.05: both tails are equal."""
    x, y = [2 * number for number in numbers[:n]], [2 * number + 1 for number in numbers[n:]]
    shift, p_value = hodges_lehmann(x, y), mann_whitney_test(x, y).p_value
    assert (shift.low < 0 < shift.high) == (p_value > 0.05)


def three_levels(size):
    """Yield all ways to spread so many patients over at most three levels."""
    for first in range(1, size + 1):
        for second in range(size - first + 1):
            sizes = (first, second, size - first - second)
            if second or not sizes[2]:
                yield [count for count in sizes if count]


def arrangements(sizes, n):
    """Yield how many of each level are in the first group, and in how many ways."""
    for own in product(*(range(size + 1) for size in sizes)):
        if sum(own) == n:
            yield own, prod(map(comb, sizes, own))


@pytest.mark.parametrize("size", range(2, 11))
def test_every_sample_of_three_levels_up_to_ten(size):
    """MR-37: p is the share of all arrangements, and P(p <= u) <= u for every u."""
    for n, sizes in product(range(1, size), three_levels(size)):
        levels, every, found = range(len(sizes)), {}, []
        for own, ways in arrangements(sizes, n):
            x = [level for level in levels for _ in range(own[level])]
            y = [level for level in levels for _ in range(sizes[level] - own[level])]
            doubled = u_of(x, y)
            every[doubled] = every.get(doubled, 0) + ways
            found.append((doubled, ways, mann_whitney_test(x, y)))
        middle, total = n * (size - n), comb(size, n)
        for doubled, _, test in found:
            far = sum(w for u, w in every.items() if abs(u - middle) >= abs(doubled - middle))
            assert test.p_value == far / total
            assert test.p_less == sum(w for u, w in every.items() if u <= doubled) / total
            assert test.p_greater == sum(w for u, w in every.items() if u >= doubled) / total
        for name in ("p_value", "p_less", "p_greater"):
            for u in {getattr(test, name) for _, _, test in found}:
                reached = sum(ways for _, ways, test in found if getattr(test, name) <= u)
                assert reached / total <= u


@settings(deadline=None, max_examples=60)
@given(many_values, many_values)
def test_counts_and_sides_add_up(x, y):
    """MR-34, MR-42: p is in [0, 1]; U of both groups sum to n m; the sides overlap in one U."""
    test, other = mann_whitney_test(x, y), mann_whitney_test(y, x)
    assert test.statistic + other.statistic == len(x) * len(y)
    assert all(0 < p <= 1 for p in (test.p_value, test.p_less, test.p_greater))
    assert test.p_less + test.p_greater >= 1


@settings(deadline=None, max_examples=60)
@given(many_values, many_values)
def test_two_sided_without_ties_is_twice_the_smaller_side(x, y):
    """MR-35, where the distribution is symmetric; MR-5: each side belongs to one direction."""
    x, y = [a + i / 64 for i, a in enumerate(x)], [b + i / 64 + 1 / 128 for i, b in enumerate(y)]
    if len({*x, *y}) < len(x) + len(y):
        return
    test = mann_whitney_test(x, y)
    assert test.p_value == pytest.approx(min(2 * min(test.p_less, test.p_greater), 1), rel=1e-12)
    if test.superiority != 0.5:
        assert (test.p_greater < test.p_less) == (test.superiority > 0.5)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=10))
def test_identical_groups(x):
    """MR-36."""
    test = mann_whitney_test(x, x)
    assert (test.p_value, test.superiority) == (1.0, 0.5)
    assert hodges_lehmann(x, x).estimate == 0


def test_seventy_against_seventy_to_the_last_digits():
    """Tails near 1e-41, counts beyond 2**53: the lowest sums have 1 1 2 3 5 7 11 15 22 ways."""
    ways = [1, 1, 2, 3, 5, 7, 11, 15, 22]
    low = list(range(69))
    for moved in range(9):
        # The largest of x goes up by `moved` places.
        x = [*low, 69 + moved]
        y = [value for value in range(140) if value not in x]
        expected = Fraction(sum(ways[: moved + 1]), comb(140, 70))
        test = mann_whitney_test(x, y)
        assert test.p_less == pytest.approx(float(expected), rel=1e-12)
        assert test.p_value == pytest.approx(float(2 * expected), rel=1e-12)
