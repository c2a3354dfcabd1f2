"""Mann-Whitney test and Hodges-Lehmann shift, counted on paper."""

from fractions import Fraction
from math import inf, sqrt

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.ranks.mann_whitney import hodges_lehmann, mann_whitney_test


def test_three_against_two_without_ties():
    """y has ranks 1 and 2 of 5: sum 3, the lowest of C(5, 2) = 10; its mirror 9 counts too."""
    test = mann_whitney_test([4, 5, 6], [1, 2])
    assert (test.statistic, test.superiority) == (6.0, 1.0)
    assert (test.n_x, test.n_y, test.ties, test.method) == (3, 2, False, "exact")
    assert test.p_value == pytest.approx(0.2, rel=1e-14)
    assert test.p_greater == pytest.approx(0.1, rel=1e-14)
    assert test.p_less == pytest.approx(1.0, rel=1e-14)
    assert test.smallest_p == pytest.approx(0.2, rel=1e-14)


def test_three_against_two_with_ties():
    """Values 1 2 2 2 3 have ranks 1 3 3 3 5. Sum of y in 10 ways: 4 (3), 6 (4), 8 (3); mean 6.

    Observed 3 + 5 = 8: both ends count, 6 of 10. Of 6 pairs x wins none and ties in 2: U = 1.
    """
    test = mann_whitney_test([1, 2, 2], [2, 3])
    assert test.statistic == 1.0
    assert test.superiority == pytest.approx(1 / 6, rel=1e-15)
    assert test.p_value == pytest.approx(0.6, rel=1e-14)
    assert test.p_less == pytest.approx(0.3, rel=1e-14)
    assert test.p_greater == pytest.approx(1.0, rel=1e-14)
    assert test.smallest_p == pytest.approx(0.6, rel=1e-14)
    assert test.ties


def test_w18_ties_are_part_of_the_distribution():
    """Ranks 2 2 2 4: x has 4 or 6 in 3 of 6 ways each, both 1 from the mean 5, so p is 1.

    Ignoring ties, U = 1 would give 2 (1 + 1) / 6 = 0.67, the answer of a rival's exact test.
    """
    test = mann_whitney_test([1, 1], [1, 2])
    assert test.statistic == 1.0
    assert test.p_value == 1.0


def test_r167_three_against_three_cannot_reach_significance():
    """2 of C(6, 3) = 20 arrangements are the farthest."""
    test = mann_whitney_test([1, 2, 3], [7, 8, 9])
    assert test.p_value == pytest.approx(0.1, rel=1e-14)
    assert test.smallest_p == pytest.approx(0.1, rel=1e-14)


@pytest.mark.parametrize("exact_up_to", [200, 0])
def test_r168_all_values_tied(exact_up_to):
    test = mann_whitney_test([5, 5, 5], [5, 5], exact_up_to=exact_up_to)
    assert (test.p_value, test.p_less, test.p_greater, test.smallest_p) == (1.0, 1.0, 1.0, 1.0)
    assert (test.statistic, test.superiority) == (3.0, 0.5)


@pytest.mark.parametrize("exact_up_to", [200, 0])
def test_one_against_one(exact_up_to):
    """Exact: each order has chance 1/2. Normal: U - 1/2 = 1/2, variance 1/4, so z = 1."""
    test = mann_whitney_test([2], [1], exact_up_to=exact_up_to)
    assert (test.statistic, test.superiority) == (1.0, 1.0)
    two_sided = 1.0 if exact_up_to else 0.31731050786291415
    assert test.p_value == pytest.approx(two_sided, rel=1e-14)
    assert test.p_greater == pytest.approx(0.5 if exact_up_to else two_sided / 2, rel=1e-14)


