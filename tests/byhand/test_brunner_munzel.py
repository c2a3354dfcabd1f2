"""Brunner-Munzel test, worked on paper."""

from fractions import Fraction
from math import comb, inf, sqrt

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.ranks.brunner_munzel import brunner_munzel_test


def test_two_against_two():
    """1 and 3 against 0 and 2: estimate 3/4, variance 1/8 (see test_superiority), 2 degrees.

    T = (1/4) / sqrt(1/8); t with 2 degrees of freedom is beyond it with 1 - T / sqrt(2 + T**2).
    """
    test = brunner_munzel_test([1, 3], [0, 2], method="t")
    statistic = 0.25 / sqrt(1 / 8)
    assert (test.estimate, test.method, test.smallest_p) == (0.75, "t", None)
    assert test.statistic == pytest.approx(statistic, rel=1e-14)
    assert test.df == pytest.approx(2, rel=1e-14)
    assert test.p_value == pytest.approx(1 - statistic / sqrt(2 + statistic**2), rel=1e-13)


def test_permutation_of_two_against_two():
    """Of 6 ways 2 lie apart, 2 are like ours and its mirror, and 2 have 1/2: 4 of 6 are as far."""
    test = brunner_munzel_test([1, 3], [0, 2], method="permutation")
    assert (test.method, test.draws, test.standard_error) == ("exact", 0, 0.0)
    assert test.p_value == pytest.approx(4 / 6, rel=1e-15)
    assert test.smallest_p == pytest.approx(2 / 6, rel=1e-15)


def test_permutation_with_ties():
    """Grades 0 1 | 1 1 of which x is dealt two. Three 1 and one 0, in 6 ways.

    The 0 is in x in 3 ways and in y in 3: the estimate is 1/4 or 3/4, always as far from 1/2.
    """
    test = brunner_munzel_test([0, 1], [1, 1], method="permutation")
    assert test.estimate == 0.25
    assert (test.p_value, test.smallest_p) == (1.0, 1.0)


@pytest.mark.parametrize("method", ["t", "permutation"])
def test_groups_that_lie_apart(method):
    """T is infinite; only the first or the last 3 of 7 values lie apart: 2 of 35 ways."""
    test = brunner_munzel_test([5, 6, 7], [1, 2, 3, 4], method=method)
    assert (test.statistic, test.df, test.method) == (inf, None, "exact")
    assert test.p_value == pytest.approx(2 / comb(7, 3), rel=1e-15)
    assert test.smallest_p == test.p_value
    assert brunner_munzel_test([1, 2], [4, 5, 6], method=method).statistic == -inf


def test_groups_that_lie_apart_in_one_way_only():
    """1 1 1 | 2: the 2 alone is above. The other end would cut the three 1: 1 of 4 ways."""
    test = brunner_munzel_test([2, 2], [1, 1, 1])
    # x has the two largest in 1 of 10 ways; the two smallest are not parted from the third.
    assert test.p_value == pytest.approx(float(Fraction(1, 10)), rel=1e-15)


@pytest.mark.parametrize("method", ["t", "permutation"])
def test_all_values_tied(method):
    test = brunner_munzel_test([5, 5, 5], [5, 5], method=method)
    assert (test.estimate, test.statistic, test.df, test.p_value) == (0.5, 0.0, None, 1.0)


def test_one_patient_has_no_variance():
    test = brunner_munzel_test([2], [1, 3])
    assert (test.estimate, test.statistic, test.df, test.p_value) == (0.5, None, None, None)
    assert test.reason == "one_patient"


def test_a_small_group_without_spread_is_no_certainty():
    """3 patients with 0 against 30 of whom 10 have 1: the 13th part of all ways has 0 or 3 in x.

    None of the 10 ones among 3 of 33 in C(23, 3) ways, all of them in C(10, 3); with one or two T
    is smaller. The t approximation takes three who are alike for certainty: it gives no p.
    """
    x, y = [0, 0, 0], [1] * 10 + [0] * 20
    test = brunner_munzel_test(x, y)
    assert (test.method, test.reason) == ("exact", None)
    assert test.p_value == pytest.approx((comb(23, 3) + comb(10, 3)) / comb(33, 3), rel=1e-13)
    by_t = brunner_munzel_test(x, y, method="t")
    assert (by_t.p_value, by_t.reason, by_t.statistic) == (None, "no_spread", test.statistic)


@pytest.mark.parametrize(("n", "moved"), [(60, 4), (520, 9), (1000, 20), (5000, 40)])
def test_large_groups_of_two_grades(n, moved):
    """Of n against n the test is one of the number of ones in x: hypergeometric, in whole numbers.

    x has n / 2 - moved ones of n in all, or as many too many.
    """
    half = n // 2
    x = [1] * (half - moved) + [0] * (half + moved)
    y = [1] * (half + moved) + [0] * (half - moved)
    test = brunner_munzel_test(x, y)
    near = sum(comb(n, k) ** 2 for k in range(half - moved + 1, half + moved))
    expected = 1 - Fraction(near, comb(2 * n, n))
    assert test.method == "exact"
    # 1e-11: the chances are products of as many as 5000 factors.
    assert test.p_value == pytest.approx(float(expected), rel=1e-11)
    assert 0 < test.smallest_p < 1e-30


@pytest.mark.parametrize(("n", "m", "method"), [(80, 4, "monte_carlo"), (4, 80, "monte_carlo"),
                                                (60, 2, "exact"), (2, 60, "exact")])  # fmt: skip
def test_so_many_arrangements_are_listed_as_there_are(n, m, method):
    """C(84, 4) is 1.9 million, whichever group is the small one; C(62, 2) is 1891."""
    values = np.random.default_rng(4).permutation(n + m)
    test = brunner_munzel_test(values[:n], values[n:], draws=50, rng=np.random.default_rng(1))
    assert test.method == method
    if method == "exact":
        assert test.smallest_p * comb(62, 2) == pytest.approx(2, rel=1e-12)
    else:
        assert test.smallest_p == 1 / 51


def test_no_draw_as_far_is_still_one_of_all():
    """One patient of 20 in the wrong place: of 99 draws none is as far, p is 1 / 100."""
    x, y = [*range(20, 39), 1], [0, *range(2, 20), 19.5]
    test = brunner_munzel_test(x, y, draws=99, rng=np.random.default_rng(5))
    assert (test.method, test.p_value) == ("monte_carlo", 1 / 100)


@pytest.mark.parametrize(
    ("x", "y", "options", "sentence"),
    [
        ([], [1], {}, "`x` must be one list of values"),
        ([1, 2], [2, 3], {"method": "exact"}, "`method` must be"),
        ([1, 2], [2, 3], {"draws": 0}, "`draws` must be a whole number of at least 1"),
        (range(0, 40, 2), range(1, 41, 2), {}, "`rng` must be given"),
        ([1, 2], [2, 3], {"rng": 7}, "`rng` must be a numpy.random.Generator"),
    ],
)
def test_impossible_arguments_are_refused(x, y, options, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        brunner_munzel_test(np.array(x), np.array(y), **options)
