"""Signed-rank test and pseudo-median, counted on paper."""

from math import inf, sqrt

import pytest
from scipy.special import ndtr

from autallo.errors import ArgumentError
from autallo.stats.ranks.signed_rank import pseudo_median, signed_rank_test


def test_four_differences():
    """-1 2 3 4: V = 2 + 3 + 4 = 9 of 10. Of 16 choices of signs 10 and 9 come about in 1 each."""
    test = signed_rank_test([-1, 2, 3, 4])
    assert (test.statistic, test.n, test.zeros, test.ties) == (9.0, 4, 0, False)
    assert (test.p_greater, test.p_less, test.p_value) == (2 / 16, 15 / 16, 4 / 16)
    assert (test.smallest_p, test.method) == (2 / 16, "exact")


def test_ties():
    """1 1 -2: ranks 1.5 1.5 3, V = 3. Of 8 sums 0 1.5 1.5 3 3 4.5 4.5 6 five reach 3."""
    test = signed_rank_test([1, 1, -2])
    assert (test.statistic, test.ties) == (3.0, True)
    assert (test.p_less, test.p_greater, test.p_value) == (5 / 8, 5 / 8, 1.0)


def test_zeros():
    """0 2 -1: Wilcoxon ranks 1 and 2 for the last two, V = 2 of 0 1 2 3, 2 of 4 reach it.

    Pratt: ranks 2 and 3 with 1 for the zero, V = 3 of 0 2 3 5, again 2 of 4.
    With 0 -1 2 2: Wilcoxon 1 2.5 2.5, Pratt 2 3.5 3.5.
    """
    test, pratt = signed_rank_test([0, 2, -1]), signed_rank_test([0, 2, -1], zeros="pratt")
    assert (test.statistic, test.n, test.zeros, test.p_greater) == (2.0, 2, 1, 0.5)
    assert (pratt.statistic, pratt.n, pratt.zeros, pratt.p_greater) == (3.0, 2, 1, 0.5)
    assert signed_rank_test([0, -1, 2, 2]).statistic == 5.0
    assert signed_rank_test([0, -1, 2, 2], zeros="pratt").statistic == 7.0


def test_differences_that_differ_by_rounding_are_equal():
    """0.3 - 0.1, 0.8 - 0.6 and 0.1 - 0.3 are 0.2 in size but for the last bit: all tie.

    Ranks 2 2 2, V = 4 of 0 2 2 2 4 4 4 6: 4 of 8 reach it. 0.1 + 0.2 less 0.3 is 0.
    """
    assert len({0.3 - 0.1, 0.8 - 0.6, 0.7 - 0.5}) > 1
    test = signed_rank_test([0.3, 0.8, 0.1, 0.1 + 0.2], [0.1, 0.6, 0.3, 0.3])
    assert (test.statistic, test.zeros, test.ties) == (4.0, 1, True)
    assert test.p_greater == 4 / 8


def test_normal_approximation():
    """-1 2 3 4: V - 5 = 4, variance (1 + 4 + 9 + 16) / 4 = 7.5."""
    test = signed_rank_test([-1, 2, 3, 4], exact_up_to=0)
    score = 4 / sqrt(7.5)
    assert test.method == "asymptotic"
    assert test.p_greater == pytest.approx(float(ndtr(-score)), rel=1e-14)
    assert test.p_value == pytest.approx(2 * float(ndtr(-score)), rel=1e-14)
    assert test.smallest_p == pytest.approx(2 * float(ndtr(-5 / sqrt(7.5))), rel=1e-14)


@pytest.mark.parametrize("exact_up_to", [200, 0])
def test_all_differences_zero(exact_up_to):
    test = signed_rank_test([3, 4], [3, 4], exact_up_to=exact_up_to)
    assert (test.statistic, test.n, test.zeros, test.p_value, test.smallest_p) == (0, 0, 2, 1, 1)
    assert (test.p_less, test.p_greater) == (1.0, 1.0)


def test_pseudo_median_of_six():
    """V is 0 in 1 of 64 choices, at most 1 in 2, at most 2 in 3 and at most 3 in 5.

    1/64 < 0.025 < 2/64: at 0.95 the limits are the smallest and the largest Walsh average. At
    0.9, 3/64 < 0.05 < 5/64: the third ones. The averages of 1 2 4 8 16 32 in order are 1 1.5 2
    2.5 3 4 4.5 5 6 8 | 8.5 | 9 10 12 16 16.5 17 18 20 24 32.
    """
    values = [1, 2, 4, 8, 16, 32]
    wide, narrow = pseudo_median(values), pseudo_median(values, level=0.9)
    assert wide.estimate == narrow.estimate == 8.5
    assert (wide.low, wide.high, wide.method) == (1.0, 32.0, "exact")
    assert (narrow.low, narrow.high) == (2.0, 20.0)


def test_five_differences_are_too_few():
    """The smallest one-sided p is 1 / 32."""
    found = pseudo_median([1, 2, 3, 4, 5])
    assert (found.estimate, found.low, found.high) == (3.0, -inf, inf)


def test_equal_differences_have_no_interval():
    """Six equal ones: a shift to either side gives them all one sign, p 1 / 64.

    The interval that is left has no width: six differences are no certainty.
    """
    found = pseudo_median([5] * 6)
    assert (found.estimate, found.low, found.high, found.reason) == (5.0, None, None, "ties")
    # Five are too few to reject anything: that is another thing.
    assert pseudo_median([5] * 5).low == -inf
    assert pseudo_median([5] * 5 + [6]).reason is None


def test_the_largest_values():
    """Differences of 8e307 and -8e307 are 1.6e308, and the sum of two of them is no number.

    Of 4e307 and -4e307 they are 8e307, and so is their mean, five times; the sixth is 6e307.
    """
    with pytest.raises(ArgumentError, match="`x` must be numbers between -4e\\+307"):
        pseudo_median([8e307, 7e307, 8e307], [-8e307] * 3)
    found = pseudo_median([4e307] * 5 + [2e307], [-4e307] * 6)
    assert found.estimate == pytest.approx(8e307, rel=1e-15)
    assert found.low == pytest.approx(6e307, rel=1e-15)


def test_zero_counts_as_any_other_difference():
    found = pseudo_median([0, 0, 3])
    assert found.estimate == (0 + 1.5) / 2


@pytest.mark.parametrize("call", [signed_rank_test, pseudo_median])
@pytest.mark.parametrize(
    ("x", "y", "options", "sentence"),
    [
        ([], None, {}, "`x` must be one list of values"),
        ([1, 2], [1], {}, "`x` and `y` must have the same length"),
        ([1], [float("nan")], {}, "`y` must be finite"),
        ([1e308], None, {}, "`x` must be numbers between"),
        ([1], [1e308], {}, "`y` must be numbers between"),
        ([1], [5e307], {}, "`y` must be numbers between"),
        ([2**53, 2**53 + 1], None, {}, "`x` must be below 9007199254740992"),
        ([1], None, {"exact_up_to": 501}, "`exact_up_to` must be at most"),
        ([1], None, {"exact_up_to": -1}, "`exact_up_to` must be a whole number of at least 0"),
        ([1], None, {"exact_up_to": float("nan")}, "`exact_up_to` must be a whole number"),
    ],
)
def test_impossible_arguments_are_refused(call, x, y, options, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        call(x, y, **options)


def test_unknown_rule_for_zeros_is_refused():
    with pytest.raises(ArgumentError, match='`zeros` must be "wilcoxon" or "pratt"'):
        signed_rank_test([1], zeros="drop")
