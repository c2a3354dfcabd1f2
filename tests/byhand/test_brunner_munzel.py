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
    test = brunner_munzel_test([1, 3], [0, 2])
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


@pytest.mark.parametrize(
    ("x", "y", "options", "sentence"),
    [
        ([], [1], {}, "`x` must be one list of values"),
        ([1, 2], [2, 3], {"method": "exact"}, "`method` must be"),
        ([1, 2], [2, 3], {"draws": 0}, "`draws` must be at least 1"),
        (range(0, 40, 2), range(1, 41, 2), {"method": "permutation"}, "`rng` must be given"),
    ],
)
def test_impossible_arguments_are_refused(x, y, options, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        brunner_munzel_test(np.array(x), np.array(y), **options)