def test_normal_approximation_with_ties():
    """1 2 2 against 2 3: variance n m / 12 (N + 1 - (3**3 - 3) / (N (N - 1))) = 2.4, U - 3 = -2.

    z = -2 / sqrt(2.4) = -1.290994; both tails 0.196706.
    """
    test = mann_whitney_test([1, 2, 2], [2, 3], exact_up_to=4)
    assert Fraction(6, 12) * (6 - Fraction(24, 20)) == Fraction(24, 10)
    assert test.method == "asymptotic"
    assert test.p_value == pytest.approx(0.196706, abs=5e-7)
    assert test.p_less == pytest.approx(0.196706 / 2, abs=5e-7)
    # The farthest arrangement has U - 3 = 2 in the other direction: the same p.
    assert test.smallest_p == pytest.approx(test.p_value, rel=1e-12)
    assert 2 / sqrt(2.4) == pytest.approx(1.290994, abs=5e-7)


def test_shift_of_four_against_four():
    """U is 0 or more in 1, 1 or less in 2 of C(8, 4) = 70 ways: 1/70 < 0.025 < 2/70.

    So at 0.95 the limits are the extreme differences, 11 - 5 and 14 - 1; at 0.9, where 2/70 < 0.05
    < 4/70, the ones before them. Of the 16 differences 6 7 8 8 9 9 9 | 10 10 10 11 11 11 12 12 13
    the eighth and the ninth are 10.
    """
    x, y = [11, 12, 13, 14], [1, 2, 3, 5]
    wide, narrow = hodges_lehmann(x, y), hodges_lehmann(x, y, level=0.9)
    assert sorted(a - b for a in x for b in y)[7:9] == [10, 10]
    assert (wide.estimate, wide.low, wide.high) == (10.0, 6.0, 13.0)
    assert (narrow.estimate, narrow.low, narrow.high) == (10.0, 7.0, 12.0)
    assert (wide.level, wide.method) == (0.95, "exact")


def test_a_tail_of_exactly_the_limit_is_rejected():
    """3 against 3: 1 / C(6, 3) = 0.05 is the tail at level 0.9, whatever its rounding."""
    shift = hodges_lehmann([4, 7, 11], [1, 2, 3], level=0.9)
    assert (shift.low, shift.high) == (1.0, 10.0)


@pytest.mark.parametrize(("x", "y"), [([4, 7], [1, 3]), ([1], [2]), ([5, 5, 5], [5])])
def test_groups_too_small_to_bound_a_shift(x, y):
    """Smallest one-sided p of 2 against 2 is 1/6, of 3 against 1 is 1/4, of 1 against 1 is 1/2."""
    shift = hodges_lehmann(x, y)
    assert (shift.low, shift.high) == (-inf, inf)


def test_all_values_tied_within_large_groups():
    """5 against 5 equal patients: a shift parts the groups, one-sided p 1 / C(10, 5) = 1/252.

    No other shift than theirs is kept, which is an interval of no width, and no certainty.
    """
    for y, between in (([5] * 5, 0.0), ([8] * 5, -3.0)):
        shift = hodges_lehmann([5] * 5, y)
        assert (shift.estimate, shift.low, shift.high) == (between, None, None)
        assert shift.reason == "ties"
    assert hodges_lehmann([5] * 5, [5, 6, 7, 8, 9]).reason is None


def test_test_and_interval_can_disagree_in_tied_data():
    """At a shift of 0 values of the two groups tie, at every other one none do: p is below 0.05."""
    x, y = [3, 4, 3, 0, 2, 1, 0, 3], [8, 6, 3, 3, 7, 3, 6]
    shift = hodges_lehmann(x, y)
    assert (shift.low, shift.high) == (-6.0, 0.0)
    assert mann_whitney_test(x, y).p_value == pytest.approx(0.0095, abs=5e-5)


def test_upper_limit_where_coin_gives_another():
    """A shift between 4 and 5 is not too large: 4 of C(8, 3) = 56 ways are as low, 0.071.

    5 0 1 less 4.5 with 2 1 0 3 0 is -4.5 -3.5 0 0 0.5 1 2 3 in order, the ranks are 1 2 3.5 3.5 5 6
    7 8 and x has 1 + 2 + 5 = 8. At most 8 have 1 2 3.5 (twice), 1 2 5 and 1 3.5 3.5.
    """
    shift = hodges_lehmann([5, 0, 1], [2, 1, 0, 3, 0])
    assert (shift.low, shift.high) == (-3.0, 5.0)
    moved = mann_whitney_test([0.5, -4.5, -3.5], [2, 1, 0, 3, 0])
    assert moved.p_less == pytest.approx(4 / 56, rel=1e-13)


@pytest.mark.parametrize("call", [mann_whitney_test, hodges_lehmann])
@pytest.mark.parametrize(
    ("x", "y", "exact_up_to", "sentence"),
    [
        ([], [1], 50, "`x` must be one list of values"),
        ([1], [float("nan")], 50, "`y` must be finite"),
        ([1], [2], 501, "`exact_up_to` must be at most"),
        ([1], [2], -1, "`exact_up_to` must be a whole number of at least 0"),
        ([1], [2], float("nan"), "`exact_up_to` must be a whole number of at least 0"),
        ([1], [2], 20.5, "`exact_up_to` must be a whole number of at least 0"),
        ([2**53, 2**53 + 1], [2**53 + 1], 50, "`x` must be below 9007199254740992"),
        ([1], np.array([2**64 - 1], dtype=np.uint64), 50, "`y` must be below 9007199254740992"),
    ],
)
def test_impossible_arguments_are_refused(call, x, y, exact_up_to, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        call(x, y, exact_up_to=exact_up_to)


def test_so_many_patients_as_take_seconds():
    """Twenty tests of 200 patients take seconds, one of 500."""
    with pytest.raises(ArgumentError, match="`exact_up_to` must be at most 200"):
        hodges_lehmann([1], [2], exact_up_to=201)
    with pytest.raises(ArgumentError, match="`exact_up_to` must be at most 500"):
        mann_whitney_test([1], [2], exact_up_to=501)


def test_values_whose_differences_overflow_are_refused():
    with pytest.raises(ArgumentError, match="`y` must be numbers between"):
        hodges_lehmann([1.0], [1e308])


def test_w18_exact_is_conditional_on_ties():
    """3 of 8 values are 1; x has 2 of them, so 1 or 2 of 3 are nearest to 1.5 and p is 1.

    Ignoring the ties a rival's exact test says 0.686.
    """
    test = mann_whitney_test([0, 0, 1, 1], [1, 0, 0, 0])
    assert (test.statistic, test.p_value) == (10.0, 1.0)
    # 2 or 3 ones of 3 in x: C(3, 2) C(5, 2) + C(3, 3) C(5, 1) = 35 of C(8, 4) = 70.
    assert test.p_greater == 0.5


def test_pf42_one_sided_tests_see_the_direction():
    """All of x below y is 1 of 10 ways for "less" and all 10 for "greater"."""
    test = mann_whitney_test([1, 2], [4, 5, 6])
    assert test.statistic == 0.0
    assert test.p_less == pytest.approx(0.1, rel=1e-14)
    assert test.p_greater == 1.0


def test_two_million_pairs():
    """1500 consecutive numbers against the same less 10: differences 10 + i - j, so 10.

    No ties: U has variance n n (2n + 1) / 12, and as many differences lie below the lower limit
    as z standard deviations leave of n n / 2. Differences i - j of at most -k number
    (n - k) (n - k + 1) / 2.
    """
    n = 1500
    shift = hodges_lehmann(range(10, n + 10), range(n))
    beyond = int(n * n / 2 - 1.959963984540054 * sqrt(n * n * (2 * n + 1) / 12)) + 1
    reached = next(k for k in range(n, 0, -1) if (n - k) * (n - k + 1) // 2 >= beyond)
    assert shift.method == "asymptotic"
    assert (shift.estimate, shift.low, shift.high) == (10.0, 10.0 - reached, 10.0 + reached)
